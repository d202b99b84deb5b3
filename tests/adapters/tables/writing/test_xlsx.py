"""Workbooks: what Excel is told, and that no text ever runs."""

from __future__ import annotations

import datetime as dt
import functools
import io
from typing import Any

import openpyxl
import pytest

from ledger.adapters.tables.grid import MAX_CELL_TEXT
from ledger.adapters.tables.writing.sheet import LIGHT_FILLS, Light, Sheet, SheetColumn
from ledger.adapters.tables.writing.xlsx import xlsx_file
from ledger.errors import LedgerError

DAY = dt.date(2017, 10, 20)
COLUMNS = (
    SheetColumn("序号", 6, kind="whole"),
    SheetColumn("反馈问题", 20, merged=True),
    SheetColumn("牵头单位", 12, "责任分工"),
    SheetColumn("配合单位", 12, "责任分工"),
    SheetColumn("现行时限", 12, kind="date"),
    SheetColumn("完成率", 8, kind="share"),
    SheetColumn("亮灯", 6, kind="light"),
)
ROWS = [
    (1, "制度不全", "办公室", "", dt.date(2017, 12, 31), 0.5, Light("红", "overdue")),
    (2, "制度不全", "=1+1", "#N/A", None, 0.0, Light("正常", "normal")),
]


def page(rows: Any = ROWS, columns: tuple[SheetColumn, ...] = COLUMNS) -> Any:
    content = xlsx_file((Sheet("台账", "某局台账", columns, rows),), DAY)
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]


@functools.cache
def usual() -> Any:
    """The page of `ROWS`, read once."""
    return page()


def values(line: int) -> list[Any]:
    return [cell.value for cell in usual()[line]]


def test_title_and_two_header_rows() -> None:
    assert values(1)[0] == "某局台账"
    assert values(2) == ["序号", "反馈问题", "责任分工", None, "现行时限", "完成率", "亮灯"]
    assert values(3) == [None, None, "牵头单位", "配合单位", None, None, None]
    assert {str(each) for each in usual().merged_cells.ranges} == {
        "A1:G1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:F3", "G2:G3", "B4:B5",
    }  # fmt: skip


def test_one_header_row_without_groups() -> None:
    plain = page([("甲",)], (SheetColumn("措施", 20),))
    assert [[cell.value for cell in row] for row in plain.rows] == [["某局台账"], ["措施"], ["甲"]]
    assert plain.freeze_panes == "C3"


def test_days_are_days_and_shares_are_numbers() -> None:
    day, share = usual()["E4"], usual()["F4"]
    assert (day.value, day.number_format) == (dt.datetime(2017, 12, 31), 'yyyy"年"m"月"d"日"')  # noqa: DTZ001
    assert (share.value, share.number_format) == (0.5, "0.0%")


def test_frozen_filtered_printed() -> None:
    made = usual()
    assert (made.freeze_panes, made.auto_filter.ref) == ("C4", "A3:G5")
    assert made.page_setup.orientation == "landscape"
    assert (made.page_setup.fitToWidth, made.page_setup.fitToHeight) == (1, 0)
    assert made.HeaderFooter.oddFooter.center.text == "第 &P 页，共 &N 页"
    assert made.print_title_rows == "$2:$3"
    assert not made.row_dimensions[4].customFormat


def test_lights_are_words_and_fills() -> None:
    for place, name, state in (("G4", "红", "overdue"), ("G5", "正常", "normal")):
        cell = usual()[place]
        assert cell.value == name
        assert cell.fill.fgColor.rgb.endswith(LIGHT_FILLS[state])
    assert usual()["A4"].fill.fill_type is None


def test_text_is_never_a_formula() -> None:
    for place, text in (("C5", "=1+1"), ("D5", "#N/A")):
        cell = usual()[place]
        assert (cell.value, cell.data_type) == (text, "s")
    assert usual()["C5"].quotePrefix
    assert not usual()["C4"].quotePrefix


def test_an_empty_table_is_a_header() -> None:
    made = page([])
    assert made.max_row == 3
    assert made.auto_filter.ref is None


def test_a_text_too_long_for_a_cell_is_refused() -> None:
    assert page([("长" * MAX_CELL_TEXT,)], (SheetColumn("措施", 9),)).max_row == 3
    with pytest.raises(LedgerError, match="第 3 行“措施”超过 32767 字"):
        page([("长" * (MAX_CELL_TEXT + 1),)], (SheetColumn("措施", 9),))


def test_rows_are_as_high_as_their_text() -> None:
    made = page([("一",), ("一二三四五" * 4,), ("a\nb\nc",)], (SheetColumn("措施", 11),))
    heights = [made.row_dimensions[line].height for line in (3, 4, 5)]
    assert heights[0] < heights[2] < heights[1]


def test_columns_are_as_wide_as_their_texts_up_to_a_width() -> None:
    columns = tuple(SheetColumn(name, 20) for name in ("措施", "编号", "配合单位"))
    widths = page([("长" * 300, "GZ2017-001", "")], columns).column_dimensions
    assert widths["A"].width == 20
    assert 10 < widths["B"].width < 18
    assert 8 <= widths["C"].width < 12


@pytest.mark.parametrize("kind", ["text", "short", "date"])
def test_no_word_is_broken_however_narrow_a_column_was_to_be(kind: Any) -> None:
    """A day that does not fit is shown as ####."""
    value = dt.date(2017, 12, 31) if kind == "date" else "2017年12月31日"
    made = page([(value,)], (SheetColumn("时限", 4, kind=kind),))
    assert made.column_dimensions["A"].width > 14


def test_many_wide_columns_are_narrowed_until_they_are_legible_on_a3() -> None:
    columns = (*(SheetColumn(f"措施{n}", 40) for n in range(12)), SheetColumn("编号", 14))
    dimensions = page([("长" * 300,) * 12 + ("GZ2017-001",)], columns).column_dimensions
    widths = [each.width for each in dimensions.values()]
    assert sum(widths) == pytest.approx(260)
    assert min(widths) > 10


def test_few_columns_are_printed_on_a4() -> None:
    few = tuple(SheetColumn(name, 20) for name in "甲乙")
    many = tuple(SheetColumn(name, 20) for name in "甲乙丙丁戊己庚辛壬癸")
    sizes = [
        page([("长" * 60,) * len(columns)], columns).page_setup.paperSize for columns in (few, many)
    ]
    assert sizes == [9, 8]


def test_a_merged_text_has_room_in_the_rows_that_it_covers() -> None:
    columns = (SheetColumn("问题", 11, merged=True), SheetColumn("措施", 20))
    rows = [("一二三四五" * 8, "甲"), ("一二三四五" * 8, "乙"), ("短", "丙")]
    made = page(rows, columns)
    heights = [made.row_dimensions[line].height for line in (3, 4, 5)]
    assert heights[0] == heights[2]
    assert heights[0] + heights[1] > 8 * 13


def test_a_text_that_is_not_merged_has_room_too() -> None:
    columns = (SheetColumn("问题", 11, merged=True), SheetColumn("措施", 20))
    made = page([("一二三四五" * 8, "甲"), ("短", "乙")], columns)
    assert made.row_dimensions[3].height > 8 * 13
