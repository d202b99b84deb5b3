"""What a table says of itself: its title, the parts that it belongs to, remarks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ledger.adapters.tables.grid import Grid
from ledger.adapters.tables.reading.columns import Header
from ledger.adapters.tables.reading.rowkind import heading_level, is_remark, own_texts
from ledger.adapters.tables.reading.rows import one_line
from ledger.model.task import heading

_LONGEST_TITLE = 500
_ATTACHED = re.compile(r"附件\s*\d*[:：]?")


def title_of(grid: Grid, header: Header) -> str:
    """What stands above a table and above its header."""
    parts = {at for at, _ in parts_above(grid, header)}
    above = (
        _title_line(own_texts(row))
        for at, row in enumerate(grid.rows[: header.first])
        if at not in parts
    )
    return "\n".join(text for text in (grid.title, *above) if text)[:_LONGEST_TITLE]


def parts_above(grid: Grid, header: Header) -> list[tuple[int, str]]:
    """Indexes and texts of lines above the header that are numbered as parts are."""
    lines = ((at, own_texts(row)) for at, row in enumerate(grid.rows[: header.first]))
    return [(at, one_line(own[0])) for at, own in lines if len(own) == 1 and heading_level(own[0])]


def _title_line(texts: Sequence[str]) -> str:
    """What a row above the header says, without 附件 and without who filled the table in."""
    if not texts or is_remark(texts[0]) or _ATTACHED.fullmatch(texts[0]):
        return ""
    return " ".join(text for text in texts if not is_remark(text))


def remarks_of(grid: Grid, header: Header) -> Iterator[str]:
    """What a table says of itself: over it, in the names of columns, in remarks below."""
    word = heading("lead")  # a look for it takes no time, and few cells have it
    for index, row in enumerate(grid.rows):
        for cell in row.cells:
            if word in cell.text and cell.own and (index <= header.last or is_remark(cell.text)):
                yield cell.text
