"""Problems, failures and changes as sentences."""

from __future__ import annotations

import pytest

from ledger.model.change import FieldChange
from ledger.model.problem import WARNING, Problem
from ledger.view.changes import change_lines
from ledger.view.problems import problem_line, problem_lines, sentence
from ledger.view.rows import remaining


@pytest.mark.parametrize(
    ("message", "hint", "expected"),
    [
        ("没有命令“x”", "", "没有命令“x”。"),
        ("没有命令“x”", "是否应为“y”？", "没有命令“x”。是否应为“y”？"),
        ("读不了。", "请改好后再试。", "读不了。请改好后再试。"),
        ("第一行\n第二行\x1b[31m", "", "第一行 第二行\ufffd[31m。"),
    ],
)
def test_failure_ends_as_a_sentence_does(message: str, hint: str, expected: str) -> None:
    assert sentence(message, hint) == expected


def test_problem_names_place_and_code() -> None:
    problem = Problem("a.yaml", "T004", "部门“x”不在名单里", "是否应为“y”？", line=3)
    assert problem_line(problem) == "a.yaml:3：T004 部门“x”不在名单里；是否应为“y”？"
    assert problem_line(Problem("a.yaml", "T001", "是空文件")) == "a.yaml：T001 是空文件。"


def test_twenty_problems_and_a_count() -> None:
    errors = [Problem(f"{n}.yaml", "T001", "是空文件") for n in range(23)]
    warning = Problem("w.yaml", "T008", "不认识的键", severity=WARNING)
    lines = list(problem_lines([warning, *errors]))
    assert len(lines) == 21
    assert lines[0].startswith("0.yaml")
    assert lines[-1] == "……另有 3 个问题。"
    assert list(problem_lines([warning])) == []


@pytest.mark.parametrize(
    ("field", "old", "new", "message"),
    [
        ("status", "未启动", "推进中", "状态：未启动 → 推进中"),
        ("leader", "", "局长", "责任领导：局长"),
        ("leader", "局长", "", "责任领导：局长 → （空）"),
        ("lead", ["办公室"], ["办公室", "审业部"], "牵头部门：新增 审业部"),
        ("lead", ["办公室"], ["审业部"], "牵头部门：办公室 → 审业部"),
        ("tags", None, ["重点"], "标签：重点"),
        ("due", None, {"text": "6月", "date": "2017-06-30"}, "完成时限：6月（2017-06-30）"),
        ("联系人", None, "a\nb\u202e", "联系人：a b\ufffd"),
    ],
)
def test_change_in_the_ledgers_terms(field: str, old: object, new: object, message: str) -> None:
    assert list(change_lines([FieldChange(field, old, new)])) == [message]


def test_empty_to_empty_is_no_change() -> None:
    assert list(change_lines([FieldChange("due", None, {"text": ""})])) == []


@pytest.mark.parametrize(
    ("days", "message"), [(None, ""), (-3, "超期3天"), (0, "今天"), (1, "1天"), (400, "400天")]
)
def test_days_left_in_words(days: int | None, message: str) -> None:
    assert remaining(days) == message
