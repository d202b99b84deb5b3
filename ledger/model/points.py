"""One point of a time limit: 2017年底, 第三季度, 4月下旬, 6月30日, 国庆节.

    point := [year] (half | quarter | month [part | day] | day | holiday) | year [底|中]

A method that cannot read returns None, which makes the whole text open; it sets `warning` where
the text does look like a date.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Literal

from ledger.model.numerals import read_numeral
from ledger.model.paths import CONFIG_FILE
from ledger.model.phrases import Cursor, Sort, Token
from ledger.model.record import dataclass
from ledger.model.workdays import Holiday, WorkCalendar, last_workday_before

PARTS_OF_YEAR = (Sort.HALF_YEAR, Sort.WHOLE_YEAR, Sort.NUMBERED_QUARTER)
NAMED_DAYS = (Sort.HOLIDAY, Sort.ANNIVERSARY)
_WITHIN_YEAR = (Sort.NUMBER, *PARTS_OF_YEAR, *NAMED_DAYS)
_ENDS = (Sort.EARLY, Sort.MIDDLE, Sort.END)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a text says.

    first, last: the days it covers; an open-ended one (3月起) has no `last`. start: `first`, where
    the text itself names a period. dates: the checkpoints of a schedule. grain: what kind of day
    `last` is, where that limits what may follow.
    """

    kind: Literal["dated", "recurring", "ongoing", "immediate"]
    first: dt.date | None = None
    last: dt.date | None = None
    start: dt.date | None = None
    dates: tuple[dt.date, ...] = ()
    grain: Literal["", "day", "year", "holiday", "relative"] = ""


