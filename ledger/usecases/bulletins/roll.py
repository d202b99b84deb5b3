"""The roll: every task of a moment as a line. The index knows most; of the others files are read.

A line that the index gives of a content is the very one that reading the file gives (there is a
test), so which of them it was makes no difference to any number.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping
from functools import cache

from ledger.adapters.files.index.kept import Unusable
from ledger.adapters.files.index.question import Question
from ledger.adapters.files.index.schema import name_of, parted
from ledger.adapters.files.index.worktree import TaskIndex
from ledger.adapters.files.read_snapshot import Listing, list_commit
from ledger.model.choice import known_department, one_of
from ledger.model.config import Config
from ledger.model.paths import CONFIG_FILE
from ledger.model.record import dataclass, replace
from ledger.model.snapshot import Snapshot
from ledger.model.standing import STATES
from ledger.model.task import KINDS, Indicator, label
from ledger.usecases.bulletins.facts import Line, Scope, called, line
from ledger.usecases.looking.asking import Asking
from ledger.usecases.looking.list import answered, problems_of
from ledger.usecases.looking.rows import rows
from ledger.usecases.reading.committed import read_some
from ledger.usecases.reading.load import config_of, load
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger


@dataclass(frozen=True, slots=True)
class Roll:
    """The ledger at a moment.

    Attributes:
        snapshot: its settings, sources and meetings, and what is wrong with its files; of its tasks
            those that had to be read.
        lines: every task by the path of its file, in their order.
        listing: the commit's files; None where the snapshot has all tasks.
    """

    snapshot: Snapshot
    lines: Mapping[str, Line]
    listing: Listing | None = None

    def department(self, name: str) -> str:
        """A department's canonical name; one that only tasks know stands for itself.

        Raises:
            UsageError: nobody knows it, with the nearest names.
        """
        return known_department(
            name,
            self.snapshot.departments,
            lambda: {name for its in self.lines.values() for name in (*its.lead, *its.assist)},
        )


def roll_of(snapshot: Snapshot, today: dt.date) -> Roll:
    """The roll of a ledger that has been read."""
    listed, names = rows(snapshot, today), snapshot.departments
    return Roll(snapshot, {row.entry.path: line(row, names) for row in listed})


def roll_when(ledger: Ledger, when: Moment) -> Roll:
    """The roll of a moment, with what every command tells of its problems; without its meetings."""

    def answer(index: Asking) -> tuple[Asking, Config, dict[str, Line]]:
        config = config_of(index.index.config())
        return (
            index,
            config,
            {path: its for path, _, its in _lines(index.index, config, when.today)},
        )

    if told := answered(ledger, when, answer):
        index, config, lines = told
        return Roll(Snapshot(config, problems=problems_of(ledger, index, when)), lines)
    return roll_of(load(ledger, when.commit), when.today)


def roll_at(ledger: Ledger, commit: str, today: dt.date) -> Roll:
    """The roll of a commit on a day."""
    listing = list_commit(ledger.repo, commit)
    config = read_some(ledger, listing, (CONFIG_FILE,)).config
    known = _known(ledger, listing.blobs, config, today)
    rest = read_some(ledger, listing, [path for path in listing.blobs if path not in known])
    if not rest.tasks:
        return Roll(rest, known, listing)
    known |= roll_of(rest, today).lines
    lines = {path: known[path] for path in listing.blobs if path in known}
    return Roll(rest, lines, listing)


def read_at(ledger: Ledger, commit: str, today: dt.date) -> Roll:
    """The same by reading every file, for whoever needs all that they say anyway."""
    listing = list_commit(ledger.repo, commit)
    return roll_of(read_some(ledger, listing, listing.blobs), today)


def scoped(roll: Roll, scope: Scope) -> Roll:
    """The same roll with only the tasks of a scope.

    Raises:
        UsageError: it names a source or a kind that there is not.
    """
    if scope == Scope():
        return roll
    for kind in scope.kinds:
        one_of(kind, KINDS, label("kind"), "kind")
    named = sorted({each.source for each in roll.lines.values()})
    sources = tuple(dict.fromkeys((*roll.snapshot.source_by_id, *named)))
    for source in scope.sources:
        one_of(source, sources, label("source"), "source")
    lines = {path: each for path, each in roll.lines.items() if scope.holds(each)}
    tasks = tuple(entry for entry in roll.snapshot.tasks if scope.holds(entry.record))
    return replace(roll, snapshot=replace(roll.snapshot, tasks=tasks), lines=lines)


def whole(ledger: Ledger, roll: Roll, paths: Collection[str] | None = None) -> Snapshot:
    """The snapshot of a roll with all that its tasks' files say.

    Args:
        paths: of those of its tasks only that have one of these; None for all.
    """
    if roll.listing is None:
        return roll.snapshot
    asked = [path for path in roll.lines if paths is None or path in paths]
    return replace(roll.snapshot, tasks=read_some(ledger, roll.listing, asked).tasks)


def _known(
    ledger: Ledger, blobs: Mapping[str, str], config: Config, today: dt.date
) -> dict[str, Line]:
    """The tasks of a commit that the working tree has as well."""

    def answer() -> dict[str, Line]:
        lines = _lines(ledger.index, config, today)
        return {path: its for path, blob, its in lines if blobs.get(path) == blob}

    try:
        return ledger.index.answered(answer)
    except Unusable:
        return {}


def _lines(index: TaskIndex, config: Config, today: dt.date) -> Iterator[tuple[str, str, Line]]:
    """The tasks of an index: path, blob id, line."""
    lights, departments, now = config.lights, config.canonical(), today.toordinal()
    names = [str(getattr(lights, state)) for state in STATES]
    asked = Question(today, lights.due_soon_days, lights.lag_percent, lights.spares_waiting)
    day = cache(dt.date.fromordinal)  # a few hundred days are named by all tasks
    led = cache(lambda text: called(parted(text), departments))
    for (
        blob, path, task, title, kind, source, section, lead, assist, leader, status, _, due_text,
        due, state, end, original, percent, latest, reported, closed, applied, indicators, tags,
    ) in index.tracks(asked):  # fmt: skip
        yield name_of(path), blob, Line(
            task, kind, title, source, section, led(lead), led(assist), leader, status,
            names[state], STATES[state], None if due is None else day(due), due_text,
            None if end is None else day(end), None if original is None else day(original),
            None if due is None else due - now, percent, latest,
            None if reported is None else day(reported), None if closed is None else day(closed),
            None if applied is None else day(applied), _indicators(indicators), parted(tags),
        )  # fmt: skip


def _indicators(told: str) -> tuple[Indicator, ...]:
    """Indicators as the index has them."""
    if not told:
        return ()
    return tuple(
        Indicator(name=name, target=target, actual=actual, unit=unit)
        for name, target, actual, unit in json.loads(told)
    )
