"""How a task stands on a day: next open checkpoint, days left, light; computed, never stored."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ledger.model.config import Lights
from ledger.model.task import CANCELLED, CLOSED, ENDED, Extension, Task

GREEN, YELLOW, RED, BLUE, GREY = "绿", "黄", "红", "蓝", "灰"
LIGHTS = (RED, YELLOW, GREEN, BLUE, GREY)


@dataclass(frozen=True, slots=True)
class Standing:
    """A task on a day.

    Attributes:
        due: the next open checkpoint, None when there is none (no date, all reported, ended).
        days_left: calendar days from today to `due`; negative when overdue; None without `due`.
        light: one of `LIGHTS`; 蓝 closed, 灰 cancelled.
    """

    due: dt.date | None
    days_left: int | None
    light: str

    @property
    def overdue(self) -> bool:
        """Whether the next open checkpoint has passed."""
        return self.days_left is not None and self.days_left < 0


def checkpoints(task: Task) -> tuple[dt.date, ...]:
    """Every date by which something is due, approved extensions applied, in order.

    The original deadline in the file never changes; each extension moves the checkpoint it names
    (`from`), or the last one where it names none.
    """
    found = set(task.due.dates) or ({task.due.date} if task.due.date else set())
    for extension in task.extensions:
        found = _extended(found, extension)
    return tuple(sorted(found))


def next_due(task: Task) -> dt.date | None:
    """The next open checkpoint.

    Of several checkpoints each one counts as reported by a progress entry on or after it. A single
    deadline stays open until the task is closed.
    """
    if task.status in ENDED:
        return None
    found = checkpoints(task)
    if len(found) < 2:
        return found[0] if found else None
    reported = max((entry.date for entry in task.progress if entry.date), default=dt.date.min)
    return next((day for day in found if day > reported), None)


def standing(task: Task, today: dt.date, lights: Lights) -> Standing:
    """How a task stands today, by the ledger's own lights."""
    due = next_due(task)
    days_left = (due - today).days if due else None
    return Standing(due, days_left, _light(task.status, days_left, lights))


def _extended(found: set[dt.date], extension: Extension) -> set[dt.date]:
    moved = extension.from_ if extension.from_ in found else max(found, default=None)
    return (found - {moved}) | ({extension.to} if extension.to else set())


def _light(status: str, days_left: int | None, lights: Lights) -> str:
    if status == CLOSED:
        return BLUE
    if status == CANCELLED:
        return GREY
    if days_left is None:
        return GREEN
    if days_left < 0:
        return RED
    return YELLOW if days_left <= lights.due_soon_days else GREEN
