"""The server's own bounds and headers, with pages of a word; real sockets where they matter."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote

import pytest

from ledger.adapters.http import server
from ledger.adapters.http.exchange import Asked, Reply
from ledger.adapters.http.listening import hosts, listening
from ledger.adapters.http.server import app, disposition, headers_of, run
from ledger.adapters.http.target import Hosts
from tests.adapters.http.guarding import assert_guarded
from tests.asgi import HOST, ask

HERE = Hosts(frozenset({"127.0.0.1"}), 8765)
METHODS = ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "X")


def question(asked: Asked) -> Callable[[], Reply]:
    """One word for a page; a large body, a file, a frame."""
    replies = {
        "": Reply("页".encode()),
        "large": Reply(b"x" * 30_000_000),
        "file": Reply(b"a", "application/octet-stream", download='报告 "一".docx'),
        "frame": Reply(b"a", "text/plain", framed=True),
    }
    return lambda: replies.get(asked.path, Reply("没有".encode(), status=404))


ONE = app(question, HERE, lambda: None)


def test_a_page() -> None:
    answer = ask(ONE)
    assert (answer.status, answer.text) == (200, "页")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-length"] == "3"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "sandbox" not in answer.headers["content-security-policy"]
    assert_guarded(answer.headers)


def test_head_has_no_body() -> None:
    page, head = ask(ONE), ask(ONE, method="HEAD")
    assert head.body == b""
    assert (head.status, head.headers) == (page.status, page.headers)


def test_what_only_reads_is_answered() -> None:
    for target in ("/", "/nowhere", "/file", "/%00"):
        for method in METHODS:
            answer = ask(ONE, target, method)
            assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD"), method
            assert_guarded(answer.headers)


def test_only_its_own_name_is_answered() -> None:
    for headers in ([], [("Host", "evil.example:8765")], [HOST, HOST], [("Host", "")]):
        answer = ask(ONE, headers=headers)
        assert answer.status == 421
        assert "启动时写出的地址" in answer.text
        assert_guarded(answer.headers)


def test_no_body_is_taken() -> None:
    for header in (("Content-Length", "5"), ("Transfer-Encoding", "chunked")):
        answer = ask(ONE, headers=[HOST, header])
        assert (answer.status, answer.headers["connection"]) == (413, "close")
    assert ask(ONE, headers=[HOST, ("Content-Length", "0")]).status == 200


def test_what_is_known_is_not_sent_again() -> None:
    tag = ask(ONE).headers["etag"]
    again = ask(ONE, headers=[HOST, ("If-None-Match", f'"other", W/{tag}')])
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert_guarded(again.headers)
    assert ask(ONE, headers=[HOST, ("If-None-Match", '"other"')]).status == 200
    missing = ask(ONE, "/nowhere", headers=[HOST, ("If-None-Match", "*")])
    assert (missing.status, missing.headers["cache-control"]) == (404, "no-store")


def test_a_download() -> None:
    answer = ask(ONE, "/file")
    value = answer.headers["content-disposition"]
    assert value.startswith('attachment; filename="__ ___.docx"; filename*=UTF-8')
    assert unquote(value.partition("UTF-8''")[2]) == '报告 "一".docx'
    assert_guarded(answer.headers)


def test_no_name_breaks_out_of_its_header() -> None:
    for name in ('a"; filename="b.exe', "a\r\nSet-Cookie: b", "..\\..\\a", "../a", "\u202egpj.exe"):
        plain = re.fullmatch(r"attachment; filename=\"([^\"]*)\"; filename\*=.*", disposition(name))
        assert plain is not None
        assert re.fullmatch(r"[\w. -]*", plain[1], re.ASCII)
        assert re.fullmatch(r"[\w.%~-]*", disposition(name).partition("''")[2], re.ASCII)


def test_what_stands_in_a_frame_is_in_a_sandbox() -> None:
    policy = ask(ONE, "/frame").headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "frame-ancestors 'self'" in policy
    assert "allow-" not in policy
    assert headers_of(Reply(b"", framed=True))["X-Frame-Options"] == "SAMEORIGIN"


@contextmanager
def serving(monkeypatch: pytest.MonkeyPatch, patience: float = 10.0) -> Iterator[int]:
    """A real server in a thread; its port."""
    monkeypatch.setattr(server, "_PATIENCE", patience)
    place = listening("127.0.0.1", 0)
    ends: list[Callable[[], None]] = []
    begun = threading.Event()

    def ready(end: Callable[[], None]) -> None:
        ends.append(end)
        begun.set()

    one: Any = app(question, hosts(place, "127.0.0.1"), lambda: None)
    thread = threading.Thread(target=run, args=(one, place, ready))
    thread.start()
    try:
        assert begun.wait(60)
        yield place.getsockname()[1]
    finally:
        ends[0]()
        thread.join(60)
        place.close()
        assert not thread.is_alive()


def spoken(port: int, sent: bytes) -> bytes:
    """All that comes back for some bytes, until the server hangs up."""
    with socket.create_connection(("127.0.0.1", port), 60) as connection:
        received = b""
        try:
            connection.sendall(sent)
            while piece := connection.recv(65536):
                received += piece
        except ConnectionError:  # it hung up before it had read everything
            pass
    return received


def heads(received: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Status and headers of each answer in what came back."""
    for match in re.finditer(rb"HTTP/1\.1 (\d{3}) [^\r]*\r\n((?:[^\r\n]+\r\n)*)\r\n", received):
        lines = match[2].decode("latin-1").splitlines()
        yield int(match[1]), {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}


