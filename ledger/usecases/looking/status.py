"""How many tasks stand where: `status`, and the picture of the day."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from ledger.adapters.files.index.worktree import Tally
from ledger.model.choice import one_of
from ledger.model.lights import Lights
from ledger.model.problem import Problem
from ledger.model.record import dataclass, replace
from ledger.model.shares import percent
from ledger.model.standing import Brief
from ledger.model.task import (
    APPLIED,
    CANCELLED,
    CLOSED,
    IN_PROGRESS,
    NOT_STARTED,
    ONGOING,
    REVIEWED,
)
from ledger.usecases.looking.asking import Asking
from ledger.usecases.looking.filters import Filters
from ledger.usecases.looking.list import answered, problems_of
from ledger.usecases.looking.rows import GROUPS, UNSET, due_rows, rows
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger

S = TypeVar("S", bound="Countable")

STATUS_GROUPS = ("lead", "source", "kind", "leader", "section", "nature")
COUNTED = {
    "total": "总数", "closed": "已销号", "rate": "完成率", "in_progress": "推进中",
    "not_started": "未启动", "applied": "申请销号", "reviewed": "待上会", "ongoing": "长期坚持",
    "cancelled": "已中止", "overdue": "逾期", "due_soon": "临期", "waiting": "按时申请",
}  # fmt: skip
"""What of a `Count` is shown → how its column is called."""
SHOWN = 10  # tasks of each part of today's picture
_FIELDS = {
    CLOSED: "closed", IN_PROGRESS: "in_progress", NOT_STARTED: "not_started", APPLIED: "applied",
    REVIEWED: "reviewed", ONGOING: "ongoing", CANCELLED: "cancelled",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Count:
    """The tasks of one group, by status; `overdue` and `due_soon` are computed from the day.

    Attributes:
        waiting: of `applied` and `reviewed` those that were applied for in time, and are not late
            whatever the day.
        rate: closed / total in percent with one decimal; 0.0 where there are no tasks.
    """

    key: str
    total: int
    closed: int
    in_progress: int
    not_started: int
    applied: int
    reviewed: int
    ongoing: int
    cancelled: int
    overdue: int
    due_soon: int
    waiting: int

    @property
    def rate(self) -> float:
        """完成率 in percent."""
        return percent(self.closed, self.total)


@dataclass(frozen=True, slots=True)
class Part:
    """Some tasks of today's picture: how many, and the first of them."""

    count: int
    tasks: tuple[Brief, ...]


@dataclass(frozen=True, slots=True)
class Today:
    """What a secretary wants to know first in the morning.

    Attributes:
        problems: what is wrong with the ledger.
        this_week: due up to Sunday; waiting: for a meeting (待上会).
    """

    problems: tuple[Problem, ...]
    organisation: str
    count: Count
    overdue: Part
    this_week: Part
    waiting: Part


@dataclass(frozen=True, slots=True)
class Status:
    """The whole ledger's numbers at a moment, and those of each group."""

    problems: tuple[Problem, ...]
    today: dt.date
    by: str  # one of `STATUS_GROUPS`
    total: Count
    groups: tuple[Count, ...]


def status(ledger: Ledger, when: Moment, by: str) -> Status:
    """Count the tasks of a moment.

    Args:
        by: one of `STATUS_GROUPS`.

    Raises:
        UsageError: for any other group.
    """
    one_of(by, STATUS_GROUPS, "分组方式")

    def answer(index: Asking) -> tuple[Asking, Count, tuple[Count, ...]]:
        total = _total(index.index.tally(index.question()))
        return index, total, _groups(index, by)

    if told := answered(ledger, when, answer):
        index, total, groups = told
        return Status(problems_of(ledger, index, when), when.today, by, total, groups)
    from ledger.usecases.reading.load import load  # not where the index answers

    snapshot = load(ledger, when.commit)
    listed = [row.brief for row in rows(snapshot, when.today)]
    lights = snapshot.config.lights
    groups = counts(listed, by, lights, snapshot.departments)
    return Status(snapshot.problems, when.today, by, count("", listed, lights), groups)


def _groups(index: Asking, by: str) -> tuple[Count, ...]:
    """Every group's numbers, in the order in which the files name the groups."""
    canonical = index.departments()
    tallies = list(index.index.tally(index.question(), by, canonical))
    first: dict[str, tuple[str, int]] = {}
    for each in tallies:
        first[each.key or UNSET] = min(each.first, first.get(each.key or UNSET, each.first))
    if by == "lead":
        first = _by_place(index, first, canonical)
    sums = _sums(tallies)
    return tuple(sums[key] for key in sorted(first, key=lambda key: first[key]))


def _by_place(
    index: Asking,
    first: Mapping[str, tuple[str, int]],
    canonical: Mapping[str, str],
) -> dict[str, tuple[str, int]]:
    """The same with each group's place in the task that names it first, where it names several."""
    paths = Counter(path for path, _ in first.values())
    shared = [path for path, groups in paths.items() if groups > 1]
    leads = index.index.leads(shared)
    return {
        key: (path, [canonical.get(name, name) or UNSET for name in leads[path]].index(key))
        if path in leads
        else (path, place)
        for key, (path, place) in first.items()
    }


