"""T001, T002, T008, D001: what is found while files are read, on real files."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ledger.model.problem import ERROR, WARNING, Problem
from ledger.usecases.checking.worktree import check_worktree
from ledger.view.problems import problem_line

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger
    from tests.rules.conftest import Shown

TODAY = dt.date(2017, 3, 1)
TASK = "data/tasks/GZ2017/GZ2017-001.yaml"
MEETING = "data/decisions/2017/DZH-2017-02.yaml"
TASK_TEXT = """\
id: GZ2017-001
kind: 工作要点
title: 印发方案
source: GZ2017
status: 推进中
"""
MEETING_TEXT = """\
id: DZH-2017-02
body: 党组会
date: 2017-02-20
chair: 书记
due_members: 3
present: [书记, 成员1, 成员2]
items:
  - {task: GZ2017-001, result: 继续整改}
"""

# Code → path, a text that breaks the rule, one that keeps it and every other.
CASES: dict[str, tuple[str, str, str]] = {
    "T001": (TASK, TASK_TEXT + "title: 又一个名称\n", TASK_TEXT),
    "T002": (
        TASK,
        TASK_TEXT.replace("推进中", "快完成了"),
        TASK_TEXT.replace("推进中", "申请销号"),
    ),
    "T008": (TASK, TASK_TEXT + "备注: 无\n", TASK_TEXT + "goal: 无\n"),
    "D001": (MEETING, MEETING_TEXT.replace("2017-02-20", "二月下旬"), MEETING_TEXT),
}


@pytest.fixture
def folder(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger([{"id": "GZ2017-001"}], commit=False)


def problems_of(folder: LedgerFolder) -> list[Problem]:
    ledger = folder.open()
    try:
        return list(check_worktree(ledger, TODAY).problems)
    finally:
        ledger.cache.close()


@pytest.mark.parametrize("code", CASES)
def test_broken(code: str, folder: LedgerFolder) -> None:
    path, broken, _ = CASES[code]
    folder.write(path, broken)
    assert {(each.code, each.path) for each in problems_of(folder)} == {(code, path)}


@pytest.mark.parametrize("code", CASES)
def test_kept(code: str, folder: LedgerFolder) -> None:
    path, _, kept = CASES[code]
    folder.write(path, kept)
    assert problems_of(folder) == []


@pytest.mark.parametrize("code", CASES)
def test_the_page_shows_what_is_said(code: str, folder: LedgerFolder, shown: Shown) -> None:
    path, broken, _ = CASES[code]
    folder.write(path, broken)
    assert shown(code) in {
        problem_line(replace(problem, line=0)) for problem in problems_of(folder)
    }


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", 0),
        ("id: GZ2017-001\ntitle: 方案".encode("gbk"), 2),
        (b"id: GZ2017-001\n<<<<<<< HEAD\nstatus: a\n=======\nstatus: b\n>>>>>>> main\n", 2),
        (b"id: GZ2017-001\n\ttitle: a\n", 2),
        (b"id: GZ2017-001\nlead: [a, b\n", 2),
        (b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", 1),  # each line doubles what it means
        (b"id: !!python/object:os.system x\n", 1),
        (b"id: GZ2017-001\n---\nid: GZ2017-002\n", 2),
        (b"id: GZ2017-001\ntitle: a\x07b\n", 2),
        (b"{" * 5000, 1),
        (b"id: GZ2017-001\x00", 0),
        (b"goal: " + b"x" * 1_000_001, 0),
    ],
    ids=[
        *("empty", "encoding", "conflict", "tab", "bracket", "anchors", "tag", "two documents"),
        *("control character", "deep", "binary", "large"),
    ],
)
def test_a_file_that_cannot_be_read(content: bytes, line: int, folder: LedgerFolder) -> None:
    folder.write(TASK, content)
    (problem,) = problems_of(folder)
    assert (problem.code, problem.path, problem.line) == ("T001", TASK, line)
    assert problem.severity == ERROR


def test_a_link_in_place_of_a_file(folder: LedgerFolder) -> None:
    target = folder.write("elsewhere.yaml", TASK_TEXT)
    folder.path("GZ2017-001").unlink()
    folder.path("GZ2017-001").symlink_to(target)
    assert [problem.code for problem in problems_of(folder)] == ["T001"]


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ("status: [推进中]", ("status",), "应是文字"),
        ("status: 已逾期", ("status",), "不在可选值之中"),
        ("due: {text: 6月, date: 2017-06-31}", ("due", "date"), "不是真实存在的日期"),
        (
            "progress: [{date: 2017-01-05, text: 甲, percent: 120}]",
            ("progress", 0, "percent"),
            "超出",
        ),
        (
            "extensions: [{date: 2017-01-05, to: 2017-07-31}]",
            ("extensions", 0, "reason"),
            "缺少必填",
        ),
        ("evidence: [{name: 甲, sha256: abc}]", ("evidence", 0, "sha256"), "不合规定"),
    ],
)
def test_a_value_that_does_not_fit(
    line: str, place: tuple[str | int, ...], message: str, folder: LedgerFolder
) -> None:
    folder.write(TASK, TASK_TEXT.replace("status: 推进中\n", "") + line + "\n")
    problem = next(each for each in problems_of(folder) if each.place == place)
    assert (problem.code, problem.id) == ("T002", "GZ2017-001")
    assert message in problem.message
    assert problem.line == 5


def test_sources_and_ledger_yaml_have_a_form_too(folder: LedgerFolder) -> None:
    folder.write("data/sources/XC2017.yaml", {"id": "XC2017", "title": "清单", "kind": "其他"})
    folder.write("ledger.yaml", "lights: {due_soon_days: 不限}\n")
    paths = {problem.path for problem in problems_of(folder) if problem.code == "T002"}
    assert paths == {"data/sources/XC2017.yaml", "ledger.yaml"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("due_members: 3", "due_members: 0"),
        ("present: [书记, 成员1, 成员2]", "present: 三人"),
        ("继续整改", "原则同意"),
        ("items:\n  - {task: GZ2017-001, result: 继续整改}\n", ""),
        ("result: 继续整改", "result: 继续整改, votes: {for: -1}"),
        ("result: 继续整改", "result: 继续整改, digest: sha256:0"),
        ("id: DZH-2017-02", "id: --upload-pack=x"),
    ],
)
def test_a_meeting_that_is_badly_recorded(old: str, new: str, folder: LedgerFolder) -> None:
    assert old in MEETING_TEXT
    folder.write(MEETING, MEETING_TEXT.replace(old, new))
    problems = problems_of(folder)
    assert {problem.code for problem in problems} == {"D001"}
    assert {problem.severity for problem in problems} == {ERROR}


def test_an_unknown_key_is_only_remarked_upon(folder: LedgerFolder) -> None:
    folder.write(TASK, TASK_TEXT + "备注: 无\n")
    (problem,) = problems_of(folder)
    assert (problem.severity, problem.line, problem.place) == (WARNING, 6, ("备注",))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("rules: {F001: off, F01: off}\n", "F01"),
        ("rules: {c005: warning}\n", "c005"),
        ("policies: {closing: {巡视整治: {bodies: [党组会]}}}\n", "巡视整治"),
    ],
)
def test_a_slip_in_ledger_yaml_that_would_do_nothing(
    config: str, message: str, folder: LedgerFolder
) -> None:
    folder.write("ledger.yaml", "departments: []\n" + config)
    (problem,) = problems_of(folder)
    assert (problem.code, problem.severity, problem.path) == ("T008", WARNING, "ledger.yaml")
    assert message in problem.message
    assert problem.line == 2


def test_known_rules_and_kinds_are_no_slip(folder: LedgerFolder) -> None:
    folder.write(
        "ledger.yaml",
        "rules: {F001: off, C005: warning}\n"
        "policies: {closing: {default: {bodies: [局务会]}, 巡视整改: {bodies: [党组会]}}}\n",
    )
    assert problems_of(folder) == []
