"""The facts of a period: what changed between its two ends, and how the ledger stands at its end.

A pure function of how it began, a roll and a day; what earlier bulletins said is not read again.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ledger.model.change import difference
from ledger.model.config import Config
from ledger.model.decision import Decision
from ledger.model.meetings import Sitting, sittings
from ledger.model.period import Period
from ledger.model.record import dataclass
from ledger.model.shares import shares
from ledger.model.snapshot import Snapshot
from ledger.model.standing import next_due
from ledger.model.task import (
    CLOSED,
    ENDED,
    IN_PROGRESS,
    NOT_STARTED,
    REOPENED,
    RETURNED,
    Closing,
    Extension,
    Progress,
    Task,
)
from ledger.usecases.bulletins.facts import (
    DeptGroup,
    Line,
    OnTime,
    by_due,
    department_order,
    first_lead,
    grouped,
    in_order,
    on_time,
)
from ledger.usecases.bulletins.flow import Flow, Pair, effects, flow, gained
from ledger.usecases.bulletins.roll import Roll
from ledger.usecases.looking.status import Count, count, counts

Kept = tuple[Task | None, Task]  # a task at the beginning, if there was one, and at the end


@dataclass(frozen=True, slots=True)
class Closed:
    """A task's closings in the period, told by the last one: by which meeting.

    Attributes:
        again: a task that was closed all the while rests on another decision now.
        times: how often it was closed; 0 where it was only closed `again`.
    """

    line: Line
    date: dt.date | None
    decision: str
    body: str
    session: str
    minutes: str
    again: bool
    times: int

    @property
    def undone(self) -> bool:
        """Whether it was reopened after that."""
        return self.line.status != CLOSED


@dataclass(frozen=True, slots=True)
class Reported:
    """What was reported on one task."""

    line: Line
    entries: tuple[Progress, ...]


@dataclass(frozen=True, slots=True)
class Extended:
    """One approved extension."""

    line: Line
    extension: Extension


@dataclass(frozen=True, slots=True)
class Happening:
    """退回, 重开 or 中止: when, by whom, why."""

    line: Line
    event: str
    date: dt.date | None
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Application:
    """What must be applied for now: the last meeting before the deadline, and until when.

    Attributes:
        late: the day to apply by has passed already.
    """

    line: Line
    sitting: Sitting
    late: bool


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a whole: how many, and how much of 100.0 percent."""

    name: str
    number: int
    percent: float


@dataclass(frozen=True, slots=True)
class PeriodFacts:
    """All that a periodic bulletin says.

    Attributes:
        period: what it is about; `next` the period that follows.
        today: the cut-off, by which days left and lights are counted.
        existed: whether there was a ledger when the period began.
        count, before: how the tasks stand at its end, and stood at its beginning.
        parts: the tasks by status; their percentages sum to 100.0.
        closed, reported, overdue, extensions, events: by department where there are groups.
        due_rest: what falls due from the cut-off, itself included, to the period's end: not yet
            overdue, and not in the following period either.
        due_next: what falls due in the following period.
        sittings: the next meeting of each body; applications: what must be applied for now.
        departments: one count a leading department; closed_by: how many it closed in the period.
        lines: every task, for tables and charts.
    """

    period: Period
    next: Period
    today: dt.date
    existed: bool
    count: Count
    before: Count
    flow: Flow
    parts: tuple[Share, ...]
    on_time: OnTime
    added: tuple[Line, ...]
    closed: tuple[Closed, ...]
    reported: tuple[DeptGroup[Reported], ...]
    overdue: tuple[DeptGroup[Line], ...]
    due_rest: tuple[Line, ...]
    due_next: tuple[Line, ...]
    sittings: tuple[Sitting, ...]
    applications: tuple[Application, ...]
    extensions: tuple[Extended, ...]
    events: tuple[Happening, ...]
    departments: tuple[Count, ...]
    closed_by: dict[str, int]
    lines: tuple[Line, ...]

    @property
    def overdue_shared(self) -> bool:
        """Whether something overdue is led by several departments, and stands under the first."""
        return any(len(each.lead) > 1 for group in self.overdue for each in group.items)


