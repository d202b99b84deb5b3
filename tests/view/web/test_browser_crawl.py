"""Every kind of page of the demonstration ledger in a real browser, from a real server.

Links are followed from the first page on, one of each kind that `PAGES` has. They need Chromium
(requirements/apt.txt) and are skipped without it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from ledger.view.web.routes import PAGES
from tests.browsing import faults
from tests.conftest import DEMO_DAY
from tests.turns import LONG

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.xdist_group("browser")

# No page to look at: saved, shown in a frame, or asked for by pages themselves.
_NO_PAGES = {"list.xlsx", "list.csv", "evidence", "raw", "style.css", "pages.js"}
# Rows and lines of a list are alike: a few tell whether all can be read, in a tenth of the time.
_ALIKE = """() => document
    .querySelectorAll("tbody tr:nth-child(n+4), main li:nth-child(n+6), svg :nth-child(n+9)")
    .forEach(each => each.remove())"""
# Drawn as 部门 are, to which axe-core listens; with LEDGER_LONG=1 to them as well.
_LIKE_OTHERS = {"leaders", "leader", "sources", "source"}
_LINKS = """() => [...document.querySelectorAll("a[href], iframe[src]")].map(
    each => new URL(each.getAttribute("href") ?? each.getAttribute("src"), location).href)"""


@pytest.fixture(scope="module")
def address(demo_made: Path) -> Iterator[str]:
    """Where the pages of the demonstration ledger are."""
    words = ("--today", DEMO_DAY, "serve", "--port", "0")
    with subprocess.Popen(
        [sys.executable, "-m", "ledger", *words],
        cwd=demo_made, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def kind_of(url: str) -> str:
    return urlsplit(url).path.removeprefix("/").partition("/")[0]


def test_one_page_of_each_kind(browser: Browser, address: str) -> None:
    """Each is there, says nothing on the console, asks nobody else, can be read by everybody."""
    context = browser.new_context(viewport={"width": 1280, "height": 844})
    page = context.new_page()
    told: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: told.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    waiting, seen = [address], dict[str, str]()
    known = {address}
    while waiting:
        url = waiting.pop(0)
        if (kind := kind_of(url)) in seen or kind in _NO_PAGES:
            seen.setdefault(kind, url)
            continue
        seen[kind] = url
        response = page.goto(url)
        assert response is not None
        assert response.status == 200, url
        links = [each.partition("#")[0] for each in page.evaluate(_LINKS)]
        if LONG or kind not in _LIKE_OTHERS:
            page.evaluate(_ALIKE)
            assert faults(page) == [], url
        assert all(each.startswith(address) for each in links), url
        new = [each for each in dict.fromkeys(links) if each not in known]
        known.update(new)
        waiting += new
    assert told == []
    assert all(each.startswith((address, "data:")) for each in asked)
    assert {kind for kind in seen if kind} <= PAGES.keys()
    missing = PAGES.keys() - seen.keys() - _NO_PAGES
    assert missing <= {"view"}, missing  # where the ledger has no evidence that is kept in it
    context.close()


def test_every_link_leads_somewhere(browser: Browser, address: str) -> None:
    """Of the links of all kinds of pages none is dead."""
    context = browser.new_context()
    waiting, known, kinds = [address], {address}, dict[str, int]()
    while waiting:
        url = waiting.pop(0)
        kind = kind_of(url)
        kinds[kind] = kinds.get(kind, 0) + 1
        if kinds[kind] > 3:
            continue
        reply = context.request.get(url, max_redirects=0)
        assert reply.status == 200, url
        if not reply.headers["content-type"].startswith("text/html"):
            continue
        for link in re.findall(r'(?:href|src)="(/[^"#]*)', reply.text()):
            target = address.rstrip("/") + link.replace("&amp;", "&")
            if target not in known:
                known.add(target)
                waiting.append(target)
    assert len(kinds) > 15
    context.close()
