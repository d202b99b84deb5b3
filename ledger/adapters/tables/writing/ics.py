"""Calendars (iCalendar, RFC 5545): deadlines as all-day events with a reminder."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from icalendar import Alarm, Calendar, Event

from ledger.adapters.tables.writing.sheet import CalendarDay
from ledger.model.plaintext import legal

_REMINDED_AT = 9  # o'clock


def ics_file(
    deadlines: Sequence[CalendarDay], name: str, organisation: str, made: dt.date, remind_days: int
) -> bytes:
    """A calendar of deadlines.

    Args:
        name: what calendar programs call it.
        organisation: keeps the events of two ledgers apart that have tasks with one id.
        made: the day of the data; with the same data the same file comes out.
        remind_days: how many days before the deadline, at nine o'clock, there is a reminder.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//ledger//ledger//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", legal(name))
    realm = hashlib.sha256(organisation.encode()).hexdigest()[:12]
    for deadline in deadlines:
        calendar.add_component(_event(deadline, realm, made, remind_days))
    return bytes(calendar.to_ical())


def _event(deadline: CalendarDay, realm: str, made: dt.date, remind_days: int) -> Event:
    event = Event()
    event.add("uid", f"{deadline.task}-{deadline.number}@{realm}.ledger")
    event.add("dtstamp", dt.datetime(made.year, made.month, made.day, tzinfo=dt.UTC))
    event.add("sequence", deadline.revision)
    event.add("dtstart", deadline.day)  # a day without an end is all day (RFC 5545, 3.6.1)
    event.add("summary", legal(deadline.summary))
    event.add("description", legal(deadline.description))
    event.add("categories", [legal(deadline.category)])
    event.add("transp", "TRANSPARENT")  # a deadline keeps nobody busy
    event.add_component(_reminder(deadline, remind_days))
    return event


def _reminder(deadline: CalendarDay, days: int) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", legal(deadline.summary))
    alarm.add("trigger", dt.timedelta(hours=_REMINDED_AT, days=-days))
    return alarm
