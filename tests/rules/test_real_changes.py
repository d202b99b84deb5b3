"""Rules on real repositories: what a branch brings is judged by what was there before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from ledger.model.case import case_digest
from ledger.model.problem import ERROR
from ledger.usecases.checking.check import check_between, check_push
from tests.conftest import EMAIL

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = dt.date(2020, 12, 31)
TASK = "data/tasks/ZG2020/ZG2020-001.yaml"
MEETING = "data/decisions/2020/DZH-2020-31.yaml"
APPLIED = {"date": "2020-12-01", "by": "联络员", "summary": "已完成"}
REVIEWED = {"date": "2020-12-02", "by": "整改办", "opinion": "同意上会"}
WAITING: dict[str, Any] = {
    "id": "ZG2020-001",
    "due": {"text": "11月底前", "date": "2020-11-30"},
    "status": "待上会",
    "progress": [{"date": "2020-12-01", "by": "联络员", "text": "印发修订稿"}],
    "evidence": [{"name": "制度汇编", "archive": "2020-12", "sha256": "a" * 64}],
    "closing": {"applied": APPLIED, "reviewed": REVIEWED},
}
CLOSED = WAITING | {
    "status": "已销号",
    "closing": WAITING["closing"] | {"decision": "DZH-2020-31", "date": "2020-12-04"},
}
STRICT = {"closing": {"default": {"bodies": ["党组会"], "approval": {"at_least": "2/3"}}}}


@pytest.fixture
def branch(make_ledger: MakeLedger) -> LedgerFolder:
    """A ledger on a branch of its own: one task waits, a meeting has approved it by 5 of 9."""
    folder = make_ledger([WAITING], config={"policies": STRICT})
    presented = folder.load().by_id["ZG2020-001"].record
    folder.write(MEETING, meeting(5, case_digest(presented)))
    folder.commit("会议")
    folder.git("switch", "--quiet", "--create", "work")
    return folder


def meeting(for_: int, digest: str, **fields: Any) -> dict[str, Any]:
    votes = {"for": for_, "against": 8 - for_, "abstain": 0}
    item = {"task": "ZG2020-001", "result": "同意销号", "votes": votes, "digest": digest}
    members = ["书记", *(f"成员{number}" for number in range(1, 8))]
    return {
        "id": "DZH-2020-31",
        "body": "党组会",
        "date": "2020-12-03",
        "chair": "书记",
        "due_members": 9,
        "present": members,
        "items": [item],
    } | fields


def broken(folder: LedgerFolder, head: str = "work") -> set[str]:
    """The codes of the errors that a branch brings to the main one."""
    ledger = folder.open()
    try:
        problems = check_between(ledger, "main", head, TODAY).problems
    finally:
        ledger.cache.close()
    return {problem.code for problem in problems if problem.severity == ERROR}


def pushed(folder: LedgerFolder) -> set[str]:
    """The codes of the errors for which the server would refuse a push of the branch."""
    ledger = folder.open()
    try:
        problems = check_push(ledger, folder.git("rev-parse", "main").strip(), "work", TODAY)
    finally:
        ledger.cache.close()
    return {problem.code for problem in problems if problem.severity == ERROR}


def approve(folder: LedgerFolder, for_: int = 8) -> None:
    """Give the main branch a meeting that carries, and put the branch on top of it."""
    presented = folder.load().by_id["ZG2020-001"].record
    folder.git("switch", "--quiet", "main")
    folder.write(MEETING, meeting(for_, case_digest(presented)))
    folder.commit("会议")
    folder.git("switch", "--quiet", "--force-create", "work")


def test_an_honest_closing(branch: LedgerFolder) -> None:
    approve(branch)
    branch.write_task(**CLOSED)
    assert broken(branch, head="") == set()  # before it is committed, too
    branch.commit()
    assert broken(branch) == set()
    assert pushed(branch) == set()


def loosen(folder: LedgerFolder) -> None:
    mild = {"closing": {"default": {"approval": {"at_least": "1/9"}}}, "self_merge": "允许"}
    text = (folder.root / "ledger.yaml").read_text(encoding="utf-8")
    folder.write("ledger.yaml", text[: text.index("policies:")])
    with (folder.root / "ledger.yaml").open("a", encoding="utf-8") as file:
        file.write(f"policies: {mild}\n".replace("'", '"'))


def turn_off(folder: LedgerFolder) -> None:
    with (folder.root / "ledger.yaml").open("a", encoding="utf-8") as file:
        file.write("rules: {C003: off, C013: off}\n")


def remove_rules(folder: LedgerFolder) -> None:
    (folder.root / "ledger.yaml").unlink()
    folder.write("ledger.yaml", "organisation: 某局\n")


@pytest.mark.parametrize("change", [loosen, turn_off, remove_rules])
@pytest.mark.parametrize("commits", [1, 2])
def test_policy_of_ones_own_gains_nothing(
    change: Callable[[LedgerFolder], None], commits: int, branch: LedgerFolder
) -> None:
    change(branch)
    if commits == 2:
        branch.commit("先改规定")
    branch.write_task(**CLOSED)
    branch.commit("再销号")
    assert {"C003", "C013"} <= broken(branch)
    assert {"C003", "C013"} <= pushed(branch)


def test_a_template_of_ones_own_does_not_come_with_a_closing(branch: LedgerFolder) -> None:
    approve(branch)
    branch.write("templates/pull-request.md.j2", "一切正常\n")
    branch.commit("先改模板")
    branch.write_task(**CLOSED)
    assert broken(branch, head="") == {"C013"}
    branch.commit("再销号")
    assert broken(branch) == pushed(branch) == {"C013"}


def test_a_department_of_ones_own_is_unknown(branch: LedgerFolder) -> None:
    branch.write("ledger.yaml", "departments: [{name: 办公室}, {name: 审业部}, {name: 新设处}]\n")
    branch.write_task(id="ZG2020-002", lead=["新设处"], due=None)
    branch.commit()
    assert broken(branch) == {"T004"}


def test_severity_of_the_base_counts(make_ledger: MakeLedger) -> None:
    folder = make_ledger([{"id": "GZ2017-001"}], config={"rules": {"T008": "error"}})
    folder.git("switch", "--quiet", "--create", "work")
    folder.write("ledger.yaml", "rules: {T008: off}\n")
    folder.write_task(id="GZ2017-001", 备注="无")
    folder.commit()
    assert broken(folder) == {"T008"}


def test_what_was_wrong_before_is_not_the_changes_fault(make_ledger: MakeLedger) -> None:
    folder = make_ledger([{"id": "GZ2017-001", "lead": ["某部"]}, {"id": "GZ2017-002"}])
    folder.git("switch", "--quiet", "--create", "work")
    folder.write_task(id="GZ2017-002", tags=["重点"])
    folder.commit()
    assert broken(folder) == set()
    folder.write_task(id="GZ2017-001", lead=["某部"], tags=["重点"])
    folder.commit()
    assert broken(folder) == {"T004"}


def rename(folder: LedgerFolder, path: str) -> None:
    target = folder.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    (folder.root / TASK).rename(target)
    text = target.read_text(encoding="utf-8")
    target.write_text(text.replace("待上会", "已销号"), encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        ("data/tasks/ZG2020/ZG2020-001.yml", {"T001", "C012"}),
        ("data/tasks/GZ2017/ZG2020-001.yaml", {"T003", "C002"}),
        ("data/tasks/ZG2020/sub/ZG2020/ZG2020-001.yaml", {"T003", "C002"}),
        ("data/tasks/ZG2020/ZG2020-001.YAML", {"T001", "C012"}),
        ("data/tasks/ZG2020/ZG2020-001.txt", {"C012"}),
        ("data/elsewhere/ZG2020-001.yaml", {"C012"}),
    ],
)
def test_renaming_hides_nothing(path: str, codes: set[str], branch: LedgerFolder) -> None:
    rename(branch, path)
    branch.commit()
    assert codes <= broken(branch)
    assert codes <= pushed(branch)


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b"a: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a]\nid: *b\n", {"T001"}),
        (b"title: " + b"x" * 5_000_000, {"T001"}),
        (b"\xff\xfe\x00", {"T001"}),
        (b"<<<<<<< HEAD\nid: ZG2020-001\n=======\n>>>>>>> main\n", {"T001"}),
    ],
    ids=["anchors", "large", "binary", "conflict"],
)
def test_a_hostile_file_is_refused(content: bytes, codes: set[str], branch: LedgerFolder) -> None:
    branch.write(TASK, content)
    branch.commit()
    assert codes <= broken(branch)


@pytest.mark.parametrize("severity", ["warning", "off"])
def test_unreadable_is_not_a_way_to_vanish(severity: str, make_ledger: MakeLedger) -> None:
    folder = make_ledger([WAITING], config={"rules": {"T001": severity}})
    folder.git("switch", "--quiet", "--create", "work")
    folder.write(TASK, "id: [\n")
    folder.commit()
    assert broken(folder) == pushed(folder) == {"T001", "C012"}


def test_each_commit_of_a_push_is_looked_at(branch: LedgerFolder) -> None:
    text = (branch.root / TASK).read_bytes()
    (branch.root / TASK).unlink()
    branch.commit("删去")
    branch.write(TASK, text)
    branch.commit("又放回来")
    assert broken(branch) == {"C012"}  # though all of it together does nothing
    assert pushed(branch) == {"C012"}


def test_a_secret_stays_in_history_though_it_was_removed(branch: LedgerFolder) -> None:
    text = (branch.root / TASK).read_text(encoding="utf-8")
    branch.write(TASK, text + "tags: [联系电话13800138000]\n")
    branch.commit()
    branch.write(TASK, text)
    branch.commit()
    assert broken(branch) == pushed(branch) == {"S002"}


def test_several_honest_steps_in_one_branch(make_ledger: MakeLedger) -> None:
    folder = make_ledger([WAITING | {"status": "未启动", "closing": None}])
    folder.git("switch", "--quiet", "--create", "work")
    steps = [("推进中", None), ("申请销号", {"applied": APPLIED}), ("待上会", WAITING["closing"])]
    for status, closing in steps:
        folder.write_task(**WAITING | {"status": status, "closing": closing})
        folder.commit(status, email="review@example.com" if status == "待上会" else EMAIL)
    assert broken(folder) == pushed(folder) == set()


@pytest.mark.parametrize("record", ["applied", "reviewed"])
def test_one_leap_in_one_branch(record: str, make_ledger: MakeLedger) -> None:
    folder = make_ledger([WAITING | {"status": "推进中", "closing": None}])
    folder.git("switch", "--quiet", "--create", "work")
    folder.write_task(**WAITING | {"closing": {record: WAITING["closing"][record]}})
    folder.commit()
    assert broken(folder) == pushed(folder) == {"C001"}


def test_a_squashed_branch(make_ledger: MakeLedger) -> None:
    """What the forge makes of several honest steps: one commit that has the record of each."""
    folder = make_ledger([WAITING | {"status": "推进中", "closing": None}])
    folder.git("switch", "--quiet", "--create", "work")
    folder.write_task(**WAITING)
    folder.write(MEETING, meeting(8, case_digest(folder.load().by_id["ZG2020-001"].record)))
    folder.write_task(**CLOSED)
    folder.commit("申请、审核、会议和销号压成一次提交")
    assert broken(folder) == pushed(folder) == set()
