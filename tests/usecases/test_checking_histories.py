"""Checks of changes with merges in them, and of what a change breaks in files it does not touch."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from ledger.model.problem import ERROR
from ledger.usecases.checking import check_between, check_push

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
    """Two honest steps of one task, a commit each, on a branch."""
    folder.git("switch", "--quiet", branch)
    fields: dict[str, Any] = {"id": f"GZ2017-00{number}", "evidence": [PROOF]}
    folder.write_task(**fields, status="申请销号", closing={"applied": APPLIED})
    folder.commit("申请")
    both = {"applied": APPLIED, "reviewed": REVIEWED}
    folder.write_task(**fields, status="待上会", closing=both)
    folder.commit("审核")


def found(folder: LedgerFolder, base: str, head: str) -> list[tuple[str, str]]:
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
    assert found(folder, "main", "work") == []


def test_a_merge_commit_on_the_main_branch(folder: LedgerFolder) -> None:
    """As a pull request leaves it: the main line makes two steps at once, the branch one each."""
    folder.git("branch", "before")
    go_on(folder, "work", 2)
    folder.git("switch", "--quiet", "main")
    folder.git("merge", "--quiet", "--no-ff", "--no-edit", "work")
    assert found(folder, "before", "main") == []


def test_a_leap_on_a_side_branch(folder: LedgerFolder) -> None:
    folder.git("branch", "before")
    folder.git("switch", "--quiet", "work")
    folder.write_task(id="GZ2017-002", evidence=[PROOF], status="待上会")
    folder.commit("跳过申请")
    folder.git("switch", "--quiet", "main")
    folder.git("merge", "--quiet", "--no-ff", "--no-edit", "work")
    assert {code for code, _ in found(folder, "before", "main")} == {"C001"}


def test_a_leap_made_by_the_merge_itself(folder: LedgerFolder) -> None:
    folder.git("branch", "before")
    go_on(folder, "work", 2)
    folder.git("switch", "--quiet", "main")
    folder.git("merge", "--quiet", "--no-ff", "--no-commit", "work")
    folder.write_task(id="GZ2017-003", evidence=[PROOF], status="待上会")
    folder.commit("合并时夹带")
    problems = found(folder, "before", "main")
    assert {code for code, _ in problems} == {"C001"}
    assert {path for _, path in problems} == {"data/tasks/GZ2017/GZ2017-003.yaml"}


def test_a_source_that_tasks_still_need(folder: LedgerFolder) -> None:
    folder.git("switch", "--quiet", "work")
    (folder.root / "data/sources/GZ2017.yaml").unlink()
    folder.commit()
    assert {code for code, _ in found(folder, "main", "work")} == {"T005"}


def test_evidence_that_is_exchanged(folder: LedgerFolder) -> None:
    folder.git("switch", "--quiet", "work")
    folder.write(PROOF["path"], "bar")
    folder.commit()
    assert {code for code, _ in found(folder, "main", "work")} == {"T007"}


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
    assert {code for code, _ in found(folder, "main", "work")} == {"D008"}


def test_what_was_wrong_before_stops_nobody(make_ledger: MakeLedger) -> None:
    folder = make_ledger(
        [{"status": "快完成了"}, {"goal": "联系电话13800138000"}, {}],
        files={"data/tasks/GZ2017/GZ2017-009.yaml": "id: [\n"},
    )
    folder.git("switch", "--quiet", "--create", "work")
    folder.write_task(id="GZ2017-003", tags=["重点"])
    folder.commit()
    assert found(folder, "main", "work") == []


def test_a_broken_file_may_be_mended_in_two_commits(make_ledger: MakeLedger) -> None:
    folder = make_ledger([{}], files={"data/tasks/GZ2017/GZ2017-009.yaml": "id: [\n"})
    folder.git("switch", "--quiet", "--create", "work")
    folder.write_task(id="GZ2017-001", tags=["重点"])
    folder.commit()
    folder.write_task(id="GZ2017-009")
    folder.commit()
    assert found(folder, "main", "work") == []
