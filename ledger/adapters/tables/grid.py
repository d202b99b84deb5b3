"""A table as any file holds it: rows of cells, with merged cells spread out.

Readers (xlsx, csv, …) build `Grid`s with `assemble`; one mapper turns a grid into rows of a ledger.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from ledger.errors import LedgerError
from ledger.model.plaintext import LINES, UNSEEN
from ledger.model.record import dataclass, replace

MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_TEXT = 20_000_000
"""Characters of one table, the text of a merged cell counted at every position it covers."""
MAX_COVERED = 2_000_000
"""Positions under merged cells in one table."""
MAX_CELL_TEXT = 32_767
"""Characters in one cell, Excel's own limit (Microsoft, Excel specifications and limits)."""

_BREAKS = re.compile(f"_x000[dD]_\n?|_x000[aA]_|\r\n?|[\v\f\x85{LINES}]")
_INVISIBLE = re.compile(f"[{UNSEEN}]")


@dataclass(frozen=True, slots=True)
class Cell:
    """One position of a table.

    `value` is set where the file itself types the cell (a date, a number). `above` and `left` say
    that the text belongs to a merged cell which begins in a row above or a column to the left.
    `fault` says, in Chinese, why the text of the cell cannot be known; then `text` is empty.
    `struck` says that some of what is written there is struck through, and no part of `text`,
    `comment` is what somebody has said of it beside the text. `drawn` says that it only looks as if
    the text above reached here, because no line is drawn between them.
    """

    text: str = ""
    value: date | float | None = None
    above: bool = False
    left: bool = False
    fault: str = ""
    struck: bool = False
    comment: str = ""
    drawn: bool = False

    @property
    def own(self) -> bool:
        """True where something is written here, not in a merged cell that reaches here."""
        return bool(self.text or self.fault or self.struck) and not (self.above or self.left)


EMPTY = Cell()

TOLD_EVERY = 500
"""Rows between two tellings."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row; `line` is its number in the file, from 1."""

    line: int
    cells: tuple[Cell, ...]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet or a table. Rows without any text are left out, all others have the same width.

    `hidden_columns` counts from 0; `notes` says in Chinese what the reader could not take along.
    `title` is the document's title above the table, `part` the headings it stands under, from the
    outermost in; both are empty where the file has only the table. `wrapped` says that line breaks
    in cells are guessed from where the lines end on the page.
    """

    name: str
    rows: tuple[GridRow, ...]
    hidden_columns: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()
    title: str = ""
    part: tuple[str, ...] = ()
    wrapped: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A merged cell, all ends inclusive: `top`, `bottom` are lines (from 1), the columns from 0.

    `drawn` says that the cells are not merged, and look as if they were.
    """

    top: int
    bottom: int
    left: int
    right: int
    drawn: bool = False


def file_bytes(path: Path, most: int, hint: str) -> bytes:
    """The content of a file; raises LedgerError when it has more than `most` bytes."""
    if path.stat().st_size > most:
        raise LedgerError(f"{path.name} 超过 {most // 1024**2} MB", hint=hint)
    return path.read_bytes()


def clean_text(text: str) -> str:
    """The text with `\\n` as its only line break, no invisible characters, trimmed.

    `_x000D_` is how a workbook escapes a carriage return (ECMA-376 part 1, 22.9.2.19, ST_Xstring).
    """
    text = _BREAKS.sub("\n", text).replace("\t", " ")
    return _INVISIBLE.sub("", text).strip()


def column_name(index: int) -> str:
    """The letters a spreadsheet shows for the column `index` (from 0): A, B, …, Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def assemble(
    name: str,
    rows: Iterable[GridRow],
    spans: Iterable[Span] = (),
    *,
    hidden_columns: frozenset[int] = frozenset(),
    notes: tuple[str, ...] = (),
) -> Grid:
    """Build a grid: drop blank rows, even out the widths, spread the merged cells.

    Raises LedgerError when the table is larger than any ledger would be.
    """
    kept = _bounded(name, rows)
    width = max((len(row.cells) for row in kept), default=0)
    cells = [[*row.cells, *(EMPTY,) * (width - len(row.cells))] for row in kept]
    _spread(name, [row.line for row in kept], cells, spans, width)
    filled = zip(kept, cells, strict=True)
    whole = tuple(GridRow(row.line, tuple(line), row.hidden) for row, line in filled)
    return Grid(name, whole, hidden_columns, notes)


def choose_name(names: Sequence[str], asked: str, what: str) -> str:
    """`asked`, when it is one of `names`; raises LedgerError with the names there are."""
    if asked in names:
        return asked
    choices = "、".join(f"“{name}”" for name in names[:20]) or "（无）"
    raise LedgerError(f"没有名为“{asked}”的{what}", hint=f"文件里有：{choices}")


def named(grids: tuple[Grid, ...], sheet: str | None, what: str) -> tuple[Grid, ...]:
    """The grids, or only the one called `sheet`; raises LedgerError with the names there are."""
    if sheet is None:
        return grids
    choose_name([grid.name for grid in grids], sheet, what)
    return tuple(grid for grid in grids if grid.name == sheet)


def _bounded(name: str, rows: Iterable[GridRow]) -> list[GridRow]:
    """The rows with text, read no further than the bounds."""
    kept: list[GridRow] = []
    size = 0
    for row in rows:
        if not any(cell.own for cell in row.cells):
            continue
        kept.append(row)
        size += sum(len(cell.text) for cell in row.cells)
        if len(kept) > MAX_ROWS or size > MAX_TEXT or len(row.cells) > MAX_COLUMNS:
            raise _too_large(name, row.line)
    return kept


def _too_large(name: str, line: int) -> LedgerError:
    return LedgerError(
        f"表“{name}”太大，读到第 {line} 行为止",
        hint=f"一张表最多 {MAX_ROWS} 行、{MAX_COLUMNS} 列；请删去无关内容或分成几个文件",
    )


def _spread(
    name: str, lines: list[int], cells: list[list[Cell]], spans: Iterable[Span], width: int
) -> None:
    """Put the text of each merged cell at every position it covers, in place."""
    covered = size = 0
    for span in spans:
        first, last = bisect_left(lines, span.top), bisect_right(lines, span.bottom)
        right = min(span.right, width - 1)
        area = (last - first) * max(0, right - span.left + 1)
        if not area:
            continue
        anchored = lines[first] == span.top
        anchor = cells[first][span.left] if anchored else EMPTY
        covered += area
        size += area * len(anchor.text)
        if covered > MAX_COVERED or size > MAX_TEXT:
            raise _too_large(name, span.bottom)
        below = replace(anchor, above=True, drawn=span.drawn)
        _cover(cells, span.left, right, range(first, last), (anchor, below), anchored)


def _cover(
    cells: list[list[Cell]],
    left: int,
    right: int,
    rows: range,
    texts: tuple[Cell, Cell],
    anchored: bool,
) -> None:
    """Put a merged cell's text at its positions, as it is in its first row and below it.

    `anchored` says that its own first row is in `rows`.
    """
    first, below = ([cell, *[replace(cell, left=True)] * (right - left)] for cell in texts)
    for index in rows:
        cells[index][left : right + 1] = first if anchored and index == rows.start else below
