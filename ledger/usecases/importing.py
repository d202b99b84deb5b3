"""Tables to tasks: what a table brings, compared with the ledger, written in one commit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ledger.adapters import store
from ledger.adapters.importers import ImportedRow, MappedTable, read_tables
from ledger.adapters.snapshots import CONFIG_FILE, SOURCES, TASKS
from ledger.adapters.store import FileChange
from ledger.adapters.yamledit import Edit, edited
from ledger.errors import LedgerError, UsageError
from ledger.model.change import CHANGED, TaskChange, task_change
from ledger.model.config import CalendarConfig
from ledger.model.snapshot import Snapshot
from ledger.model.source import Source
from ledger.model.task import IN_PROGRESS, KINDS, NOT_STARTED, Progress, Task
from ledger.usecases.adding import source_file, taken_ids
from ledger.usecases.drafting import due_of, nature_of, next_number, short_title, task_id
from ledger.usecases.editing import task_file
from ledger.usecases.listing import one_of
from ledger.usecases.matching import Candidate, match
from ledger.usecases.reading import Ledger, load, refuse_broken
from ledger.usecases.reimporting import changed, last_said
from ledger.usecases.writing import Operation, record


@dataclass(frozen=True, slots=True)
class Request:
    """What `import` was asked.

    Attributes:
        year: the year that months without one belong to; None takes the source's.
        mapping: column name → field, where the usual names do not fit; None takes the source's.
        issued: the day of the document, from which periods such as 30个工作日内 count.
    """

    file: Path
    source: str
    year: int | None = None
    kind: str = ""
    title: str = ""
    mapping: Mapping[str, str] | None = None
    issued: dt.date | None = None
    sheet: str | None = None
    header_row: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do.

    Attributes:
        source: the tasks' source, new or known.
        changes: per task, new ones first in the table's order.
        same: how many tasks stay as they are.
        gone: ids of the source's tasks that the table no longer has; they are never deleted.
        departments: names to be added to ledger.yaml.
        notes: what was guessed or left out (Chinese).
        files: what is to be written.
    """

    source: Source
    changes: tuple[TaskChange, ...]
    same: int
    gone: tuple[str, ...]
    departments: tuple[str, ...]
    notes: tuple[str, ...]
    files: tuple[FileChange, ...]


def plan_import(ledger: Ledger, request: Request, by: str, today: dt.date) -> Plan:
    """Compare a table with the ledger.

    A field changes only when the table changed it: what was edited in the ledger since the last
    import of the source stays, unless the table says something new.

    Args:
        by: who imports, for log entries that a 进展情况 column brings.

    Raises:
        UsageError: the year or kind is missing or contradicts the source.
        LedgerError: the file cannot be read as a table or holds no item, or a file of the ledger
            is broken that the table would have to be compared with.
    """
    snapshot = load(ledger)
    refuse_broken(
        snapshot,
        CONFIG_FILE,
        f"{SOURCES}/{request.source}.yaml",
        f"{TASKS}/{request.source}/",
    )
    known = snapshot.departments
    found = read_tables(
        request.file,
        sheet=request.sheet,
        mapping=request.mapping or _mapping(snapshot, request.source),
        header_row=request.header_row,
        known=tuple(known),
    )
    source = _source(snapshot, request, found.tables)
    rows = [_canonical(row, known) for table in found.tables for row in table.rows]
    if not rows:
        raise LedgerError(f"{request.file.name} 的表头下面没有一个事项", hint="请检查文件是否完整")
    drafts = _drafts(rows, source, snapshot.config.calendar, by, today)
    existing = {
        key: entry for key, entry in snapshot.by_id.items() if entry.record.source == source.id
    }
    base = last_said(ledger, source)
    there = [
        Candidate(key, _said(each.record, base.get(key, {}))) for key, each in existing.items()
    ]
    pairs = _paired(rows, drafts, source, there)
    files: list[FileChange] = []
    changes: list[TaskChange] = []
    taken = taken_ids(snapshot)
    for draft, old_id in pairs:
        old = existing.get(old_id)
        if old is None:
            new = _numbered(draft, source, taken, len(rows))
            taken.add(new.id)
            change = task_change(new.id, None, new)
            files.append(task_file(new))
        else:
            change, written = changed(ledger, old.path, old.record, draft, base.get(old_id, {}))
            files.extend(written)
        changes.extend([change] if change else [])
    departments = _unknown(rows, known)
    files.extend(_config_file(ledger, departments))
    files.extend([] if source.id in snapshot.source_by_id else [source_file(source)])
    matched = {old_id for _, old_id in pairs}
    return Plan(
        source,
        tuple(sorted(changes, key=lambda each: each.what == CHANGED)),
        len(pairs) - len(changes),
        tuple(key for key in existing if key not in matched),
        departments,
        tuple(dict.fromkeys((*found.notes, *(note for t in found.tables for note in t.notes)))),
        tuple(files),
    )


def write_import(ledger: Ledger, plan: Plan, file: Path, commit: bool) -> str:
    """Write what a plan says, in one commit; return its id, empty without one."""
    new = sum(change.what != CHANGED for change in plan.changes)
    subject = f"导入 {plan.source.id}：新增 {new} 项，修改 {len(plan.changes) - new} 项"
    operation = Operation(
        "import",
        subject,
        tuple(change.id for change in plan.changes),
        f"文件：{file.name}",
        (("Ledger-Source", plan.source.id),),
    )
    return record(ledger, plan.files, operation, commit)


