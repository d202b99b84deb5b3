"""A ledger of one department's tasks alone: of the others no word is in it, not even in history.

It is made anew, commit by commit of the main line, from what belongs to the department's tasks as
they are at the end, so that whatever looks at it can tell of nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ledger.adapters.git.history import WrittenCommit
from ledger.adapters.git.shadow import shadow, written
from ledger.adapters.git.walk import Commit, FileDiff, main_line
from ledger.model.config import Config, Department
from ledger.model.decision import Decision
from ledger.model.decode import compact, encode
from ledger.model.paths import (
    CONFIG_FILE,
    DECISIONS,
    EVIDENCE,
    SOURCES,
    TASKS,
    is_below,
    path_of_source,
)
from ledger.model.record import dataclass, replace
from ledger.model.snapshot import Snapshot
from ledger.model.task import Task
from ledger.usecases.reading.load import load
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.versions import Versions, batches, entry_in, read_pairs

Content = bytes | str | None


@dataclass(frozen=True, slots=True)
class Belongings:
    """What belongs to some tasks.

    Attributes:
        tasks: their ids; sources, evidence: paths of files that they name.
        departments: all names of departments that they have ever named.
    """

    tasks: frozenset[str]
    sources: frozenset[str]
    evidence: frozenset[str]
    departments: frozenset[str]


def own_tasks(snapshot: Snapshot, dept: str) -> tuple[Task, ...]:
    """The tasks that a department leads or assists.

    Args:
        dept: its canonical name.
    """
    called = snapshot.departments
    records = (entry.record for entry in snapshot.tasks)
    return tuple(
        task
        for task in records
        if any(called.get(name, name) == dept for name in (*task.lead, *task.assist))
    )


@contextmanager
def alone(ledger: Ledger, commit: str, dept: str) -> Iterator[tuple[Ledger, str]]:
    """A ledger of a department's tasks at a commit and before, and its own last commit.

    Of meetings it has what they decided on these tasks, of departments those that the tasks name.

    Args:
        dept: its canonical name.
    """
    tasks = own_tasks(load(ledger, commit), dept)
    line = main_line(ledger.repo, "", commit, (CONFIG_FILE, TASKS, DECISIONS, SOURCES, EVIDENCE))
    ids = frozenset(task.id for task in tasks)
    names = {name for task in tasks for name in (*task.lead, *task.assist)}
    its = Belongings(
        ids,
        frozenset(path_of_source(task.source) for task in tasks),
        frozenset(each.path for task in tasks for each in task.evidence if each.path),
        frozenset(names | {dept} | {*_named_before(ledger, line, ids)}),
    )
    with shadow(ledger.repo, _rewritten(ledger, line, its)) as repo:
        last = repo.head() or ""
        content = repo.file_at(last, CONFIG_FILE, 1_000_000) if last else None
        (repo.root / CONFIG_FILE).write_bytes(content or b"{}\n")
        yield Ledger(repo.root, repo, ledger.cache), last


def _named_before(ledger: Ledger, line: Iterable[Commit], ids: frozenset[str]) -> Iterator[str]:
    """The departments that some tasks have named at any time."""
    touching = [_only(each, lambda path: _task_of(path) in ids) for each in line]
    for batch in batches([each for each in touching if each.files]):
        for version in read_pairs(ledger, batch).values():
            if version.entry and isinstance(version.entry.record, Task):
                yield from (*version.entry.record.lead, *version.entry.record.assist)


def _rewritten(ledger: Ledger, line: Iterable[Commit], its: Belongings) -> Iterator[WrittenCommit]:
    number = 0
    known: set[str] = set()
    for batch in batches([_only(each, lambda path: _may_belong(path, its)) for each in line]):
        versions = read_pairs(ledger, batch)
        for commit in batch:
            made = {diff.path: _content(diff, versions, its) for diff in commit.files}
            gone = {path for path, content in made.items() if content is None}
            blobs = {path: each for path, each in made.items() if isinstance(each, str)}
            blobs |= dict.fromkeys(sorted(gone & known), "")
            files = {path: each for path, each in made.items() if isinstance(each, bytes)}
            known = (known | made.keys()) - gone
            if files or blobs:
                number += 1
                yield written(files, blobs, commit.time, number)


def _only(commit: Commit, belongs: Any) -> Commit:
    return replace(commit, files=tuple(each for each in commit.files if belongs(each.path)))


def _may_belong(path: str, its: Belongings) -> bool:
    if is_below(path, TASKS):
        return _task_of(path) in its.tasks
    return is_below(path, DECISIONS) or path in {CONFIG_FILE, *its.sources, *its.evidence}


def _content(diff: FileDiff, versions: Versions, its: Belongings) -> Content:
    """What is made of a file: the same blob, other data, or nothing."""
    if not diff.is_file() or not diff.new:
        return None
    if diff.path in its.evidence:
        return diff.new
    entry = entry_in(versions, diff.path, diff.new)
    if entry is None:
        return None
    if isinstance(entry.record, Decision):
        return _meeting(entry.record, its)
    return _settings(entry.record, its) if isinstance(entry.record, Config) else diff.new


def _meeting(decision: Decision, its: Belongings) -> bytes | None:
    """What a meeting decided on the tasks; nothing where it did not speak of any."""
    items = tuple(
        replace(each, into=each.into if each.into in its.tasks else "", extra={})
        for each in decision.items
        if each.task in its.tasks
    )
    absent = tuple(replace(each, extra={}) for each in decision.absent)
    return _data(replace(decision, items=items, absent=absent, extra={})) if items else None


def _settings(config: Config, its: Belongings) -> bytes:
    """ledger.yaml with no department but those that the tasks name, and nothing about machines."""
    known = config.canonical()
    named = {known.get(name, name) for name in its.departments}
    departments: tuple[Department, ...] = tuple(
        each for each in config.departments if each.name in named
    )
    bare = Config()
    return _data(
        replace(
            config,
            departments=departments,
            forge=bare.forge,
            identities=(),
            gate=bare.gate,
            extra={},
        )
    )


def _data(record: Config | Decision) -> bytes:
    """A record as a file; JSON is YAML, too."""
    told: Mapping[str, Any] = compact(encode(record))
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def _task_of(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0] if is_below(path, TASKS) else ""
