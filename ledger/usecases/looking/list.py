"""Which tasks are asked for, in which order: `list`, `due` and every other command that selects."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ledger.adapters.files.read_snapshot import Narrow
from ledger.model.choice import department, one_of
from ledger.model.record import dataclass
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.standing import Standing, light_names, standing
from ledger.model.task import KINDS, NATURES, STATUSES, Task, label
from ledger.usecases.reading.open import Ledger, Moment, load, load_task

UNSET = "（未填）"


@dataclass(frozen=True, slots=True)
class Row:
    """One task as a list shows it: the file's entry and how it stands today."""

    entry: Entry[Task]
    standing: Standing

    @property
    def task(self) -> Task:
        """The task itself."""
        return self.entry.record


@dataclass(frozen=True, slots=True)
class Filters:
    """What `list` and its kin were asked for; empty means everything.

    Several values of one filter widen it (or), different filters narrow each other (and).
    Departments by name or alias; `leader` and `text` are found anywhere in the text, width and
    case aside; both ends of a span of days belong to it.
    """

    dept: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    assist: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    leader: tuple[str, ...] = ()
    nature: tuple[str, ...] = ()
    light: tuple[str, ...] = ()
    due_before: dt.date | None = None
    due_after: dt.date | None = None
    text: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """What `list` shows.

    Attributes:
        snapshot: the ledger that was looked at, with what is wrong with it.
        rows: the tasks that pass the filters, in order.
        groups: the same by their group's name; None where no group was asked for.
    """

    snapshot: Snapshot
    rows: list[Row]
    groups: dict[str, list[Row]] | None = None


@dataclass(frozen=True, slots=True)
class DueTasks:
    """What `due` shows: the late ones and those due within `within` days, worst first."""

    snapshot: Snapshot
    rows: list[Row]
    today: dt.date
    within: int | None  # None where only what is overdue was asked for
    names: tuple[str, ...]  # the departments, as they were asked for

    @property
    def late(self) -> int:
        """How many are overdue."""
        return sum(row.standing.overdue for row in self.rows)


Test = Callable[[Row], bool]


def listed(ledger: Ledger, when: Moment, filters: Filters, sort: str, group: str = "") -> Listed:
    """The tasks of a moment that pass the filters.

    Args:
        sort: one of `SORTS`, a leading '-' reversing; empty for the order of the files.
        group: one of `GROUPS`; empty for none.

    Raises:
        UsageError: a filter, an order or a group that there is not.
    """
    snapshot = load(ledger, when.commit)
    selected = rows(snapshot, when.today, filters)
    selected = sorted_rows(selected, sort) if sort else selected
    groups = grouped(selected, group, snapshot.departments) if group else None
    return Listed(snapshot, selected, groups)


def due(ledger: Ledger, when: Moment, filters: Filters, within: int, overdue: bool) -> DueTasks:
    """The tasks of a moment that are overdue or come due, asked of the cache where it can tell.

    Args:
        within: days from the moment's day.
        overdue: only what is overdue.

    Raises:
        UsageError: a filter names what there is not.
    """
    horizon = min(when.today.toordinal() + within, dt.date.max.toordinal())
    names = (*filters.dept, *filters.lead, *filters.assist)
    known_by_files = bool(filters.source)  # a source may be known by its tasks alone
    narrow = None if known_by_files else Narrow(dt.date.fromordinal(horizon), names)
    snapshot = load(ledger, when.commit, narrow)
    span = None if overdue else within
    pressing = due_rows(rows(snapshot, when.today, filters), span)
    return DueTasks(snapshot, pressing, when.today, span, filters.dept)


def rows(snapshot: Snapshot, today: dt.date, filters: Filters | None = None) -> list[Row]:
    """The tasks that pass the filters, in path order.

    Raises:
        UsageError: a filter names a department, status, kind, source, nature or light that there
            is not.
    """
    tests = list(_tests(snapshot, filters)) if filters else []
    lights = snapshot.config.lights
    every = (Row(entry, standing(entry.record, today, lights)) for entry in snapshot.tasks)
    return [row for row in every if all(test(row) for test in tests)] if tests else list(every)


def one(ledger: Ledger, task_id: str, when: Moment) -> Row:
    """One task at a moment.

    Args:
        task_id: its id or a unique ending of it.

    Raises:
        UsageError: no such task.
        LedgerError: its file is broken.
    """
    snapshot, entry = load_task(ledger, task_id, when.commit)
    return Row(entry, standing(entry.record, when.today, snapshot.config.lights))


def due_rows(rows: Iterable[Row], within: int | None) -> list[Row]:
    """What is overdue or comes due, worst first.

    Args:
        within: days from today, today itself being 0; None for overdue tasks only.
    """
    limit = -1 if within is None else within
    pressing = [
        row
        for row in rows
        if row.standing.days_left is not None and row.standing.days_left <= limit
    ]
    return sorted(pressing, key=lambda row: (row.standing.due or dt.date.max, row.task.id))


