"""GitLab: the branch and its merge request in one push.

Source: GitLab's push options for merge requests; since 15.0 the two characters `\\n` in
`merge_request.description` stand for a line's end (gitlab-org/gitlab!87020).
"""

from __future__ import annotations

import re

from ledger.adapters.forge.address import address_of
from ledger.adapters.forge.push import compare_page, page_in
from ledger.adapters.forge.request import Opened, PullRequest
from ledger.adapters.forge.wording import clipped
from ledger.adapters.git.remote import NEW, REFUSED, SAME, Pushed, offer, push_branch
from ledger.adapters.git.repo import GitRepo
from ledger.errors import LedgerError
from ledger.model.config import GITLAB

_TROUBLE = re.compile(
    r"error encountered with push options|could not (?:be )?create", re.IGNORECASE
)


def open_request(repo: GitRepo, remote: str, request: PullRequest) -> Opened:
    """Push the branch with the options that make a merge request of it."""
    pushed = push_branch(repo, remote, request.commit, request.branch, options(request))
    if any(_TROUBLE.search(line) for line in pushed.words):
        _refuse(repo, remote, request, pushed)
    page = page_in(pushed)
    url = page or compare_page(address_of(repo, remote), request)
    message = f"合并请求已经提交，请审阅人打开 {url} 审阅并合并"
    if pushed.outcome == SAME:
        message = f"这次的内容早已推送过，没有重复提交；合并请求见 {url}"
    if request.reviewers:
        message += f"；请在页面上指定审阅人：{'、'.join(request.reviewers)}"
    return Opened(GITLAB, url, pushed.outcome != NEW, message)


def options(request: PullRequest) -> list[str]:
    """The push options of a merge request."""
    return [
        "merge_request.create",
        f"merge_request.target={request.base}",
        f"merge_request.title={request.title}",
        f"merge_request.description={description(request.body)}",
        "merge_request.remove_source_branch",
        *(f"merge_request.label={label}" for label in request.labels),
    ]


def description(body: str) -> str:
    """A body as a push option holds it.

    A line that begins with '/' would be an order to GitLab (`/merge`), given in the name of who
    pushes: it is written so that it stays text. So is a `\\n` of the text itself.
    """
    text = body.replace("\\n", "&#92;n")
    text = re.sub(r"(?m)^([^\S\n]*)/", r"\1&#47;", "\n".join(text.splitlines()))
    return clipped(text).replace("\n", "\\n")


def _refuse(repo: GitRepo, remote: str, request: PullRequest, pushed: Pushed) -> None:
    """Raise what GitLab said; a branch just made is taken back, so that nothing is half done."""
    answer = "".join(f"\n    {line}" for line in pushed.words)
    undone = ""
    if pushed.outcome == NEW:
        ref = f"refs/heads/{request.branch}"
        taken_back = offer(repo, remote, "", ref, expected=request.commit).outcome != REFUSED
        undone = f"，刚推送的分支{'已经收回' if taken_back else '没能收回，请在平台上删除它'}"
    raise LedgerError(
        f"服务器收下了分支，但没有建成合并请求{undone}。它说：{answer}",
        hint="请按服务器说的改正，再运行一次同样的命令",
    )
