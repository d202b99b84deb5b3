"""事项, 佐证材料, 会议, 规则, 审计, 通报 in a real browser: quiet, legible, evidence in its frame.

They need Chromium (requirements/apt.txt) and are skipped without it.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browsing import DESKTOP, faults
from tests.turns import LONG
from tests.view.web.test_browser_lists import ALIKE, ORIGIN, WIDER, assert_legible, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.conftest import MakeLedger

pytestmark = pytest.mark.xdist_group("browser")

PAGES = (
    "/task/GZ2026-001", "/task/GZ2026-043", "/meetings", "/meeting/DZH-2026-37",
    "/meeting/QY-2026-05", "/rules", "/rule/C009", "/audit", "/reports", "/report/weekly",
    "/report/scores", "/view/GZ2026-001/1", "/task/GZ2026-999",
    "/meeting/DZH-2026-37?at=2026-10-01",
)  # fmt: skip
JUDGED = (
    "/task/GZ2026-001",
    *(("/meeting/DZH-2026-37", "/rule/C009", "/report/weekly") if LONG else ()),
)
SHUT_IN = "self.origin"  # of a sandboxed document it is opaque


def png(side: int) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x20\x60\xa0" * side for _ in range(side)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_every_page_can_be_read(browser: Browser, demo_made: Path) -> None:
    with window(browser, demo_made, DESKTOP) as shown:
        for address in PAGES:
            shown.go(address)
            if address == "/task/GZ2026-999":  # a browser tells of a page that is none
                assert "404" in shown.messages.pop()
            assert_legible(shown, address)
            if address in JUDGED:
                shown.page.evaluate(ALIKE)
                assert faults(shown.page) == [], address


def test_evidence_is_shut_in(browser: Browser, make_ledger: MakeLedger) -> None:
    """A text full of markup stays text, a picture is seen; neither has an origin, none a script."""
    folder = "data/evidence/GZ2017-001"
    files = {"说明.txt": b"<script>parent.document.title='out'</script>", "图.png": png(600)}
    evidence = [
        {"name": name, "path": f"{folder}/{name}", "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    ]
    paths = {f"{folder}/{name}": content for name, content in files.items()}
    made = make_ledger([{"evidence": evidence}], files=paths)
    with window(browser, made.root, DESKTOP) as shown:
        for number, name in enumerate(files, 1):
            shown.go("/task/GZ2017-001")
            shown.page.locator(".exhibits a", has_text="查看").nth(number - 1).click()
            shown.page.wait_for_url(f"{ORIGIN}/view/**")
            shown.page.wait_for_load_state("networkidle")
            inner = shown.page.frames[1]
            assert shown.page.locator("iframe").get_attribute("sandbox") == ""
            assert inner.evaluate(SHUT_IN) == "null"
            assert shown.page.title().startswith(name)
            if name.endswith("txt"):
                assert "<script>" in inner.evaluate("document.body.innerText")
            else:
                assert inner.evaluate("document.images[0].naturalWidth") == 600
        assert shown.page.evaluate(SHUT_IN) == ORIGIN


def test_on_paper(browser: Browser, demo_made: Path) -> None:
    """What can only be clicked is not printed; nothing is wider than the sheet."""
    with window(browser, demo_made, DESKTOP) as shown:
        for address in ("/task/GZ2026-001", "/meeting/DZH-2026-37", "/report/weekly"):
            shown.go(address)
            shown.page.emulate_media(media="print")
            shown.page.set_viewport_size({"width": 700, "height": 990})
            assert not shown.page.evaluate(WIDER), address
            for barred in (".button", "nav", "progress", "summary"):
                seen = shown.page.locator(barred).evaluate_all(
                    "all => all.filter(each => each.checkVisibility()).length"
                )
                assert seen == 0, (address, barred)
