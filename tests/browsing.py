"""Pages in a real browser: Chromium as it is installed, driven by Playwright, without a network.

The fixture `browser` is one for all tests of a session: mark theirs `xdist_group("browser")`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
DESKTOP, PHONE = 1280, 390
Scheme = Literal["light", "dark"]
# Everything in one scheme of colours; in the other what hangs on colours.
CHECKS: tuple[tuple[Scheme, dict[str, list[str]]], ...] = (
    ("light", {"resultTypes": ["violations"]}),
    ("dark", {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}),
)
GRAVE = ("serious", "critical")


@dataclass(frozen=True, slots=True)
class Tab:
    """An open page, with what it said on the console and what it asked for."""

    page: Page
    place: Path
    width: int
    messages: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def number(self, script: str) -> float:
        """What a script of the page comes to."""
        return float(self.page.evaluate(script))

    def column(self, label: str) -> list[str]:
        """The texts of a column of the table of all tasks, as far as its rows are shown."""
        cells = self.page.locator(f"#all tbody tr:not([hidden]) td[data-label={label}]")
        return [text.strip() for text in cells.all_text_contents()]


def started_browser() -> Iterator[Browser]:
    """Chromium, as it is installed here; where there is none that starts, the test is skipped."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("no Chromium on this machine (see requirements/apt.txt)")
    from playwright.sync_api import Error, sync_playwright

    arguments = ["--disable-dev-shm-usage", "--disable-gpu"] + ["--no-sandbox"] * (
        os.geteuid() == 0
    )
    context = sync_playwright()
    try:
        playwright = context.start()
    except Exception:  # nothing more special: its node has said why on stderr, and is gone
        pytest.skip("Playwright's node does not start (see requirements/apt.txt)")
    try:
        started = playwright.chromium.launch(executable_path=program, args=arguments)
    except Error:
        playwright.stop()
        pytest.skip(f"{program} does not start")
    yield started
    started.close()
    playwright.stop()


@contextmanager
def opened(browser: Browser, place: Path, width: int = DESKTOP) -> Iterator[Tab]:
    """A page opened from disk in a window of some width, without a network."""
    context = browser.new_context(viewport={"width": width, "height": 844}, offline=True)
    tab = Tab(context.new_page(), place, width)
    tab.page.on("console", lambda message: tab.messages.append(f"{message.type}: {message.text}"))
    tab.page.on("pageerror", lambda error: tab.messages.append(str(error)))
    tab.page.on("request", lambda request: tab.asked.append(request.url))
    tab.page.goto(place.as_uri())
    yield tab
    context.close()


def faults(page: Page) -> list[str]:
    """What axe-core calls serious or critical, in light and in dark colours."""
    from axe_playwright_python.base import AXE_SCRIPT

    page.evaluate(AXE_SCRIPT)
    heard: list[str] = []
    for scheme, options in CHECKS:
        page.emulate_media(color_scheme=scheme, media="screen")
        audit = page.evaluate("options => axe.run(options)", options)
        assert audit["passes"]
        heard += (f"{scheme}: {each}" for each in grave(audit["violations"]))
    return heard


def grave(violations: list[dict[str, Any]]) -> list[str]:
    """What axe-core calls serious or critical: the rule, and the first element it is about."""
    return [
        f"{each['id']}: {each['nodes'][0]['html']}"
        for each in violations
        if each["impact"] in GRAVE
    ]
