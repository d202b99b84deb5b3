"""The 台账 as a Word table: A4 on its side, title, a header repeated on every page.

Rows are written as XML (ECMA-376 part 1, 17.4): through python-docx's objects a thousand of them
take half a minute.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import islice

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
    SheetColumn,
    groups,
    merges,
    shown,
)
from ledger.adapters.tables.writing.wordfile import SIZE_2, SMALL_5
from ledger.model.config import Fonts
from ledger.model.plaintext import legal
from ledger.model.record import dataclass
from ledger.model.telling import Tell, silent

_WIDTH = wordfile.PAGE_HEIGHT - 2 * wordfile.ASIDE  # on its side
_NARROWEST = 13.0  # millimetres of a column of text
_PER_CHARACTER = 1.7  # millimetres that a column needs which must not wrap
_SHORT = 200  # characters of a cell that surely fits on a page
_LINE = 13.0  # points from one line of a cell to the next
_HEAD, _CENTRED, _LEFT = "LedgerHead", "LedgerCentred", "LedgerText"


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell: its text and style, over how many columns, its part in a merge, its fill."""

    text: str
    style: str
    span: int = 1
    merge: str = ""
    fill: str = ""


def docx_file(sheet: Sheet, fonts: Fonts, tell: Tell = silent) -> bytes:
    """A Word file of one table; `tell` is told how many rows are written, of how many."""
    document = wordfile.new_document(fonts, landscape=True)
    _add_styles(document, fonts)
    _title(document, sheet.title, fonts)
    table = wordfile.add_table(document, _widths(sheet.columns))
    for head in _header(sheet):
        _append(table, head, header=True)
    for number, row in enumerate(_body(sheet), start=1):
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


def _body(sheet: Sheet) -> Iterator[list[_Cell]]:
    covered = {
        (row, index): "restart" if row == first else "continue"
        for index, first, last in merges(sheet)
        for row in range(first, last + 1)
    }
    for number, values in enumerate(sheet.rows):
        row = []
        for index, (value, column) in enumerate(zip(values, sheet.columns, strict=True)):
            merge = covered.get((number, index), "")
            text = "" if merge == "continue" else shown(value)
            fill = LIGHT_FILLS[value.state] if isinstance(value, Light) else ""
            style = _LEFT if column.kind == "text" else _CENTRED
            row.append(_Cell(text, style, merge=merge, fill=fill))
        yield row


def _append(table: Table, cells: Sequence[_Cell], *, header: bool = False) -> None:
    """Add a row, repeated on every page when it is a header; a short one is not broken by a page.

    A long or merged row must be: what fits on no page would not be shown at all.
    """
    repeated = "<w:tblHeader/>" if header else ""
    short = all(len(cell.text) <= _SHORT and not cell.merge for cell in cells)
    whole = "<w:cantSplit/>" if header or short else ""
    twips = (round(column.width.pt * 20) if column.width else 0 for column in table.columns)
    inner = "".join(_cell_xml(cell, sum(islice(twips, cell.span))) for cell in cells)
    table._tbl.append(
        parse_xml(f"<w:tr {nsdecls('w')}><w:trPr>{whole}{repeated}</w:trPr>{inner}</w:tr>")
    )


def _cell_xml(cell: _Cell, twips: int) -> str:
    width = f'<w:tcW w:w="{twips}" w:type="dxa"/>'
    span = f'<w:gridSpan w:val="{cell.span}"/>' if cell.span > 1 else ""
    merge = f'<w:vMerge w:val="{cell.merge}"/>' if cell.merge else ""
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{cell.fill}"/>' if cell.fill else ""
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in legal(cell.text).split("\n")
    )
    return (
        f'<w:tc><w:tcPr>{width}{span}{merge}{fill}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{cell.style}"/></w:pPr><w:r>{lines}</w:r></w:p></w:tc>'
    )


def _widths(columns: Sequence[SheetColumn]) -> list[float]:
    """Millimetres of each column: what must not wrap gets what it needs, text shares the rest."""
    fixed = {
        index: column.width * _PER_CHARACTER
        for index, column in enumerate(columns)
        if column.kind != "text"
    }
    texts = [column.width for column in columns if column.kind == "text"]
    shared = iter(wordfile.fitted_widths(texts, _WIDTH - sum(fixed.values()), _NARROWEST))
    return [fixed[index] if index in fixed else next(shared) for index in range(len(columns))]
