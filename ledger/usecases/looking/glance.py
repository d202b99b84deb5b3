"""What a leader sees at a glance beside the day's picture: lights, what was closed, and when."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from ledger.adapters.files.index import numbers
from ledger.model.record import replace
from ledger.model.standing import STATES, Brief, track
from ledger.usecases.looking.asking import Asking
from ledger.usecases.looking.filters import Filters
from ledger.usecases.looking.list import answered
from ledger.usecases.looking.rows import UNSET
from ledger.usecases.looking.status import Part
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger

Ends = tuple[str, dt.date | None, dt.date | None]
"""Of a task its status, when it was closed, and its last deadline."""
Shares = tuple[str, str, int, int]
"""Of a group its name, a status, how many of its tasks have it, how many of these are overdue."""


def by_state(ledger: Ledger, when: Moment, filters: Filters | None = None) -> Mapping[str, int]:
    """How many tasks there are in each of `STATES`, the worst first; only where there are some.

    Raises:
        UsageError: a filter that there is not.
    """
    asked = filters or Filters()

    def answer(index: Asking) -> Mapping[str, int]:
        return numbers.by_state(index.index, index.question(asked))

    if (counted := answered(ledger, when, answer)) is None:
        from ledger.usecases.looking.rows import chosen  # not where the index answers

        rows = chosen(ledger, when, asked, "")[1]
        counted = Counter([row.standing.state for row in rows])
    return {state: counted[state] for state in STATES if counted.get(state)}


def states_of(tasks: Iterable[Brief]) -> Mapping[str, int]:
    """As `by_state`, of tasks that are at hand."""
    counted = Counter([each.state for each in tasks])
    return {state: counted[state] for state in STATES if counted.get(state)}


def by_due(ledger: Ledger, when: Moment, filters: Filters | None = None) -> Mapping[dt.date, int]:
    """How many tasks are due on which day, each on its next open checkpoint.

    Raises:
        UsageError: a filter that there is not.
    """
    asked = filters or Filters()

    def answer(index: Asking) -> Mapping[dt.date, int]:
        return numbers.by_due(index.index, index.question(asked))

    if (counted := answered(ledger, when, answer)) is not None:
        return counted
    from ledger.usecases.looking.rows import chosen

    rows = chosen(ledger, when, asked, "due")[1]
    return Counter([row.standing.due for row in rows if row.standing.due])


def by_status(ledger: Ledger, when: Moment, by: str) -> Iterator[Shares]:
    """How many tasks of each group have a status, and how many of them are overdue.

    Args:
        by: one of `STATUS_GROUPS`.
    """

    def answer(index: Asking) -> list[Shares]:
        tallies = index.index.tally(index.question(), by, index.departments())
        return [(each.key or UNSET, each.status, each.number, each.late) for each in tallies]

    if (counted := answered(ledger, when, answer)) is not None:
        yield from counted
        return
    from ledger.usecases.looking.rows import chosen, grouped

    snapshot, rows = chosen(ledger, when, Filters(), "")
    tasks = [row.brief for row in rows]
    for key, its in grouped(tasks, by, snapshot.departments).items():
        yield from ((key, each.status, 1, int(each.overdue)) for each in its)


def closed_between(ledger: Ledger, when: Moment, first: dt.date, last: dt.date, most: int) -> Part:
    """The tasks that were closed in a span of days, by the day that the record has, in path order.

    Args:
        first, last: both belong to it.
        most: how many are told.
    """

    def answer(index: Asking) -> Part:
        asked = replace(index.question(), closed=(first.toordinal(), last.toordinal()))
        return Part(index.index.count(asked), tuple(index.briefs(asked, "", most)))

    if part := answered(ledger, when, answer):
        return part
    from ledger.usecases.looking.rows import chosen

    rows = chosen(ledger, when, Filters(), "")[1]
    its = [row.brief for row in rows if first <= (track(row.task).closed or dt.date.min) <= last]
    return Part(len(its), tuple(its[:most]))


def endings(ledger: Ledger, when: Moment) -> Iterator[Ends]:
    """How every task has ended, or should."""

    def answer(index: Asking) -> list[Ends]:
        return list(numbers.endings(index.index))

    if (known := answered(ledger, when, answer)) is not None:
        yield from known
        return
    from ledger.usecases.reading.load import load

    for entry in load(ledger, when.commit).tasks:
        its = track(entry.record)
        yield entry.record.status, its.closed, its.deadline
