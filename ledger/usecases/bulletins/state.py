"""The facts of one day: 整改进展情况 of an inspection, and one department's sheet."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ledger.model.config import Reports
from ledger.model.numerals import PART, read_numeral
from ledger.model.record import dataclass, replace
from ledger.model.shares import percent
from ledger.model.snapshot import Snapshot
from ledger.model.standing import DUE_SOON, LAGGING, NORMAL, OVERDUE
from ledger.model.task import CANCELLED, CLOSED, ENDED, RECTIFICATION, Task
from ledger.usecases.bulletins.facts import Line, OnTime, by_due, on_time
from ledger.usecases.bulletins.period import Share, parts
from ledger.usecases.bulletins.roll import Roll
from ledger.usecases.looking.rows import UNSET
from ledger.usecases.looking.status import Count, count

Number = int | float
_NUMBERED = re.compile(rf"第?[（(]?({PART}|[0-9]{{1,3}})[）)、.．章部]")
_UNNUMBERED = 10**6


@dataclass(frozen=True, slots=True)
class Regulations:
    """制度建设: how many rules the tasks set out to make or amend, and how many are issued."""

    planned: Number
    issued: Number
    lines: tuple[Line, ...]  # tasks whose rules are not all issued

    @property
    def rate(self) -> float:
        """Issued in percent of planned."""
        return percent(round(self.issued * 100), round(self.planned * 100))


@dataclass(frozen=True, slots=True)
class ClosedTask:
    """A finished task: what was achieved, and the meeting that closed it."""

    line: Line
    summary: str
    meeting: str


@dataclass(frozen=True, slots=True)
class Area:
    """One area of the feedback: the section its tasks stand under, of one source.

    Attributes:
        source: the source's title; its id where it has no file.
    """

    name: str
    source: str
    count: Count
    done: tuple[ClosedTask, ...]
    open: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """整改进展情况 on a day."""

    today: dt.date
    sources: tuple[str, ...]
    count: Count
    parts: tuple[Share, ...]
    on_time: OnTime
    regulations: Regulations
    areas: tuple[Area, ...]
    lines: tuple[Line, ...]

    @property
    def kinds(self) -> dict[str, int]:
        """How many tasks there are of each kind, in the order in which they come."""
        return dict(Counter(each.kind for each in self.lines))

    @property
    def rectifies(self) -> bool:
        """Whether every task is one of 整改: no other may be called so."""
        return all(each.kind == RECTIFICATION for each in self.lines)

    @property
    def noun(self) -> str:
        """What its tasks are called."""
        return "整改任务" if self.rectifies else "事项"

    @property
    def several(self) -> bool:
        """Whether its areas are those of several sources."""
        return len({each.source for each in self.areas}) > 1


@dataclass(frozen=True, slots=True)
class DeptFacts:
    """One department on a day: what it leads, what it helps with, what presses.

    Attributes:
        overdue, due_soon, lagging, waiting, others: what it leads and is open, each task in one of
            them; what waits for review or a meeting is overdue or waiting.
        assisting, helping: open tasks it helps with: those that are overdue or due soon, the rest.
    """

    today: dt.date
    department: str
    count: Count
    parts: tuple[Share, ...]
    on_time: OnTime
    overdue: tuple[Line, ...]
    due_soon: tuple[Line, ...]
    lagging: tuple[Line, ...]
    waiting: tuple[Line, ...]
    others: tuple[Line, ...]
    assisting: tuple[Line, ...]
    helping: tuple[Line, ...]
    lines: tuple[Line, ...]

    @property
    def leading(self) -> tuple[Line, ...]:
        """What it leads, which is what its numbers count."""
        return tuple(each for each in self.lines if self.department in each.lead)

    @property
    def to_remind(self) -> DeptFacts:
        """The same without overdue tasks that only wait for review or a meeting."""
        return replace(self, overdue=tuple(each for each in self.overdue if not each.waiting))


def closing_facts(roll: Roll, tasks: Iterable[Task], today: dt.date) -> ClosingFacts:
    """整改进展情况 of a roll, by the sections its tasks stand under.

    Args:
        tasks: the same tasks with all that their files say.
    """
    snapshot, lines = roll.snapshot, tuple(roll.lines.values())
    whole = {each.id: each for each in tasks}
    total = count("", lines, snapshot.config.lights)
    areas: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        areas.setdefault((line.source, line.section), []).append(line)
    used = list(dict.fromkeys(source for source, _ in areas))
    known = snapshot.source_by_id
    titles = {each: known[each].record.title if each in known else each for each in used}
    return ClosingFacts(
        today=today,
        sources=tuple(titles[each] for each in used if each in known),
        count=total,
        parts=parts(total),
        on_time=on_time(lines, today),
        regulations=regulations(lines, whole, snapshot.config.reports),
        areas=tuple(
            _area(section or UNSET, titles[source], areas[source, section], whole, snapshot)
            for source, section in sorted(areas, key=lambda each: _place(each[0], each[1], used))
        ),
        lines=lines,
    )


def _place(source: str, section: str, sources: Sequence[str]) -> tuple[int, int]:
    """Where a section stands: by its source, then by the number that it begins with."""
    numbered = _NUMBERED.match(section)
    number = read_numeral(numbered[1]).count if numbered else None
    return sources.index(source), _UNNUMBERED if number is None else number


def regulations(lines: Iterable[Line], whole: Mapping[str, Task], reports: Reports) -> Regulations:
    """制度建设, from the indicators whose name says so.

    Such an indicator's `target` is what was planned, its `actual` what is issued; one without a
    target plans what it has issued. A task without one that bears the tag plans one rule, issued
    with its closing.
    """
    planned: Number = 0
    issued: Number = 0
    unfinished = []
    for line in lines:
        if line.status == CANCELLED:
            continue
        its_planned, its_issued = _rules(whole[line.id], reports)
        planned, issued = planned + its_planned, issued + its_issued
        if its_issued < its_planned:
            unfinished.append(line)
    return Regulations(planned, issued, tuple(unfinished))


def _rules(task: Task, reports: Reports) -> tuple[Number, Number]:
    word = reports.regulation
    named = [each for each in task.indicators if word and word in each.name]
    if not named:
        tagged = word in task.tags
        return int(tagged), int(tagged and task.status == CLOSED)
    planned = sum((each.actual or 0) if each.target is None else each.target for each in named)
    return planned, sum(each.actual or 0 for each in named)


def _area(
    name: str, source: str, lines: list[Line], whole: Mapping[str, Task], snapshot: Snapshot
) -> Area:
    return Area(
        name,
        source,
        count(name, lines, snapshot.config.lights),
        tuple(_done(whole[each.id], each, snapshot) for each in lines if each.status == CLOSED),
        tuple(each for each in lines if each.status not in ENDED),
    )


def _done(task: Task, line: Line, snapshot: Snapshot) -> ClosedTask:
    closing = task.closing
    met = snapshot.decision(task.meeting)
    meeting = f"{met.session}{met.body}" if met else ""
    summary = closing.applied.summary if closing and closing.applied else ""
    return ClosedTask(line, summary, meeting)


def depts_facts(roll: Roll, departments: Iterable[str], today: dt.date) -> tuple[DeptFacts, ...]:
    """The sheets of some departments, by their canonical names; all tasks are gone through once."""
    leading: dict[str, list[Line]] = {}
    helping: dict[str, list[Line]] = {}
    for task in roll.lines.values():
        for name in task.lead:
            leading.setdefault(name, []).append(task)
        for name in task.assist:
            helping.setdefault(name, []).append(task)

    def sheet(department: str) -> DeptFacts:
        leads = leading.get(department, [])
        own = {each.id for each in leads}
        helped = [each for each in helping.get(department, []) if each.id not in own]
        total = count(department, leads, roll.snapshot.config.lights)
        return DeptFacts(
            today=today,
            department=department,
            count=total,
            parts=parts(total),
            on_time=on_time(leads, today),
            overdue=by_due(each for each in leads if each.days_over),
            due_soon=by_due(each for each in leads if each.state == DUE_SOON and not each.waiting),
            lagging=by_due(each for each in leads if each.state == LAGGING and not each.waiting),
            waiting=tuple(each for each in leads if each.waiting and not each.days_over),
            others=by_due(each for each in leads if each.state == NORMAL and not each.waiting),
            assisting=by_due(each for each in helped if each.state in (OVERDUE, DUE_SOON)),
            helping=by_due(each for each in helped if each.state in (LAGGING, NORMAL)),
            lines=(*leads, *helped),
        )

    return tuple(sheet(each) for each in departments)
