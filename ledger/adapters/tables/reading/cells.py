"""What one column has in a row: its cells, its text, what cannot be read."""

from __future__ import annotations

from ledger.adapters.tables.grid import Cell, GridRow, column_name
from ledger.adapters.tables.reading.assigning import AssignedColumn
from ledger.adapters.tables.reading.levels import PERIODS, parts_said, schedule_text
from ledger.adapters.tables.reading.rows import text_of


def parts_in(row: GridRow, column: AssignedColumn) -> tuple[Cell, ...]:
    """The cells of a column, without what reaches in from a column to the left."""
    return tuple(row.cells[index] for index in column.indexes if not row.cells[index].left)


def cells_of(row: GridRow, column: AssignedColumn) -> tuple[Cell, ...]:
    """All cells of a column."""
    return tuple(row.cells[index] for index in column.indexes)


def grouped_text(row: GridRow, column: AssignedColumn) -> str:
    """The text of a column made of several, for its field: of a time limit the periods alone."""
    if column.shape == PERIODS and column.field == "due":
        return "、".join(name for name, _ in parts_said(column, cells_of(row, column)))
    return schedule_text(column, cells_of(row, column))


def shown(row: GridRow, column: AssignedColumn) -> str:
    """The text of a column that is kept as it is."""
    if column.parts:
        return schedule_text(column, cells_of(row, column))
    return text_of(parts_in(row, column))


def fault_of(row: GridRow, column: AssignedColumn) -> str:
    """Which cell of the column cannot be read and why, "" when all can."""
    cells = ((index, row.cells[index]) for index in column.indexes)
    faults = (
        f"单元格 {column_name(index)}{row.line} {cell.fault}"
        for index, cell in cells
        if cell.fault and not cell.left
    )
    return next(faults, "")
