"""Finding out what a remote is: from its address, else by asking the server as nobody."""

from __future__ import annotations

import shutil

from ledger.adapters.forge.address import Address, parse
from ledger.adapters.gitremote import check_remote, remote_url, remotes
from ledger.adapters.gitrepo import GitRepo

_HOSTS = (
    ("github.com", "github"),
    ("gitlab.com", "gitlab"),
    ("jihulab.com", "gitlab"),
    ("codeup.aliyun.com", "agit"),
    ("gitee.com", "agit"),
    ("codeberg.org", "gitea"),
    ("gitea.com", "gitea"),
)
_NAMES = (("gitlab", "gitlab"), ("gitea", "gitea"), ("forgejo", "gitea"))


def detected(repo: GitRepo, remote: str) -> str:
    """The way a remote opens pull requests; `local` when there is no such remote."""
    check_remote(remote)
    if remote not in remotes(repo):
        return "local"
    address = parse(remote_url(repo, remote))
    kind = dict(_HOSTS).get(address.host) or _asked(address)
    if kind == "gitea":
        return _gitea(repo, remote)
    if kind == "github":
        return "gh" if shutil.which("gh") else "push"
    return kind or "push"


def _asked(address: Address) -> str:
    """What the server says it is; where it does not answer, what its name says."""
    from ledger.adapters.forge.web import kind_of

    for root in dict.fromkeys(each for each in (address.site, address.origin) if each):
        kind = kind_of(root)
        if kind:
            return kind
    return next((kind for name, kind in _NAMES if name in address.host), "")


def _gitea(repo: GitRepo, remote: str) -> str:
    """`api` says more in the request (text, reviewers, labels); `agit` needs no token."""
    from ledger.adapters.forge.credentials import have_credentials

    return "api" if have_credentials(repo, remote) else "agit"
