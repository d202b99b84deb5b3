"""`add`: a new task, and its source where there is none yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.adapters.snapshots import SOURCES, TASKS
from ledger.adapters.store import FileChange
from ledger.adapters.yamledit import written
from ledger.errors import UsageError
from ledger.model.change import task_change
from ledger.model.decode import compact, encode
from ledger.model.snapshot import Snapshot
from ledger.model.source import Source
from ledger.model.task import KINDS, NATURES, NOT_STARTED, Task
from ledger.usecases.drafting import due_of, nature_of, next_number, task_id
from ledger.usecases.editing import Done, decoded, task_file
from ledger.usecases.listing import department, one_of
from ledger.usecases.reading import Ledger, load
from ledger.usecases.writing import Operation, record

SOURCE_LINE = "# yaml-language-server: $schema=../schemas/source.json"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A new task as the command line gives it; empty means not given."""

    source: str
    title: str
    due: str = ""
    lead: tuple[str, ...] = ()
    assist: tuple[str, ...] = ()
    id: str = ""
    kind: str = ""
    source_title: str = ""
    nature: str = ""
    texts: Mapping[str, Any] = field(default_factory=dict)
    measures: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def add_task(ledger: Ledger, wanted: Wanted, today: dt.date, commit: bool) -> tuple[Done, str]:
    """Write a new task's file, and its source's where there is none.

    Returns:
        What was done, and what is to be said of the time limit (Chinese, mostly empty).

    Raises:
        UsageError: an unknown department, kind or nature, or an unknown source without a title.
        LedgerError: the id is taken, or a field breaks the schema.
    """
    snapshot = load(ledger)
    source = _source(snapshot, wanted, today)
    due, read = due_of(
        wanted.due, source.year or today.year, source.issued, snapshot.config.calendar
    )
    number = next_number(source.prefix or source.id, snapshot.by_id)
    task = Task(
        id=wanted.id or task_id(source.prefix or source.id, number),
        kind=one_of(wanted.kind or source.kind, KINDS, "类别"),
        title=wanted.title,
        source=source.id,
        measures=wanted.measures,
        lead=tuple(department(snapshot, name) for name in wanted.lead),
        assist=tuple(department(snapshot, name) for name in wanted.assist),
        nature=one_of(wanted.nature, NATURES, "时限性质") if wanted.nature else nature_of(read),
        due=due,
        status=NOT_STARTED,
        tags=wanted.tags,
        **wanted.texts,
    )
    if task.id in snapshot.by_id:
        raise UsageError(f"编号 {task.id} 已经有了", hint="请换一个编号，或不写 --id")
    changes = [FileChange(f"{TASKS}/{source.id}/{task.id}.yaml", None, task_file(task))]
    decoded(changes[0].new, changes[0].path)
    if source.id not in snapshot.source_by_id:
        changes.append(source_file(source))
    operation = Operation("add", f"新增 {task.id} {task.title}", (task.id,))
    found = task_change(task.id, None, task)
    done = Done(task, found.fields if found else (), record(ledger, changes, operation, commit))
    return done, read.warning


def source_file(source: Source) -> FileChange:
    """A new source's file."""
    content = written(compact(encode(source, day=lambda day: day)), SOURCE_LINE)
    return FileChange(f"{SOURCES}/{source.id}.yaml", None, content)


def _source(snapshot: Snapshot, wanted: Wanted, today: dt.date) -> Source:
    known = snapshot.source_by_id.get(wanted.source)
    if known:
        return known.record
    if not wanted.source_title:
        one_of(wanted.source, tuple(snapshot.source_by_id), "来源")
    kind = one_of(wanted.kind or "工作要点", KINDS, "类别")
    return Source(id=wanted.source, title=wanted.source_title, kind=kind, year=today.year)
