"""The 台账 as a Word table: A4 or A3 on its side, title, a header repeated on every page.

No row is broken by a page, and rows of one merged cell stay together; where they are too many for
that, the merged cell is made anew in each part, so that every page says what its rows belong to.

Rows are written as XML (ECMA-376 part 1, 17.4): through python-docx's objects a thousand of them
take half a minute.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import islice, pairwise

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt
from docx.table import Table

from ledger.adapters.tables.writing import wordfile
from ledger.adapters.tables.writing.sheet import (
    LIGHT_FILLS,
    Light,
    Sheet,
    groups,
    merges,
    printed,
)
from ledger.adapters.tables.writing.widths import POINTS_PER_MM, fit, lines_of, room, wants
from ledger.adapters.tables.writing.wordfile import SIZE_2, SMALL_5
from ledger.model.config import Fonts
from ledger.model.plaintext import legal
from ledger.model.record import dataclass
from ledger.model.telling import Tell, silent

_PADDING = 0.9  # millimetres between a cell's text and its sides
_LINE = 13.0  # points from one line of a cell to the next
_HEADER = 4 * _LINE  # points that it takes of each page
_ROW = 0.75  # of a page: a row estimated higher may be broken: what fits on no page would not show
_TOGETHER = 160.0  # points of rows of one merged cell: more would leave much of a page empty
_CROWDED = 0.75  # of a page's width: where words take more, texts are narrow, and A3 is needed
_HEAD, _CENTRED, _LEFT = "LedgerHead", "LedgerCentred", "LedgerText"


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell: its text and style, over how many columns, its part in a merge, its fill."""

    text: str
    style: str
    span: int = 1
    merge: str = ""
    fill: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row: its cells, whether no page may break it, whether the next one must stay with it."""

    cells: Sequence[_Cell]
    whole: bool = True
    kept: bool = True


def docx_file(sheet: Sheet, fonts: Fonts, tell: Tell = silent) -> bytes:
    """A Word file of one table; `tell` is told how many rows are written, of how many."""
    texts = [[printed(value) for value in values] for values in sheet.rows]
    paper, widths = _widths(sheet, texts)
    document = wordfile.new_document(fonts, paper)
    _add_styles(document, fonts)
    _title(document, sheet.title, fonts)
    table = wordfile.add_table(document, widths, _PADDING)
    for head in _header(sheet):
        _append(table, _Row(head), header=True)
    page = paper.inner_height - _HEADER
    for number, row in enumerate(_body(sheet, texts, widths, page), start=1):
        _append(table, row)
        tell(number, len(sheet.rows))
    return wordfile.saved(document)


def _add_styles(document: Document, fonts: Fonts) -> None:
    for name, font, alignment in (
        (_HEAD, fonts.heading, WD_ALIGN_PARAGRAPH.CENTER),
        (_CENTRED, fonts.body, WD_ALIGN_PARAGRAPH.CENTER),
        (_LEFT, fonts.body, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        wordfile.set_font(style, font, fonts.latin, SMALL_5)
        wordfile.exact_lines(style, _LINE)
        style.paragraph_format.alignment = alignment


def _title(document: Document, title: str, fonts: Fonts) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(legal(title))
    wordfile.set_font(run, fonts.title, fonts.latin, SIZE_2)
    wordfile.exact_lines(paragraph, SIZE_2 * 1.6)
    paragraph.paragraph_format.space_after = Pt(SIZE_2 / 2)
    paragraph.paragraph_format.keep_with_next = True


def _header(sheet: Sheet) -> Iterator[list[_Cell]]:
    """One row, or two where a group spans several columns."""
    if not sheet.grouped:
        yield [_Cell(column.title, _HEAD) for column in sheet.columns]
        return
    yield [
        _Cell(text, _HEAD, last - first + 1, "" if sheet.columns[first].group else "restart")
        for first, last, text in groups(sheet.columns)
    ]
    yield [
        _Cell(column.title, _HEAD) if column.group else _Cell("", _HEAD, merge="continue")
        for column in sheet.columns
    ]


def _body(
    sheet: Sheet, texts: Sequence[Sequence[str]], widths: Sequence[float], page: float
) -> Iterator[_Row]:
    """The rows; `page` is the points that a page has for them."""
    heights = [_height(sheet, row, widths) for row in texts]
    starts, most = _starts(sheet, heights), _ROW * page
    # LibreOffice does not print what is left of a merged cell that fits on no page.
    merged = {
        (row, index): "restart" if row == first else "continue"
        for index, first, last in _parts(sheet, starts)
        if _depth(texts[first][index], widths[index]) <= most
        for row in range(first, last + 1)
    }
    unbroken = _unbroken(sheet, texts, widths, heights, starts, most)
    for number, values in enumerate(sheet.rows):
        cells = []
        for index, (value, column) in enumerate(zip(values, sheet.columns, strict=True)):
            merge = merged.get((number, index), "")
            text = "" if merge == "continue" else texts[number][index]
            fill = LIGHT_FILLS[value.state] if isinstance(value, Light) else ""
            style = _LEFT if column.kind == "text" else _CENTRED
            cells.append(_Cell(text, style, merge=merge, fill=fill))
        whole = unbroken[number]
        follows = number + 1 < len(texts) and number + 1 not in starts
        yield _Row(cells, whole, kept=whole and follows)


def _height(sheet: Sheet, texts: Sequence[str], widths: Sequence[float]) -> float:
    """About how high a row is, in points; its merged cells reach over several."""
    cells = zip(texts, sheet.columns, widths, strict=True)
    own = (_depth(text, width) for text, column, width in cells if not column.merged)
    return max(own, default=_LINE)


def _depth(text: str, width: float) -> float:
    """About how high a text is in a cell, in points."""
    return _LINE * lines_of(text, width, SMALL_5, _PADDING)


def _starts(sheet: Sheet, heights: Sequence[float]) -> set[int]:
    """The rows at which a page may begin: not in the middle of a merged cell, if it is not high."""
    within = {row for _, first, last in merges(sheet) for row in range(first + 1, last + 1)}
    starts, filled = set(), 0.0
    for row, height in enumerate(heights):
        if row not in within or filled + height > _TOGETHER:
            starts.add(row)
            filled = 0.0
        filled += height
    return starts


def _parts(sheet: Sheet, starts: set[int]) -> Iterator[tuple[int, int, int]]:
    """Column, first and last row of merged cells, each cut where a page may begin."""
    for index, first, last in merges(sheet):
        cuts = [first, *(row for row in range(first + 1, last + 1) if row in starts), last + 1]
        yield from ((index, one, after - 1) for one, after in pairwise(cuts))


def _unbroken(
    sheet: Sheet,
    texts: Sequence[Sequence[str]],
    widths: Sequence[float],
    heights: Sequence[float],
    starts: set[int],
    most: float,
) -> list[bool]:
    """Of each row whether no page may break it: it, and what is merged over it, surely fit."""
    unbroken = [height <= most for height in heights]
    merged = [index for index, column in enumerate(sheet.columns) if column.merged]
    for first, after in pairwise([*sorted(starts), len(texts)]):
        deep = max(
            (
                _depth(texts[row][index], widths[index])
                for row in range(first, after)
                for index in merged
            ),
            default=0,
        )
        if deep > most:
            unbroken[first:after] = [False] * (after - first)
    return unbroken


def _append(table: Table, row: _Row, *, header: bool = False) -> None:
    """Add a row, repeated on every page when it is a header."""
    repeated = "<w:tblHeader/>" if header else ""
    whole = "<w:cantSplit/>" if row.whole else ""
    twips = (round(column.width.pt * 20) if column.width else 0 for column in table.columns)
    inner = "".join(_cell_xml(cell, sum(islice(twips, cell.span)), row.kept) for cell in row.cells)
    table._tbl.append(
        parse_xml(f"<w:tr {nsdecls('w')}><w:trPr>{whole}{repeated}</w:trPr>{inner}</w:tr>")
    )


def _cell_xml(cell: _Cell, twips: int, kept: bool) -> str:
    width = f'<w:tcW w:w="{twips}" w:type="dxa"/>'
    span = f'<w:gridSpan w:val="{cell.span}"/>' if cell.span > 1 else ""
    merge = f'<w:vMerge w:val="{cell.merge}"/>' if cell.merge else ""
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{cell.fill}"/>' if cell.fill else ""
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in legal(cell.text).split("\n")
    )
    keep = "<w:keepNext/>" if kept else ""
    return (
        f'<w:tc><w:tcPr>{width}{span}{merge}{fill}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{cell.style}"/>{keep}</w:pPr><w:r>{lines}</w:r></w:p></w:tc>'
    )


def _widths(sheet: Sheet, texts: Sequence[Sequence[str]]) -> tuple[wordfile.Paper, list[float]]:
    """The paper, A3 where A4 is crowded, and the millimetres of each column."""
    cells = list(zip(*texts, strict=True)) or [()] * len(sheet.columns)
    needs = [
        wants(column.title, column_texts)
        for column, column_texts in zip(sheet.columns, cells, strict=True)
    ]
    small, paper = wordfile.A4_ASIDE.inner_width, wordfile.A4_ASIDE
    full = sum(each.full for each in needs) * SMALL_5 / POINTS_PER_MM
    if room(needs, SMALL_5, _PADDING) > _CROWDED * small and full > small:
        paper = wordfile.A3_ASIDE
    return paper, fit(needs, SMALL_5, _PADDING, paper.inner_width)
