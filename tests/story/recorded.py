"""A ledger with what meetings recorded and closed, on a server with the gate, and a clone of it.

Every task stands somewhere else on its way: to be closed, refused, withdrawn, closed, reopened.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ledger.adapters.yaml.read import parse
from ledger.model.case import case_digest
from ledger.model.decode import decode
from ledger.model.task import Task
from tests.conftest import CONFIG, SOURCES, LedgerFolder, run_git
from tests.copying import compact, copy_folder
from tests.forking import gated

# A policy that lets closings be pushed without a merge: what H001 says is looked at elsewhere.
PUSHED: dict[str, Any] = {"policies": CONFIG["policies"] | {"history": {"pull_requests": "不必"}}}
TODAY = dt.date(2017, 3, 1)
READY, REFUSED, WITHDRAWN, CLOSED, MERGED, OPEN, AGAIN, LASTING, ENDING = IDS = tuple(
    f"GZ2017-00{number}" for number in range(1, 10)
)
FIRST, SECOND, ONLY_NO = "DZH-1", "DZH-2", "DZH-3"
APPLIED = {"date": "2017-02-02", "by": "联络员", "summary": "已完成"}
REVIEWED = {"date": "2017-02-03", "by": "巡视办", "opinion": "同意"}
BASIS = {"decision": FIRST, "date": "2017-02-21"}
LOG = [{"date": "2017-02-01", "by": "联络员", "text": "已部署"}]
REOPENED = {"date": "2017-02-24", "by": "巡视办", "text": "问题反弹", "event": "重开"}
PLAIN: dict[str, Any] = {
    "kind": "工作要点",
    "title": "开展检查",
    "source": "GZ2017",
    "measures": ["制定方案"],
    "lead": ["审业部"],
    "due": {"text": "6月", "date": "2017-06-30"},
    "status": "推进中",
    "progress": LOG,
    "evidence": [{"name": "检查报告", "archive": "档1"}],
}
WAITING = {"status": "待上会", "closing": {"applied": APPLIED, "reviewed": REVIEWED}}
ROUND = WAITING["closing"] | BASIS
FIELDS: dict[str, dict[str, Any]] = {
    READY: WAITING,
    REFUSED: WAITING,
    WITHDRAWN: WAITING,
    CLOSED: {"status": "已销号", "closing": ROUND},
    MERGED: WAITING,
    OPEN: {},
    AGAIN: WAITING | {"past_closings": [ROUND], "progress": [*LOG, REOPENED]},
    LASTING: {},
    ENDING: {},
}
TASKS = {task: PLAIN | {"id": task} | fields for task, fields in FIELDS.items()}
YES = {"for": 8, "against": 0, "abstain": 0}


def digest(data: dict[str, Any]) -> str:
    task = decode(Task, parse(json.dumps(data).encode()), [])
    assert task is not None
    return case_digest(task)


def meeting(name: str, day: str, results: dict[str, str], **fields: Any) -> dict[str, Any]:
    items = [
        {"task": task, "result": result, "votes": YES, "digest": digest(TASKS[task])}
        | ({"into": READY} if result == "并入" else {})
        for task, result in results.items()
    ]
    members = [f"委员{n}" for n in range(8)]
    head = {"id": name, "body": "党组会", "date": day, "chair": "委员0", "due_members": 9}
    return head | {"present": members, "items": items} | fields


RESULTS = dict.fromkeys((READY, WITHDRAWN, CLOSED, AGAIN), "同意销号") | {
    REFUSED: "不同意", MERGED: "并入", LASTING: "转为长期坚持", ENDING: "同意中止",
}  # fmt: skip
MEETINGS = {
    FIRST: meeting(FIRST, "2017-02-20", RESULTS),
    SECOND: meeting(SECOND, "2017-02-22", dict.fromkeys((WITHDRAWN, LASTING, ENDING), "继续整改")),
    ONLY_NO: meeting(ONLY_NO, "2017-02-20", {OPEN: "不同意"}),
}


class Clone(LedgerFolder):
    """A clone of the server, and ways to write into it."""

    def write(self, path: str, content: str | bytes | Mapping[str, Any]) -> Path:
        """As its base does; what stands in two places is written out in both."""
        own = json.loads(json.dumps(content)) if isinstance(content, Mapping) else content
        return LedgerFolder.write(self, path, own)

    def task(self, task: str, **fields: Any) -> None:
        """Write a task with other fields; None takes one away."""
        data = parse(self.path(task).read_bytes()) | fields
        self.write(task_path(task), {key: each for key, each in data.items() if each is not None})

    def meeting(self, name: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Write a meeting's record as a function changes it."""
        data = copy.deepcopy(MEETINGS[name])
        change(data)
        self.write(record_path(name), data)

    def close(self, task: str, decision: str = FIRST, **fields: Any) -> None:
        """Close a task by hand, as `ledger close` does."""
        basis = {"decision": decision, "date": "2017-02-25"}
        self.task(task, status="已销号", closing=WAITING["closing"] | basis, **fields)

    def reopen(self, task: str) -> None:
        """Reopen a closed task as `ledger reopen` does."""
        self.task(
            task, status="推进中", closing={}, past_closings=[ROUND], progress=[*LOG, REOPENED]
        )

    def end(self, task: str, status: str, **fields: Any) -> None:
        """Give a task another status that only a meeting can give."""
        before = (TASKS[task].get("closing") or {}) | {"decision": FIRST, "date": "2017-02-25"}
        self.task(task, status=status, closing=before, **fields)


def task_path(task: str) -> str:
    return f"data/tasks/GZ2017/{task}.yaml"


def record_path(name: str) -> str:
    return f"data/decisions/2017/{name}.yaml"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare repository with the gate; what is wrong comes with a clone's push."""
    folder = Clone(tmp_path_factory.mktemp("records") / "first")
    folder.root.mkdir()
    run_git(folder.root, "init", "--quiet", "--initial-branch=main")
    identify(folder.root)
    folder.write("ledger.yaml", CONFIG | PUSHED)
    for source in SOURCES:
        folder.write(f"data/sources/{source['id']}.yaml", source)
    for task, data in TASKS.items():
        folder.write(task_path(task), data)
    for name, data in MEETINGS.items():
        folder.write(record_path(name), data)
    folder.commit("旧台账")
    made = folder.root.parent / "server.git"
    run_git(folder.root, "clone", "--quiet", "--bare", ".", str(made))
    gated(made)
    compact(made)
    return made


def identify(folder: Path) -> None:
    with (folder / ".git/config").open("a", encoding="utf-8") as config:
        config.write("[user]\n\tname = 巡视办\n\temail = office@example.com\n")


@pytest.fixture(scope="session")
def first_clone(server: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("clone") / "clone"
    run_git(place.parent, "clone", "--quiet", str(server), "clone")
    identify(place)
    compact(place)
    return place


@pytest.fixture
def clone(first_clone: Path, tmp_path: Path) -> Clone:
    return Clone(copy_folder(first_clone, tmp_path / "clone"))
