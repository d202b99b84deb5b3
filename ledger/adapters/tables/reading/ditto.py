"""Cells that only say that they are as the one above: 同上, 〃."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.adapters.tables.grid import Cell, GridRow
from ledger.adapters.tables.reading.rowkind import own_texts
from ledger.model.record import replace

_WORDS = frozenset(
    ["同上", "（同上）", "(同上)", "同上行", "同上项", "同上格", "同前", *'〃″〞々”"']
)


def spelled_out(rows: Sequence[GridRow]) -> tuple[tuple[GridRow, ...], dict[int, list[int]]]:
    """The rows with what such cells mean; and column → the lines in which it has such cells.

    One that has nothing above it stays as it is.
    """
    if _WORDS.isdisjoint({cell.text for row in rows for cell in row.cells}):
        return tuple(rows), {}
    made: list[GridRow] = []
    alike: dict[int, list[int]] = {}
    last: dict[int, Cell] = {}
    for row in rows:
        cells = list(row.cells)
        for at, cell in enumerate(cells):
            if cell.own and at in last and cell.text in _WORDS:
                cells[at] = replace(last[at], comment=cell.comment)
                alike.setdefault(at, []).append(row.line)
        if len(own_texts(row)) > 1:
            last |= {at: cell for at, cell in enumerate(cells) if cell.own}
        made.append(replace(row, cells=tuple(cells)) if tuple(cells) != row.cells else row)
    return tuple(made), alike
