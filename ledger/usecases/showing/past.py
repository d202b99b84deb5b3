"""What history says of a task: how it began, by which meetings it was closed, what changed when."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ledger.errors import LedgerError
from ledger.model.decision import Decision
from ledger.model.record import dataclass, replace
from ledger.model.snapshot import Snapshot
from ledger.usecases.looking.background import Background, bases, closed_by
from ledger.usecases.looking.history import Event, histories, history
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


def pasts(
    ledger: Ledger, commit: str, snapshot: Snapshot, *, alone: bool = False
) -> Callable[[Row], Past]:
    """The same of any task of a commit, looked up in one walk through history.

    Args:
        snapshot: the commit's, whole; or of a part of it, which has the meetings that are told of.
        alone: whether nothing is told that may be about other tasks: what commits and merges are
            called, which tasks this one is linked with.
    """
    known = histories(ledger, commit)

    def past(row: Row) -> Past:
        meetings = _known(snapshot, bases(row.task))
        if not (events := known.get(row.task.id, ())):
            return Past(Background(meetings=meetings))
        told = tuple(_alone(each, snapshot) if alone else each for each in events)
        first = told[-1]
        began = Background(first.date[:_DAY], first.author, first.subject, meetings)
        return Past(began, told)

    return past


def _known(snapshot: Snapshot, names: Iterable[str]) -> dict[str, Decision]:
    told = ((name, snapshot.decision(name)) for name in names)
    return {name: meeting for name, meeting in told if meeting}


def _alone(event: Event, snapshot: Snapshot) -> Event:
    """An event of a task without what may be about others."""
    tasks = tuple(replace(each, hidden=each.hidden | {"links"}) for each in event.tasks)
    meetings = tuple(_known(snapshot, (each.id for each in event.meetings)).values())
    return replace(event, subject="", request="", tasks=tasks, meetings=meetings)
