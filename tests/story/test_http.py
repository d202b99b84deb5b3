"""The server's gate over smart HTTP: pushes as a forge without an API of its own gets them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from ledger.usecases.gating import install_hook

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


def head(served: Served) -> str:
    return served.folder.git("ls-remote", "origin", "refs/heads/main").split()[0]


def test_a_cheat_is_refused_and_an_honest_closing_let_in(gated: Served) -> None:
    before = head(gated)
    refused = push(gated, f"{gated.cheat}:main")
    assert refused.returncode != 0
    assert "remote: 拒收 refs/heads/main：违反台账规则" in refused.stderr
    assert "C002 ZG2020-001" in refused.stderr
    assert head(gated) == before

    let_in = push(gated, f"{gated.good}:main")
    assert let_in.returncode == 0, let_in.stderr
    assert head(gated) == gated.good


def test_branches_are_not_gated_and_main_is_not_rewritten(gated: Served) -> None:
    assert push(gated, f"{gated.cheat}:refs/heads/draft").returncode == 0
    rewritten = push(gated, f"+{gated.good}~2:main")
    assert rewritten.returncode != 0
    assert "不是快进" in rewritten.stderr
