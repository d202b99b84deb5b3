"""Calendars: all-day events that keep their names, reminders, one file for one state."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from icalendar import Calendar

from ledger.adapters.tables.writing.ics import ics_file
from ledger.adapters.tables.writing.sheet import CalendarDay

DAY = dt.date(2017, 3, 1)
DEADLINE = CalendarDay(
    "GZ2017-001", 1, dt.date(2017, 6, 30), "制定；方案,一\n二", "编号：…" * 40, "GZ2017"
)


def made(*deadlines: CalendarDay, organisation: str = "某局", remind: int = 15) -> bytes:
    return ics_file(deadlines, "某局台账时限", organisation, DAY, remind)


def events(content: bytes) -> list[Any]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def test_a_deadline_is_an_all_day_event() -> None:
    (event,) = events(made(DEADLINE))
    assert event.decoded("dtstart") == dt.date(2017, 6, 30)
    assert "DTEND" not in event
    assert str(event["summary"]) == "制定；方案,一\n二"
    assert event.decoded("dtstamp") == dt.datetime(2017, 3, 1, tzinfo=dt.UTC)
    assert str(event["transp"]) == "TRANSPARENT"


def test_the_reminder_rings_at_nine_some_days_before() -> None:
    for days in (15, 0):
        (alarm,) = events(made(DEADLINE, remind=days))[0].walk("VALARM")
        assert alarm.decoded("trigger") == dt.timedelta(days=-days, hours=9)


def test_an_event_keeps_its_name_when_the_deadline_moves() -> None:
    moved = replace(DEADLINE, day=dt.date(2017, 9, 30), revision=1)
    (before,), (after,) = events(made(DEADLINE)), events(made(moved))
    assert before["uid"] == after["uid"]
    assert (int(before["sequence"]), int(after["sequence"])) == (0, 1)


def test_names_differ_between_checkpoints_and_between_ledgers() -> None:
    second = replace(DEADLINE, number=2)
    files = made(DEADLINE, second), made(DEADLINE, organisation="另一局")
    assert len({str(event["uid"]) for content in files for event in events(content)}) == 3


def test_the_same_state_gives_the_same_file_in_lines_that_fit() -> None:
    assert made(DEADLINE) == made(DEADLINE)
    assert max(len(line) for line in made(DEADLINE).split(b"\r\n")) <= 75


def test_an_empty_calendar_is_one_too() -> None:
    assert events(made()) == []
    assert made().startswith(b"BEGIN:VCALENDAR\r\n")
