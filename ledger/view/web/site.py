"""All pages of a ledger as files: the same pages as a server's, with links from file to file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping

from ledger.adapters.http.exchange import Asked
from ledger.model.snapshot import Snapshot
from ledger.model.telling import Tell, silent
from ledger.usecases.publishing.manifest import Origin
from ledger.usecases.reading.load import load
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger
from ledger.view.web import filelist
from ledger.view.web.filed import Filed, Place, files_of
from ledger.view.web.routes import PAGES, Make, reply
from ledger.view.web.scene import Scene

Keys = Callable[[Snapshot], Iterable[str]]


def _once(snapshot: Snapshot) -> Iterable[str]:
    return ("",)


KEYS: Mapping[str, Keys] = {
    "": _once,
    "list": _once,
    "rows.js": _once,
    "texts.js": _once,
    "filelist.js": _once,
    "style.css": _once,
}
"""Which pages a site has, and with which keys; others need a server."""
_OWN: Mapping[str, Make] = {
    "list": filelist.page,
    "rows.js": filelist.data,
    "texts.js": filelist.texts,
    "filelist.js": filelist.script,
}
_PAGES = {**PAGES, **_OWN}


def site_files(ledger: Ledger, origin: Origin, tell: Tell = silent) -> Iterator[tuple[str, bytes]]:
    """Every file of a site with its content, one after another.

    Args:
        tell: told how many are made, of how many.
    """
    day = dt.date.fromisoformat(origin.day)
    snapshot = load(ledger, origin.commit)
    places = [*_places(snapshot)]
    files = files_of(places)
    for done, place in enumerate(places):
        tell(done, len(places))
        links = Filed(files[place], files, snapshot.departments)
        scene = Scene(ledger, day, "", Moment(origin.commit, day), links, is_live=False)
        asked = Asked("/".join(filter(None, place)))
        yield files[place], reply(scene, asked, _PAGES).body
    tell(len(places), len(places))


def _places(snapshot: Snapshot) -> Iterator[Place]:
    for page in _PAGES:
        if keys := KEYS.get(page):
            yield from ((page, key) for key in keys(snapshot))
