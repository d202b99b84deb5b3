"""An old ledger whose evidence is not there: what was closed before stays so, nothing is anew.

Forgiven is what was done before there was a gate. Who applies, ends a task or gives an end another
basis says that the evidence is there, and then it must be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.model.case import case_digest
from tests.conftest import CONFIG, SOURCES, LedgerFolder, run_git
from tests.copying import compact, copy_folder
from tests.forking import gated
from tests.story.judges import Act, let_in_by_all, push, refused_by_all
from tests.story.proven import APPLIED, BOTH, PROOF, TODAY, held, task

pytestmark = pytest.mark.xdist_group("gates")

CLOSED, LASTING, ASKED, GONE = (f"ZG2020-00{number}" for number in (1, 2, 3, 4))
AWAY = [{"name": "材料", "path": "data/evidence/没有.txt", "sha256": "a" * 64}]
KEPT = [{"name": "材料", "path": PROOF.format(1), "sha256": hashlib.sha256(b"proof").hexdigest()}]
BASIS = {"decision": "QY-1", "date": "2020-06-02"}
LASTS = {"decision": "CQ-1", "date": "2020-06-02"}
AGAIN = {"date": "2020-12-20", "by": "整改办", "text": "问题反弹", "event": "重开"}
TASKS = {
    CLOSED: task(1, status="已销号", closing=BASIS, evidence=AWAY),
    LASTING: task(2, status="长期坚持", closing=LASTS, evidence=AWAY),
    ASKED: task(3, status="申请销号", closing={"applied": APPLIED}, evidence=KEPT),
    GONE: task(4, evidence=AWAY),
}
REPORT = {"date": "2020-12-20", "by": "联络员", "text": "继续落实"}
REDONE = {"closing": {}, "past_closings": [BASIS], "progress": [AGAIN]}
ANEW = {"applied": APPLIED | {"date": "2020-12-21"}}
REVIEWED = ANEW | {"reviewed": BOTH["reviewed"] | {"date": "2020-12-22"}}


@pytest.fixture(scope="session")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone and its gated server, to which the old ledger was the first push."""
    root = tmp_path_factory.mktemp("old")
    folder = LedgerFolder(root / "clone")
    folder.root.mkdir()
    folder.git("init", "--quiet", "--initial-branch=main")
    folder.git("config", "user.name", "整改办")
    folder.git("config", "user.email", "office@example.com")
    folder.write("ledger.yaml", CONFIG)
    for source in SOURCES:
        folder.write(f"data/sources/{source['id']}.yaml", source)
    for fields in TASKS.values():
        folder.write_task(**fields)
    folder.write(PROOF.format(1), "proof")
    lasts = {"task": LASTING, "result": "转为长期坚持", "votes": {"for": 8}}
    old = {"task": CLOSED, "result": "同意销号"}
    records = [
        held(id="QY-1", body="圈阅", date="2020-06-01", items=[old]),
        held(id="CQ-1", date="2020-06-01", items=[lasts]),
    ]
    for record in records:
        folder.write(f"data/decisions/2020/{record['id']}.yaml", record)
    folder.commit("旧账")
    run_git(root, "init", "--quiet", "--bare", "--initial-branch=main", "server.git")
    gated(root / "server.git")
    folder.git("remote", "add", "origin", "../server.git")
    assert push(folder).returncode == 0
    compact(folder.root, root / "server.git")
    return root


@pytest.fixture
def clone(brought: Path, tmp_path: Path, clock: Callable[[str], None]) -> LedgerFolder:
    clock(TODAY.isoformat())
    copy_folder(brought, tmp_path / "world")
    return LedgerFolder(tmp_path / "world" / "clone")


def wrote(number: str, **fields: Any) -> Act:
    """A task with other fields, committed."""

    def act(folder: LedgerFolder) -> None:
        folder.write_task(**TASKS[number] | fields)
        folder.commit("改动")

    return act


def met(number: str, result: str = "同意销号") -> Act:
    """A meeting that decides on a task as it stands."""

    def act(folder: LedgerFolder) -> None:
        digest = case_digest(folder.load().by_id[number].record)
        item = {"task": number, "result": result, "votes": {"for": 8}, "digest": digest}
        record = held(id="DZH-2020-40", date="2020-12-28", items=[item])
        folder.write("data/decisions/2020/DZH-2020-40.yaml", record)
        folder.commit("会议")

    return act


def in_turn(*acts: Act) -> Act:
    def act(folder: LedgerFolder) -> None:
        for each in acts:
            each(folder)

    return act


