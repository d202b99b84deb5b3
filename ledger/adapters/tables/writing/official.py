"""Markdown as an official document: a Word file in the manner of GB/T 9704-2012.

The first heading of the first level becomes the title (小标宋, size 2, centred); the second level
is 一级标题 (黑体), the third 二级标题 (楷体), those below are 三级标题 (仿宋, bold). Text is 仿宋,
size 3, its first line indented by two characters. Tables are ruled, in size 小四 or smaller, their
header repeated, no row broken by a page.

Of a letter, a first paragraph that ends in a colon is whom it goes to (主送机关); a paragraph that
is only a day is when it was made (成文日期), with whose it is (署名) before it: both stand right
(7.3.3 and 7.3.5 of the standard). What follows a rule is set small, below a line and on the page
of what stands before it: how a bulletin can be verified, a slip to be returned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from ledger.adapters.tables.writing import wordfile
from ledger.adapters.tables.writing.markup import ALIGN, BREAK, COMMENT, Token, tokens
from ledger.adapters.tables.writing.official_table import (
    TableCell,
    add_foot,
    add_official_table,
    keep_last_row,
    rows_and_foot,
)
from ledger.adapters.tables.writing.passage import Passage, add_passage
from ledger.adapters.tables.writing.widths import POINTS_PER_MM, ems
from ledger.adapters.tables.writing.wordfile import SIZE_2, SIZE_3, SIZE_6, SIZE_7, SMALL_5, SMALL_6
from ledger.model.config import Fonts
from ledger.model.plaintext import legal

_TITLE_LINE = 36.0  # points from one line of a title of size 2 to the next
_FOOT_LINE = 14.0  # points from one line below a rule to the next
_FOOT = (SMALL_5, SIZE_6, SMALL_6, SIZE_7)  # sizes of its type: the largest in which it fits
_DATE_FROM_RIGHT = 4.0  # characters between the day a letter was made and the right margin
# A line in brackets, or one that is no sentence: a number, a period, a day.
_SUBTITLE = re.compile(r"[（(〔][^（(〔]{1,60}[）)〕]|[^，。；：、？！,:;?!\n]{1,40}")
_UNBROKEN = re.compile(r"[!-~]{30}")  # a digest or an address, which cannot be spaced out
_ADDRESS = re.compile(r"[^。！？\n]{1,200}：")
_DATE = re.compile(r"[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日")
_SIGNED = re.compile(r"[^。；！？：\n]{2,40}")


def official_docx(markdown: str, fonts: Fonts | None = None) -> bytes:
    """A Word file of a Markdown text.

    Args:
        markdown: headings, paragraphs, lists, quotes, tables, emphasis (CommonMark with tables);
            `<br>` breaks a line, any other HTML is text like any other.
        fonts: their names; those of the standard when not given.
    """
    document = wordfile.new_document(fonts or Fonts())
    _Writer(document, fonts or Fonts()).write(tokens(markdown))
    return wordfile.saved(document)


def text_lines(content: bytes) -> list[str]:
    """A Word document's text, a line a paragraph and a line a cell, in their order.

    Raises:
        KeyError, ValueError: it is no whole document.
    """
    lines: list[str] = []
    for part in docx.Document(BytesIO(content)).iter_inner_content():
        if isinstance(part, Table):
            rows, foot = rows_and_foot(part)
            lines += [text for row in rows for text in row] + foot.splitlines()
        elif part.text:
            lines.append(part.text)
    return lines


def printed_texts(content: bytes) -> list[str]:
    """A Word document's text as its pages have it: between tables as one, and column by column."""
    texts = [""]
    for part in docx.Document(BytesIO(content)).iter_inner_content():
        if isinstance(part, Table):
            rows, foot = rows_and_foot(part)
            texts += [*map("".join, zip(*rows, strict=True)), foot]
        else:
            texts[-1] += part.text
    return texts


