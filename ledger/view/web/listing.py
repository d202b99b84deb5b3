"""清单: the tasks that an address asks for, a hundred on a page, or all of them as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ledger.adapters.http.exchange import CSV, XLSX, Asked, Reply
from ledger.errors import UsageError
from ledger.model.config import Config
from ledger.model.record import dataclass, replace
from ledger.model.standing import light_names
from ledger.model.task import KINDS, NATURES, STATUSES, heading, label
from ledger.usecases.looking.find import Choices, choices
from ledger.usecases.looking.list import Excerpt, excerpt
from ledger.usecases.reading.load import config_at
from ledger.view.web.filters import DAYS, SEARCH, SEVERAL, AskedList, as_given, understood, wish
from ledger.view.web.lines import MOST, Head, Named, task_lines
from ledger.view.web.scene import Scene, WebPage

_NO_FIELDS = {
    "light": "亮灯", "": "余期", "dept": "牵头或配合部门", "tag": label("tags"), "text": "文字",
    **DAYS, SEARCH: "查找",
}  # fmt: skip
_COLUMNS = ("light", "id", "title", "lead", "due", "", "status")
_HEADS = [
    (key, heading(key) if key == "due" else _NO_FIELDS.get(key) or label(key)) for key in _COLUMNS
]
_FILTERS = (
    "dept", "status", "light", "source", "lead", "assist", "leader", "kind", "nature", "tag",
    "text", *DAYS, SEARCH,
)  # fmt: skip
_LABELS = {key: _NO_FIELDS.get(key) or label(key) for key in _FILTERS}
_FORMS = (("list.xlsx", "下载 Excel"), ("list.csv", "下载 CSV"))
_FIRST = ("dept", "status", "light", "source")
"""Filters that are always in sight; the others are behind 更多条件."""


@dataclass(frozen=True, slots=True)
class FormFilter:
    """A filter of the form.

    Attributes:
        options: value → what it is called.
        chosen: the values that are asked for.
    """

    name: str
    label: str
    options: Mapping[str, str]
    chosen: Sequence[str]


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list is shown: from which task to which, and where the others are."""

    first: int
    last: int
    total: int
    pages: tuple[Named, ...]
    before: str
    after: str


def page(scene: Scene, key: str, asked: Asked) -> WebPage:
    """The page; what is wrong with the question stands in it, beside what was asked."""
    config = config_at(scene.ledger, scene.when.commit)
    known = choices(scene.ledger, scene.when)
    try:
        return _listing(scene, wish(asked, scene.when.today), known, config)
    except UsageError as error:
        given = as_given(asked)
        values: dict[str, Any] = {
            "refused": error,
            "given": given,
            "listed": None,
            "sort": asked.one("sort"),
        }
        return WebPage(
            "清单", "list", values | _form(given, known, config), part="list", status=400
        )


def _listing(scene: Scene, wished: AskedList, known: Choices, config: Config) -> WebPage:
    """The page of what there is.

    Raises:
        UsageError: a filter, an order or a page that there is not.
    """
    filters, listed = understood(
        scene.ledger, wished.filters, lambda these: _part(scene, replace(wished, filters=these))
    )
    wished = replace(wished, filters=filters)
    given = {name: _several(value) for name, value in wished.query().items()}
    values = {
        "refused": None,
        "given": given,
        "sort": wished.sort,
        "listed": listed,
        "lines": task_lines(scene, listed.tasks, config),
        "heads": [_head(scene, wished, *each) for each in _HEADS],
        "paging": _paging(scene, wished, listed.total),
        "asked_for": list(_asked_for(scene, wished, known)),
        "downloads": _downloads(scene, wished),
        "clear": scene.to("list"),
        **_form(given, known, config),
    }
    return WebPage("清单", "list", values, listed.problems, part="list")


def csv(scene: Scene, key: str, asked: Asked) -> Reply:
    """The same tasks as `ledger export csv` has them."""
    return _table(scene, asked, "csv", CSV)


def xlsx(scene: Scene, key: str, asked: Asked) -> Reply:
    """The same tasks as `ledger export xlsx` has them."""
    return _table(scene, asked, "xlsx", XLSX)


