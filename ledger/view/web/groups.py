"""部门, 领导, 来源: a table of all of them, and a page for each with its numbers and its tasks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ledger.adapters.http.exchange import Asked
from ledger.model.choice import one_of
from ledger.model.lights import Lights
from ledger.model.record import dataclass
from ledger.model.search import leaders_meant
from ledger.model.standing import Brief
from ledger.usecases.looking.earlier import last_month, status_then
from ledger.usecases.looking.filters import Filters
from ledger.usecases.looking.find import Choices, choices, named
from ledger.usecases.looking.glance import by_due, by_state, by_status, states_of
from ledger.usecases.looking.list import excerpt, listed, whole
from ledger.usecases.looking.rows import UNSET
from ledger.usecases.looking.status import COUNTED, Count, Status, count, status
from ledger.usecases.picturing.bars import bars, splits_of
from ledger.usecases.picturing.heat import DueDays, due_days, heat
from ledger.usecases.picturing.way import way
from ledger.usecases.picturing.ways import way_of
from ledger.usecases.reading.load import config_at
from ledger.view.web.lines import MOST, Head, Named, cards, late, lit, task_lines
from ledger.view.web.scene import Scene, WebPage

if TYPE_CHECKING:
    from ledger.usecases.picturing.svg import Picture

_DRAWN = 15  # of these whose way is drawn
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


@dataclass(frozen=True, slots=True)
class Members:
    """The tasks of a group.

    Attributes:
        total: how many there are; tasks: the first of them.
        states: how many are in which state; days: how many are due on which day.
        alike: other leaders, whose tasks a list of this one's has as well.
    """

    total: int
    tasks: tuple[Brief, ...]
    states: Mapping[str, int]
    days: Mapping[dt.date, int]
    alike: tuple[str, ...] = ()


DEPTS = Grouping("lead", "部门", "depts", "dept")
LEADERS = Grouping("leader", "领导", "leaders", "leader")
SOURCES = Grouping("source", "来源", "sources", "source")


def _all(of: Grouping, scene: Scene, key: str, asked: Asked) -> WebPage:
    """The table of all groups, and their bars."""
    then = _then(of, scene)
    now = status(scene.ledger, scene.when, of.by)
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
    then, config = _then(of, scene), config_at(scene.ledger, scene.when.commit)
    known = choices(scene.ledger, scene.when)
    name = named(scene.ledger, known, config.canonical(), of.by, key)
    now = status(scene.ledger, scene.when, of.by)
    own, before = _of(now, name), _of(then, name) if then else None
    its = _members(of, scene, name, known)
    days = DueDays(its.days, scene.when.today)
    scope = {of.by: name}
    values = {
        "grouping": of,
        "cards": cards(scene, own, config.lights, scope),
        "lights": lit(scene, its.states, config.lights, scope),
        "compared": list(_compared(own, before)) if before else [],
        "then": then,
        "lines": task_lines(scene, its.tasks, config),
        "count": its.total,
        "href": scene.to("list", **scope, sort="light"),
        "alike": its.alike,
        "source": known.sources.get(name) if of is SOURCES else None,
        "helping": _helping(of, scene, name),
        "pictures": [heat("due-days", days, calendar=config.calendar.work)] if days.total else [],
        "ways": _ways(scene, its.tasks[:_DRAWN], config.lights),
        "drawn": min(its.total, _DRAWN),
        "up": Named(f"全部{of.name}", scene.to(of.all)),
    }
    return WebPage(name, "group", values, now.problems, part=of.all)


depts, dept = partial(_all, DEPTS), partial(_one, DEPTS)
leaders, leader = partial(_all, LEADERS), partial(_one, LEADERS)
sources, source = partial(_all, SOURCES), partial(_one, SOURCES)


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


def _members(of: Grouping, scene: Scene, name: str, known: Choices) -> Members:
    """A group's tasks: those that press first, the ended ones last."""
    ledger, when = scene.ledger, scene.when
    given: dict[str, Any] = {of.by: (name,)}
    filters = Filters(**given)
    alike = leaders_meant((name,), known.leaders) if of is LEADERS else (name,)
    if alike != (name,):  # the filter takes a part of a leader's name, too
        tasks = [
            each for each in listed(ledger, when, filters, "light").tasks if each.leader == name
        ]
        days = due_days(tasks, when.today).numbers
        others = tuple(each for each in alike if each != name)
        return Members(len(tasks), tuple(tasks[:MOST]), states_of(tasks), days, others)
    part = excerpt(ledger, when, filters, "light", 0, MOST)
    states, days = by_state(ledger, when, filters), by_due(ledger, when, filters)
    return Members(part.total, part.tasks, states, days)


def _ways(scene: Scene, tasks: Sequence[Brief], lights: Lights) -> Picture | None:
    """How the first of a group's tasks have gone on."""
    rows = whole(scene.ledger, scene.when, tasks)
    ways = [way_of(row.task, lights=lights) for row in rows]
    hrefs = {each.id: scene.to("task", each.id) for each in ways}
    links = {name: href for name, href in hrefs.items() if href}
    return way("ways", ways, scene.when.today, hrefs=links) if ways else None


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
    number = excerpt(scene.ledger, scene.when, Filters(assist=(name,)), "", 0, 1).total
    return Named(str(number), scene.to("list", assist=name, sort="light")) if number else None


def _then(of: Grouping, scene: Scene) -> Status | None:
    """The numbers at the end of the last month."""
    return status_then(scene.ledger, last_month(scene.when.today), of.by)
