from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.adapters.forge.address import Address, address_of, is_loopback, parse, site_root
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from tests.adapters.forge.conftest import Clone


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


WRITTEN = [
    ("https://web.example", "https://web.example"),
    ("HTTPS://Web.Example", "https://web.example"),
    ("Http://127.0.0.1:3000", "http://127.0.0.1:3000"),
    ("  https://web.example/// \t", "https://web.example"),
    ("https://web.example/Git/", "https://web.example/Git"),
    ("https://web.example//git", "https://web.example/git"),
    ("https://office@web.example", "https://web.example"),
    ("https://office:secret@web.example:8443/git", "https://web.example:8443/git"),
    ("https://web.example/?tab=1#top", "https://web.example"),
    ("https://[FE80::1]:3000/", "https://[fe80::1]:3000"),
    ("https://平台.example", "https://平台.example"),
    ("https://web.example/unit/ledger", "https://web.example"),  # the repository's own page
    ("https://web.example/git/unit/ledger.git/", "https://web.example/git"),
]
HOWS = ["LEDGER_FORGE_URL", "ledger.forgeUrl"]


def said_at(clone: Clone, monkeypatch: pytest.MonkeyPatch, how: str, value: str) -> Address:
    """The address of a remote over ssh where the forge's own is said in one of the two ways."""
    clone.repo.run("remote", "set-url", "origin", "git@ssh.example:unit/ledger.git")
    if how.isupper():
        monkeypatch.setenv(how, value)
    else:
        clone.repo.run("config", how, value)
    return address_of(clone.repo, "origin")


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize(("value", "root"), WRITTEN)
def test_a_forges_address_may_be_written_in_any_sound_way(
    how: str, value: str, root: str, clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = said_at(clone, monkeypatch, how, value)
    assert (address.site, address.page) == (root, f"{root}/unit/ledger")


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize(
    "value",
    ["forge.example", "127.0.0.1:3000", "forge.example/git", "//forge.example", "/srv/git",
     "office@forge.example", "git@forge.example:unit/ledger.git", "ssh://forge.example",
     "ftp://forge.example", "localhost:3000", "https:forge.example", "http:/forge.example",
     "javascript:alert(1)", "平台.example", "1"],
)  # fmt: skip
def test_a_forges_address_begins_with_http(
    how: str, value: str, clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(LedgerError) as caught:
        said_at(clone, monkeypatch, how, value)
    assert how in caught.value.message
    assert "要以 http:// 或 https:// 开头" in caught.value.message
    assert "如 https://" in caught.value.hint


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize(
    "value",
    ["https://", "https:///git", "https://:3000", "https://forge.example:port", "https://[::1",
     "https://forge.example:99999", "https://forge .example", "https://forge.example/a\tb",
     "https://forge.example\\@evil.example", "https://office:secret@"],
)  # fmt: skip
def test_a_forges_address_that_is_none(
    how: str, value: str, clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(LedgerError) as caught:
        said_at(clone, monkeypatch, how, value)
    assert f"{how} " in caught.value.message
    assert "写法有误" in caught.value.message
    assert "secret" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("how", HOWS)
def test_a_blank_says_nothing(how: str, clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said_at(clone, monkeypatch, how, "  ").site == "https://ssh.example"


@given(st.text(max_size=60) | st.text(max_size=40).map("https://{}".format))
def test_any_text_is_a_forges_root_or_refused(text: str) -> None:
    try:
        root = site_root(text, "LEDGER_FORGE_URL", "unit/ledger")
    except LedgerError:
        return
    assert root == "" or root.startswith(("http://", "https://"))
    assert site_root(root, "LEDGER_FORGE_URL", "unit/ledger") == root
    assert "@" not in root.split("/")[2] if root else True


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
