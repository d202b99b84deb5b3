from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.adapters.forge.address import Address, is_loopback, parse
from ledger.errors import LedgerError


@pytest.mark.parametrize(
    ("url", "site", "page"),
    [
        ("https://forge.example/unit/ledger.git", "https://forge.example", "/unit/ledger"),
        ("https://u:p@forge.example/unit/ledger/", "https://forge.example", "/unit/ledger"),
        ("http://127.0.0.1:3000/unit/ledger", "http://127.0.0.1:3000", "/unit/ledger"),
        ("http://[::1]:3000/unit/ledger", "http://[::1]:3000", "/unit/ledger"),
        (
            "https://Forge.Example/git/unit/ledger.git",
            "https://forge.example/git",
            "/unit/ledger",
        ),
        ("git@forge.example:unit/ledger.git", "https://forge.example", "/unit/ledger"),
        ("ssh://git@forge.example:2222/unit/ledger", "https://forge.example", "/unit/ledger"),
        ("git+ssh://forge.example/unit/ledger", "https://forge.example", "/unit/ledger"),
        ("git@[fe80::1]:unit/ledger.git", "https://[fe80::1]", "/unit/ledger"),
        ("https://forge.example/%E6%9F%90/a%20b", "https://forge.example", "/%E6%9F%90/a%20b"),
    ],
)
def test_web_pages_of_a_remote(url: str, site: str, page: str) -> None:
    assert parse(url).site == site
    assert parse(url).page == site + page
    assert len(parse(url).owner_and_name()) == 2


@pytest.mark.parametrize(
    "url",
    ["/srv/git/ledger.git", "../ledger", "file:///srv/git", "C:\\ledger", "ext::sh -c date", ""],
)
def test_a_path_has_no_pages(url: str) -> None:
    assert parse(url).scheme == "file"
    assert parse(url).site == ""
    assert parse(url).page == ""


@pytest.mark.parametrize(
    ("given", "url", "page"),
    [
        ("https://web.example", "git@ssh.example:unit/ledger.git", "/unit/ledger"),
        ("https://web.example/git/", "git@ssh.example:unit/ledger", "/unit/ledger"),
        ("https://web.example/git", "https://web.example/git/unit/ledger", "/unit/ledger"),
    ],
)
def test_the_environment_says_where_the_forge_is(
    monkeypatch: pytest.MonkeyPatch, given: str, url: str, page: str
) -> None:
    monkeypatch.setenv("LEDGER_FORGE_URL", given)
    assert parse(url).site == given.rstrip("/")
    assert parse(url).page == given.rstrip("/") + page


@pytest.mark.parametrize("path", ["ledger", "", "unit/..", "./ledger", "unit//"])
def test_no_repository_in_the_address(path: str) -> None:
    with pytest.raises(LedgerError, match="看不出是哪个仓库"):
        Address("https", "forge.example", None, path).owner_and_name()


@pytest.mark.parametrize("url", ["https://[::1/x", "https://host:port/a/b"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(LedgerError, match="写法有误"):
        parse(url)


@given(st.text(max_size=60))
def test_any_text_is_taken_apart_or_refused(url: str) -> None:
    try:
        address = parse(url)
    except LedgerError:
        return
    assert address.scheme in ("http", "https", "ssh", "git", "file")
    assert "@" not in address.host


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("192.168.1.1", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_this_machine(host: str, here: bool) -> None:
    assert is_loopback(host) is here
