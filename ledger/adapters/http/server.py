"""The server: requests in, replies out, within bounds. Owns starlette and uvicorn.

It only reads: whatever is no GET and no HEAD is refused, and so is a request with a body. Every
answer, a refusal too, has the headers that keep other origins out. Text of requests comes back in
none. A client that is slow, in asking or in reading, is let go.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ledger.adapters.http.exchange import TEXT, Asked, Reply
from ledger.adapters.http.target import Hosts, NoPage, asked_by, matches

if TYPE_CHECKING:
    from socket import socket

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send
    from uvicorn import Server

Question = Callable[[Asked], Callable[[], Reply]]
"""Called as a question comes; what it returns is called in a thread and answers it."""

ALLOWED = ("GET", "HEAD")
_AT_ONCE = 4  # questions that are answered at the same time
_MOST_CONNECTIONS = 500
_HEAD_BYTES = 16_384  # of a request, from its first line to the empty one
_PATIENCE = 10.0  # s that a connection may do nothing of what is due
_KEEP_ALIVE = 5  # s between two requests
_AT_END = 2  # s for what is being answered when the server ends
_IDLE = 1.0  # s without a question until `rest` is called
_CLOSE = {"Connection": "close"}
_NO_FEATURES = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": _NO_FEATURES,
    "X-Robots-Tag": "noindex, nofollow",
}
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_FRAMED_POLICY = (
    # A browser gives a picture that it shows alone a style of its own.
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:;"
    " form-action 'none';"
    " base-uri 'none'; frame-ancestors 'self'"
)


def app(question: Question, hosts: Hosts, rest: Callable[[], None]) -> ASGIApp:
    """The server as an ASGI application.

    Args:
        question: what answers; it raises nothing.
        hosts: by which names it may be called.
        rest: called when nobody has asked for a second.
    """
    from starlette.requests import Request
    from starlette.responses import Response

    desk = _Threads(question, rest)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        more: Mapping[str, str] = {}
        try:
            _refuse(request, hosts)
            reply = await desk.answer(asked_by(_raw_path(scope), scope["query_string"]))
        except NoPage as refused:
            reply, more = _told(refused.status, refused.told), _more(refused)
        headers = {**headers_of(reply), **more}
        status, content = reply.status, reply.body
        tags, tag = request.headers.get("if-none-match", ""), headers.get("ETag", "")
        if tag and matches(tags, tag):
            status, content = 304, b""
        elif request.method == "HEAD":
            headers["Content-Length"], content = str(len(content)), b""
        await Response(content, status, headers, reply.media)(scope, receive, send)

    return serve


def _raw_path(scope: Scope) -> bytes:
    raw = scope.get("raw_path")
    return raw if isinstance(raw, bytes) else quote(scope["path"]).encode()


def _refuse(request: Request, hosts: Hosts) -> None:
    """Refuse what gets no page, whatever it asks for."""
    called = request.headers.getlist("host")
    if len(called) != 1 or not hosts.know(called[0]):
        raise NoPage(421, "这台服务器不用这个名字；请用启动时写出的地址")
    if request.method not in ALLOWED:
        raise NoPage(405, "这里只能看，不能改")
    if sum(map(len, chain.from_iterable(request.headers.raw))) > _HEAD_BYTES:
        raise NoPage(431, "请求太长")
    if request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers:
        raise NoPage(413, "这里不接收内容")


def _told(status: int, told: str) -> Reply:
    return Reply(f"{told}。\n".encode(), TEXT, status)


def _more(refused: NoPage) -> Mapping[str, str]:
    return {"Allow": ", ".join(ALLOWED), **_CLOSE} if refused.status == 405 else _CLOSE


def headers_of(reply: Reply) -> dict[str, str]:
    """The headers of a reply, besides its length and its type."""
    headers = {
        **_ALWAYS,
        "Content-Security-Policy": _FRAMED_POLICY if reply.framed else _POLICY,
        "X-Frame-Options": "SAMEORIGIN" if reply.framed else "DENY",
        "Cache-Control": "no-store",
    }
    if reply.download:
        headers["Content-Disposition"] = disposition(reply.download)
    if reply.status == 200:  # asked for anew each time, and sent again only where it has changed
        seal = hashlib.sha256(repr((reply.media, reply.download, reply.framed)).encode())
        seal.update(reply.body)
        headers["ETag"] = f'"{seal.hexdigest()[:32]}"'
        headers["Cache-Control"] = "private, no-cache"
    return headers


def disposition(name: str) -> str:
    """That a body is saved, and under which name (RFC 6266, RFC 5987)."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_. ") else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