def merged(*acts: Act) -> Act:
    """What is done on a branch, merged by a second person."""

    def act(folder: LedgerFolder) -> None:
        folder.git("switch", "--quiet", "-c", "work")
        in_turn(*acts)(folder)
        folder.git("switch", "--quiet", "main")
        second = ("-c", "user.email=second@example.com")
        folder.git(*second, "merge", "--quiet", "--no-ff", "--no-edit", "work")

    return act


MET = {"decision": "DZH-2020-40", "date": "2020-12-29"}
REOPENED = wrote(CLOSED, status="推进中", **REDONE)
ASKS = wrote(CLOSED, **REDONE | {"status": "申请销号", "closing": ANEW})
WAITS = wrote(CLOSED, **REDONE | {"status": "待上会", "closing": REVIEWED})
CHEATS: dict[str, Act] = {
    "reopened and applied in one push": in_turn(REOPENED, ASKS),
    "reopened and applied in one commit": ASKS,
    "reopened, applied and reviewed": in_turn(REOPENED, ASKS, WAITS),
    "an old closing given a meeting": merged(
        met(CLOSED), wrote(CLOSED, closing=BASIS | MET)),
    "an old closing given another day": wrote(CLOSED, closing=BASIS | {"date": "2020-06-03"}),
    "reopened, applied, decided and closed in one branch": merged(
        REOPENED, ASKS, WAITS, met(CLOSED),
        wrote(CLOSED, **REDONE | {"closing": REVIEWED | MET})),
    "lasting, taken up and applied": in_turn(
        met(LASTING, "继续整改"), wrote(LASTING, status="推进中"),
        wrote(LASTING, status="申请销号", closing=ANEW, past_closings=[LASTS])),
    "lasting, cancelled": merged(
        met(LASTING, "同意中止"), wrote(LASTING, status="已中止", closing=LASTS | MET)),
    "at work, applied": wrote(GONE, status="申请销号", closing=ANEW),
    "at work, cancelled": merged(
        met(GONE, "同意中止"), wrote(GONE, status="已中止", closing=MET)),
    "at work, lasting": merged(
        met(GONE, "转为长期坚持"), wrote(GONE, status="长期坚持", closing=MET)),
}  # fmt: skip


@pytest.mark.parametrize("case", CHEATS)
def test_what_is_anew_has_its_evidence(case: str, clone: LedgerFolder) -> None:
    CHEATS[case](clone)
    refused_by_all(clone, "T007", TODAY)


def test_applied_in_a_later_push(clone: LedgerFolder) -> None:
    """At work again it is no offence that the file is not there; to apply is one."""
    REOPENED(clone)
    let_in_by_all(clone, TODAY)
    clone.git("fetch", "--quiet", "origin")
    ASKS(clone)
    refused_by_all(clone, "T007", TODAY)


def test_the_file_went_after_the_application(clone: LedgerFolder) -> None:
    """Whatever was let in once (an older gate): who goes on is asked."""
    clone.git("rm", "--quiet", PROOF.format(1))
    clone.commit("删去")
    run_git(clone.root.parent / "server.git", "fetch", "--quiet", "../clone", "+main:main")
    clone.git("fetch", "--quiet", "origin")
    clone.git("config", "user.email", "second@example.com")
    waits = {"status": "待上会", "closing": BOTH}
    clone.write_task(**TASKS[ASKED] | waits)
    clone.commit("审核")
    refused_by_all(clone, "T007", TODAY)


LOOKED = {"date": "2020-12-20", "by": "整改办", "result": "巩固"}
HONEST: dict[str, Act] = {
    "an old closing looked at": wrote(CLOSED, lookback=[LOOKED]),
    "what lasts is reported on": wrote(LASTING, progress=[REPORT]),
    "taken up again": in_turn(met(LASTING, "继续整改"), wrote(LASTING, status="推进中")),
    "reported on while at work": wrote(GONE, progress=[REPORT]),
}


@pytest.mark.parametrize("case", HONEST)
def test_what_was_so_before_is_let_in(case: str, clone: LedgerFolder) -> None:
    HONEST[case](clone)
    let_in_by_all(clone, TODAY)


def test_the_file_is_brought_and_a_meeting_held(clone: LedgerFolder) -> None:
    """Reopened, the evidence registered, then applied for: all in one push."""
    clone.write(PROOF.format(9), "proof")
    elsewhere = [KEPT[0] | {"path": PROOF.format(9)}]
    in_turn(
        REOPENED,
        wrote(CLOSED, **REDONE | {"status": "推进中", "evidence": elsewhere}),
        wrote(CLOSED, **REDONE | {"status": "申请销号", "closing": ANEW, "evidence": elsewhere}),
    )(clone)
    let_in_by_all(clone, TODAY)
