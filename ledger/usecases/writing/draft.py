"""From words to a task's fields: what `add` and `import` share."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ledger.errors import UsageError
from ledger.model.config import CalendarConfig
from ledger.model.deadline import Deadline, read_deadline
from ledger.model.task import Due

if TYPE_CHECKING:
    from ledger.usecases.reading.open import Ledger


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


def day_meant(ledger: Ledger, text: str, today: dt.date) -> dt.date:
    """The one day that a text means to which something is put off, such as 11月28日 or 12月底.

    Args:
        today: whose year it belongs to.

    Raises:
        UsageError: it means no day, or several.
    """
    from ledger.model.daytext import read_day  # not where tasks are merged
    from ledger.usecases.reading.load import load_config

    if (read := read_day(text, today)) is not None:
        return read
    calendar = load_config(ledger).config.calendar
    limit = read_deadline(text, today.year, calendar=calendar.work)
    if limit.date is None or limit.dates or text.isascii():
        raise UsageError(f"--to 的值“{text}”不是日期", hint="请写成 2017-10-20 这样的真实日期")
    return limit.date


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
