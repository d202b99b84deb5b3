"""In whose name a forge is asked: a token of the environment, else what git itself would use.

Never from the ledger's files, never in a process's arguments, never in a message.
"""

from __future__ import annotations

import base64
import os
import re
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

from ledger.adapters.forge.address import WEB, Address, address_of, is_loopback, parse
from ledger.adapters.forge.web import Reached, Site
from ledger.adapters.gitcomplaints import GitError
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
    url, address = remote_url(repo, remote), address_of(repo, remote)
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
    return Site(root, authorization, reached(repo, remote, root))


def asked_as_nobody(repo: GitRepo, remote: str, root: str) -> Site:
    """A site without credentials, reached as git reaches it."""
    return Site(root, reached=reached(repo, remote, root))


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


def reached(repo: GitRepo, remote: str, root: str) -> Reached:
    """How git's own settings reach a host: proxies, authorities, the user's own certificate.

    Source: git help config, `http.*` and `remote.<name>.proxy`; what is set for an address counts
    for that address only.
    """
    own = repo.run("config", "--get", f"remote.{remote}.proxy", ok=(0, 1))
    proxy = own.decode(errors="replace").strip() or _git_http(repo, "proxy", root)
    if proxy and proxy_bypass(urlsplit(root).hostname or ""):
        proxy = ""
    elif proxy and "://" not in proxy:
        proxy = f"http://{proxy}"
    return Reached(
        os.environ.get("GIT_SSL_CAINFO", "") or _git_http(repo, "sslCAInfo", root) or "",
        _git_http(repo, "sslCAPath", root) or "",
        (_git_http(repo, "sslCert", root) or "", _git_http(repo, "sslKey", root) or ""),
        _git_http(repo, "sslVerify", root, "--bool") != "false",
        proxy,
    )


def _git_http(repo: GitRepo, key: str, root: str, *form: str) -> str | None:
    """git's own setting for how a host is reached; None where there is none."""
    found = repo.run("config", *form, "--get-urlmatch", f"http.{key}", root, ok=(0, 1))
    return found.decode(errors="replace").strip() if found else None
