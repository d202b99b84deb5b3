from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ledger.adapters.forge import PullRequest, open_request
from ledger.adapters.forge.address import parse
from ledger.adapters.forge.push import compare_page, page_in
from ledger.adapters.git.remote import NEW, Pushed
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from tests.adapters.forge.conftest import Clone

Make = Callable[..., PullRequest]
BRANCH = "close/2017-12-31-GZ2017-031"
GITLAB = "https://gitlab.example:8443/a/b/ledger/-/merge_requests/new"
SOURCE, TARGET = "merge_request%5Bsource_branch%5D", "merge_request%5Btarget_branch%5D"


def test_pushes_the_branch_and_nothing_else(clone: Clone, request_of: Make) -> None:
    before, refs, commit = clone.state(), clone.refs(), clone.commit("办结")
    opened = open_request(clone.repo, "origin", "push", request_of(commit))
    assert opened.url == ""
    assert not opened.existed
    assert opened.message.endswith(f"请另一位同事取回后，用 ledger merge {BRANCH} 检查并合并")
    assert clone.refs() == {**refs, f"refs/heads/{BRANCH}": commit}
    assert clone.state() == before
    assert open_request(clone.repo, "origin", "push", request_of(commit)).existed


def test_the_page_that_the_server_names(clone: Clone, request_of: Make) -> None:
    clone.hook(
        "post-receive",
        "#!/bin/sh\n"
        "echo 'Welcome: https://forge.example/news' >&2\n"
        "echo 'Create a new pull request:' >&2\n"
        f"echo '  https://u:p@forge.example/unit/ledger/compare/main...{BRANCH}' >&2\n",
    )
    opened = open_request(clone.repo, "origin", "push", request_of(clone.commit("办结")))
    assert opened.url == f"https://forge.example/unit/ledger/compare/main...{BRANCH}"
    assert opened.message.endswith(f"请打开 {opened.url} 新建合并请求")


def test_no_page_among_what_was_said() -> None:
    assert page_in(Pushed(NEW, words=("see https://forge.example/help", "pull/1"))) == ""


@pytest.mark.parametrize(
    ("remote", "page"),
    [
        (
            "git@github.com:unit/ledger.git",
            "https://github.com/unit/ledger/compare/main...b/%E4%B8%80",
        ),
        (
            "https://u:p@gitee.com/unit/ledger",
            "https://gitee.com/unit/ledger/compare/main...b/%E4%B8%80",
        ),
        (
            "https://gitlab.example:8443/a/b/ledger.git",
            f"{GITLAB}?{SOURCE}=b%2F%E4%B8%80&{TARGET}=main",
        ),
        (
            "git@bitbucket.org:unit/ledger.git",
            "https://bitbucket.org/unit/ledger/pull-requests/new?source=b%2F%E4%B8%80&dest=main",
        ),
        ("ssh://git@server.example/srv/git/ledger.git", ""),
        ("/srv/git/ledger.git", ""),
    ],
)
def test_pages_of_known_forges(remote: str, page: str, request_of: Make) -> None:
    assert compare_page(parse(remote), request_of("0" * 40, branch="b/一")) == page


@pytest.mark.parametrize(
    "changed",
    [
        {"branch": "--upload-pack=touch"},
        {"branch": "../main"},
        {"branch": "a b"},
        {"branch": "main"},
        {"base": "-d"},
        {"base": "a..b"},
        {"topic": "x\ny"},
        {"title": " \t\x1b[0m"},
        {"commit": "HEAD"},
        {"commit": "--all"},
        {"commit": "+" + "0" * 40},
    ],
)
def test_names_that_could_be_something_else_are_refused(
    clone: Clone, request_of: Make, changed: dict[str, str]
) -> None:
    refs, request = clone.refs(), request_of(clone.commit("办结"))
    with pytest.raises(LedgerError):
        open_request(clone.repo, "origin", "push", replace(request, **changed))
    assert clone.refs() == refs


def test_what_main_holds_already_is_not_proposed(clone: Clone, request_of: Make) -> None:
    refs, request = clone.refs(), request_of(clone.refs()["refs/heads/main"])
    with pytest.raises(LedgerError, match="主分支 main 已经包含这次改动"):
        open_request(clone.repo, "origin", "push", request)
    assert clone.refs() == refs


@pytest.mark.parametrize("via", ["local", "", "../push", "os"])
def test_only_known_ways(clone: Clone, request_of: Make, via: str) -> None:
    with pytest.raises(LedgerError, match="不开合并请求"):
        open_request(clone.repo, "origin", via, request_of(clone.commit("办结")))
