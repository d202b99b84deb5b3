"""Markdown as an official document: a Word file in the manner of GB/T 9704-2012.

The first heading of the first level becomes the title (小标宋, size 2, centred); the second level
is 一级标题 (黑体), the third 二级标题 (楷体), those below are 三级标题 (仿宋, bold). Text is 仿宋,
size 3, its first line indented by two characters. Tables are ruled, in size 小四 or smaller, their
header repeated.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from io import BytesIO
from typing import Any, NamedTuple

import docx
from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ledger.adapters.tables.writing import wordfile
from ledger.adapters.tables.writing.wordfile import SIZE_2, SIZE_3, SIZE_5, SMALL_4
from ledger.model.config import Fonts
from ledger.model.plaintext import legal

_TITLE_LINE = 36.0  # points from one line of a title of size 2 to the next
_TYPE_AREA = wordfile.PAGE_WIDTH - wordfile.LEFT - wordfile.RIGHT
_PADDING = 1.0  # millimetres between a cell's text and its sides
_NARROWEST = 2.0  # Chinese characters of a table's column
_MANY_COLUMNS = 6  # a table of more is set in size 5
_SHORT = 12  # characters of a column's cells that are centred rather than set as text
_FITS = 200  # characters of a cell that surely stands on one page
_DEEPEST = 40  # quotes and lists within one another
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# A line in brackets, or one that is no sentence: a number, a period, a day.
_SUBTITLE = re.compile(r"[（(〔][^（(〔]{1,60}[）)〕]|[^，。；：、？！,:;?!\n]{1,40}")
_UNBROKEN = re.compile(r"[!-~]{30}")  # a digest or an address, which cannot be spaced out
_ALIGN = re.compile(r"text-align:\s*(left|center|right)")
_PLAIN = re.compile(r"\S(?:[^\n\t\r]*\S)?")  # a text that is one element in a file
_Pattern = tuple[Hashable, ...] | None


class Passage(NamedTuple):
    """A stretch of text in one face; `text` "\\n" is a line break."""

    text: str
    bold: bool = False
    emphasis: bool = False


def official_docx(markdown: str, fonts: Fonts | None = None) -> bytes:
    """A Word file of a Markdown text.

    Args:
        markdown: headings, paragraphs, lists, quotes, tables, emphasis (CommonMark with tables);
            `<br>` breaks a line, any other HTML is text like any other.
        fonts: their names; those of the standard when not given.
    """
    document = wordfile.new_document(fonts or Fonts())
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table")
    _Writer(document, fonts or Fonts()).write(parser.parse(markdown))
    return wordfile.saved(document)


def text_lines(content: bytes) -> list[str]:
    """A Word document's text, a line a paragraph and a line a cell, in their order.

    Raises:
        KeyError, ValueError: it is no whole document.
    """
    lines: list[str] = []
    for part in docx.Document(BytesIO(content)).iter_inner_content():
        if isinstance(part, Table):
            lines.extend(cell.text for row in part.rows for cell in row.cells)
        else:
            lines.append(part.text)
    return lines


class _Writer:
    """Goes through the tokens once and writes each block as it ends."""

    def __init__(self, document: Document, fonts: Fonts) -> None:
        self.document = document
        self.fonts = fonts
        self.quoted = False
        self.counters: list[int | None] = []  # of the open lists; None for one without numbers
        self.mark = ""
        self.titled = self.below_title = False
        _set_headings(document, fonts)

    def write(self, tokens: Sequence[Token]) -> None:
        """Write all blocks."""
        waiting = iter(tokens)
        for token in waiting:
            if token.type == "heading_open":
                self._heading(int(token.tag[1:]), next(waiting))
            elif token.type == "inline":
                self._paragraph(token)
            elif token.type in ("fence", "code_block"):
                self._literal(token.content)
            elif token.type == "html_block":
                self._literal(_COMMENT.sub("", token.content))
            elif token.type == "table_open":
                self._table(list(_table_rows(waiting)))
            else:
                self._enter_or_leave(token)

    def _enter_or_leave(self, token: Token) -> None:
        if token.type in ("ordered_list_open", "bullet_list_open"):
            start = int(token.attrGet("start") or 1) if token.type.startswith("ordered") else None
            self.counters.append(start)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            self.counters.pop()
        elif token.type == "list_item_open":
            number = self.counters[-1]
            self.mark = "· " if number is None else f"{number}."
            self.counters[-1] = None if number is None else number + 1
        elif token.type in ("blockquote_open", "blockquote_close"):
            self.quoted = token.nesting > 0

    def _heading(self, level: int, inline: Token) -> None:
        style = (
            "Title" if level == 1 and not self.titled else f"Heading {min(max(level - 1, 1), 3)}"
        )
        self.titled = self.titled or level == 1
        self.below_title = style == "Title"
        paragraph = self.document.add_paragraph(style=style)
        if style != "Title":
            wordfile.indent_first(paragraph, 2)
        for piece in _pieces(inline):
            _add_piece(paragraph, piece._replace(bold=False, emphasis=False), self.fonts)

    def _paragraph(self, inline: Token) -> None:
        paragraph = self.document.add_paragraph()
        below_title, self.below_title = self.below_title, False
        if below_title and _SUBTITLE.fullmatch(inline.content):
            self._subtitle(paragraph, inline)
            return
        wordfile.indent_first(paragraph, 2, left=max(0, len(self.counters) - 1) * 2)
        if _UNBROKEN.search(inline.content):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
        if self.mark:
            paragraph.add_run(self.mark)
            self.mark = ""
        for piece in _pieces(inline):
            emphasis = piece.emphasis or self.quoted
            _add_piece(paragraph, piece._replace(emphasis=emphasis), self.fonts)

    def _subtitle(self, paragraph: Paragraph, inline: Token) -> None:
        """A line below the title, such as a number or a day, belongs to it."""
        self.document.paragraphs[-2].paragraph_format.space_after = Pt(0)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(wordfile.LINE)
        for piece in _pieces(inline):
            _add_piece(paragraph, piece._replace(emphasis=True), self.fonts)

    def _literal(self, text: str) -> None:
        for line in legal(text).strip().splitlines():
            paragraph = self.document.add_paragraph(line)
            wordfile.indent_first(paragraph, 2)

    def _table(self, rows: Sequence[Sequence[Token | None]]) -> None:
        texts = [["".join(p.text for p in _pieces(cell)) for cell in row] for row in rows]
        columns = list(zip(*texts, strict=True))
        size = _table_size(columns)
        needed = [_needed(column, size) for column in columns]
        widths = wordfile.shared_widths(needed, _TYPE_AREA)
        centred = [max(map(len, column)) <= _SHORT for column in columns]
        table = wordfile.add_table(self.document, widths, _PADDING)
        alike: dict[_Pattern, Any] = {}
        for number, row in enumerate(rows):
            whole, head = max(map(len, texts[number])) <= _FITS, number == 0
            aligned = [
                _alignment(token, centred=head or short)
                for token, short in zip(row, centred, strict=True)
            ]
            pattern = _pattern(row, aligned, whole, head)
            if pattern in alike:
                wordfile.add_copy(table, alike[pattern], filter(None, texts[number]))
                continue
            added = wordfile.add_row(table, whole, header=head)
            for cell, token, alignment in zip(added.cells, row, aligned, strict=True):
                self._cell(cell, token, size, alignment, head=head)
            if pattern:
                alike[pattern] = added._tr
        self.document.add_paragraph()

    def _cell(
        self,
        cell: _Cell,
        token: Token | None,
        size: float,
        alignment: WD_ALIGN_PARAGRAPH,
        *,
        head: bool,
    ) -> None:
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = cell.paragraphs[0]
        wordfile.exact_lines(paragraph, size * 1.5)
        wordfile.off_grid(paragraph)
        paragraph.paragraph_format.keep_with_next = head or None  # no header without a row
        paragraph.alignment = alignment
        for piece in _pieces(token):
            run = _add_piece(paragraph, piece, self.fonts)
            run.font.size = Pt(size)
            if head:
                wordfile.set_font(run, self.fonts.heading, self.fonts.latin)


def _pattern(
    row: Sequence[Token | None], aligned: Sequence[WD_ALIGN_PARAGRAPH], whole: bool, head: bool
) -> _Pattern:
    """What rows have in common that differ in nothing but their texts; None for a row of its own.

    A thousand rows made cell by cell through the library's objects take four seconds.
    """
    faces: list[Hashable] = [whole, head]
    for token, alignment in zip(row, aligned, strict=True):
        pieces = list(_pieces(token))
        if len(pieces) > 1 or not all(_PLAIN.fullmatch(piece.text) for piece in pieces):
            return None
        faces.append((alignment, *(piece._replace(text="") for piece in pieces)))
    return tuple(faces)


def _set_headings(document: Document, fonts: Fonts) -> None:
    """The styles of the title and of three levels of headings, without the template's colours."""
    for name, font, size, bold in (
        ("Title", fonts.title, SIZE_2, False),
        ("Heading 1", fonts.heading, SIZE_3, False),
        ("Heading 2", fonts.subheading, SIZE_3, False),
        ("Heading 3", fonts.body, SIZE_3, True),
    ):
        style = document.styles[name]
        wordfile.set_font(style, font, fonts.latin, size)
        style.element.rPr.remove_all("w:spacing")
        style.element.pPr.remove_all("w:pBdr")
        style.font.bold, style.font.italic = bold, False
        style.font.color.rgb = RGBColor(0, 0, 0)
        wordfile.exact_lines(style, _TITLE_LINE if name == "Title" else wordfile.LINE)
    title = document.styles["Title"]
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_after = Pt(wordfile.LINE)


