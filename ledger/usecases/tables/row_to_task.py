"""A row of a table as a task: every cell in its field, what fits none under its column's name."""

from __future__ import annotations

import datetime as dt
import re

from ledger.adapters.tables.reading.rows import ImportedRow
from ledger.model.config import CalendarConfig
from ledger.model.record import replace
from ledger.model.source import Source
from ledger.model.task import STATUS_COLUMN, Indicator, Progress, Task, label
from ledger.model.titles import short_title
from ledger.usecases.tables.statuses import (
    NOT_LOST,
    begun,
    means_done,
    says_done,
    status_of,
    status_text,
)
from ledger.usecases.writing.draft import due_of, nature_of

_CLOCK = re.compile(r"\d[:：]\d\d|[上下]午|\d点")

# Fields that a table decides; all others belong to the ledger once a task is there.
FROM_TABLE = (
    "section", "key_point", "problem", "goal", "measures", "lead", "assist", "leader", "owner",
    "due",
)  # fmt: skip
NOTE_COLUMN, ID_COLUMN, INDICATORS = "备注", label("id"), "指标"
"""Where a task keeps what such a column says, whatever the table calls it."""


def draft(
    row: ImportedRow, source: Source, calendar: CalendarConfig, by: str, today: dt.date
) -> Task:
    """A row as a task without its id; what fits no field is kept under its column's name.

    Args:
        by: who imports, for the log entry that a 进展情况 column brings.
    """
    due, read = due_of(row.due_text, source.year or today.year, source.issued, calendar)
    if row.due_date:
        due = replace(due, date=row.due_date, start=None, dates=())
    entry = Progress(date=today, by=by, text=begun(row), percent=row.percent)
    progress = (entry,) if entry.text else ()
    stated = status_text(row)
    status, meant = status_of(stated, bool(progress))
    columns = dict(row.extra)
    if meant != NOT_LOST:
        columns[STATUS_COLUMN] = stated
    if row.note:
        columns[NOTE_COLUMN] = row.note
    return Task(
        id="",
        kind=source.kind,
        title=short_title(
            next(iter(row.measures), row.key_point or row.problem or row.goal),
            row.key_point or row.problem or row.section,
        ),
        source=source.id,
        nature="限期" if row.due_date else nature_of(read),
        due=due,
        status=status,
        progress=progress,
        columns=columns,
        indicators=_indicators(columns.get(INDICATORS, ""), means_done(meant)),
        **{key: getattr(row, key) for key in FROM_TABLE if key != "due"},
    )


def _indicators(text: str, done: bool) -> tuple[Indicator, ...]:
    """What a 指标 column plans, or has reached where all is done; empty if not all is numbers."""
    if not text:
        return ()
    from ledger.model.figures import read_figures

    return tuple(
        Indicator(
            name=each.called,
            target=None if done else each.value,
            actual=each.value if done else None,
            unit=each.unit,
        )
        for each in read_figures(text)
    )


def unread_due(text: str, source: Source, calendar: CalendarConfig, today: dt.date) -> str:
    """Why a time limit that looks like a day is none (Chinese); empty where it is understood.

    A period whose first day nobody has said yet is understood.
    """
    year = source.year or today.year
    _, read = due_of(text, year, source.issued, calendar)
    if says_done(text):
        return "写的是办理情况"
    if _CLOCK.search(text):
        return "写的是几点钟"
    counted = read.warning and due_of(text, year, dt.date(year, 1, 1), calendar)[1].date
    return "" if counted else read.warning


def says_what(row: ImportedRow) -> bool:
    """Whether a row says anything that is to be done; one with a known 编号 need not."""
    return bool(row.measures or row.key_point or row.problem or row.goal)
