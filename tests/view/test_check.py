"""What a check found, in every form, with texts that try to break the form."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from hypothesis import given, strategies

from ledger.model.problem import ERROR, WARNING, Problem
from ledger.rules import CODES, RULES
from ledger.view import check

ONE = Problem(
    "data/tasks/ZG2020/ZG2020-001.yaml",
    "C005",
    "ZG2020-001 没有佐证材料，不能销号",
    "请登记佐证材料",
    id="ZG2020-001",
    line=12,
)
TWO = Problem("ledger.yaml", "C013", "在销号的同时改动了台账规则")
THREE = Problem(
    "data/tasks/甲 乙.yaml", "F001", "已 63 天没有填报进展", "请督促填报", WARNING, line=3
)
ALL = [THREE, ONE, TWO]
HOSTILE = (
    "<b>&amp; ]]> \"'",
    "\x00\x07\x1b[31m红\x7f\x9b",
    "一行\r\n二行\u2028三行",
    "\u202e反向\u2066",
    "😀👨‍👩‍👧",
    "::error file=x::冒充, a:b%0A",
    "\udcff\ufffe\uffff",
    "-->",
    "",
)


def problem(text: str, **fields: str) -> Problem:
    return Problem(**{"path": "a.yaml", "code": "T001", "message": text, "hint": text} | fields)


def printed(form: str, problems: list[Problem]) -> str:
    return "\n".join(check.FORMS[form](problems)) + "\n"


# Text


def test_errors_come_first_then_a_count() -> None:
    lines = printed("text", ALL).splitlines()
    assert [line[:2] for line in lines] == ["错误", "错误", "提示", "共 "]
    path = "data/tasks/ZG2020/ZG2020-001.yaml"
    assert lines[0] == f"错误 {path}:12：C005 ZG2020-001 没有佐证材料，不能销号；请登记佐证材料。"
    assert lines[1] == "错误 ledger.yaml：C013 在销号的同时改动了台账规则。"
    assert lines[3] == "共 2 个错误，1 个提示；ledger rule 规则编号 可看说明。"


def test_nothing_found_is_said() -> None:
    assert printed("text", []) == "检查通过，没有问题。\n"
    assert printed("table", ALL) == printed("text", ALL)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_problem_is_one_harmless_line(text: str) -> None:
    lines = list(check.text([problem(text, path=text)]))
    assert len(lines) == 2
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u202e\u2066]", lines[0])


# JSON


def test_json_has_the_keys_of_the_contract() -> None:
    document = json.loads(json.dumps(check.problem_json(ALL)))
    assert set(document) == {"problems", "errors", "warnings"}
    assert (document["errors"], document["warnings"]) == (2, 1)
    assert document["problems"][1] == {
        "code": "C005",
        "severity": "error",
        "path": "data/tasks/ZG2020/ZG2020-001.yaml",
        "line": 12,
        "id": "ZG2020-001",
        "message": "ZG2020-001 没有佐证材料，不能销号",
        "hint": "请登记佐证材料",
        "merged": False,
    }
    assert check.problem_json([]) == {"problems": [], "errors": 0, "warnings": 0}


# Annotations


def test_an_annotation_names_file_and_line() -> None:
    first, _, third = printed("github", ALL).splitlines()
    assert first == (
        "::warning file=data/tasks/甲 乙.yaml,line=3,title=F001::已 63 天没有填报进展。请督促填报"
    )
    assert third == "::error file=ledger.yaml,line=1,title=C013::在销号的同时改动了台账规则"


def test_an_annotation_escapes_what_would_end_it() -> None:
    (line,) = check.github([problem("100%, a:b\n::x", path="a,b:c%\n.yaml", code="T,1")])
    assert line == (
        "::error file=a%2Cb%3Ac%25 .yaml,line=1,title=T%2C1::100%25, a:b ::x。100%25, a:b ::x"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_an_annotation_is_one_command(text: str) -> None:
    (line,) = check.github([problem(text, path=text)])
    assert re.fullmatch(r"::error file=[^,:\n]*,line=1,title=T001::[^\r\n\x1b]*", line)
    assert len(line.splitlines()) == 1


# SARIF


def test_sarif_is_what_code_hosts_take_in() -> None:
    document = json.loads(printed("sarif", ALL))
    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("sarif-2.1.0.json")
    (run,) = document["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "ledger"
    assert {rule["id"] for rule in driver["rules"]} == {"C005", "C013", "F001"}
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
    results = run["results"]
    assert [result["ruleId"] for result in results] == ["F001", "C005", "C013"]
    assert [result["level"] for result in results] == ["warning", "error", "error"]
    places = [result["locations"][0]["physicalLocation"] for result in results]
    assert unquote(places[0]["artifactLocation"]["uri"]) == "data/tasks/甲 乙.yaml"
    assert [place.get("region") for place in places] == [{"startLine": 3}, {"startLine": 12}, None]


def test_sarif_of_nothing_is_a_run_without_results() -> None:
    (run,) = json.loads(printed("sarif", []))["runs"]
    assert run["results"] == run["tool"]["driver"]["rules"] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_sarif_survives_any_text(text: str) -> None:
    (run,) = json.loads(printed("sarif", [problem(text, path=text)]))["runs"]
    (result,) = run["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"[A-Za-z0-9_.~%/-]*", uri)
    assert not re.search(r"[\x00-\x08\x1b\x7f\u202e]", result["message"]["text"])


# JUnit


def suite(problems: list[Problem]) -> ElementTree.Element:
    return ElementTree.fromstring(printed("junit", problems).encode())  # noqa: S314 - our own


def test_junit_has_a_case_a_rule() -> None:
    report = suite(ALL)
    cases = {str(case.get("name")).split()[0]: case for case in report}
    assert report.tag == "testsuite"
    assert list(cases) == list(CODES)
    assert (report.get("tests"), report.get("failures")) == (str(len(RULES)), "2")
    assert [child.tag for child in cases["C005"]] == ["failure"]
    assert [child.tag for child in cases["F001"]] == ["system-out"]
    assert not list(cases["T001"])
    assert "ZG2020-001 没有佐证材料" in str(cases["C005"][0].text)


def test_junit_counts_cases_that_failed_not_problems() -> None:
    mixed = [problem("甲", severity=WARNING), problem("乙"), problem("丙")]
    cases = suite(mixed)
    assert cases.get("failures") == "1"
    (case,) = [case for case in cases if len(case)]
    assert [child.tag for child in case] == ["failure", "failure", "system-out"]


def test_junit_of_nothing_has_no_failure() -> None:
    cases = suite([])
    assert cases.get("failures") == "0"
    assert not any(len(case) for case in cases)


@pytest.mark.parametrize("text", HOSTILE)
def test_junit_survives_any_text(text: str) -> None:
    cases = suite([problem(text, path=text)])
    assert cases.get("failures") == "1"


@given(strategies.text())
def test_every_form_survives_every_text(text: str) -> None:
    hostile = [problem(text, path=text, id=text)]
    assert len(list(check.text(hostile))) == 2
    assert len("".join(check.github(hostile)).splitlines()) == 1
    assert len(json.loads(printed("sarif", hostile))["runs"][0]["results"]) == 1
    assert suite(hostile).get("failures") == "1"
    assert json.loads(json.dumps(check.problem_json(hostile)))["problems"][0]["message"] == text


def test_emphasis_is_that_of_the_problem_not_of_its_rule() -> None:
    raised = Problem("a.yaml", "F001", "甲", severity=ERROR)
    assert json.loads(printed("sarif", [raised]))["runs"][0]["results"][0]["level"] == "error"
    assert printed("github", [raised]).startswith("::error ")
