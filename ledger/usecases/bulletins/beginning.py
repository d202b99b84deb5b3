"""How a period began, and what has changed since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from ledger.model.change import difference
from ledger.model.record import dataclass
from ledger.model.snapshot import Snapshot
from ledger.model.standing import is_in_time, open_due
from ledger.usecases.bulletins.facts import Line, called
from ledger.usecases.bulletins.flow import Pair


class Stood(NamedTuple):
    """How a task stood when the period began; `days_left` as of its eve."""

    status: str
    days_left: int | None
    lead: tuple[str, ...]
    in_time: bool


@dataclass(frozen=True, slots=True)
class Beginning:
    """How the period began, and what has changed since.

    Attributes:
        existed: False when there was no ledger yet.
        stood: every task of that time.
        pairs: the tasks that have changed, as they were and as they are.
    """

    existed: bool
    stood: tuple[Stood, ...]
    pairs: tuple[Pair, ...]


def beginning(
    old: Snapshot | None,
    new: Snapshot,
    stayed: Iterable[Line] = (),
    eve: dt.date = dt.date.min,
) -> Beginning:
    """How a period began.

    Args:
        old: the tasks of that time, those apart that have not changed; None without a ledger.
        new: those that may have changed, as they are now; its departments are the names used.
        stayed: those that have not changed.
        eve: the day before the period.
    """
    tasks, names = [entry.record for entry in old.tasks] if old else [], new.departments
    lights = new.config.lights
    ends = [
        (
            each.status,
            open_due(each, lights),
            called(each.lead, names),
            lights.spares_waiting and is_in_time(each),
        )
        for each in tasks
    ]
    ends += ((each.status, each.due, each.lead, each.in_time) for each in stayed)
    return Beginning(
        old is not None,
        tuple(
            Stood(status, (due - eve).days if due else None, lead, in_time)
            for status, due, lead, in_time in ends
        ),
        tuple(difference(old or Snapshot(new.config), new).pairs()),
    )
