"""When bodies meet, and by when a closing must be applied for to be on a meeting's table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from dateutil import rrule

from ledger.model.config import WEEKDAYS, CalendarConfig, Meeting
from ledger.model.record import dataclass
from ledger.model.workdays import WorkCalendar, is_workday

_DAY = dt.timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Sitting:
    """One meeting that is to come.

    Attributes:
        apply_by: the last working day to apply for closing, so that it is reviewed and laid
            before the meeting.
    """

    date: dt.date
    body: str
    apply_by: dt.date


def sittings(calendar: CalendarConfig, first: dt.date, last: dt.date) -> tuple[Sitting, ...]:
    """Every meeting of the ledger's calendar between two days, both included, in order.

    A meeting that a rule would put on a holiday is none: on what other day it will be held nobody
    knows before it is written down as a date.
    """
    lead = dt.timedelta(days=calendar.lead_days)
    days = calendar.work
    held = {
        (day, meeting.body)
        for meeting in calendar.meetings
        for day in _days(meeting, first, last, days)
        if day - dt.date.min >= lead
    }
    return tuple(Sitting(day, body, last_at_work(day - lead, days)) for day, body in sorted(held))


def last_at_work(day: dt.date, days: WorkCalendar) -> dt.date:
    """The day itself, or the last one before it on which somebody is there to apply."""
    while day > dt.date.min and _is_off(day, days):
        day -= _DAY
    return day


def _is_off(day: dt.date, days: WorkCalendar) -> bool:
    """Whether nobody is at work; in a year whose arrangement is not known, at weekends."""
    at_work = is_workday(day, days)
    return day.weekday() >= _SATURDAY if at_work is None else not at_work


def _is_holiday(day: dt.date, days: WorkCalendar) -> bool:
    """Whether it is off though the week would have it at work, or by the ledger's own word."""
    return day in days.holidays or (day.weekday() < _SATURDAY and _is_off(day, days))


def _days(meeting: Meeting, first: dt.date, last: dt.date, days: WorkCalendar) -> Iterator[dt.date]:
    yield from (day for day in meeting.dates if first <= day <= last)
    if not meeting.weekday:
        return
    number = WEEKDAYS.index(meeting.weekday)
    weekdays = [rrule.weekday(number, week) for week in meeting.weeks or (None,)]
    for moment in rrule.rrule(rrule.MONTHLY, byweekday=weekdays, dtstart=first, until=last):
        if not _is_holiday(moment.date(), days):
            yield moment.date()
