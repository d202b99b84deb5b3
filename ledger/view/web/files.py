"""Files that pages are made with: the style, and the script that they can do without."""

from __future__ import annotations

from ledger.adapters.http.exchange import CSS, JS, Asked, Reply
from ledger.adapters.templates import render
from ledger.model.lights import Lights
from ledger.model.standing import STATES
from ledger.usecases.reading.load import config_at
from ledger.view.web.scene import Scene


def style(scene: Scene, key: str, asked: Asked) -> Reply:
    """The style of every page, with the colours that ledger.yaml gives to lights."""
    lights = config_at(scene.ledger, scene.when.commit).lights
    values = {"colours": _colours(lights)}
    return Reply(render("pages/style.css.j2", values, tidy=True).encode(), CSS)


def script(scene: Scene, key: str, asked: Asked) -> Reply:
    """What pages do while somebody types."""
    return Reply(render("pages/pages.js", {}).encode(), JS)


def _colours(lights: Lights) -> dict[str, str]:
    """States whose light has a colour of the ledger's own → that colour."""
    names = ((state, str(getattr(lights, state))) for state in STATES)
    return {state: lights.colours[name] for state, name in names if name in lights.colours}