class Stood(NamedTuple):
    """How a task stood when the period began; `days_left` as of its eve."""

    status: str
    days_left: int | None


@dataclass(frozen=True, slots=True)
class Beginning:
    """How the period began, and what has changed since.

    Attributes:
        existed: False when there was no ledger yet.
        stood: every task of that time.
        pairs: the tasks that have changed, as they were and as they are.
    """

    existed: bool
    stood: tuple[Stood, ...]
    pairs: tuple[Pair, ...]


def beginning(
    old: Snapshot | None,
    new: Snapshot,
    stayed: Iterable[Line] = (),
    eve: dt.date = dt.date.min,
) -> Beginning:
    """How a period began.

    Args:
        old: the tasks of that time, those apart that have not changed; None without a ledger.
        new: those that may have changed, as they are now.
        stayed: those that have not changed.
        eve: the day before the period.
    """
    tasks = [entry.record for entry in old.tasks] if old else []
    ends = [(each.status, next_due(each)) for each in tasks]
    ends += ((each.status, each.due) for each in stayed)
    return Beginning(
        old is not None,
        tuple(Stood(status, (due - eve).days if due else None) for status, due in ends),
        tuple(difference(old or Snapshot(new.config), new).pairs()),
    )


def period_facts(begun: Beginning, new: Roll, period: Period, today: dt.date) -> PeriodFacts:
    """The facts of a period.

    Args:
        begun: how it began.
        new: the ledger at its end.
        today: the cut-off: the period's last day, or an earlier one while it is not over.

    Raises:
        LedgerError: 勾稽 does not hold (two files with one id).
    """
    config, pairs, every = new.snapshot.config, begun.pairs, tuple(new.lines.values())
    lines = {each.id: each for each in every}
    order = department_order(config)
    kept = [(before, after) for before, after in pairs if after is not None]
    closed = tuple(_closings(new.snapshot, kept, period, lines))
    counted = {each.key: each for each in counts(every, "lead", config.lights)}
    total = count("", every, config.lights)
    opening, remaining = (
        sum(each.status not in ENDED for each in tasks) for tasks in (begun.stood, every)
    )
    return PeriodFacts(
        period=period,
        next=period.following,
        today=today,
        existed=begun.existed,
        count=total,
        before=count("", begun.stood, config.lights),
        flow=flow(opening, remaining, pairs, period),
        parts=parts(total),
        on_time=on_time(every, today),
        added=tuple(lines[b.id] for a, b in pairs if a is None and b and b.status not in ENDED),
        closed=closed,
        reported=grouped(
            ((first_lead(each.line), each) for each in _reports(kept, period, lines)), order
        ),
        overdue=_overdue(every, order),
        due_rest=_due_between(every, today, period.last),
        due_next=_due_between(every, period.following.first, period.following.last),
        sittings=_next_sittings(config, today),
        applications=_applications(config, every, period.following, today),
        extensions=tuple(_extensions(kept, period, lines)),
        events=tuple(_events(new.snapshot, kept, period, lines)),
        departments=tuple(counted[name] for name in in_order(counted, order)),
        closed_by=_by_department(closed),
        lines=every,
    )


def parts(total: Count) -> tuple[Share, ...]:
    """The tasks by status, closed ones first; what there is none of is left out."""
    numbers = (
        ("已销号", total.closed),
        ("推进中", total.in_progress),
        ("申请销号、待上会", total.applied + total.reviewed),
        ("未启动", total.not_started),
        ("长期坚持", total.ongoing),
        ("已中止", total.cancelled),
    )
    percents = shares([number for _, number in numbers])
    listed = (
        Share(name, number, each) for (name, number), each in zip(numbers, percents, strict=True)
    )
    return tuple(each for each in listed if each.number)


def _closings(
    new: Snapshot, kept: Iterable[Kept], period: Period, lines: Mapping[str, Line]
) -> Iterator[Closed]:
    for before, after in kept:
        times = effects(before, after, period).count("closed")
        again = bool(
            before and before.status == after.status == CLOSED and before.meeting != after.meeting
        )
        if not times and not again:
            continue
        closing = _last_end(after)
        decision = new.decision(closing.decision) if closing else None
        yield Closed(
            lines[after.id],
            closing.date if closing else None,
            closing.decision if closing else "",
            *((decision.body, decision.session, decision.minutes) if decision else ("", "", "")),
            again=again and not times,
            times=times,
        )


