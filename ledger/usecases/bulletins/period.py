"""The facts of a period: what changed between its two ends, and how the ledger stands at its end.

A pure function of how it began, a roll and a day; what earlier bulletins said is not read again.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from ledger.model.config import Config
from ledger.model.meetings import Sitting, sittings
from ledger.model.period import WEEKLY, Period
from ledger.model.record import dataclass
from ledger.model.shares import shares
from ledger.model.task import ENDED, IN_PROGRESS, NOT_STARTED
from ledger.usecases.bulletins.beginning import Beginning
from ledger.usecases.bulletins.events import (
    Application,
    Closed,
    Extended,
    Happening,
    Reported,
    closings,
    closings_by_department,
    events,
    extensions,
    reports,
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
from ledger.usecases.bulletins.flow import Flow, flow
from ledger.usecases.bulletins.front import Front, Happened, front
from ledger.usecases.bulletins.roll import Roll
from ledger.usecases.bulletins.summary import Summary, summary
from ledger.usecases.bulletins.sums import Regulations, UnitSum, regulations, unit_sums
from ledger.usecases.looking.status import Count, count, counts

MOST_LISTED = 2_000  # overdue tasks that a bulletin lists one by one; some fifty pages


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
        front: what stands on the first page.
        count, before: how the tasks stand at its end, and stood at its beginning.
        parts: the tasks by status; their percentages sum to 100.0.
        closed, reported, overdue, extensions, events: by department where there are groups.
        due_rest: what falls due from the cut-off, itself included, to the period's end: not yet
            overdue, and not in the following period either.
        due_next: what falls due in the following period.
        sittings: the next meeting of each body; applications: what must be applied for now.
        departments: one count a leading department; closed_by: how many it closed in the period.
        regulations, unit_sums: 制度建设 and the other indicators of all tasks.
        summary: of a month or longer; None of a week, which has each entry.
        lines: every task, for tables and charts.
    """

    period: Period
    next: Period
    today: dt.date
    existed: bool
    front: Front
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
    regulations: Regulations
    unit_sums: tuple[UnitSum, ...]
    summary: Summary | None
    lines: tuple[Line, ...]

    @property
    def overdue_listed(self) -> tuple[DeptGroup[Line], ...]:
        """What is overdue, of more than `MOST_LISTED` the longest overdue."""
        if self.count.overdue <= MOST_LISTED:
            return self.overdue
        every = (each for group in self.overdue for each in group.items)
        listed = {each.id for each in sorted(every, key=_longest_first)[:MOST_LISTED]}
        kept = (
            DeptGroup(group.key, tuple(each for each in group.items if each.id in listed))
            for group in self.overdue
        )
        return tuple(group for group in kept if group.items)

    @property
    def overdue_shared(self) -> bool:
        """Whether something overdue is led by several departments, and stands under the first."""
        return any(len(each.lead) > 1 for group in self.overdue for each in group.items)


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
    order, word = department_order(config), config.reports.regulation
    kept = [(before, after) for before, after in pairs if after is not None]
    closed = tuple(closings(new.snapshot, kept, period, lines))
    counted = {each.key: each for each in counts(every, "lead", config.lights)}
    departments = tuple(counted[name] for name in in_order(counted, order))
    total = count("", every, config.lights)
    opening, remaining = (
        sum(each.status not in ENDED for each in tasks) for tasks in (begun.stood, every)
    )
    reported = grouped(
        ((first_lead(each.line), each) for each in reports(kept, period, lines)), order
    )
    due_rest = _due_between(every, today, period.last)
    due_next = _due_between(every, period.following.first, period.following.last)
    applications = _applications(config, every, period.following, today)
    due, until = (*due_rest, *due_next), period.following.last
    happened = Happened(closed, reported, applications, due, until)
    return PeriodFacts(
        period=period,
        next=period.following,
        today=today,
        existed=begun.existed,
        front=front(config, begun, lines, total, departments, happened, today),
        count=total,
        before=count("", begun.stood, config.lights),
        flow=flow(opening, remaining, pairs, period),
        parts=parts(total),
        on_time=on_time(every, today, config.lights),
        added=tuple(lines[b.id] for a, b in pairs if a is None and b and b.status not in ENDED),
        closed=closed,
        reported=reported,
        overdue=_overdue(every, order),
        due_rest=due_rest,
        due_next=due_next,
        sittings=_next_sittings(config, today),
        applications=applications,
        extensions=tuple(extensions(kept, period, lines)),
        events=tuple(events(new.snapshot, kept, period, lines)),
        departments=departments,
        closed_by=closings_by_department(closed),
        regulations=regulations(every, word),
        unit_sums=unit_sums(every, word),
        summary=None
        if period.kind == WEEKLY
        else summary(new.snapshot, lines, kept, closed, reported, period.first),
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


def _overdue(lines: Iterable[Line], order: Sequence[str]) -> tuple[DeptGroup[Line], ...]:
    """What is overdue, by department, the longest overdue first."""
    late = sorted((each for each in lines if each.days_over), key=_longest_first)
    return grouped(((first_lead(each), each) for each in late), order)


def _longest_first(line: Line) -> tuple[int, str]:
    return -line.days_over, line.id


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
    held: dict[str, list[Sitting]] = {}  # by kind of task: the meetings that may close it
    applications = []
    for its in lines:
        if its.status not in (NOT_STARTED, IN_PROGRESS) or not its.deadline:
            continue
        if its.kind not in held:
            bodies = config.policies.for_kind(its.kind).bodies
            held[its.kind] = [each for each in planned if each.body in bodies]
        place = bisect_right(held[its.kind], its.deadline, key=lambda each: each.date)
        if not place or its.deadline < today:
            continue
        last = held[its.kind][place - 1]
        if last.apply_by <= following.last:
            applications.append(Application(its, last, last.apply_by < today))
    return tuple(sorted(applications, key=lambda each: (each.sitting.apply_by, each.line.id)))
