"""Pages handed out to browsers from a port of this machine, until somebody ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ledger.model.record import dataclass

if TYPE_CHECKING:
    from socket import socket

    from ledger.adapters.http.server import Question

PORT, HOST = 8765, "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Counter:
    """Where a server listens.

    Attributes:
        host: as the user named it.
        address: what is typed into a browser.
        is_open: whether other machines reach it.
    """

    place: socket
    host: str
    address: str
    is_open: bool


def counter(host: str, port: int) -> Counter:
    """Listen on a port; who connects waits until `serve` begins.

    Raises:
        LedgerError: that cannot be, see `listening`.
    """
    from ledger.adapters.http import listening

    place = listening.listening(host, port)
    return Counter(place, host, listening.address(place, host), listening.is_open(place))


def serve(
    at: Counter,
    question: Question,
    rest: Callable[[], None],
    ready: Callable[[Callable[[], None]], None] = lambda end: None,
) -> None:
    """Answer until Ctrl-C, or a signal to end.

    Args:
        question: see `adapters/http/server.py`; it raises nothing.
        rest: called when nobody has asked for a second, and at the end.
        ready: called once it has begun, with what ends it.
    """
    from ledger.adapters.http.listening import hosts
    from ledger.adapters.http.server import app, run

    try:
        run(app(question, hosts(at.place, at.host), rest), at.place, ready)
    finally:
        at.place.close()
        rest()
