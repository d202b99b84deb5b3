"""What every Word file of ours shares: page, grid, fonts by name, tables, page numbers.

Measures are those of GB/T 9704-2012 (format of official documents of party and government
organs): A4, margins 37 mm above and 28 mm to the left, a type area of 156 mm × 225 mm with 22 lines
of 28 characters of size 3 (16 pt), page numbers in size 4 (14 pt) between dashes 7 mm below it, to
the right on odd pages and to the left on even ones. Element names are those of ECMA-376 part 1, 17.
"""

from __future__ import annotations

import copy
import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from ledger.adapters.tables.writing.widths import POINTS_PER_MM
from ledger.model.config import Fonts

SIZE_2, SIZE_3, SIZE_4, SMALL_4, SIZE_5, SMALL_5 = 22.0, 16.0, 14.0, 12.0, 10.5, 9.0
"""Chinese type sizes in points: 二号, 三号, 四号, 小四, 五号, 小五."""
SIZE_6, SMALL_6, SIZE_7 = 7.5, 6.5, 5.5
"""六号, 小六, 七号."""
PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
TOP, BOTTOM, LEFT, RIGHT = 37.0, 35.0, 28.0, 26.0
LINES, CHARACTERS = 22, 28
TYPE_AREA = PAGE_WIDTH - LEFT - RIGHT
"""Millimetres from margin to margin."""
ASIDE = 15.0
"""Every margin of a page on its side, of which the standard says nothing, in millimetres."""

_LINE_TWIPS = int((PAGE_HEIGHT - TOP - BOTTOM) * POINTS_PER_MM * 20 / LINES)
LINE = _LINE_TWIPS / 20
"""Points from one line of text to the next, so that 22 fill the type area."""
# Characters stand so much closer than the font has it (in twentieths of a point) that 28 fill a
# line. A grid of characters (ECMA-376 part 1, 17.6.5) is not counted alike by all programs.
_CLOSER = -int((SIZE_3 - TYPE_AREA * POINTS_PER_MM / CHARACTERS) * 20 + 1)
# From the page's edge to the foot of the page number, which stands 7 mm below the type area.
_FOOTER = BOTTOM - 7 - SIZE_4 / POINTS_PER_MM
_EPOCH = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - python-docx takes UTC without saying so
_THEMED = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")


class Paper(NamedTuple):
    """A page on its side, in millimetres."""

    width: float
    height: float

    @property
    def inner_width(self) -> float:
        """From margin to margin."""
        return self.width - 2 * ASIDE

    @property
    def inner_height(self) -> float:
        """From margin to margin, in points."""
        return (self.height - 2 * ASIDE) * POINTS_PER_MM


A4_ASIDE, A3_ASIDE = Paper(297.0, 210.0), Paper(420.0, 297.0)


def new_document(fonts: Fonts, aside: Paper | None = None) -> Document:
    """An empty document: page and grid of the standard, 仿宋 of size 3, numbered pages.

    Args:
        aside: a page on its side, without the grid of characters: for wide tables.
    """
    document = docx.Document()
    _style_text(document, fonts)
    _set_page(document.sections[0], aside)
    _number_pages(document, document.sections[0], fonts)
    _forget_the_template(document)
    return document


def saved(document: Document) -> bytes:
    """The document's file; the same document is always the same bytes, whenever it is saved."""
    made, target = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(target, "w") as archive:
        for name in parts.namelist():
            undated = zipfile.ZipInfo(name)  # of the first day that an archive knows
            undated.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(undated, parts.read(name))
    return target.getvalue()


def set_font(
    styled: Run | ParagraphStyle, name: str, latin: str, size: float | None = None
) -> None:
    """Name the font of a run or a style, East Asian and Latin; size in points."""
    properties = styled.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for theme in _THEMED:  # a theme's font would win over the name
        fonts.attrib.pop(qn(f"w:{theme}"), "")
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), latin)
    fonts.set(qn("w:eastAsia"), name)
    if size is not None:
        styled.font.size = Pt(size)


def exact_lines(paragraph: Paragraph | ParagraphStyle, points: float) -> None:
    """Give a paragraph lines of exactly so many points, nothing before or after it."""
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(points)
    form.space_before = form.space_after = Pt(0)


def indent_first(paragraph: Paragraph, characters: float, left: float = 0) -> None:
    """Indent a paragraph's first line, and all of it from the left, by characters' widths."""
    properties: Any = paragraph._p.get_or_add_pPr()
    properties.remove_all("w:ind")
    values: dict[str, str] = {}
    # In hundredths of a character; the lengths serve programs that do not count characters.
    for name, value in (("firstLine", characters), ("left", left)):
        values[f"{name}Chars"] = str(round(value * 100))
        values[name] = str(round(value * SIZE_3 * 20))
    properties._insert_ind(_element("w:ind", **values))


