"""Asking a forge over HTTP: one request, one bounded JSON answer. Owns httpx.

Credentials travel in a header, over https (or to this machine) only, and no redirect is followed:
they reach the host that the user's own remote names and no other.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from ledger.adapters.git.words import shortened, single_line, without_secrets
from ledger.errors import LedgerError
from ledger.model.record import dataclass, field

if TYPE_CHECKING:
    import datetime as dt
    import ssl

    import httpx

_TIMEOUT_SECONDS = 30.0
_ASKING_SECONDS = 5.0  # for finding out what a server is
_MOST_BYTES = 10_000_000
_TRY_AGAIN = "请检查网络后再运行一次同样的命令，会接着做"
_MEANINGS: Mapping[int, tuple[str, str]] = {
    401: ("不认这个令牌", "请换一个有效的令牌，放在环境变量 LEDGER_FORGE_TOKEN 里"),
    403: ("不允许这样做", "令牌需要写仓库和合并请求的权限；请换一个令牌或请管理员授权"),
    404: ("找不到这个仓库或分支，或者令牌没有读它的权限", "请核对远端地址和令牌的权限"),
    409: ("说与已有的内容冲突", "请到平台上看看是否已有同样的合并请求"),
    413: ("说超出了配额", "请联系管理员"),
    422: ("说请求的内容不对", "请按它的说明改正后再运行一次"),
    423: ("说仓库已归档", "请联系管理员解除归档"),
    429: ("说请求太频繁", "请过几分钟再运行一次，会接着做"),
}


class Unreachable(LedgerError):
    """A server that gave no answer at all."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How a host is reached, as git's own `http.*` settings have it.

    Attributes:
        certificates: file of the authorities to trust instead of the system's.
        folder: folder of such files.
        identity: certificate and key to show to the server; a key that is empty is in the first.
        verified: False where git is told not to verify the server's certificate.
        proxy: the proxy; empty for none, None for that of the environment.
    """

    certificates: str = ""
    folder: str = ""
    identity: tuple[str, str] = ("", "")
    verified: bool = True
    proxy: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Site:
    """A forge, how it is asked and in whose name.

    Attributes:
        root: its address, without a final '/'.
        authorization: the header's value; empty asks as nobody. Never part of a message.
        reached: how it is reached.
    """

    root: str
    authorization: str = field(default="", repr=False)
    reached: Reached = field(default_factory=Reached)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a forge answered: status, and the JSON (None where there is none)."""

    status: int
    data: Any = None

    @property
    def message(self) -> str:
        """What it says about an error, on one line of bounded length."""
        message = self.data.get("message") if isinstance(self.data, dict) else ""
        return shortened(message) if isinstance(message, str) else ""


def ask(
    site: Site,
    method: str,
    path: str,
    *,
    query: Mapping[str, str | int] | None = None,
    data: Mapping[str, Any] | None = None,
    seconds: float = _TIMEOUT_SECONDS,
) -> Answer:
    """Send one request and read its answer, whatever its status.

    Args:
        path: below the site's root, with its first '/'.
        data: the body, sent as JSON.
        seconds: how long each step may take; the whole may take four times as long.

    Raises:
        LedgerError: it redirects, or answers something that is no JSON; `Unreachable` when it
            does not answer.
    """
    import httpx

    try:
        with (
            _client(site, seconds) as client,
            client.stream(method, site.root + path, params=query, json=data) as response,
        ):
            body = _read(response, time.monotonic() + 4 * seconds)
    except httpx.TimeoutException:
        raise Unreachable(f"{_name(site)} 很久没有回应", hint=_TRY_AGAIN) from None
    except httpx.HTTPError as error:
        raise _unreachable(site, error) from None
    except (httpx.InvalidURL, ImportError, ValueError, OSError):  # ImportError: a SOCKS proxy
        raise Unreachable(f"平台地址 {_name(site)} 或证书、代理的设置有误", hint="请核对") from None
    return _answer(site, response.status_code, body)


