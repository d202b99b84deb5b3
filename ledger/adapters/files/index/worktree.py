"""The index of one working tree: opened, brought up to date, asked.

Disposable and never believed: what is damaged, foreign or of another version is made anew, and
before every answer the working tree is held against it.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from ledger.adapters.files import database
from ledger.adapters.files.database import (
    Busy,
    Connection,
    Damaged,
    Refused,
    code_fingerprint,
)
from ledger.adapters.files.index import fresh
from ledger.adapters.files.index.look import Scanned
from ledger.adapters.files.index.question import DISTINCT, STATE, Question, Where, order
from ledger.adapters.files.index.schema import COLUMNS, CONFIG, TABLES, name_of, parted
from ledger.model.paths import CONFIG_FILE
from ledger.model.standing import STATES, Brief

T = TypeVar("T")
LATE, SOON, LATER, NEVER = 0, 1, 2, 3  # where a task's next open checkpoint is
_DAYS = """CASE WHEN t.due IS NULL OR t.due < 0 THEN 3 WHEN t.due < :today THEN 0
 WHEN t.due <= :soon THEN 1 ELSE 2 END"""
_COLUMNS = ", ".join(f"t.{column}" for column in COLUMNS)
_TRIES = 2
_TELLING = 10  # times that files may be others by when their rows are made
_MANY = 5_000  # files after which what SQLite wrote beside is as large as what it keeps
_AT_ONCE = 500  # files asked for in one go


class Tally(NamedTuple):
    """How many tasks of one group stand alike.

    Attributes:
        days: one of `LATE`, `SOON`, `LATER`, `NEVER`.
        first: the first task of them by its path, and the group's place in it.
    """

    key: str
    status: str
    days: int
    number: int
    first: tuple[str, int]


class Unusable(Exception):
    """No index can be had, or it cannot hold what the ledger has; everything is read instead."""


class TaskIndex:
    """What a working tree has, as tables."""

    def __init__(self, root: Path, state: Path) -> None:
        """Args: root: the ledger's; state: where it is kept."""
        self._root, self._state = os.fsencode(root), state
        self._kept: Path | None = state
        self._stem = f"index-{_named(root, state)}"
        self._db: Connection | None = None
        self._folders: list[fresh.Folder] = []
        self._look: fresh.Look | None = None
        self._version = 0
        self._is_fresh = False
        self._has_rows = False
        self.tell: Callable[[int, int], object] = lambda done, total: None

    def begin(self) -> None:
        """Open it, and begin to look at the working tree beside whatever comes next."""
        with suppress(Damaged):  # `refresh` makes it anew
            _ = self._opened

    def refresh(self, rows: bool = True) -> None:
        """Make it what the working tree is now, once for a command.

        Args:
            rows: whether tasks will be asked for; else only which files there are.

        Raises:
            Unusable: it cannot be made.
        """
        self._surviving(lambda: self._refreshed(rows))

    def briefs(
        self, asked: Question, lights: Mapping[str, str], by: str = "", most: int = -1
    ) -> Iterator[Brief]:
        """The tasks that are asked for.

        Args:
            lights: what the light of each of `STATES` is called.
            by: as `order` takes it.
            most: how many at most; -1 for all.
        """
        where = Where(asked)
        query = (
            f"SELECT {_COLUMNS}, {STATE} FROM task t WHERE {where.text}"
            f" ORDER BY {order(by)} LIMIT {most}"
        )
        today, day_of = asked.today.toordinal(), dt.date.fromordinal
        names = [lights[state] for state in STATES]
        for row in self._execute(query, where.values):
            due, state = row[12], row[13]
            yield Brief(
                name_of(row[0]), row[1], row[2], row[3], row[4], row[5],
                parted(row[6]), parted(row[7]), row[8], row[9], row[10], row[11],
                None if due is None else day_of(due), None if due is None else due - today,
                names[state], STATES[state],
            )  # fmt: skip

    def tally(
        self, asked: Question, by: str = "", canonical: Mapping[str, str] | None = None
    ) -> Iterator[Tally]:
        """How many of the tasks that are asked for stand where.

        Args:
            by: a column of `task`; `lead` counts a task once under each name that it has; empty
                counts all together.
            canonical: name of a department → the one that is counted.
        """
        if by == "lead":
            yield from self._led(asked, canonical or {})
            return
        where, key = Where(asked), f"t.{by}" if by else "''"
        yield from self._tallied(
            f"SELECT {key}, t.status, {_DAYS}, count(*), min(t.path), 0 FROM task t"
            f" WHERE {where.text} GROUP BY 1, 2, 3",
            where,
        )

    def _led(self, asked: Question, canonical: Mapping[str, str]) -> Iterator[Tally]:
        where, names = Where(asked), self.distinct("department")

        def call(db: Connection) -> None:
            db.execute("CREATE TEMP TABLE IF NOT EXISTS called (name PRIMARY KEY, canonical)")
            db.execute("DELETE FROM called")
            called = ((name, canonical.get(name, name)) for name in names)
            db.executemany("INSERT INTO called VALUES (?, ?)", called)

        yield from self._tallied(
            f"SELECT d.canonical, t.status, {_DAYS}, count(DISTINCT t.path), min(t.path), t.rank"
            " FROM concern t JOIN called d ON d.name = t.name"
            f" WHERE t.part = 0 AND ({where.text}) GROUP BY 1, 2, 3",
            where,
            call,
        )
        yield from self._tallied(
            f"SELECT '', t.status, {_DAYS}, count(*), min(t.path), 0 FROM task t"
            f" WHERE t.lead = '' AND ({where.text}) GROUP BY 2, 3",
            where,
        )

    def leads(self, paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Who leads some tasks, by path."""
        query = "SELECT lead FROM task WHERE path = :path"
        leads = ((path, self._one(query, {"path": os.fsencode(path)})) for path in paths)
        return {path: parted(lead) for path, lead in leads if lead}

    def _tallied(
        self, query: str, where: Where, before: Callable[[Connection], object] | None = None
    ) -> Iterator[Tally]:
        rows = self._execute(query, where.values, before)
        for key, status, days, count, path, rank in rows:
            yield Tally(key, status, days, count, (name_of(path), rank))

    def count(self, asked: Question) -> int:
        """How many tasks are asked for."""
        where = Where(asked)
        return int(self._one(f"SELECT count(*) FROM task t WHERE {where.text}", where.values))

    def listing(self, paths: Sequence[str] | None = None) -> Scanned:
        """The ledger's files in path order: path → blob id, and path → why it is odd.

        Args:
            paths: only these of them; None for all.
        """
        blobs: dict[str, str] = {}
        odd: dict[str, str] = {}
        for path, blob, why in self._files(paths):
            if why is None:
                blobs[name_of(path)] = blob
            else:
                odd[name_of(path)] = why
        return blobs, odd

    def _files(self, paths: Sequence[str] | None) -> Iterator[tuple[Any, ...]]:
        columns = "SELECT path, blob, odd FROM file"
        if paths is None:
            yield from self._execute(f"{columns} ORDER BY path")
            return
        asked = sorted(map(os.fsencode, paths))
        for start in range(0, len(asked), _AT_ONCE):
            part = {f"p{number}": path for number, path in enumerate(asked[start:][:_AT_ONCE])}
            marks = ", ".join(f":{name}" for name in part)
            yield from self._execute(f"{columns} WHERE path IN ({marks}) ORDER BY path", part)

    def suspects(self) -> list[str]:
        """Files that the rules on every reading may have to name, and all sources and settings."""
        query = (
            "SELECT path FROM suspect UNION SELECT path FROM source"
            f" UNION SELECT path FROM file WHERE path = CAST('{CONFIG_FILE}' AS BLOB)"
        )
        some = self._one("SELECT EXISTS (SELECT 1 FROM suspect)")
        return [name_of(path) for (path,) in self._execute(query)] if some else []

    def config(self) -> str:
        """ledger.yaml's data as JSON; empty where there is none, or none that can be read."""
        return str(self._one("SELECT value FROM meta WHERE key = 'config'") or "")

    def config_alone(self) -> str | None:
        """As `config`, without a look at other files; None where it is not known so quickly."""
        if self._is_fresh or self._db is None:
            return self.config() if self._is_fresh else None
        root = next((folder for folder in self._folders if not folder.path), None)
        if root is None or not fresh.is_same(self._root, root):
            return None
        known = (
            "SELECT told FROM file WHERE path = :path AND path NOT IN (SELECT path FROM unsettled)"
        )
        with suppress(Damaged):
            return self.config() if self._one(known, {"path": CONFIG}) else None
        return None

    def verdict(self) -> str | None:
        """What was kept of the rules' words on exactly these files."""
        verdict = self._one("SELECT value FROM meta WHERE key = 'verdict'")
        return None if verdict is None else str(verdict)

    def keep_verdict(self, verdict: str) -> None:
        """Keep what the rules said of the files as they are in the index."""
        db = self._opened
        with suppress(Refused):  # somebody else has written meanwhile, or the disk is full
            db.execute("INSERT OR REPLACE INTO meta VALUES ('verdict', ?)", (verdict,))
            db.execute("COMMIT")
            db.execute("BEGIN")
        self._surviving(self._complete)  # and fix the state from which the tasks are read

    def distinct(self, what: str) -> list[str]:
        """All values of one of `DISTINCT`, in order."""
        return [value for (value,) in self._execute(DISTINCT[what])]

    def close(self) -> None:
        """Give it back."""
        if self._look is not None:
            fresh.end(self._look)
            self._look = None
        if self._db is not None:
            self._db.close()
            self._db = None

    @property
    def _opened(self) -> Connection:
        if self._db is None:
            db = database.open_database(self._kept, self._stem, code_fingerprint(), TABLES)
            try:
                self._read(db)
            except Damaged:
                db.close()
                raise
            self._db = db
        return self._db

    def _read(self, db: Connection) -> None:
        """Fix one state of the index for all that is read, and begin to look."""
        db.execute("BEGIN")
        self._folders = _folders(db)
        (self._version,) = db.execute("PRAGMA data_version").fetchone()
        self._look = fresh.begin(self._root, self._folders)

    def _refreshed(self, rows: bool) -> None:
        _ = self._opened
        if not self._is_fresh:
            changed = fresh.changed(self._root, self._folders, self._look)
            self._look = None
            if changed or not self._folders or self._has_unsettled():
                self._bring_up(changed, rows)
            self._is_fresh = True
        self._has_rows = self._has_rows or rows
        self._complete()

    def _complete(self) -> None:
        """Have the rows of every file in the state that is read from now on, if they are wanted."""
        untold = "SELECT EXISTS (SELECT 1 FROM file WHERE told = 0 AND odd IS NULL)"
        for _ in range(_TELLING):
            if not (self._has_rows and self._opened.execute(untold).fetchone()[0]):
                return
            if not self._tell_rest():
                self._bring_up(None, rows=True)
        raise Unusable

    def _has_unsettled(self) -> bool:
        """Whether a file that changed lately is not as it was read, or is settled by now."""
        rows = self._opened.execute(
            "SELECT u.path, u.changed, f.blob FROM unsettled u JOIN file f ON f.path = u.path"
        ).fetchall()
        if not rows:
            return False
        from ledger.adapters.files.index.look import SETTLED, clock, is_still

        now = clock(os.fsencode(self._state))
        if not all(is_still(self._root, path, blob) for path, _, blob in rows):
            return True
        return any(now - changed > SETTLED for _, changed, _ in rows)

    def _bring_up(self, changed: Sequence[bytes] | None, rows: bool) -> None:
        """Look at the folders that differ; at all of them where it is not known which do."""
        from ledger.adapters.files.index import sync

        state = os.fsencode(self._state)
        with self._writing() as db:
            if changed is None or self._is_another(db):
                changed = fresh.changed(self._root, _folders(db), None)
            places = {*changed, *sync.unsettled_folders(db, self._root, state)}
            read = sync.bring_up(db, self._root, state, places, rows, self.tell)
        if read > _MANY:
            database.shrink(self._opened)

    def _is_another(self, db: Connection) -> bool:
        """Whether somebody has brought it up since its folders were looked at."""
        return bool(db.execute("PRAGMA data_version").fetchone() != (self._version,))

    def _tell_rest(self) -> bool:
        from ledger.adapters.files.index import sync

        with self._writing() as db:
            return sync.tell_rest(db, self._root)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction of its own; what is read afterwards is of a state behind it."""
        db = self._opened
        db.execute("COMMIT")
        try:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")
            db.execute("BEGIN")

    def _surviving(self, work: Callable[[], T]) -> T:
        """Do it; where the index is damaged, with a new one, at last with one in memory."""
        for _ in range(_TRIES):
            try:
                return work()
            except Damaged as error:
                if isinstance(error, Busy) and "locked" in str(error):
                    self._kept = None
                self._start_over()
            except (UnicodeEncodeError, OverflowError) as error:  # a text that is none
                raise Unusable from error
        self._kept = None
        return work()

    def _start_over(self) -> None:
        self.close()
        if self._kept:
            database.discard(self._kept, self._stem)
        self._is_fresh = False

    def _execute(
        self,
        query: str,
        values: Mapping[str, Any] | None = None,
        before: Callable[[Connection], object] | None = None,
    ) -> Iterator[tuple[Any, ...]]:
        """The rows of a question; where the index turns out to be damaged, those of a new one.

        Args:
            before: is called ahead of the question.
        """
        number = 0
        for last in (False, False, True):
            try:
                if before:
                    before(self._opened)
                for row in islice(self._opened.execute(query, values or {}), number, None):
                    number += 1
                    yield row
            except Damaged:
                if last:
                    raise
                self._start_over()
                self._surviving(lambda: self._refreshed(self._has_rows))
            else:
                return

    def _one(self, query: str, values: Mapping[str, Any] | None = None) -> Any:
        row = next(self._execute(query, values), None)
        return row[0] if row else None


def _folders(db: Connection) -> list[fresh.Folder]:
    rows = db.execute("SELECT path, names, looked, numbers FROM folder").fetchall()
    return [fresh.Folder(*row) for row in rows]


def _named(root: Path, state: Path) -> str:
    """What tells this working tree from others that share the folder of states."""
    from hashlib import sha1

    return sha1(os.fsencode(os.path.relpath(root, state))).hexdigest()[:8]
