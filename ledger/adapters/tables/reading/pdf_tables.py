"""Tables over several pages: what page breaks cut apart is joined, repeated headers are dropped.

A page gives cells with boxes and lines. The rules, where a table goes on on the next page:

1. Rows at its top that say what the table's first rows say are the header again.
2. The first row below them is the rest of the last row when its main column (the one with the most
   cells) goes on: its last line was full there and no sentence ended, or only other columns have
   text. A row whose text begins in a column that had room left is a new one.
   Where every row has a number, that tells instead: a number on one of the two pages only belongs
   to one row, numbers on both to two.
3. In a new row an empty cell of a column in which cells are merged downwards belongs to the merged
   cell of the page before.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

from ledger.adapters.tables.grid import EMPTY, Cell, Grid, GridRow, Span, assemble, clean_text
from ledger.adapters.tables.reading.pdf_lines import PrintedLine, ends_sentence, text_of, wraps
from ledger.model.record import dataclass, field

_NEAR = 3.0  # points within which two rules are the same
_SPARE = 1.5  # lines that may be left below a text that goes on on the next page
_ABOVE = 0.6  # lines that may be left above it
_SINGLE = 1.3  # of a line's height: from one line to the next, where there is only one
_HEADER_ROWS = 5  # the most rows of a header
_DIGITS = 6  # of a row's number
_PAGE_NUMBER = re.compile(r"[-—–\s·第共页/]*\d+[-—–\s·第共页/\d]*")


@dataclass(slots=True)
class TablePart:
    """A cell on one page, or joined from several; rows and columns are inclusive.

    `room` is the width that a line has; `full` says whether the text reaches the bottom of the
    cell, as it does where a page break cuts it, and `high` whether it begins at its top, as what a
    page break has cut does on both pages: a text in the middle of its cell is whole.
    """

    top: int
    bottom: int
    left: int
    right: int
    lines: list[PrintedLine]
    room: float
    full: bool = False
    high: bool = False

    @property
    def text(self) -> str:
        """As printed, without line ends."""
        return "".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Ruled:
    """A ruled table of one page: its vertical rules, how many rows it has, its cells."""

    rules: tuple[float, ...]
    rows: int
    pieces: tuple[TablePart, ...]
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its tables, the lines outside of them, how many pictures it has."""

    tables: tuple[Ruled, ...]
    lines: tuple[PrintedLine, ...]
    pictures: int


@dataclass(slots=True)
class Block:
    """A table with all its pages: cells in rows counted from 0, and the lines before it."""

    before: Sequence[PrintedLine]
    rules: tuple[float, ...]
    rows: int = 0
    pieces: list[TablePart] = field(default_factory=list)

    def columns(self) -> list[str]:
        """The text of each column, from the top down, as printed."""
        ordered = sorted(self.pieces, key=lambda piece: (piece.left, piece.top))
        texts = ((piece.left, [line.text for line in piece.lines]) for piece in ordered)
        return [
            "".join(text for _, lines in column for text in lines)
            for _, column in groupby(texts, key=itemgetter(0))
        ]

    def grid(self, name: str) -> Grid:
        """The table as a grid; lines count from 1."""
        width = len(self.rules) - 1
        cells = [[EMPTY] * width for _ in range(self.rows)]
        spans = []
        for piece in self.pieces:
            text = clean_text(text_of(piece.lines, piece.room))
            cells[piece.top][piece.left] = Cell(text) if text else EMPTY
            if piece.bottom > piece.top or piece.right > piece.left:
                spans.append(Span(piece.top + 1, piece.bottom + 1, piece.left, piece.right))
        return assemble(
            name, (GridRow(number, tuple(row)) for number, row in enumerate(cells, 1)), spans
        )


def page_of(answer: Mapping[str, Any]) -> Page:
    """A page from what `pdf_pages` says of it."""
    tables = (_ruled(table["cells"]) for table in answer["tables"])
    return Page(
        tuple(table for table in tables if len(table.rules) > 1),
        tuple(PrintedLine(**line) for line in answer["lines"]),
        answer["pictures"],
    )


def joined(pages: Sequence[Page]) -> list[Block]:
    """The tables of a document, those going on over pages joined."""
    running = running_lines(pages)
    blocks, _ = parts(pages, lambda line: plain_line(line) in running)
    return blocks


def parts(
    pages: Sequence[Page], ignored: Callable[[PrintedLine], bool]
) -> tuple[list[Block], list[PrintedLine]]:
    """The tables of a document, each with the lines before it, and the lines after the last.

    Args:
        ignored: whether a line belongs to the page and not to the text.
    """
    blocks: list[Block] = []
    before: list[PrintedLine] = []
    for page in pages:
        rest = [line for line in page.lines if not ignored(line)]
        for place, table in enumerate(page.tables):
            above = [line for line in rest if line.top < table.top]
            rest = [line for line in rest if line.top >= table.top]
            before += above
            last = blocks[-1] if blocks else None
            if last and not place and not before and _same_rules(last.rules, table.rules):
                _go_on(last, table)
            else:
                blocks.append(Block(tuple(before), table.rules))
                _append(blocks[-1], table, list(table.pieces), 0)
                before = []
        before += rest
    return blocks, before


