"""Workbooks: the 台账 in the columns people know, for Excel, WPS and LibreOffice.

Text is always written as text, never as a formula, and what begins like one is marked as quoted,
so that it stays text when somebody edits the cell.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterable, Sequence
from typing import cast

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.dimensions import RowDimension
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from ledger.adapters.tables.grid import (
    MAX_CELL_TEXT,
)
from ledger.adapters.tables.writing.sheet import (
    LIGHT_FILLS,
    Light,
    Sheet,
    SheetColumn,
    Value,
    groups,
    merges,
    printed,
)
from ledger.adapters.tables.writing.widths import wants
from ledger.errors import LedgerError
from ledger.model.plaintext import is_formula, legal
from ledger.model.telling import Tell, silent

_LINE = 13.5  # points from one line of a cell to the next
_SPARE = 1.5  # half-width characters between a cell's text and its sides
_NARROW, _MARGIN, _FOOTER = 8.0, 0.4, 0.2  # half-width characters; inches
_A4, _A3 = 9, 8  # numbers of paper sizes (ECMA-376 part 1, 18.3.1.63)
_ON_A4, _ON_A3 = 150.0, 260.0  # half-width characters of columns that are still legible on them
_HIGHEST = 409.0  # points, Excel's own limit for a row
_TYPED = 18.0  # half-width characters, of the columns of a table as it stands
_LIT = "台账亮灯 {}"
_STYLES = {"text": "台账文字", "date": "台账日期", "share": "台账百分比"}


def xlsx_file(sheets: Sequence[Sheet], made: dt.date, tell: Tell = silent) -> bytes:
    """A workbook of some tables.

    Args:
        made: the day that the file says it was made.
        tell: told how many rows of a table are written, of how many.

    Raises:
        LedgerError: a text is longer than a cell can hold.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    midnight = dt.datetime(made.year, made.month, made.day)  # noqa: DTZ001 - openpyxl's is naive
    book.properties.creator = "ledger"
    book.properties.created = book.properties.modified = midnight
    _add_styles(book)
    for sheet in sheets:
        _fill(book.create_sheet(sheet.name), sheet, tell)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def plain_file(
    name: str, rows: Sequence[Sequence[str | int | None]], merged: Sequence[str]
) -> bytes:
    """A workbook of one table as it stands, such as somebody has typed it.

    Args:
        name: of its sheet.
        merged: ranges of cells that are one, such as `A1:I1`.
    """
    book = Workbook()
    page = cast(Worksheet, book.active)
    page.title = name
    for row in rows:
        page.append(list(row))
    for cells in merged:
        page.merge_cells(cells)
    for column in range(1, page.max_column + 1):
        page.column_dimensions[get_column_letter(column)].width = _TYPED
    for line in page.iter_rows():
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="center")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _fill(page: Worksheet, sheet: Sheet, tell: Tell) -> None:
    _title(page, sheet)
    last = _header(page, sheet)
    widths = _widths(sheet)
    for number, values in enumerate(sheet.rows, start=last + 1):
        for index, (value, column) in enumerate(zip(values, sheet.columns, strict=True), start=1):
            _write(_cell(page, number, index), value, column, f"第 {number} 行“{column.title}”")
        tell(number - last, len(sheet.rows))
    for number, height in enumerate(_heights(sheet, widths), start=last + 1):
        page.row_dimensions[number] = _FlexibleRow(page, index=number, ht=height)
    for index, first, final in merges(sheet):
        page.merge_cells(None, last + 1 + first, index + 1, last + 1 + final, index + 1)
    _arrange(page, sheet, last, widths)


def _title(page: Worksheet, sheet: Sheet) -> None:
    cell = _cell(page, 1, 1)
    _set_text(cell, sheet.title)
    cell.style = "台账标题"
    page.merge_cells(None, 1, 1, 1, len(sheet.columns))
    page.row_dimensions[1].height = 36


def _header(page: Worksheet, sheet: Sheet) -> int:
    """Write the header below the title; the number of its last row."""
    last = 3 if sheet.grouped else 2
    for row in range(2, last + 1):
        page.row_dimensions[row].height = 20
        for index, column in enumerate(sheet.columns, start=1):
            cell = _cell(page, row, index)
            cell.style = "台账表头"
            _set_text(cell, column.title if row == last and column.group else "")
    for first, final, text in groups(sheet.columns):
        _set_text(_cell(page, 2, first + 1), text)
        if not sheet.columns[first].group and last == 3:
            page.merge_cells(None, 2, first + 1, last, first + 1)
        elif final > first:
            page.merge_cells(None, 2, first + 1, 2, final + 1)
    return last


def _cell(page: Worksheet, row: int, column: int) -> Cell:
    """A cell that no merge covers yet."""
    return cast("Cell", page.cell(row, column))


def _write(cell: Cell, value: Value, column: SheetColumn, where: str) -> None:
    if isinstance(value, str):
        if len(value) > MAX_CELL_TEXT:
            raise LedgerError(
                f"{where}超过 {MAX_CELL_TEXT} 字，放不进 Excel 的一个单元格",
                hint="请改用 csv 或 json 导出，或把这项内容改短",
            )
        _set_text(cell, value)
    elif isinstance(value, Light):
        _set_text(cell, value.name)
    elif value is not None:
        cell.value = value
    usual = _STYLES.get(column.kind, "台账居中")
    cell.style = _LIT.format(value.state) if isinstance(value, Light) else usual
    if isinstance(value, str) and is_formula(value.strip()):
        cell.quotePrefix = True


