"""Files that pages are made with: the style."""

from __future__ import annotations

from ledger.adapters.http.exchange import CSS, Asked, Reply
from ledger.adapters.templates import render
from ledger.view.web.scene import Scene


def style(scene: Scene, key: str, asked: Asked) -> Reply:
    """The style of every page."""
    return Reply(render("pages/style.css.j2", {}).encode(), CSS)
