"""Which moment of a ledger is meant: as it is now, or as it was on a day or at a commit."""

from __future__ import annotations

import datetime as dt

from ledger.errors import UsageError
from ledger.model.record import dataclass
from ledger.model.zone import day_of, zone
from ledger.usecases.reading.open import Ledger


@dataclass(frozen=True, slots=True)
class Moment:
    """Which state of the ledger is read, and what counts as today in it.

    Attributes:
        commit: empty for the working tree.
        today: the given day; of a past state its own day, so that lights are those of the time.
    """

    commit: str
    today: dt.date


def moment(ledger: Ledger, at: str | None, today: dt.date | None, now: dt.date) -> Moment:
    """Which state `--at` names.

    Args:
        at: None for the working tree, a day (the state at its end) or a git revision.
        today: what `--today` says, None when it was not given.
        now: the clock's day.

    Raises:
        UsageError: no such revision, or a day that is none.
    """
    if at is None:
        return Moment("", today or now)
    import re

    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", at):
        commit = ledger.repo.resolve(at)
        return Moment(commit, today or ledger.repo.commit_day(commit, zone_of(ledger)))
    try:
        day = dt.date.fromisoformat(at)
    except ValueError:
        raise UsageError(f"{at} 不是真实存在的日期", hint="请写成 2017-10-20 这样的日期") from None
    if ledger.repo.head() is None:
        raise UsageError("台账还没有任何提交，没有过去可看", hint="请先运行 ledger save")
    if commit := ledger.repo.commit_at(day, zone_of(ledger)):
        return Moment(commit, today or day)
    raise UsageError(f"{day.isoformat()} 时台账还没有任何提交", hint="请给出更晚的日期")


def zone_of(ledger: Ledger) -> dt.tzinfo:
    """The ledger's time zone, by ledger.yaml as it is now.

    Raises:
        LedgerError: ledger.yaml cannot be read: which commits belong to a day is not known then.
    """
    from ledger.usecases.reading.load import load_config  # not where today is looked at

    return load_config(ledger).config.calendar.zone


def today_of(ledger: Ledger, now: dt.datetime, commit: str = "") -> dt.date:
    """The day it is in the ledger, whatever time zone the machine is in.

    Where ledger.yaml cannot be read, which every command tells, the zone is the usual one.

    Args:
        now: the clock's instant, with its zone.
        commit: whose ledger.yaml counts; empty for the working tree's.
    """
    if not commit and ledger.index.knows_config() and (house := ledger.index.house()):
        return day_of(now.timestamp(), zone(house["timezone"]))
    from ledger.usecases.reading.load import config_at  # not where the index knows

    return day_of(now.timestamp(), config_at(ledger, commit).calendar.zone)
