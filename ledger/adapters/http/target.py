"""What a request line and its Host say, read strictly: whatever is doubtful is refused."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote_to_bytes

from ledger.adapters.http.exchange import Asked, query_of
from ledger.model.plaintext import unsafe
from ledger.model.record import dataclass

MOST_PATH, MOST_QUERY = 4_000, 8_000  # bytes, as they are sent
_MOST_VALUES = 200
_PLAIN_PORT = 80
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\[\]:/@\s]+)(?::([0-9]{1,5}))?")
HERE = ("127.0.0.1", "localhost", "[::1]")


class NoPage(Exception):
    """A request that gets no page.

    Args:
        status: of HTTP.
        told: why, in Chinese.
    """

    def __init__(self, status: int, told: str) -> None:
        super().__init__(told)
        self.status = status
        self.told = told


@dataclass(frozen=True, slots=True)
class Hosts:
    """By which names browsers may call the server.

    Somebody else's page can have a browser ask this machine by a name of its own (DNS rebinding),
    but not by an address; so beside the names that are known only addresses count.

    Attributes:
        names: small letters; addresses of IPv6 in brackets.
        port: which one must stand behind them.
        any_address: whether every address counts, since the server listens on several.
    """

    names: frozenset[str]
    port: int
    any_address: bool = False

    def know(self, host: str) -> bool:
        """Whether the value of a Host header is one of them."""
        if (read := _HOST.fullmatch(host)) is None:
            return False
        name, port = read[1].lower().removesuffix("."), int(read[2] or _PLAIN_PORT)
        known = name in self.names or (self.any_address and is_address(name.strip("[]")))
        return known and port == self.port


def is_address(text: str) -> bool:
    """Whether it is an address of IP and no name."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def asked_by(path: bytes, query: bytes) -> Asked:
    """Which page a request is about.

    Args:
        path: as it was sent, still percent-encoded.
        query: likewise, what stands behind the question mark.

    Raises:
        NoPage: it is too long, no UTF-8, has control characters, or is no path.
    """
    if len(path) > MOST_PATH or len(query) > MOST_QUERY:
        raise NoPage(414, "地址太长")
    if not path.startswith(b"/"):
        raise NoPage(400, "地址不对")
    words = _text(unquote_to_bytes(path[1:]))
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=_MOST_VALUES,
        )
    except (ValueError, UnicodeError):
        raise NoPage(400, "地址里问号后面的部分看不懂") from None
    return Asked(words, query_of(_legible(pairs)))


def _legible(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    for name, value in pairs:
        if unsafe(name) or unsafe(value):
            raise NoPage(400, "地址里有控制字符")
        yield name, value


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise NoPage(400, "地址不是 UTF-8 的文字") from None
    if unsafe(text):
        raise NoPage(400, "地址里有控制字符")
    return text


def matches(tags: str, tag: str) -> bool:
    """Whether If-None-Match names a tag (RFC 9110, 13.1.2: weak comparison)."""
    listed = [each.strip().removeprefix("W/") for each in tags.split(",")]
    return "*" in listed or tag in listed
