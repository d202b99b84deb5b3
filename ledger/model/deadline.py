"""How a time limit of an official document is read: 9月底前, 每季度, 30个工作日内, 长期坚持.

A text is normalised and cut into words (`ledger.model.phrases`), and the words are read by the
small grammar below. What cannot be read entirely is open: a wrong date is worse than none.
The table of what is understood, and why it is read so, is docs/deadlines.md.
"""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from ledger.model.numerals import Numeral, read_numeral
from ledger.model.phrases import Kind, Token, normalise, tokenize
from ledger.model.workdays import (
    NO_CALENDAR,
    Holiday,
    WorkCalendar,
    add_workdays,
    last_workday_before,
)

DeadlineKind = Literal["dated", "recurring", "ongoing", "open", "immediate"]
MAX_LENGTH = 200  # characters; a time limit longer than this is a paragraph, not a date


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time limit as read.

    text: as the document has it. start: the first day, where the text names a period. date: the
    last day. dates: two or more checkpoints in order, the last of which is `date`; else empty.
    warning: why a text that looks like a date is open, in Chinese.
    """

    text: str
    kind: DeadlineKind
    start: dt.date | None = None
    date: dt.date | None = None
    dates: tuple[dt.date, ...] = ()
    warning: str = ""


def read_deadline(
    text: str,
    year: int,
    *,
    since: dt.date | None = None,
    calendar: WorkCalendar | None = None,
) -> Deadline:
    """Read `text` in a document of `year`; never raises, whatever the text.

    Args:
        text: the cell or clause as the document has it.
        year: the year that months without one belong to (1 to 9999).
        since: the day a relative limit (两个月内, 收到回复后10日内) is counted from, not included.
        calendar: the ledger's own days off and make-up days, over those of the library.
    """
    if len(text) > MAX_LENGTH:
        return Deadline(text, "open", warning=f"文字超过 {MAX_LENGTH} 字，不作为时限识别")
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        return Deadline(text, "open", warning=f"年份 {year} 不在 1—9999 之间")
    reader = _Reader(tokenize(normalise(text)), year, since, calendar or NO_CALENDAR)
    items = reader.read()
    read = _combine(items) if items else None
    if read is None or (read.start and read.date and read.start > read.date):
        return Deadline(text, "open", warning=reader.warning)
    return replace(read, text=text)
