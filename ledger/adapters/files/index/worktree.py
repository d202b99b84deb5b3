"""The index of one working tree as what it knows of: tasks, files, departments, problems."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.adapters.files.database import Damaged, Refused
from ledger.adapters.files.index import fresh
from ledger.adapters.files.index.kept import KeptIndex
from ledger.adapters.files.index.question import (
    DISTINCT,
    WAITS,
    WIDE,
    WIDTHS,
    Question,
    Where,
    due_of,
    order,
    state_of,
)
from ledger.adapters.files.index.schema import (
    COLOURS,
    COLUMNS,
    CONFIG,
    HOUSE,
    LIGHTS,
    NO_DUE,
    SEP,
    name_of,
    parted,
)
from ledger.model.lights import Lights
from ledger.model.paths import CONFIG_FILE
from ledger.model.people import Names
from ledger.model.standing import STATES, WAITING, Brief
from ledger.model.task import APPLIED, REVIEWED, UNDECIDED

if TYPE_CHECKING:
    from ledger.adapters.files.index.look import Scanned

_COLUMNS = ", ".join(f"t.{column}" for column in COLUMNS)
_TRACK = ", ".join(f"t.{each}" for each in (
    "ends", "original", "percent", "latest", "reported", "closed", "applied", "indicators", "tags"
))  # fmt: skip
_WAITING = STATES.index(WAITING)
_AT_ONCE = 500  # files asked for in one go


class Tally(NamedTuple):
    """How many tasks of one group have a status.

    Attributes:
        late, soon, waiting: how many of them are overdue, will soon be due, or wait in time.
        first: the first task of them by its path, and the group's place in it.
    """

    key: str
    status: str
    number: int
    late: int
    soon: int
    waiting: int
    first: tuple[str, int]


class Widest(NamedTuple):
    """The most room that some tasks take on a terminal.

    Attributes:
        id, title, lead, due: columns of the terminal, as far as they are known.
        status: characters.
        least, most: days left; None where no task has any.
        applied, reviewed: whether one waits in time for its review, for a meeting.
        odd: of how many tasks a width is not known.
    """

    id: int
    title: int
    lead: int
    due: int
    status: int
    least: int | None
    most: int | None
    applied: bool
    reviewed: bool
    odd: int


class TaskIndex(KeptIndex):
    """What a working tree has, as tables."""

    def briefs(
        self,
        asked: Question,
        lights: Mapping[str, str],
        by: str = "",
        most: int = -1,
        many: bool = False,
        skip: int = 0,
    ) -> Iterator[Brief]:
        """The tasks that are asked for.

        Args:
            lights: what the light of each of `STATES` is called.
            by: as `order` takes it.
            most: how many at most; -1 for all.
            many: as `Where` takes it.
            skip: how many come before.
        """
        where = Where(asked, many, by)
        query = (
            f"SELECT {_COLUMNS}, {due_of(asked.spares)}, {state_of(asked.spares)}, t.applied"
            f" FROM {where.tables} WHERE {where.text}"
            f" ORDER BY {order(asked, by)} LIMIT {most} OFFSET {skip}"
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
                day_of(row[14]) if state == _WAITING and row[14] else None,
            )  # fmt: skip

    def tracks(self, asked: Question) -> Iterator[tuple[Any, ...]]:
        """The tasks that are asked for, in path order, and how they have gone on.

        Each as the blob that it was read from, its `COLUMNS`, when it is due, the place of its
        state in `STATES`, and of its `Track` the deadlines, the last report, the closing and its
        application; days are ordinals. Behind it indicators as JSON, and tags.
        """
        where = Where(asked)
        yield from self._execute(
            f"SELECT f.blob, {_COLUMNS}, {due_of(asked.spares)}, {state_of(asked.spares)}, {_TRACK}"
            f" FROM {where.tables}"
            f" JOIN file f ON f.path = t.path WHERE {where.text} ORDER BY t.path",
            where.values,
        )

    def tally(
        self, asked: Question, by: str = "", canonical: Mapping[str, str] | None = None
    ) -> Iterator[Tally]:
        """How many of all tasks stand where.

        Args:
            asked: on what day, and by what lights; nothing else of it counts.
            by: a column of `task`; `lead` counts a task once under each department that it names;
                empty counts all together.
            canonical: name of a department → the one that is counted.
        """
        if by == "lead":
            yield from self._led(asked, canonical or {})
        else:
            yield from self._tallied(asked, "task t", f"t.{by}" if by else "''")

    def _led(self, asked: Question, canonical: Mapping[str, str]) -> Iterator[Tally]:
        if asked.spares:
            by_name = list(self._tallied(asked, "concern t WHERE t.part = 0", "t.name", "t.rank"))
        else:  # `concern` has no day of what waits
            led = "concern c JOIN task t ON t.path = c.path WHERE c.part = 0"
            by_name = list(self._tallied(asked, led, "c.name", "c.rank"))
        keys = {each.key: canonical.get(each.key, each.key) for each in by_name}
        yield from (each._replace(key=keys[each.key]) for each in by_name)
        yield from self._tallied(asked, "task t WHERE t.lead = ''", "''")
        if len(set(keys.values())) < len(keys):
            yield from self._twice(asked, canonical)

    def _twice(self, asked: Question, canonical: Mapping[str, str]) -> Iterator[Tally]:
        """What takes back that a task was counted under several names of one department."""
        several = f"task t WHERE instr(t.lead, '{SEP}') < length(t.lead)"
        for each in self._tallied(asked, several, "t.path", name="t.lead"):
            names = set(parted(each.key))
            for key, times in Counter(canonical.get(name, name) for name in names).items():
                more, first = 1 - times, (each.first[0], len(names))
                number, late, soon, waiting = (more * count for count in each[2:6])
                yield Tally(key, each.status, number, late, soon, waiting, first)

    def _tallied(
        self, asked: Question, tables: str, by: str, rank: str = "0", name: str = ""
    ) -> Iterator[Tally]:
        """Numbers of each group and status.

        Args:
            by: what makes a group; name: what it is called, where that is something else.
            rank: its place in a task.
        """
        day, due = asked.today.toordinal(), due_of(asked.spares)
        query = (
            f"SELECT {name or by}, t.status, count(*), sum({due} BETWEEN 0 AND :today - 1),"
            f" sum({due} BETWEEN :today AND :soon), sum(coalesce({due}, {NO_DUE}) < 0),"
            f" min(t.path), {rank} FROM {tables} GROUP BY {by}, t.status"
        )
        rows = self._execute(query, {"today": day, "soon": day + asked.soon})
        for key, status, number, late, soon, open_, path, place in rows:
            waiting = open_ if asked.spares and status in UNDECIDED else 0
            first = (name_of(path), place)
            yield Tally(key, status, number, late or 0, soon or 0, waiting, first)

    def leads(self, paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Who leads some tasks, by path."""
        query = "SELECT lead FROM task WHERE path = :path"
        leads = ((path, self._one(query, {"path": os.fsencode(path)})) for path in paths)
        return {path: parted(lead) for path, lead in leads if lead}

    def paths_of(self, ids: Iterable[str]) -> list[str]:
        """Where tasks of some ids are; of one that is used twice every place."""
        query = "SELECT path FROM task WHERE id = :id"
        return [name_of(path) for name in ids for (path,) in self._execute(query, {"id": name})]

    def linking(self, name: str) -> list[tuple[str, str, str, str]]:
        """The tasks that name one: relation, id, title and status of each, in id order."""
        query = (
            "SELECT l.rel, t.id, t.title, t.status FROM link l JOIN task t ON t.path = l.path"
            " WHERE l.id = :id ORDER BY t.id, l.rel"
        )
        return [*self._execute(query, {"id": name})]

    def called(self, ids: Iterable[str]) -> dict[str, tuple[str, str, str]]:
        """Title, status and kind of some tasks, by id; ids that there are not are left out."""
        query = "SELECT id, title, status, kind FROM task WHERE id = :id LIMIT 1"
        rows = (row for name in ids for row in self._execute(query, {"id": name}))
        return {name: (title, status, kind) for name, title, status, kind in rows}

    def ids(self) -> set[str]:
        """The ids of all tasks."""
        return {name for (name,) in self._execute("SELECT id FROM task")}

    def ids_begun(self, start: str, most: int) -> list[tuple[str, str]]:
        """The first ids that begin with a text, each with the task's title."""
        query = (
            "SELECT id, title FROM task WHERE id >= :start AND id < :end ORDER BY id LIMIT :most"
        )
        values = {"start": start, "end": f"{start}\U0010ffff", "most": most}
        return [*self._execute(query, values)]

    def ids_about(self, word: str, most: int) -> list[tuple[str, str]]:
        """The first ids with a text behind a '-', or in the task's title; each with its title."""
        query = (
            "SELECT id, title FROM task WHERE instr(id, '-' || :word) OR instr(title, :word)"
            " ORDER BY id LIMIT :most"
        )
        return [*self._execute(query, {"word": word, "most": most})]

    def titles(self) -> dict[str, str]:
        """Every task's id → its title, in path order."""
        return dict(self._execute("SELECT id, title FROM task ORDER BY path"))

    def count(self, asked: Question) -> int:
        """How many tasks are asked for."""
        where = Where(asked)
        query = f"SELECT count(*) FROM {where.tables} WHERE {where.text}"
        return int(self._one(query, where.values))

    def widest(self, asked: Question) -> Widest:
        """How much room the tasks that are asked for take; they are many."""
        where = Where(asked, many=True)
        wide_due = "t.wide_due" if asked.spares else "iif(t.held IS NULL, t.wide_due, 10)"
        sizes = (*map("t.wide_{}".format, WIDE[:-1]), wide_due, "length(t.status)")
        due = due_of(asked.spares)
        waits = f"{asked.spares:d} AND {WAITS} AND t.wide_due IS NOT NULL"
        query = (
            f"SELECT {', '.join(f'coalesce(max({size}), 0)' for size in sizes)},"
            f" min({due}) - :today, max({due}) - :today,"
            f" coalesce(max(t.status = '{APPLIED}' AND {waits}), 0),"
            f" coalesce(max(t.status = '{REVIEWED}' AND {waits}), 0), count(*) - count({WIDTHS})"
            f" FROM {where.tables} WHERE {where.text}"
        )
        return Widest(*next(self._execute(query, where.values)))

    def ask(self, query: str, values: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
        """What a query gives, for those who count what no command does: see `numbers`."""
        return self._execute(query, values or {})

    def states(self, asked: Question) -> list[str]:
        """In which of `STATES` the tasks that are asked for are; they are many."""
        where = Where(asked, many=True)
        query = f"SELECT DISTINCT {state_of(asked.spares)} FROM {where.tables} WHERE {where.text}"
        return [STATES[place] for (place,) in self._execute(query, where.values)]

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

    def unlike(self, trees: Mapping[str, str]) -> tuple[set[str], list[str]]:
        """The folders that may not be as git has them, and what names there are in them.

        Args:
            trees: of folders, by path, the ids of their trees.
        """
        folders, paths = set(trees), []
        for path, looked, tree in self._execute("SELECT path, looked, tree FROM folder"):
            name = name_of(path)
            if tree and trees.get(name) == tree:
                folders.discard(name)
                continue
            folders.add(name)
            before = f"{name}/" if name else ""
            paths += [before + name_of(each) for each in looked.split(b"\0") if each]
        return folders, paths

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
