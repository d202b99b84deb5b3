"""AGit flow (Gitea, Forgejo, Gitee, Codeup): a pull request by nothing but `git push`.

Sources: services/agit of Forgejo and of Gitea (which options there are, what is refused);
git-repo-go, the AGit client (`{base64}` before a value of several lines).
"""

from __future__ import annotations

import base64
import re

from ledger.adapters.forge.address import Address, address_of
from ledger.adapters.forge.credentials import asked_as_nobody
from ledger.adapters.forge.hosts import CODEUP
from ledger.adapters.forge.push import page_in
from ledger.adapters.forge.request import Opened, PullRequest
from ledger.adapters.forge.web import gitea_version
from ledger.adapters.forge.wording import clipped, on_one_line
from ledger.adapters.git.remote import NEW, REFUSED, accepted, offer, remote_refs
from ledger.adapters.git.repo import GitRepo
from ledger.model.config import AGIT

_BASE64_SINCE = (1, 25)  # Gitea; no Forgejo has it
_NEEDS_FORCE = re.compile("force-push", re.IGNORECASE)
_NOTHING_NEW = re.compile(r"\bsame\b.*\bcommit\b|no new change", re.IGNORECASE)
_NUMBER = re.compile(r"refs/(?:pull|merge-requests)/([0-9]{1,9})/head")


def open_request(repo: GitRepo, remote: str, request: PullRequest) -> Opened:
    """Push the commit to `refs/for/<base>`; the same topic again updates its pull request."""
    address = address_of(repo, remote)
    ref = f"refs/for/{request.base}"
    if address.host == CODEUP:  # it tells requests apart by this, not by the option
        ref += f"/{request.topic}"
    options = _options(request, _takes_base64(repo, remote, address))
    pushed = offer(repo, remote, request.commit, ref, options=options)
    updates = pushed.outcome == REFUSED and bool(_NEEDS_FORCE.search(pushed.reason))
    if updates:
        pushed = offer(repo, remote, request.commit, ref, options=[*options, "force-push=true"])
    unchanged = pushed.outcome == REFUSED and bool(_NOTHING_NEW.search(pushed.reason))
    if not unchanged:
        accepted(pushed, ref)
    url = page_in(pushed) or _page(repo, remote, address, request)
    existed = unchanged or updates or pushed.outcome != NEW
    return Opened(AGIT, url, existed, _message(request, url, unchanged, existed))


def _options(request: PullRequest, takes_base64: bool) -> list[str]:
    """The push options. Each is one line: a body of several is encoded, if that is understood."""
    body = request.body.strip()
    if "\n" in body and takes_base64:
        text = "{base64}" + base64.b64encode(clipped(body).encode()).decode()
    else:
        text = clipped(on_one_line(body))
    named = {"topic": request.topic, "title": request.title, "description": text}
    return [f"{name}={value}" for name, value in named.items() if value]


def _takes_base64(repo: GitRepo, remote: str, address: Address) -> bool:
    if address.host == CODEUP:
        return True
    site = address.site
    version = gitea_version(asked_as_nobody(repo, remote, site)) if site else ""
    release = re.match(r"([0-9]{1,4})\.([0-9]{1,4})\b(?!.*gitea)", version)
    return release is not None and (int(release[1]), int(release[2])) >= _BASE64_SINCE


def _page(repo: GitRepo, remote: str, address: Address, request: PullRequest) -> str:
    """The pull request's page, from the number under which the server keeps the commit."""
    if not address.page:
        return ""
    kept = remote_refs(repo, remote, "refs/pull/*/head", "refs/merge-requests/*/head")
    numbers = [_NUMBER.fullmatch(name) for name, at in kept.items() if at == request.commit]
    newest = max((int(match[1]) for match in numbers if match), default=0)
    return f"{address.page}/pulls/{newest}" if newest else ""


def _message(request: PullRequest, url: str, unchanged: bool, existed: bool) -> str:
    where = f"打开 {url}" if url else f"到平台上找“{request.title}”"
    updated = "已更新为这次的内容" if existed else "已经打开"
    done = "早已打开，内容没有变化" if unchanged else updated
    people = f"，审阅人：{'、'.join(request.reviewers)}" if request.reviewers else ""
    return f"合并请求{done}；请审阅人{where} 审阅并合并{people}"
