"""When bodies meet, and by when a closing must be applied for to be on a meeting's table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from ledger.model.config import WEEKDAYS, CalendarConfig, Meeting

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sitting:
    """One meeting that is to come.

    Attributes:
        apply_by: the last day to apply for closing, so that it is reviewed and laid before it.
    """

    date: dt.date
    body: str
    apply_by: dt.date


def sittings(calendar: CalendarConfig, first: dt.date, last: dt.date) -> tuple[Sitting, ...]:
    """Every meeting of the ledger's calendar between two days, both included, in order."""
    lead = dt.timedelta(days=calendar.lead_days)
    found = {
        (day, meeting.body)
        for meeting in calendar.meetings
        for day in _days(meeting, first, last)
        if day - dt.date.min >= lead
    }
    return tuple(Sitting(day, body, day - lead) for day, body in sorted(found))


def _days(meeting: Meeting, first: dt.date, last: dt.date) -> Iterator[dt.date]:
    yield from (day for day in meeting.dates if first <= day <= last)
    if not meeting.weekday:
        return
    wanted = WEEKDAYS.index(meeting.weekday)
    day = first
    while day <= last:
        if day.weekday() == wanted and (not meeting.weeks or (day.day + 6) // 7 in meeting.weeks):
            yield day
        if day == dt.date.max:
            return
        day += _DAY
