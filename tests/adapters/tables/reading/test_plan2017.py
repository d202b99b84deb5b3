"""A real yearly plan of 296 measures in three formats, and a small one of the same shape."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.adapters.tables.reading import read_tables
from tests.conftest import DATA

WriteBook = Callable[..., Path]
NUMERALS = "〇一二三四五六七八"


def _expected(item: dict[str, Any]) -> tuple[str, str, str, tuple[str, ...], str]:
    heading = f"【{item['sub_item']}】" if item["sub_item"] else ""
    return (
        f"{NUMERALS[item['part_no']]}、{item['part']}",
        item["key_point"],
        heading + item["measure"],
        tuple(item["depts"]),
        item["due_text"],
    )


@pytest.mark.parametrize("name", ["plan2017.xlsx", "plan2017.csv", "plan2017.docx"])
def test_the_plan_row_by_row(name: str) -> None:
    items = json.loads((DATA / "plan2017.json").read_text(encoding="utf-8"))
    began = time.process_time()
    [table] = read_tables(DATA / name).tables
    assert time.process_time() - began < 5
    read = [
        (
            row.section,
            row.key_point,
            "\n".join(row.measures),
            row.lead,
            "".join(row.due_text.split()),
        )
        for row in table.rows
    ]
    assert len(read) == 296
    assert read == [_expected(item) for item in items]
    assert not any(row.assist or row.extra for row in table.rows)
    assert table.notes == ()


def test_a_small_plan_of_the_same_shape(write_book: WriteBook) -> None:
    path = write_book(
        [
            ["某局2017年工作要点的具体措施和完成时间", None, None, None],
            ["工作要点", "具体措施", "部门单位", "完成时间"],
            ["一、加强学习", None, None, None],
            ["落实学习制度", "制定计划。", "机关党委", "全年"],
            [None, "开展检查：\n1.自查\n2.抽查", "办公室\n专利局办公室", "12 月"],
            [None, "【总结】形成报告。", None, None],
            ["二、提高质量", None, None, None],
            ["加强审查", "统筹安排。", "审业部", "1-2 月"],
        ],
        ["A1:D1", "A3:D3", "A4:A6", "C5:C6", "D5:D6", "A7:D7"],
    )
    [table] = read_tables(path).tables
    assert table.title == "某局2017年工作要点的具体措施和完成时间"
    assert [(row.line, row.section, row.key_point) for row in table.rows] == [
        (4, "一、加强学习", "落实学习制度"),
        (5, "一、加强学习", "落实学习制度"),
        (6, "一、加强学习", "落实学习制度"),
        (8, "二、提高质量", "加强审查"),
    ]
    assert [(row.measures, row.lead, row.due_text) for row in table.rows] == [
        (("制定计划。",), ("机关党委",), "全年"),
        (("开展检查：", "1.自查", "2.抽查"), ("办公室", "专利局办公室"), "12 月"),
        (("【总结】形成报告。",), ("办公室", "专利局办公室"), "12 月"),
        (("统筹安排。",), ("审业部",), "1-2 月"),
    ]
    assert table.notes == ()


def test_a_small_csv_of_the_same_shape(tmp_path: Path) -> None:
    path = tmp_path / "计划.csv"
    path.write_bytes(
        "序号,部分,工作要点,具体措施,部门单位,完成时间\r\n"
        '1,一、加强学习,落实学习制度,"【总结】报告\r\n印发",办公室、人事司,全年\r\n'
        "2,一、加强学习,落实学习制度,开展检查。,机关党委,2018年1月\r\n".encode("gb18030")
    )
    [table] = read_tables(path).tables
    assert [
        (row.number, row.section, row.measures, row.lead, row.due_text) for row in table.rows
    ] == [
        ("1", "一、加强学习", ("【总结】报告", "印发"), ("办公室", "人事司"), "全年"),
        ("2", "一、加强学习", ("开展检查。",), ("机关党委",), "2018年1月"),
    ]
