"""今天, 清单, 部门 in a real browser: quiet, legible, used by keys, found while typing.

They need Chromium (requirements/apt.txt) and are skipped without it. No server: what the browser
asks for is answered by the very function that a server calls, with the policy that it sends.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.adapters.http.server import headers_of
from ledger.usecases.reading.open import open_ledger
from ledger.view.web.routes import answer
from tests.browsing import DESKTOP, PHONE, faults
from tests.conftest import DEMO_DAY
from tests.turns import LONG
from tests.view.web.reading import asked_by

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.xdist_group("browser")

DAY = dt.date.fromisoformat(DEMO_DAY)
ORIGIN = "http://127.0.0.1:8765"  # nobody listens there: each request is answered here
PAGES = (
    "/", "/list", "/list?status=推进中&light=红&q=zl", "/depts", "/dept/审业部", "/leaders",
    "/leader/分管审查的副局长", "/sources", "/source/GZ2026", "/?at=2026-06-30",
)  # fmt: skip
JUDGED = ("/list?status=推进中&light=红&q=zl", *(("/", "/depts", "/dept/审业部") if LONG else ()))
"""Pages that axe-core looks at as they are on a phone; on a desk test_browser_crawl.py has all."""
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# What is cut off at its right though nothing scrolls there.
CUT = """() => [...document.querySelectorAll("h1, h2, p, dt, dd, a, .light, button, select")]
    .filter(each => each.offsetParent && !each.closest(".wide, .figures, svg, .skip"))
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
    .map(each => each.outerHTML.slice(0, 120))"""
ALIKE = """document.querySelectorAll("tbody tr:nth-child(n+4)").forEach(each => each.remove())"""


@dataclass(slots=True)
class Window:
    """A browser's window on a ledger, what it said on the console and what it asked for."""

    page: Page
    messages: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def go(self, address: str) -> None:
        """Open a page."""
        self.page.goto(ORIGIN + address)

    def ids(self) -> list[str]:
        """The tasks that are shown."""
        return [each.strip() for each in self.page.locator("td.id").all_text_contents()]


@contextmanager
def window(browser: Browser, root: Path, width: int, script: bool = True) -> Iterator[Window]:
    """A window in which a ledger is served to this browser alone, opened once for all its pages."""
    ledger = open_ledger(root)
    context = browser.new_context(
        viewport={"width": width, "height": 844}, java_script_enabled=script
    )
    shown = Window(context.new_page())

    def reply(route: Route) -> None:
        shown.asked.append(route.request.url)
        told = answer(ledger, DAY, asked_by(route.request.url.removeprefix(ORIGIN)))
        headers = {**headers_of(told), "Content-Type": f"{told.media}; charset=utf-8"}
        route.fulfill(status=told.status, body=told.body, headers=headers)

    context.route("**/*", reply)
    page = shown.page
    page.on("console", lambda message: shown.messages.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: shown.messages.append(str(error)))
    try:
        yield shown
        assert shown.messages == []
        assert all(url.startswith(f"{ORIGIN}/") for url in shown.asked)
    finally:
        context.close()
        ledger.index.close()
        ledger.cache.close()


def assert_legible(shown: Window, address: str) -> None:
    """That nothing of an open page is out of sight, in a wide window and in a narrow one."""
    for width in (DESKTOP, PHONE):
        shown.page.set_viewport_size({"width": width, "height": 844})
        assert not shown.page.evaluate(WIDER), (address, width)
        assert shown.page.evaluate(CUT) == [], (address, width)


def test_every_page_can_be_read(browser: Browser, demo_made: Path) -> None:
    with window(browser, demo_made, DESKTOP) as shown:
        for address in PAGES:
            shown.go(address)
            assert_legible(shown, address)
            if address in JUDGED:  # on a phone, where more is laid out in another way
                shown.page.evaluate(ALIKE)
                assert faults(shown.page) == [], address