def _ruled(cells: Sequence[Mapping[str, Any]]) -> Ruled:
    boxes = [cell["box"] for cell in cells]
    across = _rules(edge for box in boxes for edge in (box[0], box[2]))
    down = _rules(edge for box in boxes for edge in (box[1], box[3]))
    texts = [[PrintedLine(**line) for line in cell["lines"]] for cell in cells]
    margin = min(
        (
            min(line.x0 for line in lines) - box[0]
            for box, lines in zip(boxes, texts, strict=True)
            if lines
        ),
        default=0.0,
    )
    pieces = tuple(
        TablePart(
            *_between_rules(down, box[1], box[3]),
            *_between_rules(across, box[0], box[2]),
            lines,
            box[2] - box[0] - 2 * max(0.0, margin),
            bool(lines) and box[3] - lines[-1].bottom < _SPARE * _pitch(lines),
            bool(lines) and lines[0].top - box[1] < _ABOVE * _pitch(lines),
        )
        for box, lines in zip(boxes, texts, strict=True)
    )
    return Ruled(across, max(len(down) - 1, 1), pieces, down[0], down[-1])


def _pitch(lines: Sequence[PrintedLine]) -> float:
    """From one line to the next, in points."""
    if len(lines) > 1:
        return lines[-1].top - lines[-2].top
    return _SINGLE * (lines[-1].bottom - lines[-1].top)


def _rules(edges: Iterable[float]) -> tuple[float, ...]:
    """The rules that edges lie on, from the least to the greatest."""
    rules: list[float] = []
    for edge in sorted(edges):
        if not rules or edge - rules[-1] > _NEAR:
            rules.append(edge)
    return tuple(rules)


def _between_rules(rules: Sequence[float], begin: float, end: float) -> tuple[int, int]:
    """The first and the last of the rows or columns between two edges, one at least."""

    def nearest(edge: float) -> int:
        return min(range(len(rules)), key=lambda at: abs(rules[at] - edge))

    first = min(nearest(begin), max(len(rules) - 2, 0))
    return first, max(nearest(end) - 1, first)


