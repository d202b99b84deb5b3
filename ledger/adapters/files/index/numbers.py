"""How many tasks stand where, beside what every command counts: what pages ask of the index."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ledger.adapters.files.index.question import Question, Where, due_of, state_of
from ledger.adapters.files.index.worktree import TaskIndex
from ledger.model.standing import STATES


def by_state(index: TaskIndex, asked: Question) -> dict[str, int]:
    """How many of the tasks that are asked for are in each of `STATES`, of those that are."""
    where = Where(asked, many=True)
    query = (
        f"SELECT {state_of(asked.spares)}, count(*) FROM {where.tables}"
        f" WHERE {where.text} GROUP BY 1"
    )
    return {STATES[place]: number for place, number in index.ask(query, where.values)}


def by_due(index: TaskIndex, asked: Question) -> dict[dt.date, int]:
    """How many of the tasks that are asked for are due on which day, in order of the days."""
    where, due = Where(asked, many=True), due_of(asked.spares)
    query = (
        f"SELECT {due}, count(*) FROM {where.tables}"
        f" WHERE {where.text} AND {due} IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    day_of = dt.date.fromordinal
    return {day_of(day): number for day, number in index.ask(query, where.values)}


def endings(index: TaskIndex) -> Iterator[tuple[str, dt.date | None, dt.date | None]]:
    """Of every task its status, when it was closed, and its last deadline, in path order."""
    day_of = dt.date.fromordinal
    for status, closed, ends in index.ask("SELECT status, closed, ends FROM task ORDER BY path"):
        yield status, closed and day_of(closed), ends and day_of(ends)