def _set_text(cell: Cell, text: str) -> None:
    if text:
        cell.value = legal(text)
        cell.data_type = "s"  # "=1+1" is no formula, "#N/A" no error


def _widths(sheet: Sheet) -> list[float]:
    """Half-width characters of each column: what its words and texts take, up to its width.

    Where the columns would not be legible on A3, those of texts are narrower.
    """
    columns = list(zip(*sheet.rows, strict=True)) or [()] * len(sheet.columns)
    bounds = [
        _bounds(column, [printed(value) for value in values])
        for column, values in zip(sheet.columns, columns, strict=True)
    ]
    spare = sum(usual - least for least, usual in bounds)
    over = max(0.0, sum(usual for _, usual in bounds) - _ON_A3)
    kept = max(0.0, 1 - over / spare) if spare else 1.0
    return [least + (usual - least) * kept for least, usual in bounds]


def _bounds(column: SheetColumn, texts: Sequence[str]) -> tuple[float, float]:
    """The least width and the usual one.

    No id, date or number is broken, and none shown as ####, however narrow texts would be.
    """
    needs = wants(column.title, texts)
    full, words = (2 * each + _SPARE for each in (needs.full, needs.least))
    least = max(words, min(full, _NARROW))
    return least, max(least, min(full, column.width))


def _heights(sheet: Sheet, widths: Sequence[float]) -> list[float]:
    """Points of each row: as high as its longest text; merged texts have all rows that they cover.

    What a merged text still lacks, its last row is given.
    """
    merged = {(index, first): last for index, first, last in merges(sheet)}
    covered = {(i, row) for (i, first), last in merged.items() for row in range(first, last + 1)}
    heights = [
        _height(
            (printed(value), width)
            for index, (value, width) in enumerate(zip(values, widths, strict=True))
            if (index, row) not in covered
        )
        for row, values in enumerate(sheet.rows)
    ]
    for (index, first), last in merged.items():
        needed = _height([(printed(sheet.rows[first][index]), widths[index])])
        lacking = needed - sum(heights[first : last + 1])
        heights[last] = min(_HIGHEST, heights[last] + max(0.0, lacking))
    return heights


def _height(cells: Iterable[tuple[str, float]]) -> float:
    """Points that cells need, each a text and its width."""
    lines = max((_line_count(text, width) for text, width in cells), default=1)
    return min(_HIGHEST, _LINE * lines + _LINE / 2)


class _FlexibleRow(RowDimension):
    """A row with a height that the program may change when somebody edits the text."""

    customHeight = False  # noqa: N815 - the library's name


def _line_count(text: str, width: float) -> int:
    """Lines that a text takes in a column; a Chinese character is as wide as two others."""
    return sum(
        max(1, math.ceil(sum(1 if char < "\u2e80" else 2 for char in line) / (width - 1)))
        for line in text.split("\n")
    )


def _arrange(page: Worksheet, sheet: Sheet, header: int, widths: Sequence[float]) -> None:
    """Widths, frozen header, filters, and how it is printed: all columns on one page's width."""
    for index, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(index)].width = width
    end = get_column_letter(len(sheet.columns))
    page.freeze_panes = f"C{header + 1}"
    if sheet.rows:
        page.auto_filter.ref = f"A{header}:{end}{header + len(sheet.rows)}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = _A4 if sum(widths) <= _ON_A4 else _A3
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_margins = PageMargins(_MARGIN, _MARGIN, _MARGIN, 2 * _MARGIN, _FOOTER, _FOOTER)
    page.print_options.horizontalCentered = True
    page.print_title_rows = f"2:{header}"
    page.HeaderFooter.oddFooter = HeaderFooterItem(center=_HeaderFooterPart("第 &P 页，共 &N 页"))


def _add_styles(book: Workbook) -> None:
    line = Side(style="thin", color="808080")
    ruled = Border(left=line, right=line, top=line, bottom=line)

    def style(
        name: str,
        *,
        centred: bool = True,
        form: str = "General",
        fill: str = "",
        size: int = 10,
        bold: bool = False,
    ) -> None:
        book.add_named_style(
            NamedStyle(
                name,
                font=Font(name="宋体", size=size, bold=bold),
                fill=PatternFill("solid", fgColor=fill) if fill else None,
                border=ruled,
                alignment=Alignment(
                    horizontal="center" if centred else "left", vertical="center", wrap_text=True
                ),
                number_format=form,
            )
        )

    style("台账标题", size=16, bold=True)
    style("台账表头", fill="E7E6E6", bold=True)
    style("台账文字", centred=False)
    style("台账居中")
    style("台账日期", form='yyyy"年"m"月"d"日"')
    style("台账百分比", form="0.0%")
    for state, fill in LIGHT_FILLS.items():
        style(_LIT.format(state), fill=fill)
