from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.adapters.forge import PullRequest, open_request
from ledger.adapters.forge.gh import merge_request
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from tests.adapters.forge.conftest import Clone

Make = Callable[..., PullRequest]
URL = "https://github.com/unit/ledger/pull/12"
BRANCH = "close/2017-12-31-GZ2017-031"

FAKE = f"""#!{sys.executable}
import json, os, pathlib, sys
folder = pathlib.Path(__file__).parent
text = sys.stdin.read()
with (folder / "calls").open("a") as calls:
    print(json.dumps([sys.argv[1:], text, os.environ.get("GH_PROMPT_DISABLED")]), file=calls)
answer = json.loads((folder / "answers").read_text()).get(sys.argv[2], {{}})
for name, refused in answer.get("refuse", {{}}).items():
    if any(name in argument for argument in sys.argv):
        sys.exit(refused)
sys.stdout.write(answer.get("out", ""))
sys.stderr.write(answer.get("said", ""))
sys.exit(answer.get("status", 0))
"""


@dataclass(frozen=True, slots=True)
class Fake:
    """An executable `gh` that keeps what it is called with and answers as it is told."""

    folder: Path

    def answer(self, **answers: dict[str, Any]) -> None:
        (self.folder / "answers").write_text(json.dumps({"list": {"out": "[]"}} | answers))

    def calls(self) -> list[list[Any]]:
        kept = self.folder / "calls"
        return [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []


@pytest.fixture
def gh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "gh").write_text(FAKE)
    (folder / "gh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    fake = Fake(folder)
    fake.answer(create={"out": f"Creating pull request\n\n{URL}\n"})
    return fake


@pytest.fixture
def github(clone: Clone) -> Clone:
    """A clone whose remote is on GitHub by its address, and on this machine by git's settings."""
    clone.repo.run("remote", "set-url", "origin", "git@github.com:unit/ledger.git")
    clone.repo.run("config", "remote.origin.pushurl", str(clone.bare))
    clone.repo.run("config", "core.sshCommand", f"sh -c 'git-upload-pack {clone.bare}' --")
    return clone


def test_opens_with_exactly_these_arguments(gh: Fake, github: Clone, request_of: Make) -> None:
    commit, before = github.commit("办结"), github.state()
    request = request_of(commit, reviewers=("leader",), labels=("销号",))
    opened = open_request(github.repo, "origin", "gh", request)
    where = "--repo=github.com/unit/ledger"
    ends = [f"--head={BRANCH}", "--base=main"]
    assert gh.calls() == [
        [["pr", "list", where, *ends, "--state=open", "--json=url", "--limit=1"], "", "1"],
        [
            ["pr", "create", where, *ends, "--title=销号 GZ2017-031", "--body-file=-"],
            request.body,
            "1",
        ],
        [["pr", "edit", where, "--add-reviewer=leader", "--", URL], "", "1"],
        [["pr", "edit", where, "--add-label=销号", "--", URL], "", "1"],
    ]
    assert (opened.via, opened.url, opened.existed) == ("gh", URL, False)
    assert github.refs()[f"refs/heads/{BRANCH}"] == commit
    assert github.state() == before


def test_an_open_one_is_updated(gh: Fake, github: Clone, request_of: Make) -> None:
    gh.answer(list={"out": json.dumps([{"url": URL}])})
    request = request_of(github.commit("办结"))
    opened = open_request(github.repo, "origin", "gh", request)
    assert (opened.url, opened.existed) == (URL, True)
    verbs = [arguments[1] for arguments, _, _ in gh.calls()]
    assert verbs == ["list", "edit"]
    assert gh.calls()[1][0][-4:] == ["--title=销号 GZ2017-031", "--body-file=-", "--", URL]
    assert gh.calls()[1][1] == request.body


def test_reviewers_that_are_unknown_are_told(gh: Fake, github: Clone, request_of: Make) -> None:
    gh.answer(
        create={"out": URL},
        edit={"refuse": {"nobody": "could not resolve to a User"}},
    )
    request = request_of(github.commit("办结"), reviewers=("nobody", "leader"))
    opened = open_request(github.repo, "origin", "gh", request)
    assert "没能请审阅人 nobody" in opened.message
    assert "leader" not in opened.message


def test_no_login_is_found_out_before_anything_is_pushed(
    gh: Fake, github: Clone, request_of: Make
) -> None:
    gh.answer(list={"status": 4, "said": "To get started, run:  gh auth login\x1b[0m"})
    refs = github.refs()
    with pytest.raises(LedgerError) as caught:
        open_request(github.repo, "origin", "gh", request_of(github.commit("办结")))
    assert "To get started, run: gh auth login" in caught.value.message
    assert "gh auth login" in caught.value.hint
    assert github.refs() == refs


def test_an_answer_that_is_no_json(gh: Fake, github: Clone, request_of: Make) -> None:
    gh.answer(list={"out": "no pull requests"})
    with pytest.raises(LedgerError, match="看不懂 gh 的回答"):
        open_request(github.repo, "origin", "gh", request_of(github.commit("办结")))


def test_a_failure_after_the_push_continues(gh: Fake, github: Clone, request_of: Make) -> None:
    gh.answer(create={"status": 1, "said": "GraphQL: was submitted too quickly"})
    request = request_of(github.commit("办结"))
    with pytest.raises(LedgerError) as caught:
        open_request(github.repo, "origin", "gh", request)
    assert "gh pr create 没有成功：GraphQL" in caught.value.message
    assert "会接着做" in caught.value.hint
    gh.answer(create={"out": URL})
    assert open_request(github.repo, "origin", "gh", request).url == URL


def test_no_gh(github: Clone, request_of: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    places = os.environ["PATH"].split(os.pathsep)
    without = [place for place in places if not (Path(place) / "gh").exists()]
    monkeypatch.setenv("PATH", os.pathsep.join(without))
    with pytest.raises(LedgerError, match="这台电脑上没有 gh"):
        open_request(github.repo, "origin", "gh", request_of(github.commit("办结")))


def test_a_gh_that_does_not_end(
    gh: Fake, github: Clone, request_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledger.adapters.forge import gh as opener

    monkeypatch.setattr(opener, "_PATIENCE_SECONDS", 0.2)
    (gh.folder / "gh").write_text("#!/bin/sh\nexec sleep 5\n")
    with pytest.raises(LedgerError, match="很久没有回应"):
        open_request(github.repo, "origin", "gh", request_of(github.commit("办结")))


def test_merges_with_a_merge_commit_what_was_looked_at(gh: Fake, github: Clone) -> None:
    gh.answer(list={"out": json.dumps([{"url": URL}])})
    merge_request(github.repo, "origin", "close/a", "main", "0" * 40)
    how = ["--merge", "--delete-branch", f"--match-head-commit={'0' * 40}", "--", URL]
    assert gh.calls()[-1][0][-5:] == how
    gh.answer(list={"out": "[]"})
    with pytest.raises(LedgerError, match="没有 close/a 打开着的合并请求"):
        merge_request(github.repo, "origin", "close/a", "main", "0" * 40)
