"""Closed is closed anew, whose hand it was, and what only an end brings: judged by all alike."""

from __future__ import annotations

import copy
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.model.case import case_digest
from tests.conftest import EMAIL, LedgerFolder
from tests.story.judges import Act, audited, let_in_by_all, push, refused, refused_by_all
from tests.story.proven import (
    APPLIED,
    ASKED,
    BOTH,
    CLOSED,
    REVIEWED,
    TODAY,
    WAITING,
    WORKING,
    held,
    task,
)
from tests.story.test_gate_people import empty_server
from tests.story.transports import Connect, attacks

pytestmark = pytest.mark.xdist_group("gates")

OTHER = "x@example.com"
LOG = [{"date": "2020-12-20", "by": "联络员", "text": "已部署"}]
AGAIN = {"date": "2020-12-21", "by": "整改办", "text": "问题反弹", "event": "重开"}
ROUND = copy.deepcopy(CLOSED["closing"])


@pytest.fixture
def clone(proven: LedgerFolder) -> LedgerFolder:
    return proven


def a_second_meeting(folder: LedgerFolder) -> None:
    """Another meeting approves what is closed already."""
    digest = held_digest(folder)
    item = {"task": "ZG2020-003", "result": "同意销号", "votes": {"for": 8}, "digest": digest}
    folder.write(
        "data/decisions/2020/DZH-2020-40.yaml",
        held(id="DZH-2020-40", date="2020-12-25", items=[item]),
    )
    folder.commit("又一次会议")
    assert push(folder).returncode == 0
    folder.git("fetch", "--quiet", "origin")


def held_digest(folder: LedgerFolder) -> str:
    return case_digest(folder.load().by_id["ZG2020-003"].record)


def closed_anew(folder: LedgerFolder) -> None:
    """Reopened, applied for, reviewed and closed, in one commit that leaves it closed."""
    procedure = {
        "applied": APPLIED | {"date": "2020-12-22"},
        "reviewed": REVIEWED | {"date": "2020-12-23"},
    }
    closing = procedure | {"decision": "DZH-2020-40", "date": "2020-12-26"}
    folder.write_task(
        **CLOSED | {"closing": closing, "past_closings": [ROUND], "progress": [AGAIN]}
    )
    folder.commit("又一次销号")


def test_what_is_closed_anew_is_reopened_first(clone: LedgerFolder) -> None:
    """A meeting that was held before the task was reopened does not close it."""
    a_second_meeting(clone)
    closed_anew(clone)
    refused_by_all(clone, "C008", TODAY)


@pytest.fixture
def circulated(clone: LedgerFolder, tmp_path: Path) -> LedgerFolder:
    """An old ledger with a closing that no meeting gave, and the meeting that makes up for it."""
    folder = clone.root / "data/decisions/2020"
    old = json.loads(json.dumps(CLOSED)) | {"closing": {"date": "2020-06-01"}}
    clone.write_task(**old)
    (folder / "DZH-2020-31.yaml").unlink()
    clone.commit("旧账")
    clone.git("remote", "set-url", "origin", str(empty_server(tmp_path)))
    assert push(clone).returncode == 0
    a_second_meeting(clone)
    return clone


def made_up_for(folder: LedgerFolder) -> None:
    """The closing gets its meeting."""
    closing = {"decision": "DZH-2020-40", "date": "2020-12-26"}
    folder.write_task(**json.loads(json.dumps(CLOSED)) | {"closing": closing})
    folder.commit("补办")


def test_what_is_made_up_for_comes_by_a_request_too(circulated: LedgerFolder) -> None:
    made_up_for(circulated)
    refused(push(circulated), "H001")
    assert "H001" in audited(circulated)


def test_what_is_made_up_for_is_merged_by_another(circulated: LedgerFolder) -> None:
    git = circulated.git
    git("switch", "--quiet", "-c", "again")
    made_up_for(circulated)
    git("switch", "--quiet", "main")
    git("merge", "--quiet", "--no-ff", "-m", "合并", "again")
    refused(push(circulated), "H001")
    git("reset", "--quiet", "--hard", "origin/main")
    git("-c", "user.email=second@example.com", "merge", "--quiet", "--no-ff", "-m", "合并", "again")
    done = push(circulated)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("email", ["", "noreply@example.com", "no-reply@forge.example"])
def test_a_merge_by_nobody_is_not_by_another(email: str, clone: LedgerFolder) -> None:
    clone.git("switch", "--quiet", "-c", "close")
    basis = {"decision": "DZH-2020-30", "date": "2020-12-05"}
    clone.write_task(**WAITING | {"status": "已销号", "closing": BOTH | basis})
    clone.commit("销号")
    clone.git("switch", "--quiet", "main")
    tree = clone.git("rev-parse", "close^{tree}").strip()
    parents = ("-p", "main", "-p", "close")
    who = [f"GIT_{role}_EMAIL={email}" for role in ("AUTHOR", "COMMITTER")]
    made = commit_by(clone, who, "commit-tree", tree, *parents, "-m", "合并")
    refused(push(clone, f"{made}:refs/heads/main"), "H001")


