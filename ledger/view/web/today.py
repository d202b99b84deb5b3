"""今天: what `ledger` shows, as a leader wants it."""

from __future__ import annotations

from ledger.adapters.http.exchange import Asked
from ledger.usecases.looking.status import today_picture
from ledger.view.web.scene import Scene, WebPage


def page(scene: Scene, key: str, asked: Asked) -> WebPage:
    """The page."""
    numbers = today_picture(scene.ledger, scene.when)
    return WebPage("今天", "today", {"numbers": numbers}, numbers.problems)
