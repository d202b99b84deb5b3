"""The pictures of terminals in README.md and the manual: what the program prints now."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs/manual").glob("*.md")))


@pytest.fixture(scope="module")
def drawing() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("pictures", ROOT / "docs/pictures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "pictures", module)  # its records look themselves up
        spec.loader.exec_module(module)
        yield module


@pytest.mark.xdist_group("demo")
def test_they_are_what_is_printed_now(drawing: ModuleType, demo_made: Path) -> None:
    stale = [
        picture.path
        for picture in drawing.PICTURES
        if drawing.drawn(picture, demo_made) != (ROOT / "docs" / picture.path).read_text("utf-8")
    ]
    assert stale == [], "run: make pictures"


def test_each_stands_in_a_page_and_is_told_in_words(drawing: ModuleType) -> None:
    shown = {
        (page.parent / path).resolve(): words
        for page in PAGES
        for words, path in re.findall(r"!\[([^]]*)\]\(([^)]+\.svg)\)", page.read_text("utf-8"))
    }
    assert set(shown) == {(ROOT / "docs" / each.path).resolve() for each in drawing.PICTURES}
    assert all(len(words) > 15 for words in shown.values())
    for place in shown:
        root = ElementTree.fromstring(place.read_text("utf-8"))  # noqa: S314 - our own
        assert root.get("role") == "img"
        assert root.findtext("{*}title")
