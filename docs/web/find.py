"""A hook of MkDocs: writes what find.js looks through, the text of every section of the manual.

It is a script and no data file, since a page that lies in a folder may load scripts beside it and
nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.structure.files import Files

FIRST = "manual/"  # of pages that tell the same, these are found first
INDEX = "web/index.js"
_HEADINGS = ("h1", "h2", "h3")
_INLINE = ("a", "b", "code", "em", "i", "span", "strong", "sub", "sup")


class _Sections(HTMLParser):
    """A page cut at its headings: the id of each heading, its text, the text below it."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[tuple[str, list[str], list[str]]] = [("", [], [])]
        self.inside = False  # a heading

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HEADINGS:
            self.parts.append((dict(attrs).get("id") or "", [], []))
            self.inside = True
        elif tag not in _INLINE:
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HEADINGS:
            self.inside = False

    def handle_data(self, data: str) -> None:
        _, heading, text = self.parts[-1]
        (heading if self.inside else text).append(data)


def sections(url: str, title: str, html: str) -> Iterator[tuple[str, str, str, str]]:
    """Where each section of a page is, the page's title, the heading, the text below it."""
    parser = _Sections()
    parser.feed(html)
    parser.close()
    for anchor, heading, text in parser.parts:
        name, content = ("".join(each) for each in (heading, text))
        if name.strip() or content.strip():
            where = f"{url}#{anchor}" if anchor else url
            yield where, title, " ".join(name.split()), " ".join(content.split())


def script(rows: list[tuple[str, str, str, str]]) -> str:
    """What find.js loads."""
    return f"window.manual = {json.dumps(rows, ensure_ascii=False, separators=(',', ':'))};\n"


def on_env(env: object, *, config: Any, files: Files, **_: object) -> None:
    """Write the index: every page has its content by now, and the folder was emptied."""
    pages = [file.page for file in files.documentation_pages() if file.page]
    pages.sort(key=lambda page: not page.url.startswith(FIRST))
    rows = [row for page in pages for row in sections(page.url, page.title, page.content or "")]
    place = Path(config.site_dir) / INDEX
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(script(rows), "utf-8")
