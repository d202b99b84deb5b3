"""What every bulletin is made of: one task as a line, groups by department, on-time rates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from ledger.model.config import Config
from ledger.model.lights import Lights
from ledger.model.numerals import PART, read_numeral
from ledger.model.record import dataclass, replace
from ledger.model.standing import WAITING, track
from ledger.model.task import CANCELLED, CLOSED, UNDECIDED, Indicator, Task
from ledger.usecases.looking.rows import UNSET, Row

T = TypeVar("T")
_NUMBERED = re.compile(rf"第?[（(]?({PART}|[0-9]{{1,3}})[）)、.．章部](?:分)?\s*")
_UNNUMBERED = 10**6


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of the ledger a bulletin is about; empty for all of it."""

    sources: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def holds(self, task: Task | Line) -> bool:
        """Whether a task belongs to it."""
        return (not self.sources or task.source in self.sources) and (
            not self.kinds or task.kind in self.kinds
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One task as a bulletin names it.

    Attributes:
        lead, assist: departments under their canonical names.
        state: why it is lit so, one of `ledger.model.standing.STATES`.
        due: the next open checkpoint; None when there is none.
        deadline: the last one, approved extensions applied; `original` without them.
        percent, latest, reported: of the last report: percentage, text, day.
        closed: the day of closing; applied: of the application that it waits on, or that led to
            its closing after a review.
        indicators: without keys that nobody knows.
    """

    id: str
    kind: str
    title: str
    source: str
    section: str
    lead: tuple[str, ...]
    assist: tuple[str, ...]
    leader: str
    status: str
    light: str
    state: str
    due: dt.date | None
    due_text: str
    deadline: dt.date | None
    original: dt.date | None
    days_left: int | None
    percent: int | None
    latest: str
    reported: dt.date | None
    closed: dt.date | None
    applied: dt.date | None
    indicators: tuple[Indicator, ...]
    tags: tuple[str, ...]

    @property
    def extended(self) -> bool:
        """Whether its deadline was moved."""
        return self.deadline != self.original

    @property
    def waiting(self) -> bool:
        """Whether it is applied for and waits for review or a meeting."""
        return self.status in UNDECIDED

    @property
    def in_time(self) -> bool:
        """Whether it is so in time, and not late whatever the day."""
        return self.state == WAITING

    @property
    def days_over(self) -> int:
        """How many days it is overdue; 0 when it is not."""
        return max(0, -(self.days_left or 0))


@dataclass(frozen=True, slots=True)
class DeptGroup(Generic[T]):
    """What belongs to one department (or one part of a plan)."""

    key: str
    items: tuple[T, ...]


@dataclass(frozen=True, slots=True)
class OnTime:
    """按时完成率, by the deadline as the source set it and as approved extensions moved it.

    Attributes:
        judged: tasks with a deadline that are closed, or whose original deadline has passed, and
            that do not wait in time.
        original, current: how many of the judged were closed by each of the two; for `current`
            those whose moved deadline is still to come are no longer judged (`current_judged`).
    """

    judged: int
    original: int
    current_judged: int
    current: int


def line(row: Row, departments: Mapping[str, str]) -> Line:
    """A row as a line.

    Args:
        departments: names and aliases → canonical names.
    """
    task, standing, its = row.task, row.standing, track(row.task)
    return Line(
        id=task.id,
        kind=task.kind,
        title=task.title,
        source=task.source,
        section=task.section,
        lead=called(task.lead, departments),
        assist=called(task.assist, departments),
        leader=task.leader,
        status=task.status,
        light=standing.light,
        state=standing.state,
        due=standing.due,
        due_text=task.due.text,
        deadline=its.deadline,
        original=its.original,
        days_left=standing.days_left,
        percent=its.percent,
        latest=its.latest,
        reported=its.reported,
        closed=its.closed,
        applied=its.applied,
        indicators=tuple(
            replace(each, extra={}) if each.extra else each for each in task.indicators
        ),
        tags=task.tags,
    )


def first_lead(line: Line) -> str:
    """The department a line stands under: the first that leads it."""
    return line.lead[0] if line.lead else UNSET


def grouped(items: Iterable[tuple[str, T]], order: Sequence[str] = ()) -> tuple[DeptGroup[T], ...]:
    """Items by their keys; the keys of `order` first, the others as they come."""
    groups: dict[str, list[T]] = {}
    for key, item in items:
        groups.setdefault(key, []).append(item)
    return tuple(DeptGroup(key, tuple(groups[key])) for key in in_order(groups, order))


def department_order(config: Config) -> tuple[str, ...]:
    """Departments in the order of ledger.yaml."""
    return tuple(each.name for each in config.departments)


def in_order(keys: Iterable[str], order: Sequence[str]) -> list[str]:
    """The keys of `order` first, as it has them, the others as they come."""
    places = {key: place for place, key in enumerate(order)}
    return sorted(keys, key=lambda key: places.get(key, len(places)))


def by_due(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines by what falls due next, the earliest first."""
    return tuple(sorted(lines, key=lambda each: (each.due or dt.date.max, each.id)))


def on_time(lines: Iterable[Line], today: dt.date, lights: Lights) -> OnTime:
    """Both on-time rates; cancelled tasks, and closings nobody dated, are not judged.

    What was closed after a review is judged by the day on which it was applied for, where the
    ledger's lights spare what waits in time: that review and meeting took their time is not the
    department's lateness.
    """
    spares, judged = lights.spares_waiting, [each for each in lines if _is_dated(each)]
    by_original = [met for each in judged if (met := _met(each, each.original, today, spares))]
    by_current = [met for each in judged if (met := _met(each, each.deadline, today, spares))]
    return OnTime(
        len(by_original),
        sum(met == "met" for met in by_original),
        len(by_current),
        sum(met == "met" for met in by_current),
    )


def _is_dated(line: Line) -> bool:
    return line.status != CANCELLED and (line.status != CLOSED or line.closed is not None)


def _met(line: Line, end: dt.date | None, today: dt.date, spares: bool) -> str:
    """`met` or `missed`; empty while nothing can be said: no deadline, still to come, waiting."""
    done = line.applied if spares and line.applied else line.closed
    kept = end is not None and done is not None and done <= end
    if end is None or (line.closed is None and (kept or end >= today)):
        return ""
    return "met" if kept else "missed"


def called(names: Iterable[str], departments: Mapping[str, str]) -> tuple[str, ...]:
    """Departments by their canonical names, each once."""
    return tuple(dict.fromkeys([departments.get(name, name) for name in names]))


def part_number(section: str) -> int:
    """The number that a part's heading begins with; a large one where it has none."""
    numbered = _NUMBERED.match(section)
    number = read_numeral(numbered[1]).count if numbered else None
    return _UNNUMBERED if number is None else number


def part_name(section: str) -> str:
    """A part's heading without its number; as it is where nothing else is left."""
    numbered = _NUMBERED.match(section)
    return section[numbered.end() :].strip() or section if numbered else section
