"""Checks of changes with merges in them, and of what a change breaks in files it does not touch."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.model.problem import ERROR
from ledger.usecases.checking.check import check_between, check_push
from ledger.usecases.checking.worktree import check_worktree
from tests.copying import copy_folder

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = dt.date(2017, 12, 31)
APPLIED = {"date": "2017-12-01", "by": "联络员", "summary": "已完成"}
REVIEWED = {"date": "2017-12-02", "by": "督查室", "opinion": "同意上会"}
HASH = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"  # of "foo"
PROOF = {"name": "清单", "path": "data/evidence/GZ2017-001/a.txt", "sha256": HASH}


@pytest.fixture
def folder(make_ledger: MakeLedger) -> LedgerFolder:
    """Three tasks at work, with evidence, on branch main; `work` leads off from there."""
    tasks = [{"id": f"GZ2017-00{number}", "evidence": [PROOF]} for number in (1, 2, 3)]
    made = make_ledger(tasks, files={PROOF["path"]: "foo"})
    made.git("branch", "work")
    return made


def go_on(folder: LedgerFolder, branch: str, number: int) -> None:
    """Two honest steps of one task by two people, a commit each, on a branch."""
    folder.git("switch", "--quiet", branch)
    fields: dict[str, Any] = {"id": f"GZ2017-00{number}", "evidence": [PROOF]}
    folder.write_task(**fields, status="申请销号", closing={"applied": APPLIED})
    folder.commit("申请")
    both = {"applied": APPLIED, "reviewed": REVIEWED}
    folder.write_task(**fields, status="待上会", closing=both)
    folder.commit("审核", email="review@example.com")


def path(number: int) -> str:
    return f"data/tasks/GZ2017/GZ2017-00{number}.yaml"


def errors(folder: LedgerFolder, base: str, head: str) -> list[tuple[str, str]]:
    """Code and path of the errors: first those of a pull request, then those of a push."""
    ledger = folder.open()
    old, new = (folder.git("rev-parse", each).strip() for each in (base, head))
    try:
        problems = (
            *check_between(ledger, base, head, TODAY).problems,
            *check_push(ledger, old, new, TODAY),
        )
    finally:
        ledger.cache.close()
    return [(each.code, each.path) for each in problems if each.severity == ERROR]


def test_a_branch_that_took_in_the_main_one(folder: LedgerFolder) -> None:
    """As `git pull` leaves it: others' steps have come in by a merge."""
    go_on(folder, "main", 1)
    go_on(folder, "work", 2)
    folder.git("merge", "--quiet", "--no-edit", "main")
    assert errors(folder, "main", "work") == []


def test_a_merge_commit_on_the_main_branch(folder: LedgerFolder) -> None:
    """As a pull request leaves it: the main line makes two steps at once, the branch one each."""
    folder.git("branch", "before")
    go_on(folder, "work", 2)
    folder.git("switch", "--quiet", "main")
    folder.git("merge", "--quiet", "--no-ff", "--no-edit", "work")
    assert errors(folder, "before", "main") == []


def test_a_leap_on_a_side_branch(folder: LedgerFolder) -> None:
    folder.git("branch", "before")
    folder.git("switch", "--quiet", "work")
    folder.write_task(id="GZ2017-002", evidence=[PROOF], status="待上会")
    folder.commit("跳过申请")
    folder.git("switch", "--quiet", "main")
    folder.git("merge", "--quiet", "--no-ff", "--no-edit", "work")
    assert {code for code, _ in errors(folder, "before", "main")} == {"C001"}


def test_a_leap_made_by_the_merge_itself(folder: LedgerFolder) -> None:
    folder.git("branch", "before")
    go_on(folder, "work", 2)
    folder.git("switch", "--quiet", "main")
    folder.git("merge", "--quiet", "--no-ff", "--no-commit", "work")
    folder.write_task(id="GZ2017-003", evidence=[PROOF], status="待上会")
    folder.commit("合并时夹带")
    problems = errors(folder, "before", "main")
    assert {code for code, _ in problems} == {"C001"}
    assert {path for _, path in problems} == {"data/tasks/GZ2017/GZ2017-003.yaml"}


def test_a_source_that_tasks_still_need(folder: LedgerFolder) -> None:
    folder.git("switch", "--quiet", "work")
    (folder.root / "data/sources/GZ2017.yaml").unlink()
    folder.commit()
    assert {code for code, _ in errors(folder, "main", "work")} == {"T005"}


def test_evidence_that_is_exchanged(folder: LedgerFolder) -> None:
    """While all are at work it is a remark; of what has been applied for an error."""
    go_on(folder, "main", 1)
    begun = folder.git("rev-parse", "work").strip()
    folder.git("switch", "--quiet", "work")
    folder.write(PROOF["path"], "bar")
    folder.commit()
    assert errors(folder, begun, "work") == []
    folder.git("merge", "--quiet", "main")
    assert errors(folder, "main", "work") == [("T007", path(1))] * 2


