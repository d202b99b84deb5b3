"""An old ledger with fifteen closings by 圈阅: brought in, named, and put right by a meeting.

The meeting looks at all of them again: thirteen stand, two are taken up anew.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.cli.app import run
from tests.forking import gated

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

IDS = [f"ZG2020-{number:03}" for number in range(1, 16)]
STAND, REDONE = IDS[:13], IDS[13:]
MEETING = "DZH-2020-31"
MEMBERS = ["党组书记", *(f"党组成员{number}" for number in range(1, 8))]
CIRCULATED = {
    "id": "QY-2020-01",
    "body": "圈阅",
    "date": "2020-06-01",
    "chair": "党组书记",
    "due_members": 9,
    "present": ["党组书记"],
    "items": [{"task": task, "result": "同意销号"} for task in IDS],
}
Ledger = Callable[..., str]


def old_task(task: str) -> dict[str, Any]:
    return {
        "id": task,
        "status": "已销号",
        "due": {"text": "6月底前", "date": "2020-06-30"},
        "evidence": [{"name": "整改材料", "archive": "2020-06"}],
        "closing": {"decision": "QY-2020-01", "date": "2020-06-02"},
    }


@pytest.fixture
def folder(make_ledger: MakeLedger, tmp_path: Path) -> LedgerFolder:
    """The old ledger; its server is new, empty and gated."""
    tasks = [*map(old_task, IDS), {"id": "ZG2020-016", "due": None}]
    made = make_ledger(tasks, decisions=[CIRCULATED])
    server = tmp_path / "server.git"
    made.git("init", "--quiet", "--bare", "--initial-branch=main", str(server))
    gated(server)
    made.git("remote", "add", "origin", str(server))
    return made


@pytest.fixture
def ledger(folder: LedgerFolder, capsys: pytest.CaptureFixture[str]) -> Ledger:
    """Runs a command; what it printed."""

    def call(*arguments: str, code: int = 0) -> str:
        capsys.readouterr()
        done = run(["-C", str(folder.root), "--today", "2020-12-05", *arguments])
        told = capsys.readouterr()
        assert done == code, told
        return told.out

    return call


def push(folder: LedgerFolder) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", "push", "origin", "HEAD:main"],
        cwd=folder.root,
        capture_output=True,
        text=True,
        check=False,
    )


def named(ledger: Ledger, code: int) -> list[str]:
    """The tasks that `ledger check` names as closed without a collective decision."""
    problems = json.loads(ledger("check", "--json", code=code))["problems"]
    return [each["id"] for each in problems if each["code"] == "D002"]


def meeting_text() -> str:
    results = dict.fromkeys(STAND, "同意销号") | dict.fromkeys(REDONE, "继续整改")
    items = [
        f"  - {{task: {task}, result: {result}, votes: {{for: 8}}}}\n"
        for task, result in results.items()
    ]
    return (
        f"id: {MEETING}\nbody: 党组会\ndate: 2020-12-03\nsession: 2020年第31次\n"
        f"chair: 党组书记\ndue_members: 9\npresent: [{', '.join(MEMBERS)}]\nitems:\n"
        + "".join(items)
    )


def test_fifteen_circulated_thirteen_stand_two_redone(
    folder: LedgerFolder, ledger: Ledger, tmp_path: Path
) -> None:
    first = push(folder)
    assert first.returncode == 0, first.stderr
    assert named(ledger, 1) == IDS

    # Work goes on meanwhile, and an old closing may be looked at.
    ledger("progress", "ZG2020-016", "--text", "方案已经印发")
    ledger("lookback", IDS[14], "--result", "反弹", "--note", "制度没有执行")
    ledger("check", "--base", "origin/main")
    done = push(folder)
    assert done.returncode == 0, done.stderr

    record = tmp_path / "会议.yaml"
    record.write_text(meeting_text(), encoding="utf-8")
    ledger("decide", str(record))
    assert named(ledger, 1) == STAND  # the other two are at work again

    ledger("close", *STAND, "--decision", MEETING)
    branch = folder.git("branch", "--list", "close/*", "--format=%(refname:short)").strip()
    folder.git("config", "user.email", "other@example.com")
    ledger("merge", branch, "--yes")
    done = push(folder)
    assert done.returncode == 0, done.stderr
    assert named(ledger, 0) == []

    tasks = {row["id"]: row for row in json.loads(ledger("list", "--full", "--json"))}
    assert {tasks[task]["status"] for task in STAND} == {"已销号"}
    assert {tasks[task]["closing"]["decision"] for task in STAND} == {MEETING}
    for task in REDONE:
        assert tasks[task]["status"] == "推进中"
        assert tasks[task]["progress"][-1]["event"] == "重开"
        assert "党组会 2020年第31次：继续整改" in tasks[task]["progress"][-1]["text"]


def test_an_old_table_is_brought_to_a_gated_server(
    make_ledger: MakeLedger, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """What the table calls 已销号 waits for a meeting, whose decision then closes it."""
    made = make_ledger()
    server = tmp_path / "server.git"
    made.git("init", "--quiet", "--bare", "--initial-branch=main", str(server))
    made.git("remote", "add", "origin", str(server))
    assert push(made).returncode == 0
    gated(server)
    plan = tmp_path / "台账.csv"
    plan.write_text(
        "序号,反馈问题,整改措施,牵头单位,是否完成\n"
        "1,制度滞后,修订制度,办公室,已销号\n2,督办不力,加强督办,办公室,否\n",
        encoding="utf-8",
    )

    def ledger(*arguments: str) -> None:
        done = run(["-C", str(made.root), "--today", "2020-12-05", *arguments])
        assert done == 0, capsys.readouterr()

    ledger("import", str(plan), "--source", "ZG2020")
    proof = tmp_path / "制度.txt"
    proof.write_text("修订后的制度\n", encoding="utf-8")
    ledger("evidence", "add", "ZG2020-001", str(proof))
    done = push(made)
    assert done.returncode == 0, done.stderr

    record = tmp_path / "会议.yaml"
    record.write_text(meeting_text().partition("items:")[0], encoding="utf-8")
    with record.open("a", encoding="utf-8") as file:
        file.write("items:\n  - {task: ZG2020-001, result: 同意销号, votes: {for: 8}}\n")
    ledger("decide", str(record))
    ledger("close", "ZG2020-001", "--decision", MEETING)
    branch = made.git("branch", "--list", "close/*", "--format=%(refname:short)").strip()
    made.git("config", "user.email", "other@example.com")
    ledger("merge", branch, "--yes")
    done = push(made)
    assert done.returncode == 0, done.stderr
    assert made.load().by_id["ZG2020-001"].record.status == "已销号"
