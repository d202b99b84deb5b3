"""Tables that are laid out in another way than one row an item, turned into such ones.

A form (督办单) has one item: names and what they say beside each other, in two columns or in four.
In a table that was turned each item has a column. Two halves side by side have the same header.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.adapters.tables.grid import EMPTY, Cell, Grid, GridRow
from ledger.adapters.tables.reading.assigning import GUESSED_RANK, match_of
from ledger.adapters.tables.reading.columns import CONTENT_FIELDS, SEARCHED_ROWS
from ledger.adapters.tables.reading.fieldnames import USUALLY_KEPT, field_of, normal_name
from ledger.model.record import replace

_LEAST_FIELDS, _LONGEST_NAME = 3, 16
RIGHT_HALF = "（右栏）"

Pair = tuple[int, Cell, Cell]
"""The line it stands in, a name, what stands beside it."""


def upright(grid: Grid) -> tuple[Grid, ...]:
    """The tables that a sheet or table holds, each with a header on top where it was a form."""
    if halves := _halves(grid):
        return halves
    rows = [row for row in grid.rows if not row.hidden]
    names = _named_rows(rows)
    if len({_field(row.cells[0].text) for row in names}) < _LEAST_FIELDS - 1:
        return (grid,)
    beside = any(_is_name(cell.text) for row in names for cell in row.cells[1:] if not cell.left)
    if not beside and max(len(_parts(row)) for row in names) > 2:
        made = _turned(grid, rows, names)
    else:
        made = _form(grid, rows)
    return (made or grid,)


def _halves(grid: Grid) -> tuple[Grid, ...]:
    """The left and the right half of a table that has the same header twice."""
    for row in grid.rows[:SEARCHED_ROWS]:
        texts = [cell.text for cell in row.cells if cell.text and not (cell.left or cell.above)]
        half = len(texts) // 2
        if half < _LEAST_FIELDS - 1 or texts[:half] + texts[:half] != texts:
            continue
        fields = {field_of(text) for text in texts} - {None}
        if len(fields) < _LEAST_FIELDS - 1 or fields.isdisjoint(CONTENT_FIELDS):
            continue
        at = [at for at, cell in enumerate(row.cells) if cell.own][half]
        notes = (*grid.notes, "左右两栏分开读")
        left = tuple(replace(each, cells=each.cells[:at]) for each in grid.rows)
        begins = grid.rows.index(row)
        right = tuple(
            replace(each, cells=each.cells[at:])
            for each in grid.rows[begins:]
            if any(cell.own for cell in each.cells[at:])
        )
        return (
            replace(grid, rows=left, notes=notes),
            replace(grid, name=f"{grid.name}{RIGHT_HALF}", rows=right, notes=()),
        )
    return ()


def _form(grid: Grid, rows: Sequence[GridRow]) -> Grid | None:
    """A form as a table of one item, or of several where its names begin again."""
    pairs = [pair for row in rows for pair in _pairs(row)]
    fields = {_field(name.text) for _, name, _ in pairs} - {""}
    if len(fields) < _LEAST_FIELDS or fields.isdisjoint(CONTENT_FIELDS):
        return None
    if any(_is_name(value.text) for _, _, value in pairs):
        return None
    if any(value.own and not 0 < len(name.text) <= _LONGEST_NAME for _, name, value in pairs):
        return None
    first = next(name.text for _, name, _ in pairs if _field(name.text) in CONTENT_FIELDS)
    items: list[list[Pair]] = [[]]
    for pair in pairs:
        if pair[1].text == first and any(name.text == first for _, name, _ in items[-1]):
            items.append([])
        if pair[1].text:
            items[-1].append(pair)
    return _table(grid, items, rows)


def _turned(grid: Grid, rows: Sequence[GridRow], names: Sequence[GridRow]) -> Grid | None:
    """A table whose names run down its first column, each item in a column of its own."""
    fields = {_field(row.cells[0].text) for row in names} - {""}
    if len(fields) < _LEAST_FIELDS or fields.isdisjoint(CONTENT_FIELDS):
        return None
    body = [row for row in rows if row.cells[0].own and len(_parts(row)) > 1]
    content = [row for row in names if _field(row.cells[0].text) in CONTENT_FIELDS]
    columns = [
        at
        for at in range(1, len(rows[0].cells))
        if at not in grid.hidden_columns and any(row.cells[at].text for row in content)
    ]
    items = [[(row.line, row.cells[0], row.cells[at]) for row in body] for at in columns]
    return _table(grid, items, rows)


def _table(grid: Grid, items: Sequence[Sequence[Pair]], rows: Sequence[GridRow]) -> Grid:
    """Items as rows below a header of all their names."""
    names = list(dict.fromkeys(name.text for item in items for _, name, _ in item))
    begin = items[0][0][0]
    made = [GridRow(begin, tuple(Cell(name) for name in names))]
    for item in items:
        cells: dict[str, Cell] = {}
        for _, name, value in item:
            before = cells.get(name.text, EMPTY)
            text = "\n".join(filter(None, (before.text, value.text)))
            cells[name.text] = replace(value, text=text, left=False, above=False)
        made.append(GridRow(item[0][0], tuple(cells.get(name, EMPTY) for name in names)))
    above = (row for row in rows if row.line < begin)
    title = "\n".join(
        filter(None, (grid.title, *(cell.text for row in above for cell in row.cells if cell.own)))
    )
    notes = (*grid.notes, "一项占一张或一列的表，按一项一行读")
    return replace(grid, rows=tuple(made), title=title, notes=notes, hidden_columns=frozenset())


def _pairs(row: GridRow) -> Iterator[Pair]:
    """Names and values in turn; a text over the whole width that begins with a name as well."""
    parts = _parts(row)
    if len(parts) == 1:
        label, colon, rest = parts[0].text.replace("：", ":", 1).partition(":")
        if colon and _is_name(label):
            yield row.line, Cell(label), replace(parts[0], text=rest.strip())
        return
    for at in range(0, len(parts), 2):
        yield row.line, parts[at], parts[at + 1] if at + 1 < len(parts) else EMPTY


def _parts(row: GridRow) -> list[Cell]:
    """The cells of a row, merged ones once, without the empty ones at its end."""
    parts = [cell for cell in row.cells if not cell.left]
    while parts and not parts[-1].own:
        parts.pop()
    return parts


def _named_rows(rows: Sequence[GridRow]) -> list[GridRow]:
    return [row for row in rows if row.cells[0].own and _is_name(row.cells[0].text) and _parts(row)]


def _field(text: str) -> str:
    match = match_of(text, {})
    return match.field if match else ""


def _is_name(text: str) -> bool:
    """Whether a text is a usual name of a column."""
    if len(text) > _LONGEST_NAME:
        return False
    match = match_of(text, {})
    return (match is not None and match.rank < GUESSED_RANK) or normal_name(text) in USUALLY_KEPT