def test_a_record_that_hides_another(make_ledger: MakeLedger) -> None:
    record = {
        "id": "DZH-2017-1",
        "body": "党组会",
        "date": "2017-12-03",
        "chair": "书记",
        "due_members": 1,
        "present": ["书记"],
        "items": [{"task": "GZ2017-001", "result": "继续整改"}],
    }
    folder = make_ledger([{}], decisions=[record])
    folder.git("switch", "--quiet", "--create", "work")
    folder.write("data/decisions/2016/DZH-2017-1.yaml", record)
    folder.commit()
    assert {code for code, _ in errors(folder, "main", "work")} == {"D008"}


def test_what_was_wrong_before_stops_nobody(make_ledger: MakeLedger) -> None:
    folder = make_ledger(
        [{"status": "快完成了"}, {"goal": "联系电话13800138000"}, {}],
        files={"data/tasks/GZ2017/GZ2017-009.yaml": "id: [\n"},
    )
    folder.git("switch", "--quiet", "--create", "work")
    folder.write_task(id="GZ2017-003", tags=["重点"])
    folder.commit()
    assert errors(folder, "main", "work") == []


def test_a_broken_file_may_be_mended_in_two_commits(make_ledger: MakeLedger) -> None:
    folder = make_ledger([{}], files={"data/tasks/GZ2017/GZ2017-009.yaml": "id: [\n"})
    folder.git("switch", "--quiet", "--create", "work")
    folder.write_task(id="GZ2017-001", tags=["重点"])
    folder.commit()
    folder.write_task(id="GZ2017-009")
    folder.commit()
    assert errors(folder, "main", "work") == []


# Old closings by 圈阅, and what a forge squashes

CIRCULATED = {
    "id": "QY-2017-1",
    "body": "圈阅",
    "date": "2017-06-01",
    "chair": "书记",
    "due_members": 9,
    "present": ["书记"],
    "items": [{"task": "GZ2017-001", "result": "同意销号"}],
}
OLD = {
    "id": "GZ2017-001",
    "status": "已销号",
    "evidence": [PROOF],
    "closing": {"decision": "QY-2017-1", "date": "2017-06-02"},
}


@pytest.fixture
def old(make_ledger: MakeLedger) -> LedgerFolder:
    """A ledger with one task that was closed by 圈阅, and one at work; on a branch of its own."""
    files = {PROOF["path"]: "foo"}
    made = make_ledger([OLD, {"id": "GZ2017-002"}], decisions=[CIRCULATED], files=files)
    made.git("switch", "--quiet", "--create", "work")
    return made


def test_old_closings_are_named_but_stop_no_first_push(old: LedgerFolder) -> None:
    ledger = old.open()
    try:
        named = check_worktree(ledger, TODAY).problems
        first = check_push(ledger, "", old.git("rev-parse", "HEAD").strip(), TODAY)
    finally:
        ledger.cache.close()
    assert [(each.code, each.id) for each in named if each.severity == ERROR] == [
        ("D002", "GZ2017-001")
    ]
    assert [each.code for each in first if each.severity == ERROR] == []


def test_old_closings_may_be_looked_at(old: LedgerFolder) -> None:
    seen = {"date": "2017-12-01", "by": "督查室", "result": "反弹"}
    old.write_task(**OLD | {"lookback": [seen]})
    old.commit("回头看")
    assert errors(old, "main", "work") == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"closing": {"date": "2017-06-02"}}, "C002"),  # rests on nothing at all now
        ({"closing": {"decision": "QY-2017-1", "date": "2017-12-02"}}, "C003"),
        ({"id": "GZ2017-002"}, "C001"),  # another one after its example
        ({"id": "GZ2017-009"}, "C001"),
    ],
)
def test_old_closings_are_no_precedent(
    change: dict[str, Any], code: str, old: LedgerFolder
) -> None:
    old.write_task(**OLD | change)
    old.commit("照旧")
    problems = errors(old, "main", "work")
    assert code in {each for each, _ in problems}
    assert ("D002" in {each for each, _ in problems}) == (code != "C003")


def test_a_squash_merge(folder: LedgerFolder) -> None:
    folder.git("branch", "before")
    go_on(folder, "work", 2)
    folder.git("switch", "--quiet", "main")
    folder.git("merge", "--quiet", "--squash", "work")
    folder.commit("压成一次提交")
    assert errors(folder, "before", "main") == []


def test_a_squash_merge_of_a_leap(folder: LedgerFolder) -> None:
    folder.git("branch", "before")
    go_on(folder, "work", 2)
    folder.write_task(
        id="GZ2017-002", evidence=[PROOF], status="待上会", closing={"applied": APPLIED}
    )
    folder.commit("删去审核记录")
    folder.git("switch", "--quiet", "main")
    folder.git("merge", "--quiet", "--squash", "work")
    folder.commit("压成一次提交")
    assert {code for code, _ in errors(folder, "before", "main")} == {"C001"}


def test_a_milder_kind_chosen_long_before(make_ledger: MakeLedger) -> None:
    folder = make_ledger([{"id": "ZG2020-001", "due": None}])
    folder.git("switch", "--quiet", "--create", "work")
    folder.write_task(id="ZG2020-001", due=None, kind="工作要点")
    folder.commit("改类别")
    assert {code for code, _ in errors(folder, "main", "work")} == {"C013"}


