"""The manual as pages for a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_page_of_the_manual_has_its_place() -> None:
    nav = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:\n")[2]
    placed = re.findall(r"- (manual/\S+\.md)", nav)
    pages = {f"manual/{page.name}" for page in (ROOT / "docs/manual").glob("*.md")}
    assert len(placed) == len(set(placed))
    assert set(placed) == pages
    index = (ROOT / "docs/manual/index.md").read_text("utf-8")
    assert all(f"]({Path(page).name})" in index for page in pages if page != "manual/index.md")


def test_they_are_read_without_a_server() -> None:
    """No page that was built asks another server for anything: building is not the suite's."""
    built = sorted((ROOT / "build/docs").rglob("*.html"))
    if not built:
        pytest.skip("needs the pages: make docs")
    for page in built:
        text = page.read_text("utf-8")
        assert not re.search(r"""<(?:script|img|iframe)[^>]+src=["']?https?:""", text), page
        assert not re.search(r"""<link[^>]+rel=["']?(?:stylesheet|preconnect)[^>]+https?:""", text)
