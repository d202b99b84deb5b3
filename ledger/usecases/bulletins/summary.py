"""What a longer bulletin says instead of single entries: by source, part, leader, meeting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ledger.model.lights import Lights
from ledger.model.record import dataclass, replace
from ledger.model.snapshot import Snapshot
from ledger.model.standing import track
from ledger.model.task import ENDED
from ledger.usecases.bulletins.events import Closed, Kept, Reported
from ledger.usecases.bulletins.facts import DeptGroup, Line, department_order, in_order, part_number
from ledger.usecases.looking.rows import UNSET
from ledger.usecases.looking.status import Count, count

MOST_RISEN = 10


@dataclass(frozen=True, slots=True)
class Group:
    """Some tasks that belong together: how they stand, how often they were closed in the period.

    Attributes:
        source: the source's title, where it is one or a part of one; its id where it has no file.
        name: the part, or the leader; empty for a whole source.
    """

    source: str
    name: str
    count: Count
    closed: int


@dataclass(frozen=True, slots=True)
class MeetingClosed:
    """What one meeting has closed.

    Attributes:
        meeting: session and body; empty where no meeting is recorded.
    """

    meeting: str
    date: dt.date | None
    minutes: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Rise:
    """A task whose reported percentage has risen."""

    line: Line
    before: int
    now: int


@dataclass(frozen=True, slots=True)
class Reporting:
    """How a department has reported on what it leads.

    Attributes:
        entries: how often; tasks: on how many; idle: how many open ones it has not reported on.
    """

    department: str
    entries: int
    tasks: int
    idle: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The sums of a month, a quarter or a year.

    Attributes:
        risen: the `MOST_RISEN` whose percentage has risen most.
        entries, heard: how often was reported, and on how many tasks.
    """

    sources: tuple[Group, ...]
    parts: tuple[Group, ...]
    leaders: tuple[Group, ...]
    meetings: tuple[MeetingClosed, ...]
    risen: tuple[Rise, ...]
    reporting: tuple[Reporting, ...]
    entries: int
    heard: int

    @property
    def led(self) -> bool:
        """Whether any task has a leader."""
        return any(each.name != UNSET for each in self.leaders)


def summary(
    snapshot: Snapshot,
    lines: Mapping[str, Line],
    kept: Iterable[Kept],
    closed: Sequence[Closed],
    reported: Sequence[DeptGroup[Reported]],
    first: dt.date,
) -> Summary:
    """The sums of a period.

    Args:
        snapshot: settings, sources and meetings.
        lines: every task by id.
        kept: what has changed; closed, reported: what it was; first: the period's first day.
    """
    every, config = tuple(lines.values()), snapshot.config
    known = snapshot.source_by_id

    def title(source: str) -> str:
        return known[source].record.title if source in known else source

    def groups(key: Callable[[Line], tuple[str, str]]) -> Iterator[Group]:
        return _groups(every, closed, config.lights, key)

    by_source = tuple(groups(lambda line: (title(line.source), "")))
    sources = [each.source for each in by_source]
    return Summary(
        sources=by_source,
        parts=tuple(
            sorted(
                groups(lambda line: (title(line.source), line.section or UNSET)),
                key=lambda each: (sources.index(each.source), part_number(each.name)),
            )
        ),
        leaders=tuple(sorted(groups(lambda line: ("", line.leader or UNSET)), key=_unset_last)),
        meetings=tuple(_meetings(closed)),
        risen=_risen(kept, lines, first),
        reporting=tuple(_reporting(every, reported, department_order(config))),
        entries=sum(len(each.entries) for group in reported for each in group.items),
        heard=sum(len(group.items) for group in reported),
    )


def _unset_last(group: Group) -> bool:
    return group.name == UNSET


def _groups(
    lines: Iterable[Line],
    closed: Iterable[Closed],
    lights: Lights,
    key: Callable[[Line], tuple[str, str]],
) -> Iterator[Group]:
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        groups.setdefault(key(line), []).append(line)
    times = dict.fromkeys(groups, 0)
    for each in closed:
        times[key(each.line)] += each.times
    for (source, name), own in groups.items():
        yield Group(source, name, count(name or source, own, lights), times[source, name])


def _meetings(closed: Iterable[Closed]) -> Iterator[MeetingClosed]:
    """Each meeting by its day, with what rests on it now or did until it was reopened."""
    by_meeting: dict[str, list[Closed]] = {}
    for each in closed:
        by_meeting.setdefault(each.decision, []).append(each)
    ordered = sorted(
        by_meeting.values(), key=lambda items: min(each.date or dt.date.max for each in items)
    )
    for items in ordered:
        first = items[0]
        lines = tuple(each.line for each in items)
        yield MeetingClosed(f"{first.session}{first.body}", first.date, first.minutes, lines)


def _risen(kept: Iterable[Kept], lines: Mapping[str, Line], first: dt.date) -> tuple[Rise, ...]:
    """The tasks whose percentage has risen most; those that are ended are told elsewhere.

    One that came in the period had before it what was reported earlier by its own days.
    """
    rises = []
    for before, after in kept:
        past = before or replace(
            after, progress=tuple(e for e in after.progress if e.date and e.date < first)
        )
        now, then = lines[after.id].percent, track(past).percent
        if after.status not in ENDED and now is not None and now > (then or 0):
            rises.append(Rise(lines[after.id], then or 0, now))
    ordered = sorted(rises, key=lambda each: (each.before - each.now, -each.now, each.line.id))
    return tuple(ordered[:MOST_RISEN])


def _reporting(
    lines: Iterable[Line], reported: Iterable[DeptGroup[Reported]], order: Sequence[str]
) -> Iterator[Reporting]:
    heard = {each.line.id: len(each.entries) for group in reported for each in group.items}
    numbers: dict[str, list[int]] = {}
    for line in lines:
        entries = heard.get(line.id, 0)
        idle = not entries and line.status not in ENDED and not line.waiting
        for name in line.lead:
            own = numbers.setdefault(name, [0, 0, 0])
            own[0] += entries
            own[1] += entries > 0
            own[2] += idle
    for name in in_order(numbers, order):
        yield Reporting(name, *numbers[name])
