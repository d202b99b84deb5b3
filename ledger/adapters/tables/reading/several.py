"""Several tables in one sheet: where another header stands below, another table begins."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.adapters.tables.grid import Grid, GridRow
from ledger.adapters.tables.reading.columns import Header
from ledger.adapters.tables.reading.fieldnames import field_of, normal_name
from ledger.adapters.tables.reading.rowkind import is_remark, own_texts
from ledger.model.record import replace

_LEAST_NAMES = 3


def first_and_rest(grid: Grid, header: Header) -> tuple[Grid, Grid | None]:
    """The table that a header belongs to, and what begins with the next other header.

    The header printed again is no other one, nor is what stands right below it. A line of text
    right above a header is its title: the part that the items below it belong to.
    """
    names = _names_by_column(grid, header)
    for at in range(header.last + 2, len(grid.rows)):
        row = grid.rows[at]
        if not row.hidden and _is_header(row) and not _is_repeated(row, names):
            start = _with_titles(grid.rows, header.last + 1, at)
            titles = tuple(" ".join(own_texts(each)) for each in grid.rows[start:at])
            rest = replace(
                grid,
                name=f"{grid.name}（第 {row.line} 行起）",
                rows=grid.rows[at:],
                part=(*grid.part, *titles),
                notes=(f"第 {row.line} 行另有表头，以下按另一张表读",),
            )
            return replace(grid, rows=grid.rows[:start]), rest
    return grid, None


def _names_by_column(grid: Grid, header: Header) -> list[set[str]]:
    rows = grid.rows[header.first : header.last + 1]
    return [{normal_name(row.cells[at].text) for row in rows} for at in range(len(rows[0].cells))]


def _is_header(row: GridRow) -> bool:
    """Whether most of what a row says are names of columns, of several fields."""
    own = own_texts(row)
    fields = {field for text in own if (field := field_of(text))}
    known = sum(field_of(text) is not None for text in own)
    return len(fields) >= _LEAST_NAMES and 3 * known >= 2 * len(own)


def _is_repeated(row: GridRow, names: Sequence[set[str]]) -> bool:
    return all(
        normal_name(cell.text) in names[at]
        for at, cell in enumerate(row.cells)
        if cell.own and field_of(cell.text)
    )


def _with_titles(rows: Sequence[GridRow], first: int, at: int) -> int:
    """From which row on only one text each stands right above a header."""
    while at > first and len(own := own_texts(rows[at - 1])) == 1 and not is_remark(own[0]):
        at -= 1
    return at
