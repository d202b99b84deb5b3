"""A remote's address taken apart: which host, which repository, which pages."""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from ledger.errors import LedgerError

WEB = ("http", "https")
SITE_VARIABLE = "LEDGER_FORGE_URL"
_SCP = re.compile(r"(?:[^/@:]+@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^/@:\[\]]{2,}):(?P<path>[^:].*)")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a remote is.

    Attributes:
        scheme: http, https, ssh, git, or file for a path on this machine.
        host: in lower case; empty for a path.
        port: of a web address that names one, else None.
        path: without the first '/' and without `.git`, as in `owner/name`.
    """

    scheme: str
    host: str = ""
    port: int | None = None
    path: str = ""

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

        `LEDGER_FORGE_URL` in the environment says it where the remote's address does not. It is
        no setting of the ledger: a changed file must not send anybody's token to another host.
        """
        below = self.path.split("/")[:-2] if self.scheme in WEB else []
        return _given() or "/".join([self.origin, *map(quote, below)])

    @property
    def page(self) -> str:
        """The repository's own page; empty for a path."""
        given = _given()
        if not given:
            return f"{self.origin}/{quote(self.path)}" if self.host else ""
        below = urlsplit(given).path.strip("/")
        return f"{given}/{quote(self.path.removeprefix(f'{below}/') if below else self.path)}"

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


def parse(url: str) -> Address:
    """Take a remote's address apart, in any of the forms of git-fetch(1)."""
    scheme, separator, _ = url.partition("://")
    scheme = scheme.lower().removeprefix("git+").removesuffix("+git")
    if separator and scheme in (*WEB, "ssh", "git"):
        return _from_url(scheme, url)
    found = None if separator else _SCP.fullmatch(url)
    if found:
        return Address("ssh", found["host"].strip("[]").lower(), None, _path(found["path"]))
    return Address("file", path=url.removeprefix("file://"))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _given() -> str:
    return os.environ.get(SITE_VARIABLE, "").strip().rstrip("/")


def _from_url(scheme: str, url: str) -> Address:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise LedgerError("远端地址写法有误", hint="请用 git remote -v 核对远端地址") from None
    return Address(scheme, host, port if scheme in WEB else None, _path(unquote(parts.path)))


def _path(path: str) -> str:
    return path.strip("/").removesuffix(".git").rstrip("/")
