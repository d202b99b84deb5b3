"""Who is responsible for a row, where more than one column's plain text says it.

Departments may be columns that are ticked, stand beside persons in one column, or in a column of
persons. What one cell says of departments is read by `departments`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ledger.adapters.tables.grid import GridRow
from ledger.adapters.tables.reading.assigning import PERSONS, AssignedColumn
from ledger.adapters.tables.reading.cells import cells_of, parts_in
from ledger.adapters.tables.reading.columns import Header
from ledger.adapters.tables.reading.departments import read_duty
from ledger.adapters.tables.reading.duty_words import ticked
from ledger.adapters.tables.reading.levels import parts_said
from ledger.adapters.tables.reading.persons import parted
from ledger.adapters.tables.reading.rows import one_line, text_of

Doubts = list[tuple[str, str]]
"""(column, what in Chinese)."""


def who_is_responsible(
    row: GridRow, header: Header, known: frozenset[str]
) -> tuple[dict[str, str], Doubts]:
    """Field → what is to be read for it instead of its own cell; and what was guessed.

    Args:
        known: departments' names and aliases.
    """
    doubts: Doubts = []
    columns = {column.field: column for column in header.columns}
    texts = _ticked(row, columns, doubts)
    if "lead" not in columns:
        texts |= _departments_of_persons(row, columns, known, doubts)
    elif columns["lead"].shape in PERSONS:
        texts |= _parted(row, columns["lead"], known, doubts)
    for field in ("lead", "assist"):
        if field in columns:
            text = texts.get(field) or text_of(parts_in(row, columns[field]))
            duty = read_duty(text, field, known)
            doubts += [(columns[field].header, doubt) for doubt in duty.doubts]
    return texts, doubts


def unread_people(row: GridRow, header: Header, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """(column, text) of cells in which somebody can be a person or a department."""
    for column in header.columns:
        if column.field == "lead" and column.shape in PERSONS:
            text = text_of(parts_in(row, column))
            if parted(text, known).unsure:
                yield column.header, text


def _ticked(row: GridRow, columns: Mapping[str, AssignedColumn], doubts: Doubts) -> dict[str, str]:
    """Where the columns are departments under one name."""
    texts = {}
    for field in ("lead", "assist"):
        if field in columns and columns[field].parts:
            marks = parts_said(columns[field], cells_of(row, columns[field]))
            texts[field], doubt = ticked([*marks])
            doubts += [(columns[field].header, doubt)] if doubt else []
    return texts


def _parted(
    row: GridRow, column: AssignedColumn, known: frozenset[str], doubts: Doubts
) -> dict[str, str]:
    """Where persons and departments stand in one column."""
    read = parted(text_of(parts_in(row, column)), known)
    if read.unsure:
        doubts.append((column.header, f"“{read.unsure}”是人还是部门没有把握，没有读"))
    return {"lead": read.departments} | ({column.shape: read.persons} if read.persons else {})


def _departments_of_persons(
    row: GridRow, columns: Mapping[str, AssignedColumn], known: frozenset[str], doubts: Doubts
) -> dict[str, str]:
    """A department in a column of persons leads, where no other column says who does."""
    for field in PERSONS:
        text = text_of(parts_in(row, columns[field])) if field in columns else ""
        read = parted(text, known) if text else None
        if read and read.departments and not read.unsure:
            what = f"“{one_line(read.departments)}”是部门，当作牵头单位"
            doubts.append((columns[field].header, what))
            return {"lead": read.departments, field: read.persons}
    return {}
