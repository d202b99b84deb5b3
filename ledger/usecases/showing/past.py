"""What history says of a task: how it began, by which meetings it was closed, what changed when."""

from __future__ import annotations

from ledger.errors import LedgerError
from ledger.model.record import dataclass
from ledger.usecases.looking.background import Background, background
from ledger.usecases.looking.history import Event, history
from ledger.usecases.looking.rows import Row
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger


@dataclass(frozen=True, slots=True)
class Past:
    """A task's past.

    Attributes:
        events: newest first.
        missing: why there are none (Chinese); empty where there are.
    """

    background: Background
    events: tuple[Event, ...] = ()
    missing: str = ""


def past_of(ledger: Ledger, row: Row, when: Moment) -> Past:
    """A task's past up to a moment."""
    its = background(ledger, row, when)
    try:
        return Past(its, tuple(history(ledger, row.task.id, when).events))
    except LedgerError as error:
        return Past(its, missing=error.message)