def commit_by(folder: LedgerFolder, who: list[str], *arguments: str) -> str:
    environment = os.environ | dict(each.split("=", 1) for each in who)
    done = subprocess.run(
        ["git", *arguments], cwd=folder.root, env=environment, capture_output=True, check=True
    )
    return done.stdout.decode().strip()


# -- whose hand -------------------------------------------------------------------------------


def applied_then_reviewed(first: str, second: str) -> Act:
    """Two names, two commits, by two addresses."""

    def act(folder: LedgerFolder) -> None:
        folder.write_task(**WORKING | {"status": "申请销号", "closing": {"applied": APPLIED}})
        folder.commit("申请", email=first)
        folder.write_task(**WORKING | {"status": "待上会", "closing": BOTH})
        folder.commit("审核", email=second)

    return act


def known_by(how: str) -> Act:
    def act(folder: LedgerFolder) -> None:
        if how == "mailmap":
            folder.write(".mailmap", f"Office <{EMAIL}> <{OTHER}>\n")
        else:
            text = (folder.root / "ledger.yaml").read_text("utf-8")
            people = f"identities: [{{name: 办公室, emails: [{EMAIL}, {OTHER}]}}]\n"
            folder.write("ledger.yaml", text + people)
        folder.commit("名录")

    return act


@pytest.mark.parametrize("pushed_before", [True, False])
@pytest.mark.parametrize("how", ["mailmap", "identities"])
def test_one_person_with_two_addresses_does_not_review_himself(
    how: str, pushed_before: bool, clone: LedgerFolder
) -> None:
    known_by(how)(clone)
    if pushed_before:
        assert push(clone).returncode == 0
        clone.git("fetch", "--quiet", "origin")
    applied_then_reviewed(EMAIL, OTHER)(clone)
    refused(push(clone), "C006")
    assert "C006" in audited(clone)


def test_two_people_apply_and_review(clone: LedgerFolder) -> None:
    known_by("mailmap")(clone)
    applied_then_reviewed(EMAIL, "second@example.com")(clone)
    let_in_by_all(clone, TODAY, "C013")


def test_a_review_by_nobody_is_none(clone: LedgerFolder) -> None:
    applied_then_reviewed(EMAIL, "noreply@example.com")(clone)
    refused(push(clone), "C006")


# -- what only an end brings --------------------------------------------------------------------


def wrote_task(before: dict[str, Any], **fields: Any) -> Act:
    return lambda folder: folder.write_task(**before | fields)


EARLY: dict[str, tuple[Act, str]] = {
    "a meeting named beforehand": (
        wrote_task(WAITING, closing=BOTH | {"decision": "DZH-2020-30"}),
        "C003",
    ),
    "a day named beforehand": (wrote_task(WAITING, closing=BOTH | {"date": "2020-12-05"}), "C003"),
    "of a task at work": (wrote_task(WORKING, closing={"decision": "DZH-2020-30"}), "C003"),
    "in a new task": (
        wrote_task(task(5), closing={"decision": "DZH-2020-30", "date": "2020-12-05"}, evidence=[]),
        "C003",
    ),
    "reopened though never closed": (wrote_task(WAITING, progress=[AGAIN]), "C008"),
    "reopened at work": (wrote_task(WORKING, progress=[*LOG, AGAIN]), "C008"),
}


@pytest.mark.parametrize(("case", "kind"), attacks(EARLY))
def test_what_only_an_end_brings(
    case: str, kind: str, clone: LedgerFolder, connect: Connect
) -> None:
    act, code = EARLY[case]
    act(clone)
    clone.commit("改动")
    connect(clone, kind, clone.root.parent / "server.git")
    refused_by_all(clone, code, TODAY, by=kind)


HONEST: dict[str, Callable[[LedgerFolder], object]] = {
    "reopened": wrote_task(
        CLOSED, status="推进中", closing={}, past_closings=[ROUND], progress=[AGAIN]
    ),
    "looked at": wrote_task(
        CLOSED, lookback=[{"date": "2020-12-28", "by": "整改办", "result": "保持"}]
    ),
    "reopened and applied for": wrote_task(
        CLOSED,
        status="申请销号",
        closing={"applied": APPLIED | {"date": "2020-12-28"}},
        past_closings=[ROUND],
        progress=[AGAIN],
    ),
    "sent back": wrote_task(
        ASKED,
        status="推进中",
        closing={},
        progress=[AGAIN | {"event": "退回", "text": "材料不全"}],
    ),
}


@pytest.mark.parametrize("case", HONEST)
def test_honest_work_passes(case: str, clone: LedgerFolder) -> None:
    HONEST[case](clone)
    clone.commit("改动")
    let_in_by_all(clone, TODAY)