def _table_rows(waiting: Iterator[Token]) -> Iterator[list[Token | None]]:
    """The cells of each row up to the table's end; None for an empty one."""
    row: list[Token | None] = []
    opened: Token | None = None
    for token in waiting:
        if token.type == "table_close":
            return
        if token.type == "tr_open":
            row = []
        elif token.type in ("th_open", "td_open"):
            opened = token
        elif token.type == "inline" and opened is not None:
            token.attrs = dict(opened.attrs)
            row.append(token)
        elif token.type == "tr_close":
            yield row


def _pieces(inline: Token | None) -> Iterator[Passage]:
    """The texts of an inline token with their faces, line breaks apart."""
    bold = emphasis = 0
    for child in (inline.children or []) if inline else []:
        if child.type in ("strong_open", "strong_close"):
            bold += child.nesting
        elif child.type in ("em_open", "em_close"):
            emphasis += child.nesting
        elif child.type == "hardbreak" or (
            child.type == "html_inline" and _BREAK.fullmatch(child.content)
        ):
            yield Passage("\n")
        elif child.type == "softbreak":
            yield Passage(" ", bold > 0, emphasis > 0)
        elif child.content:
            yield Passage(legal(child.content), bold > 0, emphasis > 0)


def _add_piece(paragraph: Paragraph, piece: Passage, fonts: Fonts) -> Run:
    run = paragraph.add_run()
    if piece.text == "\n":
        run.add_break()
        return run
    run.text = piece.text
    if piece.bold:
        run.font.bold = True
    if piece.emphasis:  # Chinese has no italics: 楷体 sets a text apart
        wordfile.set_font(run, fonts.subheading, fonts.latin)
    return run


def _alignment(token: Token | None, *, centred: bool) -> WD_ALIGN_PARAGRAPH:
    told = _ALIGN.search(str(token.attrGet("style") or "")) if token else None
    if told:
        return {"left": WD_ALIGN_PARAGRAPH.LEFT, "right": WD_ALIGN_PARAGRAPH.RIGHT}.get(
            told[1], WD_ALIGN_PARAGRAPH.CENTER
        )
    return WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT


def _table_size(columns: Sequence[Sequence[str]]) -> float:
    """The type size of a table: the smaller one where it helps its cells to stay in one line."""
    room = sum(_needed(column, SMALL_4) for column in columns) <= _TYPE_AREA
    return SMALL_4 if room and len(columns) <= _MANY_COLUMNS else SIZE_5


def _needed(column: Sequence[str], size: float) -> float:
    """How wide a column is whose cells are set in one line each, in millimetres."""
    lines = (line for text in column for line in text.split("\n"))
    widest = max(_NARROWEST, *map(wordfile.ems, lines)) + 0.5  # what rounding takes
    return widest * size / wordfile.POINTS_PER_MM + 2 * _PADDING
