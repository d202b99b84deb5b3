"""Workbooks (.xlsx, .xlsm): every visible sheet as a grid.

The values come from openpyxl's read-only mode, which streams them; where cells are merged or
hidden comes from `sheet_layout`. Nothing is opened before `ooxml` has looked at the zip.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import partial
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from ledger.adapters.tables.drawn import UNDRAWN, Drawn, Lines
from ledger.adapters.tables.grid import (
    EMPTY,
    MAX_CELL_TEXT,
    MAX_COLUMNS,
    TOLD_EVERY,
    Cell,
    Grid,
    GridRow,
    assemble,
    choose_name,
    clean_text,
    column_name,
)
from ledger.adapters.tables.ooxml import Format, check_markup, checked_bytes, reading
from ledger.adapters.tables.sheet_layout import Layout, SheetPart, read_layout, sheet_parts
from ledger.adapters.tables.sheet_marks import comments, live_texts
from ledger.errors import LedgerError
from ledger.model.record import replace
from ledger.model.telling import Tell, silent

if TYPE_CHECKING:
    from openpyxl.styles.borders import Border
    from openpyxl.workbook import Workbook

WORKBOOK = Format(".xlsx", "xl/workbook.xml", ".xls")

_LIMITS = {"xl/sharedStrings.xml": 1_000_000, "xl/styles.xml": 200_000}
_LOCAL_MONTHS = frozenset({27, 36, 50, 52, 57})
_LOCAL_DAYS = frozenset({28, 29, 30, 31, 51, 53, 54, 58})
"""Date formats a Chinese Excel writes by id alone (ECMA-376 part 1, 18.8.30, zh-cn), which
openpyxl takes for plain numbers. The first lot shows no day."""

_DECIMALS = re.compile(r"#?0\.(0+)(?:_.)?(?:;|$)")
_LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


def read(path: Path, sheet: str | None = None, tell: Tell = silent) -> tuple[Grid, ...]:
    """The visible sheets of a workbook, or the one named `sheet` (which may be hidden).

    Raises LedgerError naming the file, and the sheet and row where it can.
    """
    data = checked_bytes(path, WORKBOOK)
    with reading(path, WORKBOOK), ZipFile(BytesIO(data)) as archive:
        parts = sheet_parts(archive, path.name)
        if not parts:
            raise LedgerError(
                f"{path.name} 里没有能读的工作表",
                hint="用 Excel 打开并另存为“Excel 工作簿（*.xlsx）”后再导入",
            )
        chosen = _chosen(parts, sheet)
        layouts = {
            part.name: read_layout(archive, part.part, f"{path.name} 的工作表“{part.name}”")
            for part in chosen
        }
        walked = {part.part for part in chosen}
        check_markup(path, archive, limits=_LIMITS, walked=walked)
        for part in chosen:
            layouts[part.name].live = live_texts(archive, part.part)
            layouts[part.name].comments = comments(archive, part.part)
        return _grids(data, layouts, _left_out(path, parts, chosen), tell)


def _chosen(parts: tuple[SheetPart, ...], sheet: str | None) -> tuple[SheetPart, ...]:
    if sheet is not None:
        name = choose_name([part.name for part in parts], sheet, "工作表")
        return tuple(part for part in parts if part.name == name)
    return tuple(part for part in parts if not part.hidden) or parts


def _left_out(
    path: Path, parts: tuple[SheetPart, ...], chosen: tuple[SheetPart, ...]
) -> tuple[str, ...]:
    macros = ("文件里的宏没有运行，只读取内容",) if path.suffix.lower() == ".xlsm" else ()
    names = "、".join(f"“{part.name}”" for part in parts if part.hidden and part not in chosen)
    return (*macros, f"隐藏的工作表{names}没有导入") if names else macros


def _grids(
    data: bytes, layouts: Mapping[str, Layout], notes: tuple[str, ...], tell: Tell
) -> tuple[Grid, ...]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        # It warns in English of styles and extensions that no table needs.
        warnings.simplefilter("ignore")
        book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            grids = [_grid(book, name, layout, tell) for name, layout in layouts.items()]
            return (replace(grids[0], notes=grids[0].notes + notes), *grids[1:])
        finally:
            book.close()


def _grid(book: Workbook, name: str, layout: Layout, tell: Tell) -> Grid:
    notes: tuple[str, ...] = ()
    if layout.columns > MAX_COLUMNS:
        notes = (f"{column_name(MAX_COLUMNS - 1)} 列以右的内容没有读取",)
    drawn = Drawn(layout.spans)
    return assemble(
        name,
        _rows(book, name, layout, drawn, tell),
        chain(layout.spans, drawn.spans()),
        hidden_columns=frozenset(layout.hidden_columns),
        notes=notes,
    )


def _rows(book: Workbook, name: str, layout: Layout, drawn: Drawn, tell: Tell) -> Iterator[GridRow]:
    if not layout.lines:
        return
    last = max(layout.lines)
    width = min(layout.columns, MAX_COLUMNS)
    marked = bool(layout.live or layout.comments)
    # The extent is ours: the sheet's own <dimension> is often wrong, and may be a trap.
    lines = book[name].iter_rows(min_row=1, max_row=last, min_col=1, max_col=width)
    for line, cells in zip(range(1, last + 1), lines, strict=False):
        if line % TOLD_EVERY == 0:
            tell(line, last)
        if line in layout.lines:
            filled = [cell.value is not None for cell in cells]
            drawn.row(line, (filled, partial(_lines, cells)))
            row = [
                _cell(cell, book.epoch, (line, column) in layout.unsaved)
                for column, cell in enumerate(cells)
            ]
            if marked:
                row = [_marked(cell, layout, (line, at)) for at, cell in enumerate(row)]
            yield GridRow(line, tuple(row), line in layout.hidden_rows)


def _lines(raws: Iterable[Any]) -> list[Lines]:
    """What is drawn around openpyxl's read-only cells; blank ones may have no border."""
    return [UNDRAWN if raw.border is None else _lines_of(raw.border) for raw in raws]