def expect(site: Site, answer: Answer, doing: str) -> Any:
    """The JSON of an answer that says yes.

    Args:
        doing: what was asked, for the message, such as "开合并请求".

    Raises:
        LedgerError: any other status, in words.
    """
    if answer.status in (200, 201):
        return answer.data
    meaning, hint = _MEANINGS.get(answer.status, ("没有照办", "请把这句话告诉管理员"))
    if answer.status >= 500:
        meaning, hint = "出了故障", "请稍后再运行一次，会接着做"
    message = f"：{answer.message}" if answer.message else ""
    raise LedgerError(f"{doing}时，{_name(site)} {meaning}（{answer.status}）{message}", hint=hint)


def gitea_version(site: Site) -> str:
    """The version a Gitea or Forgejo tells everybody; empty when it tells none or is none.

    A Forgejo's holds `+gitea-`, as in `10.0.0+gitea-1.22.0`.
    """
    try:
        data = _asked(site, "/api/v1/version").data
    except Unreachable:
        return ""
    version = data.get("version") if isinstance(data, dict) else None
    return single_line(version)[:60] if isinstance(version, str) else ""


def server_clock(site: Site) -> dt.datetime | None:
    """What time a server says it is; None where it does not say, or does not answer in time.

    Source: RFC 9110, section 6.6.1 (Date).
    """
    from email.utils import parsedate_to_datetime

    import httpx

    try:
        with (
            _client(site, _ASKING_SECONDS) as client,
            client.stream("GET", f"{site.root}/") as response,
        ):
            return parsedate_to_datetime(response.headers.get("Date", ""))
    except (httpx.HTTPError, httpx.InvalidURL, ImportError, ValueError, OSError):
        return None


def kind_of(site: Site) -> str:
    """What answers at an address: `gitea` (Forgejo too), `gitlab`, or empty.

    Raises:
        Unreachable: nothing answers.
    """
    here = _asked(site, "/api/v1/version")
    if isinstance(here.data, dict) and ("version" in here.data or here.status in (401, 403)):
        return "gitea"
    here = _asked(site, "/api/v4/version")
    return "gitlab" if isinstance(here.data, dict) and here.status in (200, 401) else ""


def _asked(site: Site, path: str) -> Answer:
    try:
        return ask(site, "GET", path, seconds=_ASKING_SECONDS)
    except Unreachable:
        raise
    except LedgerError:
        return Answer(0)


def _client(site: Site, seconds: float) -> httpx.Client:
    import httpx

    headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "ledger"}
    if site.authorization:
        headers["Authorization"] = site.authorization
    reached = site.reached
    return httpx.Client(
        verify=_trust(reached),
        proxy=reached.proxy or None,
        trust_env=reached.proxy is None,
        timeout=seconds,
        headers=headers,
        follow_redirects=False,
    )


@cache
def _trust(reached: Reached) -> ssl.SSLContext:
    """Whom to trust; made once, for reading the system's authorities takes longer than asking."""
    import ssl

    trust = ssl.create_default_context(
        cafile=reached.certificates or None, capath=reached.folder or None
    )
    if not reached.verified:
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    if reached.identity[0]:
        trust.load_cert_chain(reached.identity[0], reached.identity[1] or None)
    return trust


def _read(response: httpx.Response, deadline: float) -> bytes:
    import httpx

    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > _MOST_BYTES or time.monotonic() > deadline:
            raise httpx.ReadTimeout("too long or too slow")
    return bytes(body)


def _answer(site: Site, status: int, body: bytes) -> Answer:
    if 300 <= status < 400:
        raise LedgerError(
            f"{_name(site)} 让转到别的地址（{status}），为了不泄露令牌没有跟随",
            hint="请管理员把远端地址改成平台现在的地址",
        )
    if status == 204 or not body:
        return Answer(status)
    try:
        return Answer(status, json.loads(body))
    except (ValueError, RecursionError):
        if status >= 400:
            return Answer(status)
        raise LedgerError(
            f"{_name(site)} 回答的不是平台接口的数据",
            hint="可能被代理或登录页面拦住了；请用浏览器打开这个地址看看，或改用 --via agit",
        ) from None


def _unreachable(site: Site, error: Exception) -> Unreachable:
    if "CERTIFICATE" in str(error).upper():
        return Unreachable(
            f"{_name(site)} 的证书不可信",
            hint="请管理员为 git 装好单位的根证书（http.sslCAInfo）",
        )
    return Unreachable(f"连不上 {_name(site)}", hint=_TRY_AGAIN)


def _name(site: Site) -> str:
    return without_secrets(site.root)