def _source(snapshot: Snapshot, request: Request, tables: Sequence[MappedTable]) -> Source:
    known = snapshot.source_by_id.get(request.source)
    if known:
        for called, given, kept in (
            ("--year", request.year, known.record.year),
            ("--kind", request.kind, known.record.kind),
        ):
            if given and kept and given != kept:
                raise UsageError(
                    f"来源 {known.record.id} 登记的是 {kept}，与 {called} {given} 不一致",
                    hint=f"请去掉 {called}，或先改 {known.path}",
                )
        if known.record.year or request.year:
            return replace(known.record, year=known.record.year or request.year)
    if not request.year:
        raise UsageError("不知道时限里的月份属于哪一年", hint="请用 --year 给出，如 --year 2017")
    kind = one_of(request.kind or _guessed_kind(tables), KINDS, "类别")
    title = request.title or next((table.title for table in tables if table.title), "")
    return Source(
        id=request.source,
        title=title or request.file.stem,
        kind=kind,
        year=request.year,
        issued=request.issued,
        mapping=dict(request.mapping or {}),
    )


def _mapping(snapshot: Snapshot, source: str) -> Mapping[str, str] | None:
    """The mapping that was given when the source came in the first time."""
    known = snapshot.source_by_id.get(source)
    return (known.record.mapping or None) if known else None


def _guessed_kind(tables: Sequence[MappedTable]) -> str:
    fields = {field for table in tables for _, field in table.columns}
    return "巡视整改" if "problem" in fields else "工作要点"


def _canonical(row: ImportedRow, known: Mapping[str, str]) -> ImportedRow:
    lead = tuple(dict.fromkeys(known.get(name, name) for name in row.lead))
    assist = tuple(dict.fromkeys(known.get(name, name) for name in row.assist))
    return replace(row, lead=lead, assist=assist)


def _drafts(
    rows: Sequence[ImportedRow], source: Source, calendar: CalendarConfig, by: str, today: dt.date
) -> list[Task]:
    return [_draft(row, source, calendar, by, today) for row in rows]


def _draft(
    row: ImportedRow, source: Source, calendar: CalendarConfig, by: str, today: dt.date
) -> Task:
    """A row as a task without its number; what fits no field is kept under its column's name."""
    due, read = due_of(row.due_text, source.year or today.year, source.issued, calendar)
    if row.due_date:
        due = replace(due, date=row.due_date, start=None, dates=())
    extra = dict(row.extra)
    extra |= {
        name: text for name, text in (("是否完成", row.status_text), ("备注", row.note)) if text
    }
    progress = (Progress(date=today, by=by, text=row.progress),) if row.progress else ()
    return Task(
        id="",
        kind=source.kind,
        title=short_title(next(iter(row.measures), row.key_point or row.problem)),
        source=source.id,
        section=row.section,
        key_point=row.key_point,
        problem=row.problem,
        goal=row.goal,
        measures=row.measures,
        lead=row.lead,
        assist=row.assist,
        leader=row.leader,
        owner=row.owner,
        nature="限期" if row.due_date else nature_of(read),
        due=due,
        status=IN_PROGRESS if progress else NOT_STARTED,
        progress=progress,
        extra=extra,
    )


def _paired(
    rows: Sequence[ImportedRow],
    drafts: Sequence[Task],
    source: Source,
    there: Sequence[Candidate],
) -> list[tuple[Task, str]]:
    """Each draft with the id of the task it stands for, or with the id it would like to have."""
    numbers = _numbers(rows)
    prefix = source.prefix or source.id
    wished = [task_id(prefix, number) for number in numbers]
    wanted = [Candidate(key, _wording(task)) for key, task in zip(wished, drafts, strict=True)]
    found = match(wanted, there)
    return [
        (replace(draft, id=wish), found.get(position, ""))
        for position, (draft, wish) in enumerate(zip(drafts, wished, strict=True))
    ]


def _wording(task: Task) -> tuple[str, str]:
    """What a task is recognised by: its measures, and where in the document it stands."""
    return (
        "\n".join(task.measures) or task.title,
        "\n".join((task.section, task.key_point, task.problem, *task.lead, task.due.text)),
    )


def _said(task: Task, said: Mapping[str, Any]) -> tuple[str, str]:
    """What a task is recognised by in the table's own last words, whatever was edited since."""
    known: dict[str, Any] = {key: tuple(said[key]) for key in ("measures", "lead") if said.get(key)}
    words = {key: said[key] for key in ("section", "key_point", "problem") if said.get(key)}
    return _wording(replace(task, **known, **words))


def _numbers(rows: Sequence[ImportedRow]) -> list[int]:
    """The document's own numbers where they are whole and each is used once, else a count."""
    printed = [int(row.number) for row in rows if row.number.isdecimal() and len(row.number) <= 6]
    if len(printed) == len(rows) and len(set(printed)) == len(rows) and min(printed, default=1) > 0:
        return printed
    return list(range(1, len(rows) + 1))


def _numbered(draft: Task, source: Source, taken: Collection[str], total: int) -> Task:
    """A new task with the number of its row, or the next free one where that is taken."""
    if draft.id not in taken:
        return draft
    prefix = source.prefix or source.id
    return replace(draft, id=task_id(prefix, max(next_number(prefix, taken), total + 1)))


def _unknown(rows: Sequence[ImportedRow], known: Mapping[str, str]) -> tuple[str, ...]:
    names = (name for row in rows for name in (*row.lead, *row.assist))
    return tuple(dict.fromkeys(name for name in names if name not in known))


def _config_file(ledger: Ledger, departments: Sequence[str]) -> list[FileChange]:
    if not departments:
        return []
    content = store.read(ledger.root, CONFIG_FILE)
    edits = [Edit(("departments",), {"name": name}, append=True) for name in departments]
    return [FileChange(CONFIG_FILE, content, edited(content, edits))]
