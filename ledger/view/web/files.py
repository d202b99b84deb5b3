"""Files that pages are made with: the style."""

from __future__ import annotations

from ledger.adapters.http.exchange import CSS, Asked, Reply
from ledger.adapters.templates import render
from ledger.model.lights import Lights
from ledger.usecases.reading.load import config_at
from ledger.view.web.scene import Scene


def style(scene: Scene, key: str, asked: Asked) -> Reply:
    """The style of every page, with the colours that ledger.yaml gives to lights."""
    lights = config_at(scene.ledger, scene.when.commit).lights
    values = {"colours": _colours(lights)}
    return Reply(render("pages/style.css.j2", values, tidy=True).encode(), CSS)


def _colours(lights: Lights) -> dict[str, str]:
    """States whose light has a colour of the ledger's own → that colour."""
    states = ("normal", "due_soon", "lagging", "overdue", "waiting", "closed", "cancelled")
    return {
        state: lights.colours[name]
        for state in states
        if (name := getattr(lights, state)) in lights.colours
    }
