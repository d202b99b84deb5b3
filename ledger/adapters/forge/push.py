"""Any server that takes a branch: push it, and name the page to open the pull request from."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from ledger.adapters.forge.address import Address, address_of
from ledger.adapters.forge.hosts import BITBUCKET, GITLAB, pages_of
from ledger.adapters.forge.request import Opened, PullRequest
from ledger.adapters.git.remote import SAME, Pushed, push_branch
from ledger.adapters.git.repo import GitRepo
from ledger.model.config import PUSH

_URL = re.compile(r"https?://[^\s<>\"'，。）]+")
_REQUEST_PAGE = re.compile(r"/(?:pulls?|merge_requests?|compare|change)\b")


def open_request(repo: GitRepo, remote: str, request: PullRequest) -> Opened:
    """Push the branch; the page to open its pull request from is in the result."""
    pushed = push_branch(repo, remote, request.commit, request.branch)
    url = page_in(pushed) or compare_page(address_of(repo, remote), request)
    next_step = (
        f"请打开 {url} 新建合并请求"
        if url
        else f"请另一位同事取回后，用 ledger merge {request.branch} 检查并合并"
    )
    return Opened(PUSH, url, pushed.outcome == SAME, f"分支 {request.branch} 已经推送；{next_step}")


def page_in(pushed: Pushed) -> str:
    """The address of a pull request's page, or of the page to open one, among what was said."""
    urls = [url for line in pushed.words for url in _URL.findall(line)]
    return next((url for url in urls if _REQUEST_PAGE.search(url)), "")


def compare_page(address: Address, request: PullRequest) -> str:
    """The page where a known forge opens a pull request of a branch; empty for other hosts."""
    pages = pages_of(address.host)
    if pages == BITBUCKET:
        query = urlencode({"source": request.branch, "dest": request.base})
        return f"{address.page}/pull-requests/new?{query}"
    if pages == GITLAB:
        source, target = "merge_request[source_branch]", "merge_request[target_branch]"
        query = urlencode({source: request.branch, target: request.base})
        return f"{address.page}/-/merge_requests/new?{query}"
    compared = f"{quote(request.base)}...{quote(request.branch)}"
    return f"{address.page}/compare/{compared}" if pages else ""
