"""`add`: a new task, and its source where there is none yet."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath
from typing import Any

from ledger.adapters.disk.store import FileChange
from ledger.adapters.files import journal
from ledger.adapters.yaml.edit import written
from ledger.errors import NotKnown, UsageError
from ledger.model.change import task_change
from ledger.model.choice import department, one_of
from ledger.model.deadline import Deadline
from ledger.model.decode import plain
from ledger.model.paths import CONFIG_FILE, SOURCES, path_of_source, refuse_device
from ledger.model.record import dataclass, field
from ledger.model.snapshot import Snapshot
from ledger.model.source import Source
from ledger.model.task import KINDS, NATURES, NOT_STARTED, Indicator, Task, label
from ledger.usecases.reading.load import ids_in_use, load_parts, refuse_broken
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.act import Operation, alone, record, refuse_double
from ledger.usecases.writing.draft import due_of, nature_of, next_number, task_id
from ledger.usecases.writing.edit import Done, decoded, task_file

SOURCE_LINE = "# yaml-language-server: $schema=../schemas/source.json"
_UNDATED = "待定"


@dataclass(frozen=True, slots=True)
class TaskDraft:
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
    indicators: tuple[str, ...] = ()


@alone
def add_task(
    ledger: Ledger, given: TaskDraft, by: str, today: dt.date, commit: bool
) -> tuple[Done, str]:
    """Write a new task's file, and its source's where there is none.

    Args:
        by: who adds it, for the commit message; may be empty.
        today: whose year a new source belongs to.

    Returns:
        What was done, and what is to be said of the time limit (Chinese, mostly empty).

    Raises:
        UsageError: an unknown department, kind or nature, or an unknown source without a title.
        LedgerError: the id is taken, or a field breaks the schema.
        AlreadyDone: just this was asked for that day and done, and nobody could be told.
    """
    request = _request(ledger, given, by, today, commit)
    refuse_double(ledger, request)
    snapshot = load_parts(ledger, SOURCES)
    refuse_broken(snapshot, CONFIG_FILE, path_of_source(given.source))
    source = _source(snapshot, given, today)
    new_source = [] if source.id in snapshot.source_by_id else [source_file(source)]
    task, warning = _drafted(snapshot, source, given, today, ids_in_use(ledger))
    body = f"办理人：{by}" if by else ""
    subject = f"新增 {task.id} {task.title}"
    operation = Operation("add", subject, (task.id,), body, request=request)
    change = task_change(task.id, None, task)
    committed = record(ledger, [task_file(task), *new_source], operation, commit)
    return Done(task, change.fields if change else (), committed), warning


def department_named(ledger: Ledger, name: str) -> str:
    """A department's canonical name.

    Raises:
        NotKnown: nobody knows it.
    """
    return department(load_parts(ledger, SOURCES), name)


def source_named(ledger: Ledger, name: str) -> str:
    """The id of a source that is there.

    Raises:
        NotKnown: it is not.
    """
    known = load_parts(ledger, SOURCES).source_by_id
    if name not in known:
        raise _no_source(name, known)
    return name


def told(ledger: Ledger) -> None:
    """Whoever added a task knows it: who asks for the same from now on means it once more."""
    journal.told(ledger.repo)


def _drafted(
    snapshot: Snapshot, source: Source, given: TaskDraft, today: dt.date, taken: set[str]
) -> tuple[Task, str]:
    """The task itself, and what is to be said of its time limit."""
    year = source.year or today.year
    due, read = due_of(given.due, year, source.issued, snapshot.config.calendar)
    number = next_number(source.prefix or source.id, taken)
    refuse_device(given.id, "编号")
    task = Task(
        id=given.id or task_id(source.prefix or source.id, number),
        kind=one_of(given.kind or source.kind, KINDS, label("kind"), "kind"),
        title=given.title,
        source=source.id,
        measures=given.measures,
        lead=tuple(department(snapshot, name) for name in given.lead),
        assist=tuple(department(snapshot, name) for name in given.assist),
        nature=_nature(given.nature) if given.nature else nature_of(read),
        due=due,
        status=NOT_STARTED,
        tags=given.tags,
        indicators=_indicators(given.indicators),
        **given.texts,
    )
    if task.id in taken:
        raise UsageError(f"编号 {task.id} 已经有了", hint="请换一个编号，或不写 --id")
    return task, read.warning or _undated(task, read)


def _undated(task: Task, read: Deadline) -> str:
    """What is said of a time limit in whose words there is no day, though they promise one."""
    if read.kind != "open" or read.text.strip() in ("", _UNDATED):
        return ""
    later = f"定下来以后用 ledger edit {task.id} --due 时限"
    return f"时限“{read.text}”读不出日期，记为{_UNDATED}，到期时不会提醒；{later}"


def _indicators(texts: tuple[str, ...]) -> tuple[Indicator, ...]:
    if not texts:
        return ()
    from ledger.usecases.writing.indicators import indicators_of

    return indicators_of(texts)


def _request(ledger: Ledger, given: TaskDraft, by: str, today: dt.date, commit: bool) -> str:
    """What is asked for, as one digest: however it is written, and answers on a terminal too."""
    asked = repr((str(ledger.root), given, by, today, commit))
    return hashlib.sha256(asked.encode(errors="surrogateescape")).hexdigest()


def source_file(source: Source) -> FileChange:
    """A new source's file.

    Raises:
        LedgerError: a field breaks the schema.
    """
    path = path_of_source(source.id)
    content = written(plain(source), SOURCE_LINE)
    decoded(Source, content, path)
    return FileChange(path, None, content)


def taken_ids(snapshot: Snapshot) -> set[str]:
    """The ids a new task cannot have: those in use, and the names of all files, broken ones too."""
    paths = (*(entry.path for entry in snapshot.tasks), *(each.path for each in snapshot.problems))
    return {*snapshot.by_id, *(PurePosixPath(path).stem for path in paths)}


def _nature(given: str) -> str:
    return one_of(given, NATURES, "时限性质", "nature")


def _no_source(name: str, known: Collection[str]) -> NotKnown:
    ids = "、".join(known)
    return NotKnown(
        f"没有来源“{name}”",
        hint=f"{f'已有 {ids}；' if ids else ''}新的来源请用 --source-title 写明名称",
        what="source",
        word=name,
        known={each: each for each in known},
    )


def _source(snapshot: Snapshot, given: TaskDraft, today: dt.date) -> Source:
    known = snapshot.source_by_id.get(given.source)
    if known:
        return known.record
    if not given.source_title.strip():
        raise _no_source(given.source, snapshot.source_by_id)
    kind = one_of(given.kind or "工作要点", KINDS, label("kind"), "kind")
    refuse_device(given.source, "来源编号")
    return Source(id=given.source, title=given.source_title, kind=kind, year=today.year)
