"""Commands killed (SIGKILL) at every step of their writing leave the old or the new ledger.

A child process runs the command; a hook of the interpreter counts what touches the disk or starts
git, and kills the child at the n-th such step, for every n. Git is killed in its own ways: by a
hook of the repository's, before and after the branch moves.
"""

from __future__ import annotations

import os
import signal
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.cli.app import run
from ledger.model.case import case_digest

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = ("--today", "2017-03-01")
# Steps that change something outside the process, as the interpreter names them to its hooks.
STEPS = frozenset({"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "subprocess.Popen"})
MOST = 80


def killed(place: LedgerFolder, arguments: tuple[str, ...], step: int) -> bool:
    """Run a command in a child that dies at a step; False when it came to its end before."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the suite's own threads wait only
        child = os.fork()
    if child == 0:
        _run_until(place.root, arguments, step)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _run_until(root: Path, arguments: tuple[str, ...], step: int) -> None:
    """In the child: never returns."""
    waiting = step

    def hook(event: str, details: tuple[Any, ...]) -> None:
        nonlocal waiting
        if event in STEPS or (event == "open" and _writes(details)):
            waiting -= 1
            if waiting < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    try:
        os.chdir(root)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
        sys.addaudithook(hook)
        run(list(arguments))
    finally:
        os._exit(0)


def _writes(details: tuple[Any, ...]) -> bool:
    path, _, flags = details
    return (
        isinstance(path, str) and "devnull" not in path and bool(flags & (os.O_WRONLY | os.O_RDWR))
    )


def contents(place: LedgerFolder) -> dict[str, bytes]:
    """The user's files: everything outside .git."""
    return {
        str(path.relative_to(place.root)): path.read_bytes()
        for path in sorted(place.root.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(place.root).parts
    }


PROGRESS = (*TODAY, "progress", "GZ2017-001", "--text", "已完成初稿")
EVIDENCE = (*TODAY, "evidence", "add", "GZ2017-001", "../报告.txt", "--name", "检查报告")
ADD = (*TODAY, "add", "--source", "GZ2017", "--title", "新事项", "--lead", "审业部", "--due", "6月")


@pytest.fixture
def ledger(make_ledger: MakeLedger, tmp_path: Path) -> LedgerFolder:
    (tmp_path / "报告.txt").write_text("检查情况", "utf-8")
    return make_ledger(2)


@pytest.mark.parametrize(
    ("command", "stride"),
    [(PROGRESS, 1), (EVIDENCE, 3), (ADD, 4), ((*PROGRESS, "--no-commit"), 4)],
)
def test_old_or_new_at_every_step(
    command: tuple[str, ...], stride: int, ledger: LedgerFolder, invoke: Invoke
) -> None:
    before = contents(ledger)
    head = ledger.git("rev-parse", "HEAD")
    step = 0
    while killed(ledger, command, step):
        step += stride
        assert step < MOST
        said = invoke(ledger, *TODAY, "list")
        assert said.code == 0, said.err
        now = contents(ledger)
        if now == before:
            assert ledger.git("rev-parse", "HEAD") == head
            assert ledger.git("status", "--porcelain") == ""
            continue
        # It had come to its end; whatever was changed is whole, and committed where asked for.
        assert len(now) - len(before) == (1 if command in (ADD, EVIDENCE) else 0)
        assert bool(ledger.git("status", "--porcelain")) == ("--no-commit" in command)
        assert invoke(ledger, *TODAY, "check").code == 0
        ledger.git("reset", "--hard", "--quiet", head.strip())
        ledger.git("clean", "-fdq")
    assert step > 5
    assert contents(ledger) != before
    assert not list(ledger.root.rglob(".*.tmp"))  # nothing is left behind


def test_many_files_are_one_write(ledger: LedgerFolder, invoke: Invoke, tmp_path: Path) -> None:
    """An import that dies half way through its renames is taken back as a whole."""
    rows = "".join(f"{n},第{n}项工作,审业部,6月\n" for n in range(1, 13))
    (tmp_path / "表.csv").write_text(f"序号,工作措施,牵头单位,完成时限\n{rows}", "utf-8")
    command = (*TODAY, "import", str(tmp_path / "表.csv"), "--source", "ZG2020")
    before = contents(ledger)
    undone = 0
    for step in range(0, 400, 11):
        if not killed(ledger, command, step):
            break
        said = invoke(ledger, *TODAY, "list")
        undone += "已恢复到办理之前" in said.err
        if contents(ledger) != before:
            ledger.git("reset", "--hard", "--quiet", "HEAD~1")
    assert undone > 2
    assert invoke(ledger, *command).code == 0
    assert len(contents(ledger)) - len(before) == 12


@pytest.mark.parametrize("when", ["prepared", "committed"])
def test_git_killed_around_the_moving_of_the_branch(
    when: str, ledger: LedgerFolder, invoke: Invoke
) -> None:
    """The program and git die together, before or after the commit is the branch's."""
    hook = ledger.root / ".git/hooks/reference-transaction"
    # The hook's parent is git, whose parent is the program.
    hook.write_text(
        f'#!/bin/sh\n[ "$1" = {when} ] || exit 0\ngrep -q refs/heads/main || exit 0\n'
        'up=$(ps -o ppid= -p $PPID | tr -d " ")\nkill -9 $up $PPID\n',
        "utf-8",
    )
    hook.chmod(0o755)
    before = contents(ledger)
    assert killed(ledger, PROGRESS, MOST)
    hook.unlink()
    for lock in (ledger.root / ".git").rglob("*.lock"):
        if lock.name != "write.lock":
            lock.unlink()  # as the message of a command that meets it says
    said = invoke(ledger, *TODAY, "list")
    assert said.code == 0
    if when == "prepared":
        assert "已恢复到办理之前" in said.err
        assert contents(ledger) == before
        assert ledger.git("status", "--porcelain") == ""
    else:
        assert "不用重做" in said.err
        assert "已完成初稿" in ledger.path("GZ2017-001").read_text("utf-8")
    assert invoke(ledger, *PROGRESS).code == 0


def test_what_somebody_changed_since_is_left_alone(ledger: LedgerFolder, invoke: Invoke) -> None:
    step = 0
    while killed(ledger, PROGRESS, step):
        step += 1
        if "已完成初稿" in ledger.path("GZ2017-001").read_text("utf-8"):
            break
    own = ledger.path("GZ2017-001").read_text("utf-8") + "# 手写\n"
    ledger.path("GZ2017-001").write_text(own, "utf-8")
    said = invoke(ledger, *TODAY, "list")
    assert "后来又有改动" in said.err
    assert ledger.path("GZ2017-001").read_text("utf-8") == own
    assert "后来又有改动" not in invoke(ledger, *TODAY, "list").err


def test_a_live_writer_is_not_disturbed(ledger: LedgerFolder, invoke: Invoke) -> None:
    from ledger.adapters import journal
    from ledger.adapters.lock import writing
    from ledger.adapters.store import FileChange

    repo = ledger.open().repo
    change = FileChange("data/tasks/GZ2017/GZ2017-001.yaml", b"", b"x")
    with writing(repo.state_dir()), journal.noted(repo, ledger.root, [change], "进展", True):
        assert invoke(ledger, *TODAY, "list").err == ""
        assert journal.is_interrupted(repo)


def test_a_closing_killed_at_any_step_is_proposed_again(
    make_ledger: MakeLedger, invoke: Invoke
) -> None:
    """It is built beside the user's work: whatever happens, only its branch comes or does not."""
    ledger = decided(make_ledger)
    ledger.write("data/tasks/ZG2020/ZG2020-001.yaml.orig", "没有提交的东西")
    before, refs = contents(ledger), ledger.git("rev-parse", "HEAD", "main")
    command = ("--today", "2020-12-04", "close", "ZG2020-001", "--decision", "DZH-2020-31")
    step = 0
    while killed(ledger, command, step):
        step += 3
        assert step < MOST
        assert contents(ledger) == before
        assert ledger.git("rev-parse", "HEAD", "main") == refs
        assert ledger.git("status", "--porcelain").count("\n") == 1
        closings = ledger.git("for-each-ref", "--format=%(objectname)", "refs/heads/close").split()
        assert [ledger.git("rev-parse", f"{each}^").strip() for each in closings] in (
            [],
            [refs.split()[1]],
        )
    assert step > 10
    assert invoke(ledger, *command).code == 0
    (branch,) = ledger.git("for-each-ref", "--format=%(refname:short)", "refs/heads/close").split()
    assert "已销号" in ledger.git("show", f"{branch}:data/tasks/ZG2020/ZG2020-001.yaml")


def test_a_merge_killed_at_any_step_is_old_or_carried_on(
    make_ledger: MakeLedger, invoke: Invoke
) -> None:
    ledger = decided(make_ledger)
    close = ("close", "ZG2020-001", "--decision", "DZH-2020-31")
    assert invoke(ledger, "--today", "2020-12-04", *close).code == 0
    ledger.git("config", "user.email", "other@example.com")
    head = ledger.git("rev-parse", "HEAD")
    branch = ledger.git("for-each-ref", "--format=%(refname:short)", "refs/heads/close").strip()
    proposed = ledger.git("rev-parse", branch).strip()
    command = ("--today", "2020-12-04", "merge", branch)
    carried_on = 0
    for step in (*range(0, 60, 15), *range(60, 2 * MOST, 2)):  # it moves the branch near its end
        if not killed(ledger, command, step):
            break
        said = invoke(ledger, "--today", "2020-12-04", "list")
        assert ledger.git("status", "--porcelain") == "", step
        if ledger.git("rev-parse", "HEAD") != head:
            carried_on += "不用重做" in said.err
            ledger.git("reset", "--hard", "--quiet", head.strip())
        ledger.git("branch", "--force", branch, proposed)
    assert carried_on
    assert "已销号" in ledger.path("ZG2020-001").read_text("utf-8")


WAITING: dict[str, Any] = {
    "id": "ZG2020-001",
    "due": {"text": "11月底前", "date": "2020-11-30"},
    "status": "待上会",
    "evidence": [{"name": "制度汇编", "archive": "2020-12"}],
    "closing": {
        "applied": {"date": "2020-12-01", "by": "联络员", "summary": "已完成"},
        "reviewed": {"date": "2020-12-02", "by": "整改办", "opinion": "同意上会"},
    },
}


def decided(make_ledger: MakeLedger) -> LedgerFolder:
    """A ledger whose one task a meeting has approved."""
    ledger = make_ledger([WAITING])
    digest = case_digest(ledger.load().by_id["ZG2020-001"].record)
    ledger.write("data/decisions/2020/DZH-2020-31.yaml", meeting(digest))
    ledger.commit("会议")
    return ledger


def meeting(digest: str) -> dict[str, Any]:
    members = [f"成员{number}" for number in range(1, 9)]
    votes = {"for": 8, "against": 0, "abstain": 0}
    return {
        "id": "DZH-2020-31",
        "body": "党组会",
        "date": "2020-12-03",
        "chair": "成员1",
        "due_members": 9,
        "present": members,
        "items": [{"task": "ZG2020-001", "result": "同意销号", "votes": votes, "digest": digest}],
    }
