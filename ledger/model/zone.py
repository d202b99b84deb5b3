"""The ledger's time zone: the one place where an instant becomes a day.

Where the machine stands says nothing: a ledger in Beijing has Beijing's days on every machine.
"""

from __future__ import annotations

import datetime as dt
from functools import cache


def is_zone(name: str) -> bool:
    """Whether there is a time zone of this name, by the published list (IANA) and no machine's."""
    return name in _names()


@cache
def _names() -> frozenset[str]:
    import pkgutil

    return frozenset((pkgutil.get_data("tzdata", "zones") or b"").decode("ascii").split())


def zone(name: str) -> dt.tzinfo:
    """The time zone of a name that `is_zone` has agreed to, as that of any readable ledger.yaml."""
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def day_of(instant: float, where: dt.tzinfo | None) -> dt.date:
    """The day it is at an instant.

    Args:
        instant: seconds since 1970.
        where: None for the machine's own time zone.
    """
    return dt.datetime.fromtimestamp(instant, dt.UTC).astimezone(where).date()


def local(moment: str, where: dt.tzinfo) -> str:
    """A moment in ISO 8601, whatever its offset, as clocks in a time zone show it; empty stays."""
    return dt.datetime.fromisoformat(moment).astimezone(where).isoformat() if moment else ""


def end_of(day: dt.date, where: dt.tzinfo) -> int:
    """The last second of a day, in seconds since 1970, however the clocks are changed in it."""
    if day == dt.date.max:
        return int(dt.datetime.max.replace(tzinfo=dt.UTC).timestamp())
    next_day = dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, where)
    return int(next_day.timestamp()) - 1