def _same_rules(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether a table has the rules of another one, or some of them (merged cells hide rules)."""
    few, many = sorted((one, other), key=len)
    ends = abs(one[0] - other[0]) <= _NEAR and abs(one[-1] - other[-1]) <= _NEAR
    return ends and all(min(abs(rule - each) for each in many) <= _NEAR for rule in few)


def running_lines(pages: Sequence[Page]) -> set[tuple[str, int]]:
    """Headers and footers: page numbers, and what stands at one height on several pages."""
    seen = Counter(key for page in pages for key in {plain_line(line) for line in page.lines})
    return {key for key, pages_with in seen.items() if pages_with > 1 or not key[0]}


def plain_line(line: PrintedLine) -> tuple[str, int]:
    """A line without its numbers, and its height on the page; "" for a page number."""
    number = _PAGE_NUMBER.fullmatch(line.text.strip())
    return ("" if number else re.sub(r"\d+", "#", line.text), round(line.top / 5))


def _append(block: Block, table: Ruled, pieces: list[TablePart], skipped: int) -> None:
    """Put pieces below the rows there are, without the first `skipped` rows of the page."""
    shift = block.rows - skipped
    for piece in pieces:
        piece.top += shift
        piece.bottom += shift
    block.pieces.extend(pieces)
    block.rows += table.rows - skipped


def _go_on(block: Block, table: Ruled) -> None:
    """Join the part of a table that the next page has."""
    if len(table.rules) > len(block.rules):  # rules that only a later page shows
        _fit(block.pieces, block.rules, table.rules)
        block.rules = table.rules
    pieces = list(table.pieces)
    _fit(pieces, table.rules, block.rules)
    skipped = _repeated(block, pieces, table.rows)
    pieces = [piece for piece in pieces if piece.bottom >= skipped]
    first = {piece.left: piece for piece in pieces if piece.top <= skipped}
    last = {piece.left: piece for piece in block.pieces if piece.bottom == block.rows - 1}
    if skipped == table.rows:
        return
    main = _main_column(block.pieces)
    merging = {
        piece.left
        for piece in (*block.pieces, *pieces)
        if piece.bottom > piece.top >= skipped and piece.left != main
    }
    whole = _one_row(block, first, last, table.rows == skipped + 1)
    if whole is None:
        whole = _is_rest(block.rows - 1, main, first, last, skipped)
    taken = []
    for left, piece in first.items():
        above = last.get(left)
        if above is None or above.right != piece.right:
            continue
        if whole or (left in merging and _reaches_on(above, piece)):
            above.lines += piece.lines
            above.full = piece.full
            above.bottom = block.rows - 1 + (piece.bottom - skipped) + (0 if whole else 1)
            taken.append(piece)
    rest = [piece for piece in pieces if not any(piece is each for each in taken)]
    _append(block, table, rest, skipped + 1 if whole else skipped)


def _fit(pieces: list[TablePart], old: Sequence[float], new: Sequence[float]) -> None:
    for piece in pieces:
        left, right = old[piece.left], old[piece.right + 1]
        piece.left, piece.right = _between_rules(new, left, right)


def _repeated(block: Block, pieces: Sequence[TablePart], rows: int) -> int:
    """How many rows at the top of a page repeat the table's first rows."""
    above = _first_rows(block.pieces)
    here = _first_rows(pieces)
    count = 0
    most = min(rows, block.rows, _HEADER_ROWS)
    while count < most and here[count] and here[count] == above[count]:
        count += 1
    return count


def _first_rows(pieces: Iterable[TablePart]) -> list[dict[int, str]]:
    rows: list[dict[int, str]] = [{} for _ in range(_HEADER_ROWS)]
    for piece in pieces:
        if piece.top < _HEADER_ROWS and piece.lines:
            rows[piece.top][piece.left] = piece.text
    return rows


def _main_column(pieces: Iterable[TablePart]) -> int:
    """The column with the most texts of its own: in a table of tasks that of the measures."""
    counts = Counter(piece.left for piece in pieces if piece.lines)
    sizes: Counter[int] = Counter()
    for piece in pieces:
        sizes[piece.left] += sum(len(line.text) for line in piece.lines)
    return max(counts, key=lambda left: (counts[left], sizes[left]), default=0)


def _one_row(
    block: Block, first: Mapping[int, TablePart], last: Mapping[int, TablePart], alone: bool
) -> bool | None:
    """Whether numbers say that the two rows at a page break are one; None where they do not say.

    Args:
        first, last: the cells of the two rows by column.
        alone: whether the page has nothing but the first row; its number may be on the next one.
    """
    column = _numbered(block)
    above, below = (row.get(-1 if column is None else column) for row in (last, first))
    if above is None or below is None or below.bottom > below.top or above.right != below.right:
        return None
    if above.lines and below.lines:
        return False
    return True if above.lines or below.lines or alone else None


def _numbered(block: Block) -> int | None:
    """The leftmost column in which every row below the header is counted, the last one aside."""
    columns: dict[int, list[TablePart]] = {}
    for piece in sorted(block.pieces, key=lambda piece: (piece.left, piece.top)):
        columns.setdefault(piece.left, []).append(piece)
    for left, pieces in columns.items():
        header = (piece for piece in pieces if piece.top < _HEADER_ROWS and not _number(piece))
        named = max((piece.bottom for piece in header if piece.lines), default=-1)
        rows = [piece for piece in pieces if named < piece.top < block.rows - 1]
        numbers = [_number(piece) for piece in rows]
        counted = all(one and two == one + 1 for one, two in pairwise(numbers))
        if len(numbers) > 1 and counted and all(piece.top == piece.bottom for piece in rows):
            return left
    return None


def _number(piece: TablePart) -> int:
    """The number that a cell has and nothing else; 0 for none."""
    return int(piece.text) if piece.text.isdecimal() and len(piece.text) <= _DIGITS else 0


def _is_rest(
    row: int, main: int, first: Mapping[int, TablePart], last: Mapping[int, TablePart], skipped: int
) -> bool:
    """Whether the first row of a page is the rest of the last row of the page before (rule 2).

    Args:
        row: the last row.
        first, last: the cells of the two rows by column.
    """
    written = [left for left, piece in first.items() if piece.lines]
    if any(left not in last or not last[left].full for left in written):
        return False
    if any(left != main and not _reaches_on(last[left], first[left]) for left in written):
        return False
    if main not in written:
        return bool(written)
    if not _ends(last[main], first[main]):
        return True
    # The sentence ended with the page. A new row would have texts of its own beside it, where the
    # last one had, or stand under cells that are merged.
    empty = [left for left, piece in first.items() if left != main and not piece.lines]
    alone = all(first[left].top == first[left].bottom == skipped for left in empty)
    return alone and any(
        left in last and last[left].top == row and last[left].lines for left in empty
    )


def _ends(above: TablePart, below: TablePart) -> bool:
    """Whether a text may be complete at the end of a page."""
    line = above.lines[-1]
    return ends_sentence(line) or not wraps(line, below.lines[0], above.room)


def _reaches_on(above: TablePart, below: TablePart) -> bool:
    """Whether a cell goes on below: nothing is left of its text, or its last line was broken."""
    if not below.lines:
        return True
    if all(line.text.isdigit() for line in (*above.lines, *below.lines)):
        return False  # two numbers, however narrow their column
    if not above.lines or above.text == below.text:  # said again on the new page
        return False
    cut = above.full and above.high and below.high
    return cut and wraps(above.lines[-1], below.lines[0], above.room)