class PointReader(Cursor):
    """Reads points of time; a year or month once read holds for the points that follow."""

    def __init__(
        self, tokens: list[Token], year: int, since: dt.date | None, calendar: WorkCalendar
    ) -> None:
        super().__init__(tokens)
        self._plan_year = year
        self._named_year = year  # what 次年 follows
        self._year = year  # what a month without a year belongs to
        self._month: int | None = None  # what a day without a month belongs to
        self._since = since
        self._calendar = calendar
        self.annual = False  # 每年 was read
        self.workdays = False  # days off were looked up
        self.warning = ""

    def warn(self, warning: str) -> None:
        """Say why the text is open; the first reason stays."""
        self.warning = self.warning or warning

    def warn_calendar(self, year: int, holiday: str = "") -> None:
        """Say that the days off of `year`, or this holiday's, are not known."""
        self.warn(
            f"没有 {year} 年{holiday}的放假安排，"
            f"请在 {CONFIG_FILE} 的 calendar 中补充 holidays 和 workdays"
        )

    def point(self) -> Item | None:
        """Read one point; a bare 年 counts as a year only before 底, 内 … or after 每."""
        begin = self.at
        if not self._read_year():
            return None
        if self.kind() in _WITHIN_YEAR or self._first_quarters():
            return self._in_year(year_named=self.at > begin)
        return self._whole_year() if self.at > begin else None

    def _read_year(self) -> bool:
        """Pass over a year, if there is one; False when it is not a year at all."""
        named = self.accept(Sort.NAMED_YEAR, Sort.NEXT_YEAR)
        if named:
            following = named.kind is Sort.NEXT_YEAR
            year = self._named_year + 1 if following else self._plan_year + named.value
            return self._set_year(year, named=not following)
        numeral = self.number(of=Sort.YEAR)
        if numeral:
            written = self._year_of(numeral.digits)
            self.at += 2
            return written is not None and self._set_year(written, named=True)
        if self.kind() is Sort.NUMBER and self._year_without_unit():
            return self._set_year(int(self.take().text), named=True)
        if self.kind() is Sort.YEAR and (self.annual or self.kind(1) in (*_ENDS, Sort.WITHIN)):
            self.take()
            self.accept(Sort.YEAR)  # 每年年底
        return True

    def _set_year(self, year: int, *, named: bool) -> bool:
        if not dt.MINYEAR <= year <= dt.MAXYEAR:
            self.warn(f"年份 {year} 不在 1—9999 之间")
            return False
        if self.annual:  # 每年6月、2018年3月
            return False
        self._year, self._month = year, None
        if named:
            self._named_year = year
        self.accept(Sort.YEAR)  # 2017年年底, 今年年内
        return True

    def _year_of(self, digits: str) -> int | None:
        """2017年, or 17年 before a month: the plan's century, at most ten years from the plan."""
        if len(digits) == 4:
            return int(digits)
        if len(digits) != 2 or self.kind(2) not in (*_WITHIN_YEAR, Sort.END, Sort.YEAR):
            return None
        year = self._plan_year // 100 * 100 + int(digits)
        if abs(year - self._plan_year) <= 10:
            return year
        self.warn(f"两位年份“{digits}年”不明确，请写四位年份")
        return None

    def _year_without_unit(self) -> bool:
        """2017上半年, 2017第三季度, 2017Q3, 2017底, 2017国庆节."""
        text = self.text()
        quarter = self.text(1).startswith("第") and self.number(1, of=Sort.QUARTER)
        follows = bool(quarter) or self.kind(1) in (*PARTS_OF_YEAR, *NAMED_DAYS, Sort.END)
        return follows and len(text) == 4 and text.isascii()

    def _whole_year(self) -> Item | None:
        first, last = dt.date(self._year, 1, 1), dt.date(self._year, 12, 31)
        if self.accept(Sort.END):
            return Item("dated", last, last)
        if self.accept(Sort.MIDDLE):
            middle = dt.date(self._year, 6, 30)
            return Item("dated", middle, middle)
        if self.kind() is Sort.EARLY:
            self.warn("“年初”没有确定的日子，请写明月份")
            return None
        return Item("dated", first, last, grain="year")

    def _in_year(self, *, year_named: bool) -> Item | None:
        if self.accept(Sort.WHOLE_YEAR):
            return self._months(1, 12)
        half = self.accept(Sort.HALF_YEAR)
        if half:
            return self._months(6 * half.value - 5, 6 * half.value)
        if self.kind() in NAMED_DAYS:
            return self._named_day(self.take(), year_named=year_named)
        if self.number(of=Sort.MONTH):
            return self._in_month()
        if self.number(of=Sort.DAY):
            return self._day_of_same_month()
        return self._quarters()

    def _months(self, first: int, last: int) -> Item:
        """A half or a quarter: a period, or with 末 its last day."""
        end = month_end(self._year, last)
        if self.accept(Sort.END):
            return Item("dated", end, end)
        begin = dt.date(self._year, first, 1)
        return Item("dated", begin, end, start=begin)

    def _first_quarters(self) -> bool:
        """前三季度: the first three quarters."""
        return self.text() == "前" and self.number(1, of=Sort.QUARTER) is not None

    def _quarters(self) -> Item | None:
        named = self.accept(Sort.NUMBERED_QUARTER)
        if named:
            return self._months(3 * named.value - 2, 3 * named.value)
        from_first = self._first_quarters()
        self.at += from_first
        numeral = self.number(of=Sort.QUARTER)
        if numeral is None or numeral.place is None:
            return None
        self.at += 2
        quarter = numeral.place
        if not 1 <= quarter <= 4:
            self.warn(f"没有第 {quarter} 季度")
            return None
        return self._months(1 if from_first else 3 * quarter - 2, 3 * quarter)

    def _named_day(self, name: Token, *, year_named: bool) -> Item | None:
        """The eve of a holiday, for 国庆节前; 元旦前 is the one that ends the year."""
        if name.kind is Sort.ANNIVERSARY:
            eve = dt.date(self._year, *divmod(name.value, 100)) - dt.timedelta(days=1)
            return Item("dated", eve, eve, grain="holiday")
        holiday = Holiday(name.value)
        year = self._year + (holiday is Holiday.NEW_YEAR and not year_named)
        self.workdays = True
        last = last_workday_before(holiday, year, self._calendar)
        if last is None:
            self.warn_calendar(year, name.text)
            return None
        return Item("dated", last, last, grain="holiday")

    def _in_month(self) -> Item | None:
        numeral = read_numeral(self.take().text)
        self.take()
        month = numeral.place
        if month is None or not 1 <= month <= 12:
            self.warn("" if month is None else f"没有 {month} 月")
            return None
        if self.number(of=Sort.DAY):
            return self._day(month)
        self._month = None
        if self.kind() is Sort.MONTH and self.kind(1) in _ENDS:
            self.take()  # 6月月底
        return self._part_of_month(month)

    def _part_of_month(self, month: int) -> Item:
        first, last = dt.date(self._year, month, 1), month_end(self._year, month)
        part = self.accept(Sort.PART, *_ENDS)
        if part is None:
            return Item("dated", first, last)
        if part.kind is Sort.END:
            return Item("dated", last, last)
        if part.kind is Sort.MIDDLE:
            return Item("dated", first.replace(day=15), first.replace(day=15))
        begin, end = days_of_part(part)
        start = first.replace(day=begin)
        return Item("dated", start, last.replace(day=min(end, last.day)), start=start)

    def _day_of_same_month(self) -> Item | None:
        if self._month is None:
            self.warn(f"“{self.text()}日”没有写明月份")
            return None
        return self._day(self._month)

    def _day(self, month: int) -> Item | None:
        numeral = read_numeral(self.take().text)
        self.take()
        last = month_end(self._year, month).day
        day = numeral.place
        if day is None or not 1 <= day <= last:
            self.warn("" if day is None else f"{self._year} 年 {month} 月没有 {day} 日")
            return None
        self._month = month
        date = dt.date(self._year, month, day)
        return Item("dated", date, date, grain="day")


@lru_cache(maxsize=1000)
def month_end(year: int, month: int) -> dt.date:
    """The last day of a month, 1 to 12."""
    from dateutil.relativedelta import relativedelta

    return dt.date(year, month, 1) + relativedelta(day=31)


def days_of_part(part: Token) -> tuple[int, int]:
    """First and last day of 上旬, 中旬 …; 初 is 上旬."""
    return (1, 10) if part.kind is Sort.EARLY else divmod(part.value, 100)
