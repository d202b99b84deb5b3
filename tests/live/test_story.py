"""A closing from the meeting to main on a real forge: private repository, protected main, a runner.

Besides what tests/live/test_forge.py needs, `LEDGER_LIVE_SECOND` is the token of another account,
`LEDGER_LIVE_RUNNER` the label of a runner that runs jobs on its host, and `LEDGER_LIVE_WHEELS` a
folder with the program's wheel and those of all it needs.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.adapters.forge.web import Site, ask, expect
from ledger.cli.app import run
from ledger.errors import LedgerError
from ledger.model.case import case_digest
from tests.story.conftest import CLOSING, MEETING, WAITING, held

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

ADDRESS = os.environ.get("LEDGER_LIVE_FORGE", "").rstrip("/")
FIRST, SECOND = (os.environ.get(f"LEDGER_LIVE_{name}", "") for name in ("TOKEN", "SECOND"))
RUNNER, WHEELS = (os.environ.get(f"LEDGER_LIVE_{name}", "") for name in ("RUNNER", "WHEELS"))
pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(
        not all((ADDRESS, FIRST, SECOND, RUNNER, WHEELS)),
        reason="LEDGER_LIVE_FORGE, _TOKEN, _SECOND, _RUNNER and _WHEELS name no forge",
    ),
]
TASK = "ZG2020-001"
BRANCH = f"close/{MEETING}_{TASK}"
PATIENCE_SECONDS = 900


@dataclass(frozen=True)
class Office:
    """One person's clone of the private repository, and the forge in their name."""

    folder: LedgerFolder
    token: str
    login: str
    path: str
    patch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def ledger(self, *arguments: str, code: int = 0) -> str:
        self.patch.setenv("LEDGER_FORGE_TOKEN", self.token)
        self.capsys.readouterr()
        done = run(["-C", str(self.folder.root), "--today", "2020-12-04", *arguments])
        out, err = self.capsys.readouterr()
        assert done == code, (arguments, out, err)
        return out + err

    def api(self, method: str, below: str, data: Any = None, ok: Any = (200, 201, 204)) -> Any:
        site = Site(ADDRESS, f"token {self.token}")
        return expect(site, ask(site, method, f"{self.path}{below}", data=data), below, ok)

    def request(self, branch: str) -> dict[str, Any]:
        """What `close --list` tells of a branch's request."""
        told = re.sub(r"注意：.*\n?", "", self.ledger("close", "--list", "--json"))
        (found,) = (each for each in json.loads(told)["proposed"] if each["branch"] == branch)
        request: dict[str, Any] = found["request"]
        return request

    def checked(self, branch: str) -> str:
        """The check's verdict, once the runner has come to it."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            state = self.request(branch)["checks"]
            if state in ("检查通过", "检查没有通过"):
                return str(state)
            time.sleep(5)
        pytest.fail("the runner reported nothing")


def whoami(token: str) -> str:
    site = Site(ADDRESS, f"token {token}")
    return str(expect(site, ask(site, "GET", "/api/v1/user"), "who")["login"])


@pytest.fixture
def offices(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[tuple[Office, Office]]:  # fmt: skip
    """Two people, one private repository whose main branch is protected as the manual says."""
    from tests.conftest import LedgerFolder

    gate = {"package": "ledger", "index": WHEELS, "runner": RUNNER}
    folder = make_ledger([WAITING], config={"forge": {}, "gate": gate})
    digest = case_digest(folder.load().by_id[TASK].record)
    folder.write(f"data/decisions/2020/{MEETING}.yaml", held(digest))
    folder.commit("会议")
    name, owner, other = f"ledger-story-{secrets.token_hex(5)}", whoami(FIRST), whoami(SECOND)
    scheme, _, host = ADDRESS.partition("://")
    site = Site(ADDRESS, f"token {FIRST}")
    wanted = {"name": name, "private": True, "default_branch": "main"}
    expect(site, ask(site, "POST", "/api/v1/user/repos", data=wanted), "new repository")
    path = f"/api/v1/repos/{owner}/{name}"

    def office(place: LedgerFolder, login: str, token: str) -> Office:
        kept = tmp_path / f"passwords-{login}"
        kept.write_text(f"{scheme}://{login}:{token}@{host}\n")
        place.git("config", "credential.helper", f"store --file={kept}")
        place.git("config", "user.name", login)
        place.git("config", "user.email", f"{login}@example.com")
        return Office(place, token, login, path, monkeypatch, capsys)

    folder.git("remote", "add", "origin", f"{ADDRESS}/{owner}/{name}.git")
    first = office(folder, owner, FIRST)
    try:
        assert "还要在平台上设好" in first.ledger("gate", "install", "--ci", "gitea")
        folder.git("push", "--quiet", "origin", "main")
        first.api("PUT", f"/collaborators/{other}", {"permission": "write"})
        assert "有误" in first.ledger("doctor", "--forge", code=1)
        switch_on(first)
        folder.git("clone", "--quiet", str(folder.root), str(tmp_path / "second"))
        second = LedgerFolder(tmp_path / "second")
        second.git("remote", "set-url", "origin", f"{ADDRESS}/{owner}/{name}.git")
        yield first, office(second, other, SECOND)
    finally:
        first.api("DELETE", "")


def switch_on(office: Office) -> None:
    rule = {
        "rule_name": "main",
        "enable_push": False,
        "enable_status_check": True,
        "status_check_contexts": ["台账检查*"],
        "required_approvals": 1,
        "block_on_rejected_reviews": True,
    }
    office.api("POST", "/branch_protections", rule)
    commits_only = {
        "has_pull_requests": True,
        "allow_merge_commits": True,
        "allow_squash_merge": False,
        "allow_rebase": False,
        "allow_rebase_explicit": False,
        "allow_fast_forward_only_merge": False,
        "default_merge_style": "merge",
    }
    office.api("PATCH", "", commits_only)


def cheat(office: Office, name: str) -> str:
    """A branch that closes the task around the tool, and its pull request."""
    folder, closed = office.folder, CLOSING | {"decision": MEETING, "date": "2020-12-04"}
    folder.git("switch", "--quiet", "--create", f"close/{name}", "main")
    task = WAITING | {"status": "已销号"}
    if name == "by-hand":
        folder.write_task(**task)
    elif name == "other-content":
        folder.write_task(**task | {"closing": closed, "goal": "少做一些"})
    else:
        config = folder.root / "ledger.yaml"
        text = config.read_text("utf-8")
        config.write_text(text.replace("approval: {more_than: 1/2}", "approval: {at_least: 1/9}"))
        text = config.read_text("utf-8").replace("more_than: 1/2", "at_least: 1/9")
        config.write_text(text, "utf-8")
        folder.write_task(**task)
    folder.commit("销号 ZG2020-001")
    folder.git("push", "--quiet", "origin", f"close/{name}")
    folder.git("switch", "--quiet", "main")
    wanted = {"head": f"close/{name}", "base": "main", "title": name}
    office.api("POST", "/pulls", wanted)
    return f"close/{name}"


def approve(office: Office, number: int) -> None:
    office.api("POST", f"/pulls/{number}/reviews", {"event": "APPROVED", "body": "同意"})


def test_honest_is_green_cheats_are_red(offices: tuple[Office, Office]) -> None:
    first, second = offices
    told = first.ledger("doctor", "--forge")
    assert len(re.findall(r"平台：\S+\s+正常", told)) == 4, told
    first.folder.git("commit", "--quiet", "--allow-empty", "-m", "x")
    with pytest.raises(AssertionError, match=r"protected branch|not allowed"):
        first.folder.git("push", "--quiet", "origin", "main")
    first.folder.git("reset", "--hard", "--quiet", "origin/main")

    first.ledger("close", TASK, "--decision", MEETING)
    assert "不能由您自己合并" in first.ledger("merge", BRANCH, "--yes", code=1)
    assert first.checked(BRANCH) == "检查通过"
    number = first.request(BRANCH)["number"]
    assert "平台还不让合并" in second.ledger("merge", BRANCH, "--yes", code=1)  # nobody approved
    approve(second, number)
    assert second.request(BRANCH)["approvals"] == 1
    assert "经过平台" in second.ledger("merge", BRANCH, "--yes")
    second.ledger("sync")
    assert second.folder.load("main").by_id[TASK].record.status == "已销号"
    assert "close/" not in second.folder.git("ls-remote", "origin", "refs/heads/*")
    assert "H001" not in second.ledger("audit")
    assert second.ledger("close", "--list") == "没有等着办结的事项。\n"


@pytest.mark.parametrize("name", ["by-hand", "other-content", "policy"])
def test_a_cheat_stays_red_and_out(name: str, offices: tuple[Office, Office]) -> None:
    first, second = offices
    branch = cheat(first, name)
    assert first.checked(branch) == "检查没有通过"
    number = first.request(branch)["number"]
    approve(second, number)
    with pytest.raises(LedgerError, match="405"):
        second.api("POST", f"/pulls/{number}/merge", {"Do": "merge"})
    assert "没有通过检查" in second.ledger("merge", branch, "--yes", code=1)
    second.folder.git("fetch", "--quiet", "origin")
    assert second.folder.load("origin/main").by_id[TASK].record.status == "待上会"
