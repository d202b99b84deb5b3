"""Periods that bulletins are about: weeks (Monday to Sunday), months, quarters, years, any span."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Literal

from dateutil.rrule import MONTHLY as EACH_MONTH
from dateutil.rrule import WEEKLY as EACH_WEEK
from dateutil.rrule import rrule

from ledger.errors import UsageError
from ledger.model.config import Reports
from ledger.model.record import dataclass

WEEKLY, MONTHLY, QUARTERLY, ANNUAL = "weekly", "monthly", "quarterly", "annual"

_DAY = dt.timedelta(days=1)
_FIRST_YEAR, _LAST_YEAR = 1970, 9998  # git knows no day before 1970; a period has one that follows


@dataclass(frozen=True, slots=True)
class _Kind:
    """What one kind of period is, and how it is called.

    Attributes:
        unit: to go after 本 and 下.
        every: frequency and interval by which periods begin (RFC 5545).
        begin: from a day to the first one of its period.
        count: from the last day to the year it is counted in, and its number in it.
        day: from a year and a number to a day of that period; ValueError where there is none.
        name, option, example: how it is asked for; spelling: the same of a year and a number.
        missing: what there is none of.
        joined: whether after a span of another length the next one begins where that ended.
    """

    unit: str
    every: tuple[Literal[1, 2], int]
    begin: Callable[[dt.date], dt.date]
    count: Callable[[dt.date], tuple[int, int]]
    day: Callable[[int, int], dt.date]
    name: str
    option: str
    example: str
    spelling: str
    missing: str = " {} 月"
    joined: bool = False

    def last(self, first: dt.date) -> dt.date:
        """The last day of the period that begins on a day."""
        frequency, interval = self.every
        return rrule(frequency, interval=interval, dtstart=first)[1].date() - _DAY

    def begun(self, since: dt.date, until: dt.date) -> int:
        """How many begin from one first day to another, both included."""
        frequency, interval = self.every
        return len(list(rrule(frequency, interval=interval, dtstart=since, until=until)))


def _months(months: int, unit: str, name: str, option: str, example: str, spelling: str) -> _Kind:
    return _Kind(
        unit,
        every=(EACH_MONTH, months),
        begin=lambda day: day.replace(month=(day.month - 1) // months * months + 1, day=1),
        count=lambda last: (last.year, (last.month - 1) // months + 1),
        day=lambda year, number: dt.date(year, number * months, 1),
        name=name,
        option=option,
        example=example,
        spelling=spelling,
    )


_KINDS: Mapping[str, _Kind] = {
    WEEKLY: _Kind(
        "周",
        every=(EACH_WEEK, 1),
        begin=lambda day: day - day.weekday() * _DAY,
        count=lambda last: last.isocalendar()[:2],  # the year of its Thursday, as ISO 8601 counts
        day=lambda year, number: dt.date.fromisocalendar(year, number, 1),
        name=r"(\d{4})-?[Ww](\d{1,2})",
        option="--week",
        example="2017-W42",
        spelling="{}-W{:02}",
        missing="第 {} 周",
        joined=True,
    ),
    MONTHLY: _months(1, "月", r"(\d{4})-(\d{1,2})", "--month", "2017-10", "{}-{:02}"),
    QUARTERLY: _months(3, "季度", r"(\d{4})-?[Qq]([1-4])", "--quarter", "2017-Q4", "{}-Q{}"),
    ANNUAL: _months(12, "年度", r"(\d{4})()", "--year", "2017", "{}"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days, both ends included.

    Attributes:
        kind: `WEEKLY`, `MONTHLY`, `QUARTERLY` or `ANNUAL`; a span of
            any other length may be of any kind.
    """

    kind: str
    first: dt.date
    last: dt.date

    @property
    def regular(self) -> bool:
        """Whether it is exactly one week, month, quarter or year."""
        return self == period_of(self.kind, self.last)

    @property
    def unit(self) -> str:
        """周, 月, 季度, 年度, to go after 本 and 下; 期 for a span of any other length."""
        return _KINDS[self.kind].unit if self.regular else "期"

    @property
    def before(self) -> dt.date:
        """The day whose end is the period's beginning."""
        return self.first - _DAY

    @property
    def following(self) -> Period:
        """The period that comes next; after a span of another length one of the usual length."""
        kind, begin = _KINDS[self.kind], self.last + _DAY
        if kind.joined:
            return Period(self.kind, begin, kind.last(begin))
        return period_of(self.kind, begin)

    @property
    def year(self) -> int:
        """The year it is counted in; of a week that of its Thursday, as ISO 8601 counts."""
        return _KINDS[self.kind].count(self.last)[0]

    @property
    def ordinal(self) -> int:
        """Its number within its year; 1 for a year."""
        return _KINDS[self.kind].count(self.last)[1]

    @property
    def name(self) -> str:
        """What it is asked for by where it is regular, such as 2017-W42."""
        return _KINDS[self.kind].spelling.format(self.year, self.ordinal)

    @property
    def spelled(self) -> str:
        """Both ends in Chinese, what they share said once: 2017年10月16日至22日."""
        return spelled(self.first, self.last)


