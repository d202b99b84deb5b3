"""Gitea and Forgejo over their API: text, reviewers and labels as they are meant.

Source: the forge's own API description (`/swagger.v1.json`), paths below `/api/v1`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from ledger.adapters.forge.address import address_of
from ledger.adapters.forge.credentials import site_of
from ledger.adapters.forge.request import Opened, PullRequest
from ledger.adapters.forge.web import Site, ask, expect
from ledger.adapters.git.remote import push_branch
from ledger.adapters.git.repo import GitRepo
from ledger.adapters.git.words import shortened, single_line
from ledger.errors import LedgerError
from ledger.model.config import API
from ledger.model.record import dataclass

_PAGE = 50
_MOST_PAGES = 40
_CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Place:
    """A repository on a forge."""

    site: Site
    path: str  # of its API, such as /api/v1/repos/owner/name


@dataclass(frozen=True, slots=True)
class _Pull:
    number: int
    url: str
    title: str
    body: str
    reviewers: frozenset[str]
    labels: frozenset[str]


def open_request(repo: GitRepo, remote: str, request: PullRequest) -> Opened:
    """Push the branch and open its pull request, or update the one that is open."""
    place = place_of(repo, remote)
    existing = _open_one(place, request)  # first: a bad token shows before anything is pushed
    push_branch(repo, remote, request.commit, request.branch)
    try:
        pull = _updated(place, existing, request) if existing else _created(place, request)
    except LedgerError as error:
        raise LedgerError(
            f"分支 {request.branch} 已经推送，合并请求还没有弄好：{error.message}",
            hint=f"{error.hint}；再运行一次同样的命令会接着做".removeprefix("；"),
        ) from None
    troubles = (*_ask_reviewers(place, pull, request), *_put_labels(place, pull, request))
    return Opened.at(pull.url, existing is not None, API, troubles)


def place_of(repo: GitRepo, remote: str) -> Place:
    """A remote's repository on its forge, asked in the user's name; raises as `site_of`."""
    owner, name = address_of(repo, remote).owner_and_name()
    path = f"/api/v1/repos/{quote(owner, safe='')}/{quote(name, safe='')}"
    return Place(site_of(repo, remote), path)


def _open_one(place: Place, request: PullRequest) -> _Pull | None:
    """The open pull request of the same branch or commit, for the same base."""
    for item in pages(place, "/pulls", "查合并请求", {"state": "open", "sort": "recentupdate"}):
        head, base = as_dict(item.get("head")), as_dict(item.get("base"))
        own = head.get("ref") == request.branch and head.get("repo_id") == base.get("repo_id")
        if base.get("ref") == request.base and (own or head.get("sha") == request.commit):
            return _pull(place, item)
    return None


def _created(place: Place, request: PullRequest) -> _Pull:
    data = {"head": request.branch, "base": request.base} | _texts(request)
    answer = ask(place.site, "POST", f"{place.path}/pulls", data=data)
    if answer.status == _CONFLICT and (existing := _open_one(place, request)):
        return existing  # opened by somebody in the meantime
    return _pull(place, expect(place.site, answer, "开合并请求"))


def _updated(place: Place, pull: _Pull, request: PullRequest) -> _Pull:
    if (pull.title, _text(pull.body)) == (request.title, _text(request.body)):
        return pull
    path = f"{place.path}/pulls/{pull.number}"
    answer = ask(place.site, "PATCH", path, data=_texts(request))
    return _pull(place, expect(place.site, answer, "更新合并请求"))


def _texts(request: PullRequest) -> dict[str, str]:
    return {"title": request.title, "body": request.body}


def _ask_reviewers(place: Place, pull: _Pull, request: PullRequest) -> Iterator[str]:
    """Request the reviews that are not requested yet; yields what did not work."""
    path = f"{place.path}/pulls/{pull.number}/requested_reviewers"
    for name in request.reviewers:
        if name.lower() in pull.reviewers:
            continue
        try:
            answer = ask(place.site, "POST", path, data={"reviewers": [name]})
            expect(place.site, answer, f"请 {single_line(name)} 审阅")
        except LedgerError as error:
            yield error.message


def _put_labels(place: Place, pull: _Pull, request: PullRequest) -> Iterator[str]:
    """Put on the labels that the repository has; yields what did not work."""
    missing = [name for name in request.labels if name not in pull.labels]
    if not missing:
        return
    try:
        labels = pages(place, "/labels", "查标签")
        known = {str(label.get("name")): label.get("id") for label in labels}
        if ids := [known[name] for name in missing if name in known]:
            path = f"{place.path}/issues/{pull.number}/labels"
            expect(place.site, ask(place.site, "POST", path, data={"labels": ids}), "加标签")
    except LedgerError as error:
        yield error.message
    else:
        if unknown := [single_line(name) for name in missing if name not in known]:
            yield f"仓库里没有标签 {'、'.join(unknown)}，没有加"


def pages(
    place: Place, path: str, doing: str, query: dict[str, str] | None = None
) -> Iterator[dict[str, Any]]:
    """Every record of a list that comes in pages; at most two thousand."""
    for page in range(1, _MOST_PAGES + 1):
        asked: dict[str, str | int] = {**(query or {}), "page": page, "limit": _PAGE}
        answer = ask(place.site, "GET", place.path + path, query=asked)
        items = expect(place.site, answer, doing)
        if not isinstance(items, list):
            raise _not_understood(place)
        yield from (item for item in items if isinstance(item, dict))
        if not items:
            return


def _pull(place: Place, item: Any) -> _Pull:
    item = as_dict(item)
    number, url = item.get("number"), item.get("html_url")
    if not isinstance(number, int) or not isinstance(url, str):
        raise _not_understood(place)
    return _Pull(
        number,
        shortened(url),
        str(item.get("title")),
        str(item.get("body") or ""),
        frozenset(name.lower() for name in _names(item.get("requested_reviewers"), "login")),
        frozenset(_names(item.get("labels"), "name")),
    )


def _names(items: Any, key: str) -> list[str]:
    return [str(as_dict(item).get(key)) for item in items] if isinstance(items, list) else []


def as_dict(value: Any) -> dict[str, Any]:
    """An object of an answer, empty where it is none."""
    return value if isinstance(value, dict) else {}


def _text(body: str) -> str:
    return "\n".join(body.split("\r\n")).strip()


def _not_understood(place: Place) -> LedgerError:
    return LedgerError(
        f"看不懂 {place.site.root} 的回答，它可能不是 Gitea 或 Forgejo",
        hint="请换一种方式，如 --via push",
    )
