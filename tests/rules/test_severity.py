"""What ledger.yaml may do to the severity of rules, and what it may not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ledger.model.config import Config
from ledger.model.problem import ERROR, WARNING, Problem
from ledger.rules import ALWAYS, CODES, FIXED, RULES, judged

if TYPE_CHECKING:
    from tests.rules.conftest import Build, Judge, JudgeChange

PLAN = {
    "id": "GZ2020-001",
    "kind": "工作要点",
    "source": "GZ2020",
    "due": {"text": "12月", "date": "2020-12-31"},
}
RECTIFICATION = {"id": "ZG2020-001"}
CLOSED_BY_NONE = {"status": "已销号", "closing": None}
STRICT = [code for code in CODES if code[0] in "CD" or code == "T007"]
LOOSE = [code for code in CODES if code not in STRICT and code not in FIXED]


def about(code: str, record_id: str) -> Problem:
    return Problem("data/x.yaml", code, "甲", id=record_id)


@pytest.mark.parametrize("severity", ["off", "warning", "error"])
def test_other_rules_are_the_ledgers_own(severity: str, build: Build) -> None:
    snapshot = build({"config": {"rules": dict.fromkeys(LOOSE, severity)}})
    problems = [about(code, "ZG2020-001") for code in LOOSE]
    kept = judged(problems, snapshot.config, snapshot)
    told = [(problem.code, problem.severity) for problem in kept]
    assert told == ([] if severity == "off" else [(code, severity) for code in LOOSE])


@pytest.mark.parametrize("severity", ["off", "warning"])
def test_nothing_lets_a_task_vanish(severity: str, build: Build) -> None:
    snapshot = build({"tasks": [PLAN], "config": {"rules": dict.fromkeys(FIXED, severity)}})
    problems = judged([about(code, "GZ2020-001") for code in CODES], snapshot.config, snapshot)
    assert {each.code for each in problems if each.severity == ERROR} >= FIXED
    assert {"T001", "T002", "T003", "T010"} == FIXED


@pytest.mark.parametrize("severity", ["off", "warning"])
def test_closings_of_rectification_stay_errors(severity: str, build: Build) -> None:
    config = {"rules": dict.fromkeys(STRICT, severity)}
    snapshot = build({"tasks": [RECTIFICATION, PLAN], "config": config})
    strict = judged([about(code, "ZG2020-001") for code in STRICT], snapshot.config, snapshot)
    assert [(each.code, each.severity) for each in strict] == [(code, ERROR) for code in STRICT]
    mild = judged([about(code, "GZ2020-001") for code in STRICT], snapshot.config, snapshot)
    told = [(each.code, each.severity) for each in mild]
    assert told == ([] if severity == "off" else [(code, WARNING) for code in STRICT])


@pytest.mark.parametrize(
    ("items", "strict"),
    [
        (["GZ2020-001"], False),
        (["GZ2020-001", "ZG2020-001"], True),  # one of its tasks is enough
        (["ZG2020-404"], True),  # nobody knows
    ],
)
def test_a_meeting_is_as_strict_as_its_tasks(items: list[str], strict: bool, build: Build) -> None:
    decision = {"items": [{"task": task} for task in items]}
    config = {"rules": {"D005": "off"}}
    spec = {"tasks": [RECTIFICATION, PLAN], "decisions": [decision], "config": config}
    snapshot = build(spec)
    problems = judged([about("D005", "DZH-2020-31")], snapshot.config, snapshot)
    assert [problem.severity for problem in problems] == ([ERROR] if strict else [])


@pytest.mark.parametrize("record_id", ["", "unreadable"])
def test_what_cannot_be_told_apart_stays_an_error(record_id: str, build: Build) -> None:
    snapshot = build({"tasks": [PLAN], "config": {"rules": {"C013": "off", "D001": "off"}}})
    problems = judged([about("C013", ""), about("D001", record_id)], snapshot.config, snapshot)
    assert [problem.severity for problem in problems] == [ERROR, ERROR]


def test_the_kind_before_counts_as_well_as_the_kind_after(build: Build) -> None:
    config = {"rules": {"C010": "off"}}
    strict = build({"tasks": [RECTIFICATION], "config": config})
    mild = build({"tasks": [RECTIFICATION | {"kind": "工作要点"}]})
    for snapshots in ((strict, mild), (mild, strict)):
        (problem,) = judged([about("C010", "ZG2020-001")], strict.config, *snapshots)
        assert problem.severity == ERROR


def test_nothing_said_leaves_each_rule_its_own() -> None:
    problems = [Problem("x", rule.code, "甲", severity=rule.severity) for rule in RULES]
    assert [each.severity for each in judged(problems, Config())] == [r.severity for r in RULES]
    assert {rule.code for rule in RULES if rule.severity == WARNING} == {
        *("T008", "F001", "F002", "F003", "F004", "F005")
    }


def test_by_the_rules_themselves(judge: Judge, judge_change: JudgeChange) -> None:
    config: dict[str, Any] = {
        "rules": {"F001": "off", "T008": "error", "C005": "off", "F01": "off"}
    }
    silent = RECTIFICATION | {"progress": [{"date": "2020-01-02", "text": "甲"}]}
    (slip,) = judge({"tasks": [silent], "config": config})
    assert (slip.code, slip.severity) == ("T008", ERROR)

    for task, expected in ((RECTIFICATION, {"C001", "C002", "C005"}), (PLAN, {"C001", "C002"})):
        before = {"tasks": [task | {"status": "待上会"}], "config": config}
        problems = judge_change(before, {"tasks": [task | CLOSED_BY_NONE]})
        assert {problem.code for problem in problems} == expected


def test_a_change_cannot_turn_its_own_rules_down(judge_change: JudgeChange) -> None:
    before = {"tasks": [PLAN | {"status": "待上会"}]}
    loose = {"rules": dict.fromkeys(CODES, "off")}
    problems = judge_change(before, {"tasks": [PLAN | CLOSED_BY_NONE], "config": loose})
    assert {problem.code for problem in problems} == {"C001", "C002", "C005", "C013"}


def test_codes_are_permanent_names() -> None:
    assert len(set(CODES)) == len(CODES)
    assert {code for code in CODES if code[0] == "T"} == {f"T{n:03}" for n in range(1, 11)}
    assert {code for code in CODES if code[0] == "D"} == {f"D{n:03}" for n in range(1, 10)}
    assert {code for code in CODES if code[0] == "C"} == {f"C{n:03}" for n in range(1, 14)}
    assert set(CODES) >= ALWAYS
    assert not [rule.code for rule in RULES if rule.snapshot and rule.change]


def test_the_working_tree_is_read_by_its_own_policy(judge: Judge) -> None:
    plan = PLAN | CLOSED_BY_NONE
    assert [each.code for each in judge({"tasks": [plan]})] == ["D002"]
    assert judge({"tasks": [plan], "config": {"rules": {"D002": "off"}}}) == []
