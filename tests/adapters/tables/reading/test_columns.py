"""Finding the header and giving its columns their fields."""

from __future__ import annotations

import pytest

from ledger.adapters.tables.grid import Cell, Grid, GridRow, Span, assemble
from ledger.adapters.tables.reading.columns import Header, find_header, mapped_fields, no_header
from ledger.adapters.tables.reading.fieldnames import FIELD_NAMES, field_of, normal_name
from ledger.errors import LedgerError


def _grid(
    *rows: list[str], spans: tuple[Span, ...] = (), hidden: frozenset[int] = frozenset()
) -> Grid:
    made = (GridRow(line, tuple(map(Cell, texts))) for line, texts in enumerate(rows, start=1))
    return assemble("台账", made, spans, hidden_columns=hidden)


def _header_of(grid: Grid, mapping: dict[str, str] | None = None, row: int | None = None) -> Header:
    header = find_header(grid, mapping, row)
    assert header is not None
    return header


def _fields(header: Header) -> dict[str, str]:
    return {column.header: column.field for column in header.columns}


@pytest.mark.parametrize(
    ("name", "field"),
    [(name, field) for field, names in FIELD_NAMES.items() for name in names],
)
def test_every_usual_name_with_blanks_inside(name: str, field: str) -> None:
    assert field_of(f" {name[0]} \n{name[1:]}\u3000：") == field
    assert field_of(f"*{name}（填写说明）") == field


def test_no_name_stands_for_two_fields() -> None:
    names = [name for names in FIELD_NAMES.values() for name in names]
    assert len(set(names)) == len(names)
    assert [normal_name(name) for name in names] == names


def test_header_below_titles() -> None:
    grid = _grid(
        ["附件1", "", ""],
        ["2017年工作要点", "", ""],
        ["填报单位：办公室", "完成时间：12月", ""],
        ["工作要点", "具体措施", "完成时间"],
        ["甲", "乙", "12月"],
    )
    header = _header_of(grid)
    assert (header.first, header.last, header.notes) == (3, 3, ())
    assert _fields(header) == {"工作要点": "key_point", "具体措施": "measures", "完成时间": "due"}


_TWO_ROWS = (
    ["序号", "反馈问题", "整改措施", "责任分工", "", "", "", "完成时限"],
    ["", "", "", "牵头单位", "配合单位", "责任领导", "责任人", ""],
    ["1", "甲", "乙", "办公室", "人事司", "分管局领导", "综合处处长", "6月底"],
)
_TWO_ROW_FIELDS = {
    "序号": "number",
    "反馈问题": "problem",
    "整改措施": "measures",
    "牵头单位": "lead",
    "配合单位": "assist",
    "责任领导": "leader",
    "责任人": "owner",
    "完成时限": "due",
}


@pytest.mark.parametrize(
    "spans",
    [
        (),
        (Span(2, 2, 3, 6),),
        (Span(2, 2, 3, 6), *(Span(2, 3, column, column) for column in (0, 1, 2, 7))),
    ],
)
def test_two_header_rows(spans: tuple[Span, ...]) -> None:
    header = _header_of(_grid(["整改任务清单"], *_TWO_ROWS, spans=spans))
    assert (header.first, header.last) == (1, 2)
    assert _fields(header) == _TWO_ROW_FIELDS


def test_a_vertical_merge_keeps_unknown_lower_names_in_the_header() -> None:
    grid = _grid(
        ["反馈问题", "措施", "责任分工", ""],
        ["", "", "姓名", "职务"],
        ["甲", "乙", "办公室", "主任"],
        spans=(Span(1, 2, 0, 0), Span(1, 2, 1, 1), Span(1, 1, 2, 3)),
    )
    header = _header_of(grid)
    assert (header.first, header.last) == (0, 1)


def test_a_merged_header_makes_one_column() -> None:
    grid = _grid(
        ["工作要点", "具体措施", "", "部门单位"],
        ["甲", "1", "乙", "办公室"],
        spans=(Span(1, 1, 1, 2),),
    )
    header = _header_of(grid)
    assert [column.indexes for column in header.columns] == [(0,), (1, 2), (3,)]


def test_the_first_of_equal_headers_counts() -> None:
    rows = [["任务", "措施"], ["甲", "乙"], ["任务", "措施"], ["丙", "丁"]]
    assert _header_of(_grid(*rows)).first == 0


def test_guesses_are_said() -> None:
    header = _header_of(
        _grid(
            ["2021年重点任务", "推动工作措施", "责任单位和职务", "时限"], ["甲", "乙", "丙", "丁"]
        )
    )
    assert list(_fields(header).values()) == ["key_point", "measures", "lead", "due"]
    assert header.notes == (
        "“2021年重点任务”列当作“工作要点”",
        "“推动工作措施”列当作“整改措施”",
        "“责任单位和职务”列当作“牵头单位”",
    )