def _last_end(task: Task) -> Closing | None:
    """How a task was closed the last time, when it was reopened since as well."""
    if task.closing and task.closing.is_over:
        return task.closing
    return task.past_closings[-1] if task.past_closings else task.closing


def _reports(kept: Iterable[Kept], period: Period, lines: Mapping[str, Line]) -> Iterator[Reported]:
    for before, after in kept:
        entries = gained(before, after, lambda task: task.progress, period)
        if reported := tuple(entry for entry in entries if not entry.event):
            yield Reported(lines[after.id], reported)


def _extensions(
    kept: Iterable[Kept], period: Period, lines: Mapping[str, Line]
) -> Iterator[Extended]:
    for before, after in kept:
        for extension in gained(before, after, lambda task: task.extensions, period):
            yield Extended(lines[after.id], extension)


def _events(
    new: Snapshot, kept: Iterable[Kept], period: Period, lines: Mapping[str, Line]
) -> Iterator[Happening]:
    for before, after in kept:
        for entry in gained(before, after, lambda task: task.progress, period):
            if entry.event in (RETURNED, REOPENED):
                yield Happening(lines[after.id], entry.event, entry.date, entry.by, entry.text)
        if "cancelled" in effects(before, after, period):
            yield _cancelled(new, after, lines[after.id])


def _cancelled(new: Snapshot, task: Task, line: Line) -> Happening:
    closing = task.closing
    meeting = new.decision(task.meeting)
    result = _result(meeting, task.id) if meeting else ""
    called = f"{meeting.body}{meeting.session}".strip() if meeting else ""
    return Happening(line, "中止", closing.date if closing else None, called, result)


def _result(decision: Decision, task_id: str) -> str:
    item = decision.on(task_id)
    if item is None:
        return ""
    into = f" {item.into}" if item.into else ""
    opinion = f"：{item.opinion}" if item.opinion else ""
    return f"{item.result}{into}{opinion}"


def _overdue(lines: Iterable[Line], order: Sequence[str]) -> tuple[DeptGroup[Line], ...]:
    """What is overdue, by department, the longest overdue first."""
    late = sorted((each for each in lines if each.days_over), key=lambda e: (-e.days_over, e.id))
    return grouped(((first_lead(each), each) for each in late), order)


def _due_between(lines: Iterable[Line], first: dt.date, last: dt.date) -> tuple[Line, ...]:
    return by_due(each for each in lines if each.due and first <= each.due <= last)


def _next_sittings(config: Config, today: dt.date) -> tuple[Sitting, ...]:
    """The next meeting of each body that can still be applied for."""
    horizon = today + dt.timedelta(days=366)
    by_body: dict[str, Sitting] = {}
    for sitting in sittings(config.calendar, today, horizon):
        if sitting.apply_by >= today:
            by_body.setdefault(sitting.body, sitting)
    return tuple(by_body.values())


def _applications(
    config: Config, lines: Iterable[Line], following: Period, today: dt.date
) -> tuple[Application, ...]:
    """Open tasks whose last meeting before the deadline must be applied for by the next period."""
    horizon = following.last + dt.timedelta(days=config.calendar.lead_days + 366)
    planned = sittings(config.calendar, today, horizon)
    applications = []
    for its in lines:
        if its.status not in (NOT_STARTED, IN_PROGRESS) or not its.deadline:
            continue
        bodies = config.policies.for_kind(its.kind).bodies
        before = [e for e in planned if e.body in bodies and e.date <= its.deadline]
        if before and its.deadline >= today and before[-1].apply_by <= following.last:
            applications.append(Application(its, before[-1], before[-1].apply_by < today))
    return tuple(sorted(applications, key=lambda each: (each.sitting.apply_by, each.line.id)))


def _by_department(closed: Iterable[Closed]) -> dict[str, int]:
    closings: Counter[str] = Counter()
    for task in closed:
        if task.times:
            closings.update(dict.fromkeys(task.line.lead, task.times))
    return dict(closings)
