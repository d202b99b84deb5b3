"""How a time limit of an official document is read: 9月底前, 每季度, 30个工作日内, 长期坚持.

A text is normalised and cut into words (`ledger.model.phrases`), and the words are read by the
small grammar below. What cannot be read entirely is open: a wrong date is worse than none.
The table of what is understood, and why it is read so, is docs/deadlines.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from ledger.model.grammar import Reader, in_order
from ledger.model.phrases import normalise, tokenize
from ledger.model.points import Item
from ledger.model.record import dataclass, field, replace
from ledger.model.remarks import (
    excel_day,
    is_uncertain,
    names_year,
    numbered,
    weekday_of,
    without_remarks,
)
from ledger.model.workdays import NO_CALENDAR, WorkCalendar

DeadlineKind = Literal["dated", "recurring", "ongoing", "open", "immediate"]
_MANY = 1_000  # time limits that are read once, however often they stand in a table
MAX_LENGTH = 200  # characters; a time limit longer than this is a paragraph, not a date


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time limit as read.

    text: as the document has it. start: the first day, where the text names a period. date: the
    last day. dates: two or more checkpoints in order, the last of which is `date`; else empty.
    warning: why a text that looks like a date is open, in Chinese. workdays: whether days off were
    looked up for it, so that another calendar would make it another day. parted: whether something
    in the text was set aside for it: a remark, the numbers of measures.
    """

    text: str
    kind: DeadlineKind
    start: dt.date | None = None
    date: dt.date | None = None
    dates: tuple[dt.date, ...] = ()
    warning: str = ""
    workdays: bool = field(default=False, compare=False)
    parted: bool = field(default=False, compare=False)


