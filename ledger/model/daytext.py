"""Days and spans as people type them: 2026.11.28, 2026年11月28日, 11月28日, 昨天; 两周, 一个月."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from ledger.model.numerals import PATTERN, read_numeral

_NUMBERS = re.compile(r"(\d{4})([-./])(\d{1,2})\2(\d{1,2})")
_WORDS = re.compile(r"(?:(\d{4})年|([今去明])年)?(\d{1,2})月(\d{1,2})[日号]")
_FROM_TODAY = {"前天": -2, "昨": -1, "昨天": -1, "昨日": -1, "今": 0, "今天": 0, "今日": 0}
_FROM_TODAY |= {"明天": 1, "明日": 1, "后天": 2}
_YEARS = {"去": -1, "今": 0, "明": 1}
_UNITS = {
    "": 1,
    "d": 1,
    "天": 1,
    "日": 1,
    "w": 7,
    "周": 7,
    "星期": 7,
    "m": 30,
    "月": 30,
    "个月": 30,
}
_SPAN = re.compile(rf"({PATTERN})(?:个(?=星期))?([a-z]|天|日|周|星期|个?月|)(?:之?内)?")
_DIGITS = 4


def read_day(text: str, today: dt.date | None = None) -> dt.date | None:
    """The day that is meant; None where none is.

    Args:
        today: for what is counted from it, and whose year a day without one belongs to; where it is
            not known, such a text means no day.
    """
    plain = "".join(_narrow(text).split())
    if today and plain in _FROM_TODAY:
        return today + dt.timedelta(days=_FROM_TODAY[plain])
    if match := _NUMBERS.fullmatch(plain):
        return _day(int(match[1]), match[3], match[4])
    match = _WORDS.fullmatch(plain)
    if match is None or not (match[1] or today):
        return None
    year = int(match[1]) if match[1] or not today else today.year + _YEARS[match[2] or "今"]
    return _day(year, match[3], match[4])


def read_span(text: str) -> int | None:
    """How many days a span has, a month for thirty; None where it is none."""
    match = _SPAN.fullmatch("".join(_narrow(text).lower().split()))
    if match is None or match[2] not in _UNITS or len(match[1]) > _DIGITS:
        return None
    count = int(match[1]) if match[1].isdecimal() else read_numeral(match[1]).count
    return None if count is None else count * _UNITS[match[2]]


def _day(year: int, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(year, int(month), int(day))
    except ValueError:
        return None


def _narrow(text: str) -> str:
    """A text in which nothing has full width."""
    return unicodedata.normalize("NFKC", text)
