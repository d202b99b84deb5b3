"""All pages of a ledger as files: the same pages as a server's, with links from file to file."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from urllib.parse import parse_qsl

from ledger.adapters.disk.both import by_both
from ledger.adapters.files.cache import Cache
from ledger.adapters.git.repo import find_repo
from ledger.adapters.http.exchange import Asked, query_of
from ledger.errors import LedgerError
from ledger.model.record import dataclass, replace
from ledger.model.telling import Tell, silent
from ledger.usecases.checking.last_audit import LastAudit, audited_anew
from ledger.usecases.looking.rows import Row, rows
from ledger.usecases.publishing.manifest import Origin
from ledger.usecases.publishing.scope import alone
from ledger.usecases.reading.load import load
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger
from ledger.usecases.showing.past import Past, pasts
from ledger.view.web import filelist
from ledger.view.web.catalogue import catalogue
from ledger.view.web.filed import Filed
from ledger.view.web.frame import house_of
from ledger.view.web.routes import PAGES, Make, reply
from ledger.view.web.scene import Scene

_PAGES: Mapping[str, Make] = {
    **PAGES,
    "list": filelist.page,
    "rows.js": filelist.data,
    "texts.js": filelist.texts,
    "filelist.js": filelist.script,
}
_OF_THE_WHOLE = "report"  # what proves a bulletin is about the whole ledger


def site_files(ledger: Ledger, origin: Origin, tell: Tell = silent) -> Iterator[tuple[str, bytes]]:
    """Every file of a site with its content, as they are made: by both cores where there are two.

    Args:
        tell: told how many are made, of how many.
    """
    when = Moment(origin.commit, dt.date.fromisoformat(origin.day))
    house = house_of(ledger, origin.commit, origin.dept)
    if not origin.dept:
        past = pasts(ledger, origin.commit, load(ledger, origin.commit))
        audit = None
        with suppress(LedgerError):  # the page says why
            audit = audited_anew(ledger, origin.commit)
        yield from _files(_Stage(ledger, when, ledger, past, house, audit), origin, tell)
        return
    with alone(ledger, origin.commit, origin.dept) as (own, last):
        if last:
            past = pasts(ledger, origin.commit, load(own, last), alone=True)
            stage = _Stage(own, Moment(last, when.today), ledger, past, house)
            yield from _files(stage, origin, tell)


@dataclass(frozen=True, slots=True)
class _Stage:
    """What the pages are made from.

    Attributes:
        ledger, when: where everything is read.
        whole: the ledger that it is a part of, or is.
        past: tells the past of its tasks.
        house: what every page says of whose it is.
        audit: what an audit of all of it has found; a part of it has none.
    """

    ledger: Ledger
    when: Moment
    whole: Ledger
    past: Callable[[Row], Past]
    house: Mapping[str, str]
    audit: LastAudit | None = None


def _files(stage: _Stage, origin: Origin, tell: Tell) -> Iterator[tuple[str, bytes]]:
    snapshot = load(stage.ledger, stage.when.commit)
    files = catalogue(stage.ledger, snapshot, stage.whole, origin, stage.when)
    listed = {row.task.id: row for row in rows(snapshot, stage.when.today)}
    places, names, here = list(files), list(files.values()), os.getpid()

    @lru_cache(1)
    def scenes(process: int) -> tuple[Scene, Scene]:
        """What pages are made from, and bulletins; a second process opens all by itself."""
        its = stage if process == here else _opened_again(stage)
        scene = Scene(
            its.ledger, its.when.today, "", its.when, Filed("", files, snapshot.departments),
            is_live=False, past=its.past, row=listed.get, house=its.house,
            audit=its.audit,
        )  # fmt: skip
        then = Moment(origin.commit, its.when.today)
        return scene, replace(scene, ledger=its.whole, when=then)

    def make(number: int) -> bytes:
        (page, key), file = places[number], names[number]
        scene, whole = scenes(os.getpid())
        path, _, query = key.partition("?")
        asked = Asked("/".join(filter(None, (page, path))), query_of(parse_qsl(query)))
        links = Filed(file, files, snapshot.departments)
        its = whole if page == _OF_THE_WHOLE else scene
        return reply(replace(its, to=links), asked, _PAGES).body

    for done, (number, content) in enumerate(by_both(make, len(places)), 1):
        tell(done, len(places))
        yield names[number], content


def _opened_again(stage: _Stage) -> _Stage:
    """The same with nothing that another process has open."""
    state = stage.whole.repo.state_dir()

    def again(ledger: Ledger) -> Ledger:
        return Ledger(ledger.root, find_repo(ledger.root), Cache(state))

    return replace(stage, ledger=again(stage.ledger), whole=again(stage.whole))