@pytest.mark.parametrize(
    "name", ["实际完成时间", "是否完成整改目标", "未完成工作任务", "监督责任单位"]
)
def test_other_meanings_are_not_guessed(name: str) -> None:
    header = _header_of(_grid(["任务", "措施", name], ["甲", "乙", "丙"]))
    assert _fields(header)[name] == "extra"
    assert header.notes == (f"没有对应字段的列原样保留：“{name}”",)


def test_one_field_in_two_columns() -> None:
    header = _header_of(
        _grid(["措施", "责任单位", "牵头单位", "承办单位"], ["甲", "乙", "丙", "丁"])
    )
    assert _fields(header) == {
        "措施": "measures",
        "责任单位": "extra",
        "牵头单位": "lead",
        "承办单位": "extra",
    }
    assert "“牵头单位”列已作“牵头单位”，“责任单位”列原样保留" in header.notes


def test_the_right_one_of_two_points_holds_the_measures() -> None:
    header = _header_of(_grid(["重点工作", "工作任务", "责任单位"], ["甲", "乙", "丙"]))
    assert list(_fields(header).values()) == ["key_point", "measures", "lead"]
    assert header.notes == ("没有措施列，“工作任务”列当作措施",)


def test_unknown_columns_are_extra_and_empty_ones_are_nothing() -> None:
    header = _header_of(_grid(["任务", "措施", "风险等级", "", ""], ["甲", "乙", "高", "", "丙"]))
    assert _fields(header) == {
        "任务": "key_point",
        "措施": "measures",
        "风险等级": "extra",
        "E 列": "extra",
    }


def test_hidden_columns_are_left_out() -> None:
    grid = _grid(["任务", "措施", "备注"], ["甲", "乙", "丙"], hidden=frozenset({2}))
    header = _header_of(grid)
    assert list(_fields(header)) == ["任务", "措施"]
    assert header.notes == ("隐藏的列没有导入：“备注”（取消隐藏后可以导入）",)
    assert find_header(_grid(*_TWO_ROWS[:1], hidden=frozenset({1, 2}))) is None


def test_a_mapping_wins() -> None:
    grid = _grid(["推进 安排", "任务", "谁来做", "备注"], ["甲", "乙", "丙", "丁"])
    header = _header_of(grid, {"推进安排": "措施", "谁来做": "lead", "备注": "extra"})
    assert list(_fields(header).values()) == ["measures", "key_point", "lead", "extra"]
    assert header.missing == ()
    assert _header_of(grid, {"推进安排": "措施", "没有的": "备注"}).missing == ("没有的",)


def test_a_mapping_vouches_for_a_single_column() -> None:
    grid = _grid(["推进安排", "别的"], ["甲", "乙"])
    assert find_header(grid) is None
    assert _fields(_header_of(grid, {"推进安排": "measures"})) == {
        "推进安排": "measures",
        "别的": "extra",
    }


def test_header_row_is_given_by_its_line() -> None:
    rows = [
        ["任务", "措施", "备注"],
        ["甲", "乙", "丙"],
        ["工作任务", "具体情况", ""],
        ["丁", "戊", ""],
    ]
    assert _header_of(_grid(*rows), row=3).first == 2
    assert find_header(_grid(*rows), header_row=2) is None
    assert find_header(_grid(*rows), header_row=99) is None


def test_only_the_first_rows_are_searched() -> None:
    filler = [["甲", "乙"]] * 30
    assert find_header(_grid(*filler, ["任务", "措施"], ["丙", "丁"])) is None
    assert _header_of(_grid(*filler, ["任务", "措施"], ["丙", "丁"]), row=31).first == 30


@pytest.mark.parametrize(
    "rows",
    [
        [["甲", "乙"], ["丙", "丁"]],
        [["序号", "备注"], ["1", "甲"]],
        [["国家知识产权局2017年工作要点"], ["任务"]],
        [["任务"], ["甲"]],
        [["各部门单位要明确重点任务，细化整改措施", "责任单位"], ["甲", "乙"]],
    ],
)
def test_no_header(rows: list[list[str]]) -> None:
    assert find_header(_grid(*rows)) is None


def test_what_to_tell_without_a_header() -> None:
    error = no_header(["台账", "附表"])
    assert "“台账”、“附表”前 30 行里没有找到表头" in error.message
    assert "工作要点" in error.message
    assert "--map 列名=字段" in error.hint
    assert "牵头单位（lead）" in error.hint
    assert "第 7 行不是表头" in no_header(["台账"], 7).message


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"甲": "没有的字段"}, "没有“没有的字段”这个字段（列“甲”）"),
        ({"甲": "措施", "乙": "measures"}, "有两列都指定为“整改措施”"),
    ],
)
def test_bad_mappings(mapping: dict[str, str], message: str) -> None:
    with pytest.raises(LedgerError) as caught:
        mapped_fields(mapping)
    assert caught.value.message == message
    assert caught.value.hint
