"""Finding out what a remote is: from its address, else by asking the server as nobody."""

from __future__ import annotations

import shutil

from ledger.adapters.forge.address import SITE_VARIABLE, address_of
from ledger.adapters.forge.credentials import asked_as_nobody, site_of
from ledger.adapters.forge.hosts import guessed_kind, known_kind
from ledger.adapters.forge.request import Way
from ledger.adapters.forge.web import Unreachable, kind_of
from ledger.adapters.git.remote import check_remote, remotes
from ledger.adapters.git.repo import GitRepo
from ledger.adapters.git.words import without_secrets
from ledger.errors import LedgerError
from ledger.model.config import AGIT, API, GH, LOCAL, PUSH
from ledger.model.paths import CONFIG_FILE


def detected(repo: GitRepo, remote: str) -> Way:
    """The way a remote opens pull requests; `local` when there is no such remote.

    Raises:
        LedgerError: nothing tells what the remote is; the message has what was tried.
    """
    check_remote(remote)
    if remote not in remotes(repo):
        return Way(LOCAL)
    kind, note = forge_kind(repo, remote)
    if kind == "gitea":
        return _gitea(repo, remote, note)
    if kind == "github" and not shutil.which("gh"):
        return Way(PUSH, "这台电脑上没有 gh，只推送分支，合并请求请在网页上新建")
    return Way({"github": GH, "": PUSH}.get(kind, kind), note)


def forge_kind(repo: GitRepo, remote: str) -> tuple[str, str]:
    """What a remote is: `gitea` (Forgejo too), `gitlab`, `github`, `agit`; and what to remark.

    Empty for a path, where there is no forge.

    Raises:
        LedgerError: nothing tells; the message has what was tried.
    """
    address = address_of(repo, remote)
    known = known_kind(address.host)
    if known or not address.host:
        return known, ""
    tried: list[str] = []
    for root in dict.fromkeys((address.site, address.origin)):
        kind = _asked(repo, remote, root, tried)
        if kind:
            return kind, ""
    guessed = guessed_kind(address.host)
    told = "；".join(tried)
    if guessed:
        return guessed, f"没有问到 {address.host} 是什么平台（{told}），按它的名称办"
    raise LedgerError(
        f"不知道远端“{remote}”是什么平台：{told}",
        hint=f"请在 {CONFIG_FILE} 里写明，如 forge: {{via: api}}（只推送分支的写 push）；平台的网页"
        f"另有地址或端口的，设环境变量 {SITE_VARIABLE}",
    )


def way_to_ask(repo: GitRepo, remote: str, via: str) -> str:
    """How to ask for requests that are proposed by a way: `api` also for `agit` where it can be.

    A Gitea or Forgejo that takes requests by AGit flow has its API besides, for who has a token.
    """
    if via != AGIT:
        return via
    try:
        if forge_kind(repo, remote)[0] == "gitea":
            site_of(repo, remote)
            return API
    except LedgerError:
        pass
    return via


def _asked(repo: GitRepo, remote: str, root: str, tried: list[str]) -> str:
    """What the server says it is; what was tried in vain is added to `tried`."""
    try:
        kind = kind_of(asked_as_nobody(repo, remote, root))
    except Unreachable as error:
        tried.append(error.message)
        return ""
    if not kind:
        tried.append(f"{without_secrets(root)} 有回应，但不是 Gitea、Forgejo 或 GitLab")
    return kind


def _gitea(repo: GitRepo, remote: str, note: str) -> Way:
    """`api` says more in the request (text, reviewers, labels); `agit` needs no token."""
    try:
        site_of(repo, remote)
    except LedgerError as error:
        why = f"{error.message}，改用 agit：合并请求照开，但不能指定审阅人和标签"
        return Way(AGIT, "；".join(filter(None, (note, why))))
    return Way(API, note)
