"""Numbers of a state that nobody changes any more: counted once while the program runs.

There is room for the index of one past commit. Whoever looks at a past day beside an earlier one,
or at one department after another beside the last month, would have it made anew each time.
"""

from __future__ import annotations

import datetime as dt

from ledger.errors import UsageError
from ledger.usecases.looking.status import Status, status
from ledger.usecases.reading.moment import moment
from ledger.usecases.reading.open import Ledger

_MOST = 32  # states that are remembered
_known: dict[tuple[str, str, dt.date, str], Status] = {}


def status_then(ledger: Ledger, day: dt.date, by: str) -> Status | None:
    """The numbers at the end of a day that is over; None where the ledger was not there yet.

    Args:
        by: one of `STATUS_GROUPS`.
    """
    try:
        then = moment(ledger, day.isoformat(), None, day)
    except UsageError:
        return None
    key = str(ledger.root), then.commit, then.today, by
    if (counted := _known.get(key)) is None:
        counted = status(ledger, then, by)
        for oldest in list(_known)[: len(_known) - _MOST + 1 if len(_known) >= _MOST else 0]:
            _known.pop(oldest, None)  # another thread may have been faster
        _known[key] = counted
    return counted


def last_month(day: dt.date) -> dt.date:
    """The last day of the month before; the first of all days where there is none."""
    first = day.replace(day=1)
    return first if first == dt.date.min else first - dt.timedelta(days=1)
