"""A site opened from its folder in a real browser: no server, no network, and all of it works."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.adapters.files.index.question import ORDERS
from ledger.cli.app import run
from tests.browsing import DESKTOP, PHONE, Tab, faults, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.conftest import LedgerFolder, MakeLedger

pytestmark = pytest.mark.xdist_group("browser")

DAY = ("--today", "2017-07-03")
HOSTILE = "<script>document.title='破'</script>\"'&{{7*7}}\u202e破"
TITLES = ("开展专利检索能力测评", "清理超期未结案件", "重庆培训 ２０１７", HOSTILE)
# The policy of the page forbids Playwright's own waiting, which makes scripts of texts.
TEXTS = "Boolean(window.ledgerTexts) || !(/[#&](q|text)=/.test(location.hash))"
OWN = ("list.html", "index.html")  # the others are a server's pages, which have tests of their own
# Rows and lines of a list are alike: a few tell whether all can be read.
ALIKE = """document.querySelectorAll("tbody tr:nth-child(n+4), li:nth-child(n+3), rect")
    .forEach(each => each.remove())"""
WIDE = "document.documentElement.scrollWidth"
STATUSES = ("推进中", "未启动", "长期坚持")


# What makes the list anew has been heard of by the page's own script first.
LISTEN = """() => { window.turned = new Promise((done, fail) => {
    addEventListener("hashchange", () => done(), { once: true });
    setTimeout(() => fail(new Error("the address stays")), 60000); }) }"""


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    """A hundred and thirty tasks, some with the same time limit, some without."""
    return make_ledger(
        [
            {
                "title": TITLES[n % 4] if n <= 8 else f"事项{n}",
                "lead": [("审业部", "条法司", "规划发展司")[n % 3]],
                "assist": ["办公室"] if n % 5 == 0 else [],
                "leader": ("分管审查的副局长", "局长")[n % 2],
                "status": STATUSES[n // 2 % 3],
                "measures": ["措施里的独此一词"] if n == 77 else ["制定方案"],
                "due": {"text": "待定"} if n % 7 == 0 else {
                    "text": "年内", "date": f"2017-{n % 12 + 1:02}-15"
                },
                "tags": ["重点"] if n % 10 == 0 else [],
            }
            for n in range(1, 131)
        ]
    )  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site") / "网页 #1"


@pytest.fixture
def site(place: Path, request: pytest.FixtureRequest) -> Path:
    """The ledger's site, made for the first test that asks for it; all only read it."""
    if not place.exists():
        root = request.getfixturevalue("ledger").root
        assert run(["-C", str(root), *DAY, "site", "-o", str(place)]) == 0
    return place


@pytest.fixture
def tab(browser: Browser, site: Path) -> Iterator[Tab]:
    with opened(browser, site / "list.html") as tab:
        yield tab
        assert tab.messages == []
        assert all(url.startswith(("file:", "data:")) for url in tab.asked)


def at(tab: Tab, fragment: str) -> list[str]:
    """The ids that are shown for what stands behind the # of the address."""
    now = tab.page.evaluate("text => new URL(text, location).href === location.href", fragment)
    with nullcontext() if now else turned(tab):
        tab.page.evaluate("text => { location.hash = text }", fragment)
    return ids(tab)


@contextmanager
def turned(tab: Tab) -> Iterator[None]:
    """What is done changes the address, and with it what is shown."""
    tab.page.evaluate(LISTEN)
    yield
    tab.page.evaluate("() => window.turned")
    wait(tab)


def typed(tab: Tab, words: str) -> list[str]:
    """The ids that are found while somebody types."""
    with turned(tab):
        tab.page.fill("#q", words)
    return ids(tab)


def wait(tab: Tab) -> None:
    """Until the texts have come, where they are needed."""
    end = time.monotonic() + 60
    while not tab.page.evaluate(TEXTS) and time.monotonic() < end:
        tab.page.wait_for_timeout(20)


def ids(tab: Tab) -> list[str]:
    return [text.strip() for text in tab.page.locator("tbody .id").all_text_contents()]


def count(tab: Tab) -> str:
    return tab.page.locator("#count").inner_text()


def listed(ledger: LedgerFolder, capsys: Any, *words: str) -> list[str]:
    capsys.readouterr()
    assert run(["-C", str(ledger.root), *DAY, "list", "--json", *words]) == 0
    return [each["id"] for each in json.loads(capsys.readouterr().out)]


