"""F: signs of formalism, on ledgers in memory; today is 2020-12-31."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ledger.model.problem import WARNING
from ledger.view.problems import problem_line

if TYPE_CHECKING:
    from tests.rules.conftest import Judge, Shown


def log(*entries: tuple[str, str]) -> list[dict[str, str]]:
    return [{"date": date, "text": text} for date, text in entries]


def closed(number: int, day: str) -> dict[str, Any]:
    closing = {"decision": "DZH-2020-31", "date": day}
    return {"id": f"ZG2020-{number:03}", "status": "已销号", "closing": closing}


def proof(date: str) -> dict[str, Any]:
    return {"evidence": [{"name": "制度文本", "archive": "2020-12", "date": date}]}


def counting(number: int, name: str, **more: Any) -> dict[str, Any]:
    indicators = [{"name": name, "target": 1, "actual": 1, "unit": "项"}]
    return {"id": f"ZG2020-{number:03}", "indicators": indicators, **more}


def met(*tasks: dict[str, Any]) -> dict[str, Any]:
    """A ledger of closed tasks and the meeting that closed them all."""
    items = [{"task": task["id"]} for task in tasks]
    return {"tasks": list(tasks), "decisions": [{"items": items}]}


# Code → a ledger that breaks the rule, one that keeps it and every other.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "F001": (
        {"tasks": [{"progress": log(("2020-10-29", "起草"))}]},  # 63 days ago; two periods are 62
        {"tasks": [{"progress": log(("2020-10-30", "起草"))}]},
    ),
    "F002": (
        {"tasks": [{"progress": log(("2020-11-30", "正在推进"), ("2020-12-30", "正在 推进"))}]},
        {"tasks": [{"progress": log(("2020-11-30", "正在起草"), ("2020-12-30", "正在会签"))}]},
    ),
    "F003": ({"tasks": [proof("2020-08-19")]}, {"tasks": [proof("2020-08-20")]}),
    "F004": (
        met(*(closed(number, "2020-12-04") for number in range(1, 11))),
        met(*(closed(number, "2020-12-04") for number in range(1, 10))),
    ),
    "F005": (
        {"tasks": [counting(n, "制度《专利收费减缴办法》") for n in (1, 2)]},
        {"tasks": [counting(n, f"制度《专利收费减缴办法{n}》") for n in (1, 2)]},
    ),
}


@pytest.mark.parametrize("code", CASES)
def test_broken(code: str, judge: Judge) -> None:
    problems = judge(CASES[code][0])
    assert {problem.code for problem in problems} == {code}
    assert {problem.severity for problem in problems} == {WARNING}


@pytest.mark.parametrize("code", CASES)
def test_kept(code: str, judge: Judge) -> None:
    assert judge(CASES[code][1]) == []


@pytest.mark.parametrize("code", CASES)
def test_the_page_shows_what_is_said(code: str, judge: Judge, shown: Shown) -> None:
    assert shown(code) in {problem_line(problem) for problem in judge(CASES[code][0])}


@pytest.mark.parametrize(
    ("task", "silent"),
    [
        ({"progress": None}, True),  # set on 2020-08-20, and never a word since
        ({"progress": None, "status": "未启动"}, False),
        ({"progress": None, "kind": "工作要点", "source": "GZ2020", "id": "GZ2020-001"}, False),
        ({"progress": log(("2020-01-02", "甲")), "status": "待上会"}, True),
        ({"progress": log(("2020-01-02", "甲")), "status": "长期坚持"}, True),
        ({"progress": log(("2020-01-02", "甲")), "status": "已中止"}, False),
        ({"progress": log(("2020-12-02", "甲"), ("2020-01-02", "乙"))}, False),  # in any order
        ({"progress": [{"date": "2020-12-30", "text": "督办", "event": "催办"}]}, True),
        ({"progress": [{"date": "2020-12-30", "text": "反弹", "event": "重开"}]}, False),
    ],
)
def test_silence(task: dict[str, Any], silent: bool, judge: Judge) -> None:
    assert [problem.code for problem in judge({"tasks": [task]})] == (["F001"] if silent else [])


def test_periods_are_policy(judge: Judge) -> None:
    config = {"policies": {"formalism": {"period_days": 7, "silent_periods": 1}}}
    old, new = log(("2020-12-23", "甲")), log(("2020-12-24", "甲"))
    assert [each.code for each in judge({"tasks": [{"progress": old}], "config": config})] == [
        "F001"
    ]
    assert judge({"tasks": [{"progress": new}], "config": config}) == []


def test_each_repetition_is_named(judge: Judge) -> None:
    entries = log(("2020-10-30", "同上"), ("2020-11-30", "同上"), ("2020-12-30", "同上"))
    problems = judge({"tasks": [{"progress": entries}]})
    assert [problem.place for problem in problems] == [("progress", 1), ("progress", 2)]
    assert "2020-10-30" in problems[1].message


def test_mass_closing_counts_days_apart(judge: Judge) -> None:
    tasks = [closed(number, f"2020-12-{4 + number // 7:02}") for number in range(1, 14)]
    assert judge(met(*tasks)) == []
    few = {"policies": {"formalism": {"mass_closing": 6}}}
    problems = judge(met(*tasks) | {"config": few})
    assert [problem.code for problem in problems] == ["F004", "F004"]


def test_reminders_may_say_the_same_again(judge: Judge) -> None:
    twice = [{"date": f"2020-12-{day}", "text": "督办", "event": "催办"} for day in (20, 30)]
    progress = [*log(("2020-12-01", "起草")), *twice]
    assert judge({"tasks": [{"progress": progress}]}) == []


BOOK = "修订《专利收费减缴办法》"


@pytest.mark.parametrize(
    ("tasks", "twice"),
    [
        ([counting(1, "制定修订制度"), counting(2, "制定修订制度")], 0),  # names none of them
        ([counting(1, "新建制度（项）"), counting(2, "新建制度（项）")], 0),
        ([counting(1, "财务管理制度"), counting(2, "财务管理制度（修订）")], 1),
        ([counting(1, "修订制度《甲办法》《乙办法》"), counting(2, "制度《乙办法》")], 1),
        ([counting(1, "制度《甲办法》"), counting(2, "《甲办法》培训")], 0),  # counts as no rule
        ([counting(1, "制度《甲办法》"), counting(2, "制度《甲办法》", status="已中止")], 0),
        ([counting(n, "制度《甲办法》") for n in (1, 2, 3)], 2),
        ([{"id": f"ZG2020-00{n}", "title": BOOK, "tags": ["制度"]} for n in (1, 2)], 1),
        ([{"id": f"ZG2020-00{n}", "title": "修订办法", "tags": ["制度"]} for n in (1, 2)], 0),
        ([counting(n, "制度", title=BOOK, tags=["制度"]) for n in (1, 2)], 0),  # by its indicator
    ],
)
def test_a_rule_counts_once(tasks: list[dict[str, Any]], twice: int, judge: Judge) -> None:
    assert [each.code for each in judge({"tasks": tasks})] == ["F005"] * twice


def test_the_word_is_the_ledgers_own(judge: Judge) -> None:
    tasks = [counting(n, "规范《甲》") for n in (1, 2)]
    assert judge({"tasks": tasks}) == []
    told = judge({"tasks": tasks, "config": {"reports": {"regulation": "规范"}}})
    assert [(each.code, each.id) for each in told] == [("F005", "ZG2020-002")]
    assert judge({"tasks": tasks, "config": {"reports": {"regulation": ""}}}) == []
