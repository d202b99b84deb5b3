"""Pages as tests read them: asked for without a server, their tables as texts."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from ledger.adapters.http.exchange import Asked, Reply, query_of
from ledger.cli.app import run
from ledger.usecases.reading.open import open_ledger
from ledger.view.web.routes import answer


def get(root: Path, address: str, today: dt.date) -> Reply:
    """What a ledger answers to an address such as `/list?q=x`."""
    ledger = open_ledger(root)
    try:
        return answer(ledger, today, asked_by(address))
    finally:
        ledger.index.close()
        ledger.cache.close()


def asked_by(address: str) -> Asked:
    """What an address such as `/list?q=x` asks for."""
    parts = urlsplit(address)
    return Asked(unquote(parts.path).removeprefix("/"), query_of(parse_qsl(parts.query)))


def printed(capsys: pytest.CaptureFixture[str], root: Path, today: dt.date, *words: str) -> Any:
    """What a command says as JSON."""
    capsys.readouterr()
    now = [] if "--at" in words else ["--today", today.isoformat()]  # which would go before it
    run(["-C", str(root), *now, *words, "--json"])
    return json.loads(capsys.readouterr().out)


class Read(HTMLParser):
    """A page in pieces.

    Attributes:
        rows: of each table body's rows the cells: `data-label` → text.
        links: text → where it leads to; of several with one text the first.
        text: all that it says.
        cards: label → number and note.
    """

    def __init__(self, page: str | bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[dict[str, str]] = []
        self.links: dict[str, str] = {}
        self.cards: dict[str, str] = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._cell: str | None = None
        self._link: tuple[str, list[str]] | None = None
        self._words: list[str] = []
        self.feed(page.decode() if isinstance(page, bytes) else page)
        self.text = " ".join("".join(self._words).split())
        for label, number in re.findall(
            r'<div class="card"><dt>(.*?)</dt><dd>(.*?)</dd>',
            page.decode() if isinstance(page, bytes) else page,
        ):
            self.cards[label] = " ".join(re.sub(r"<[^>]*>", " ", number).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag == "tr":
            self.rows.append({})
        if tag == "td":
            self._cell = given.get("data-label")
        if tag == "a":
            self._link = (given.get("href") or "", [])
        self._words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            if self._cell and self._cell in self.rows[-1]:
                self.rows[-1][self._cell] = self.rows[-1][self._cell].rstrip()
            self._cell = None
        if tag == "a" and self._link:
            href, words = self._link
            self.links.setdefault("".join(words).strip(), href)
            self._link = None

    def handle_data(self, data: str) -> None:
        self._words.append(data)
        if self._link:
            self._link[1].append(data)
        if self._cell and self.rows:
            before = self.rows[-1].get(self._cell, "")
            self.rows[-1][self._cell] = (before + data).lstrip()

    def column(self, label: str) -> list[str]:
        """The texts of a column, of all tables."""
        return [row[label] for row in self.rows if label in row]

    def values(self, name: str) -> list[str]:
        """What a form has chosen for a filter."""
        chosen, select = [], ""
        for tag, given in self.tags:
            if tag == "select":
                select = given.get("name") or ""
            if tag == "option" and select == name and "selected" in given and given["value"]:
                chosen.append(given["value"])
            is_seen = tag == "input" and given.get("type") != "hidden"
            if is_seen and given.get("name") == name and given.get("value"):
                chosen.append(given["value"] or "")
        return chosen


def ids(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The ids of tasks as commands print them."""
    return [row["id"] for row in rows]