def indent_right(paragraph: Paragraph, characters: float) -> None:
    """Set a paragraph right, so many characters' widths from the margin."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    properties: Any = paragraph._p.get_or_add_pPr()
    properties.remove_all("w:ind")
    told, length = str(round(characters * 100)), str(round(characters * SIZE_3 * 20))
    properties._insert_ind(_element("w:ind", rightChars=told, right=length))


def rule_above(paragraph: Paragraph) -> None:
    """Draw a thin line above a paragraph, from margin to margin."""
    properties: Any = paragraph._p.get_or_add_pPr()
    borders = _element("w:pBdr")
    _add(borders, "w:top", val="single", sz="4", space="4", color="auto")
    properties.insert_element_before(borders, "w:snapToGrid", "w:spacing", "w:ind", "w:jc")


def off_grid(paragraph: Paragraph | ParagraphStyle) -> None:
    """Let a paragraph's lines stand closer than those of the page's grid."""
    properties: Any = paragraph._element.get_or_add_pPr()
    free = _element("w:snapToGrid", val="0")
    properties.insert_element_before(free, "w:spacing", "w:ind", "w:jc")


def add_table(document: Document, widths: Sequence[float], padding: float | None = None) -> Table:
    """An empty table with ruled cells and fixed columns.

    Args:
        widths: of its columns in millimetres.
        padding: between a cell's text and its sides, in millimetres; the style's own if not given.
    """
    table: Table = document.add_table(rows=0, cols=len(widths))
    table.style = document.styles["Table Grid"]
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    if padding is not None:
        properties: Any = table._tbl.tblPr
        margins = _element("w:tblCellMar")
        for side in ("left", "right"):
            _add(margins, f"w:{side}", w=str(round(padding * POINTS_PER_MM * 20)), type="dxa")
        properties.insert_element_before(margins, "w:tblLook")
    return table


def add_row(table: Table, whole: bool, header: bool) -> _Row:
    """A new row at the table's end.

    Args:
        whole: not to be broken across two pages; one that fits on no page would not be shown.
        header: repeated at the top of every page that the table goes on to.
    """
    row: _Row = cast(Any, table).add_row()  # the library does not say what it returns
    if whole:
        _add(row._tr.get_or_add_trPr(), "w:cantSplit")
    if header:
        _add(row._tr.get_or_add_trPr(), "w:tblHeader")
    return row


def unrule(cell: _Cell) -> None:
    """Take away the rules of a cell, but for that above it, and the room at its sides."""
    properties: Any = cell._tc.get_or_add_tcPr()
    borders = _element("w:tcBorders")
    for side in ("left", "bottom", "right"):
        _add(borders, f"w:{side}", val="nil")
    properties.insert_element_before(borders, "w:shd", "w:noWrap", "w:tcMar", "w:vAlign")
    margins = _element("w:tcMar")
    for side in ("left", "right"):
        _add(margins, f"w:{side}", w="0", type="dxa")
    properties.insert_element_before(margins, "w:textDirection", "w:tcFitText", "w:vAlign")


def is_unruled(cell: _Cell) -> bool:
    """Whether the rules of a cell were taken away."""
    return bool(cell._tc.xpath("./w:tcPr/w:tcBorders"))


def add_copy(table: Table, row: Any, texts: Iterable[str]) -> None:
    """A row at the table's end that is like one of its rows (a `w:tr`), but for its texts.

    Args:
        texts: one for each text that the row has.
    """
    copied = copy.deepcopy(row)
    for element, text in zip(copied.iter(qn("w:t")), texts, strict=True):
        element.text = text
    table._tbl.append(copied)


def _style_text(document: Document, fonts: Fonts) -> None:
    normal = document.styles["Normal"]
    set_font(normal, fonts.body, fonts.latin, SIZE_3)
    exact_lines(normal, LINE)
    normal.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    spacing = _element("w:spacing", val=str(_CLOSER))
    normal.element.rPr.insert_element_before(spacing, "w:w", "w:kern", "w:position", "w:sz")
    defaults = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}")
    for language in defaults.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def _set_page(section: Section, aside: Paper | None) -> None:
    width, height = aside or (PAGE_WIDTH, PAGE_HEIGHT)
    section.orientation = WD_ORIENT.LANDSCAPE if aside else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    sides = (ASIDE,) * 4 if aside else (TOP, BOTTOM, LEFT, RIGHT)
    section.top_margin, section.bottom_margin = Mm(sides[0]), Mm(sides[1])
    section.left_margin, section.right_margin = Mm(sides[2]), Mm(sides[3])
    section.footer_distance = Mm(ASIDE / 2 if aside else _FOOTER)
    section._sectPr.remove_all("w:docGrid")
    if aside is None:
        _add(section._sectPr, "w:docGrid", type="lines", linePitch=str(_LINE_TWIPS))


def _number_pages(document: Document, section: Section, fonts: Fonts) -> None:
    """— 1 —, one character's width from the outer edge."""
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        paragraph.paragraph_format.left_indent = Pt(SIZE_4)
        paragraph.paragraph_format.right_indent = Pt(SIZE_4)
        for kind, text in (
            ("", "— "), ("begin", ""), ("code", " PAGE "), ("separate", ""), ("", "1"),
            ("end", ""), ("", " —"),
        ):  # fmt: skip
            run = paragraph.add_run(text if not kind else "")
            set_font(run, fonts.page, fonts.page, SIZE_4)
            if kind == "code":
                _add(run._r, "w:instrText").text = text
            elif kind:
                _add(run._r, "w:fldChar", fldCharType=kind)


def _forget_the_template(document: Document) -> None:
    """The library's template names its author and its day; a file of ours names neither."""
    core = document.core_properties
    core.author = core.comments = core.title = ""
    core.created = core.modified = _EPOCH


def _element(name: str, **attributes: str) -> Any:
    return OxmlElement(name, {qn(f"w:{key}"): value for key, value in attributes.items()})


def _add(parent: Any, name: str, **attributes: str) -> Any:
    element = _element(name, **attributes)
    parent.append(element)
    return element
