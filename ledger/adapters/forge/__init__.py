"""Opening pull requests: one small module for each kind of forge, loaded when it is used.

Another forge is one more module with `open_request(repo, remote, request) -> Opened`, which pushes
the change and opens its request (again: continues or updates it, never doubles), one more line in
`OPENERS` and one more word in `VIAS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from ledger.adapters.forge.request import Opened, PullRequest, Way
from ledger.adapters.git.remote import check_branch, contains
from ledger.adapters.git.repo import GitRepo
from ledger.adapters.git.words import single_line
from ledger.errors import LedgerError
from ledger.model.config import AGIT, API, GH, GITLAB, PUSH, VIAS
from ledger.model.plaintext import printable
from ledger.model.record import replace

__all__ = ["OPENERS", "Opened", "PullRequest", "Way", "detect", "open_request"]

OPENERS: Mapping[str, str] = {
    PUSH: "ledger.adapters.forge.push",
    AGIT: "ledger.adapters.forge.agit",
    API: "ledger.adapters.forge.api",
    GITLAB: "ledger.adapters.forge.gitlab",
    GH: "ledger.adapters.forge.gh",
}
"""Way of opening a pull request → its module. `local` opens none: the branch stays."""

_LONGEST_TITLE = 200  # forges keep 255 characters or fewer


def detect(repo: GitRepo, remote: str, configured: str) -> Way:
    """How pull requests are opened at a remote: as configured, else as found out.

    Finding out may ask the server, without credentials and within seconds, what it is.

    Raises:
        LedgerError: an unknown way, a remote's name that is none, or nothing tells what it is.
    """
    if configured:
        if configured not in VIAS:
            raise LedgerError(
                f"不认识的合并请求方式“{single_line(configured)}”", hint=f"可用：{'、'.join(VIAS)}"
            )
        return Way(configured)
    from ledger.adapters.forge.detection import detected

    return detected(repo, remote)


def open_request(repo: GitRepo, remote: str, via: str, request: PullRequest) -> Opened:
    """Push a change and open its pull request; doing it again continues or updates it.

    Raises:
        LedgerError: a name that git would not take, a server that refuses or cannot be reached.
            The message says what was done, the hint how to go on.
    """
    if via not in OPENERS:
        raise LedgerError(f"“{single_line(via)}”这种方式不开合并请求", hint="请改用 ledger merge")
    for name in (request.branch, request.base, request.topic):
        check_branch(name)
    if request.branch == request.base:
        raise LedgerError(f"不能把改动直接推送到主分支 {request.base}", hint="请换一个分支名称")
    if contains(repo, remote, request.base, request.commit):
        raise LedgerError(
            f"主分支 {request.base} 已经包含这次改动", hint="不用再开合并请求；请取回主分支"
        )
    title = single_line(request.title)[:_LONGEST_TITLE]
    if not title:
        raise LedgerError("合并请求没有标题", hint="请给出标题")
    request = replace(request, title=title, body=printable(request.body))
    opened: Opened = import_module(OPENERS[via]).open_request(repo, remote, request)
    return opened
