"""Makers of documents as a bureau has them: Word tables, PDF pages with ruled tables.

Word files are written by python-docx with what it has no words for put in as XML; PDF pages are
drawn by hand, their Chinese text in no embedded font but with a map to Unicode.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from ledger.adapters.tables.grid import Grid
from ledger.adapters.tables.reading.columns import find_header, no_header
from ledger.adapters.tables.reading.mapped import MappedTable
from ledger.adapters.tables.reading.table import map_below, missing_columns

PAGE_WIDTH, PAGE_HEIGHT = 595, 842
SIZE = 12
_LEADING = 16
_MARGIN = 4

ABOVE = None
"""A cell that belongs to the one above it."""
LEFT = ""
"""In `word_table`: an empty cell; merge it by `merged`."""


def map_grid(
    grid: Grid,
    mapping: Mapping[str, str] | None = None,
    header_row: int | None = None,
    *,
    known: Collection[str] = (),
) -> MappedTable:
    """The items of a grid that is a file's only table, as `read_tables` reads it."""
    header = find_header(grid, mapping, header_row)
    if header is None:
        raise no_header([grid.name], header_row)
    if header.missing:
        raise missing_columns(header.missing, [column.header for column in header.columns])
    return map_below(grid, header, known)


def word_table(
    document: Any,
    rows: Sequence[Sequence[str | None]],
    merged: Iterable[tuple[int, int, int, int]] = (),
    header_rows: int = 0,
) -> Any:
    """Append a table; `merged` are (row, column, last row, last column), from 0."""
    table = document.add_table(len(rows), len(rows[0]))
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(at, column).text = text or ""
    for row_at, column, last_row, last_column in merged:
        table.cell(row_at, column).merge(table.cell(last_row, last_column))
    for at in range(header_rows):
        repeated = OxmlElement("w:tblHeader")
        table.rows[at]._tr.get_or_add_trPr().append(repeated)
    return table


def numbered(paragraph: Any, number: int, level: int = 0) -> Any:
    """Give a paragraph an automatic number of a list."""
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = level
    properties.get_or_add_numId().val = number
    return paragraph


def add_list(document: Any, number: int, levels: Sequence[tuple[str, str]]) -> None:
    """Define a list: of each level its number format and its text, such as ("decimal", "%1.")."""
    part = document.part.numbering_part.element
    shape = OxmlElement("w:abstractNum")
    shape.set(qn("w:abstractNumId"), str(100 + number))
    for at, (form, text) in enumerate(levels):
        level = OxmlElement("w:lvl")
        level.set(qn("w:ilvl"), str(at))
        for name, value in (("start", "1"), ("numFmt", form), ("lvlText", text)):
            element = OxmlElement(f"w:{name}")
            element.set(qn("w:val"), value)
            level.append(element)
        shape.append(level)
    part.insert(0, shape)
    listed = OxmlElement("w:num")
    listed.set(qn("w:numId"), str(number))
    reference = OxmlElement("w:abstractNumId")
    reference.set(qn("w:val"), str(100 + number))
    listed.append(reference)
    part.append(listed)


def leaders_lists(place: Path) -> Path:
    """责任清单: one leader after another, each with a heading and a table of its own."""
    document = Document()
    document.add_paragraph("某局领导班子成员全面从严治党责任清单")
    for heading, rows in (
        (
            "一、党组书记",
            [["1", "主持召开党组会专题研究", "每半年一次"], ["2", "带头讲党课", "12月底前"]],
        ),
        ("二、党组成员、副局长（分管业务）", [["1", "约谈分管部门负责人", "每季度"]]),
    ):
        document.add_paragraph(heading)
        word_table(document, [["序号", "工作任务", "完成时限"], *rows], header_rows=1)
        document.add_paragraph("注：各项任务列入年度考核。")
    document.save(str(place))
    return place


