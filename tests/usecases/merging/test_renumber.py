"""An unpublished task gets another id as if it had never had the first one."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from ledger.errors import LedgerError, UsageError
from ledger.model.case import case_digest
from ledger.model.paths import TASKS
from ledger.usecases.merging.renumber import Renumbered, renumber

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

MEETING: dict[str, Any] = {
    "id": "DZH-2017-01",
    "body": "党组会",
    "date": "2017-02-28",
    "chair": "党组书记",
    "due_members": 3,
    "present": ["党组书记", "副书记"],
}


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    """Two tasks published (a tag says so), a third one not, with all that refers to it."""
    made = make_ledger([{}, {}])
    made.git("tag", "seal")
    path = "data/evidence/GZ2017-003/通知.pdf"
    sha256 = hashlib.sha256(made.write(path, b"\0pdf").read_bytes()).hexdigest()
    made.write_task(
        id="GZ2017-003",
        title="新增的",
        measures=["措施 GZ2017-003"],
        evidence=[{"name": "通知", "path": path, "sha256": sha256}],
    )
    made.commit("新增 GZ2017-003 新增的\n\nLedger-Task: GZ2017-003\n", "2017-03-02")
    digest = case_digest(made.load().by_id["GZ2017-003"].record)
    made.write_task(id="GZ2017-004", links=[{"rel": "子任务", "id": "GZ2017-003"}])
    items = [{"task": "GZ2017-003", "result": "继续整改", "votes": {"for": 2}, "digest": digest}]
    made.write("data/decisions/2017/DZH-2017-01.yaml", MEETING | {"items": items})
    made.commit("GZ2017-0031 不是它", "2017-03-03")
    return made


def test_every_reference_goes_along(ledger: LedgerFolder) -> None:
    base = ledger.git("rev-parse", "seal").strip()
    done = renumber(ledger.open(), "003")
    assert done == Renumbered("GZ2017-003", "GZ2017-005", 2)
    assert ledger.git("status", "--porcelain") == ""
    snapshot = ledger.load()
    assert sorted(snapshot.by_id) == ["GZ2017-001", "GZ2017-002", "GZ2017-004", "GZ2017-005"]
    task = snapshot.by_id["GZ2017-005"]
    assert task.path == f"{TASKS}/GZ2017/GZ2017-005.yaml"
    assert task.record.measures == ("措施 GZ2017-003",)  # what people wrote is theirs
    assert snapshot.by_id["GZ2017-004"].record.links[0].id == "GZ2017-005"
    assert task.record.evidence[0].path == "data/evidence/GZ2017-005/通知.pdf"
    assert (ledger.root / task.record.evidence[0].path).read_bytes() == b"\0pdf"
    assert not (ledger.root / "data/evidence/GZ2017-003").exists()
    (item,) = snapshot.decisions[0].record.items
    assert (item.task, item.digest) == ("GZ2017-005", case_digest(task.record))
    assert ledger.git("merge-base", "HEAD", "seal").strip() == base
    assert "GZ2017-003.yaml" not in ledger.git("log", "--name-only", "--format=", "seal..HEAD")
    log = ledger.git("log", "--format=%B%ad", "--date=short", "seal..HEAD")
    assert "新增 GZ2017-005 新增的" in log
    assert "Ledger-Task: GZ2017-005" in log
    assert "GZ2017-0031 不是它" in log
    assert log.split()[-1] == "2017-03-02"


def test_a_given_id(ledger: LedgerFolder) -> None:
    assert renumber(ledger.open(), "003", "GZ2017-090").new == "GZ2017-090"
    assert ledger.path("GZ2017-090").is_file()
    assert not ledger.path("GZ2017-003").exists()


@pytest.mark.parametrize(("new", "message"), [("GZ2017-001", "已经有了"), ("新号", "不能作编号")])
def test_an_id_that_cannot_be(ledger: LedgerFolder, new: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        renumber(ledger.open(), "003", new)


def test_published_tasks_keep_their_id(ledger: LedgerFolder) -> None:
    head = ledger.git("rev-parse", "HEAD")
    with pytest.raises(LedgerError, match="已经发布"):
        renumber(ledger.open(), "001")
    assert ledger.git("rev-parse", "HEAD") == head


def test_another_branch_that_has_it(ledger: LedgerFolder) -> None:
    ledger.git("branch", "draft")
    with pytest.raises(LedgerError, match="分支 draft 上也有"):
        renumber(ledger.open(), "003")


def test_a_closed_task_keeps_its_id(ledger: LedgerFolder) -> None:
    ledger.write_task(id="GZ2017-006", closing={"decision": "DZH-2017-01"})
    ledger.commit()
    with pytest.raises(LedgerError, match="已经据会议 DZH-2017-01 办结"):
        renumber(ledger.open(), "006")


def test_uncommitted_work_is_not_touched(ledger: LedgerFolder) -> None:
    ledger.write("notes.txt", "草稿")
    path = ledger.path("GZ2017-001")
    path.write_text(path.read_text(encoding="utf-8") + "goal: 草稿\n", encoding="utf-8")
    before = ledger.git("status", "--porcelain")
    renumber(ledger.open(), "003")
    assert ledger.git("status", "--porcelain") == before
    path = ledger.path("GZ2017-004")
    path.write_text(path.read_text(encoding="utf-8") + "goal: 草稿\n", encoding="utf-8")
    with pytest.raises(LedgerError, match="还没有保存的改动"):
        renumber(ledger.open(), "005")


def test_a_line_with_merges_in_it(ledger: LedgerFolder) -> None:
    ledger.git("switch", "--quiet", "-c", "side", "HEAD~1")
    ledger.write("notes.txt", "旁支")
    ledger.commit("旁支")
    ledger.git("switch", "--quiet", "main")
    ledger.git("merge", "--quiet", "--no-edit", "side")
    ledger.git("branch", "--quiet", "-D", "side")
    assert renumber(ledger.open(), "003").commits == 4
    assert ledger.git("log", "-1", "--format=%p").count(" ") == 1
    assert (ledger.root / "notes.txt").is_file()
    assert not ledger.load().problems
