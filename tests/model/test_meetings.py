"""When bodies meet, and by when to apply."""

from __future__ import annotations

import datetime as dt

import pytest

from ledger.model.config import CalendarConfig, Meeting
from ledger.model.meetings import sittings

D = dt.date


@pytest.mark.parametrize(
    ("meeting", "expected"),
    [
        (Meeting(body="党组会", dates=(D(2017, 11, 3), D(2018, 1, 1))), [D(2017, 11, 3)]),
        (
            Meeting(body="党组会", weekday="周四", weeks=(1, 3)),
            [D(2017, 11, 2), D(2017, 11, 16)],
        ),
        (
            Meeting(body="党组会", weekday="周四"),
            [D(2017, 11, d) for d in (2, 9, 16, 23, 30)],
        ),
        (Meeting(body="党组会", weekday="周四", weeks=(5,)), [D(2017, 11, 30)]),
        (Meeting(body="党组会"), []),
    ],
)
def test_november(meeting: Meeting, expected: list[dt.date]) -> None:
    calendar = CalendarConfig(meetings=(meeting,), lead_days=10)
    held = sittings(calendar, D(2017, 11, 1), D(2017, 11, 30))
    assert [each.date for each in held] == expected
    assert all((each.date - each.apply_by).days == 10 for each in held)


def test_no_rule_meets_on_a_holiday() -> None:
    by_rule = Meeting(body="党组会", weekday="周四", weeks=(1, 3))
    written = Meeting(body="局务会", dates=(D(2017, 10, 5),))
    own = CalendarConfig(meetings=(by_rule, written), holidays=(D(2017, 10, 19),))
    assert [(e.body, e.date) for e in sittings(own, D(2017, 10, 1), D(2017, 11, 2))] == [
        ("局务会", D(2017, 10, 5)),  # somebody wrote it down: it is held
        ("党组会", D(2017, 11, 2)),
    ]


def test_a_rule_may_meet_at_a_weekend() -> None:
    saturdays = CalendarConfig(meetings=(Meeting(body="党组会", weekday="周六"),))
    assert len(sittings(saturdays, D(2017, 11, 1), D(2017, 11, 30))) == 4


@pytest.mark.parametrize(
    ("day", "lead", "expected"),
    [
        (D(2017, 11, 2), 10, D(2017, 10, 23)),
        (D(2017, 11, 2), 11, D(2017, 10, 20)),  # not a Sunday but the Friday before
        (D(2017, 10, 16), 10, D(2017, 9, 30)),  # before the holiday; a Saturday of make-up work
        (D(2077, 3, 9), 10, D(2077, 2, 26)),  # nobody knows that year's holidays, but its weekends
    ],
)
def test_by_when_to_apply_is_a_working_day(day: dt.date, lead: int, expected: dt.date) -> None:
    calendar = CalendarConfig(meetings=(Meeting(body="党组会", dates=(day,)),), lead_days=lead)
    assert sittings(calendar, day, day)[0].apply_by == expected


def test_one_meeting_named_twice_is_one() -> None:
    twice = Meeting(body="党组会", dates=(D(2017, 11, 2),), weekday="周四", weeks=(1,))
    other = Meeting(body="局务会", dates=(D(2017, 11, 2),))
    held = sittings(CalendarConfig(meetings=(twice, other)), D(2017, 11, 1), D(2017, 11, 8))
    assert sorted(each.body for each in held) == ["党组会", "局务会"]


def test_the_ends_of_the_calendar() -> None:
    weekly = CalendarConfig(meetings=(Meeting(body="党组会", weekday="周五"),))
    assert sittings(weekly, D(9999, 12, 25), D.max)[-1].date == D.max  # a Friday
    assert sittings(weekly, D.min, D(1, 1, 6)) == ()  # ten days before it there was no day
