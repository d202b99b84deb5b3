"""The ledger's time zone: the one place where an instant becomes a day.

Where the machine stands says nothing: a ledger in Beijing has Beijing's days on every machine.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

# A rule without summer time, as POSIX writes it: what is west of Greenwich is positive.
_FIXED = r"(?P<name>[A-Za-z]+|<[^>]+>)(?P<sign>[+-]?)(?P<hours>\d{1,3})(?::(?P<minutes>\d\d))?"


def is_zone(name: str) -> bool:
    """Whether there is a time zone of this name, by the published list (IANA) and no machine's."""
    return name in _names()


@cache
def _names() -> frozenset[str]:
    return frozenset(_published("zones").decode("ascii").split())


@cache
def zone(name: str) -> dt.tzinfo:
    """The time zone of a name that `is_zone` has agreed to, as that of any readable ledger.yaml."""
    content = _published(f"zoneinfo/{name}")
    return _lasting(name, content) or _whole(name, content)


class _Lasting(dt.tzinfo):
    """A zone whose clocks are changed no more, as those of China; for days of today.

    `zoneinfo`, which finds out by Python's whole configuration where a machine keeps its zones,
    takes 6 ms to load. It is asked about what was before the last change.

    Args:
        since: a day after the last change.
        offset: to UTC, since then.
        called: what the clocks' time is called.
        whole: gives the whole zone.
    """

    def __init__(
        self, since: dt.datetime, offset: dt.timedelta, called: str, whole: Callable[[], dt.tzinfo]
    ) -> None:
        self._since = since
        self._offset = offset
        self._called = called
        self._whole = whole

    def utcoffset(self, moment: dt.datetime | None) -> dt.timedelta | None:
        """What clocks are ahead of UTC."""
        asked = self._asked(moment)
        return asked.utcoffset() if asked else self._offset

    def dst(self, moment: dt.datetime | None) -> dt.timedelta | None:
        """What of it is for summer."""
        asked = self._asked(moment)
        return asked.dst() if asked else dt.timedelta(0)

    def tzname(self, moment: dt.datetime | None) -> str | None:
        """What the clocks' time is called."""
        asked = self._asked(moment)
        return asked.tzname() if asked else self._called

    def fromutc(self, moment: dt.datetime) -> dt.datetime:
        """What clocks show at a moment of UTC."""
        if asked := self._asked(moment):
            shown = asked.replace(tzinfo=dt.UTC).astimezone(self._whole())
            return shown.replace(tzinfo=self)
        return moment + self._offset

    def _asked(self, moment: dt.datetime | None) -> dt.datetime | None:
        """A moment in the whole zone, where that has to be asked; else None."""
        if moment is None or moment.replace(tzinfo=None) > self._since:
            return None
        return moment.replace(tzinfo=self._whole())


def _lasting(name: str, content: bytes) -> dt.tzinfo | None:
    """A zone by its file, when its last rule is one offset for ever (RFC 9636, TZif version 2)."""
    rule = re.fullmatch(_FIXED, content.rsplit(b"\n", 2)[-2].decode())
    if rule is None or content[4:5] < b"2":
        return None
    utc, standard, leaps, times, types, letters = _counts(content)
    second = content[44 + utc + standard + leaps * 8 + times * 5 + types * 6 + letters :]
    end = 44 + 8 * _counts(second)[3]
    last = max(0, int.from_bytes(second[44:end][-8:], "big", signed=True))
    since = dt.datetime.fromtimestamp(last, dt.UTC).replace(tzinfo=None) + dt.timedelta(days=1)
    west = dt.timedelta(hours=int(rule["hours"]), minutes=int(rule["minutes"] or 0))
    offset = west if rule["sign"] == "-" else -west
    return _Lasting(since, offset, rule["name"].strip("<>"), cache(lambda: _whole(name, content)))


def _whole(name: str, content: bytes) -> dt.tzinfo:
    from io import BytesIO
    from zoneinfo import ZoneInfo

    return ZoneInfo.from_file(BytesIO(content), name)


def _counts(data: bytes) -> list[int]:
    """What a header counts: marks of UTC, of standard time, leap seconds, times, types, letters."""
    return [int.from_bytes(data[place : place + 4], "big") for place in range(20, 44, 4)]


def _published(name: str) -> bytes:
    """A file of the published list."""
    published = __import__("tzdata")
    loader: Any = published.__loader__
    content: bytes = loader.get_data(str(Path(str(published.__file__)).parent / name))
    return content


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
