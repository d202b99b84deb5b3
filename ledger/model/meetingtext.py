"""When a body meets, as people say it: 每周一, 每月第一、第三个星期三, 2026年12月3日."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from ledger.errors import UsageError
from ledger.model.config import WEEKDAYS, Meeting
from ledger.model.daytext import read_day
from ledger.model.numerals import PATTERN, read_numeral
from ledger.model.people import names_in

_SAY = "请写成 每周一、每月第一个星期三，或会议日期"
_WEEKDAY = f"(?:周|星期|礼拜)([{''.join(day[1:] for day in WEEKDAYS)}天])"
_WEEKLY = re.compile(rf"每个?{_WEEKDAY}")
_MONTHLY = re.compile(rf"每个?月的?第?((?:{PATTERN}|[、和及,，第个])+?)个?{_WEEKDAY}")
_MOST = 5  # of any weekday in a month


def read_meetings(text: str, bodies: Sequence[str], today: dt.date) -> tuple[Meeting, ...]:
    """When bodies meet.

    Args:
        text: several are parted by semicolons; each may begin with the body that meets, the first
            one is meant where none is named.
        bodies: that there are, at least one.
        today: whose year days without one belong to.

    Raises:
        UsageError: a part says nothing of the kind, or a week that no month has.
    """
    parts = [each.strip() for each in re.split("[;；\n]", text) if each.strip()]
    return tuple(meeting for part in parts for meeting in _read(part, bodies, today))


def _read(part: str, bodies: Sequence[str], today: dt.date) -> Iterator[Meeting]:
    body = next((each for each in bodies if part.startswith(each)), bodies[0])
    when = "".join(part.removeprefix(body).lstrip("：:=在于 ").removesuffix("召开").split())
    when = when.removesuffix("开会").removesuffix("开")
    if match := _WEEKLY.fullmatch(when):
        yield Meeting(body=body, weekday=_weekday(match[1]))
    elif match := _MONTHLY.fullmatch(when):
        yield Meeting(body=body, weekday=_weekday(match[2]), weeks=_weeks(match[1], match[2]))
    elif days := _days(when, today):
        yield Meeting(body=body, dates=days)
    else:
        raise UsageError(f"“{part}”看不出哪天开会", hint=_SAY)


def _weekday(word: str) -> str:
    return next(day for day in WEEKDAYS if day.endswith("日" if word == "天" else word))


def _weeks(words: str, weekday: str) -> tuple[int, ...]:
    numbers = [read_numeral(each).count for each in re.findall(PATTERN, words)]
    for number in numbers:
        if number is None or not 1 <= number <= _MOST:
            raise UsageError(f"一个月里没有第{number or '几'}个星期{weekday}", hint=_SAY)
    return tuple(sorted({number for number in numbers if number}))


def _days(words: str, today: dt.date) -> tuple[dt.date, ...]:
    days = [read_day(each, today) for each in names_in(words.replace("和", "、"))]
    return tuple(sorted({day for day in days if day})) if all(days) else ()