class _Writer:
    """Goes through the tokens once and writes each block as it ends."""

    def __init__(self, document: Document, fonts: Fonts) -> None:
        self.document = document
        self.fonts = fonts
        self.quoted = False
        self.counters: list[int | None] = []  # of the open lists; None for one without numbers
        self.mark = ""
        self.foot: _Cell | None = None
        self.titled = self.below_title = self.addressed = self.below_rule = self.at_rule = False
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
                self._literal(COMMENT.sub("", token.content))
            elif token.type == "table_open":
                if self.below_rule:
                    self._keep_above()
                add_official_table(self.document, list(_table_rows(waiting)), self.fonts)
            elif token.type == "hr":
                self.below_rule = self.at_rule = True
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
        self.below_rule = self.at_rule = False
        self.below_title = style == "Title"
        self.addressed = style != "Title"
        paragraph = self.document.add_paragraph(style=style)
        if style != "Title":
            wordfile.indent_first(paragraph, 2)
        for piece in _pieces(inline):
            add_passage(paragraph, piece._replace(bold=False, emphasis=False), self.fonts)

    def _paragraph(self, inline: Token) -> None:
        below_title, self.below_title = self.below_title, False
        if self.below_rule:
            self._foot(inline)
            return
        dated = self.titled and not below_title and _DATE.fullmatch(inline.content)
        before = self.document.paragraphs[-1] if dated else None
        paragraph = self.document.add_paragraph()
        if below_title and _SUBTITLE.fullmatch(inline.content):
            self._subtitle(paragraph, inline)
            return
        address = not self.addressed and _ADDRESS.fullmatch(inline.content)
        self.addressed = True
        wordfile.indent_first(
            paragraph, 0 if address else 2, left=max(0, len(self.counters) - 1) * 2
        )
        if _UNBROKEN.search(inline.content):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
        if self.mark:
            paragraph.add_run(self.mark)
            self.mark = ""
        for piece in _pieces(inline):
            emphasis = piece.emphasis or self.quoted
            add_passage(paragraph, piece._replace(emphasis=emphasis), self.fonts)
        if before is not None:
            self._sign(before, paragraph)

    def _subtitle(self, paragraph: Paragraph, inline: Token) -> None:
        """A line below the title, such as a number or a day, belongs to it."""
        self.document.paragraphs[-2].paragraph_format.space_after = Pt(0)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(wordfile.LINE)
        for piece in _pieces(inline):
            add_passage(paragraph, piece._replace(emphasis=True), self.fonts)

    def _sign(self, before: Paragraph, day: Paragraph) -> None:
        """Set the day right, and whose document it is above its middle."""
        signed = _SIGNED.fullmatch(before.text) and before.style == self.document.styles["Normal"]
        wide = ems(before.text) if signed else 0.0
        more = (wide - ems(day.text)) / 2
        wordfile.indent_right(day, _DATE_FROM_RIGHT + max(0.0, more))
        if signed:
            wordfile.indent_right(before, _DATE_FROM_RIGHT + max(0.0, -more))
            before.paragraph_format.space_before = Pt(wordfile.LINE)
            before.paragraph_format.keep_with_next = True
            _keep(before._p.getprevious(), self.document)

    def _foot(self, inline: Token) -> None:
        """A line below a rule: small, and never on a page of its own."""
        paragraph = self._foot_line()
        wordfile.exact_lines(paragraph, _FOOT_LINE)
        wordfile.off_grid(paragraph)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
        if self.at_rule:
            paragraph.paragraph_format.space_before = Pt(_FOOT_LINE / 2)
            wordfile.rule_above(paragraph)
            self.at_rule = False
        pieces = list(_pieces(inline))
        wide = ems("".join(piece.text for piece in pieces)) / POINTS_PER_MM
        size = next((each for each in _FOOT if wide * each <= wordfile.TYPE_AREA), _FOOT[-1])
        for piece in pieces:
            add_passage(paragraph, piece, self.fonts).font.size = Pt(size)

    def _foot_line(self) -> Paragraph:
        """An empty line: in a place below the table that ends at the rule, or a paragraph."""
        if self.at_rule:
            table = self.document.element.body.xpath("./w:tbl[not(following-sibling::w:p[w:r])]")
            self.foot = add_foot(Table(table[-1], self.document)) if table else None
        line: Paragraph
        if self.foot is None:
            self._keep_above()
            line = self.document.add_paragraph()
        else:
            line = self.foot.paragraphs[0] if self.at_rule else self.foot.add_paragraph()
        return line

    def _keep_above(self) -> None:
        above = self.document.element.body.xpath("./*[self::w:p or self::w:tbl][last()]")
        _keep(next(iter(above), None), self.document)

    def _literal(self, text: str) -> None:
        for line in legal(text).strip().splitlines():
            paragraph = self.document.add_paragraph(line)
            wordfile.indent_first(paragraph, 2)


def _keep(element: Any, document: Document) -> None:
    """Keep a paragraph, or the last row of a table, on the page of what follows it."""
    if element is None:
        return
    if element.tag.endswith("}tbl"):
        keep_last_row(Table(element, document))
        return
    Paragraph(element, document).paragraph_format.keep_with_next = True
    above = element.getprevious()
    if above is not None and above.tag.endswith("}tbl"):  # the narrow one below a table
        keep_last_row(Table(above, document))


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


def _table_rows(waiting: Iterator[Token]) -> Iterator[list[TableCell]]:
    """The cells of each row up to the table's end."""
    row: list[TableCell] = []
    side = ""
    for token in waiting:
        if token.type == "table_close":
            return
        if token.type == "tr_open":
            row = []
        elif token.type in ("th_open", "td_open"):
            told = ALIGN.search(str(token.attrGet("style") or ""))
            side = told[1] if told else ""
        elif token.type == "inline":
            row.append(TableCell(tuple(_pieces(token)), side))
        elif token.type == "tr_close":
            yield row


def _pieces(inline: Token) -> Iterator[Passage]:
    """The texts of an inline token with their faces, line breaks apart."""
    bold = emphasis = 0
    for child in inline.children or []:
        if child.type in ("strong_open", "strong_close"):
            bold += child.nesting
        elif child.type in ("em_open", "em_close"):
            emphasis += child.nesting
        elif child.type == "hardbreak" or (
            child.type == "html_inline" and BREAK.fullmatch(child.content)
        ):
            yield Passage("\n")
        elif child.type == "softbreak":
            yield Passage(" ", bold > 0, emphasis > 0)
        elif child.content:
            yield Passage(legal(child.content), bold > 0, emphasis > 0)
