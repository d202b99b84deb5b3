"""Tables of an official document: ruled, their header repeated, no row broken by a page.

No id, number or date is broken in its cell: where there is no room the type is set smaller.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple

from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from ledger.adapters.tables.writing import wordfile
from ledger.adapters.tables.writing.passage import Passage, add_passage
from ledger.adapters.tables.writing.widths import (
    POINTS_PER_MM,
    Wants,
    fit,
    lines_of,
    room,
    stout_ems,
    wants,
)
from ledger.adapters.tables.writing.wordfile import SIZE_5, SMALL_4, SMALL_5, TYPE_AREA
from ledger.model.config import Fonts

_PADDING = 1.0  # millimetres between a cell's text and its sides
_MANY_COLUMNS = 6  # a table of more is set in size 5 or smaller
_WORDS = 0.75  # of a table's width: the most for words that must stay whole, lest texts are narrow
_SHORT = 12  # characters of a column's cells that are centred rather than set as text
_LINE = 1.5  # of the size of the type, from one line of a cell to the next
_PAGE = wordfile.LINES * wordfile.LINE
_ROW = 0.75 * _PAGE  # a row estimated higher may be broken by a page
_SMALL = 0.25 * _PAGE  # a table estimated higher may be broken by a page
_AFTER = 6.0  # points below a table
_PLAIN = re.compile(r"\S(?:[^\n\t\r]*\S)?")  # a text that is one element in a file
_ONE = r"(?:[A-Z]+[0-9]{4}-[0-9]+|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日)、?"
_LISTED, _LIST = re.compile(_ONE), re.compile(rf"(?:{_ONE}){{2,}}")
_SIDES = {"left": WD_ALIGN_PARAGRAPH.LEFT, "right": WD_ALIGN_PARAGRAPH.RIGHT}
_Pattern = tuple[Hashable, ...] | None


class TableCell(NamedTuple):
    """A cell on its way: its passages, and how its column stands if that is told (left, …)."""

    passages: tuple[Passage, ...]
    side: str = ""

    @property
    def text(self) -> str:
        """Its text without faces."""
        return "".join(each.text for each in self.passages)


def add_official_table(
    document: Document, rows: Sequence[Sequence[TableCell]], fonts: Fonts
) -> None:
    """Write a table at a document's end, the first row as its header."""
    texts = [[cell.text for cell in row] for row in rows]
    columns = list(zip(*texts, strict=True))
    needs = [wants(column[0], column[1:]) for column in columns]
    size = _size(needs)
    widths = fit(needs, size, _PADDING, TYPE_AREA)
    rows = [
        [_by_words(cell, width, size) for cell, width in zip(row, widths, strict=True)]
        for row in rows
    ]
    texts = [[cell.text for cell in row] for row in rows]
    centred = [max(map(len, column)) <= _SHORT for column in columns]
    sides = not _in_one_line(needs, size)
    heights = [_height(each, widths, size) for each in texts]
    kept = _kept(heights)
    _keep_above(document)
    table = wordfile.add_table(document, widths, _PADDING)
    alike: dict[_Pattern, Any] = {}
    for number, row in enumerate(rows):
        whole, head = heights[number] <= _ROW, number == 0
        aligned = [
            _alignment(cell, centred=head or short, sides=sides and not head)
            for cell, short in zip(row, centred, strict=True)
        ]
        pattern = _pattern(row, aligned, whole, head, number in kept)
        if pattern in alike:
            wordfile.add_copy(table, alike[pattern], filter(None, texts[number]))
            continue
        added = wordfile.add_row(table, whole, header=head)
        for place, cell, alignment in zip(added.cells, row, aligned, strict=True):
            _write(place, cell, size, alignment, fonts, head=head)
        if number in kept:
            keep_row(added)
        if pattern:
            alike[pattern] = added._tr
    _space_below(document)


def _kept(heights: Sequence[float]) -> set[int]:
    """The rows that stay on the page of the next one.

    A small table is not broken at all; of another one no row stands alone with the header, nor by
    itself on the last page.
    """
    last = len(heights) - 1
    if sum(heights) <= _SMALL:
        return set(range(last))
    return {row for row in (0, 1, last - 1) if max(heights[row : row + 2]) <= _ROW / 2}


def _keep_above(document: Document) -> None:
    """Keep the line that leads to a table on its page."""
    above = document.element.body.xpath("./*[self::w:p or self::w:tbl][last()]")
    if above and above[0].tag.endswith("}p"):
        Paragraph(above[0], document).paragraph_format.keep_with_next = True


