"""The 台账 in Word: on its side, header repeated, cells merged, fonts named."""

from __future__ import annotations

import datetime as dt
import io
from itertools import pairwise
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from ledger.adapters.tables.writing.docx import docx_file
from ledger.adapters.tables.writing.sheet import Light, Sheet, SheetColumn
from ledger.model.config import Fonts

COLUMNS = (
    SheetColumn("序号", 6, kind="whole"),
    SheetColumn("反馈问题", 24, merged=True),
    SheetColumn("牵头单位", 14, "责任分工"),
    SheetColumn("责任人", 14, "责任分工"),
    SheetColumn("亮灯", 6, kind="light"),
)
ROWS = [
    (1, "问题甲", "办公室", "处长", Light("红", "overdue")),
    (2, "问题甲", "人事处", "", Light("绿", "normal")),
    (3, "问题乙", "人\x0b事处", "", None),
]


@pytest.fixture(scope="module")
def document() -> Any:
    fonts = Fonts(body="楷体", title="宋体")
    return docx.Document(io.BytesIO(docx_file(Sheet("台账", "某局台账", COLUMNS, ROWS), fonts)))


def test_what_stands_in_it(document: Any) -> None:
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["序号", "反馈问题", "责任分工", "责任分工", "亮灯"],
        ["序号", "反馈问题", "牵头单位", "责任人", "亮灯"],
        ["1", "问题甲", "办公室", "处长", "红"],
        ["2", "问题甲", "人事处", "", "绿"],
        ["3", "问题乙", "人事处", "", ""],
    ]
    assert document.paragraphs[0].text == "某局台账"


def marks(made: Any, name: str) -> list[bool]:
    """Of each row whether it has a mark, at itself or in its first cell."""
    return [row._tr.find(f".//{qn(name)}") is not None for row in made.tables[0].rows]


def parts(made: Any, column: int) -> list[str]:
    """Of each row how a column's cell is merged downwards: restart, continue or nothing."""
    cells = (row._tr.tc_lst[column].tcPr.find(qn("w:vMerge")) for row in made.tables[0].rows)
    return ["" if cell is None else cell.get(qn("w:val")) for cell in cells]


def test_the_header_is_repeated_and_rows_stay_whole(document: Any) -> None:
    """Rows of one merged cell stand on one page."""
    assert marks(document, "w:tblHeader") == [True, True, *[False] * 3]
    assert marks(document, "w:cantSplit") == [True] * 5
    assert marks(document, "w:keepNext") == [True, True, True, False, False]


def test_a_high_merged_cell_is_made_anew_in_parts_that_fit_a_page() -> None:
    rows = [(n, "问题甲", "办\n公\n室\n和\n其\n他", "", None) for n in range(20)]
    made = docx.Document(io.BytesIO(docx_file(Sheet("台账", "台账", COLUMNS, rows), Fonts())))
    begun = [place for place, part in enumerate(parts(made, 1)) if part == "restart"]
    assert begun[:2] == [0, 2], "the header, then the first row"
    sizes = {after - place for place, after in pairwise(begun[1:])}
    assert 2 <= min(sizes) <= max(sizes) <= 5
    kept = marks(made, "w:keepNext")
    assert [place + 1 for place, keep in enumerate(kept) if not keep] == [*begun[2:], 22]
    assert {row.cells[1].text for row in made.tables[0].rows[2:]} == {"问题甲"}


def test_many_columns_are_printed_on_a3() -> None:
    """Where words alone fill an A4 page, texts beside them would be narrow and rows high."""
    names = [SheetColumn(f"时限{n}", 6) for n in range(8)]
    for text, width in (("措施", 297), ("很长的措施" * 20, 420)):
        columns = (*names, SheetColumn("措施", 24))
        row = (*["2017年12月31日"] * 8, text)
        made = docx.Document(io.BytesIO(docx_file(Sheet("台账", "台账", columns, [row]), Fonts())))
        assert round(made.sections[0].page_width.mm) == width


def test_a_text_that_fits_on_no_page_is_not_merged_and_may_be_broken() -> None:
    """Some programs do not print what is left of such a merged cell."""
    rows = [(n, "长" * 4000, "", "", None) for n in range(2)]
    made = docx.Document(io.BytesIO(docx_file(Sheet("台账", "台账", COLUMNS, rows), Fonts())))
    assert marks(made, "w:cantSplit") == [True, True, False, False]
    assert marks(made, "w:keepNext") == [True, True, False, False]
    assert parts(made, 1) == ["restart", "continue", "", ""]


def test_days_are_written_as_chinese_writes_them() -> None:
    columns = (SheetColumn("现行时限", 12, kind="date"),)
    sheet = Sheet("台账", "台账", columns, [(dt.date(2017, 3, 5),)])
    made = docx.Document(io.BytesIO(docx_file(sheet, Fonts())))
    assert made.tables[0].rows[1].cells[0].text == "2017年3月5日"


def test_a_row_longer_than_a_page_may_be_broken() -> None:
    rows = [(1, "", "长" * 5000, "", None)]
    made = docx.Document(io.BytesIO(docx_file(Sheet("台账", "台账", COLUMNS, rows), Fonts())))
    assert made.tables[0].rows[-1]._tr.trPr.find(qn("w:cantSplit")) is None


def test_on_its_side_within_its_margins(document: Any) -> None:
    (section,) = document.sections
    assert section.page_width.mm == pytest.approx(297, abs=0.1)
    wide = section.page_width - section.left_margin - section.right_margin
    assert sum(column.width for column in document.tables[0].columns) == pytest.approx(wide, 0.001)


def test_lights_are_shaded_beside_their_words(document: Any) -> None:
    fills = [shade.get(qn("w:fill")) for shade in document.tables[0]._tbl.iter(qn("w:shd"))]
    assert fills == ["FFC7CE", "C6EFCE"]


def test_fonts_are_those_asked_for_east_asian_too(document: Any) -> None:
    def named(element: Any) -> tuple[str, str]:
        fonts = element.find(f".//{qn('w:rFonts')}")
        return fonts.get(qn("w:eastAsia")), fonts.get(qn("w:ascii"))

    assert named(document.styles["Normal"].element) == ("楷体", "Times New Roman")
    assert named(document.paragraphs[0]._p) == ("宋体", "Times New Roman")
    head, below = (document.tables[0].rows[line].cells[0].paragraphs[0] for line in (0, 2))
    assert named(head.style.element) == ("黑体", "Times New Roman")
    assert named(below.style.element) == ("楷体", "Times New Roman")