MORE = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n"
GOOD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n"
HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
# What no browser sends; what may come back for it. Nothing at all is an answer too.
ODD: tuple[tuple[bytes, set[int]], ...] = (
    (b"\r\n\r\n", {400}),
    (b"GET /\r\n\r\n", {400}),  # HTTP/0.9
    (b"GET / HTTP/1.0\r\n\r\n", {421}),
    (b"GET / HTTP/1.1\r\n\r\n", {400}),  # without a Host
    (b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nHost: evil\r\n\r\n", {400}),
    (b"GET / HTTP/2.0\r\nHost: 127.0.0.1:%d\r\n\r\n", {200, 400, 505}),
    (b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nA : b\r\n\r\n", {400}),
    (b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n folded\r\n\r\n", {400, 421}),
    (b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nA: \x00\r\n\r\n", {400}),
    (b"GET /\x00 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", {400}),
    (b"GET /\xe4 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", {400}),
    (b"GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", {421}),
    (b"CONNECT evil.example:443 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", {405}),
    (b"OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", {405}),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 421}),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200, {400}),  # TLS
    (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", {400, 414}),
    (b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nA: " + b"a" * 100_000 + b"\r\n\r\n", {400, 431}),
    (b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" + b"A: b\r\n" * 20_000 + b"\r\n", {400, 431}),
    # Smuggling: two lengths, a length and chunks, chunks that are none.
    (HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", {400}),
    (HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + MORE, {400, 413}),
    (HEAD + b"Transfer-Encoding: chunked, chunked\r\n\r\n", {400, 413, 501}),
    (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + MORE, {400, 413}),
    (HEAD + b"Content-Length: -1\r\n\r\n", {400}),
)  # fmt: skip


@pytest.mark.xdist_group("sockets")
def test_odd_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is refused, with all headers, and the next browser is answered as before."""
    with serving(monkeypatch, patience=0.2) as port:
        for sent, statuses in ODD:
            received = spoken(port, sent.replace(b"%d", b"%d" % port))
            answers = list(heads(received))
            assert {status for status, _ in answers} <= statuses, (sent[:80], received[:300])
            assert b"Traceback" not in received
            for _, headers in answers:
                assert_guarded(headers)
        monkeypatch.setattr(server, "_PATIENCE", 60.0)
        assert [status for status, _ in heads(spoken(port, GOOD % port))] == [200]


@pytest.mark.xdist_group("sockets")
def test_several_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pipelined requests are answered one after another, up to the first that is none."""
    with serving(monkeypatch) as port:
        received = spoken(port, MORE % port * 3 + b"nonsense\r\n\r\n" + GOOD % port)
    assert [status for status, _ in heads(received)] == [200, 200, 200, 400]


@pytest.mark.xdist_group("sockets")
def test_who_keeps_it_waiting_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a request that has no end nor an answer that nobody reads holds a place for ever."""
    with serving(monkeypatch, patience=0.2) as port:
        assert spoken(port, b"") == b""
        assert spoken(port, b"GET / HTTP/1.1\r\nHost: ") == b""
        with socket.create_connection(("127.0.0.1", port), 60) as reader:
            reader.sendall(GOOD.replace(b"/ ", b"/large ", 1) % port)
            time.sleep(2)  # longer than it waits; how much longer makes no difference
            received = 0
            with suppress(ConnectionError):
                while piece := reader.recv(1 << 20):
                    received += len(piece)
            assert received < 30_000_000
        monkeypatch.setattr(server, "_PATIENCE", 60.0)
        body = HEAD % port + b"Content-Length: 99\r\n\r\nabc"
        assert [status for status, _ in heads(spoken(port, body))] == [413]
        assert [status for status, _ in heads(spoken(port, GOOD % port))] == [200]


@pytest.mark.xdist_group("sockets")
def test_connections_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_MOST_CONNECTIONS", 3)
    with serving(monkeypatch) as port:
        waiting = [socket.create_connection(("127.0.0.1", port), 60) for _ in range(3)]
        end = time.monotonic() + 60
        while not (received := spoken(port, GOOD % port)).startswith(b"HTTP/1.1 503"):
            assert time.monotonic() < end  # the first three are not counted yet
        ((status, headers),) = heads(received)
        assert status == 503
        assert_guarded(headers)
        for each in waiting:
            each.close()
        while not spoken(port, GOOD % port).startswith(b"HTTP/1.1 200"):
            assert time.monotonic() < end
