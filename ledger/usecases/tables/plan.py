"""Tables to tasks: what a table brings, compared with the ledger, written in one commit."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from ledger.adapters.disk import store
from ledger.adapters.disk.store import FileChange
from ledger.adapters.tables.reading import Imported, read_tables
from ledger.adapters.tables.reading.assigning import GUESSED, KEPT
from ledger.adapters.tables.reading.departments import may_be_department, near
from ledger.adapters.tables.reading.fieldnames import DRAFT_KEPT, field_of, field_title
from ledger.adapters.tables.reading.mapped import ColumnUse, MappedTable
from ledger.adapters.tables.reading.rows import ImportedRow
from ledger.adapters.yaml.edit import Edit, edited
from ledger.errors import LedgerError, UsageError
from ledger.model.change import CHANGED, TaskChange
from ledger.model.choice import one_of
from ledger.model.paths import CONFIG_FILE, TASKS, path_of_source, path_of_task, refuse_device
from ledger.model.record import dataclass, replace
from ledger.model.snapshot import Snapshot
from ledger.model.source import Source
from ledger.model.task import ID_PATTERN, ID_SHAPE, KINDS, full_name, label
from ledger.model.telling import Tell, silent
from ledger.usecases.reading.load import load, refuse_broken
from ledger.usecases.reading.open import Ledger
from ledger.usecases.tables.cells import CellNote, Columns
from ledger.usecases.tables.compare import Compared, compare
from ledger.usecases.tables.foresee import foreseen
from ledger.usecases.writing.act import Act, Operation, record
from ledger.usecases.writing.add import source_file

_STRICTER = re.compile("审计|巡视|巡察|督办|督查|督察|检查|检视|整改(?!措施|时限|期限)")


@dataclass(frozen=True, slots=True)
class ImportRequest:
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
class ImportPlan:
    """What an import would do.

    Attributes:
        source: the tasks' source, new or known.
        changes: per task, new ones first in the table's order.
        same: how many tasks stay as they are.
        undated: how many of the table's open tasks have a time limit nobody can count from yet.
        gone: ids of the source's tasks that the table no longer has; they are never deleted.
        departments: names to be added to ledger.yaml.
        columns: what each column was taken for, once where several tables have it.
        notes: what was passed over, and what else there is to say (Chinese).
        doubts: what the user has to agree to before it is written.
        left_out: what the table changes in tasks that are there, and may not.
        refused: what the rules refuse, so that nothing is written.
        sheets: the columns by sheet.
        rows: path of a task's file → the row that it comes from.
        files: what is to be written.
    """

    source: Source
    changes: tuple[TaskChange, ...]
    same: int
    undated: int
    gone: tuple[str, ...]
    departments: tuple[str, ...]
    columns: tuple[ColumnUse, ...]
    notes: tuple[str, ...]
    doubts: tuple[CellNote, ...]
    left_out: tuple[CellNote, ...]
    refused: tuple[CellNote, ...]
    sheets: tuple[tuple[str, tuple[ColumnUse, ...]], ...]
    rows: Mapping[str, ImportedRow]
    files: tuple[FileChange, ...]

    def guesses(self) -> dict[str, str]:
        """Column name → field, for what was guessed or not known: what one may agree to."""
        return {
            use.name: use.field
            for use in self.columns
            if use.basis == GUESSED or (use.basis == KEPT and field_of(use.name) is None)
        }


def plan_import(
    ledger: Ledger,
    request: ImportRequest,
    by: str,
    date: dt.date,
    tell: Tell = silent,
    today: dt.date | None = None,
) -> ImportPlan:
    """Compare a table with the ledger.

    A field changes only when the table changed it: what was edited in the ledger since the last
    import of the source stays, unless the table says something new. Nothing changes that may not.

    Args:
        by: who imports, for log entries that a 进展情况 column brings.
        date: the day of these.
        today: the day it is, where that is another one.
        tell: told how far a long file has been read, then how many rows have been compared.

    Raises:
        UsageError: the source is no id, or the year or kind is missing or contradicts the source.
        LedgerError: the file cannot be read as a table or holds no item, or a file of the ledger
            is broken that the table would have to be compared with.
    """
    if not re.fullmatch(ID_PATTERN, request.source):
        raise UsageError(f"来源编号“{request.source}”不合规定", hint=f"应为{ID_SHAPE}，如 GZ2017")
    refuse_device(request.source, full_name("source"))
    snapshot = load(ledger)
    folder = f"{TASKS}/{request.source}/"
    refuse_broken(snapshot, CONFIG_FILE, path_of_source(request.source), folder)
    known = snapshot.departments
    before = snapshot.source_by_id.get(request.source)
    imported = read_tables(
        request.file,
        sheet=request.sheet,
        mapping=request.mapping,
        remembered=before.record.mapping if before else {},
        header_row=request.header_row,
        known=tuple(known),
        tell=tell,
    )
    source = _source(snapshot, request, imported.tables)
    if before is None and not request.kind:
        doubts = (*imported.doubts, *_kind_in_doubt(source, imported.tables))
        imported = replace(imported, doubts=doubts)
    rows = [_canonical(row, table, known) for table in imported.tables for row in table.rows]
    acts = Act(by, date, today or date, commit=True)
    compared = compare(ledger, snapshot, source, rows, imported.tables, acts, tell)
    if not compared.total:
        raise LedgerError(f"{request.file.name} 的表头下面没有一个事项", hint="请检查文件是否完整")
    departments = _unknown(compared.changes, known)
    files = (
        *compared.files,
        *_config_file(ledger, departments),
        *_source_files(ledger, snapshot, source, request.mapping or {}),
    )
    columns = Columns(imported.tables)
    refused = foreseen(ledger, snapshot, files, compared.rows, columns, acts.today)
    strange = _strangers(compared, departments, known, columns)
    unsure = (*_doubts(imported.tables, compared.kept), *_read_with_doubt(imported))
    asked = (*unsure, *strange, *compared.doubts)
    return _plan(source, imported, compared, departments, asked, refused, files)


def _plan(
    source: Source,
    imported: Imported,
    compared: Compared,
    departments: tuple[str, ...],
    doubts: tuple[CellNote, ...],
    refused: tuple[CellNote, ...],
    files: tuple[FileChange, ...],
) -> ImportPlan:
    """What was read, compared and judged, as a plan."""
    columns = tuple(dict.fromkeys(use for table in imported.tables for use in table.columns))
    return ImportPlan(
        source,
        tuple(sorted(compared.changes, key=lambda each: each.what == CHANGED)),
        compared.total - len(compared.changes),
        compared.undated,
        compared.gone,
        departments,
        columns,
        _table_notes(imported),
        doubts,
        compared.left_out,
        refused,
        tuple((table.name, table.columns) for table in imported.tables),
        compared.rows,
        files,
    )


def remembering(ledger: Ledger, plan: ImportPlan, mapping: Mapping[str, str]) -> ImportPlan:
    """The same plan, which also keeps a mapping (column name → field) with its source."""
    if not mapping:
        return plan
    path = path_of_source(plan.source.id)
    planned = next((file.new for file in plan.files if file.path == path), None)
    old = store.read(ledger.root, path) if (ledger.root / path).exists() else None
    base = planned if planned is not None else old
    if base is None:
        return plan
    content = edited(base, [Edit(("mapping", name), field) for name, field in mapping.items()])
    rest = tuple(file for file in plan.files if file.path != path)
    return replace(plan, files=(*rest, FileChange(path, old, content)))


def write_import(
    ledger: Ledger, plan: ImportPlan, file: Path, commit: bool, tell: Tell = silent
) -> str:
    """Write what a plan says, in one commit; return its id, empty without one.

    Args:
        tell: told how many files have been written.
    """
    new = sum(change.what != CHANGED for change in plan.changes)
    subject = f"导入 {plan.source.id}：新增 {new} 项，修改 {len(plan.changes) - new} 项"
    operation = Operation(
        "import",
        subject,
        tuple(change.id for change in plan.changes),
        f"文件：{file.name}",
        (("Ledger-Source", plan.source.id),),
    )
    return record(ledger, plan.files, operation, commit, tell)


def _source(snapshot: Snapshot, request: ImportRequest, tables: Sequence[MappedTable]) -> Source:
    known = snapshot.source_by_id.get(request.source)
    if known:
        for called, given, kept in (
            ("--year", request.year, known.record.year),
            ("--kind", request.kind, known.record.kind),
            ("--issued", request.issued, known.record.issued),
        ):
            if given and kept and given != kept:
                raise UsageError(
                    f"来源 {known.record.id} 登记的是 {kept}，与 {called} {given} 不一致",
                    hint=f"请去掉 {called}，或先改 {known.path}",
                )
        if known.record.year or request.year:
            year = known.record.year or request.year
            issued = known.record.issued or request.issued
            return replace(known.record, year=year, issued=issued)
    if not request.year:
        raise UsageError("不知道时限里的月份属于哪一年", hint="请用 --year 给出，如 --year 2017")
    fields = {use.field for table in tables for use in table.columns}
    guessed = "巡视整改" if "problem" in fields else "工作要点"
    kind = one_of(request.kind or guessed, KINDS, label("kind"), "kind")
    title = request.title or next((table.title for table in tables if table.title), "")
    return Source(
        id=request.source,
        title=title or request.file.stem,
        kind=kind,
        year=request.year,
        issued=request.issued,
        mapping=dict(request.mapping or {}),
    )


def _kind_in_doubt(source: Source, tables: Sequence[MappedTable]) -> Iterator[str]:
    """Whether a table that looks like one of rectification falls under a milder policy."""
    names = (
        name for table in tables for name in (table.name, *(use.name for use in table.columns))
    )
    words = " ".join([source.title, *names])
    telling = _STRICTER.search(words)
    if source.kind == "工作要点" and telling:
        yield (
            f"没有写明类别，表里有“{telling[0]}”字样，仍当作“工作要点”；"
            "要按整改办理的，加 --kind 巡视整改"
        )
    elif source.kind == "巡视整改" and "风险点" in words:
        yield "没有写明类别，表里有“风险点”字样，仍当作“巡视整改”；是风险防控的，加 --kind 风险防控"


def _source_files(
    ledger: Ledger, snapshot: Snapshot, source: Source, mapping: Mapping[str, str]
) -> list[FileChange]:
    """The source's file where it is new, is dated now, or has its columns mapped in another way."""
    known = snapshot.source_by_id.get(source.id)
    if known is None:
        return [source_file(source)]
    news = {
        name: field for name, field in mapping.items() if known.record.mapping.get(name) != field
    }
    edits = [Edit(("mapping", name), field) for name, field in news.items()]
    if source.issued != known.record.issued:
        edits.append(Edit(("issued",), source.issued))
    if not edits:
        return []
    content = store.read(ledger.root, known.path)
    return [FileChange(known.path, content, edited(content, edits))]


