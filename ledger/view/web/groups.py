"""部门, 领导, 来源: a table of all of them, and a page for each with its numbers and its tasks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from ledger.adapters.http.exchange import Asked
from ledger.errors import UsageError
from ledger.model.choice import one_of
from ledger.model.lights import Lights
from ledger.model.record import dataclass
from ledger.model.search import leaders_meant
from ledger.model.standing import Brief
from ledger.usecases.looking.filters import Filters
from ledger.usecases.looking.find import Choices, choices, named
from ledger.usecases.looking.glance import by_status, states_of
from ledger.usecases.looking.list import listed
from ledger.usecases.looking.rows import UNSET
from ledger.usecases.looking.status import COUNTED, Count, Status, count, status
from ledger.usecases.picturing.bars import bars, splits_of
from ledger.usecases.picturing.heat import due_days, heat
from ledger.usecases.reading.load import config_at
from ledger.usecases.reading.moment import moment
from ledger.view.web.lines import Head, Named, cards, late, lit, task_lines
from ledger.view.web.scene import Scene, WebPage

_MOST = 100  # tasks of a page
_ALWAYS = {"total", "closed", "rate", "overdue"}


@dataclass(frozen=True, slots=True)
class Grouping:
    """A way to group tasks that has pages of its own.

    Attributes:
        by: one of `STATUS_GROUPS`; also the filter that chooses a group.
        name: what one of them is called.
        all, one: names in `routes.PAGES`.
    """

    by: str
    name: str
    all: str
    one: str


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group in the table of all of them.

    Attributes:
        about: what stands beside its name.
        numbers: as texts, in the order of the columns; late: where its overdue tasks are listed.
        then: its rate at the end of the last month; empty where it was not there.
    """

    group: Named
    about: str
    numbers: tuple[str, ...]
    late: str
    then: str


DEPTS = Grouping("lead", "部门", "depts", "dept")
LEADERS = Grouping("leader", "领导", "leaders", "leader")
SOURCES = Grouping("source", "来源", "sources", "source")


def _all(of: Grouping, scene: Scene, key: str, asked: Asked) -> WebPage:
    """The table of all groups, and their bars."""
    now, then = _now_and_then(of, scene)
    known = choices(scene.ledger, scene.when)
    groups = _with_empty(of, now, known)
    shown = _shown(groups)
    sort = asked.one("sort")
    splits = splits_of(by_status(scene.ledger, scene.when, of.by))
    hrefs = {each.name: _href(of, scene, each.name) for each in splits}
    links = {name: href for name, href in hrefs.items() if href}
    values = {
        "grouping": of,
        "heads": [_head(of, scene, sort, *each) for each in (("name", of.name), *shown)],
        "lines": [_line(of, scene, each, shown, then, known) for each in _sorted(groups, sort)],
        "total": [_text(now.total, field) for field, _ in shown],
        "then": then,
        "then_total": f"{then.total.rate}%" if then else "",
        "picture": bars(of.all, splits, f"各{of.name}事项", of.name, links) if splits else None,
    }
    return WebPage(of.name, "groups", values, now.problems, part=of.all)


def _one(of: Grouping, scene: Scene, key: str, asked: Asked) -> WebPage:
    """One group: its numbers, beside those of the last month's end, and its tasks."""
    known = choices(scene.ledger, scene.when)
    config = config_at(scene.ledger, scene.when.commit)
    name = named(scene.ledger, known, config.canonical(), of.by, key)
    now, then = _now_and_then(of, scene)
    own, before = _of(now, name), _of(then, name) if then else None
    tasks = _tasks(of, scene, name)
    scope = {of.by: name}
    source = known.sources.get(name) if of is SOURCES else None
    days = due_days(tasks, scene.when.today)
    values = {
        "grouping": of,
        "cards": cards(scene, own, config.lights, scope),
        "lights": lit(scene, states_of(tasks), config.lights, scope),
        "compared": list(_compared(own, before)) if before else [],
        "then": then,
        "lines": task_lines(scene, tasks[:_MOST], config),
        "count": len(tasks),
        "href": scene.to("list", **scope, sort="light"),
        "alike": _alike(of, name, known),
        "source": source,
        "helping": _helping(of, scene, name),
        "pictures": [heat("due-days", days, calendar=config.calendar.work)] if days.total else [],
        "up": Named(f"全部{of.name}", scene.to(of.all)),
    }
    return WebPage(name, "group", values, now.problems, part=of.all)


depts, dept = partial(_all, DEPTS), partial(_one, DEPTS)
leaders, leader = partial(_all, LEADERS), partial(_one, LEADERS)
sources, source = partial(_all, SOURCES), partial(_one, SOURCES)


