"""Tags and branches that are called like those the program goes by change nothing anywhere."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from ledger.cli.app import run
from tests.conftest import run_git
from tests.story.conftest import PUSHED
from tests.story.transports import KINDS, Connect
from tests.turns import LONG

if TYPE_CHECKING:
    from pathlib import Path

    from tests.story.conftest import Served

NAMES = ("main", "HEAD", "heads/main", "origin/main", "origin/ledger-head")


@pytest.fixture
def config() -> dict[str, Any]:
    return PUSHED


@pytest.fixture
def misled(served: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """In the clone and on the server tags of all these names stand at the cheat's commit.

    Where they are taken for what they are called, the cheat is on the main branch already, and
    honest work rewrites it. A branch is named like the remote's.
    """
    git = served.folder.git
    git("fetch", "--quiet", "origin")
    git("push", "--quiet", "origin", f"{served.cheat}:refs/offered/1")
    for name in NAMES:
        for place in (served.folder.root, served.server):
            run_git(place, "update-ref", f"refs/tags/{name}", served.cheat)
    git("update-ref", "refs/heads/origin/main", served.cheat)
    git("config", "push.default", "nothing")
    monkeypatch.chdir(served.folder.root)
    return served


def push(served: Served, commit: str) -> tuple[int, str]:
    done = subprocess.run(
        ["git", "push", "origin", f"{commit}:refs/heads/main"],
        cwd=served.folder.root,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("kind", KINDS if LONG else KINDS[1:2])
def test_the_gate(kind: str, misled: Served, connect: Connect) -> None:
    assert run(["gate", "install", "--hook", str(misled.server)]) == 0
    run_git(misled.server, "config", "http.receivepack", "true")
    connect(misled.folder, kind, misled.server)
    code, output = push(misled, misled.cheat)
    assert code == 1
    assert "C002" in output
    assert push(misled, misled.good)[0] == 0
    main = run_git(misled.server, "show-ref", "--hash", "--verify", "refs/heads/main").strip()
    assert main == misled.good


def test_a_request(misled: Served, capsys: pytest.CaptureFixture[str]) -> None:
    """`check --base` as a workflow or a person asks it."""
    git = misled.folder.git
    git("update-ref", "refs/remotes/origin/ledger-head", misled.cheat)
    head = ("--head", "refs/remotes/origin/ledger-head")
    for base in ("HEAD", "main", "refs/remotes/origin/main"):
        assert run(["check", "--base", base, *head]) == 1
        assert "C002" in capsys.readouterr().out
    git("update-ref", "refs/remotes/origin/ledger-head", misled.good)
    assert run(["check", "--base", "HEAD", "--head", "origin/ledger-head"]) == 0
    captured = capsys.readouterr()
    assert "按远端分支读；要看标签请写 refs/tags/origin/ledger-head" in captured.err
    assert run(["check", "--base", "HEAD", "--head", "refs/tags/origin/ledger-head"]) == 1


def test_looking(misled: Served, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("main", "HEAD", "refs/heads/main"):
        assert run(["list", "--at", name, "--json"]) == 0
        captured = capsys.readouterr()
        assert "待上会" in captured.out
        assert ("按分支读" in captured.err) is (name == "main")
    assert run(["list", "--at", "refs/tags/main", "--json"]) == 0
    assert "已销号" in capsys.readouterr().out
    assert run(["diff", "main", "HEAD"]) == 0
    capsys.readouterr()
    run(["audit", "--until", "main", "--json"])
    assert json.loads(capsys.readouterr().out)["head"] == main_of(misled.folder.root)


def main_of(folder: Path) -> str:
    return run_git(folder, "show-ref", "--hash", "--verify", "refs/heads/main").strip()


def test_writing_and_syncing(misled: Served) -> None:
    entry = ("--today", "2020-12-04", "progress", "ZG2020-001", "--by", "甲", "--text")
    assert run([*entry, "已报送"]) == 0
    assert run(["sync"]) == 0
    theirs = main_of(misled.server)
    assert theirs == main_of(misled.folder.root)
    empty = ("commit-tree", f"{theirs}^{{tree}}", "-p", theirs, "-m", "别人的")
    other = run_git(misled.folder.root, *empty).strip()
    misled.folder.git("push", "--quiet", "origin", f"{other}:refs/heads/main")
    assert run([*entry, "又报送"]) == 0
    assert run(["sync"]) == 0
    assert main_of(misled.server) == main_of(misled.folder.root) != other
    assert run_git(misled.server, "merge-base", main_of(misled.server), other).strip() == other


def test_merging(misled: Served, capsys: pytest.CaptureFixture[str]) -> None:
    git = misled.folder.git
    git("update-ref", "refs/heads/close/x", misled.good)
    git("update-ref", "refs/tags/close/x", misled.cheat)
    git("config", "user.email", "second@example.com")
    assert run(["merge", "close/x", "--yes", "--by", "丙"]) == 0
    assert "已合并 close/x" in capsys.readouterr().err
    assert "2020-12-04" in git(
        "show", f"{main_of(misled.folder.root)}:data/tasks/ZG2020/ZG2020-001.yaml"
    )
    assert "refs/heads/close/x" not in git("for-each-ref")