def test_the_list_is_what_the_command_lists(
    tab: Tab, ledger: LedgerFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    every = listed(ledger, capsys)
    assert ids(tab) == every[:100]
    assert count(tab) == f"共 {len(every)} 项"
    assert at(tab, "#page=2") == every[100:]
    for order in ORDERS:
        for sort in (order, f"-{order}"):
            assert at(tab, f"#sort={sort}") == listed(ledger, capsys, "--sort", sort)[:100], sort
    for words in (
        {"dept": "审业部"},
        {"dept": "规划司"},
        {"lead": "条法司"},
        {"assist": "局办公室"},
        {"status": "未启动", "leader": "局长"},
        {"light": "红"},
        {"tag": "重点"},
        {"kind": "工作要点", "nature": "限期"},
        {"due-before": "2017-03-31"},
        {"due-after": "2017-11-01", "dept": "办公室"},
        {"text": "独此一词"},
        {"source": "GZ2017"},
    ):
        options = [part for name, value in words.items() for part in (f"--{name}", value)]
        fragment = "&".join(f"{name.replace('-', '_')}={value}" for name, value in words.items())
        shown = at(tab, f"#{fragment}")
        assert shown == listed(ledger, capsys, *options)[:100], words
    several = at(tab, "#status=未启动&status=长期坚持")
    assert several == listed(ledger, capsys, "--status", "未启动", "--status", "长期坚持")[:100]


def test_what_is_typed_finds(tab: Tab) -> None:
    titles = {
        "检索能力": 0, "jiansuo": 0, "jsnl": 0, "jiansuonl": 0, "qlcq": 1, "chongqing": 2,
        "zhongqing": 2, "2017": None, "GZ2017-004": None, "独此一词": None, "审业部": None,
        "syb": None,
    }  # fmt: skip
    for word, place in titles.items():
        at(tab, f"#q={word}")
        rows = tab.page.locator("tbody .what").all_text_contents()
        assert rows, word
        if place is not None:
            assert rows == [TITLES[place]] * 2, word
    assert typed(tab, "独此一词") == ["GZ2017-077"]
    assert len(typed(tab, "qlcq 条法司")) < 2
    assert typed(tab, "没有这样的") == []
    assert "符合 0 项" in count(tab)
    assert len(typed(tab, "")) == 100


def test_filter_sort_back_and_forward(tab: Tab) -> None:
    page = tab.page
    with turned(tab):
        page.select_option("select[name=dept]", "条法司")
    first = count(tab)
    assert "符合" in first
    with turned(tab):
        page.get_by_role("link", name="时限").press("Enter")
    due = page.locator("thead th", has_text="时限")
    assert due.get_attribute("aria-sort") == "ascending"
    with turned(tab):
        page.get_by_role("link", name="时限").click()
    assert due.get_attribute("aria-sort") == "descending"
    with turned(tab):
        page.select_option("select[name=status]", "未启动")
    assert count(tab) != first
    with turned(tab):
        page.go_back()
    assert count(tab) == first
    assert page.input_value("select[name=status]") == ""
    with turned(tab):
        page.go_forward()
    assert page.input_value("select[name=status]") == "未启动"
    address = page.url
    shown = ids(tab)
    page.goto("about:blank")
    page.goto(address)
    wait(tab)
    assert ids(tab) == shown
    at(tab, "#status=未启动&status=推进中&tag=重点")
    with turned(tab):
        page.get_by_role("link", name=re.compile("标签")).click()
    assert "tag" not in page.url


def test_text_stays_text(tab: Tab) -> None:
    assert tab.page.title().startswith("清单")
    shown = tab.page.locator("tbody .what").nth(2).text_content()
    assert shown == HOSTILE.replace("\u202e", "\ufffd")
    assert tab.page.locator("tbody script").count() == 0
    for fragment in ("#dept=<img src=x onerror=alert(1)>", "#page=-1", "#page=x&sort=", "#%E0%A4"):
        at(tab, fragment)
    assert tab.page.locator("#more img").count() == 0


def test_nothing_inline_would_run(tab: Tab) -> None:
    """The page's policy holds in a folder, too."""
    tab.page.evaluate(
        """() => { const made = document.createElement("script"); made.textContent =
        "window.broken = 1"; document.body.append(made) }"""
    )
    assert tab.page.evaluate("window.broken") is None
    assert any("Content Security Policy" in each for each in tab.messages)
    tab.messages.clear()


def test_every_page_on_a_desk_and_on_a_phone(browser: Browser, site: Path) -> None:
    """One of each kind: quiet, legible, no wider than the window, no request but for files."""
    with opened(browser, site / "list.html") as tab:
        for page in kinds(site):
            tab.page.emulate_media(color_scheme="light", media="screen")
            tab.page.set_viewport_size({"width": DESKTOP, "height": 844})
            tab.page.goto(page.as_uri())
            assert tab.number(WIDE) <= DESKTOP, page
            tab.page.set_viewport_size({"width": PHONE, "height": 844})
            assert tab.number(WIDE) <= PHONE, page
            assert all(url.startswith(("file:", "data:")) for url in tab.asked), page
            assert tab.messages == [], page
            if page.name in OWN:
                tab.page.evaluate(ALIKE)
                assert faults(tab.page) == [], page
                tab.messages.clear()  # axe itself asks for the style again
            tab.page.emulate_media(media="print")
            assert tab.page.locator("h1").first.is_visible()
            assert not tab.page.locator("nav").first.is_visible(), page


def kinds(site: Path) -> list[Path]:
    """A page of each folder, and all that lie beside them."""
    folders = [each for each in site.iterdir() if each.is_dir() and each.name != "report"]
    bulletins = (min(site.glob(f"report/x-{kind}-[!hdm]*.html")) for kind in ("closing", "weekly"))
    pages = (min(each.glob("*.html")) for each in folders)
    return [*sorted(site.glob("*.html")), *pages, *bulletins]
