"""T: rules on task and source files as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from ledger.model.problem import Problem
from ledger.model.snapshot import Entry, Snapshot


def t003_file_name(snapshot: Snapshot) -> Iterator[Problem]:
    """T003: a task, source or decision lives in the file that bears its id."""
    entries: tuple[Entry[Any], ...] = (*snapshot.tasks, *snapshot.sources, *snapshot.decisions)
    for entry in entries:
        named = f"{entry.record.id}.yaml"
        if PurePosixPath(entry.path).name != named:
            yield Problem(
                entry.path,
                "T003",
                f"编号 {entry.record.id} 与文件名不一致",
                f"请把文件改名为 {named}，或改正编号",
                id=entry.record.id,
                place=("id",),
            )


def t004_department(snapshot: Snapshot) -> Iterator[Problem]:
    """T004: every department is one of ledger.yaml's, by name or alias."""
    known = snapshot.departments
    for entry in snapshot.tasks:
        for key, names in (("lead", entry.record.lead), ("assist", entry.record.assist)):
            for position, name in enumerate(names):
                if name not in known:
                    close = _nearest(name, known)
                    yield Problem(
                        entry.path,
                        "T004",
                        f"部门“{name}”不在 ledger.yaml 的部门名单里",
                        f"是否应为“{close}”？" if close else "请改正名称，或把它加进名单",
                        id=entry.record.id,
                        place=(key, position),
                    )


def t005_source(snapshot: Snapshot) -> Iterator[Problem]:
    """T005: every task's source has a file in data/sources."""
    for entry in snapshot.tasks:
        if entry.record.source not in snapshot.source_by_id:
            yield Problem(
                entry.path,
                "T005",
                f"来源“{entry.record.source}”不存在",
                f"请新建 data/sources/{entry.record.source}.yaml，或改正来源编号",
                id=entry.record.id,
                place=("source",),
            )


def t010_duplicate(snapshot: Snapshot) -> Iterator[Problem]:
    """T010: an id belongs to one task only."""
    for entry in snapshot.tasks:
        first = snapshot.by_id[entry.record.id]
        if first is not entry:
            yield Problem(
                entry.path,
                "T010",
                f"编号 {entry.record.id} 已被 {first.path} 使用",
                "请给其中一个换一个没有用过的编号",
                id=entry.record.id,
                place=("id",),
            )


def _nearest(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, known, n=1)), "")
