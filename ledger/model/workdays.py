"""Working days and statutory holidays of mainland China, as the State Council arranges them.

The arrangements are those of the `chinese_calendar` library, which knows whole years from 2004 on;
a ledger may carry its own for years the library does not know yet.
"""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import IntEnum
from functools import lru_cache

from ledger.model.record import dataclass

_DAY = timedelta(days=1)


class Holiday(IntEnum):
    """The statutory holidays a time limit may name."""

    NEW_YEAR = 1
    SPRING_FESTIVAL = 2
    QINGMING = 3
    LABOUR_DAY = 4
    DRAGON_BOAT = 5
    MID_AUTUMN = 6
    NATIONAL_DAY = 7


# Where in a year the days off of a holiday can begin: the first and last possible month and day.
# The lunar ones move inside these bounds, and no other holiday's days off begin there before them.
_WINDOWS = {
    Holiday.NEW_YEAR: ((1, 1), (1, 1)),
    Holiday.SPRING_FESTIVAL: ((1, 15), (2, 25)),
    Holiday.QINGMING: ((4, 1), (4, 7)),
    Holiday.LABOUR_DAY: ((5, 1), (5, 1)),
    Holiday.DRAGON_BOAT: ((5, 22), (6, 28)),
    Holiday.MID_AUTUMN: ((9, 5), (10, 8)),
    Holiday.NATIONAL_DAY: ((10, 1), (10, 1)),
}
# Days off since 2008-01-01, by the 2007 revision of 《全国年节及纪念日放假办法》.
_SINCE_2008 = (Holiday.QINGMING, Holiday.DRAGON_BOAT, Holiday.MID_AUTUMN)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """A ledger's own arrangements; a day named here overrides the library.

    holidays: days off, weekends inside a holiday or not; workdays: make-up days at a weekend.
    A year with at least one day here counts as known: its other days follow the week.
    """

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def knows(self, year: int) -> bool:
        """Whether any day of `year` is arranged here."""
        return any(day.year == year for days in (self.holidays, self.workdays) for day in days)


NO_CALENDAR = WorkCalendar()


def is_workday(day: date, calendar: WorkCalendar = NO_CALENDAR) -> bool | None:
    """Whether people are at work on `day`; None when that year's arrangement is not known."""
    if day in calendar.workdays:
        return True
    if day in calendar.holidays:
        return False
    arranged = _library_holiday(day)
    if arranged is not None:
        return not arranged[0]
    return day.weekday() < 5 if calendar.knows(day.year) else None


def add_workdays(since: date, count: int, calendar: WorkCalendar = NO_CALENDAR) -> date | None:
    """The `count`-th working day after `since`, itself not counted (《民法典》第二百零一条).

    None when the count runs into a year whose arrangement is not known, or past year 9999.
    """
    day = since
    while count > 0:
        if day == date.max:
            return None
        day += _DAY
        at_work = is_workday(day, calendar)
        if at_work is None:
            return None
        count -= at_work
    return day


def first_unknown_year(since: int, calendar: WorkCalendar = NO_CALENDAR) -> int:
    """The first year from `since` on whose arrangement is not known; 9999 if there is none."""
    years = range(since, MAXYEAR)
    return next((year for year in years if is_workday(date(year, 7, 1), calendar) is None), MAXYEAR)


def last_workday_before(
    holiday: Holiday, year: int, calendar: WorkCalendar = NO_CALENDAR
) -> date | None:
    """The day before the first day off of `year`'s holiday, weekends that touch it included.

    None when the year's arrangement is not known or has no such holiday.
    """
    day = _first_day_off(holiday, year, calendar)
    while day is not None and day > date.min:
        day -= _DAY
        at_work = is_workday(day, calendar)
        if at_work is not False:
            return day if at_work else None
    return None


def _first_day_off(holiday: Holiday, year: int, calendar: WorkCalendar) -> date | None:
    if not MINYEAR <= year <= MAXYEAR or (holiday in _SINCE_2008 and year < 2008):
        return None
    first, last = (date(year, *bound) for bound in _WINDOWS[holiday])
    days = (first + _DAY * offset for offset in range((last - first).days + 1))
    return next((day for day in days if _is_arranged_holiday(day, calendar)), None)


def _is_arranged_holiday(day: date, calendar: WorkCalendar) -> bool:
    """Whether `day` is off by arrangement, not merely a weekend."""
    if day in calendar.workdays or day in calendar.holidays:
        return day in calendar.holidays
    off, name = _library_holiday(day) or (False, None)
    return off and name is not None


@lru_cache(maxsize=8192)  # the library looks through all its years at every call
def _library_holiday(day: date) -> tuple[bool, str | None] | None:
    """(day off, name of the holiday) as the library has it; None for a year it does not know."""
    import chinese_calendar

    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:  # the library's word for a year without data
        return None
    return bool(off), name
