"""Requests to an ASGI application without a socket, with exactly the bytes that a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

HOST = ("Host", "127.0.0.1:8765")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; names of headers in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(
    app: Any,
    target: str | bytes = "/",
    method: str = "GET",
    headers: Iterable[tuple[str, str]] = (HOST,),
) -> Answer:
    """Ask for a target, as it would stand in the request line."""
    raw = target.encode() if isinstance(target, str) else target
    path, _, query = raw.partition(b"?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path.decode("latin-1")),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers],
        "server": ("127.0.0.1", 8765),
        "client": ("127.0.0.1", 50000),
    }
    # In a thread of its own: tests in a browser have a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _asked(app, scope)).result()


async def _asked(app: Any, scope: dict[str, Any]) -> Answer:
    messages: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    await app(scope, receive, send)
    start, *bodies = messages
    headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in start["headers"]}
    assert len(headers) == len(start["headers"])  # none twice
    return Answer(start["status"], headers, b"".join(each.get("body", b"") for each in bodies))