def test_a_task_is_a_card_on_a_phone(browser: Browser, demo_made: Path) -> None:
    """Light and id side by side, the title below, then two facts a line."""
    with window(browser, demo_made, PHONE) as shown:
        shown.go("/list?light=红")
        row = shown.page.locator(".tasks tbody tr").first
        labels = ("亮灯", "编号", "事项", "牵头部门", "状态")
        boxes = [row.locator(f"td[data-label={each}]").bounding_box() for each in labels]
        light, name, title, lead, status = (each or {} for each in boxes)
        assert light["y"] == name["y"] < title["y"] < lead["y"] == status["y"]
        assert light["x"] == title["x"] == lead["x"] < status["x"]


def test_found_while_typing(browser: Browser, demo_made: Path) -> None:
    """The list follows without a new page; the address is what would give it again."""
    with window(browser, demo_made, DESKTOP) as shown:
        shown.go("/list?light=绿")
        page, before = shown.page, len(shown.ids())
        page.evaluate("document.body.dataset.same = 'yes'")
        page.locator("#q").press_sequentially("zl")
        page.wait_for_url(re.compile("q=zl"))
        few = shown.ids()
        assert 0 < len(few) < before
        assert page.locator("#told").text_content() == f"共 {len(few)} 项"
        page.select_option("select[name=status]", "推进中")
        page.wait_for_url(re.compile("status="))
        assert page.evaluate("document.body.dataset.same") == "yes"
        assert "dept=" not in page.url  # an address has no more than what was asked for
        kept = page.locator("footer input[type=hidden]").evaluate_all(
            "all => all.map(e => e.value)"
        )
        assert sorted(kept) == ["zl", "推进中", "绿"]  # another day is asked for the same
        followed = shown.ids()
        shown.go(page.url.removeprefix(ORIGIN))
        assert shown.ids() == followed
        page.locator("#q").fill("没有这样的事项")
        page.locator("#told", has_text="没有符合条件").wait_for()
        page.locator(".chips a", has_text="全部去掉").click()
        assert len(shown.ids()) > before


def test_by_keys_alone(browser: Browser, demo_made: Path) -> None:
    with window(browser, demo_made, DESKTOP) as shown:
        shown.go("/list")
        page = shown.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "跳到正文"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "q"
        page.keyboard.type("syb")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("q=syb"))
        few = shown.ids()
        page.locator("th a", has_text="时限").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("sort=due"))
        assert page.locator("th[aria-sort=ascending]").inner_text().startswith("时限")
        assert sorted(shown.ids()) == sorted(few)
        days = page.locator("td[data-label=时限] time").all_text_contents()
        assert days == sorted(days)


def test_without_scripts(browser: Browser, demo_made: Path) -> None:
    with window(browser, demo_made, PHONE, script=False) as shown:
        shown.go("/list?sort=due&at=2026-06-30")
        shown.page.locator("#q").fill("bgs")
        shown.page.locator("#filters button").click()
        assert "q=bgs" in shown.page.url
        assert "at=2026-06-30" in shown.page.url
        assert 0 < len(shown.ids()) < 40
        assert shown.page.locator("#q").input_value() == "bgs"


def test_on_paper(browser: Browser, demo_made: Path) -> None:
    """What is only for the screen is not printed; nothing runs off the sheet."""
    with window(browser, demo_made, DESKTOP) as shown:
        for address in ("/", "/list?light=红", "/dept/审业部"):
            shown.go(address)
            shown.page.set_viewport_size({"width": 680, "height": 960})
            shown.page.emulate_media(media="print", color_scheme="dark")
            for hidden in ("nav", ".filters", ".button", ".skip"):
                assert not any(each.is_visible() for each in shown.page.locator(hidden).all())
            assert not shown.page.evaluate(WIDER), address
            paper = shown.page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert paper == "rgb(255, 255, 255)"
            if LONG or address == "/dept/审业部":
                assert shown.page.pdf(format="A4", prefer_css_page_size=True).startswith(b"%PDF")
            shown.page.emulate_media(media="screen")
            shown.page.set_viewport_size({"width": DESKTOP, "height": 844})
