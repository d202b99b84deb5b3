"""T: rules on task and source files, on ledgers in memory."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from ledger.rules import Context, check_snapshot
from ledger.view.problems import problem_line
from tests.rules.conftest import TODAY

if TYPE_CHECKING:
    from tests.rules.conftest import Build, Judge, Shown

HASH, OTHER = "a" * 64, "b" * 64
FILE = "data/evidence/ZG2020-001/清单.pdf"
EMPTY = hashlib.sha256(b"").hexdigest()
PROOF = {"name": "清单", "path": FILE, "sha256": HASH}

# Code → a ledger that breaks the rule, one that keeps it and every other.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "T003": (
        {"tasks": [{"path": "data/tasks/ZG2020/ZG2020-002.yaml"}]},
        {"tasks": [{"path": "data/tasks/ZG2020/ZG2020-001.yaml"}]},
    ),
    "T004": ({"tasks": [{"lead": ["办公厅"]}]}, {"tasks": [{"lead": ["局办公室"]}]}),
    "T005": ({"tasks": [{"source": "XC2020"}]}, {"tasks": [{"source": "ZG2020"}]}),
    "T006": (
        {"tasks": [{"due": {"text": "11月底前", "date": "2020-12-31"}}]},
        {"tasks": [{"due": {"text": "11月底前", "date": "2020-11-30"}}]},
    ),
    "T007": (
        {"tasks": [{"evidence": [PROOF]}], "files": {}},
        {"tasks": [{"evidence": [PROOF]}], "files": {FILE: HASH}},
    ),
    "T009": ({"tasks": [{"goal": "完成\u202e修订"}]}, {"tasks": [{"goal": "完成\n\t修订"}]}),
    "T010": (
        {"tasks": [{}, {"path": "data/tasks/ZG2020/ZG2020-001.yml"}]},
        {"tasks": [{}, {"id": "ZG2020-002"}]},
    ),
}


@pytest.mark.parametrize("code", CASES)
def test_broken(code: str, judge: Judge) -> None:
    assert code in {problem.code for problem in judge(CASES[code][0])}


@pytest.mark.parametrize("code", CASES)
def test_kept(code: str, judge: Judge) -> None:
    assert judge(CASES[code][1]) == []


@pytest.mark.parametrize("code", CASES)
def test_the_page_shows_what_is_said(code: str, judge: Judge, shown: Shown) -> None:
    assert shown(code) in {problem_line(problem) for problem in judge(CASES[code][0])}


@pytest.mark.parametrize(
    "path",
    [
        "data/tasks/ZG2020/ZG2020-001.yml",
        "data/tasks/ZG2020/zg2020-001.yaml",
        "data/tasks/GZ2020/ZG2020-001.yaml",
        "data/tasks/ZG2020-001.yaml",
        "data/tasks/other/ZG2020/ZG2020-001.yaml",  # would hide the true file, being read first
    ],
)
def test_a_task_in_the_wrong_place(path: str, judge: Judge) -> None:
    assert [problem.code for problem in judge({"tasks": [{"path": path}]})] == ["T003"]


@pytest.mark.parametrize(
    "path", ["data/sources/XC2020.yaml", "data/sources/ZG2020.yml", "data/sources/a/ZG2020.yaml"]
)
def test_a_source_in_the_wrong_place(path: str, judge: Judge) -> None:
    source = {"id": "ZG2020", "title": "反馈意见", "kind": "巡视整改", "path": path}
    assert [problem.code for problem in judge({"sources": [source]})] == ["T003"]


def test_a_record_of_a_meeting_under_another_name(judge: Judge) -> None:
    record = {"path": "data/decisions/2020/DZH-2020-32.yaml"}
    assert [problem.code for problem in judge({"decisions": [record]})] == ["T003"]


def test_an_unknown_department_is_named_with_the_nearest_one(judge: Judge) -> None:
    (problem,) = judge({"tasks": [{"assist": ["办公厅室"]}]})
    assert "办公厅室" in problem.message
    assert "办公室" in problem.hint
    assert problem.place == ("assist", 0)


@pytest.mark.parametrize("name", ["局 办公室", "办公室\u200b", "局办公室\ufe0f"])
def test_a_department_is_known_however_it_is_written(name: str, judge: Judge) -> None:
    assert judge({"tasks": [{"lead": [name]}]}) == []


@pytest.mark.parametrize(
    ("names", "codes"),
    [
        (["办公室", "新设处"], set()),  # as an import brings a department with its tasks
        (["新设处"], {"T004"}),  # what was there is dropped: this is another list
        ([], {"T004"}),
    ],
)
def test_a_list_of_departments_that_grows(names: list[str], codes: set[str], build: Build) -> None:
    judged_by = build({}).config
    departments = [{"name": name, "aliases": []} for name in names]
    if names[:1] == ["办公室"]:
        departments[0]["aliases"] = ["局办公室"]
    new = build({"tasks": [{"lead": ["新设处"]}], "config": {"departments": departments}})
    problems = check_snapshot(new, Context(judged_by, TODAY))
    assert {problem.code for problem in problems} == codes


def test_a_ledger_without_a_list_of_departments_is_not_blamed(judge: Judge) -> None:
    assert judge({"tasks": [{"lead": ["任何部门"]}], "config": {"departments": []}}) == []


@pytest.mark.parametrize(
    ("due", "broken"),
    [
        ({"text": "持续推进"}, False),
        ({"text": "12月"}, True),  # readable, and no date given
        ({"date": "2020-11-30"}, False),  # no words to compare with
        ({"text": "根据部署", "date": "2020-11-30"}, False),
        ({"text": "6月、12月", "date": "2020-12-31", "dates": ["2020-06-30", "2020-12-31"]}, False),
        ({"text": "6月、12月", "date": "2020-12-31", "dates": ["2020-06-30", "2020-12-30"]}, True),
        ({"text": "收到反馈后3个月内", "date": "2020-11-20"}, False),  # issued on 2020-08-20
    ],
)
def test_due_words_and_dates(due: dict[str, Any], broken: bool, judge: Judge) -> None:
    codes = [problem.code for problem in judge({"tasks": [{"due": due}]})]
    assert codes == (["T006"] if broken else [])


def test_a_link_to_nowhere(judge: Judge) -> None:
    link = {"links": [{"rel": "源自", "id": "ZG2020-009"}]}
    (problem,) = judge({"tasks": [link]})
    assert (problem.code, problem.place) == ("T007", ("links", 0))


@pytest.mark.parametrize(
    ("evidence", "files", "message"),
    [
        (PROOF, {FILE: OTHER}, "与登记的校验值不符"),
        ({"name": "清单", "path": FILE}, {FILE: HASH}, "没有登记校验值"),
        (PROOF, {}, "不存在"),
        (PROOF | {"sha256": EMPTY}, {FILE: EMPTY}, "是空文件"),
        *(
            (PROOF | {"path": path}, {path: HASH}, "不在 data/evidence 里")
            for path in (
                *("README.md", "ledger.yaml", "../清单.pdf", "/etc/passwd", ":(top)x", " "),
                *("data/evidence/../../x", "data/evidence//x", "data/evidence/.gitattributes"),
                *(
                    "data/evidence",
                    "data/evidence/.git/config",
                    "data/evidences/x",
                    "DATA/evidence/x",
                ),
            )
        ),
        ({"name": "清单", "archive": " "}, {}, "档案号是空的"),
        ({"name": "清单", "archive": "\u3164", "sha256": HASH}, {}, "档案号是空的"),
    ],
)
def test_evidence_that_is_not_what_was_recorded(
    evidence: dict[str, Any], files: dict[str, str], message: str, judge: Judge
) -> None:
    (problem,) = judge({"tasks": [{"evidence": [evidence]}], "files": files})
    assert problem.code == "T007"
    assert message in problem.message


def test_evidence_kept_in_the_archive_needs_no_file(judge: Judge) -> None:
    kept = {"name": "谈话记录", "archive": "2020-纪-12", "sha256": HASH}
    assert judge({"tasks": [{"evidence": [kept]}]}) == []


def test_a_closing_names_a_record_that_is_not_there(judge: Judge) -> None:
    task = {"status": "已销号", "closing": {"decision": "DZH-2020-99", "date": "2020-12-04"}}
    (problem,) = judge({"tasks": [task]})
    assert (problem.code, problem.place) == ("T007", ("closing", "decision"))


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u061c", "\u200e", "\u200f"])
def test_marks_that_turn_text_around(mark: str, judge: Judge) -> None:
    (problem,) = judge({"tasks": [{"measures": ["甲", f"乙{mark}"]}]})
    assert (problem.code, problem.place) == ("T009", ("measures", 1))
    assert f"U+{ord(mark):04X}" in problem.message


def test_control_characters_in_unknown_keys(judge: Judge) -> None:
    assert "T009" in {problem.code for problem in judge({"tasks": [{"备注": "\u202e"}]})}


def test_the_second_of_two_with_one_id_is_blamed(judge: Judge) -> None:
    later = {"path": "data/tasks/ZG2020/ZG2020-001.yml"}
    blamed = {(problem.code, problem.path) for problem in judge({"tasks": [later, {}]})}
    assert ("T010", later["path"]) in blamed
    assert not any(path.endswith(".yaml") for _, path in blamed)
