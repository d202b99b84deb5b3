"""Rows that only name what the rows below them are parts of, as their numbers and blanks show.

一 above 1 is a matter of `rowkind`. Here are 1 above 1.1, （1） or ①, and a name without a number
where all tasks have one; and at the end of a table who signed it, and when.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ledger.adapters.tables.grid import EMPTY, GridRow
from ledger.adapters.tables.reading.columns import Header
from ledger.adapters.tables.reading.fieldnames import EXTRA
from ledger.adapters.tables.reading.rowkind import RowKind, own_texts
from ledger.model.numerals import PART, PATTERN
from ledger.model.record import replace

_PLAIN = re.compile(r"(\d+)[.．、]?")
_BELOW = re.compile(r"[①-⑳⑴-⒇]|[（(]\d+[)）]|\d+[)）]")
_DAY = re.compile(rf"\s*{PATTERN}\s*年.{{1,4}}月.{{1,4}}日\s*")
_UPPER = re.compile(rf"({PART})|{PART}[、.．]|[（(]{PART}[)）]")
_SUM = re.compile(r"[-\d.,%]+")
_LEAST_COLUMNS = 3
_MOST_NAMED = 2  # cells of a row that only names others: 序号 and the name


def with_nested(rows: Sequence[GridRow], kinds: Sequence[RowKind], header: Header) -> list[RowKind]:
    """The kinds, rows that only name others as `NAMED`, a signature at the end as `REMARK`."""
    made = list(kinds)
    names = [
        named_text(row, header) if kind is RowKind.ITEM else ""
        for row, kind in zip(rows, kinds, strict=True)
    ]
    if not any(names):
        return _signed(rows, made)
    numbered = _all_numbered(rows, kinds, header)
    following: GridRow | None = None
    for at in range(len(rows) - 1, -1, -1):
        row = rows[at]
        if kinds[at] is RowKind.ITEM and following is not None:
            number, below = number_of(row, header), number_of(following, header)
            first = numbered and not number and not _is_lone(following, header)
            if named_text(row, header) and (first or is_below(below, number)):
                made[at] = RowKind.NAMED
        if kinds[at] is RowKind.ITEM:
            following = row
        elif kinds[at] is not RowKind.BLANK:
            following = None
    return _signed(rows, made)


def are_groups(rows: Sequence[GridRow], header: Header) -> bool:
    """Whether a column of 类别 names groups: every name once, at the first of its rows."""
    at = next((each.indexes[0] for each in header.columns if each.field == "section"), None)
    if at is None or not rows:
        return False
    names = [row.cells[at].text for row in rows if row.cells[at].own]
    return bool(rows[0].cells[at].text) and 1 < len(names) == len({*names})


def _is_lone(row: GridRow, header: Header) -> bool:
    return bool(named_text(row, header)) and not number_of(row, header)


def number_of(row: GridRow, header: Header) -> str:
    """What a row's own 序号 says."""
    at = _index_of("number", header)
    return row.cells[at].text.strip() if at is not None and row.cells[at].own else ""


def is_below(number: str, upper: str) -> bool:
    """Whether a 序号 counts within another one: 1.1, 1-1, （1） and ① below 1."""
    plain = _PLAIN.fullmatch(upper)
    if plain is None:
        return bool(_UPPER.fullmatch(upper) and _PLAIN.fullmatch(number))
    return bool(_BELOW.fullmatch(number) or re.match(rf"{plain[1]}[.．-]\d", number))


def named_text(row: GridRow, header: Header) -> str:
    """The name that is all a row has beside its 序号, "" for other rows.

    Beside 一 and the name it may have sums of what stands below it.
    """
    number = number_of(row, header)
    upper = _UPPER.fullmatch(number)
    if upper:
        row = _without_sums(row, header)
    if len([1 for cell in row.cells if cell.text]) > _MOST_NAMED:
        return ""
    at = _index_of("key_point", header)
    at = _index_of("problem", header) if at is None else at
    if at is None or not row.cells[at].own or _is_merged(row):
        return ""
    filled = [index for index, cell in enumerate(row.cells) if cell.own]
    numbered = _index_of("number", header)
    if any(index not in (at, numbered) for index in filled):
        return ""
    text = " ".join(row.cells[at].text.split())
    if upper:
        return f"{number}{'、' if upper[1] else ''}{text}"
    return f"{number.rstrip('.．、')}.{text}" if number else text


def _without_sums(row: GridRow, header: Header) -> GridRow:
    """A row without the figures in columns that no field is there for."""
    extra = {at for each in header.columns if each.field == EXTRA for at in each.indexes}
    cells = (
        EMPTY if at in extra and _SUM.fullmatch(cell.text) else cell
        for at, cell in enumerate(row.cells)
    )
    return replace(row, cells=tuple(cells))


def _is_merged(row: GridRow) -> bool:
    return any(cell.above for cell in row.cells)


def _index_of(field: str, header: Header) -> int | None:
    columns = (column for column in header.columns if column.field == field)
    return next((column.indexes[0] for column in columns), None)


def _all_numbered(rows: Sequence[GridRow], kinds: Sequence[RowKind], header: Header) -> bool:
    """Whether every row that says more than a name has a number; without 序号, who does it."""
    at = _index_of("number", header)
    at = _index_of("lead", header) if at is None else at
    if at is None or len(header.columns) < _LEAST_COLUMNS:
        return False
    tasks = [
        row
        for row, kind in zip(rows, kinds, strict=True)
        if kind is RowKind.ITEM and not named_text(row, header)
    ]
    return len(tasks) > 1 and all(row.cells[at].own for row in tasks)


def _signed(rows: Sequence[GridRow], kinds: list[RowKind]) -> list[RowKind]:
    """A day alone below the last task, and the name above it, sign the table."""
    at = len(kinds) - 1
    while at >= 0 and kinds[at] in (RowKind.BLANK, RowKind.REMARK):
        at -= 1
    if at >= 0 and kinds[at] is RowKind.EMPTY:
        own = own_texts(rows[at])
        if len(own) == 1 and _DAY.fullmatch(own[0]):
            kinds[at] = RowKind.REMARK
            if at and kinds[at - 1] is RowKind.EMPTY and len(own_texts(rows[at - 1])) == 1:
                kinds[at - 1] = RowKind.REMARK
    return kinds
