"""The pull requests that are open at a Gitea or Forgejo, how they stand, and merging one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ledger.adapters.forge.api import Place, as_dict, pages, place_of
from ledger.adapters.forge.web import ask, expect
from ledger.adapters.gitrepo import GitRepo
from ledger.adapters.gitwords import single_line
from ledger.errors import LedgerError

GREEN, RED, RUNNING, NONE = "检查通过", "检查没有通过", "正在检查", "没有检查"
_OF_STATE = {"success": GREEN, "warning": GREEN, "pending": RUNNING, "skipped": GREEN}
_NOT_READY = (405, 409)


@dataclass(frozen=True, slots=True)
class Standing:
    """An open pull request.

    Attributes:
        branch: where its change is; an AGit request's topic.
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
    checks: str
    approvals: int
    rejected: bool

    def is_of(self, branch: str, commit: str = "") -> bool:
        """Whether it proposes this branch, or the same change under another name."""
        topic = branch.removeprefix("close/")
        names = (branch, topic)
        own = self.branch in names or self.branch.endswith(tuple(f"/{name}" for name in names))
        return own or (bool(commit) and self.commit == commit)


def open_requests(repo: GitRepo, remote: str, base: str) -> tuple[Standing, ...]:
    """Every open pull request for a branch that comes from the repository itself or by AGit.

    Raises:
        LedgerError: no credentials, or the forge does not answer.
    """
    place = place_of(repo, remote)
    found = []
    for item in pages(place, "/pulls", "查合并请求", {"state": "open"}):
        head, aim = as_dict(item.get("head")), as_dict(item.get("base"))
        if aim.get("ref") == base and isinstance(item.get("number"), int):
            found.append(_standing(place, item, str(head.get("ref")), str(head.get("sha"))))
    return tuple(found)


def merge_request(repo: GitRepo, remote: str, standing: Standing) -> None:
    """Merge a request with a merge commit, at the commit that was looked at, and end its branch.

    Raises:
        LedgerError: the forge refuses; what it lacks is said.
    """
    place = place_of(repo, remote)
    data = {
        "Do": "merge",
        "head_commit_id": standing.commit,
        "delete_branch_after_merge": True,
    }
    answer = ask(place.site, "POST", f"{place.path}/pulls/{standing.number}/merge", data=data)
    if answer.status in _NOT_READY:
        raise LedgerError(
            f"平台还不让合并 {standing.url}：{answer.message or '条件还不具备'}",
            hint=f"现在{standing.checks}，{standing.approvals} 人批准；请补齐后再运行一次",
        )
    expect(place.site, answer, "合并")


def _standing(place: Place, item: dict[str, Any], branch: str, commit: str) -> Standing:
    number = item["number"]
    reviews = list(pages(place, f"/pulls/{number}/reviews", "查审阅意见"))
    states = _latest_reviews(reviews)
    return Standing(
        number,
        single_line(str(item.get("html_url"))),
        single_line(str(item.get("title"))),
        single_line(branch),
        commit,
        _checks(pages(place, f"/commits/{commit}/statuses", "查检查结果")),
        states.count("APPROVED"),
        "REQUEST_CHANGES" in states,
    )


def _latest_reviews(reviews: Iterable[dict[str, Any]]) -> list[str]:
    """Each reviewer's last word on what the request holds now."""
    last: dict[str, tuple[int, str]] = {}
    for each in reviews:
        state, number = str(each.get("state")), each.get("id")
        if state not in ("APPROVED", "REQUEST_CHANGES") or not isinstance(number, int):
            continue
        if each.get("dismissed") or each.get("stale") or each.get("official") is False:
            state = ""
        who = str(as_dict(each.get("user")).get("login"))
        last[who] = max(last.get(who, (0, "")), (number, state))
    return [state for _, state in last.values()]


def _checks(statuses: Iterable[dict[str, Any]]) -> str:
    """The newest status of every check, together."""
    last: dict[str, tuple[int, str]] = {}
    for each in statuses:
        number = each.get("id")
        if isinstance(number, int):
            name = str(each.get("context"))
            last[name] = max(last.get(name, (0, "")), (number, str(each.get("status"))))
    found = {_OF_STATE.get(state, RED) for _, state in last.values()}
    return next((each for each in (RED, RUNNING, GREEN) if each in found), NONE)