def _total(tallies: Iterable[Tally]) -> Count:
    return replace(_sums(tallies).get(UNSET) or _count("", {}), key="")


def _sums(tallies: Iterable[Tally]) -> dict[str, Count]:
    """What the index counts, added up by group."""
    numbers: dict[str, Counter[str]] = {}
    for each in tallies:
        own = numbers.setdefault(each.key or UNSET, Counter())
        own["total"] += each.number
        own[_FIELDS[each.status]] += each.number
        own["overdue"] += each.late
        own["due_soon"] += each.soon
        own["waiting"] += each.waiting
    return {key: _count(key, own) for key, own in numbers.items()}


def _count(key: str, numbers: Mapping[str, int]) -> Count:
    fields = ("total", *_FIELDS.values(), "overdue", "due_soon", "waiting")
    return Count(key, **{field: numbers.get(field, 0) for field in fields})


class Countable(Protocol):
    """What is counted of a task: its status, whether it waits in time, days to what is due."""

    @property
    def status(self) -> str: ...
    @property
    def days_left(self) -> int | None: ...
    @property
    def in_time(self) -> bool: ...


def count(key: str, tasks: Iterable[Countable], lights: Lights) -> Count:
    """Count one group of tasks."""
    tally = Counter([(each.status, _pressing(each, lights)) for each in tasks])
    return _count(key, _added((status, pressing, n) for (status, pressing), n in tally.items()))


def counts(
    tasks: Iterable[S], by: str, lights: Lights, departments: Mapping[str, str] | None = None
) -> tuple[Count, ...]:
    """Count every group; a task with several departments counts in each of them.

    A hundred thousand tasks have a few hundred combinations of group, status and urgency: these are
    what is dealt out, in the order in which they come.

    Args:
        departments: names and aliases → canonical names, under which departments are counted.

    Raises:
        UsageError: they cannot be grouped so.
    """
    one_of(by, GROUPS, "分组方式")
    called = departments if departments and by == "lead" else {}
    tally = Counter([(getattr(each, by), each.status, _pressing(each, lights)) for each in tasks])
    groups: dict[str, list[tuple[str, str, int]]] = {}
    for (value, status, pressing), number in tally.items():
        keys = [called.get(name, name) for name in value] or [UNSET] if by == "lead" else [value]
        for key in dict.fromkeys(keys):
            groups.setdefault(key or UNSET, []).append((status, pressing, number))
    return tuple(_count(key, _added(own)) for key, own in groups.items())


def _pressing(task: Countable, lights: Lights) -> str:
    """The field of `Count` in which a task counts because of the day, if any."""
    days = task.days_left
    if task.in_time:
        return "waiting"
    if days is None or days > lights.due_soon_days:
        return ""
    return "overdue" if days < 0 else "due_soon"


def _added(tally: Iterable[tuple[str, str, int]]) -> Counter[str]:
    """Numbers by the fields of `Count`, out of how many tasks have a status and press."""
    numbers: Counter[str] = Counter()
    for status, pressing, number in tally:
        numbers["total"] += number
        numbers[_FIELDS[status]] += number
        if pressing:
            numbers[pressing] += number
    return numbers


def today_picture(ledger: Ledger, when: Moment) -> Today:
    """Totals, what is overdue, what is due up to Sunday, what waits for a meeting."""
    today = when.today
    to_sunday = 7 - today.isoweekday()

    def answer(index: Asking) -> tuple[Asking, str, Count, tuple[Part, ...]]:
        now = today.toordinal()
        asked = (
            (index.question(last=now - 1), "due"),
            (replace(index.question(last=now + to_sunday), first=now), "due"),
            (index.question(Filters(status=(REVIEWED,))), ""),
        )
        parts = (
            Part(index.index.count(each), tuple(index.briefs(each, sort, SHOWN)))
            for each, sort in asked
        )
        organisation = index.index.house().get("organisation", "")
        total = _total(index.index.tally(index.question()))
        return index, organisation, total, tuple(parts)

    if told := answered(ledger, when, answer):
        index, organisation, total, split = told
        return Today(problems_of(ledger, index, when), organisation, total, *split)
    from ledger.usecases.reading.load import load  # not where the index answers

    snapshot = load(ledger, when.commit)
    listed = rows(snapshot, today)
    dated = due_rows(listed, to_sunday)
    chosen = (
        [row for row in dated if row.standing.overdue],
        [row for row in dated if not row.standing.overdue],
        [row for row in listed if row.task.status == REVIEWED],
    )
    parts = (Part(len(part), tuple(row.brief for row in part[:SHOWN])) for part in chosen)
    numbers = count("", [row.brief for row in listed], snapshot.config.lights)
    return Today(snapshot.problems, snapshot.config.organisation, numbers, *parts)
