"""The course of a task: everything that its file and its background have happen on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ledger.model.record import dataclass
from ledger.model.task import Closing, Task

if TYPE_CHECKING:
    from ledger.model.task import Applied, Extension, Lookback, Progress, Reviewed
    from ledger.usecases.looking.background import Background

    Happened = Background | Progress | Extension | Applied | Reviewed | Closing | Lookback

BEGUN, REPORTED, PUT_OFF = "立项", "进展", "延期"
ASKED_FOR, LOOKED_OVER, DECIDED, DISCUSSED = "申请销号", "审核", "销号", "会议"
LOOKED_BACK = "回头看"


@dataclass(frozen=True, slots=True)
class CourseStep:
    """One thing that happened to a task.

    Attributes:
        day: None where nobody wrote it down.
        called: what it is called: one of the words above, or the log's own (退回, 重开, 催办).
        entry: what the file says of it; of how the task came into the ledger its background.
    """

    day: dt.date | None
    called: str
    entry: Happened


def course(task: Task, its: Background | None = None) -> tuple[CourseStep, ...]:
    """What happened to a task, in the order of days; what has no day comes last.

    Args:
        its: what its file does not say of its course.
    """
    begun = [CourseStep(dt.date.fromisoformat(its.begun), BEGUN, its)] if its and its.begun else []
    steps = (*begun, *_steps(task))
    return tuple(sorted(steps, key=lambda step: (step.day is None, step.day or dt.date.min)))


def _steps(task: Task) -> Iterator[CourseStep]:
    """What its file says, as the file has it."""
    for entry in task.progress:
        yield CourseStep(entry.date, entry.event or REPORTED, entry)
    for extension in task.extensions:
        yield CourseStep(extension.date, PUT_OFF, extension)
    for closing in (*task.past_closings, task.closing):
        yield from _closing(closing) if closing else ()
    for look in task.lookback:
        yield CourseStep(look.date, LOOKED_BACK, look)


def _closing(closing: Closing) -> Iterator[CourseStep]:
    if closing.applied:
        yield CourseStep(closing.applied.date, ASKED_FOR, closing.applied)
    if closing.reviewed:
        yield CourseStep(closing.reviewed.date, LOOKED_OVER, closing.reviewed)
    if closing.is_over or any(closing.extra.values()):
        yield CourseStep(closing.date, DECIDED if closing.date else DISCUSSED, closing)