def sorted_rows(rows: Iterable[Row], by: str) -> list[Row]:
    """Rows by one of `SORTS`, a leading '-' reversing; what has no value comes last either way.

    Raises:
        UsageError: for any other name.
    """
    name, reverse = by.removeprefix("-"), by.startswith("-")
    key = SORTS[one_of(name, tuple(SORTS), "排序方式")]
    listed = sorted(rows, key=lambda row: row.task.id)
    filled = [row for row in listed if key(row) is not None]
    empty = [row for row in listed if key(row) is None]
    return sorted(filled, key=key, reverse=reverse) + empty


def grouped(
    rows: Iterable[Row], by: str, departments: Mapping[str, str] | None = None
) -> dict[str, list[Row]]:
    """Rows by one of `GROUPS`; a task with several departments stands under each of them.

    Args:
        departments: names and aliases → canonical names, under which departments are grouped.

    Raises:
        UsageError: for any other name.
    """
    keys = GROUPS[one_of(by, tuple(GROUPS), "分组方式")]
    called = departments if departments and by == "lead" else {}
    groups: dict[str, list[Row]] = {}
    for row in rows:
        for key in dict.fromkeys(called.get(key, key) for key in keys(row) or (UNSET,)):
            groups.setdefault(key or UNSET, []).append(row)
    return groups


def _tests(snapshot: Snapshot, filters: Filters) -> Iterator[Test]:
    """One test for each filter that was given."""
    of_departments: dict[str, Callable[[Task], tuple[str, ...]]] = {
        "dept": lambda task: (*task.lead, *task.assist),
        "lead": lambda task: task.lead,
        "assist": lambda task: task.assist,
    }
    for name, of in of_departments.items():
        if names := getattr(filters, name):
            yield _in_departments(snapshot, names, of)
    known = {"status": STATUSES, "kind": KINDS, "source": (), "nature": NATURES}
    for name, choices in known.items():
        if values := getattr(filters, name):
            yield _among(name, values, choices or _sources(snapshot))
    if filters.light:
        yield _lit(snapshot, filters.light)
    if filters.leader:
        yield _says(filters.leader, lambda task: (task.leader,))
    if filters.text:
        yield _says(filters.text, _texts)
    if before := filters.due_before:
        yield lambda row: row.standing.due is not None and row.standing.due <= before
    if after := filters.due_after:
        yield lambda row: row.standing.due is not None and row.standing.due >= after
    if tags := set(filters.tag):
        yield lambda row: not tags.isdisjoint(row.task.tags)


def _in_departments(
    snapshot: Snapshot, names: Iterable[str], of: Callable[[Task], tuple[str, ...]]
) -> Test:
    chosen = {department(snapshot, name) for name in names}
    canonical = snapshot.departments
    return lambda row: any(canonical.get(name, name) in chosen for name in of(row.task))


def _among(name: str, values: Iterable[str], known: Sequence[str]) -> Test:
    chosen = {one_of(value, known, label(name)) for value in values}
    return lambda row: getattr(row.task, name) in chosen


def _sources(snapshot: Snapshot) -> tuple[str, ...]:
    """The sources with a file, and those that only tasks name."""
    in_files = sorted({entry.record.source for entry in snapshot.tasks})
    return tuple(dict.fromkeys((*snapshot.source_by_id, *in_files)))


def _lit(snapshot: Snapshot, values: Iterable[str]) -> Test:
    known = light_names(snapshot.config.lights)
    lights = {
        one_of(value if value in known else value.removesuffix("灯"), known, "灯色")
        for value in values
    }
    return lambda row: row.standing.light in lights


def _says(words: Iterable[str], of: Callable[[Task], Iterable[str]]) -> Test:
    sought = [_searched(word) for word in words]
    return lambda row: any(
        word in _searched(text) for text in of(row.task) for word in sought if text
    )


def _texts(task: Task) -> Iterable[str]:
    yield from (task.id, task.title, task.section, task.key_point, task.problem, task.goal)
    yield from task.measures
    yield from (entry.text for entry in task.progress)


def _searched(text: str) -> str:
    """A text as search compares it: full-width forms and case do not matter, but blanks do.

    They part words here; `people.folded` takes them away, since they make no other name.
    """
    return unicodedata.normalize("NFKC", text).casefold()


SORTS: Mapping[str, Callable[[Row], Any]] = {
    "id": lambda row: row.task.id,
    "due": lambda row: row.standing.due,
    "lead": lambda row: row.task.lead or None,
    "status": lambda row: STATUSES.index(row.task.status),
    "light": lambda row: row.standing.rank,
    "kind": lambda row: KINDS.index(row.task.kind),
    "source": lambda row: row.task.source,
    "leader": lambda row: row.task.leader or None,
    "title": lambda row: row.task.title,
}

GROUPS: Mapping[str, Callable[[Row], tuple[str, ...]]] = {
    "lead": lambda row: row.task.lead,
    "source": lambda row: (row.task.source,),
    "kind": lambda row: (row.task.kind,),
    "leader": lambda row: (row.task.leader,),
    "section": lambda row: (row.task.section,),
    "nature": lambda row: (row.task.nature,),
    "status": lambda row: (row.task.status,),
    "light": lambda row: (row.standing.light,),
}