def spelled(first: dt.date, last: dt.date) -> str:
    """Two days in Chinese, what they share said once: 2017年10月16日至22日."""
    begin = f"{first.year}年{first.month}月{first.day}日"
    if first == last:
        return begin
    year = "" if first.year == last.year else f"{last.year}年"
    month = "" if (first.year, first.month) == (last.year, last.month) else f"{last.month}月"
    return f"{begin}至{year}{month}{last.day}日"


def period_of(kind: str, day: dt.date) -> Period:
    """The week, month, quarter or year that a day belongs to.

    Raises:
        UsageError: a year that bulletins cannot be made of.
    """
    _refuse_year(day.year)
    first = _KINDS[kind].begin(day)
    return Period(kind, first, _KINDS[kind].last(first))


def named(kind: str, text: str) -> Period:
    """The period that a name such as 2017-W42, 2017-10, 2017-Q4 or 2017 means.

    Raises:
        UsageError: it is no such name, or there is no such week or month.
    """
    way = _KINDS[kind]
    match = re.fullmatch(way.name, text.strip())
    if match is None:
        raise UsageError(f"{way.option} 的值“{text}”看不懂", hint=f"请写成 {way.example} 这样")
    year, number = int(match[1]), int(match[2] or 1)
    _refuse_year(year)
    try:
        return period_of(kind, way.day(year, number))
    except ValueError:
        missing = way.missing.format(number)
        raise UsageError(f"{year} 年没有{missing}", hint=f"请检查 {way.option}") from None


def span(kind: str, first: dt.date, last: dt.date) -> Period:
    """A period of any length.

    Raises:
        UsageError: it ends before it begins, or lies outside the years that can be reported.
    """
    if last < first:
        raise UsageError(
            f"起始日期 {first.isoformat()} 晚于截止日期 {last.isoformat()}",
            hint="请检查 --since 和 --until",
        )
    _refuse_year(first.year)
    _refuse_year(last.year)
    return Period(kind, first, last)


def months_begun(first: dt.date, last: dt.date, most: int) -> list[dt.date]:
    """First days of the months after a day's own, up to another day.

    Args:
        most: where there are more, only each second of them, each third …
    """
    from dateutil.relativedelta import relativedelta

    begin = first.replace(day=1)
    span = relativedelta(last.replace(day=1), begin)
    count = 12 * span.years + span.months
    step = max(1, -(-count // most))
    return [begin + relativedelta(months=number) for number in range(1, count + 1, step)]


def issue(period: Period, reports: Reports) -> int:
    """期号: counted anew each year, or on and on from the first issue, as ledger.yaml says."""
    if reports.numbering != "累计" or reports.first is None:
        return period.ordinal
    begin = period_of(period.kind, reports.first)
    own, kind = period_of(period.kind, period.last), _KINDS[period.kind]
    if own.first < begin.first:
        return 2 - kind.begun(own.first, begin.first)
    return kind.begun(begin.first, own.first)


def _refuse_year(year: int) -> None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise UsageError(
            f"{year} 年不在可以通报的范围之内",
            hint=f"请写 {_FIRST_YEAR} 到 {_LAST_YEAR} 之间的年份",
        )
