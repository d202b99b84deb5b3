"""变更: what differs, in the ledger's own terms, between two snapshots."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any

from ledger.model.decode import encode, fields_of
from ledger.model.fields import specs
from ledger.model.record import dataclass, differing
from ledger.model.snapshot import Snapshot
from ledger.model.task import Task

ADDED, CHANGED, REMOVED = "added", "changed", "removed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one task: its old and new value as plain data, None where it was not there."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class TaskChange:
    """What happened to one task between two snapshots.

    Attributes:
        id: the task's id.
        before, after: the task itself, None where there was or is none.
        hidden: fields that are not told of, though they differ.
    """

    id: str
    before: Task | None
    after: Task | None
    hidden: frozenset[str] = frozenset()

    @property
    def what(self) -> str:
        """`ADDED`, `CHANGED` or `REMOVED`."""
        return ADDED if self.before is None else REMOVED if self.after is None else CHANGED

    @property
    def fields(self) -> tuple[FieldChange, ...]:
        """The fields that differ, in file order; rules need only the tasks, so it is made anew."""
        changes = field_changes(*_plain_where_they_differ(self.before, self.after))
        return tuple(each for each in changes if each.field not in self.hidden)


@dataclass(frozen=True)
class Change:
    """Everything that differs between two snapshots.

    Attributes:
        old, new: the snapshots themselves; rules look up there what stayed.
        tasks: what happened to tasks, in id order.
    """

    old: Snapshot
    new: Snapshot
    tasks: tuple[TaskChange, ...]

    def pairs(self) -> Iterable[tuple[Task | None, Task | None]]:
        """The changed tasks before and after, None where there was or is none."""
        return ((change.before, change.after) for change in self.tasks)

    def present(self) -> Iterable[tuple[Task | None, Task]]:
        """Those of them that are there now."""
        return self._present

    def kept(self) -> Iterable[tuple[Task, Task]]:
        """Those of them that were there before and are there now."""
        return [(old, new) for old, new in self._present if old is not None]

    @cached_property
    def _present(self) -> tuple[tuple[Task | None, Task], ...]:
        return tuple((old, new) for old, new in self.pairs() if new is not None)

    @cached_property
    def edited(self) -> frozenset[str] | None:
        """The fields in which files of tasks differ; None where that is not all that differs.

        Then a task came, went or moved, or a file of another kind, or one that has faults, is
        among those that are looked at.
        """
        old, new = self.old, self.new
        others = (*old.sources, *old.decisions, *old.problems)
        others += (*new.sources, *new.decisions, *new.problems)
        if others or old.config is not new.config or old.configured is not new.configured:
            return None
        if [(e.path, e.record.id) for e in old.tasks] != [(e.path, e.record.id) for e in new.tasks]:
            return None
        pairs = zip(old.tasks, new.tasks, strict=True)
        return frozenset().union(*(differing(was.record, now.record) for was, now in pairs))


def difference(old: Snapshot, new: Snapshot, ids: Collection[str] | None = None) -> Change:
    """What turned one snapshot into the other.

    Args:
        ids: the tasks that may have changed, where that is known.
    """
    before, after = old.by_id, new.by_id
    keys = {*before, *after} if ids is None else ids
    keys = [key for key in keys if before.get(key) is not after.get(key)]  # read once for both
    changes = (task_change(key, old.task(key), new.task(key)) for key in sorted(keys))
    return Change(old, new, tuple(change for change in changes if change is not None))


def task_change(key: str, old: Task | None, new: Task | None) -> TaskChange | None:
    """What turned one state of a task into another; None when nothing did."""
    return None if old is new or old == new else TaskChange(key, old, new)


def field_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """The fields that differ between two tasks' plain data, in file order, unknown keys last."""
    known = [spec.key for spec in specs(Task)]
    others = sorted((old.keys() | new.keys()) - set(known))
    return tuple(
        FieldChange(key, old.get(key), new.get(key))
        for key in (*known, *others)
        if _value(old.get(key)) != _value(new.get(key))
    )


def _plain_where_they_differ(
    old: Task | None, new: Task | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two tasks as plain data, without most of what is the same in both."""
    if old is None or new is None:
        return encode(old or {}), encode(new or {})
    was, now = fields_of(old), fields_of(new)
    keys = [key for key in was if was[key] != now[key]]
    before, after = ({key: encode(each[key]) for key in keys} for each in (was, now))
    return before | dict(old.extra), after | dict(new.extra)


def _value(plain: Any) -> Any:
    """Empty in any form is the same as not there."""
    return plain if plain not in ("", [], {}) else None
