"""The facts of one department on a day: its sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from ledger.model.record import dataclass, replace
from ledger.model.standing import DUE_SOON, LAGGING, NORMAL, OVERDUE, WAITING
from ledger.usecases.bulletins.facts import Line, OnTime, by_due, on_time
from ledger.usecases.bulletins.period import Share, parts
from ledger.usecases.bulletins.roll import Roll
from ledger.usecases.looking.status import Count, count


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


def depts_facts(roll: Roll, departments: Iterable[str], today: dt.date) -> tuple[DeptFacts, ...]:
    """The sheets of some departments, by their canonical names; all tasks are gone through once."""
    leading: dict[str, list[Line]] = {}
    helping: dict[str, list[Line]] = {}
    for task in roll.lines.values():
        for name in task.lead:
            leading.setdefault(name, []).append(task)
        for name in task.assist:
            helping.setdefault(name, []).append(task)

    lights = roll.snapshot.config.lights

    def sheet(department: str) -> DeptFacts:
        leads = leading.get(department, [])
        own = {each.id for each in leads}
        helped = [each for each in helping.get(department, []) if each.id not in own]
        total = count(department, leads, lights)
        return DeptFacts(
            today=today,
            department=department,
            count=total,
            parts=parts(total),
            on_time=on_time(leads, today, lights),
            overdue=by_due(each for each in leads if each.days_over),
            due_soon=by_due(each for each in leads if each.state == DUE_SOON and not each.waiting),
            lagging=by_due(each for each in leads if each.state == LAGGING and not each.waiting),
            waiting=tuple(each for each in leads if each.waiting and not each.days_over),
            others=by_due(each for each in leads if each.state == NORMAL and not each.waiting),
            assisting=by_due(each for each in helped if each.state in (OVERDUE, DUE_SOON)),
            helping=by_due(each for each in helped if each.state in (LAGGING, NORMAL, WAITING)),
            lines=(*leads, *helped),
        )

    return tuple(sheet(each) for each in departments)
