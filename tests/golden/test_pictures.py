"""Pictures to the byte, and in a real browser: all kinds on one page that allows nothing else.

`UPDATE_GOLDEN=1 pytest tests/golden` accepts what is drawn now.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.adapters.templates import render
from ledger.usecases.looking.rows import rows
from ledger.usecases.picturing.bars import bars, splits
from ledger.usecases.picturing.curve import closings, curve, ending
from ledger.usecases.picturing.heat import due_days, heat
from ledger.usecases.picturing.svg import Picture
from ledger.usecases.picturing.way import way
from ledger.usecases.picturing.ways import way_of
from ledger.usecases.reading.load import load
from ledger.usecases.reading.open import open_ledger
from tests.browsing import DESKTOP, PHONE, faults, opened
from tests.golden.test_bulletins import compare
from tests.turns import LONG
from tests.usecases.picturing.test_pictures import HOSTILE, drawn

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.xdist_group("browser")

TODAY = dt.date(2017, 10, 22)
NONCE = "cGljdHVyZXM="
PAGE = """<!DOCTYPE html>
{% from "picture.html.j2" import pictured %}
<html lang="zh-CN"><head><meta charset="utf-8"><title>图</title>
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'nonce-NONCE'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<style nonce="NONCE">{% include "style.css" %}{% include "pictures.css" %}</style>
</head><body><main><h1>图</h1>
{% for each in pictures %}
{{ pictured(each, each.description) }}
{% endfor %}
</main></body></html>
""".replace("NONCE", NONCE)
# How high the letters of each picture are in pixels of the screen.
LETTERS = """all => all.map(each => parseFloat(getComputedStyle(each).fontSize)
    * each.ownerSVGElement.getBoundingClientRect().width / 400)"""
INSIDE = """all => all.filter(each => {
    const box = each.getBoundingClientRect(), whole = each.ownerSVGElement.getBoundingClientRect();
    return box.left < whole.left - 1 || box.right > whole.right + 1 || box.bottom > whole.bottom + 1
}).map(each => each.textContent)"""


@pytest.fixture(scope="module")
def pictures(year: Path) -> list[Picture]:
    """One of each kind, of the golden year's end."""
    snapshot = load(open_ledger(year))
    every = rows(snapshot, TODAY)
    facts = closings([ending(row.task) for row in every], TODAY, TODAY - dt.timedelta(days=90))
    assert facts
    briefs = [row.brief for row in every]
    departments = splits(briefs, "lead", snapshot.departments)
    ways = [way_of(row.task) for row in every]
    return [
        curve("curve", facts),
        bars("bars", departments, hrefs={each.name: f"#{each.name}" for each in departments}),
        bars("sources", splits(briefs, "source"), "各来源事项", "来源"),
        heat("heat", due_days(briefs, TODAY), calendar=snapshot.config.calendar.work),
        way("way", ways, TODAY, most=12, hrefs={ways[0].id: "#1"}),
        way("one", [max(ways, key=lambda each: len(each.stages))], TODAY),
    ]


def test_to_the_byte(pictures: list[Picture]) -> None:
    for each in pictures:
        compare(f"picture-{each.name}.svg", each.svg + "\n")


@pytest.mark.parametrize("width", [PHONE, DESKTOP][: 1 + LONG])
def test_they_can_be_read_at_any_width(
    width: int, browser: Browser, pictures: list[Picture], tmp_path: Path
) -> None:
    with opened(browser, page(pictures, tmp_path), width) as tab:
        letters = tab.page.eval_on_selector_all("svg text", LETTERS)
        assert min(letters) >= 11
        assert max(letters) < 20
        assert tab.page.eval_on_selector_all("svg text", INSIDE) == []
        assert tab.number("document.documentElement.scrollWidth") <= width
        assert faults(tab.page) == []
        assert tab.asked == [tab.place.as_uri()]
        assert tab.messages == []


def test_links_are_reached_by_the_keyboard(
    browser: Browser, pictures: list[Picture], tmp_path: Path
) -> None:
    with opened(browser, page(pictures[1:2], tmp_path)) as tab:
        tab.page.keyboard.press("Tab")
        called = tab.page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert re.fullmatch(r".+：已销号\d+项，.+", called)


def test_hostile_names_stay_texts(browser: Browser, tmp_path: Path) -> None:
    told = drawn(list(HOSTILE), [3] * len(HOSTILE), [TODAY, dt.date(2017, 3, 1)])
    with opened(browser, page(told, tmp_path), PHONE) as tab:
        assert [tab.page.locator(each).count() for each in ("script", "img", "h1")] == [0, 0, 1]
        assert tab.page.title() == "图"
        assert tab.number("document.documentElement.scrollWidth") <= PHONE
        assert tab.messages == []


def page(pictures: list[Picture], folder: Path) -> Path:
    text = render(
        "page.html.j2", {"pictures": pictures}, {"page.html.j2": PAGE.encode()}, tidy=True
    )
    place = folder / "page.html"
    place.write_text(text, encoding="utf-8")
    return place