def remarked(folder: LedgerFolder) -> list[tuple[str, str]]:
    """Code and path of all that is said of the working tree since the last commit."""
    ledger = folder.open()
    try:
        problems = check_between(ledger, "HEAD", "", TODAY).problems
    finally:
        ledger.cache.close()
    return [(each.code, each.path) for each in problems]


@pytest.fixture
def governed(folder: LedgerFolder) -> LedgerFolder:
    """With files that rule the game, one of them a link, one with a filter, committed."""
    folder.write(".gitattributes", "*.j2 text eol=crlf\n")
    folder.write("templates/weekly.md.j2", "甲\r\n")
    (folder.root / "templates" / "monthly.md.j2").symlink_to("weekly.md.j2")
    folder.write("allowed_signers", "x\n")
    folder.commit("规矩")
    return folder


GOVERNING = (
    "ledger.yaml", ".gitattributes", "templates/weekly.md.j2", "templates/monthly.md.j2",
    "allowed_signers",
)  # fmt: skip


def test_files_that_were_only_touched_are_not_changed(governed: LedgerFolder) -> None:
    for path in (*GOVERNING, PROOF["path"]):
        os.utime(governed.root / path, (1, 1), follow_symlinks=False)
    index = (governed.root / ".git" / "index").read_bytes()
    assert governed.git("diff-index", "--name-only", "HEAD").splitlines()  # what git believes
    assert remarked(governed) == []
    assert (governed.root / ".git" / "index").read_bytes() == index


def test_a_copied_ledger_has_not_changed(governed: LedgerFolder, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy_folder(governed.root, copy)
    assert remarked(replace(governed, root=copy)) == []


@pytest.mark.parametrize("path", GOVERNING)
def test_a_changed_one_is_told_among_touched_ones(governed: LedgerFolder, path: str) -> None:
    for each in GOVERNING:
        os.utime(governed.root / each, (1, 1), follow_symlinks=False)
    place = governed.root / path
    if place.is_symlink():
        place.unlink()
        place.symlink_to("other")
    else:
        place.write_bytes(place.read_bytes() + b"# x\n")
    assert ("C013", path) in remarked(governed)
    assert {each for code, each in remarked(governed) if code == "C013"} == {path}


def test_a_mode_a_kind_and_a_loss_are_changes(governed: LedgerFolder) -> None:
    (governed.root / "allowed_signers").chmod(0o755)
    (governed.root / ".gitattributes").unlink()
    place = governed.root / "templates" / "weekly.md.j2"
    place.unlink()
    place.symlink_to("elsewhere")
    assert {each for code, each in remarked(governed) if code == "C013"} == {
        "allowed_signers", ".gitattributes", "templates/weekly.md.j2"
    }  # fmt: skip


def test_before_the_first_commit_all_of_it_is_a_change(make_ledger: MakeLedger) -> None:
    """As the pre-commit hook asks."""
    folder = make_ledger([{"lead": ["某部"]}], commit=False)
    ledger = folder.open()
    try:
        problems = check_between(ledger, "HEAD", "", TODAY).problems
    finally:
        ledger.cache.close()
    assert [each.code for each in problems] == ["T004"]


@pytest.mark.parametrize("how", ["sha256", "autocrlf"])
def test_files_that_git_stores_otherwise_are_no_change(folder: LedgerFolder, how: str) -> None:
    """Their hashes are others than those of the files as they lie there; what changed is judged."""
    proof = {**PROOF, "sha256": hashlib.sha256(b"foo\nbar\n").hexdigest()}
    folder.write(PROOF["path"], "foo\nbar\n")
    for number in (1, 2, 3):
        folder.write_task(id=f"GZ2017-00{number}", evidence=[proof], lead=["审业部", "查无此部"])
    if how == "sha256":
        shutil.rmtree(folder.root / ".git")
        folder.git("init", "--quiet", "--object-format=sha256", "--initial-branch=main")
        folder.git("config", "user.name", "联络员")
        folder.git("config", "user.email", "office@example.com")
    folder.commit()
    if how == "autocrlf":
        folder.git("config", "core.autocrlf", "true")
        shutil.rmtree(folder.root / "data")
        folder.git("checkout", "--quiet", "--", ".")
        assert b"\r\n" in (folder.root / path(1)).read_bytes()
    ledger = folder.open()
    assert check_between(ledger, "HEAD", "", TODAY).problems == ()
    task = folder.root / path(2)
    task.write_bytes(task.read_bytes().replace("审业部".encode(), "审业部, 条法处".encode()))
    problems = check_between(ledger, "HEAD", "", TODAY).problems
    assert {(each.code, each.path) for each in problems} == {("T004", path(2))}
    folder.write(PROOF["path"], "foo\r\nbaz\r\n")
    problems = check_between(ledger, "HEAD", "", TODAY).problems
    assert {each.path for each in problems if each.code == "T007"} == {path(n) for n in (1, 2, 3)}
    ledger.cache.close()
