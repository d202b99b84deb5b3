"""Which page an address asks for: a literal table, and the answer to whatever is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from ledger.adapters.http.exchange import Asked, Reply
from ledger.errors import LedgerError, NotKnown, UsageError
from ledger.usecases.reading.moment import Moment, moment
from ledger.usecases.reading.open import Ledger
from ledger.view.problems import sentence
from ledger.view.web import (
    audit,
    evidence,
    files,
    groups,
    listing,
    meetings,
    reports,
    rules,
    task,
    today,
)
from ledger.view.web.frame import html
from ledger.view.web.scene import Scene, WebPage
from ledger.view.web.served import Served

Make = Callable[[Scene, str, Asked], WebPage | Reply]

PAGES: Mapping[str, Make] = {
    "": today.page,
    "list": listing.page,
    "list.xlsx": listing.xlsx,
    "list.csv": listing.csv,
    "depts": groups.depts,
    "dept": groups.dept,
    "leaders": groups.leaders,
    "leader": groups.leader,
    "sources": groups.sources,
    "source": groups.source,
    "task": task.page,
    "evidence": evidence.download,
    "view": evidence.page,
    "raw": evidence.raw,
    "meetings": meetings.listing,
    "meeting": meetings.page,
    "rules": rules.listing,
    "rule": rules.page,
    "reports": reports.listing,
    "report": reports.page,
    "audit": audit.page,
    "style.css": files.style,
    "pages.js": files.script,
}
"""The first part of an address → what makes the page; the rest of the address is its key."""
_KEYED = frozenset(
    ("dept", "leader", "source", "task", "evidence", "view", "raw", "meeting", "rule", "report")
)  # the others are one page each, and nothing is below them


def answer(ledger: Ledger, now: dt.date, asked: Asked) -> Reply:
    """What a server answers: a page, a file, or in a page what is wrong with the question.

    Args:
        now: today.
    """
    at = asked.one("at")
    scene = Scene(ledger, now, "", Moment("", now), Served())
    try:
        when = _asked_for(ledger, at, now)
    except LedgerError as error:
        return in_frame(_refusal(error), scene)
    return reply(Scene(ledger, now, at, when, Served(at)), asked)


def _asked_for(ledger: Ledger, at: str, now: dt.date) -> Moment:
    """The moment that an address names: only what has led to what there is now.

    What was folded away because it held a secret, and what stands on somebody's branch, is still in
    git, and is no reader's.

    Raises:
        UsageError: there is no such moment, or it is none of these.
    """
    when = moment(ledger, at or None, None, now)
    head = ledger.repo.head() if when.commit else None
    if head and not ledger.repo.is_ancestor(when.commit, head):
        raise UsageError(f"现在的历史里没有版本“{at}”", hint="请写成 2017-10-20 这样的日期")
    return when


def reply(scene: Scene, asked: Asked, pages: Mapping[str, Make] = PAGES) -> Reply:
    """What is answered in a scene, which may be what is wrong with the question.

    Args:
        pages: which there are.
    """
    try:
        made = made_by(scene, asked, pages)
    except LedgerError as error:
        made = _refusal(error)
    return made if isinstance(made, Reply) else in_frame(made, scene)


def in_frame(page: WebPage, scene: Scene) -> Reply:
    """A page as it is sent."""
    return Reply(html(page, scene), status=page.status)


def made_by(scene: Scene, asked: Asked, pages: Mapping[str, Make] = PAGES) -> WebPage | Reply:
    """A page, or a file.

    Raises:
        NotKnown: no such page.
        LedgerError: what the command behind it raises.
    """
    name, slash, key = asked.path.partition("/")
    if (make := pages.get(name)) is None or (slash and name not in _KEYED):
        raise NotKnown(f"没有“{asked.path}”这个网页", hint="请从上面的导航进入")
    return make(scene, key, asked)


def _refusal(error: LedgerError) -> WebPage:
    """A failure as a page: what went wrong, then what to do.

    What the ledger as it is does not let be shown is no fault of the program's, nor of who asks.
    """
    status = 404 if isinstance(error, NotKnown) else 400 if isinstance(error, UsageError) else 503
    told = sentence(error.message, error.hint)
    return WebPage("看不了这一页", "refusal", {"told": told}, status=status)
