"""The way of a task through its statuses: from when to when it had which, as its course tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ledger.model.lights import Lights
from ledger.model.record import dataclass
from ledger.model.standing import checkpoints, open_due, original_deadline
from ledger.model.task import (
    APPLIED,
    CLOSED,
    ENDED,
    IN_PROGRESS,
    NOT_STARTED,
    ONGOING,
    REOPENED,
    RETURNED,
    REVIEWED,
    Task,
)
from ledger.model.transition import GIVEN
from ledger.usecases.looking.course import (
    ASKED_FOR,
    DECIDED,
    LOOKED_OVER,
    REPORTED,
    CourseStep,
    course,
)

if TYPE_CHECKING:
    from ledger.usecases.looking.background import Background

_USUAL = Lights()
_GIVES = {RETURNED: IN_PROGRESS, REOPENED: IN_PROGRESS, ASKED_FOR: APPLIED, LOOKED_OVER: REVIEWED}


@dataclass(frozen=True, slots=True)
class Stage:
    """A status from a day on, up to the next one's first day; of the last one up to now."""

    status: str
    first: dt.date
    last: dt.date | None = None


@dataclass(frozen=True, slots=True)
class TaskWay:
    """A task's way.

    Attributes:
        status: the one that it has.
        stages: in order, each beginning where the one before ends; the last is of `status`.
            None where nothing in its file has a day.
        checkpoints: every day by which something is due, approved extensions applied, in order.
        original: the last one without extensions.
        awaited: the next one that is open, by which it is judged late, as in lists.
        steps: the days on which something happened to it, and what.
    """

    id: str
    title: str
    status: str
    stages: tuple[Stage, ...]
    checkpoints: tuple[dt.date, ...]
    original: dt.date | None
    awaited: dt.date | None
    steps: tuple[tuple[dt.date, str], ...]

    @property
    def due(self) -> dt.date | None:
        """Its last deadline."""
        return self.checkpoints[-1] if self.checkpoints else None

    @property
    def is_moved(self) -> bool:
        """Whether its deadline is not the one that the source set."""
        return self.original != self.due

    def is_late(self, today: dt.date) -> bool:
        """Whether it is overdue."""
        return self.awaited is not None and self.awaited < today


def way_of(task: Task, its: Background | None = None, lights: Lights = _USUAL) -> TaskWay:
    """A task's way.

    Args:
        its: how it came into the ledger, and the meetings that decided on it.
        lights: the ledger's own, which say whether what waits in time can be late.
    """
    steps = [step for step in course(task, its) if step.day is not None]
    return TaskWay(
        task.id,
        task.title,
        task.status,
        tuple(_joined(_settled(task, steps, _changes(task, steps, its)))),
        checkpoints(task),
        original_deadline(task),
        open_due(task, lights),
        tuple((step.day, step.called) for step in steps if step.day),
    )


def _changes(
    task: Task, steps: Sequence[CourseStep], its: Background | None
) -> Iterator[tuple[dt.date, str]]:
    """From which day on it had which status."""
    days = [each for each in (task.due.start, *(step.day for step in steps[:1])) if each]
    if not days:
        return
    status = NOT_STARTED
    yield min(days), status
    for place, step in enumerate(steps):
        given = _given(step, status, task, steps[place + 1 :], its)
        if given != status and step.day:
            status = given
            yield step.day, status


def _given(
    step: CourseStep,
    status: str,
    task: Task,
    later: Sequence[CourseStep],
    its: Background | None,
) -> str:
    """The status that a step leaves a task with."""
    if step.called == REPORTED and status == NOT_STARTED:
        return IN_PROGRESS
    if step.called != DECIDED:
        return _GIVES.get(step.called, status)
    meeting = its.meetings.get(getattr(step.entry, "decision", "")) if its else None
    decided = meeting.on(task.id) if meeting else None
    if decided and decided.result in GIVEN:
        return GIVEN[decided.result]
    if step.entry is task.closing:
        return task.status if task.status in (*ENDED, ONGOING) else CLOSED
    return CLOSED if any(each.called == REOPENED for each in later) else ONGOING


def _settled(
    task: Task, steps: Sequence[CourseStep], changes: Iterator[tuple[dt.date, str]]
) -> Iterator[tuple[dt.date, str]]:
    """The same, ending with the status that the task has: from the last day that is known."""
    told = list(changes)
    yield from told[:-1]
    if told:
        day, status = told[-1]
        known = max(day, steps[-1].day or day) if steps else day
        if status == task.status or known > day:
            yield day, status
        if status != task.status:
            yield known, task.status


def _joined(changes: Iterator[tuple[dt.date, str]]) -> Iterator[Stage]:
    """Stages of changes; what lasted no day is left out, unless it is the last."""
    told = list(changes)
    ends = [*(day for day, _ in told[1:]), None]
    for (first, status), last in zip(told, ends, strict=bool(told)):
        if last is None or last > first:
            yield Stage(status, first, last)
