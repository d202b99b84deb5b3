"""Working days and holidays, against the State Council's published arrangements."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.model.workdays import (
    Holiday,
    WorkCalendar,
    add_workdays,
    first_unknown_year,
    is_workday,
    last_workday_before,
)

# A future year as a ledger would write it down: 国庆 10-01 to 10-07 (a Tuesday to a Monday),
# made up for on Saturday 10-12; 五一 on a Wednesday; 春节 from Saturday 02-02.
YEAR_2030 = WorkCalendar(
    holidays=frozenset(date(2030, 10, day) for day in range(1, 8))
    | {date(2030, 5, 1)}
    | {date(2030, 2, day) for day in range(2, 9)},
    workdays=frozenset({date(2030, 10, 12)}),
)


@pytest.mark.parametrize(
    ("day", "at_work"),
    [
        (date(2017, 9, 29), True),  # a Friday
        (date(2017, 9, 30), True),  # a Saturday made up for 国庆节
        (date(2017, 10, 1), False),
        (date(2017, 10, 8), False),
        (date(2017, 10, 9), True),
        (date(2020, 1, 31), False),  # the extended 春节 of 2020
        (date(2003, 12, 31), None),
        (date(2100, 1, 4), None),
        (date.min, None),
        (date.max, None),
    ],
)
def test_is_workday(day: date, at_work: bool | None) -> None:
    assert is_workday(day) is at_work


def test_thirty_workdays_over_two_holidays() -> None:
    """劳动节 and 端午节 of 2017 and the make-up Saturday 05-27 lie between."""
    assert add_workdays(date(2017, 4, 24), 30) == date(2017, 6, 7)


@pytest.mark.parametrize(
    ("since", "count", "last"),
    [
        (date(2017, 9, 29), 1, date(2017, 9, 30)),
        (date(2017, 9, 30), 1, date(2017, 10, 9)),
        (date(2017, 12, 29), 1, date(2018, 1, 2)),
        (date(2017, 6, 3), 1, date(2017, 6, 5)),  # from a Saturday
        (date(2017, 6, 3), 0, date(2017, 6, 3)),
        (date(2100, 1, 1), 5, None),
        (date.max, 1, None),
    ],
)
def test_add_workdays(since: date, count: int, last: date | None) -> None:
    assert add_workdays(since, count) == last


@settings(deadline=None)  # the first call imports the library
@given(st.dates(date(2005, 1, 1), date(2024, 12, 31)), st.integers(1, 200))
def test_counting_the_days_again_gives_the_count(since: date, count: int) -> None:
    last = add_workdays(since, count)
    assert last is not None
    passed = [since + timedelta(days=n + 1) for n in range((last - since).days)]
    assert sum(is_workday(day) is True for day in passed) == count
    assert is_workday(last)


@pytest.mark.parametrize(
    ("holiday", "year", "eve"),
    [
        (Holiday.NATIONAL_DAY, 2017, date(2017, 9, 30)),
        (Holiday.NATIONAL_DAY, 2012, date(2012, 9, 29)),  # 中秋节 joined in front of it
        (Holiday.NATIONAL_DAY, 2023, date(2023, 9, 28)),
        (Holiday.MID_AUTUMN, 2017, date(2017, 9, 30)),  # inside 国庆节
        (Holiday.MID_AUTUMN, 2020, date(2020, 9, 30)),  # on 国庆节 itself
        (Holiday.MID_AUTUMN, 2021, date(2021, 9, 18)),
        (Holiday.SPRING_FESTIVAL, 2017, date(2017, 1, 26)),
        (Holiday.SPRING_FESTIVAL, 2020, date(2020, 1, 23)),
        (Holiday.SPRING_FESTIVAL, 2024, date(2024, 2, 9)),
        (Holiday.QINGMING, 2017, date(2017, 4, 1)),
        (Holiday.LABOUR_DAY, 2017, date(2017, 4, 28)),  # a Monday: off from Saturday 04-29
        (Holiday.LABOUR_DAY, 2020, date(2020, 4, 30)),
        (Holiday.DRAGON_BOAT, 2017, date(2017, 5, 27)),
        (Holiday.DRAGON_BOAT, 2018, date(2018, 6, 15)),
        (Holiday.NEW_YEAR, 2018, date(2017, 12, 29)),
        (Holiday.NEW_YEAR, 2020, date(2019, 12, 31)),
        (Holiday.MID_AUTUMN, 2007, None),  # no day off before 2008
        (Holiday.NATIONAL_DAY, 2100, None),
        (Holiday.NEW_YEAR, 10000, None),
        (Holiday.NEW_YEAR, 1, None),
    ],
)
def test_last_workday_before(holiday: Holiday, year: int, eve: date | None) -> None:
    assert last_workday_before(holiday, year) == eve


@pytest.mark.parametrize("holiday", Holiday)
def test_the_eve_is_a_workday_followed_by_a_day_off(holiday: Holiday) -> None:
    for year in range(2008, 2027):
        eve = last_workday_before(holiday, year)
        assert eve is not None, year
        assert is_workday(eve), year
        assert is_workday(eve + timedelta(days=1)) is False, year


def test_own_calendar_knows_a_year_the_library_does_not() -> None:
    assert is_workday(date(2030, 10, 12), YEAR_2030)
    assert is_workday(date(2030, 10, 7), YEAR_2030) is False
    assert is_workday(date(2030, 10, 8), YEAR_2030)
    assert is_workday(date(2030, 10, 19), YEAR_2030) is False
    assert is_workday(date(2031, 10, 8), YEAR_2030) is None
    assert add_workdays(date(2030, 9, 30), 5, YEAR_2030) == date(2030, 10, 12)
    assert last_workday_before(Holiday.NATIONAL_DAY, 2030, YEAR_2030) == date(2030, 9, 30)
    assert last_workday_before(Holiday.LABOUR_DAY, 2030, YEAR_2030) == date(2030, 4, 30)
    assert last_workday_before(Holiday.SPRING_FESTIVAL, 2030, YEAR_2030) == date(2030, 2, 1)
    assert last_workday_before(Holiday.DRAGON_BOAT, 2030, YEAR_2030) is None


def test_own_calendar_overrides_the_library() -> None:
    own = WorkCalendar(frozenset({date(2017, 9, 30)}), frozenset({date(2017, 10, 8)}))
    assert is_workday(date(2017, 9, 30), own) is False
    assert is_workday(date(2017, 10, 8), own)
    assert last_workday_before(Holiday.NATIONAL_DAY, 2017, own) == date(2017, 9, 29)


def test_first_unknown_year() -> None:
    unknown = first_unknown_year(2017)
    assert is_workday(date(unknown - 1, 7, 1)) is not None
    assert is_workday(date(unknown, 7, 1)) is None
    assert first_unknown_year(2030, YEAR_2030) == 2031
    assert first_unknown_year(9999) == 9999
