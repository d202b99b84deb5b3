"""From words to a task's fields: what `add` and `import` share."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from ledger.model.config import CalendarConfig
from ledger.model.deadline import Deadline, read_deadline
from ledger.model.task import Due


def due_of(
    text: str, year: int, since: dt.date | None, calendar: CalendarConfig
) -> tuple[Due, Deadline]:
    """A time limit as a task keeps it, and how it was read.

    Args:
        text: as the document has it.
        year: the year that months without one belong to.
        since: the day that periods such as 30个工作日内 begin with.
    """
    read = read_deadline(text, year, since=since, calendar=calendar.work)
    return Due(text=text, start=read.start, date=read.date, dates=read.dates), read


def nature_of(read: Deadline) -> str:
    """时限性质 that a time limit suggests; empty for one that is still open."""
    if read.kind == "dated":
        return "分阶段" if read.dates else "限期"
    return {"recurring": "分阶段", "ongoing": "长期坚持", "immediate": "立行立改"}.get(
        read.kind, ""
    )


def next_number(prefix: str, ids: Iterable[str]) -> int:
    """The number after the highest one in use with a prefix."""
    pattern = re.compile(re.escape(prefix) + r"-(\d+)")
    numbers = [int(match[1]) for each in ids if (match := pattern.fullmatch(each))]
    return max(numbers, default=0) + 1


def task_id(prefix: str, number: int) -> str:
    """An id such as GZ2017-031: at least three digits, more where a source has more tasks."""
    return f"{prefix}-{number:03d}"
