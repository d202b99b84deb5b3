"""Addresses and names that a server is called by: strictly read, or refused."""

from __future__ import annotations

import pytest

from ledger.adapters.http.exchange import Asked
from ledger.adapters.http.target import Hosts, NoPage, asked_by, matches

HERE = Hosts(frozenset({"127.0.0.1", "localhost", "[::1]", "台账机"}), 8765)


@pytest.mark.parametrize(
    ("path", "query", "asked"),
    [
        (b"/", b"", Asked("")),
        (b"/task/GZ2017-001", b"", Asked("task/GZ2017-001")),
        (b"/dept/%E5%AE%A1%E4%B8%9A%E9%83%A8", b"", Asked("dept/审业部")),
        (b"/dept/a%2Fb%2e%2e%5C", b"", Asked("dept/a/b..\\")),
        (b"/list", b"q=a+b%26&light=", Asked("list", {"q": ("a b&",)})),
        (b"/list", b"dept=x&dept=y", Asked("list", {"dept": ("x", "y")})),
        (b"//etc/passwd", b"", Asked("/etc/passwd")),
    ],
)  # fmt: skip
def test_reads(path: bytes, query: bytes, asked: Asked) -> None:
    assert asked_by(path, query) == asked


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        (b"", b"", 400),
        (b"*", b"", 400),
        (b"http://localhost/", b"", 400),
        (b"/%00", b"", 400),
        (b"/a%0d%0aSet-Cookie:%20a", b"", 400),
        (b"/%ff", b"", 400),
        (b"/%c0%ae%c0%ae/", b"", 400),  # what is no UTF-8, though some take it for `..`
        (b"/%e2%80%ae", b"", 400),  # text that runs backwards
        (b"/list", b"q=%ff", 400),
        (b"/list", b"q=%00", 400),
        (b"/list", b"q=\xff", 400),
        (b"/list", b"&".join([b"a=1"] * 300), 400),
        (b"/" + b"a" * 5000, b"", 414),
        (b"/list", b"q=" + b"a" * 9000, 414),
    ],
)
def test_refuses(path: bytes, query: bytes, status: int) -> None:
    with pytest.raises(NoPage) as refused:
        asked_by(path, query)
    assert refused.value.status == status


def test_knows_its_own_names() -> None:
    for host in ("127.0.0.1:8765", "localhost:8765", "LOCALHOST:8765", "[::1]:8765", "台账机:8765"):
        assert HERE.know(host), host
    for host in (
        "", "localhost", "localhost:80", "localhost:8766", "evil.example:8765", "127.0.0.2:8765",
        "localhost.evil.example:8765", "localhost:8765@evil.example", "[::1]", "::1:8765",
        "localhost:8765/", " localhost:8765", "localhost:8765,evil.example", "localhost:８７６５",
        "10.0.0.5:8765",
    ):  # fmt: skip
        assert not HERE.know(host), host


def test_an_address_counts_where_it_listens_everywhere() -> None:
    """A name of somebody else's may lead here; an address that stands in the browser does."""
    hosts = Hosts(frozenset({"localhost"}), 80, any_address=True)
    for host in ("10.0.0.5", "10.0.0.5:80", "[fe80::1]", "localhost"):
        assert hosts.know(host), host
    for host in ("evil.example", "10.0.0.5.evil.example", "10.0.0.5:81", "[10.0.0.5", "0x7f.1"):
        assert not hosts.know(host), host


def test_tags() -> None:
    assert matches('"a"', '"a"')
    assert matches('"b", W/"a"', '"a"')
    assert matches("*", '"a"')
    assert not matches('"ab"', '"a"')
    assert not matches("", '"a"')
