"""In whose name a forge is asked: a token of the environment, else what git itself would use.

Never from the ledger's files, never in a process's arguments, never in a message.
"""

from __future__ import annotations

import base64
import os
import re

from ledger.adapters.forge.address import WEB, Address, is_loopback, parse
from ledger.adapters.forge.web import Site
from ledger.adapters.gitprocess import GitError
from ledger.adapters.gitremote import remote_url
from ledger.adapters.gitrepo import GitRepo
from ledger.errors import LedgerError

VARIABLES = ("LEDGER_FORGE_TOKEN", "FORGEJO_TOKEN", "GITEA_TOKEN")
INSECURE_VARIABLE = "LEDGER_FORGE_INSECURE"
_TOKEN = re.compile(r"[\x21-\x7e]{1,1000}")


def site_of(repo: GitRepo, remote: str) -> Site:
    """The forge of a remote, with credentials.

    Raises:
        LedgerError: no credentials, no forge at that address, or one that would get them in the
            clear.
    """
    url = remote_url(repo, remote)
    address = parse(url)
    root = address.site
    if not root.startswith(("http://", "https://")):
        raise LedgerError("这个远端不是托管平台，没有接口可用", hint="请改用 --via push 或 local")
    _refuse_clear_text(root)
    authorization = _from_environment() or _from_git(repo, url, address)
    if not authorization:
        raise LedgerError(
            f"没有 {root} 的令牌",
            hint=f"请把令牌放在环境变量 {VARIABLES[0]} 里，或让 git 记住它（credential.helper）",
        )
    return Site(
        root, authorization, _git_http(repo, "sslCAInfo", root), _git_http(repo, "proxy", root)
    )


def have_credentials(repo: GitRepo, remote: str) -> bool:
    """Whether the forge of a remote could be asked in somebody's name."""
    try:
        site_of(repo, remote)
    except LedgerError:
        return False
    return True


def _refuse_clear_text(root: str) -> None:
    host = parse(root).host
    if root.startswith("https://") or is_loopback(host) or os.environ.get(INSECURE_VARIABLE) == "1":
        return
    raise LedgerError(
        f"{root} 不加密，令牌会被旁人看到，没有发送",
        hint=f"请改用 https 地址或 --via agit；确知网络可信时，可设环境变量 {INSECURE_VARIABLE}=1",
    )


def _from_environment() -> str:
    for name in VARIABLES:
        token = os.environ.get(name, "").strip()
        if token and not _TOKEN.fullmatch(token):
            raise LedgerError(
                f"环境变量 {name} 里不是令牌", hint="令牌只有字母、数字和符号，不换行"
            )
        if token:
            return f"token {token}"
    return ""


def _from_git(repo: GitRepo, url: str, address: Address) -> str:
    """What git's credential helper has for the host, without asking anybody."""
    same = address.scheme in WEB and parse(address.site).host == address.host
    where = url if same else f"{address.site}/{address.path}"
    quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "GCM_INTERACTIVE": "never"}
    try:
        said = repo.run(
            "-c", "credential.interactive=false", "credential", "fill",
            stdin=f"url={where}\n\n".encode(errors="surrogateescape"), environment=quiet,
        )  # fmt: skip
    except GitError:
        return ""
    lines = said.decode(errors="replace").splitlines()
    found = dict(line.split("=", 1) for line in lines if "=" in line)
    if not found.get("password"):
        return ""
    pair = f"{found.get('username', '')}:{found['password']}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def _git_http(repo: GitRepo, key: str, root: str) -> str:
    """git's own setting for how a host is reached."""
    found = repo.run("config", "--get-urlmatch", f"http.{key}", root, ok=(0, 1))
    return found.decode(errors="replace").strip()