def _part(scene: Scene, wished: AskedList) -> Excerpt:
    """The page of the list.

    Raises:
        UsageError: a filter, an order or a page that there is not.
    """
    skip = (wished.page - 1) * MOST
    part = excerpt(scene.ledger, scene.when, wished.filters, wished.sort, skip, MOST)
    if skip and skip >= part.total:
        pages = max(1, -(-part.total // MOST))
        raise UsageError(f"没有第 {wished.page} 页", hint=f"这些条件下一共 {pages} 页")
    return part


def _table(scene: Scene, asked: Asked, form: str, media: str) -> Reply:
    from ledger.usecases.looking.rows import chosen
    from ledger.usecases.tables.export import Export, exported

    wished, when = wish(asked, scene.when.today), scene.when
    _, (snapshot, rows) = understood(
        scene.ledger, wished.filters, lambda these: chosen(scene.ledger, when, these, wished.sort)
    )
    content = exported(Export(rows, when.today, snapshot.config), form)
    return Reply(content, media, download=f"台账-{when.today.isoformat()}.{form}")


def _head(scene: Scene, wished: AskedList, order: str, text: str) -> Head:
    if not order:
        return Head(text, "", "")
    by = wished.sort.removeprefix("-")
    is_up = wished.sort == order
    turned = f"-{order}" if is_up else order
    told = "none" if by != order else "ascending" if is_up else "descending"
    return Head(text, scene.to("list", **wished.query(sort=turned)), told)


def _paging(scene: Scene, wished: AskedList, total: int) -> Paging:
    number, last = wished.page, max(1, -(-total // MOST))
    near = {1, last, *range(number - 2, number + 3)}

    def to(page: int) -> str:
        if not 1 <= page <= last:
            return ""
        return scene.to("list", **wished.query(page=page if page > 1 else None))

    pages: list[Named] = []
    for page in sorted(each for each in near if 1 <= each <= last):
        if pages and page > int(pages[-1].text) + 1:
            pages.append(Named("…"))
        pages.append(Named(str(page), to(page) if page != number else ""))
    first = (number - 1) * MOST
    return Paging(
        min(first + 1, total),
        min(first + MOST, total),
        total,
        tuple(pages),
        to(number - 1),
        to(number + 1),
    )


def _asked_for(scene: Scene, wished: AskedList, known: Choices) -> Iterable[Named]:
    """Each filter in words; its link lists without it."""
    query = wished.query()
    for name in (*SEVERAL, *DAYS, SEARCH):
        values = _several(query[name]) if name in query else ()
        for value in values:
            rest = [each for each in values if each != value]
            source = known.sources.get(value) if name == "source" else None
            called = f" {source.title}" if source else ""
            text = f"{_LABELS[name]}：{value}{called}"
            yield Named(text, scene.to("list", **{**query, name: rest}))


def _downloads(scene: Scene, wished: AskedList) -> list[Named]:
    query = wished.query()
    links = (Named(text, scene.to(name, **query)) for name, text in _FORMS)
    return [each for each in links if each.href]


def _form(given: Mapping[str, Sequence[str]], known: Choices, config: Config) -> dict[str, Any]:
    """The filters of the form, those in sight and the others."""
    lights = light_names(config.lights)
    options: dict[str, Mapping[str, str]] = {
        **{name: _plain(known.departments) for name in ("dept", "lead", "assist")},
        "status": _plain(STATUSES),
        "kind": _plain(KINDS),
        "source": {
            name: f"{name} {its.title if its else ''}".strip()
            for name, its in known.sources.items()
        },
        "leader": _plain(known.leaders),
        "nature": _plain(NATURES),
        "light": _plain(lights),
        "tag": _plain(known.tags),
    }
    every = [
        FormFilter(name, _LABELS[name], {**shown, **_plain(set(its) - shown.keys())}, its)
        for name in _LABELS
        if (shown := options.get(name)) is not None and (shown or given.get(name))
        for its in (given.get(name, ()),)
    ]
    others = [each for each in every if each.name not in _FIRST]
    more = any(each.chosen for each in others) or any(given.get(name) for name in ("text", *DAYS))
    return {
        "choices": [each for each in every if each.name in _FIRST],
        "more_choices": others,
        "unfolded": " open" if more else "",
        "labels": _LABELS,
    }


def _plain(values: Iterable[str]) -> dict[str, str]:
    return {value: value for value in values}


def _several(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(value or ())
