"""Which tasks of a snapshot are asked for, in which order; `asking` has the same for the index."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from ledger.model.choice import department, one_of
from ledger.model.record import dataclass
from ledger.model.search import leaders_meant, searched, sought, texts_of
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.standing import Brief, Standing, brief, standing
from ledger.model.task import KINDS, NATURES, STATUSES, Task, label
from ledger.usecases.looking.asking import lit
from ledger.usecases.looking.filters import Filters
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger

UNSET = "（未填）"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """One task as a list shows it: the file's entry and how it stands today."""

    entry: Entry[Task]
    standing: Standing

    @property
    def task(self) -> Task:
        """The task itself."""
        return self.entry.record

    @property
    def brief(self) -> Brief:
        """The same as lists show it."""
        return brief(self.entry.path, self.entry.record, self.standing)


Test = Callable[[Row], bool]


def chosen(ledger: Ledger, when: Moment, filters: Filters, sort: str) -> tuple[Snapshot, list[Row]]:
    """A moment's ledger, and those of its tasks that pass the filters.

    Args:
        sort: as `sorted_rows` takes it; empty for the order of the files.

    Raises:
        UsageError: a filter or an order that there is not.
    """
    from ledger.usecases.reading.load import load  # not where the index answers

    snapshot = load(ledger, when.commit)
    selected = rows(snapshot, when.today, filters)
    return snapshot, sorted_rows(selected, sort) if sort else selected


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
    listed = sorted(((key(row.brief), row) for row in rows), key=lambda pair: pair[1].task.id)
    filled = [pair for pair in listed if pair[0] is not None]
    ordered = sorted(filled, key=lambda pair: pair[0], reverse=reverse)
    return [row for _, row in ordered] + [row for value, row in listed if value is None]


def grouped(
    briefs: Iterable[T],
    by: str,
    departments: Mapping[str, str] | None = None,
    of: Callable[[T], Any] = lambda task: task,
) -> dict[str, list[T]]:
    """Tasks by one of `GROUPS`; a task with several departments stands under each of them.

    Args:
        departments: names and aliases → canonical names, under which departments are grouped.
        of: what has the group of each; the tasks themselves where they are given in brief.

    Raises:
        UsageError: for any other name.
    """
    one_of(by, GROUPS, "分组方式")
    called = departments if departments and by == "lead" else {}
    groups: dict[str, list[T]] = {}
    for each in briefs:
        value = getattr(of(each), by)
        keys = [called.get(name, name) for name in value] or [UNSET] if by == "lead" else [value]
        for key in dict.fromkeys(keys):
            groups.setdefault(key or UNSET, []).append(each)
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
        of_all = {entry.record.leader for entry in snapshot.tasks}
        leaders = frozenset(leaders_meant(filters.leader, of_all))
        yield lambda row: row.task.leader in leaders
    if filters.text:
        yield _says(filters.text, texts_of)
    if filters.find:
        yield _finds(snapshot, filters.find)
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
    chosen = {one_of(value, known, label(name), name) for value in values}
    return lambda row: getattr(row.task, name) in chosen


def _sources(snapshot: Snapshot) -> tuple[str, ...]:
    """The sources with a file, and those that only tasks name."""
    in_files = sorted({entry.record.source for entry in snapshot.tasks})
    return tuple(dict.fromkeys((*snapshot.source_by_id, *in_files)))


def _lit(snapshot: Snapshot, values: tuple[str, ...]) -> Test:
    lights = lit(values, snapshot.config.lights)
    return lambda row: row.standing.light in lights


def _says(words: Iterable[str], of: Callable[[Task], Iterable[str]]) -> Test:
    looked_for = [searched(word) for word in words]
    return lambda row: any(
        word in searched(text) for text in of(row.task) for word in looked_for if text
    )


def _finds(snapshot: Snapshot, typed: Iterable[str]) -> Test:
    tasks = [entry.record for entry in snapshot.tasks]
    every = sought(
        typed,
        snapshot.departments,
        lambda: {name for task in tasks for name in (*task.lead, *task.assist)},
        lambda: {task.leader for task in tasks},
        lambda: {task.title for task in tasks},
    )
    words = tuple(every)
    return lambda row: all(word.finds(row.task) for word in words)


SORTS: Mapping[str, Callable[[Brief], Any]] = {
    "id": lambda task: task.id,
    "due": lambda task: task.due,
    "lead": lambda task: task.lead or None,
    "status": lambda task: STATUSES.index(task.status),
    "light": lambda task: task.rank,
    "kind": lambda task: KINDS.index(task.kind),
    "source": lambda task: task.source,
    "leader": lambda task: task.leader or None,
    "title": lambda task: task.title,
}

GROUPS = ("lead", "source", "kind", "leader", "section", "nature", "status", "light")