def _table_notes(imported: Imported) -> tuple[str, ...]:
    """The notes of a file and its tables; of several tables each says which one it is."""
    several = len(imported.tables) > 1
    notes = (
        f"{table.name}：{note}" if several else note
        for table in imported.tables
        for note in table.notes
    )
    return tuple(dict.fromkeys((*imported.notes, *notes)))


def _read_with_doubt(imported: Imported) -> Iterator[CellNote]:
    """What of the file's layout was not certain."""
    yield from (CellNote(doubt, "", 0) for doubt in dict.fromkeys(imported.doubts))
    for table in imported.tables:
        for doubt in table.doubts:
            for line in doubt.lines:
                yield CellNote(doubt.message, table.name, line, doubt.column, joined=True)


def _doubts(tables: Sequence[MappedTable], kept: Collection[str]) -> Iterator[CellNote]:
    """What of the tables themselves was guessed or not understood.

    Args:
        kept: names of columns that tasks of the source keep already.
    """
    for table in tables:
        for use in table.columns:
            if use.basis == GUESSED:
                what = f"按列名推测，当作“{field_title(use.field)}”"
                yield CellNote(what, table.name, table.head, use.name)
            elif use.basis == KEPT and use.name not in {*kept, *DRAFT_KEPT}:
                yield CellNote("不认得，原样保留", table.name, table.head, use.name)
        for line in table.unread:
            yield CellNote("没有写明工作内容，没有导入", table.name, line)