def _now_and_then(of: Grouping, scene: Scene) -> tuple[Status, Status | None]:
    """The numbers of the moment, and those of the last month's end, where the ledger was there."""
    now = status(scene.ledger, scene.when, of.by)
    if scene.when.today.replace(day=1) == dt.date.min:
        return now, None
    end = scene.when.today.replace(day=1) - dt.timedelta(days=1)
    try:
        then = moment(scene.ledger, end.isoformat(), None, scene.now)
    except UsageError:
        return now, None
    return now, status(scene.ledger, then, of.by)


def _of(counted: Status, name: str) -> Count:
    """A group's numbers; of one without tasks they are all 0."""
    return next((each for each in counted.groups if each.key == name), count(name, (), Lights()))


def _with_empty(of: Grouping, now: Status, known: Choices) -> list[Count]:
    """All groups, sources without tasks last."""
    counted = {each.key for each in now.groups}
    more = known.sources if of is SOURCES else ()
    return [*now.groups, *(count(name, (), Lights()) for name in more if name not in counted)]


def _shown(groups: Sequence[Count]) -> list[tuple[str, str]]:
    """The columns: which number, and what it is called; those that are 0 all over are left out."""
    return [
        (field, called)
        for field, called in COUNTED.items()
        if field in _ALWAYS or any(getattr(each, field) for each in groups)
    ]


def _text(counted: Count, field: str) -> str:
    return f"{getattr(counted, field)}{'%' if field == 'rate' else ''}"


def _head(of: Grouping, scene: Scene, sort: str, field: str, text: str) -> Head:
    """A head that sorts: names from the first on, numbers from the greatest on."""
    first, second = (field, f"-{field}") if field == "name" else (f"-{field}", field)
    turned = second if sort == first else first
    told = {field: "ascending", f"-{field}": "descending"}.get(sort, "none")
    return Head(text, scene.to(of.all, sort=turned) if scene.is_live else "", told)


def _sorted(groups: Sequence[Count], sort: str) -> list[Count]:
    """Groups by a number or by their names; as the files have them where no order is asked for.

    Raises:
        UsageError: there is no such order.
    """
    if not sort:
        return [*groups]
    field = one_of(sort.removeprefix("-"), ("name", *COUNTED), "排序方式")
    key = "key" if field == "name" else field
    return sorted(groups, key=lambda each: getattr(each, key), reverse=sort.startswith("-"))


def _line(
    of: Grouping,
    scene: Scene,
    counted: Count,
    shown: Sequence[tuple[str, str]],
    then: Status | None,
    known: Choices,
) -> GroupLine:
    name = counted.key
    before = next((each for each in then.groups if each.key == name), None) if then else None
    source = known.sources.get(name) if of is SOURCES else None
    listing = scene.to("list", **{of.by: name, **late(scene.when.today)})
    return GroupLine(
        Named(name, _href(of, scene, name)),
        source.title if source else "",
        tuple(_text(counted, field) for field, _ in shown),
        listing if counted.overdue and name != UNSET else "",
        f"{before.rate}%" if before else "",
    )


def _href(of: Grouping, scene: Scene, name: str) -> str:
    return "" if name == UNSET else scene.to(of.one, name)


def _tasks(of: Grouping, scene: Scene, name: str) -> list[Brief]:
    """A group's tasks: those that press first, the ended ones last."""
    given: dict[str, Any] = {of.by: (name,)}
    tasks = listed(scene.ledger, scene.when, Filters(**given), "light").tasks
    # The filter takes a part of a leader's name, too.
    return [each for each in tasks if of is not LEADERS or each.leader == name]


def _alike(of: Grouping, name: str, known: Choices) -> list[str]:
    """Other leaders whose tasks a list of this one's has as well."""
    if of is not LEADERS:
        return []
    return [each for each in leaders_meant((name,), known.leaders) if each != name]


def _compared(now: Count, then: Count) -> Iterator[tuple[str, str, str, str]]:
    """Of each number what it is called, what it was, what it is, and the difference."""
    for field, called in _shown((now, then)):
        more = getattr(now, field) - getattr(then, field)
        sign = "+" if more > 0 else "−" if more < 0 else ""
        told = f"{abs(more):.1f} 个百分点" if field == "rate" else str(abs(more))
        yield called, _text(then, field), _text(now, field), f"{sign}{told}" if more else "不变"


def _helping(of: Grouping, scene: Scene, name: str) -> Named | None:
    """The tasks that a department assists with."""
    if of is not DEPTS:
        return None
    number = len(listed(scene.ledger, scene.when, Filters(assist=(name,)), "").tasks)
    return Named(str(number), scene.to("list", assist=name, sort="light")) if number else None
