"""Workbooks: values as people see them, merged and hidden cells, hostile sheets."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from datetime import time as clock
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart
from openpyxl.worksheet.worksheet import Worksheet

from ledger.adapters.tables import sheet_layout
from ledger.adapters.tables.grid import Cell, Grid
from ledger.adapters.tables.reading import read_grids
from ledger.errors import LedgerError

WriteBook = Callable[..., Path]
WriteParts = Callable[..., Path]


def _only(path: Path, sheet: str | None = None) -> Grid:
    [grid] = read_grids(path, sheet=sheet)
    return grid


def _saved(folder: Path, fill: Callable[[Worksheet], object]) -> Grid:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    fill(sheet)
    book.save(folder / "表.xlsx")
    return _only(folder / "表.xlsx")


def _inline(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


@pytest.mark.parametrize(
    ("value", "number_format", "cell"),
    [
        ("  甲\n乙 ", None, Cell("甲\n乙")),
        (3, None, Cell("3", 3.0)),
        (3.0, None, Cell("3", 3.0)),
        (0.3, None, Cell("0.3", 0.3)),
        (1234567.5, "#,##0", Cell("1234567.5", 1234567.5)),
        (0.764, "0.0%", Cell("76.4%", 0.764)),
        (12, '0"%"', Cell("12", 12.0)),
        (True, None, Cell("是")),
        (False, None, Cell("否")),
        (date(2021, 6, 30), "yyyy-mm-dd", Cell("2021年6月30日", date(2021, 6, 30))),
        (datetime(2021, 6, 30, 17, 30), "yyyy/m/d h:mm", Cell("2021年6月30日", date(2021, 6, 30))),  # noqa: DTZ001
        (date(2021, 6, 30), 'm"月"d"日"', Cell("2021年6月30日", date(2021, 6, 30))),
        (date(2021, 6, 1), 'yyyy"年"m"月"', Cell("2021年6月")),
        (date(2021, 6, 1), "[$-804]mmm-yy", Cell("2021年6月")),
        (clock(9, 30), "h:mm", Cell("09:30:00")),
        ("#N/A", None, Cell(fault="是错误值 #N/A")),
        ("=1+1", None, Cell(fault="的公式没有保存计算结果")),
    ],
)
def test_values(tmp_path: Path, value: Any, number_format: str | None, cell: Cell) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["B2"] = value
        if number_format:
            sheet["B2"].number_format = number_format

    [row] = _saved(tmp_path, fill).rows
    assert (row.line, row.cells) == (2, (Cell(), cell))


def test_a_serial_outside_the_calendar_is_a_fault(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = 1e9
        sheet["A1"].number_format = "yyyy-mm-dd"

    assert _saved(tmp_path, fill).rows[0].cells[0].fault


def test_rich_text_is_plain(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = CellRichText("整改", TextBlock(InlineFont(b=True), "措施"), "一")

    assert _saved(tmp_path, fill).rows[0].cells[0].text == "整改措施一"


def test_shared_strings_with_runs_and_phonetics(write_parts: WriteParts) -> None:
    shared = (
        "<si><t>甲_x000D_\n乙</t></si>"
        '<si><r><rPr><b/></rPr><t>整</t></r><r><t xml:space="preserve">改 </t></r>'
        '<rPh sb="0" eb="1"><t>zhěng</t></rPh></si>'
    )
    sheet = '<sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row></sheetData>'
    [row] = _only(write_parts(sheet, shared=shared)).rows
    assert [cell.text for cell in row.cells] == ["甲\n乙", "整改"]


@pytest.mark.parametrize(
    ("format_id", "cell"),
    [
        (31, Cell("2021年6月30日", date(2021, 6, 30))),
        (58, Cell("2021年6月30日", date(2021, 6, 30))),
        (57, Cell("2021年6月")),
        (14, Cell("2021年6月30日", date(2021, 6, 30))),
        (1, Cell("44377", 44377.0)),
    ],
)
def test_dates_formatted_by_a_chinese_excel(
    write_parts: WriteParts, format_id: int, cell: Cell
) -> None:
    """It writes the ids of its own formats without saying what they are."""
    xf = '<xf numFmtId="{}" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    styles = (
        "<fonts><font/></fonts><fills><fill><patternFill/></fill></fills>"
        f"<borders><border/></borders><cellStyleXfs>{xf.format(0)}</cellStyleXfs>"
        f"<cellXfs>{xf.format(0)}{xf.format(format_id)}</cellXfs>"
    )
    sheet = '<sheetData><row r="1"><c r="A1" s="1"><v>44377</v></c></row></sheetData>'
    assert _only(write_parts(sheet, styles=styles)).rows[0].cells == (cell,)


def test_formulas_keep_their_saved_result(write_parts: WriteParts) -> None:
    sheet = (
        '<sheetData><row r="1"><c r="A1"><f>1+1</f><v>2</v></c>'
        '<c r="B1" t="str"><f>"甲"&amp;"乙"</f><v>甲乙</v></c>'
        '<c r="C1" t="str"><f>""</f><v></v></c><c r="D1"><f>A1</f><v/></c>'
        '<c r="E1"><f>A1</f></c><c r="F1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row></sheetData>'
    )
    [row] = _only(write_parts(sheet)).rows
    assert [cell.text for cell in row.cells] == ["2", "甲乙", "", "", "", ""]
    faults = [cell.fault for cell in row.cells]
    assert faults[:3] == ["", "", ""]
    assert faults[3] == faults[4] == "的公式没有保存计算结果"
    assert faults[5] == "是错误值 #DIV/0!"


def test_merged_cells(write_book: WriteBook) -> None:
    rows = [
        ["一、总体", None, None],
        ["要点", "甲", "办公室"],
        [None, "乙", None],
        ["丙", "丁", "戊"],
    ]
    grid = _only(write_book(rows, ["A1:C1", "A2:A3", "C2:C3"]))
    assert [[cell.text for cell in row.cells] for row in grid.rows] == [
        ["一、总体"] * 3,
        ["要点", "甲", "办公室"],
        ["要点", "乙", "办公室"],
        ["丙", "丁", "戊"],
    ]
    assert [cell.left for cell in grid.rows[0].cells] == [False, True, True]
    assert [cell.above for cell in grid.rows[2].cells] == [True, False, True]


def test_hidden_rows_and_columns_are_marked(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        for row in (["甲", "乙", "丙"], ["丁", "戊", "己"]):
            sheet.append(row)
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["B"].hidden = True

    grid = _saved(tmp_path, fill)
    assert [row.hidden for row in grid.rows] == [False, True]
    assert grid.hidden_columns == {1}


def test_sheets_in_order_and_hidden_ones_on_demand(tmp_path: Path) -> None:
    book = Workbook()
    for name in ("甲表", "乙表", "丙表"):
        book.create_sheet(name).append([name])
    book["乙表"].sheet_state = "hidden"
    book.create_chartsheet("图").add_chart(BarChart())
    path = tmp_path / "表.xlsx"
    book.save(path)
    grids = read_grids(path)
    assert [grid.name for grid in grids] == ["Sheet", "甲表", "丙表"]
    assert grids[0].notes == ("隐藏的工作表“乙表”没有导入",)
    assert _only(path, "乙表").rows[0].cells[0].text == "乙表"
    with pytest.raises(LedgerError, match="没有名为“丁表”的工作表"):
        read_grids(path, sheet="丁表")


def test_a_workbook_of_charts_only(write_parts: WriteParts) -> None:
    path = write_parts("", parts={"xl/_rels/workbook.xml.rels": "<Relationships/>"})
    with pytest.raises(LedgerError, match="没有能读的工作表"):
        read_grids(path)


def test_an_empty_workbook(write_book: WriteBook) -> None:
    with pytest.raises(LedgerError, match="没有内容"):
        read_grids(write_book([]))


def test_a_wrong_dimension_hides_nothing(write_parts: WriteParts) -> None:
    sheet = f'<dimension ref="A1"/><sheetData><row r="3">{_inline("B3", "甲")}</row></sheetData>'
    [row] = _only(write_parts(sheet)).rows
    assert (row.line, [cell.text for cell in row.cells]) == (3, ["", "甲"])


def test_a_million_blank_rows_cost_little(write_parts: WriteParts) -> None:
    blank = "".join(f'<row r="{line}"/>' for line in range(3, 200_000))
    sheet = (
        '<dimension ref="A1:XFD1048576"/><sheetData>'
        f'<row r="1">{_inline("A1", "甲")}</row>{blank}'
        f'<row r="1048576">{_inline("A1048576", "乙")}</row></sheetData>'
        '<mergeCells><mergeCell ref="A2:XFD1048575"/></mergeCells>'
    )
    path = write_parts(sheet)
    began = time.process_time()
    grid = _only(path)
    assert time.process_time() - began < 30
    assert [(row.line, row.cells[0].text) for row in grid.rows] == [(1, "甲"), (1_048_576, "乙")]


def test_a_stray_cell_below_too_many_blank_ones(
    write_parts: WriteParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_layout, "MAX_CELLS", 10)
    row = '<row r="{0}"><c r="A{0}" s="0"/></row>'
    blank = "".join(row.format(line) for line in range(2, 50))
    first = f'<row r="1">{_inline("A1", "甲")}</row>'
    assert len(_only(write_parts(f"<sheetData>{first}{blank}</sheetData>")).rows) == 1
    stray = f'<row r="50">{_inline("A50", "乙")}</row>'
    with pytest.raises(LedgerError, match=r"表.xlsx 的工作表“台账”太大：到第 50 行"):
        read_grids(write_parts(f"<sheetData>{first}{blank}{stray}</sheetData>"))


def test_columns_far_to_the_right_are_noted(write_parts: WriteParts) -> None:
    cells = _inline("A1", "甲") + _inline("XFD1", "乙")
    grid = _only(write_parts(f'<sheetData><row r="1">{cells}</row></sheetData>'))
    assert grid.notes == ("GR 列以右的内容没有读取",)
    assert grid.rows[0].cells[0].text == "甲"


def test_an_overlong_cell_is_a_fault(write_parts: WriteParts) -> None:
    sheet = f'<sheetData><row r="1">{_inline("A1", "长" * 40_000)}</row></sheetData>'
    assert _only(write_parts(sheet)).rows[0].cells[0].fault == "超过 32767 字"


@pytest.mark.parametrize(
    "sheet",
    [
        "<sheetData><row",
        '<sheetData><row r="99999999"><c><v>1</v></c></row></sheetData>',
        '<sheetData><row r="0"><c><v>1</v></c></row></sheetData>',
        '<sheetData><row r="1"><c r="A1" t="s"><v>7</v></c></row></sheetData>',
        '<sheetData><row r="1"><c r="A1"><v>甲</v></c></row></sheetData>',
        '<sheetData><row r="1"><c r="A1" s="99"><v>1</v></c></row></sheetData>',
    ],
)
def test_broken_sheets(write_parts: WriteParts, sheet: str) -> None:
    with pytest.raises(LedgerError, match="已损坏"):
        read_grids(write_parts(sheet))


def test_odd_merges_and_columns_are_harmless(write_parts: WriteParts) -> None:
    sheet = (
        '<cols><col min="3" max="99999" hidden="1"/></cols>'
        f'<sheetData><row r="1">{_inline("A1", "甲")}</row></sheetData>'
        '<mergeCells><mergeCell ref="B9:A1"/><mergeCell ref="甲"/><mergeCell/></mergeCells>'
    )
    assert _only(write_parts(sheet)).rows[0].cells[0].text == "甲"


def test_macros_and_links_to_other_files_are_left_alone(write_parts: WriteParts) -> None:
    """What macros would do is not known; of a link the value last seen counts."""
    sheet = (
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>任务</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>措施</t></is></c></row>'
        '<row r="2"><c r="A2" t="str"><f>[1]表!A1</f><v>甲</v></c>'
        '<c r="B2" t="str"><f>乙()</f><v>乙</v></c></row></sheetData>'
    )
    parts = {
        "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 no macro of ours",
        "xl/externalLinks/externalLink1.xml": "<externalLink/>",
    }
    [grid] = read_grids(write_parts(sheet, parts=parts, name="表.xlsm"))
    assert [[cell.text for cell in row.cells] for row in grid.rows] == [
        ["任务", "措施"],
        ["甲", "乙"],
    ]
    assert grid.notes == ("文件里的宏没有运行，只读取内容",)
