"""The pull requests that are open at a Gitea or Forgejo, how they stand, and merging one."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from ledger.adapters.forge.api import Place, as_dict, pages, place_of
from ledger.adapters.forge.request import CLOSINGS
from ledger.adapters.forge.web import Answer, ask, expect
from ledger.adapters.git.repo import GitRepo
from ledger.adapters.git.words import single_line
from ledger.errors import LedgerError
from ledger.model.record import dataclass, replace

GREEN, RED, RUNNING, NONE = "检查通过", "检查没有通过", "正在检查", "没有检查"
_OF_STATE = {"success": GREEN, "warning": GREEN, "pending": RUNNING, "skipped": GREEN}
_NOT_READY = (405, 409)
_LATER = "try again later"  # it has not looked for conflicts yet
_TRIES, _PAUSE_SECONDS = 15, 1.0
_KEPT = re.compile(r"refs/pull/[0-9]{1,9}/head")
_REJECTED = "PushRejected with remote message: "
# What Gitea and Forgejo say when they do not merge. Source: services/pull of both.
_REASONS = (
    ("Not all required status checks successful", "要求的检查没有通过"),
    ("Does not have enough approvals", "批准的人数不够"),
    ("There are requested changes", "有审阅人要求修改"),
    ("There are official review requests", "请的审阅人还没有审阅"),
    (
        "The head branch is behind the base branch",
        "请求落后于主分支，请提出人再运行一次 ledger close",
    ),
    ("Changed protected files", "改了受保护的文件"),
    ("not allowed to merge", "您没有合并的权限"),
    ("already merged", "已经合并过了"),
    ("Work in progress", "标题写明还没有做完"),
    (_LATER, "平台还在查有没有冲突"),
    ("out of date", "刚刚又有了新的提交"),
    ("merge style", "仓库不允许合并提交"),
)


@dataclass(frozen=True, slots=True)
class RequestState:
    """An open pull request.

    Attributes:
        branch: where its change is.
        kept: the ref under which the forge keeps it where it is on no branch (AGit); else empty.
        author: the account that opened it.
        commit: the change, full object id.
        checks: `GREEN`, `RED`, `RUNNING` or `NONE`.
        approvals: how many people approve of what it holds now.
        rejected: whether somebody asks for changes.
    """

    number: int
    url: str
    title: str
    branch: str
    commit: str
    checks: str = NONE
    approvals: int = 0
    rejected: bool = False
    kept: str = ""
    author: str = ""

    def is_of(self, branch: str, commit: str = "") -> bool:
        """Whether it proposes this branch, or the same change under another name."""
        topic = branch.removeprefix(CLOSINGS)
        names = (branch, topic)
        own = self.branch in names or self.branch.endswith(tuple(f"/{name}" for name in names))
        return own or (bool(commit) and self.commit == commit)


def open_requests(
    repo: GitRepo, remote: str, base: str, looked_into: bool = True
) -> tuple[RequestState, ...]:
    """Every open pull request for a branch that comes from the repository itself or by AGit.

    Args:
        looked_into: whether checks and reviews are asked for; else they are as of a new request.

    Raises:
        LedgerError: no credentials, or the forge does not answer.
    """
    place = place_of(repo, remote)
    requests = []
    for item in pages(place, "/pulls", "查合并请求", {"state": "open"}):
        aim = as_dict(item.get("base"))
        if aim.get("ref") == base and isinstance(item.get("number"), int):
            plain = _plain(item)
            requests.append(_looked_into(place, plain) if looked_into else plain)
    return tuple(requests)


def own_account(repo: GitRepo, remote: str) -> str:
    """Whose token it is, by the account's name; empty where the token may not ask that.

    Raises:
        LedgerError: no credentials, or the forge does not answer.
    """
    site = place_of(repo, remote).site
    return str(as_dict(ask(site, "GET", "/api/v1/user").data).get("login") or "")


def merge_request(repo: GitRepo, remote: str, standing: RequestState) -> None:
    """Merge a request with a merge commit, at the commit that was looked at, and end its branch.

    Raises:
        LedgerError: the forge refuses; what it lacks is said.
    """
    place = place_of(repo, remote)
    data = {"Do": "merge", "head_commit_id": standing.commit, "delete_branch_after_merge": True}
    path = f"{place.path}/pulls/{standing.number}/merge"
    answer = ask(place.site, "POST", path, data=data)
    for _ in range(_TRIES):
        if answer.status != _NOT_READY[0] or _LATER not in answer.message:
            break
        time.sleep(_PAUSE_SECONDS)
        answer = ask(place.site, "POST", path, data=data)
    if answer.status in _NOT_READY:
        raise LedgerError(
            f"平台还不让合并 {standing.url}：{_reason(answer)}",
            hint=f"现在{standing.checks}，{standing.approvals} 人批准；请补齐后再运行一次",
        )
    expect(place.site, answer, "合并")


def _reason(answer: Answer) -> str:
    """Why a forge does not merge; what its server's hook said is passed on as it is."""
    message = answer.message
    if _REJECTED in message:
        return f"服务器拒收：{message.partition(_REJECTED)[2]}"
    known = next((told for words, told in _REASONS if words in message), "")
    return known or (
        f"它说“{message}”" if message else "和主分支有冲突，请提出人再运行一次 ledger close"
    )


def _plain(item: dict[str, Any]) -> RequestState:
    head = as_dict(item.get("head"))
    ref = str(head.get("ref"))
    return RequestState(
        item["number"],
        single_line(str(item.get("html_url"))),
        single_line(str(item.get("title"))),
        single_line(ref),
        str(head.get("sha")),
        kept=ref if _KEPT.fullmatch(ref) else "",
        author=single_line(str(as_dict(item.get("user")).get("login") or "")),
    )


def _looked_into(place: Place, plain: RequestState) -> RequestState:
    reviews = pages(place, f"/pulls/{plain.number}/reviews", "查审阅意见")
    states = _latest_reviews(reviews)
    checks = _checks(pages(place, f"/commits/{plain.commit}/statuses", "查检查结果"))
    approvals, rejected = states.count("APPROVED"), "REQUEST_CHANGES" in states
    return replace(plain, checks=checks, approvals=approvals, rejected=rejected)


def _by_age(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    numbered = (each for each in items if isinstance(each.get("id"), int))
    return sorted(numbered, key=itemgetter("id"))


def _latest_reviews(reviews: Iterable[dict[str, Any]]) -> list[str]:
    """Each reviewer's last word on what the request holds now."""
    last: dict[str, str] = {}
    for review in _by_age(reviews):
        state, who = str(review.get("state")), str(as_dict(review.get("user")).get("login"))
        if state in ("APPROVED", "REQUEST_CHANGES"):
            over = review.get("dismissed") or review.get("stale") or review.get("official") is False
            last[who] = "" if over else state
    return list(last.values())


def _checks(statuses: Iterable[dict[str, Any]]) -> str:
    """The newest status of every check, together."""
    last = {str(each.get("context")): str(each.get("status")) for each in _by_age(statuses)}
    states = {_OF_STATE.get(state, RED) for state in last.values()}
    return next((each for each in (RED, RUNNING, GREEN) if each in states), NONE)