class _Threads:
    """Answers questions beside the loop that talks to browsers."""

    def __init__(self, question: Question, rest: Callable[[], None]) -> None:
        self._question, self._rest = question, rest
        self._pool: ThreadPoolExecutor | None = None
        self._asking = 0
        self._timer: asyncio.TimerHandle | None = None

    async def answer(self, asked: Asked) -> Reply:
        loop = asyncio.get_running_loop()
        if self._pool is None:
            self._pool = ThreadPoolExecutor(_AT_ONCE, "answer")
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._asking += 1
        try:
            return await loop.run_in_executor(self._pool, self._question(asked))
        finally:
            self._asking -= 1
            if not self._asking:
                self._timer = loop.call_later(_IDLE, self._resting)

    def _resting(self) -> None:
        self._timer = None
        if self._pool is not None and not self._asking:
            self._pool.submit(self._rest)


def run(serving: ASGIApp, place: socket, ready: Callable[[Callable[[], None]], None]) -> None:
    """Serve until Ctrl-C, a signal to end, or what `ready` is given is called.

    Args:
        serving: what `app` makes.
        place: a socket that listens.
        ready: called once it listens and hears signals, with what ends it.
    """
    from uvicorn import Config

    for name in ("uvicorn.error", "asyncio"):  # what clients do wrong is nobody's business here
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    config = Config(
        serving, loop="asyncio", http=_protocol(), ws="none", lifespan="off", log_config=None,
        access_log=False, proxy_headers=False, server_header=False, date_header=False,
        timeout_keep_alive=_KEEP_ALIVE, timeout_graceful_shutdown=_AT_END,
        h11_max_incomplete_event_size=_HEAD_BYTES,
    )  # fmt: skip
    _server(config, ready).run(sockets=[place])


def _server(config: Any, ready: Callable[[Callable[[], None]], None]) -> Server:
    import uvicorn

    class Quiet(uvicorn.Server):
        """Uvicorn's, for which a signal to end is no reason to fail afterwards."""

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            with super().capture_signals():
                yield
                self._captured_signals.clear()

        async def startup(self, sockets: list[socket] | None = None) -> None:
            await super().startup(sockets)
            ready(self._end)

        def _end(self) -> None:
            self.should_exit = True

    return Quiet(config)


def _protocol() -> type[asyncio.Protocol]:
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Bounded(H11Protocol):
        """Uvicorn's, with an end to waiting, a bound on connections, and our headers."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._before: tuple[int, int] = (0, 0)
            self._done = 0
            self._timer = self.loop.call_later(_PATIENCE, self._look)
            if len(self.connections) > _MOST_CONNECTIONS:
                self.send_refusal(503, "现在看的人太多，请过一会儿再试")

        def connection_lost(self, exc: Exception | None) -> None:
            self._timer.cancel()
            super().connection_lost(exc)

        def on_response_complete(self) -> None:
            self._done += 1
            super().on_response_complete()

        def _look(self) -> None:
            """Let a client go that has neither asked nor read since the last look."""
            answering = self.cycle is not None and not self.cycle.response_complete
            now = self._done, self.transport.get_write_buffer_size()
            unread = now[1] > 0
            is_stuck = now == self._before if unread else now[0] == self._before[0]
            if is_stuck and (unread or not answering):
                self.transport.abort()
                return
            self._before = now
            self._timer = self.loop.call_later(_PATIENCE, self._look)

        def send_400_response(self, msg: str) -> None:
            self.send_refusal(400, "请求看不懂")

        def send_refusal(self, status: int, told: str) -> None:
            """Refuse in HTTP's own words whatever was asked, and hang up."""
            reply = _told(status, told)
            headers = headers_of(reply) | _CLOSE | {
                "Content-Type": "text/plain; charset=utf-8",
                "Content-Length": str(len(reply.body)),
            }  # fmt: skip
            lines = [f"HTTP/1.1 {status} Refused", *map(": ".join, headers.items()), "", ""]
            if self.cycle is None or self.cycle.response_complete:
                self.transport.write("\r\n".join(lines).encode("latin-1") + reply.body)
            self.transport.close()

    return Bounded
