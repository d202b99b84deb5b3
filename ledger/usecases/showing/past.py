"""What history says of a task: how it began, by which meetings it was closed, what changed when."""

from __future__ import annotations

from ledger.errors import LedgerError
from ledger.model.record import dataclass
from ledger.usecases.looking.background import Background, closed_by
from ledger.usecases.looking.history import Event, history
from ledger.usecases.looking.rows import Row
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger

_DAY = 10  # characters of a moment


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
    """A task's past up to a moment; how it began is the oldest of its events."""
    head = when.commit or ledger.repo.head()
    meetings = closed_by(ledger, row, head) if head else {}
    try:
        events = history(ledger, row.task.id, when).events
    except LedgerError as error:
        return Past(Background(meetings=meetings), missing=error.message)
    first = events[-1]
    began = Background(first.date[:_DAY], first.author, first.subject, meetings)
    return Past(began, tuple(events))
