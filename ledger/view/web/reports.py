"""通报: every kind, as `report` makes it, with its files; the line that proves it at the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from ledger.adapters.http.exchange import Asked, Reply
from ledger.adapters.tables.writing.markup import html_text
from ledger.errors import LedgerError, UsageError
from ledger.model.daytext import read_day
from ledger.usecases.bulletins.drawn import pictures
from ledger.usecases.bulletins.facts import Scope
from ledger.usecases.bulletins.kinds import HTML, KINDS, MARKDOWN
from ledger.usecases.bulletins.report import Report, asked, file_of, report, text_of
from ledger.usecases.bulletins.request import Wish
from ledger.usecases.showing.issues import Issues, issues
from ledger.view.problems import sentence
from ledger.view.web.scene import Scene, WebPage

_MEDIA = {
    "md": "text/markdown",
    "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_PERIODS = ("week", "month", "quarter", "year")


def listing(scene: Scene, key: str, question: Asked) -> WebPage:
    """Every kind with its periods."""
    return _choice(scene, "通报", issues(scene.ledger, scene.when))


def page(scene: Scene, key: str, question: Asked) -> WebPage | Reply:
    """A bulletin, or a file of it.

    Args:
        key: the kind, with the suffix of a file behind it.
    """
    name, _, form = key.partition(".")
    if form and form not in _MEDIA:
        raise UsageError(f"通报没有 {form} 格式", hint=f"可用的有：{'、'.join(_MEDIA)}")
    if name in KINDS and KINDS[name].asks and not question.one("dept"):
        return _whose(scene, name)
    try:
        made, notes = _made(scene, name, form, question)
        return _file(scene, made, form) if form else _shown(scene, made, notes, question)
    except UsageError:
        raise
    except LedgerError as error:  # of the ledger as it is no bulletin can be made
        told = sentence(error.message, error.hint)
        return WebPage("出不了这份通报", "refusal", {"told": told}, part="reports")


def _whose(scene: Scene, name: str) -> WebPage:
    """Of a kind that is about one department: which ones there are."""
    some = [each for each in issues(scene.ledger, scene.when) if each.name == name]
    return _choice(scene, KINDS[name].short, some)


def _choice(scene: Scene, title: str, some: Sequence[Issues]) -> WebPage:
    """Some kinds, each with links to its bulletins; those without any are left out."""
    offers = [(each, [link for link in _links(scene, each) if link[1]]) for each in some]
    asks = all(each.kind.asks for each in some)
    values = {"offers": [each for each in offers if each[1]], "is_begun": bool(some), "asks": asks}
    return WebPage(title, "reports", values, part="reports")


def _links(scene: Scene, each: Issues) -> Iterator[tuple[str, str]]:
    """What a kind can be about, and where that is read."""
    yield from ((name, scene.to("report", each.name, dept=name)) for name in each.departments)
    for number, period in enumerate(each.periods):
        this = "" if number else f"本{period.unit} "
        href = scene.to("report", each.name, **{each.kind.named_by: period.name})
        yield f"{this}{period.spelled}", href
    if each.kind.of_a_day and not each.kind.asks:
        yield f"截至 {scene.when.today.isoformat()}", scene.to("report", each.name)


def _made(scene: Scene, name: str, form: str, question: Asked) -> tuple[Report, tuple[str, ...]]:
    """A bulletin, and what is to be known of it.

    The commit is always the last one of the day that is looked at, as `report --today` takes it.
    """
    wish = Wish(
        name,
        {each: value for each in _PERIODS if (value := question.one(each))},
        _day(question, "since"),
        _day(question, "until"),
        {"--dept": question.one("dept"), "--explain": question.one("explain")},
        Scope(question.query.get("source", ()), question.query.get("kind", ())),
        None,
    )
    form = HTML if form == HTML else MARKDOWN
    request, commit, notes = asked(scene.ledger, wish, form, scene.when, fixed=True)
    return report(scene.ledger, request, commit), notes


def _file(scene: Scene, made: Report, form: str) -> Reply:
    content = file_of(scene.ledger, made, form)
    request = made.request
    name = f"{request.kind}-{request.today.isoformat()}.{form}"
    return Reply(content, _MEDIA[form], download=name)


def _shown(scene: Scene, made: Report, notes: tuple[str, ...], question: Asked) -> WebPage:
    text = html_text(text_of(scene.ledger, made))
    again: dict[str, Any] = {
        name: values for name, values in question.query.items() if name != "at"
    }
    request = made.request
    values = {
        "text": text,
        "pictures": list(pictures(made.request, made.facts)),
        "notes": notes,
        "files": [
            (called, scene.to("report", f"{request.kind}.{form}", **again))
            for form, called in (("docx", "Word"), ("md", "Markdown"), ("html", "单个网页文件"))
        ],
        "cancelled": getattr(getattr(made.facts, "count", None), "cancelled", 0),
    }
    return WebPage(made.title, "bulletin", values, part="reports")


def _day(question: Asked, name: str) -> dt.date | None:
    if not (text := question.one(name)):
        return None
    if (day := read_day(text)) is None:
        raise UsageError(f"{name} 的值“{text}”不是日期", hint="请写成 2017-10-20 这样的真实日期")
    return day
