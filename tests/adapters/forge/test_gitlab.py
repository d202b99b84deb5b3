from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.adapters.forge import PullRequest, open_request
from ledger.adapters.forge.gitlab import description
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from tests.adapters.forge.conftest import Clone

Make = Callable[..., PullRequest]
BRANCH = "close/2017-12-31-GZ2017-031"
OFFER = f"""#!/bin/sh
echo >&2
echo 'View merge request for {BRANCH}:' >&2
echo '  https://gitlab.example/unit/ledger/-/merge_requests/7' >&2
"""
TROUBLE = """#!/bin/sh
echo '========================================' >&2
echo "WARNINGS: Error encountered with push options 'merge_request.create': not allowed" >&2
"""


@pytest.fixture
def gitlab(clone: Clone) -> Clone:
    clone.keep_options()
    clone.hook("post-receive", OFFER)
    return clone


def test_opens_with_exactly_these_push_options(gitlab: Clone, request_of: Make) -> None:
    before, commit = gitlab.state(), gitlab.commit("办结")
    request = request_of(commit, labels=("销号", "巡视整改"), reviewers=("leader",))
    opened = open_request(gitlab.repo, "origin", "gitlab", request)
    assert gitlab.options() == [
        "merge_request.create",
        "merge_request.target=main",
        "merge_request.title=销号 GZ2017-031",
        r"merge_request.description=# 销号事项\n\n- GZ2017-031 开展专利检索能力测评",
        "merge_request.remove_source_branch",
        "merge_request.label=销号",
        "merge_request.label=巡视整改",
    ]
    assert opened.url == "https://gitlab.example/unit/ledger/-/merge_requests/7"
    assert not opened.existed
    assert opened.message.endswith("请在页面上指定审阅人：leader")
    assert gitlab.refs()[f"refs/heads/{BRANCH}"] == commit
    assert gitlab.state() == before


def test_the_same_again_pushes_nothing(gitlab: Clone, request_of: Make) -> None:
    request = request_of(gitlab.commit("办结"))
    open_request(gitlab.repo, "origin", "gitlab", request)
    again = open_request(gitlab.repo, "origin", "gitlab", request)
    assert again.existed
    assert "没有重复提交" in again.message


def test_a_merge_request_that_was_not_made_takes_the_branch_back(
    gitlab: Clone, request_of: Make
) -> None:
    gitlab.hook("post-receive", TROUBLE)
    request = request_of(gitlab.commit("办结"))
    with pytest.raises(LedgerError) as caught:
        open_request(gitlab.repo, "origin", "gitlab", request)
    assert "没有建成合并请求，刚推送的分支已经收回" in caught.value.message
    assert "merge_request.create': not allowed" in caught.value.message
    assert f"refs/heads/{BRANCH}" not in gitlab.refs()
    gitlab.hook("post-receive", OFFER)
    assert not open_request(gitlab.repo, "origin", "gitlab", request).existed


def test_a_branch_that_cannot_be_taken_back_is_told(gitlab: Clone, request_of: Make) -> None:
    gitlab.hook("post-receive", TROUBLE)
    gitlab.repo.run("--git-dir", str(gitlab.bare), "config", "receive.denyDeletes", "true")
    with pytest.raises(LedgerError, match="没能收回，请在平台上删除它"):
        open_request(gitlab.repo, "origin", "gitlab", request_of(gitlab.commit("办结")))


def test_an_older_version_stays_when_the_new_one_has_trouble(
    gitlab: Clone, request_of: Make
) -> None:
    open_request(gitlab.repo, "origin", "gitlab", request_of(gitlab.commit("办结")))
    gitlab.hook("post-receive", TROUBLE)
    changed = request_of(gitlab.commit("办结，补了佐证"))
    with pytest.raises(LedgerError) as caught:
        open_request(gitlab.repo, "origin", "gitlab", changed)
    assert "收回" not in caught.value.message
    assert gitlab.refs()[f"refs/heads/{BRANCH}"] == changed.commit


@pytest.mark.parametrize(
    ("body", "held"),
    [
        ("一\n二", r"一\n二"),
        ("一\r\n二", r"一\n二"),
        ("/merge", "&#47;merge"),
        ("说明\n  /close\n不/是", r"说明\n  &#47;close\n不/是"),
        (r"路径 C:\new", r"路径 C:&#92;new"),
        (r"话\n/merge", r"话&#92;n/merge"),
        ("话\u2028/merge", r"话\n&#47;merge"),
    ],
)
def test_a_text_gives_no_orders(body: str, held: str) -> None:
    assert description(body) == held


@given(st.text(alphabet=st.sampled_from("a/\\n \n\t\r<br>"), max_size=30))
def test_no_line_ever_begins_with_an_order(body: str) -> None:
    shown = description(body).replace("\\n", "\n")
    assert not any(line.strip().startswith("/") for line in shown.split("\n"))
    assert "\n" not in description(body)
