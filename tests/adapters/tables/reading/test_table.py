"""Rows below a header: what carries down, what is left out, what is said about it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.adapters.tables.grid import Cell, Grid, GridRow, Span, assemble
from ledger.adapters.tables.reading.columns import Doubt
from ledger.adapters.tables.reading.mapped import ImportedRow, MappedTable, line_ranges
from ledger.errors import LedgerError
from tests.adapters.tables.reading.documents import map_grid

PLAN = ["工作要点", "具体措施", "部门单位", "完成时间"]


def _grid(
    *rows: list[str | Cell], spans: tuple[Span, ...] = (), hidden: tuple[int, ...] = ()
) -> Grid:
    made = (
        GridRow(
            line,
            tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in cells),
            line in hidden,
        )
        for line, cells in enumerate(rows, start=1)
    )
    return assemble("台账", made, spans)


def _below(*rows: list[str | Cell], spans: tuple[Span, ...] = ()) -> MappedTable:
    """The table of rows under the plan's header; lines count from the header's 1."""
    return map_grid(_grid([*PLAN], *rows, spans=spans))


def test_every_field() -> None:
    names = (
        "序号 类别 工作要点 反馈问题 整改目标 整改措施 牵头单位 配合单位 "
        "责任领导 责任人 完成时限 进展情况 整改状态 备注 风险等级"
    )
    due = Cell("2021年6月30日", date(2021, 6, 30))
    table = map_grid(
        _grid(
            ["整改台账", "填报单位：办公室"],
            [*names.split()],
            [
                "1", "党的建设", "要点\n二", "问题", "目标", "措施一 \n\n 【分项】措施二",
                "办公室、人事司", "规划司", "分管局领导", "综合处处长\n督查处处长", due,
                "已印发\n已部署", "推进中", "注意事项", "高",
            ],
        )
    )  # fmt: skip
    assert (table.name, table.title) == ("台账", "整改台账")
    assert table.columns[4:6] == (("整改目标", "goal", "列名"), ("整改措施", "measures", "列名"))
    assert table.rows == (
        ImportedRow(
            line=3,
            number="1",
            section="党的建设",
            key_point="要点\n二",
            problem="问题",
            goal="目标",
            measures=("措施一", "【分项】措施二"),
            lead=("办公室", "人事司"),
            assist=("规划司",),
            leader="分管局领导",
            owner="综合处处长、督查处处长",
            due_text="2021年6月30日",
            due_date=date(2021, 6, 30),
            progress="已印发\n已部署",
            status_text="推进中",
            note="注意事项",
            extra=(("风险等级", "高"),),
        ),
    )
    assert table.notes == ("没有对应字段的列原样保留：“风险等级”",)


def test_merged_cells_carry_down_whatever_their_column() -> None:
    table = _below(
        ["要点一", "甲", "办公室", "12 月"],
        ["", "乙", "", ""],
        ["要点二", "丙", "", "6月"],
        ["", "丁", "人事司", ""],
        spans=(Span(2, 3, 0, 0), Span(2, 4, 2, 2), Span(2, 3, 3, 3)),
    )
    assert [(row.key_point, row.lead, row.due_text) for row in table.rows] == [
        ("要点一", ("办公室",), "12 月"),
        ("要点一", ("办公室",), "12 月"),
        ("要点二", ("办公室",), "6月"),
        ("", ("人事司",), ""),
    ]
    assert table.notes == ("“工作要点”为空：第 5 行",)


def test_without_merges_points_carry_down_and_other_cells_do_not() -> None:
    table = _below(
        ["要点一", "甲", "办公室", "12月"],
        ["", "乙", "", ""],
        ["一、下一部分", "", "", ""],
        ["", "丙", "人事司", ""],
        ["要点二", "丁", "", ""],
    )
    assert [(row.key_point, row.lead, row.due_text) for row in table.rows] == [
        ("要点一", ("办公室",), "12月"),
        ("要点一", (), ""),
        ("", ("人事司",), ""),
        ("要点二", (), ""),
    ]
    assert "“工作要点”为空，沿用上一行：第 3 行" in table.notes
    assert "“工作要点”为空：第 5 行" in table.notes


def test_a_section_column_carries_down_and_stops_points_and_problems() -> None:
    table = map_grid(
        _grid(
            ["部分", "反馈问题", "措施"],
            ["党建", "问题一", "甲"],
            ["", "", "乙"],
            ["业务", "", "丙"],
            ["业务", "问题二", "丁"],
        )
    )
    assert [(row.section, row.problem) for row in table.rows] == [
        ("党建", "问题一"),
        ("党建", "问题一"),
        ("业务", ""),
        ("业务", "问题二"),
    ]


@pytest.mark.parametrize(
    ("heading", "spans"),
    [
        (["一、党的建设", "", "", ""], (Span(2, 2, 0, 3),)),
        (["党的建设", "", "", ""], (Span(2, 2, 0, 3),)),
        (["党的\n建设", "", "", ""], (Span(2, 2, 0, 2),)),
        (["一、党的建设", "", "", ""], ()),
        (["第一部分 党的建设", "", "", ""], ()),
        (["（一）党的建设", "", "", ""], ()),
    ],
)
def test_headings_of_parts(heading: list[str], spans: tuple[Span, ...]) -> None:
    table = _below([*heading], ["要点", "甲", "办公室", ""], spans=spans)
    assert [row.section for row in table.rows] == [" ".join(heading[0].split())]
    assert table.notes == ()


def test_headings_within_headings() -> None:
    table = _below(
        ["第一部分 总体", "", "", ""],
        ["一、党建", "", "", ""],
        ["（一）学习", "", "", ""],
        ["甲", "措施", "", ""],
        ["（二）组织", "", "", ""],
        ["乙", "措施", "", ""],
        ["二、业务", "", "", ""],
        ["丙", "措施", "", ""],
        ["第二部分 保障", "", "", ""],
        ["丁", "措施", "", ""],
        ["三、附则", "", "", ""],
    )
    assert [row.section for row in table.rows] == [
        "第一部分 总体／一、党建／（一）学习",
        "第一部分 总体／一、党建／（二）组织",
        "第一部分 总体／二、业务",
        "第二部分 保障",
    ]
    assert table.notes == ("第 12 行“三、附则”之下没有事项",)


@pytest.mark.parametrize(
    ("row", "spans"),
    [
        (["", "（一）继续贯彻标准", "", ""], ()),
        (["一、要点", "甲", "", ""], ()),
        (["要点", "各部门按职责落实", "", ""], (Span(3, 3, 1, 3),)),
        (["", "各部门按职责落实", "", ""], (Span(3, 3, 1, 3), Span(2, 3, 0, 0))),
        (["只写了要点", "", "", ""], ()),
    ],
)
def test_what_is_no_heading(row: list[str | Cell], spans: tuple[Span, ...]) -> None:
    table = _below(["要点", "甲", "办公室", "12月"], row, spans=spans)
    assert [item.line for item in table.rows] == [2, 3]
    assert table.rows[1].lead == ()


def test_a_heading_beside_a_merged_section_column() -> None:
    table = map_grid(
        _grid(
            ["类别", *PLAN],
            ["业务", "一、总体", "", "", ""],
            ["", "要点", "甲", "", ""],
            ["", "二、其他", "", "", ""],
            ["", "要点", "乙", "", ""],
            spans=(Span(2, 5, 0, 0), Span(2, 2, 1, 4), Span(4, 4, 1, 4)),
        )
    )
    assert [(row.line, row.section) for row in table.rows] == [(3, "业务"), (5, "业务")]


@pytest.mark.parametrize(
    ("number", "section"),
    [("一", "一、党的建设"), ("一、", "一、党的建设"), ("（一）", "（一）党的建设")],
)
@pytest.mark.parametrize("spans", [(), (Span(2, 2, 1, 4),)])
def test_a_heading_numbered_in_its_own_column(
    number: str, section: str, spans: tuple[Span, ...]
) -> None:
    table = map_grid(
        _grid(
            ["序号", *PLAN],
            [number, "党的建设", "", "", ""],
            ["1", "要点", "甲", "", ""],
            ["2", "只有要点", "", "", ""],
            ["三", "要点", "乙", "", ""],
            spans=spans,
        )
    )
    assert [(row.number, row.section) for row in table.rows] == [
        ("1", section),
        ("2", section),
        ("三", section),
    ]


def test_a_list_of_points_alone_has_no_headings() -> None:
    table = map_grid(_grid(["序号", "重点任务", "备注"], ["一", "甲", ""], ["二", "乙", ""]))
    assert [row.key_point for row in table.rows] == ["甲", "乙"]


def test_rows_left_out_are_named() -> None:
    table = map_grid(
        _grid(
            ["2021年要点", "", "", ""],
            [*PLAN],
            ["要点", "甲", "", ""],
            [*PLAN],
            ["2021年要点", "", "", ""],
            ["小计：1", "", "", ""],
            ["要点", "乙", "", ""],
            ["隐藏的", "丙", "", ""],
            ["", "", "办公室", "12月"],
            ["合 计", "2", "", ""],
            ["注：一行说明", "", "", ""],
            ["2.又一行说明", "", "", ""],
            ["填报人：综合处处长", "审核人：办公室主任", "", ""],
            hidden=(8,),
        )
    )
    assert [row.measures for row in table.rows] == [("甲",), ("乙",)]
    assert table.notes == (
        "跳过重复的表头：第 4—5 行",
        "跳过合计行：第 6、10 行",
        "隐藏的行没有导入（取消隐藏或筛选后可以导入）：第 8 行",
        "没有写明工作内容，没有导入：第 9 行",
        "跳过说明和落款：第 11—13 行",
    )


def test_a_hidden_row_still_says_what_the_rows_below_belong_to() -> None:
    table = map_grid(
        _grid(
            ["任务", "措施"],
            ["任务一", "甲"],
            ["任务二", "乙"],
            ["", "丙"],
            ["一、业务", ""],
            ["任务三", "丁"],
            hidden=(3, 5),
        )
    )
    assert [(row.key_point, row.section) for row in table.rows] == [
        ("任务一", ""),
        ("任务二", ""),
        ("任务三", "一、业务"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "注：甲",
        "注1：甲",
        "※注：甲",
        "备注：甲",
        "说明：甲",
        "填表说明",
        "填报说明 1.甲",
        "制表日期：2021年",
        "说明",
    ],
)
def test_remarks(text: str) -> None:
    table = _below(["要点", "甲", "", ""], [text, "", "", ""], ["1.乙", "", "", ""])
    assert len(table.rows) == 1
    assert table.notes == ("跳过说明和落款：第 3—4 行",)


def test_a_table_may_go_on_after_a_remark() -> None:
    table = _below(["注：甲", "", "", ""], ["一、业务", "", "", ""], ["要点", "乙", "", ""])
    assert [(row.section, row.key_point) for row in table.rows] == [("一、业务", "要点")]


def test_who_filled_a_table_in_is_no_title() -> None:
    rows = [
        ["附件2"],
        ["整改台账"],
        ["填报单位：整改办", "2021年3月"],
        [*PLAN],
        ["甲", "乙", "", ""],
    ]
    assert map_grid(_grid(*rows)).title == "整改台账"


def test_numbers_that_begin_again_are_said() -> None:
    rows = [["1", "甲"], ["2", "乙"], ["1", "丙"], ["2", "丁"]]
    table = map_grid(_grid(["序号", "措施"], *rows))
    assert [row.number for row in table.rows] == ["1", "2", "1", "2"]
    assert table.doubts == (Doubt("又是 1，当作从头编起", (4,), "序号"),)
    parts = map_grid(_grid(["序号", "类别", "措施"], ["1", "一", "甲"], ["1", "二", "丙"]))
    assert parts.doubts == ()


def test_blank_rows_are_counted_between_items() -> None:
    table = _below(["甲", "乙", "", ""], ["", "", "", ""], ["", "", "", ""], ["丙", "丁", "", ""])
    assert [row.line for row in table.rows] == [2, 5]
    assert table.notes == ("跳过空行 2 行",)


def test_a_row_covered_by_merges_alone_is_blank() -> None:
    table = _below(
        ["要点", "甲", "", ""],
        ["", "", "", ""],
        ["二", "乙", "", ""],
        spans=(Span(2, 3, 0, 0),),
    )
    assert len(table.rows) == 2


def test_numbers_and_measures_over_several_rows_are_said() -> None:
    table = map_grid(
        _grid(
            ["序号", "措施", "责任单位"],
            ["1", "甲", "办公室"],
            ["", "乙", "人事司"],
            ["2", "丙", "规划司"],
            ["3", "", "条法司"],
            spans=(Span(2, 3, 0, 0), Span(4, 5, 1, 1)),
        )
    )
    assert [(row.number, row.measures, row.lead) for row in table.rows] == [
        ("1", ("甲",), ("办公室",)),
        ("1", ("乙",), ("人事司",)),
        ("2", ("丙",), ("规划司",)),
        ("3", ("丙",), ("条法司",)),
    ]
    assert table.notes == (
        "“序号”单元格合并了几行，每行各成一项：第 3 行",
        "“整改措施”单元格合并了几行，每行各成一项：第 5 行",
    )


def test_roles_of_one_cell_and_of_two_columns_come_together() -> None:
    table = map_grid(
        _grid(
            ["措施", "责任分工", "配合部门"],
            ["甲", "牵头单位：办公室\n责任领导：分管局领导\n责任人：综合处处长", "办公室、人事司"],
            ["乙", "办公室（牵头）、规划司", "人事司"],
        )
    )
    first, second = table.rows
    assert (first.lead, first.assist) == (("办公室",), ("人事司",))
    assert (first.leader, first.owner) == ("分管局领导", "综合处处长")
    assert (second.lead, second.assist) == (("办公室",), ("规划司", "人事司"))


def test_known_departments_are_passed_on() -> None:
    grid = _grid(["措施", "责任单位"], ["甲", "规划和财务处"])
    assert map_grid(grid).rows[0].lead == ("规划和财务处",)
    assert map_grid(grid, known={"规划", "财务处"}).rows[0].lead == ("规划", "财务处")


def test_a_cell_that_cannot_be_read_is_named() -> None:
    fault = Cell(fault="的公式没有保存计算结果")
    with pytest.raises(LedgerError) as caught:
        _below(["要点", "甲", "办公室", fault])
    assert caught.value.message == "表“台账”的“完成时间”列：单元格 D2 的公式没有保存计算结果"
    assert "重新计算并保存" in caught.value.hint


def test_a_fault_where_nothing_is_needed_does_no_harm() -> None:
    fault = Cell(fault="是错误值 #N/A")
    table = map_grid(
        _grid(["措施", "责任单位", "风险等级"], ["甲", "办公室", fault], ["合计", fault, ""])
    )
    assert table.rows[0].extra == ()
    assert "“风险等级”列的单元格读不出，留空：第 2 行" in table.notes


def test_no_header_and_missing_columns() -> None:
    with pytest.raises(LedgerError, match="没有找到表头"):
        map_grid(_grid(["甲", "乙"]))
    with pytest.raises(LedgerError, match="表头里没有“做法”列") as caught:
        map_grid(_grid(["任务", "措施"], ["甲", "乙"]), {"做法": "备注"})
    assert caught.value.hint == "表头里有：“任务”、“措施”"


def test_line_ranges() -> None:
    assert line_ranges([3]) == "第 3 行"
    assert line_ranges([3, 4, 5, 9, 11, 12]) == "第 3—5、9、11—12 行"


_TEXTS = st.sampled_from(
    [
        "",
        "",
        "甲",
        "要点",
        "一",
        "1",
        "一、党建",
        "（一）学习",
        "合计",
        "注：说明",
        *PLAN,
        "办公室、人事司",
    ]
)
_SPANS = st.builds(
    lambda top, left, height, width: Span(top, top + height, left, left + width),
    st.integers(1, 9),
    st.integers(0, 4),
    st.integers(0, 3),
    st.integers(0, 4),
)


@given(
    st.lists(st.lists(_TEXTS, min_size=1, max_size=6), max_size=8),
    st.lists(_SPANS, max_size=4),
    st.sets(st.integers(1, 10), max_size=3),
)
def test_any_table_is_read_in_order_and_each_line_once(
    rows: list[list[str]], spans: list[Span], hidden: set[int]
) -> None:
    lines: list[list[str | Cell]] = [[*row] for row in rows]
    grid = _grid([*PLAN], *lines, spans=tuple(spans), hidden=tuple(hidden))
    refusal = ""
    try:
        table = map_grid(grid)
    except LedgerError as exc:
        refusal = exc.message
    if refusal:
        assert spans or hidden or "都是表头" in refusal  # a row of column names alone
        return
    read = [row.line for row in table.rows]
    assert read == sorted(set(read) - hidden)
    assert all(row.key_point or row.measures for row in table.rows)


@given(
    st.lists(
        st.tuples(st.sampled_from(["要点一", "要点二", ""]), st.sampled_from("甲乙丙")), max_size=9
    )
)
def test_every_measure_of_a_plain_table_arrives(rows: list[tuple[str, str]]) -> None:
    lines: list[list[str | Cell]] = [[*row, "办公室", "12月"] for row in rows]
    table = _below(*lines)
    assert [row.measures for row in table.rows] == [(measure,) for _, measure in rows]


def test_of_many_lines_the_first_are_named() -> None:
    """A doubt that concerns thousands of rows is a line all the same, and says how many."""
    assert line_ranges([3, 4, 5, 9]) == "第 3—5、9 行"
    assert line_ranges(range(2, 5000)) == "第 2—4999 行"
    assert line_ranges(range(2, 22, 2)) == "第 2、4、6、8、10、12、14、16、18、20 行"
    every_other = line_ranges(range(2, 8000, 2))
    assert every_other == "第 2、4、6、8、10、12、14、16、18、20 等 3999 行"
