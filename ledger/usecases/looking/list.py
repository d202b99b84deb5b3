"""`list`, `due`, `show`: of the working tree the index answers, of another moment a snapshot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from ledger.adapters.files.index.kept import Unusable
from ledger.model.record import dataclass, replace
from ledger.model.standing import Brief, Standing, standing
from ledger.usecases.looking.asking import Asking, Briefs
from ledger.usecases.looking.filters import Filters as Filters
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.problems import problems_now

if TYPE_CHECKING:
    from ledger.model.problem import Problem
    from ledger.usecases.looking.rows import Row

T = TypeVar("T")

_AT_ONCE = 500  # files read in one go


@dataclass(frozen=True, slots=True)
class Listed:
    """What `list` shows.

    Attributes:
        problems: what is wrong with the ledger that was looked at.
        tasks: those that pass the filters, in order.
        groups: the same by their group's name; None where no group was asked for.
    """

    problems: tuple[Problem, ...]
    tasks: Collection[Brief]
    groups: dict[str, list[Brief]] | None = None


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a list.

    Attributes:
        problems: as `Listed` has them.
        total: how many tasks pass the filters.
        tasks: some of them, in order.
    """

    problems: tuple[Problem, ...]
    total: int
    tasks: tuple[Brief, ...]


@dataclass(frozen=True, slots=True)
class DueTasks:
    """What `due` shows: the late ones and those due within `within` days, worst first.

    Attributes:
        late: how many are overdue.
        within: None where only what is overdue was asked for.
        departments: as they were asked for.
        coming: whether only what comes due was asked for.
    """

    problems: tuple[Problem, ...]
    tasks: Collection[Brief]
    late: int
    today: dt.date
    within: int | None
    departments: tuple[str, ...]
    coming: bool


def answered(ledger: Ledger, when: Moment, answer: Callable[[Asking], T]) -> T | None:
    """What a function makes of the index on a moment's day; None where there can be none.

    Args:
        answer: asks the index, and nothing else; of a large ledger it is asked while the files are
            still looked at, and a second time if they have changed.
    """
    index = ledger.index
    if when.commit:
        from ledger.usecases.reading.past import index_at

        index = index_at(ledger, when.commit)
    try:
        return index.answered(lambda: answer(Asking(index, index.lights(), when.today)))
    except Unusable:
        return None


def problems_of(ledger: Ledger, index: Asking, when: Moment) -> tuple[Problem, ...]:
    """What is wrong with the ledger at a moment of which an index has been asked."""
    if not when.commit:
        return problems_now(ledger)
    from ledger.usecases.reading.past import problems_in

    return problems_in(ledger, index.index, when.commit)


def listed(ledger: Ledger, when: Moment, filters: Filters, sort: str, group: str = "") -> Listed:
    """The tasks of a moment that pass the filters.

    Args:
        sort: one of `SORTS`, a leading '-' reversing; empty for the order of the files.
        group: one of `GROUPS`; empty for none.

    Raises:
        UsageError: a filter, an order or a group that there is not.
    """

    def answer(index: Asking) -> tuple[Asking, Briefs]:
        return index, index.briefs(index.question(filters), sort).hold()

    if told := answered(ledger, when, answer):
        index, briefs = told
        tasks: Collection[Brief] = briefs
        problems = problems_of(ledger, index, when)
        departments = index.departments()
    else:
        from ledger.usecases.looking.rows import chosen

        snapshot, selected = chosen(ledger, when, filters, sort)
        tasks = [row.brief for row in selected]
        problems, departments = snapshot.problems, snapshot.departments
    if not group:
        return Listed(problems, tasks)
    from ledger.usecases.looking.rows import grouped

    return Listed(problems, tasks, grouped(tasks, group, departments))


def excerpt(
    ledger: Ledger, when: Moment, filters: Filters, sort: str, skip: int, most: int
) -> Excerpt:
    """A part of what `listed` gives, without the rest.

    Args:
        sort: as `listed` takes it.
        skip: how many tasks come before it.
        most: how many it has at most.

    Raises:
        UsageError: a filter or an order that there is not.
    """

    def answer(index: Asking) -> tuple[Asking, int, tuple[Brief, ...]]:
        briefs = index.briefs(index.question(filters), sort)
        return index, len(briefs), tuple(briefs.part(skip, most))

    if told := answered(ledger, when, answer):
        index, total, tasks = told
        return Excerpt(problems_of(ledger, index, when), total, tasks)
    from ledger.usecases.looking.rows import chosen

    snapshot, selected = chosen(ledger, when, filters, sort)
    part = tuple(row.brief for row in selected[skip : skip + most])
    return Excerpt(snapshot.problems, len(selected), part)


def due(
    ledger: Ledger, when: Moment, filters: Filters, within: int, overdue: bool, coming: bool = False
) -> DueTasks:
    """The tasks of a moment that are overdue or come due.

    Args:
        within: days from the moment's day.
        overdue: only what is overdue.
        coming: only what is not.

    Raises:
        UsageError: a filter names what there is not.
    """
    if coming:
        filters = replace(filters, due_after=when.today)
    span = None if overdue else within
    horizon = min(when.today.toordinal() + (-1 if overdue else within), dt.date.max.toordinal())

    def answer(index: Asking) -> tuple[Asking, Briefs, int]:
        briefs = index.briefs(index.question(filters, horizon), "due").hold()
        return index, briefs, briefs.late()

    if told := answered(ledger, when, answer):
        index, briefs, late = told
        tasks: Collection[Brief] = briefs
        problems = problems_of(ledger, index, when)
    else:
        from ledger.usecases.looking.rows import due_rows, rows
        from ledger.usecases.reading.load import load

        snapshot = load(ledger, when.commit)
        problems = snapshot.problems
        pressing = due_rows(rows(snapshot, when.today, filters), span)
        tasks = [row.brief for row in pressing]
        late = sum(task.overdue for task in tasks)
    return DueTasks(problems, tasks, late, when.today, span, filters.dept, coming)


def one(ledger: Ledger, task_id: str, when: Moment) -> Row:
    """One task at a moment.

    Args:
        task_id: its id or a unique ending of it.

    Raises:
        UsageError: no such task.
        LedgerError: its file is broken.
    """
    from ledger.usecases.looking.rows import Row
    from ledger.usecases.reading.load import load_task

    snapshot, entry = load_task(ledger, task_id, when.commit)
    return Row(entry, standing(entry.record, when.today, snapshot.config.lights))


def _standing(task: Brief) -> Standing:
    return Standing(task.due, task.days_left, task.light, task.state, task.applied)


def whole(ledger: Ledger, when: Moment, tasks: Iterable[Brief]) -> Iterator[Row]:
    """The tasks of a list with everything that their files say."""
    from ledger.usecases.looking.rows import Row
    from ledger.usecases.reading.load import load_some

    waiting = iter(tasks)
    while part := list(islice(waiting, _AT_ONCE)):
        snapshot = load_some(ledger, [task.path for task in part], when.commit)
        entries = {entry.path: entry for entry in snapshot.tasks}
        for task in part:
            if entry := entries.get(task.path):  # gone meanwhile
                yield Row(entry, _standing(task))
