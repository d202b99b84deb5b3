"""The index of one working tree as what it knows of: tasks, files, departments, problems."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.adapters.files.database import Connection, Damaged, Refused
from ledger.adapters.files.index import fresh
from ledger.adapters.files.index.kept import KeptIndex
from ledger.adapters.files.index.question import DISTINCT, STATE, Question, Where, order
from ledger.adapters.files.index.schema import (
    COLOURS,
    COLUMNS,
    CONFIG,
    HOUSE,
    LIGHTS,
    name_of,
    parted,
)
from ledger.model.lights import Lights
from ledger.model.paths import CONFIG_FILE
from ledger.model.people import Names
from ledger.model.standing import STATES, Brief

if TYPE_CHECKING:
    from ledger.adapters.files.index.look import Scanned

LATE, SOON, LATER, NEVER = 0, 1, 2, 3  # where a task's next open checkpoint is
_DAYS = """CASE WHEN t.due IS NULL OR t.due < 0 THEN 3 WHEN t.due < :today THEN 0
 WHEN t.due <= :soon THEN 1 ELSE 2 END"""
_COLUMNS = ", ".join(f"t.{column}" for column in COLUMNS)
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


class TaskIndex(KeptIndex):
    """What a working tree has, as tables."""

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

    def lights(self) -> Lights:
        """The ledger's lights; the usual ones where ledger.yaml cannot be read."""
        colours = dict(self._settings(COLOURS))
        return Lights(**dict(self._settings(LIGHTS)), colours=colours)

    def departments(self) -> Mapping[str, str]:
        """Every name and alias that ledger.yaml lists → the canonical name, as `Config` has it."""
        return Names(dict(self._execute("SELECT name, canonical FROM department ORDER BY place")))

    def house(self) -> Mapping[str, str]:
        """Organisation and timezone by these names; empty where ledger.yaml cannot be read."""
        return dict(self._settings(HOUSE))

    def _settings(self, part: str) -> Iterator[tuple[Any, ...]]:
        return self._execute("SELECT key, value FROM setting WHERE part = :part", {"part": part})

    def knows_config(self) -> bool:
        """Whether it has ledger.yaml as it is now, which is seen without a look at other files."""
        if self._is_fresh or self._db is None:
            return self._is_fresh
        root = next((folder for folder in self._folders if not folder.path), None)
        if root is None or not fresh.is_same(self._root, root):
            return False
        known = (
            "SELECT told FROM file WHERE path = :path AND path NOT IN (SELECT path FROM unsettled)"
        )
        with suppress(Damaged):
            return bool(self._one(known, {"path": CONFIG}))
        return False

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