@dataclass(slots=True)
class Pdf:
    """A PDF that is drawn page by page; lengths in points from the top left."""

    pages: list[str] = field(default_factory=list)
    pictures: bool = False

    def page(self) -> Pdf:
        """Begin a page."""
        self.pages.append("")
        return self

    def text(self, x: float, top: float, text: str) -> None:
        """One line, its letters' top at `top`."""
        code = text.encode("utf-16-be").hex()
        baseline = PAGE_HEIGHT - top - SIZE * 0.88
        self.pages[-1] += f"BT /F1 {SIZE} Tf {x} {baseline} Td <{code}> Tj ET\n"

    def rule(self, x0: float, top0: float, x1: float, top1: float) -> None:
        """A straight line."""
        self.pages[-1] += f"{x0} {PAGE_HEIGHT - top0} m {x1} {PAGE_HEIGHT - top1} l S\n"

    def table(
        self, top: float, widths: Sequence[float], rows: Sequence[Sequence[str | None]]
    ) -> float:
        """Draw a ruled table and return where it ends.

        Texts are broken at `\\n`, and where a line is full; `ABOVE` leaves out the rule above.
        """
        lefts = [50.0]
        for width in widths:
            lefts.append(lefts[-1] + width)
        for row in rows:
            cells = [_broken(text or "", width) for text, width in zip(row, widths, strict=True)]
            height = _LEADING * max(1, *(len(lines) for lines in cells)) + 2 * _MARGIN
            for at, text in enumerate(row):
                if text is not ABOVE:
                    self.rule(lefts[at], top, lefts[at + 1], top)
                for line, words in enumerate(cells[at]):
                    self.text(lefts[at] + _MARGIN, top + _MARGIN + line * _LEADING, words)
            for left in lefts:
                self.rule(left, top, left, top + height)
            top += height
        self.rule(lefts[0], top, lefts[-1], top)
        return top

    def save(self, place: Path, encrypted: bool = False) -> Path:
        """Write the file."""
        place.write_bytes(self._bytes(encrypted))
        return place

    def _bytes(self, encrypted: bool) -> bytes:
        count = len(self.pages)
        kids = " ".join(f"{10 + 2 * at} 0 R" for at in range(count))
        objects: dict[int, bytes] = {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: f"<</Type/Pages/Count {count}/Kids[{kids}]>>".encode(),
            3: b"<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/Identity-H"
            b"/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>",
            4: b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Song/DW 1000/W[32[500] 48 57 500]"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            b"/FontDescriptor 6 0 R>>",
            5: _stream(_TO_UNICODE.encode()),
            6: b"<</Type/FontDescriptor/FontName/Song/Flags 4/ItalicAngle 0/Ascent 880/Descent -120"
            b"/CapHeight 700/StemV 80/FontBBox[0 -120 1000 880]>>",
            7: _stream(b"\x80" * 64, b"/Type/XObject/Subtype/Image/Width 8/Height 8"
                       b"/ColorSpace/DeviceGray/BitsPerComponent 8"),
        }  # fmt: skip
        for at, content in enumerate(self.pages):
            drawn = content + ("q 500 0 0 700 40 40 cm /I1 Do Q\n" if self.pictures else "")
            objects[10 + 2 * at] = (
                f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {PAGE_WIDTH} {PAGE_HEIGHT}]"
                "/Resources<</Font<</F1 3 0 R>>/XObject<</I1 7 0 R>>>>"
                f"/Contents {11 + 2 * at} 0 R>>"
            ).encode()
            objects[11 + 2 * at] = _stream(drawn.encode())
        locked = b""
        if encrypted:
            objects[8] = (
                b"<</Filter/Standard/V 2/R 3/Length 128/P -44/O<" + b"41" * 32 + b">/U<"
                + b"42" * 32 + b">>>"
            )  # fmt: skip
            locked = b"/Encrypt 8 0 R/ID[<41424344><41424344>]"
        return pdf_file(objects, b"/Root 1 0 R" + locked)


def pdf_file(objects: dict[int, bytes], trailer: bytes) -> bytes:
    """A PDF of these objects, with its table of where they are."""
    content = b"%PDF-1.6\n"
    places = {}
    for number, body in objects.items():
        places[number] = len(content)
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(content)
    content += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        content += b"%d 1\n%010d 00000 n \n" % (number, place)
    return content + b"trailer<</Size %d%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        max(objects) + 1, trailer, start,
    )  # fmt: skip


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    packed = zlib.compress(content)
    head = b"<</Length %d/Filter/FlateDecode%s>>" % (len(packed), entries)
    return head + b"stream\n" + packed + b"\nendstream"


def _broken(text: str, width: float) -> list[str]:
    """The lines of a cell, as many letters in each as there is room for."""
    room = int((width - 2 * _MARGIN) // SIZE)
    return [
        line[at : at + room]
        for line in text.split("\n")
        for at in range(0, max(len(line), 1), room)
    ]


_TO_UNICODE = """/CIDInit /ProcSet findresource begin
12 dict begin begincmap
/CMapName /Song-UCS2 def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
1 beginbfrange <0000> <FFFF> <0000> endbfrange
endcmap end end
"""
