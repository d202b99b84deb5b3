"""A remote's address taken apart: which host, which repository, which pages."""

from __future__ import annotations

import ipaddress
import os
import re
from urllib.parse import quote, unquote, urlsplit

from ledger.adapters.git.remote import remote_url
from ledger.adapters.git.repo import GitRepo
from ledger.errors import LedgerError
from ledger.model.plaintext import UNSEEN
from ledger.model.record import dataclass, replace

WEB = ("http", "https")
SITE_VARIABLE, SITE_SETTING = "LEDGER_FORGE_URL", "ledger.forgeUrl"
_WEB_URL = re.compile(r"https?://", re.IGNORECASE)
_UNSOUND = re.compile(rf"[\s\\{UNSEEN}]")
_SCP = re.compile(r"(?:[^/@:]+@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^/@:\[\]]{2,}):(?P<path>[^:].*)")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a remote is.

    Attributes:
        scheme: http, https, ssh, git, or file for a path on this machine.
        host: in lower case; empty for a path.
        port: of a web address that names one, else None.
        path: without the first '/' and without `.git`, as in `owner/name`.
        web: the forge's own root where the user said it (`SITE_VARIABLE`, or git's configuration).
    """

    scheme: str
    host: str = ""
    port: int | None = None
    path: str = ""
    web: str = ""

    @property
    def origin(self) -> str:
        """The address of the host alone, such as `https://forge.example:3000`; empty for a path.

        An address over ssh does not tell it: https on the same host is assumed.
        """
        if not self.host:
            return ""
        scheme = self.scheme if self.scheme in WEB else "https"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}" + (f":{self.port}" if self.port else "")

    @property
    def site(self) -> str:
        """The forge's own root; empty for a path.

        `LEDGER_FORGE_URL` in the environment, or `ledger.forgeUrl` in git's own configuration, says
        it where the remote's address does not. It is no setting of the ledger: a changed file must
        not send anybody's token to another host.
        """
        below = self.path.split("/")[:-2] if self.scheme in WEB else []
        return self.web or "/".join([self.origin, *map(quote, below)])

    @property
    def page(self) -> str:
        """The repository's own page; empty for a path."""
        if not self.web:
            return f"{self.origin}/{quote(self.path)}" if self.host else ""
        below = urlsplit(self.web).path.strip("/")
        return f"{self.web}/{quote(self.path.removeprefix(f'{below}/') if below else self.path)}"

    def owner_and_name(self) -> tuple[str, str]:
        """The repository's owner and name: the last two parts of the path.

        Raises:
            LedgerError: the path has no two such parts.
        """
        parts = self.path.split("/")[-2:]
        if len(parts) < 2 or any(part in ("", ".", "..") for part in parts):
            raise LedgerError(
                "从远端地址看不出是哪个仓库",
                hint="远端地址应形如 https://平台/所有者/仓库.git 或 git@平台:所有者/仓库.git",
            )
        return parts[0], parts[1]


def address_of(repo: GitRepo, remote: str) -> Address:
    """Where a remote is, and where its forge's pages are.

    Raises:
        LedgerError: no such remote, or an address that is none.
    """
    return address_at(repo, remote_url(repo, remote))


def address_at(repo: GitRepo, url: str) -> Address:
    """As `address_of`, for the address that git uses for the remote.

    Raises:
        LedgerError: it is none.
    """
    address = parse(url)
    if address.web or not address.host:
        return address
    setting = repo.run("config", "--get", SITE_SETTING, ok=(0, 1)).decode(errors="replace")
    return replace(address, web=site_root(setting, f"git 的设置 {SITE_SETTING}", address.path))


def parse(url: str) -> Address:
    """Take a remote's address apart, in any of the forms of git-fetch(1).

    Raises:
        LedgerError: it is none, or the environment says one for the forge that is none.
    """
    address = _taken_apart(url)
    setting = os.environ.get(SITE_VARIABLE, "")
    return replace(address, web=site_root(setting, f"环境变量 {SITE_VARIABLE}", address.path))


def site_root(url: str, where: str, path: str) -> str:
    """A forge's root as its user has said it: without its last '/', user, query and fragment.

    Args:
        url: the address; that of the repository's own page is taken for the forge's.
        where: who says it, for the message.
        path: the repository's path, as in `owner/name`.

    Raises:
        LedgerError: it does not begin with http:// or https://, or is no address.
    """
    url = url.strip()
    if not url:
        return ""
    hint = "请写浏览器里打开平台首页的地址，如 https://平台.example 或 http://127.0.0.1:3000"
    if not _WEB_URL.match(url):
        raise LedgerError(f"{where} 要以 http:// 或 https:// 开头，现在不是", hint=hint)
    address = _from_url(url.partition(":")[0].lower(), url)
    if address is None or not address.host or _UNSOUND.search(url):
        raise LedgerError(f"{where} 里平台的地址写法有误", hint=hint)
    below = [part for part in _path(urlsplit(url).path).split("/") if part]
    own = path.split("/")[-2:]
    if len(own) == 2 and unquote("/".join(below[-2:])) == "/".join(own):
        below = below[:-2]
    return "/".join([address.origin, *below])


def _taken_apart(url: str) -> Address:
    scheme, separator, _ = url.partition("://")
    scheme = scheme.lower().removeprefix("git+").removesuffix("+git")
    if separator and scheme in (*WEB, "ssh", "git"):
        if address := _from_url(scheme, url):
            return address
        raise LedgerError("远端地址写法有误", remedy="请用 git remote -v 核对远端地址")
    scp = None if separator else _SCP.fullmatch(url)
    if scp:
        return Address("ssh", scp["host"].strip("[]").lower(), None, _path(scp["path"]))
    return Address("file", path=url.removeprefix("file://"))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _from_url(scheme: str, url: str) -> Address | None:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    return Address(scheme, host, port if scheme in WEB else None, _path(unquote(parts.path)))


def _path(path: str) -> str:
    return path.strip("/").removesuffix(".git").rstrip("/")
