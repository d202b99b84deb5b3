"""Tables without a header: they continue the one before, or are named; lists that were parted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ledger.adapters.tables.grid import Grid, GridRow
from ledger.adapters.tables.reading.columns import Header
from ledger.adapters.tables.reading.fieldnames import STATISTICS, field_of
from ledger.adapters.tables.reading.rowkind import is_signing, own_texts
from ledger.errors import LedgerError
from ledger.model.numerals import PART
from ledger.model.record import replace

Headed = tuple[Grid, Header | None]

_CONTINUED = re.compile(rf"[（(]?(?:续表|接上表|续上表)|[（(]续(?:{PART}|\d+)?[)）]")
_LIST = re.compile(r"(问题|任务|措施|责任|目标|成果)清单")
_LEAST_CELLS = 3


def joined_to_last(tables: Iterable[Headed]) -> list[Headed]:
    """The tables, those without a header that go on with the one before under its header.

    They go on when they have the same columns and say so (续表), or when their 序号 does.
    """
    made: list[Headed] = []
    for grid, header in tables:
        last = made[-1] if made else None
        if header is None and last and last[1] and _goes_on(grid, last[0], last[1]):
            made.append(_under(grid, last[0], last[1]))
        else:
            made.append((grid, header))
    return made


def doubtful(tables: Iterable[Headed]) -> tuple[str, ...]:
    """What to ask of tables that have no header, and are more than a line of text."""
    return tuple(
        f"表“{grid.name}”没有表头，没有导入（{rows} 行）"
        for grid, header in tables
        if header is None
        and grid.name != STATISTICS
        and not all(map(is_signing, grid.rows))
        and (rows := len(grid.rows) if _has_names(grid) else sum(map(_is_full, grid.rows)))
    )


def refuse_parted(tables: Sequence[Headed]) -> None:
    """问题清单, 任务清单 and 责任清单, none of which says all, are one list in three sheets.

    Raises LedgerError: what belongs together is only known to who made it.
    """
    parts = {
        match[1]: (grid, header)
        for grid, header in tables
        if (match := _LIST.search(grid.name) or _LIST.search(" ".join(own_texts(grid.rows[0]))))
    }
    if len(parts) > 1 and not all(_is_whole(header) for _, header in parts.values()):
        names = "".join(f"“{grid.name}”" for grid, _ in parts.values())
        raise LedgerError(
            f"{names}像是一份清单分在几张表里，哪一行对哪一行没有把握",
            hint="请按序号合成一张表再导入；各是各的，就用 --sheet 一张一张导入",
        )


def _is_whole(header: Header | None) -> bool:
    fields = {column.field for column in header.columns} if header else set()
    return bool(fields & {"lead", "leader", "owner"}) and bool(
        fields & {"measures", "key_point", "problem"}
    )


def _goes_on(grid: Grid, last: Grid, header: Header) -> bool:
    if not grid.rows or len(grid.rows[0].cells) != len(last.rows[0].cells):
        return False
    title = " ".join((grid.name, *grid.part, *own_texts(grid.rows[0])))
    if _CONTINUED.search(title):
        return True
    numbers = [at for column in header.columns if column.field == "number" for at in column.indexes]
    if not numbers:
        return False
    column = [row.cells[numbers[0]].text for row in last.rows]
    ends = [text for text in column if text.isdecimal()]
    begins = grid.rows[0].cells[numbers[0]].text
    return bool(ends) and begins.isdecimal() and int(begins) == int(ends[-1]) + 1


def _under(grid: Grid, last: Grid, header: Header) -> Headed:
    """A table with the header of the one before on top."""
    head = [replace(row, line=0) for row in last.rows[header.first : header.last + 1]]
    rows = [row for row in grid.rows if not _is_title(row)]
    notes = (*grid.notes, f"没有表头，接着“{last.name}”读")
    part = () if _CONTINUED.search(" ".join(grid.part)) else grid.part
    whole = replace(grid, rows=(*head, *rows), notes=notes, part=part or last.part)
    return whole, replace(header, first=0, last=len(head) - 1, notes=(), doubts=())


def _is_title(row: GridRow) -> bool:
    own = own_texts(row)
    return len(own) == 1 and _CONTINUED.search(own[0]) is not None


def _has_names(grid: Grid) -> bool:
    """Whether a table has names of columns, though none that says what is to be done."""
    texts = own_texts(grid.rows[0])
    return len({field_of(text) for text in texts} - {None}) > 1


def _is_full(row: GridRow) -> bool:
    return len(own_texts(row)) >= _LEAST_CELLS