def _strangers(
    compared: Compared, departments: Collection[str], known: Mapping[str, str], columns: Columns
) -> Iterator[CellNote]:
    """Where the departments stand that ledger.yaml lacks, with those they may be meant for.

    Where it has none yet, only what does not look like one.
    """
    listed = tuple(dict.fromkeys(known.values()))
    like = {name: "、".join(near(name, listed)) for name in departments}
    for change in compared.changes:
        task = change.after
        row = compared.rows.get(path_of_task(task.source, task.id)) if task else None
        for field in ("lead", "assist") if row else ():
            for name in getattr(row, field):
                if row and name in departments and (known or not may_be_department(name)):
                    hint = f"是不是{like[name]}？" if like[name] else ""
                    what = f"{'名单里没有的' if known else '不像部门名称的'}部门“{name}”"
                    yield columns.note(row, field, what, hint=hint)


def _canonical(row: ImportedRow, table: MappedTable, known: Mapping[str, str]) -> ImportedRow:
    lead = tuple(dict.fromkeys(known.get(name, name) for name in row.lead))
    assist = tuple(dict.fromkeys(known.get(name, name) for name in row.assist))
    return replace(row, lead=lead, assist=assist, sheet=table.name)


def _unknown(changes: Sequence[TaskChange], known: Mapping[str, str]) -> tuple[str, ...]:
    tasks = (change.after for change in changes if change.after)
    names = (name for task in tasks for name in (*task.lead, *task.assist))
    return tuple(dict.fromkeys(name for name in names if name not in known))


def _config_file(ledger: Ledger, departments: Sequence[str]) -> list[FileChange]:
    if not departments:
        return []
    content = store.read(ledger.root, CONFIG_FILE)
    edits = [Edit(("departments",), {"name": name}, append=True) for name in departments]
    return [FileChange(CONFIG_FILE, content, edited(content, edits))]
