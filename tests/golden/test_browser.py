"""Bulletins as pages in a real browser: sufficient in themselves, drawn, filtered, sorted, legible.

They need Chromium (requirements/apt.txt) and are skipped without it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from ledger.cli.app import run
from tests.browsing import DESKTOP, PHONE, Scheme, Tab, faults, opened
from tests.turns import LONG

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.conftest import MakeLedger

pytestmark = pytest.mark.xdist_group("browser")

KINDS = {
    "weekly": "weekly --week 2017-W42",
    "closing": "closing --source ZG2017",
    "dept": "dept --dept 审业部 --until 2017-10-22",
    "scores": "scores --year 2017",
}
LOOKS: tuple[tuple[Scheme, Literal["screen", "print"]], ...] = (
    ("dark", "print"),
    ("light", "print"),
    ("dark", "screen"),
)
# Rows and lines of a list are alike: a few tell whether all can be read, in a tenth of the time.
ALIKE = """document.querySelectorAll("tbody tr:nth-child(n+4), li:nth-child(n+3)")
    .forEach(each => each.remove())"""
HOSTILE = (
    "<script>document.title='破'</script>",
    '"><img src=x onerror="document.title=1">',
    "</script></style></title><h1>破</h1>",
    "{{ 7 * 7 }} &amp; &#60; | * _ ` 😀",
)


@pytest.fixture(scope="module")
def pages(year: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A page of each kind, of the golden year."""
    folder = tmp_path_factory.mktemp("pages")
    for kind, words in KINDS.items():
        write(year, words, folder / f"{kind}.html")
    return {kind: folder / f"{kind}.html" for kind in KINDS}


@pytest.fixture
def odd_page(make_ledger: MakeLedger, tmp_path: Path) -> Path:
    """A page of tasks whose titles and reports would be more than text, if they could."""
    ledger = make_ledger(
        [
            {
                "title": title,
                "lead": ["审业部" if number % 2 else "办公室"],
                "due": {"text": "限期", "date": f"2017-{12 - number * 3:02}-15"},
                "progress": [{"date": "2017-02-20", "by": "甲", "text": title, "percent": percent}],
            }
            for number, (title, percent) in enumerate(zip(HOSTILE, (40, 9, 100, 5), strict=True))
        ]
        + [{"title": "没有报过进展", "due": {"text": "持续推进"}}]
    )
    return write(ledger.root, "weekly", tmp_path / "odd.html", today="2017-03-01")


def write(ledger: Path, words: str, place: Path, today: str = "2017-12-31") -> Path:
    call = ["-C", str(ledger), "--today", today, "report", *words.split(), "-o", str(place)]
    assert run(call) == 0
    return place


# Each kind at one width in turn; at both with LEDGER_LONG=1.
VIEWS = [
    (kind, width)
    for number, kind in enumerate(KINDS)
    for width in ((DESKTOP, PHONE) if LONG else ((DESKTOP, PHONE)[number % 2],))
]


@pytest.fixture(scope="module", params=VIEWS, ids=lambda view: f"{view[0]}-{view[1]}")
def tab(
    request: pytest.FixtureRequest, browser: Browser, pages: Mapping[str, Path]
) -> Iterator[Tab]:
    """A page at a width, opened once for the tests that change nothing that matters."""
    kind, width = request.param
    with opened(browser, pages[kind], width) as opened_tab:
        yield opened_tab


def test_a_page_is_sufficient_in_itself(tab: Tab) -> None:
    for scheme, medium in LOOKS:
        tab.page.emulate_media(color_scheme=scheme, media=medium)
        tab.page.evaluate("document.body.offsetHeight")  # lays it out, with all that it needs
    tab.page.screenshot()
    assert tab.asked == [tab.place.as_uri()]
    assert tab.messages == []
    assert tab.number("document.documentElement.scrollWidth") <= tab.width


def test_pictures_are_drawn(tab: Tab) -> None:
    pictures = tab.page.locator("figure svg[role=img]").all()
    assert len(pictures) == (0 if tab.place.stem == "scores" else 2)  # which has none
    for box in filter(None, (each.bounding_box() for each in pictures)):
        assert box["width"] > tab.width / 4
        assert box["height"] > 40  # the bars of one department are one bar
    if pictures:
        assert tab.number("document.querySelector('polyline.done').getTotalLength()") > 200
        assert tab.number("document.querySelector('polyline.plan').getTotalLength()") > 300
    parts = tab.page.eval_on_selector_all(
        "#departments .part", "all => all.map(each => [each.getBBox().width, "
        "document.querySelector(each.getAttribute('fill').slice(4, -1)) !== null])"
    )  # fmt: skip
    assert len(parts) >= len(pictures)
    assert all(wide > 0 and filled for wide, filled in parts)


