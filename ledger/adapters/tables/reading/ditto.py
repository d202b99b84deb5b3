"""Cells that only say that they are as the one above: 同上, 〃."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ledger.adapters.tables.grid import Cell, GridRow
from ledger.adapters.tables.reading.rowkind import own_texts
from ledger.model.record import replace

_DITTO = re.compile(r"[（(]?(?:同上一?[行项格条]?|同前|上同)[)）]?|[〃″〞々”\"]")


def spelled_out(rows: Sequence[GridRow]) -> tuple[tuple[GridRow, ...], dict[int, list[int]]]:
    """The rows with what such cells mean; and column → the lines in which it has such cells.

    One that has nothing above it stays as it is.
    """
    made: list[GridRow] = []
    alike: dict[int, list[int]] = {}
    last: dict[int, Cell] = {}
    for row in rows:
        cells = list(row.cells)
        for at, cell in enumerate(cells):
            if cell.own and at in last and _DITTO.fullmatch(cell.text.strip()):
                cells[at] = replace(last[at], comment=cell.comment)
                alike.setdefault(at, []).append(row.line)
        if len(own_texts(row)) > 1:
            last |= {at: cell for at, cell in enumerate(cells) if cell.own}
        made.append(replace(row, cells=tuple(cells)) if tuple(cells) != row.cells else row)
    return tuple(made), alike
