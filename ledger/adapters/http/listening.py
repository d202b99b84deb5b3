"""Where a server listens, by which names browsers may call it there, and what to tell people."""

from __future__ import annotations

import errno
import ipaddress
import socket
from contextlib import suppress
from typing import Any

from ledger.adapters.http.target import HERE, Hosts, is_address
from ledger.errors import LedgerError, UsageError, reason

_TRIED = 50  # ports behind one that is taken
_MOST = 65_535
_BACKLOG = 512
_NOT_ALLOWED = (errno.EACCES, errno.EPERM)
_TAKEN = (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", errno.EADDRINUSE))
_DOCUMENTATION = ("192.0.2.1", 9)  # RFC 5737: nobody's, and nothing is sent


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Args:
        host: an address or a name of this machine.
        port: 0 takes any that is free.

    Raises:
        UsageError: no such port, or no such address here.
        LedgerError: the port is taken, or not for everybody.
    """
    if not 0 <= port <= _MOST:
        raise UsageError(f"--port 的值 {port} 不是端口", hint=f"请写 1 到 {_MOST} 之间的整数")
    try:
        return _bound(host, port)
    except (socket.gaierror, UnicodeError):
        raise UsageError(
            f"--host 的值“{host}”不是这台电脑的地址",
            hint="请写这台电脑的 IP 地址，或 0.0.0.0（全部地址）",
        ) from None
    except OSError as error:
        raise _failure(error, host, port) from None


def _bound(host: str, port: int) -> socket.socket:
    family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    both = family == socket.AF_INET6 and place[0] == "::" and socket.has_dualstack_ipv6()
    address: Any = place[:2]
    return socket.create_server(address, family=family, backlog=_BACKLOG, dualstack_ipv6=both)


def _failure(error: OSError, host: str, port: int) -> LedgerError:
    if error.errno in _TAKEN:
        free = _free_one(host, port)
        hint = f"请加 --port {free}" if free else "请用 --port 换一个端口"
        return LedgerError(f"端口 {port} 已经有程序在用", hint=hint)
    if error.errno in _NOT_ALLOWED:
        return LedgerError(f"系统不让用端口 {port}", hint="请用 --port 换一个大于 1023 的")
    if error.errno == errno.EADDRNOTAVAIL:
        return UsageError(f"这台电脑没有地址 {host}", hint="请检查 --host")
    return LedgerError(f"在 {host} 的端口 {port} 上开不了网页：{reason(error)}", hint="请检查网络")


def _free_one(host: str, port: int) -> int:
    """The next port that is free; 0 where none is near."""
    for other in range(port + 1, min(port + _TRIED, _MOST) + 1):
        with suppress(OSError):
            _bound(host, other).close()
            return other
    return 0


def is_open(place: socket.socket) -> bool:
    """Whether others than this machine reach a socket."""
    return not ipaddress.ip_address(place.getsockname()[0].partition("%")[0]).is_loopback


def hosts(place: socket.socket, host: str) -> Hosts:
    """By which names browsers may call what listens at a place.

    Args:
        host: the name that the user gave it.
    """
    names = {*HERE, bracketed(host.lower())}
    if is_open(place):
        own = socket.gethostname().lower()
        names |= {own, own.partition(".")[0], f"{own.partition('.')[0]}.local"}
    return Hosts(frozenset(names), place.getsockname()[1], is_open(place))


def address(place: socket.socket, host: str) -> str:
    """What is typed into a browser to reach it: where it listens everywhere, from elsewhere."""
    port = place.getsockname()[1]
    everywhere = is_address(host) and ipaddress.ip_address(host).is_unspecified
    return f"http://{bracketed(_own_address() if everywhere else host)}:{port}/"


def bracketed(host: str) -> str:
    """An address of IPv6 as it stands in a URL; anything else as it is."""
    return f"[{host}]" if ":" in host else host


def _own_address() -> str:
    """The address by which this machine talks to others; its name where it talks to nobody."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.connect(_DOCUMENTATION)
        return str(asked.getsockname()[0])
    return socket.gethostname()