def test_no_grave_fault_of_accessibility(tab: Tab) -> None:
    """The last test of a page: it takes away what is many times there."""
    tab.page.evaluate(ALIKE)
    assert faults(tab.page) == []


def test_a_page_cannot_ask_for_anything(browser: Browser, pages: Mapping[str, Path]) -> None:
    with opened(browser, pages["weekly"]) as tab:
        tab.page.evaluate("fetch('https://example.com/').catch(() => null)")
        assert any("Content Security Policy" in each for each in tab.messages)


def test_letters_of_pictures_can_be_read_on_a_phone(
    browser: Browser, pages: Mapping[str, Path]
) -> None:
    with opened(browser, pages["weekly"], PHONE) as tab:
        outlines = [each.bounding_box() for each in tab.page.locator(".picture text").all()]
        boxes = [box for box in outlines if box]
        assert len(boxes) > 8
        assert min(box["height"] for box in boxes) > 12
        assert min(box["x"] for box in boxes) >= 0
        assert max(box["x"] + box["width"] for box in boxes) <= PHONE


def test_the_filter_filters(browser: Browser, pages: Mapping[str, Path]) -> None:
    with opened(browser, pages["weekly"]) as tab:
        page, shown = tab.page, tab.page.locator("#shown")
        assert shown.inner_text() == "共40项"
        page.fill("#find", "gz2017  办理事项1")
        titles = tab.column("事项")
        assert titles
        assert all(text.startswith("办理事项1") for text in titles)
        assert shown.inner_text() == f"共40项，符合{len(titles)}项"
        page.fill("#find", "")
        page.select_option("#by-lead", "审业部")
        assert all("审业部" in text for text in tab.column("牵头部门"))
        page.select_option("#by-status", "推进中")
        assert set(tab.column("状态")) == {"推进中"}
        page.select_option("#by-light", "红")
        assert 0 < len(tab.column("编号")) < 9
        assert page.locator("#all tbody tr:visible").count() == len(tab.column("编号"))
        page.fill("#find", "没有这个词")
        assert shown.inner_text() == "共40项，符合0项"
        assert tab.messages == []


def test_sorting_sorts(browser: Browser, odd_page: Path) -> None:
    with opened(browser, odd_page) as tab:
        orders = {
            "进度": ["5%", "9%", "40%", "100%", ""],
            "时限": [*(f"2017年{month}月15日" for month in (3, 6, 9, 12)), "持续推进"],
            "编号": [f"GZ2017-00{number}" for number in range(1, 6)],
        }
        for label, rising in orders.items():
            tab.page.set_viewport_size(
                {"width": PHONE if label == "编号" else DESKTOP, "height": 844}
            )
            head = tab.page.locator(f"#all th[data-label={label}]")
            head.get_by_role("button").click()
            assert tab.column(label) == rising
            assert head.get_attribute("aria-sort") == "ascending"
            head.get_by_role("button").press("Enter")
            told = [text for text in rising if text in ("", "持续推进")]  # these stay last
            assert tab.column(label) == [*reversed(rising[: len(rising) - len(told)]), *told]
            assert head.get_attribute("aria-sort") == "descending"
        assert tab.page.locator("th:not([aria-sort=none])[aria-sort]").count() == 1


def test_hostile_texts_stay_texts(browser: Browser, odd_page: Path) -> None:
    with opened(browser, odd_page) as tab:
        assert tab.column("事项") == [*HOSTILE, "没有报过进展"]
        assert tab.column("最近进展")[:4] == list(HOSTILE)
        assert "破" not in tab.page.title()
        assert [tab.page.locator(each).count() for each in ("script", "img", "h1")] == [1, 0, 1]
        assert tab.asked == [odd_page.as_uri()]
        assert tab.messages == []


def test_printed(browser: Browser, pages: Mapping[str, Path]) -> None:
    import pdfplumber

    with opened(browser, pages["weekly"], PHONE) as tab:
        tab.page.emulate_media(color_scheme="dark")
        printed = tab.page.pdf(prefer_css_page_size=True, print_background=True)
    with pdfplumber.open(io.BytesIO(printed)) as document:
        first = document.pages[0]
        assert (first.width, first.height) == pytest.approx((595.3, 841.9), abs=1)
        assert max(max(char["non_stroking_color"]) for char in first.chars) < 0.4, "dark on white"
        texts = [page.extract_text() for page in document.pages[-3:]]
    assert sum("办理事项" in text for text in texts) > 1
    for text in texts[1:]:
        if "办理事项" in text:
            assert "时限 亮灯 状态 进度 最近进展" in text  # on every page
    assert "查找" not in "".join(texts)
