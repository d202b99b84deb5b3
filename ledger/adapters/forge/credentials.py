"""In whose name a forge is asked: a token of the environment, else what git itself would use.

Never from the ledger's files, never in a process's arguments, never in a message.
"""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

from ledger.adapters.forge.address import WEB, Address, address_at, is_loopback, parse
from ledger.adapters.forge.web import Reached, Site
from ledger.adapters.git.complaints import GitError
from ledger.adapters.git.remote import remote_url
from ledger.adapters.git.repo import GitRepo
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
    address = address_at(repo, url)
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
    return Site(root, authorization, _reached(repo, remote, _as_git_matches(url, address, root)))


def asked_as_nobody(repo: GitRepo, remote: str, root: str) -> Site:
    """A site without credentials, reached as git reaches it."""
    url = remote_url(repo, remote)
    where = _as_git_matches(url, address_at(repo, url), root)
    return Site(root, reached=_reached(repo, remote, where))


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
        answer = repo.run(
            "-c", "credential.interactive=false", "credential", "fill",
            stdin=f"url={where}\n\n".encode(errors="surrogateescape"), environment=quiet,
        )  # fmt: skip
    except GitError:
        return ""
    lines = answer.decode(errors="replace").splitlines()
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    if not values.get("password"):
        return ""
    pair = f"{values.get('username', '')}:{values['password']}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def _reached(repo: GitRepo, remote: str, where: str) -> Reached:
    """How git's own settings reach a host: proxies, authorities, the user's own certificate.

    Source: git help config, `http.*` and `remote.<name>.proxy`; what is set for an address counts
    for that address only. git's variables come first (http.c of git).

    Args:
        where: see `_as_git_matches`.

    Raises:
        LedgerError: a setting that git itself could not read.
    """
    http = _Settings(repo, where)
    own = repo.run("config", "--get", f"remote.{remote}.proxy", ok=(0, 1))
    proxy = own.decode(errors="replace").strip() or http.value("proxy")
    if proxy and proxy_bypass(urlsplit(where).hostname or ""):
        proxy = ""
    elif proxy and "://" not in proxy:
        proxy = f"http://{proxy}"
    verified = "GIT_SSL_NO_VERIFY" not in os.environ
    return Reached(
        http.path("sslCAInfo"),
        http.path("sslCAPath"),
        (http.path("sslCert"), http.path("sslKey")),
        verified and http.value("sslVerify", "--type=bool") != "false",
        proxy,
    )


def _as_git_matches(url: str, address: Address, root: str) -> str:
    """The address that git holds against `http.<address>.*`: the remote's, without a password."""
    if address.scheme not in WEB or not f"{root}/".startswith(f"{address.origin}/"):
        return f"{root}/{address.path}"
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=user.partition(":")[0] + at + host).geturl()


class _Settings:
    """git's own settings `http.*` for how an address is reached."""

    def __init__(self, repo: GitRepo, where: str) -> None:
        listed = repo.run("config", "-z", "--get-urlmatch", "http", where, ok=(0, 1))
        lines = listed.decode(errors="surrogateescape").split("\0")
        self._repo, self._where = repo, where
        # In lower case; git is asked for the value of no other.
        self._keys = {line.partition("\n")[0].removeprefix("http.") for line in lines}

    def value(self, key: str, *form: str) -> str | None:
        """What is set; None where nothing is."""
        if key.lower() not in self._keys:
            return None
        setting = self._repo.run("config", *form, "--get-urlmatch", f"http.{key}", self._where)
        return setting.decode(errors="surrogateescape").strip()

    def path(self, key: str) -> str:
        """A file or folder, as git opens it; empty for none.

        git expands `~` in its settings, not in its variables, and opens what is relative from the
        top of the work tree.
        """
        path = os.environ.get(f"GIT_SSL_{key.removeprefix('ssl').upper()}", "")
        try:
            path = path or self.value(key, "--type=path") or ""
        except GitError as error:
            if error.hint:  # it is said already what is wrong
                raise
            raise LedgerError(
                f"git 的设置 http.{key} 里的路径看不懂，git 自己也读不了",
                hint="请管理员把它改成完整的路径",
            ) from None
        if not path or Path(path).is_absolute():
            return path
        up = self._repo.run("rev-parse", "--show-cdup").decode(errors="surrogateescape").strip()
        return os.path.normpath(self._repo.root / up / path)
