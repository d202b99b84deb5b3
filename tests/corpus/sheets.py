"""Months and shares as Excel shows them, tables without a header, lists in several sheets."""

from __future__ import annotations

from typing import Any

from docx.oxml.ns import qn
from openpyxl.styles import Border, Side

from tests.corpus.forms import HEAD, sheet, table, task, word

_ROWS = (HEAD, (1, "梳理制度", "办公室", "6月底前"), (2, "办培训", "人事处", "7月底前"))
_MORE = ((3, "清理账户", "财务处", "8月底前"), (4, "修订规划", "规划处", "9月底前"))
_FOUR = (
    task("梳理制度", "办公室", "6月底前"),
    task("办培训", "人事处", "7月底前"),
    task("清理账户", "财务处", "8月底前"),
    task("修订规划", "规划处", "9月底前"),
)
_DONE = (*HEAD, "完成比例")


def _two_decimals(page: Any) -> None:
    for place in ("D2", "D3"):
        page[place].number_format = "0.00"


def _share(page: Any) -> None:
    page["E2"].number_format = "0%"


def _tables(*between: str, repeated: bool = False, rows: Any = _MORE) -> Any:
    def fill(document: Any) -> None:
        document.add_paragraph("某局工作台账")
        table(document, _ROWS)
        for text in between:
            document.add_paragraph(text)
        made = table(document, (*_ROWS[:1], *rows) if repeated else rows)
        if not between:
            made._tbl.tblGrid.append(made._tbl.tblGrid[0].__copy__())

    return fill


_BLANKS = (
    HEAD,
    (1, "梳理制度", "办公室", "6月底前"),
    (2, "办培训", None, "7月底前"),
    (3, "清理账户", None, "8月底前"),
    (4, "修订规划", "规划处", None),
)


def _bordered(*open_places: str, lines: bool = True) -> Any:
    """A sheet with lines around all cells, but none above some places; with none at all."""

    def shape(page: Any) -> None:
        thin, none = Side(style="thin"), Side()
        for line, row in enumerate(page.iter_rows(min_row=1, max_row=5, max_col=4), 1):
            for letter, cell in zip("ABCD", row, strict=True):
                top = none if f"{letter}{line}" in open_places else thin
                bottom = none if f"{letter}{line + 1}" in open_places else thin
                around = Border(left=thin, right=thin, top=top, bottom=bottom)
                cell.border = around if lines else Border()

    return shape


def _drawn(document: Any) -> None:
    made = table(document, _BLANKS)
    for line, ends in ((1, ("bottom",)), (2, ("top", "bottom")), (3, ("top",))):
        properties = made.cell(line, 2)._tc.get_or_add_tcPr()
        borders = properties.makeelement(qn("w:tcBorders"), {})
        for end in ends:
            borders.append(borders.makeelement(qn(f"w:{end}"), {qn("w:val"): "nil"}))
        properties.append(borders)


def _word97(document: Any) -> None:
    rows = (_ROWS[0], ("一、制度建设", None, None, None), *_ROWS[1:])
    made = table(document, rows)
    for column, how in enumerate(("restart", "continue", "", "")):
        properties = made.cell(1, column)._tc.get_or_add_tcPr()
        values = {qn("w:val"): how} if how else {}
        properties.append(properties.makeelement(qn("w:hMerge"), values))


