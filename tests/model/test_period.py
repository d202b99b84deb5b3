"""Weeks, months, quarters, years: their ends, names and numbers."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import UsageError
from ledger.model.config import Reports
from ledger.model.period import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    WEEKLY,
    Period,
    issue,
    months_begun,
    named,
    period_of,
    span,
)

D = dt.date


@pytest.mark.parametrize(
    ("kind", "name", "first", "last"),
    [
        ("weekly", "2017-W42", "2017-10-16", "2017-10-22"),
        ("weekly", "2017w1", "2017-01-02", "2017-01-08"),
        ("weekly", "2020-W53", "2020-12-28", "2021-01-03"),
        ("monthly", "2020-02", "2020-02-01", "2020-02-29"),
        ("monthly", "2017-12", "2017-12-01", "2017-12-31"),
        ("quarterly", "2017-Q4", "2017-10-01", "2017-12-31"),
        ("quarterly", "2017q1", "2017-01-01", "2017-03-31"),
        ("annual", "2017", "2017-01-01", "2017-12-31"),
    ],
)
def test_named(kind: str, name: str, first: str, last: str) -> None:
    assert named(kind, name) == Period(kind, D.fromisoformat(first), D.fromisoformat(last))


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("weekly", "2017-W54"),
        ("weekly", "2017-W53"),
        ("weekly", "2017-W0"),
        ("weekly", "42"),
        ("monthly", "2017-13"),
        ("monthly", "2017-00"),
        ("monthly", "10月"),
        ("quarterly", "2017-Q5"),
        ("annual", "17"),
        ("annual", "0001"),
        ("annual", "9999"),
        ("weekly", ""),
    ],
)
def test_what_is_no_period(kind: str, name: str) -> None:
    with pytest.raises(UsageError):
        named(kind, name)


@given(
    st.sampled_from((WEEKLY, MONTHLY, QUARTERLY, ANNUAL)), st.dates(D(1971, 1, 1), D(9997, 12, 31))
)
def test_periods_follow_one_another_without_a_gap(kind: str, day: dt.date) -> None:
    period = period_of(kind, day)
    assert period.first <= day <= period.last
    assert period.regular
    assert named(kind, period.name) == period
    assert period.following.first == period.last + dt.timedelta(days=1)
    assert period.following == period_of(kind, period.following.last)
    assert period_of(kind, period.before).last == period.before


@pytest.mark.parametrize(
    ("first", "last", "spelled"),
    [
        ("2017-10-16", "2017-10-22", "2017年10月16日至22日"),
        ("2017-09-25", "2017-10-01", "2017年9月25日至10月1日"),
        ("2020-12-28", "2021-01-03", "2020年12月28日至2021年1月3日"),
        ("2016-10-01", "2017-10-01", "2016年10月1日至2017年10月1日"),
        ("2017-10-16", "2017-10-16", "2017年10月16日"),
    ],
)
def test_spelled(first: str, last: str, spelled: str) -> None:
    assert span("weekly", D.fromisoformat(first), D.fromisoformat(last)).spelled == spelled


@pytest.mark.parametrize(
    ("first", "last", "unit"),
    [("2017-10-16", "2017-10-22", "周"), ("2017-10-16", "2017-10-23", "期")],
)
def test_only_a_whole_week_is_called_one(first: str, last: str, unit: str) -> None:
    period = span("weekly", D.fromisoformat(first), D.fromisoformat(last))
    assert period.unit == unit
    assert (period.following.last - period.last).days == 7


def test_a_span_that_ends_before_it_begins() -> None:
    with pytest.raises(UsageError, match="晚于"):
        span("weekly", D(2017, 10, 22), D(2017, 10, 16))


@pytest.mark.parametrize(
    ("name", "kind", "reports", "number"),
    [
        ("2017-W42", "weekly", Reports(), 42),
        ("2020-W53", "weekly", Reports(), 53),
        ("2017-10", "monthly", Reports(), 10),
        ("2017-Q3", "quarterly", Reports(), 3),
        ("2017", "annual", Reports(), 1),
        ("2017-W42", "weekly", Reports(numbering="累计", first=D(2017, 10, 18)), 1),
        ("2018-W02", "weekly", Reports(numbering="累计", first=D(2017, 10, 18)), 13),
        ("2018-01", "monthly", Reports(numbering="累计", first=D(2017, 10, 18)), 4),
        ("2018-Q1", "quarterly", Reports(numbering="累计", first=D(2017, 10, 18)), 2),
        ("2018", "annual", Reports(numbering="累计", first=D(2017, 10, 18)), 2),
        ("2017-W42", "weekly", Reports(numbering="累计"), 42),
    ],
)
def test_issue(name: str, kind: str, reports: Reports, number: int) -> None:
    assert issue(named(kind, name), reports) == number


@pytest.mark.parametrize(
    ("first", "last", "begun"),
    [
        (D(2017, 1, 31), D(2017, 1, 31), []),
        (D(2017, 1, 31), D(2017, 2, 1), [D(2017, 2, 1)]),
        (D(2017, 11, 5), D(2018, 1, 9), [D(2017, 12, 1), D(2018, 1, 1)]),
        (D(2017, 1, 1), D(2017, 5, 31), [D(2017, 2, 1), D(2017, 4, 1)]),
        (D(9999, 12, 1), D(9999, 12, 31), []),
    ],
)
def test_months_that_begin(first: dt.date, last: dt.date, begun: list[dt.date]) -> None:
    assert months_begun(first, last, most=3) == begun


@given(st.dates(), st.dates(), st.integers(1, 9))
def test_no_more_months_than_asked_for(one: dt.date, other: dt.date, most: int) -> None:
    first, last = sorted((one, other))
    days = months_begun(first, last, most)
    assert len(days) <= most
    assert all(first < day <= last and day.day == 1 for day in days)