def _by_words(cell: TableCell, width: float, size: float) -> TableCell:
    """A list of ids, or of days, as lines that break between two of them; any other as it is.

    Programs break a line behind an id's hyphen and behind 年 and 月.
    """
    if len(cell.passages) != 1 or not _LIST.fullmatch(cell.text):
        return cell
    inner, line = (width - 2 * _PADDING) * POINTS_PER_MM / size, 0.0
    passage = cell.passages[0]
    lines = [""]
    for word in _LISTED.findall(cell.text):
        line += stout_ems(word)
        if line > inner and lines[-1]:
            lines.append("")
            line = stout_ems(word)
        lines[-1] += word
    broken = [passage._replace(text=lines[0])]
    for text in lines[1:]:
        broken += [Passage("\n"), passage._replace(text=text)]
    return cell._replace(passages=tuple(broken))


def add_foot(table: Table) -> _Cell:
    """A place below a table, without rules, that stays on the page of the table's last row.

    Not all programs keep a paragraph with the table above it, but all keep rows together.
    """
    keep_last_row(table)
    row = wordfile.add_row(table, whole=True, header=False)
    cell: _Cell = row.cells[0].merge(row.cells[-1])
    wordfile.unrule(cell)
    return cell


def rows_and_foot(table: Table) -> tuple[list[list[str]], str]:
    """The texts of a table's rows, cell by cell, and of what `add_foot` has put below them."""
    rows, last = list(table.rows), table.rows[-1]
    foot = rows.pop().cells[0].text if wordfile.is_unruled(last.cells[0]) else ""
    return [[cell.text for cell in row.cells] for row in rows], foot


def keep_last_row(table: Table) -> None:
    """Keep a table's last row on the page of what follows the table."""
    keep_row(table.rows[-1])


def keep_row(row: _Row) -> None:
    """Keep a row on the page of what follows it."""
    for paragraph in row._tr.xpath("./w:tc/w:p"):
        paragraph.get_or_add_pPr().get_or_add_keepNext()


def _space_below(document: Document) -> None:
    """A Word file needs a paragraph between two tables and after the last; it is a narrow one."""
    paragraph = document.add_paragraph()
    wordfile.exact_lines(paragraph, _AFTER)
    wordfile.off_grid(paragraph)


def _write(
    place: _Cell,
    cell: TableCell,
    size: float,
    alignment: WD_ALIGN_PARAGRAPH,
    fonts: Fonts,
    *,
    head: bool,
) -> None:
    place.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = place.paragraphs[0]
    wordfile.exact_lines(paragraph, size * _LINE)
    wordfile.off_grid(paragraph)
    paragraph.alignment = alignment
    for passage in cell.passages:
        run = add_passage(paragraph, passage, fonts)
        run.font.size = Pt(size)
        if head:
            wordfile.set_font(run, fonts.heading, fonts.latin)


def _pattern(
    row: Sequence[TableCell],
    aligned: Sequence[WD_ALIGN_PARAGRAPH],
    *way: bool,
) -> _Pattern:
    """What rows have in common that differ in nothing but their texts; None for a row of its own.

    A thousand rows made cell by cell through the library's objects take four seconds.

    Args:
        way: whether the row is whole, the header, kept on the page of the next one.
    """
    faces: list[Hashable] = list(way)
    for cell, alignment in zip(row, aligned, strict=True):
        passages = cell.passages
        if len(passages) > 1 or not all(_PLAIN.fullmatch(each.text) for each in passages):
            return None
        faces.append((alignment, *(each._replace(text="") for each in passages)))
    return tuple(faces)


def _alignment(cell: TableCell, *, centred: bool, sides: bool) -> WD_ALIGN_PARAGRAPH:
    if cell.side and not sides:
        return WD_ALIGN_PARAGRAPH.CENTER
    if cell.side:
        return _SIDES.get(cell.side, WD_ALIGN_PARAGRAPH.CENTER)
    return WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT


def _size(needs: Sequence[Wants]) -> float:
    """The type size of a table: a smaller one where it helps words or cells to stay whole."""
    if len(needs) <= _MANY_COLUMNS and _in_one_line(needs, SMALL_4):
        return SMALL_4
    few = room(needs, SIZE_5, _PADDING) <= _WORDS * TYPE_AREA
    return SIZE_5 if few or _in_one_line(needs, SIZE_5) else SMALL_5


def _in_one_line(needs: Sequence[Wants], size: float) -> bool:
    whole = [Wants(each.full, each.full) for each in needs]
    return room(whole, size, _PADDING) <= TYPE_AREA


def _height(texts: Sequence[str], widths: Sequence[float], size: float) -> float:
    """About how high a row is, in points."""
    cells = zip(texts, widths, strict=True)
    return size * _LINE * max(lines_of(text, width, size, _PADDING) for text, width in cells)
