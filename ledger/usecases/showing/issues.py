"""Which bulletins a ledger has something to say in: this period's and the last few."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ledger.adapters.git.walk import beginnings
from ledger.model.period import ANNUAL, MONTHLY, QUARTERLY, WEEKLY, Period, period_of
from ledger.model.record import dataclass
from ledger.usecases.bulletins.kinds import KINDS, Kind
from ledger.usecases.reading.load import config_at
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger

_BACK = {WEEKLY: 6, MONTHLY: 6, QUARTERLY: 4, ANNUAL: 3}  # periods, this one included


@dataclass(frozen=True, slots=True)
class Issues:
    """One kind of bulletin.

    Attributes:
        name: of `KINDS`.
        periods: those that it can be about, the latest first; none of a kind that is about a day.
        departments: whose it can be; none of a kind that is about all.
    """

    name: str
    kind: Kind
    periods: tuple[Period, ...]
    departments: tuple[str, ...]


def issues(ledger: Ledger, when: Moment) -> tuple[Issues, ...]:
    """Every kind, with the periods since the ledger began; nothing before the first commit."""
    head = when.commit or ledger.repo.head()
    if not head:
        return ()
    config = config_at(ledger, head)
    zone = config.calendar.zone
    days = [ledger.repo.commit_day(each, zone) for each in beginnings(ledger.repo, head)]
    first = min(days, default=when.today)
    departments = tuple(each.name for each in config.departments)
    return tuple(
        Issues(
            name,
            kind,
            tuple(_periods(kind, first, when.today)) if kind.named_by else (),
            departments if kind.asks else (),
        )
        for name, kind in KINDS.items()
    )


def _periods(kind: Kind, first: dt.date, today: dt.date) -> Iterator[Period]:
    """This period and those before it, up to the one in which the ledger began."""
    period = period_of(kind.period, today)
    for _ in range(_BACK[kind.period]):
        if period.last < first:
            return
        yield period
        if period.before.year < first.year:
            return
        period = period_of(kind.period, period.before)
