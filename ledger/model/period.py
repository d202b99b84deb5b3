"""Periods that bulletins are about: weeks (Monday to Sunday), months, quarters, years, any span."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from ledger.errors import UsageError
from ledger.model.config import Reports

WEEKLY, MONTHLY, QUARTERLY, ANNUAL = "weekly", "monthly", "quarterly", "annual"
PERIODIC = (WEEKLY, MONTHLY, QUARTERLY, ANNUAL)

_UNITS = {WEEKLY: "周", MONTHLY: "月", QUARTERLY: "季度", ANNUAL: "年度"}
_FIRST_YEAR, _LAST_YEAR = 1970, 9998  # git knows no day before 1970; a period has one that follows
_NAMES = {
    WEEKLY: (re.compile(r"(\d{4})-?[Ww](\d{1,2})"), "--week", "2017-W42"),
    MONTHLY: (re.compile(r"(\d{4})-(\d{1,2})"), "--month", "2017-10"),
    QUARTERLY: (re.compile(r"(\d{4})-?[Qq]([1-4])"), "--quarter", "2017-Q4"),
    ANNUAL: (re.compile(r"(\d{4})()"), "--year", "2017"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days, both ends included.

    Attributes:
        kind: one of `PERIODIC`; a span of any other length may be of any kind.
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
        return _UNITS[self.kind] if self.regular else "期"

    @property
    def before(self) -> dt.date:
        """The day whose end is the period's beginning."""
        return self.first - dt.timedelta(days=1)

    @property
    def following(self) -> Period:
        """The period that comes next; after a span of another length one of the usual length."""
        begin = self.last + dt.timedelta(days=1)
        if self.kind == WEEKLY:
            return Period(WEEKLY, begin, begin + dt.timedelta(days=6))
        return period_of(self.kind, begin)

    @property
    def year(self) -> int:
        """The year it is counted in; of a week that of its Thursday, as ISO 8601 counts."""
        return self.last.isocalendar().year if self.kind == WEEKLY else self.last.year

    @property
    def ordinal(self) -> int:
        """Its number within its year; 1 for a year."""
        if self.kind == WEEKLY:
            return self.last.isocalendar().week
        if self.kind == MONTHLY:
            return self.last.month
        return (self.last.month + 2) // 3 if self.kind == QUARTERLY else 1

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
    if kind == WEEKLY:
        monday = day - dt.timedelta(days=day.weekday())
        return Period(kind, monday, monday + dt.timedelta(days=6))
    months = {MONTHLY: 1, QUARTERLY: 3, ANNUAL: 12}[kind]
    begin = (day.month - 1) // months * months + 1
    end = begin + months - 1
    last = dt.date(day.year, end, calendar.monthrange(day.year, end)[1])
    return Period(kind, dt.date(day.year, begin, 1), last)


def named(kind: str, text: str) -> Period:
    """The period that a name such as 2017-W42, 2017-10, 2017-Q4 or 2017 means.

    Raises:
        UsageError: it is no such name, or there is no such week or month.
    """
    shape, option, example = _NAMES[kind]
    match = shape.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{option} 的值“{text}”看不懂", hint=f"请写成 {example} 这样")
    year, number = int(match[1]), int(match[2] or 1)
    _refuse_year(year)
    try:
        if kind == WEEKLY:
            return period_of(kind, dt.date.fromisocalendar(year, number, 1))
        month = {MONTHLY: number, QUARTERLY: 3 * number, ANNUAL: 12}[kind]
        return period_of(kind, dt.date(year, month, 1))
    except ValueError:
        what = f"第 {number} 周" if kind == WEEKLY else f" {number} 月"
        raise UsageError(f"{year} 年没有{what}", hint=f"请检查 {option}") from None


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


def issue(period: Period, reports: Reports) -> int:
    """期号: counted anew each year, or on and on from the first issue, as ledger.yaml says."""
    if reports.numbering != "累计" or reports.first is None:
        return period.ordinal
    begin = period_of(period.kind, reports.first)
    if period.kind == WEEKLY:
        return (period_of(WEEKLY, period.last).first - begin.first).days // 7 + 1
    a_year = {MONTHLY: 12, QUARTERLY: 4, ANNUAL: 1}[period.kind]
    return (period.year - begin.year) * a_year + period.ordinal - begin.ordinal + 1


def _refuse_year(year: int) -> None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise UsageError(
            f"{year} 年不在可以通报的范围之内",
            hint=f"请写 {_FIRST_YEAR} 到 {_LAST_YEAR} 之间的年份",
        )