DOCUMENTS = (
    sheet(
        "边框上像合并了的单元格",
        _BLANKS,
        _FOUR[0],
        task("办培训", "办公室", "7月底前"),
        task("清理账户", "办公室", "8月底前"),
        task("修订规划", "规划处"),
        shaped=_bordered("C3", "C4"),
        asked=("第 3—4 行“责任单位”列按边框与上一行是一格",),
    ),
    sheet(
        "像合并了的和真合并了的在一张表里",
        _BLANKS,
        _FOUR[0],
        task("办培训", "办公室", "7月底前"),
        task("清理账户", "办公室", "8月底前"),
        task("修订规划", "规划处", "8月底前"),
        merged=("C2:C4",),
        shaped=_bordered("C3", "C4", "D5"),
        asked=("第 5 行“完成时限”列按边框与上一行是一格",),
    ),
    sheet(
        "每一格都画了线",
        _BLANKS,
        _FOUR[0],
        task("办培训", "", "7月底前"),
        task("清理账户", "", "8月底前"),
        task("修订规划", "规划处"),
        shaped=_bordered(),
    ),
    sheet(
        "一条线也没有画",
        _BLANKS,
        _FOUR[0],
        task("办培训", "", "7月底前"),
        task("清理账户", "", "8月底前"),
        task("修订规划", "规划处"),
        shaped=_bordered(lines=False),
    ),
    word(
        "Word 里边框上像合并了的单元格",
        _drawn,
        _FOUR[0],
        task("办培训", "办公室", "7月底前"),
        task("清理账户", "办公室", "8月底前"),
        task("修订规划", "规划处"),
        asked=("第 3—4 行“责任单位”列按边框与上一行是一格",),
    ),
    word(
        "Word 97 横着合并的单元格",
        _word97,
        _FOUR[0] | {"section": "一、制度建设"},
        _FOUR[1] | {"section": "一、制度建设"},
    ),
    sheet(
        "显示成 2021.10 的月份",
        (HEAD, (1, "编制规划", "规划处", 2021.1), (2, "修订制度", "办公室", 2021.06)),
        task("编制规划", "规划处", "2021.10"),
        task("修订制度", "办公室", "2021.06"),
        shaped=_two_decimals,
    ),
    sheet(
        "显示成 2021.1 的月份",
        (HEAD, (1, "编制规划", "规划处", 2021.1), (2, "修订制度", "办公室", 2021.12)),
        task("编制规划", "规划处", "2021.1"),
        task("修订制度", "办公室", "2021.12"),
        asked=("第 2 行“完成时限”列的“2021.1”是 1 月还是 10 月",),
    ),
    sheet(
        "完成比例",
        (
            _DONE,
            (1, "梳理制度", "办公室", "6月底前", 0.8),
            (2, "办培训", "人事处", "7月底前", "60%"),
            (3, "清理账户", "财务处", "8月底前", 50),
            (4, "修订规划", "规划处", "9月底前", 0),
        ),
        _FOUR[0] | {"status": "推进中", "progress": ("80%",), "percent": 80},
        _FOUR[1] | {"status": "推进中", "progress": ("60%",), "percent": 60},
        _FOUR[2] | {"status": "推进中", "progress": ("50%",), "percent": 50},
        _FOUR[3],
        shaped=_share,
    ),
    sheet(
        "完成比例写成小数",
        (_DONE, (1, "梳理制度", "办公室", "6月底前", 0.5)),
        _FOUR[0] | {"status": "推进中", "progress": ("50%",), "percent": 50},
        asked=("第 2 行“完成比例”列的“0.5”读作“50%”",),
    ),
    sheet("续表另占一页，没有表头", _ROWS, *_FOUR, others=(("续表", _MORE),)),
    sheet("另一页接着编号，没有表头", _ROWS, *_FOUR, others=(("Sheet2", _MORE),)),
    sheet(
        "另一页没有表头，编号接不上",
        _ROWS,
        *_FOUR[:2],
        others=(("Sheet2", ((9, "清理账户", "财务处", "8月底前"),)),),
        asked=("表“Sheet2”没有表头，没有导入（1 行）",),
    ),
    word("Word 续表，重复表头", _tables("续表", repeated=True), *_FOUR),
    word("Word 续表，没有表头", _tables("（续表）"), *_FOUR),
    word("Word 另一种格线的表接着编号", _tables(), *_FOUR),
    word(
        "Word 没有表头的另一张表",
        _tables("补充如下", rows=((7, "清理账户", "财务处"),)),
        *(row | {"section": "某局工作台账"} for row in _FOUR[:2]),
        asked=("表“表2”没有表头，没有导入（1 行）",),
    ),
    sheet(
        "问题、任务、责任三张清单",
        (("序号", "反馈问题"), (1, "制度不全"), (2, "培训少")),
        called="问题清单",
        others=(
            ("任务清单", (("序号", "问题序号", "整改任务", "整改措施"), (1, 1, "完善", "修订"))),
            ("责任清单", (("序号", "牵头单位", "完成时限"), (1, "办公室", "6月底前"))),
        ),
        refused="请按序号合成一张表再导入",
    ),
    sheet(
        "三张清单按同一序号",
        (("序号", "反馈问题"), (1, "制度不全")),
        called="问题清单",
        others=(
            ("任务清单", (("序号", "整改任务", "整改目标"), (1, "完善制度", "齐全"))),
            ("责任清单", (("序号", "责任单位", "责任领导"), (1, "办公室", "局长"))),
        ),
        refused="“问题清单”“任务清单”“责任清单”像是一份清单",
    ),
)
