"""Any server that takes a branch: push it, and name the page to open the pull request from."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from ledger.adapters.forge import Opened, PullRequest
from ledger.adapters.forge.address import Address, parse
from ledger.adapters.gitremote import SAME, Pushed, push_branch, remote_url
from ledger.adapters.gitrepo import GitRepo

_URL = re.compile(r"https?://[^\s<>\"'，。）]+")
_REQUEST_PAGE = re.compile(r"/(?:pulls?|merge_requests?|compare|change)\b")


def open_request(repo: GitRepo, remote: str, request: PullRequest) -> Opened:
    """Push the branch; the page to open its pull request from is in the result."""
    pushed = push_branch(repo, remote, request.commit, request.branch)
    url = page_in(pushed) or compare_page(parse(remote_url(repo, remote)), request)
    next_step = (
        f"请打开 {url} 新建合并请求"
        if url
        else f"请另一位同事取回后，用 ledger merge {request.branch} 检查并合并"
    )
    return Opened(
        "push", url, pushed.outcome == SAME, f"分支 {request.branch} 已经推送；{next_step}"
    )


def page_in(pushed: Pushed) -> str:
    """The address of a pull request's page, or of the page to open one, among what was said."""
    found = [url for line in pushed.said for url in _URL.findall(line)]
    return next((url for url in found if _REQUEST_PAGE.search(url)), "")


def compare_page(address: Address, request: PullRequest) -> str:
    """The page where a known forge opens a pull request of a branch; empty where none is known."""
    if not address.page:
        return ""
    base, branch = quote(request.base), quote(request.branch)
    if address.host == "bitbucket.org":
        query = urlencode({"source": request.branch, "dest": request.base})
        return f"{address.page}/pull-requests/new?{query}"
    if "gitlab" in address.host:
        query = urlencode(
            {
                "merge_request[source_branch]": request.branch,
                "merge_request[target_branch]": request.base,
            }
        )
        return f"{address.page}/-/merge_requests/new?{query}"
    return f"{address.page}/compare/{base}...{branch}"
