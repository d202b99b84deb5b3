"""Rows on their way into the index: a few among many, or many at once."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from ledger.adapters.files.database import Connection
from ledger.adapters.files.index import suspects
from ledger.adapters.files.index.look import FileRead
from ledger.adapters.files.index.rows import Told
from ledger.adapters.files.index.schema import CONFIG
from ledger.model.paths import SOURCES

_SOURCES = os.fsencode(f"{SOURCES}/")
_SOME_TASKS = "SELECT count(*) FROM (SELECT 1 FROM task LIMIT ?)"
_STAGED = {"concern": "INSERT INTO staged VALUES (?, ?, ?, ?, ?, ?)"}
_INSERTS = {
    "file": "INSERT INTO file VALUES (?, ?, ?, ?, ?)",
    "told": "UPDATE file SET told = 1, faulty = ? WHERE path = ?",
    "task": f"INSERT INTO task VALUES ({', '.join('?' * 28)})",
    "concern": "INSERT INTO concern VALUES (?, ?, ?, ?, ?, ?)",
    "tag": "INSERT INTO tag VALUES (?, ?)",
    "link": "INSERT INTO link VALUES (?, ?, ?)",
    "words": "INSERT INTO words VALUES (?, ?)",
    "source": "INSERT INTO source VALUES (?, ?)",
    "department": "INSERT INTO department VALUES (?, ?, ?)",
    "setting": "INSERT INTO setting VALUES (?, ?, ?)",
    "meta": "INSERT OR REPLACE INTO meta VALUES (?, ?)",
}


class Rows:
    """Rows on their way into the tables.

    Where more will come than there is, the indexes are made when all is there, and what is kept in
    an order of its own is put in this order first: so each page is written once.

    Attributes:
        touched: the files whose rows changed.
        all_anew: whether it was much, or ledger.yaml or a source, by which every task is judged.
    """

    def __init__(self, db: Connection, tasks: int) -> None:
        """Args: tasks: how many may come."""
        self._db = db
        self.touched: set[bytes] = set()
        self._is_new = db.execute("SELECT 1 FROM file LIMIT 1").fetchone() is None
        (tasks_now,) = db.execute(_SOME_TASKS, (tasks,)).fetchone()
        self._is_much = tasks_now < tasks
        self.all_anew = self._is_new or self._is_much
        self._rows: dict[str, list[tuple[Any, ...]]] = {}
        self._left: list[str] = _taken_apart(db) if self._is_much else []
        self._inserts = _INSERTS | (_STAGED if self._is_much else {})

    def put(self, path: bytes, file: FileRead) -> None:
        """What a file is now."""
        if not self._is_new:
            known = self._db.execute(
                "SELECT blob, odd, told FROM file WHERE path = ?", (path,)
            ).fetchone()
            same = known is not None and (known[0] or "", known[1] or "") == (file.blob, file.odd)
            if same and (known[2] or file.told is None):
                return
            self._note(path)
            self._forget(path)
        self._note(path)
        says = Told(*file.told) if file.told is not None else None
        faulty = says.faulty if says else bool(file.odd)
        known = says is not None or bool(file.odd)
        self._add("file", (path, file.blob or None, file.odd or None, known, faulty))
        if says:
            self._put(path, says)

    def tell(self, path: bytes, says: Told) -> None:
        """What a file says that was only listed."""
        self._note(path)
        self._add("told", (says.faulty, path))
        self._put(path, says)

    def _put(self, path: bytes, says: Told) -> None:
        if says.row is not None:
            self._add("task", says.row)
            self._rows.setdefault("concern", []).extend(
                (part, name, status, due, path, rank)
                for part, name, status, due, rank in says.concerns
            )
            self._rows.setdefault("tag", []).extend((tag, path) for tag in says.tags)
            self._rows.setdefault("link", []).extend((to, path, rel) for to, rel in says.links)
            self._add("words", (path, says.texts))
        elif says.source:
            self._add("source", (says.source, path))
        elif says.letter == "c":
            self._add("meta", ("config", says.config))
            self._rows.setdefault("department", []).extend(says.names)
            self._rows.setdefault("setting", []).extend(says.settings)

    def forget(self, paths: Iterable[bytes]) -> None:
        """Files that are gone."""
        self.flush()
        for path in paths:
            if self._db.execute("SELECT 1 FROM file WHERE path = ?", (path,)).fetchone():
                self._note(path)
                self._forget(path)

    def flush(self) -> None:
        """Write what is waiting."""
        for table, rows in self._rows.items():
            if rows:
                self._db.executemany(self._inserts[table], rows)
        self._rows = {}

    def finish(self) -> None:
        """Write what is waiting, and put together what was taken apart; this is the end."""
        self.flush()
        for statement in self._left:
            self._db.execute(statement)

    def _add(self, table: str, row: tuple[Any, ...]) -> None:
        self._rows.setdefault(table, []).append(row)

    def _note(self, path: bytes) -> None:
        self.touched.add(path)
        self.all_anew = self.all_anew or path.startswith(_SOURCES) or b"/" not in path
        if not self.all_anew:  # those that shared its id are judged again
            self.touched.update(suspects.namesakes(self._db, path))

    def _forget(self, path: bytes) -> None:
        db = self._db
        known = "SELECT lead, assist, status, due FROM task WHERE path = ?"
        if row := db.execute(known, (path,)).fetchone():
            suspects.forget_concerns(db, path, *row)
            db.execute("DELETE FROM task WHERE path = ?", (path,))
            db.execute("DELETE FROM words WHERE path = ?", (path,))
            db.execute("DELETE FROM tag WHERE path = ?", (path,))
            db.execute("DELETE FROM link WHERE path = ?", (path,))
        db.execute("DELETE FROM source WHERE path = ?", (path,))
        db.execute("DELETE FROM file WHERE path = ?", (path,))
        db.execute("DELETE FROM unsettled WHERE path = ?", (path,))
        if path == CONFIG:
            db.execute("DELETE FROM meta WHERE key = 'config'")
            db.execute("DELETE FROM department")
            db.execute("DELETE FROM setting")


def _taken_apart(db: Connection) -> list[str]:
    """Take away what is made faster of all rows than row by row.

    Returns:
        The statements that bring it back.
    """
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    indexes = db.execute(query).fetchall()
    for name, _ in indexes:
        db.execute(f"DROP INDEX {name}")
    db.execute("CREATE TEMP TABLE staged (part, name, status, due, path, rank)")
    return [
        "INSERT INTO concern SELECT * FROM staged ORDER BY part, name, status, due, path",
        "DROP TABLE staged",
        *(made for _, made in indexes),
    ]