def read_deadline(
    text: str, year: int, *, since: dt.date | None = None, calendar: WorkCalendar | None = None
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
    return _read_once(text, year, since, calendar or NO_CALENDAR)


@lru_cache(_MANY)
def _read_once(text: str, year: int, since: dt.date | None, calendar: WorkCalendar) -> Deadline:
    """The same; a table of ten thousand rows has some dozens of time limits."""

    def read(part: str) -> Deadline:
        return _read(part, year, since, calendar)

    whole = read(text)
    if whole.kind != "open":
        return whole
    parted = _of_measures(text, read) or _beside_remarks(text, read) or _excel(text, year)
    return replace(parted, text=text, parted=True) if parted else whole


def _read(text: str, year: int, since: dt.date | None, calendar: WorkCalendar) -> Deadline:
    """A text in which every word is one of a time limit."""
    reader = Reader(tokenize(normalise(text)), year, since, calendar)
    items = reader.read()
    read = _combine(items, reader) if items else None
    if items and read is None:
        reader.warn("几个时限并列，不能合成一个日期")
    if read:
        return replace(read, text=text, workdays=reader.workdays)
    return Deadline(text, "open", warning=reader.warning)


def _of_measures(text: str, read: Callable[[str], Deadline]) -> Deadline | None:
    """1.6月底前；2.长期坚持: time limits of several measures, in whichever order they come.

    Open where one of them is, and where only some name their year.
    """
    parts = numbered(text)
    if not parts:
        return None
    if (joined := read("；".join(parts))).kind != "open":
        return joined
    each = [read(part) if part else Deadline("", "open") for part in parts]
    unread = next((n for n, one in enumerate(each, 1) if one.kind == "open"), None)
    if unread:
        return Deadline(text, "open", warning=f"第 {unread} 条的时限没有读懂，不作为日期处理")
    if len({names_year(part) for part in parts}) > 1:
        return Deadline(text, "open", warning="各条的时限有的写明年份，有的没有，请都写明")
    days = sorted({day for one in each for day in (*one.dates, one.date) if day})
    kinds = [one.kind for one in each]
    kind = next((kind for kind in ("recurring", "ongoing") if kind in kinds), kinds[0])
    return replace(
        _checkpoints(kind, tuple(days), days[-1] if days else None),
        workdays=any(one.workdays for one in each),
    )


def _beside_remarks(text: str, read: Callable[[str], Deadline]) -> Deadline | None:
    """6月30日（星期三）前: a time limit, and in brackets what changes nothing about it."""
    plain, remarks = without_remarks(text)
    limit = read(plain) if remarks else None
    if limit is None or limit.kind == "open":
        return None
    for remark in filter(None, remarks):
        weekday = weekday_of(remark)
        if weekday is not None and limit.date and not limit.dates:
            if limit.date.weekday() != weekday:
                warning = f"{limit.date.isoformat()} 不是“{remark}”"
                return Deadline(text, "open", warning=warning)
            continue
        inside = read(remark)
        if inside.date != limit.date and (inside.kind in ("dated", "recurring") or inside.warning):
            return Deadline(text, "open", warning=f"括号里另有时限“{remark}”，不作为日期处理")
        if is_uncertain(remark) or inside.kind in ("ongoing", "immediate"):
            return Deadline(text, "open", warning=f"括号里的“{remark}”可能改变时限，不作为日期处理")
    return limit


def _excel(text: str, year: int) -> Deadline | None:
    """42916: a day as Excel keeps it."""
    day = excel_day(text, year)
    return Deadline(text, "dated", date=day) if day else None


def _combine(items: list[Item], reader: Reader) -> Deadline | None:
    """One deadline out of all items; None (and perhaps the reader's warning) if they don't fit."""
    spans = [item for item in items if item.kind == "dated"]
    schedules = [item for item in items if item.kind == "recurring"]
    if schedules:
        return _scheduled(spans, schedules)
    read = _dated(spans, reader)
    kinds = {item.kind for item in items}
    if read is None or reader.annual:
        return read and replace(read, kind="recurring")
    if "ongoing" in kinds:
        return replace(read, kind="ongoing")
    return replace(read, kind="immediate") if "immediate" in kinds else read


def _scheduled(spans: list[Item], schedules: list[Item]) -> Deadline | None:
    """每季度; with a period, the checkpoints within it; with a last day, those up to it."""
    if len(schedules) > 1 or len(spans) > 1:
        return None
    schedule = schedules[0]
    if not spans:
        return _checkpoints("recurring", schedule.dates, schedule.last)
    first, last = _bounds(spans[0], schedule)
    if not (first and last and schedule.last and first.year == last.year == schedule.last.year):
        return None
    dates = tuple(day for day in schedule.dates if first <= day <= last)
    if schedule.dates and not dates:
        return None
    read = _checkpoints("recurring", dates, dates[-1] if dates else last)
    return replace(read, start=spans[0].start)


def _bounds(span: Item, schedule: Item) -> tuple[dt.date | None, dt.date | None]:
    """First and last day of 3至12月 (每月) and, if it is a checkpoint, of (每月，)9月底前."""
    if span.start or span.grain == "year":
        return span.first, span.last or schedule.last
    is_day = span.first == span.last and span.grain != "relative"
    if span.last and is_day and span.last in schedule.dates:
        return dt.date(span.last.year, 1, 1), span.last
    return None, None


def _dated(spans: list[Item], reader: Reader) -> Deadline | None:
    """One span is a date or a period; several are checkpoints in order."""
    if not spans:
        return Deadline("", "dated")
    if len(spans) == 1:
        return _single(spans[0])
    if spans[0].last is None and len(spans) == 2 and spans[1].last and in_order(spans):
        return replace(_single(spans[1]), start=spans[0].first)
    grains = {span.grain for span in spans}
    if "relative" in grains or ("year" in grains and len(grains) > 1):
        return None
    days = [span.last for span in spans if span.last]
    if len(days) < len(spans):
        return None
    if days != sorted(days):
        reader.warn("多个时间先后颠倒，跨年的请写明年份或“次年”")
        return None
    return _checkpoints("dated", tuple(dict.fromkeys(days)), days[-1])


def _single(span: Item) -> Deadline:
    """A day or a period; without an end (3月起) the work goes on."""
    return Deadline("", "dated" if span.last else "ongoing", span.start, span.last)


def _checkpoints(kind: DeadlineKind, days: tuple[dt.date, ...], last: dt.date | None) -> Deadline:
    """`dates` are two or more; a single checkpoint is the `date` alone."""
    return Deadline("", kind, None, last, days if len(days) > 1 else ())
