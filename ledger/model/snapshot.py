"""台账快照: the whole ledger as one git tree, or the working tree, holds it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from ledger.model.config import Config
from ledger.model.decision import Decision
from ledger.model.problem import Problem
from ledger.model.record import dataclass, field
from ledger.model.shared import Shared
from ledger.model.source import Source
from ledger.model.task import Task

R = TypeVar("R")
N = TypeVar("N", Task, Source, Decision)

Test = Callable[[Sequence[str]], bool]  # whether any of some texts is what is looked for


@dataclass(frozen=True, slots=True)
class Entry(Generic[R]):
    """A readable file: where it is, what it says literally, and the record it makes.

    Attributes:
        path: relative to the ledger's root, with '/'.
        data: the file's data with every scalar as text, unknown keys included.
        record: the same, decoded.
    """

    path: str
    data: Mapping[str, Any]
    record: R

    def has(self, test: Test) -> bool:
        """Whether some texts of the file, keys included, pass a test that looks for one of them."""
        texts: list[str] = []
        parts: list[Shared] = []
        _gather(self.data, texts, parts)
        return test(texts) or any(each.once(_tested(test)) for each in parts)


@dataclass(frozen=True, slots=True)
class Index:
    """Everything there is at one moment, by id.

    Attributes:
        meetings: as `Snapshot` has them, where they are found without a look at all of them.
    """

    tasks: Mapping[str, Entry[Task]]
    sources: Mapping[str, Entry[Source]]
    decisions: Mapping[str, Entry[Decision]]
    meetings: Mapping[str, tuple[Decision, ...]] | None = None


@dataclass(frozen=True)
class Snapshot:
    """The ledger at one moment.

    Attributes:
        config: ledger.yaml; the defaults where it cannot be read (then `problems` says so).
        tasks, sources, decisions: the readable files, in path order.
        problems: what could not be read, one entry a fault; never an exception.
        commit: the commit's id; empty for the working tree.
        templates: path → blob id of the ledger's own templates, where they were asked for.
        index: everything there is, when the files above are only the part that is looked at.
        configured: whether ledger.yaml is there, readable or not.
    """

    config: Config
    tasks: tuple[Entry[Task], ...] = ()
    sources: tuple[Entry[Source], ...] = ()
    decisions: tuple[Entry[Decision], ...] = ()
    problems: tuple[Problem, ...] = field(default=())
    commit: str = ""
    templates: Mapping[str, str] = field(default_factory=dict)
    index: Index | None = None
    configured: bool = True

    @property
    def entries(self) -> tuple[Entry[Any], ...]:
        """Every readable file but ledger.yaml."""
        return (*self.tasks, *self.sources, *self.decisions)

    def task(self, name: str) -> Task | None:
        """The task of an id; None where there is none."""
        entry = self.by_id.get(name)
        return entry.record if entry else None

    def decision(self, name: str) -> Decision | None:
        """The record of a meeting by its id; None where there is none."""
        entry = self.decision_by_id.get(name)
        return entry.record if entry else None

    def holding(self, test: Test) -> tuple[Entry[Any], ...]:
        """Those of `entries` whose texts pass a test; it is made once, however many rules ask."""
        if test not in self._holding:
            self._holding[test] = tuple(each for each in self.entries if each.has(test))
        return self._holding[test]

    @cached_property
    def _holding(self) -> dict[Test, tuple[Entry[Any], ...]]:
        return {}

    @cached_property
    def by_id(self) -> Mapping[str, Entry[Task]]:
        """Tasks by id; of two with one id (T010) the first by path."""
        return self.index.tasks if self.index else _first_by_id(self.tasks)

    @cached_property
    def source_by_id(self) -> Mapping[str, Entry[Source]]:
        """Sources by id."""
        return self.index.sources if self.index else _first_by_id(self.sources)

    @cached_property
    def decision_by_id(self) -> Mapping[str, Entry[Decision]]:
        """Decisions by id."""
        return self.index.decisions if self.index else _first_by_id(self.decisions)

    @cached_property
    def meetings(self) -> Mapping[str, tuple[Decision, ...]]:
        """The meetings that discussed a task, by its id, the latest last."""
        if self.index and self.index.meetings is not None:
            return self.index.meetings
        by_task: dict[str, list[Decision]] = {}
        for entry in self.decision_by_id.values():
            for task in entry.record.discussed:
                by_task.setdefault(task, []).append(entry.record)
        return {task: in_order(held) for task, held in by_task.items()}

    @cached_property
    def departments(self) -> Mapping[str, str]:
        """Every known name and alias of a department → its canonical name."""
        return self.config.canonical()


def _gather(data: Any, texts: list[str], parts: list[Shared]) -> None:
    """Add every text of a file's data to a list, and what other files share to another."""
    if isinstance(data, dict):
        texts.extend(data)
        data = data.values()
    for value in data:
        if value.__class__ is str:
            texts.append(value)
        elif value.__class__ is Shared:
            parts.append(value)
        elif isinstance(value, (dict, list)):
            _gather(value, texts, parts)


@cache
def _tested(test: Test) -> Callable[[Shared], bool]:
    """A test of a part by itself."""

    def tested(part: Shared) -> bool:
        texts: list[str] = []
        _gather(part, texts, [])
        return test(texts)

    return tested


def in_order(held: Iterable[Decision]) -> tuple[Decision, ...]:
    """Meetings, the latest last."""
    return tuple(sorted(held, key=lambda each: (each.date or dt.date.min, each.id)))


def _first_by_id(entries: Iterable[Entry[N]]) -> dict[str, Entry[N]]:
    by_id: dict[str, Entry[N]] = {}
    for entry in entries:
        by_id.setdefault(entry.record.id, entry)
    return by_id