def _lines_of(border: Border) -> Lines:
    sides = (border.top, border.bottom, border.left, border.right)
    top, bottom, left, right = (side is not None and bool(side.style) for side in sides)
    return Lines(top, bottom, left or right)


def _marked(cell: Cell, layout: Layout, place: tuple[int, int]) -> Cell:
    """A cell without what is struck through in it, with what is said of it."""
    if place in layout.live:
        cell = Cell(layout.live[place], struck=True)
    return replace(cell, comment=layout.comments.get(place, ""))


def _cell(raw: Any, epoch: datetime, unsaved: bool) -> Cell:
    """One of openpyxl's read-only cells (its types for them are incomplete) as ours."""
    value = raw.value
    if unsaved:
        return Cell(fault="的公式没有保存计算结果")
    if value is None:
        return EMPTY
    if raw.data_type == "e":
        return Cell(fault=f"是错误值 {clean_text(str(value))[:20]}")
    if isinstance(value, bool):
        return Cell("是" if value else "否")
    if isinstance(value, int | float):
        return _number_cell(raw, value, epoch)
    if isinstance(value, datetime):
        return _date_cell(value.date(), _shows_day(raw.number_format))
    if len(text := str(value)) > MAX_CELL_TEXT:
        return Cell(fault=f"超过 {MAX_CELL_TEXT} 字")
    return Cell(clean_text(text))


def _number_cell(raw: Any, value: float, epoch: datetime) -> Cell:
    """A number as people see it: no trailing .0, percent as percent."""
    local = raw.style_array.numFmtId
    if local in _LOCAL_MONTHS | _LOCAL_DAYS:
        return _serial_cell(value, epoch, local in _LOCAL_DAYS)
    if "%" in _LITERAL.sub("", raw.number_format):
        return Cell(f"{value * 100:.15g}%", float(value))
    if (decimals := _DECIMALS.match(raw.number_format)) and isinstance(value, float):
        shown = f"{value:.{len(decimals[1])}f}"  # 2021.10 is October, 2021.1 may be
        if float(shown) == value:
            return Cell(shown, value)
    return Cell(f"{value:.15g}" if isinstance(value, float) else str(value), float(value))


def _serial_cell(value: float, epoch: datetime, day: bool) -> Cell:
    from openpyxl.utils.datetime import from_excel

    try:
        moment = from_excel(value, epoch)
    except (OverflowError, ValueError):
        return Cell(fault="是错误的日期")
    return _date_cell(moment.date(), day) if isinstance(moment, datetime) else Cell(str(moment))


def _date_cell(value: date, day: bool) -> Cell:
    """A date; shown as a month only, it is a month and no day may be made of it."""
    month = f"{value.year}年{value.month}月"
    return Cell(f"{month}{value.day}日", value) if day else Cell(month)


def _shows_day(number_format: str) -> bool:
    shown = _LITERAL.sub("", number_format.lower())
    return "d" in shown or not ("y" in shown or "m" in shown)
