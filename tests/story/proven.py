"""A ledger whose evidence is there, on a server with the gate, and what people do in a clone of it.

ZG2020-001 waits to be closed and has its approval, 002 is at work, 003 closed, 004 applied for.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.model.case import case_digest
from tests.conftest import CONFIG, EMAIL, NAME, SOURCES, LedgerFolder, run_git
from tests.copying import compact, copy_folder
from tests.forking import gated
from tests.story.judges import Act

PROOF = "data/evidence/ZG2020-00{}/材料.txt"
PHONE = "13800138000"
TODAY = dt.date(2021, 1, 1)
MEMBERS = ["书记", *(f"成员{number}" for number in range(1, 8))]
APPLIED = {"date": "2020-12-01", "by": "联络员", "summary": "已完成"}
REVIEWED = {"date": "2020-12-02", "by": "整改办", "opinion": "同意上会"}
BOTH = {"applied": APPLIED, "reviewed": REVIEWED}


def task(number: int, **fields: Any) -> dict[str, Any]:
    path = PROOF.format(number)
    proof = {"name": "材料", "path": path, "sha256": hashlib.sha256(b"proof").hexdigest()}
    due = {"text": "11月底前", "date": "2020-11-30"}
    return {"id": f"ZG2020-00{number}", "due": due, "evidence": [proof], **fields}


WAITING, WORKING = task(1, status="待上会", closing=BOTH), task(2)
CLOSED = task(3, status="已销号", closing=BOTH | {"decision": "DZH-2020-31", "date": "2020-12-04"})
ASKED = task(4, status="申请销号", closing={"applied": APPLIED})


def held(digest: str | None = None, **fields: Any) -> dict[str, Any]:
    item = {"task": "ZG2020-003", "result": "同意销号", "votes": {"for": 8}, "digest": digest}
    return {
        "id": "DZH-2020-31",
        "body": "党组会",
        "date": "2020-12-03",
        "chair": "书记",
        "due_members": 9,
        "present": MEMBERS,
        "items": [{key: value for key, value in item.items() if value is not None}],
        **fields,
    }


def approving(number: str, digests: dict[str, str]) -> dict[str, Any]:
    """A meeting whose approval is not used yet."""
    item = {"task": number, "result": "同意销号", "votes": {"for": 8}, "digest": digests[number]}
    return held(id="DZH-2020-30", items=[item])


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a clone and its server, to be copied for each case."""
    root = tmp_path_factory.mktemp("gate")
    folder = LedgerFolder(root / "clone")
    folder.root.mkdir()
    folder.git("init", "--quiet", "--initial-branch=main")
    folder.git("config", "user.name", NAME)
    folder.git("config", "user.email", EMAIL)
    history = {"history": {"begin": "0123456789"}}
    policies = CONFIG["policies"] | history
    folder.write(
        "ledger.yaml", CONFIG | {"policies": policies, "rules": {"T002": "off", "T003": "off"}}
    )
    for source in SOURCES:
        folder.write(f"data/sources/{source['id']}.yaml", source)
    for number, fields in enumerate((WAITING, WORKING, CLOSED, ASKED), 1):
        folder.write_task(**fields)
        folder.write(PROOF.format(number), "proof")
    folder.commit("建账")
    tasks = folder.load().by_id
    digests = {each: case_digest(tasks[each].record) for each in ("ZG2020-001", "ZG2020-003")}
    folder.write("data/decisions/2020/DZH-2020-31.yaml", held(digests["ZG2020-003"]))
    folder.write("data/decisions/2020/DZH-2020-30.yaml", approving("ZG2020-001", digests))
    folder.write("README.md", "说明")
    folder.commit("会议")
    run_git(root, "clone", "--quiet", "--bare", str(folder.root), "server.git")
    gated(root / "server.git")
    folder.git("remote", "add", "origin", "../server.git")
    folder.git("fetch", "--quiet", "origin")
    compact(folder.root, root / "server.git")
    return root


@pytest.fixture
def proven(prepared: Path, tmp_path: Path, clock: Callable[[str], None]) -> LedgerFolder:
    """A clone of the ledger with its server beside it (`server.git`), on a day after all of it."""
    clock(TODAY.isoformat())
    copy_folder(prepared, tmp_path / "world")
    return LedgerFolder(tmp_path / "world" / "clone")


def another(folder: LedgerFolder, **fields: Any) -> None:
    """A second meeting that sends a task back, which needs no majority."""
    item = {"task": "ZG2020-001", "result": "继续整改"}
    record = held(id="DZH-2020-32", **{"items": [item], **fields})
    folder.write("data/decisions/2020/DZH-2020-32.yaml", record)


def meeting(**fields: Any) -> Act:
    return lambda folder: another(folder, **fields)


def evidence(number: int, **fields: Any) -> Act:
    """A task that is applied to close with evidence of that kind."""
    applied = {"status": "申请销号", "closing": {"applied": APPLIED}}
    return lambda folder: folder.write_task(
        **task(number, **applied, evidence=[{"name": "材料", **fields}])
    )


def both(first: Act, second: Act) -> Act:
    """Two commits of one push."""

    def act(folder: LedgerFolder) -> None:
        first(folder)
        folder.commit("第一步")
        second(folder)

    return act


def wrote(path: str, content: str | bytes) -> Act:
    return lambda folder: folder.write(path, content)


def gone(path: str) -> Act:
    return lambda folder: (folder.root / path).unlink()


def linked(path: str) -> Act:
    def act(folder: LedgerFolder) -> None:
        (folder.root / path).unlink()
        (folder.root / path).symlink_to("/etc/hostname")

    return act


def closed(folder: LedgerFolder) -> None:
    """Close ZG2020-001 by the approval that is there, as `ledger close` does."""
    basis = {"decision": "DZH-2020-30", "date": "2020-12-05"}
    folder.write_task(**WAITING | {"status": "已销号", "closing": BOTH | basis})


def lfs(oid: str) -> str:
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 5\n"


def config_folder(folder: LedgerFolder) -> None:
    (folder.root / "ledger.yaml").unlink()
    folder.write("ledger.yaml/x.yaml", "a: 1\n")


def settings(old: str, new: str) -> Act:
    def act(folder: LedgerFolder) -> None:
        place = folder.root / "ledger.yaml"
        text = place.read_text(encoding="utf-8")
        assert old in text
        place.write_text(text.replace(old, new), encoding="utf-8")

    return act


def reviewed(email: str, **fields: Any) -> Act:
    """The application of ZG2020-004 reviewed, from somebody's account."""

    def act(folder: LedgerFolder) -> None:
        folder.git("config", "user.email", email)
        closing = {"applied": APPLIED, "reviewed": REVIEWED | fields}
        folder.write_task(**ASKED | {"status": "待上会", "closing": closing})
        folder.commit("审核", email=email)

    return act
