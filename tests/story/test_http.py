"""The server's gate over smart HTTP: pushes as a forge without an API of its own gets them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from ledger.usecases.setup.gate import install_hook

if TYPE_CHECKING:
    from tests.story.conftest import Served


def push(served: Served, refspec: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", "push", "origin", refspec],
        cwd=served.folder.root,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def gated(served_over_http: Served) -> Served:
    install_hook(served_over_http.server)
    return served_over_http


def merge(served: Served, commit: str, email: str = "second@example.com") -> str:
    """What a second person's merge of a branch into main makes."""
    git = served.folder.git
    named = ("-c", "user.name=另一个人", "-c", f"user.email={email}")
    tree = git("rev-parse", f"{commit}^{{tree}}").strip()
    made = ("commit-tree", tree, "-p", "main", "-p", commit, "-m", "合并 (#1)")
    return git(*named, *made).strip()


def head(served: Served) -> str:
    return served.folder.git("ls-remote", "origin", "refs/heads/main").split()[0]


def test_a_cheat_is_refused_and_an_honest_closing_let_in(gated: Served) -> None:
    before = head(gated)
    refused = push(gated, f"{gated.cheat}:main")
    assert refused.returncode != 0
    assert "remote: 拒收 refs/heads/main：违反台账规则" in refused.stderr
    assert "C002 ZG2020-001" in refused.stderr
    assert head(gated) == before

    merged = merge(gated, gated.good)
    let_in = push(gated, f"{merged}:main")
    assert let_in.returncode == 0, let_in.stderr
    assert head(gated) == merged


def test_branches_are_not_gated_and_main_is_not_rewritten(gated: Served) -> None:
    assert push(gated, f"{gated.cheat}:refs/heads/draft").returncode == 0
    rewritten = push(gated, f"+{gated.good}~2:main")
    assert rewritten.returncode != 0
    assert "不是快进" in rewritten.stderr


@pytest.mark.parametrize("how", ["squash", "rebase", "self", "self in capitals"])
def test_a_closing_that_nobody_else_has_merged_is_refused(how: str, gated: Served) -> None:
    """What a forge's other ways of merging would make: refused before it is history."""
    git = gated.folder.git
    before = head(gated)
    if how == "squash":
        tree = git("rev-parse", f"{gated.good}^{{tree}}").strip()
        made = git("commit-tree", tree, "-p", "main", "-m", "销号 (#1)").strip()
    elif how == "rebase":
        made = gated.good
    else:
        email = git("log", "-1", "--format=%ae", gated.good).strip()
        made = merge(gated, gated.good, email.upper() if "capitals" in how else email)
    refused = push(gated, f"{made}:main")
    assert refused.returncode != 0
    assert "H001 ZG2020-001" in refused.stderr
    assert head(gated) == before


def test_daily_work_may_be_squashed(gated: Served) -> None:
    git = gated.folder.git
    gated.folder.git("fetch", "--quiet", "origin")
    for number in ("1", "2"):
        gated.folder.write_task(id=f"ZG2020-00{int(number) + 1}", title=f"第{number}项")
        gated.folder.commit(f"新事项{number}")
    tree = git("rev-parse", "main^{tree}").strip()
    squashed = git(
        "commit-tree", tree, "-p", "refs/remotes/origin/main", "-m", "日常工作 (#2)"
    ).strip()
    done = push(gated, f"{squashed}:main")
    assert done.returncode == 0, done.stderr


def test_where_policy_asks_for_no_request_a_closing_may_come_straight(gated: Served) -> None:
    config = gated.folder.root / "ledger.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text.replace("policies:\n", "policies:\n  history: {pull_requests: 不必}\n"), "utf-8"
    )
    gated.folder.commit("制度")
    assert push(gated, "main").returncode == 0
    gated.folder.git("cherry-pick", gated.good)
    done = push(gated, "main")
    assert done.returncode == 0, done.stderr
