"""The rows of a table beside the tasks of their source: new, changed, same, gone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from ledger.adapters.disk.both import by_both
from ledger.adapters.disk.store import FileChange
from ledger.adapters.tables.reading.mapped import MappedTable
from ledger.adapters.tables.reading.rows import ImportedRow, one_line
from ledger.errors import LedgerError
from ledger.model.change import TaskChange, task_change
from ledger.model.paths import path_of_task
from ledger.model.record import dataclass, replace
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.source import Source
from ledger.model.task import ENDED, STATUS_COLUMN, Task
from ledger.model.telling import Tell, silent
from ledger.usecases.reading.open import Ledger
from ledger.usecases.tables.again import changed, last_said
from ledger.usecases.tables.barred import day_of_export, own_words, status_word
from ledger.usecases.tables.cells import CellNote, Columns
from ledger.usecases.tables.pair_rows import is_own, paired
from ledger.usecases.tables.row_to_task import ID_COLUMN, draft, says_what, unread_due
from ledger.usecases.tables.statuses import NO_STATUS, claimed
from ledger.usecases.writing.act import Act
from ledger.usecases.writing.add import taken_ids
from ledger.usecases.writing.draft import next_number, task_id
from ledger.usecases.writing.edit import task_file

_COMPARED = ("key_point", "problem", "goal", "measures", "lead", "leader", "owner", "due_text")
_YEAR = re.compile(r"\d{4}|\d{2}年")
_SAID_DONE = re.compile("已(?:完成|办结|整改|销号|落实)")
_YEARS = frozenset({"年度", "年份"})
_ONLY_YEAR = re.compile(r"(?:^|／)(\d{4})年度?(?:工作|任务|目标|计划|要点)*(?=／|$)")
_AT_ONCE = 100  # files of a batch
_MANY = 800  # files below which a second process is not worth it


@dataclass(frozen=True, slots=True)
class Compared:
    """What rows come to, beside what is there.

    Attributes:
        changes: per task, in the table's order.
        files: what is to be written.
        gone: ids of the source's tasks that no row stands for.
        total: how many rows there are.
        doubts: what was not understood for certain, or does not become what the table says.
        left_out: what the table changes and may not.
        rows: path of a task's file → the row that it comes from.
        kept: names of columns that the source's tasks keep already.
        undated: how many tasks that have not ended have a time limit nobody can count from yet.
    """

    changes: tuple[TaskChange, ...]
    files: tuple[FileChange, ...]
    gone: tuple[str, ...]
    total: int
    doubts: tuple[CellNote, ...]
    left_out: tuple[CellNote, ...]
    rows: Mapping[str, ImportedRow]
    kept: frozenset[str]
    undated: int


def compare(
    ledger: Ledger,
    snapshot: Snapshot,
    source: Source,
    rows: Sequence[ImportedRow],
    tables: Sequence[MappedTable],
    acts: Act,
    tell: Tell = silent,
) -> Compared:
    """Compare rows with the source's tasks: which are new, what changes in the others.

    Args:
        tables: where the rows come from; a field without a column there is left alone.
        acts: who imports, and which day, for log entries that a 进展情况 column brings.
        tell: told how many rows have been compared, of how many.

    Raises:
        LedgerError: a row has the 编号 of another source's task, or breaks the schema.
    """
    existing = {
        key: entry for key, entry in snapshot.by_id.items() if entry.record.source == source.id
    }
    rows = [row for row in rows if row.id in existing or says_what(row)]
    others = _owners_of_others(rows, snapshot, source)
    columns = Columns(tables)
    rows, foreign = _without_foreign_ids(rows, source, {*existing, *others}, columns)
    drafts = [draft(row, source, snapshot.config.calendar, acts.by, acts.date) for row in rows]
    imported = last_said(ledger, source)
    pairs = paired(rows, drafts, source, existing, imported, others)
    beside = _Beside(ledger, snapshot, source, tables, columns, acts.today, len(rows))
    for row, (drafted, old_id) in zip(rows, pairs, strict=True):
        if old := existing.get(old_id):
            beside.known(row, old, drafted, imported.get(old_id, {}))
            tell(beside.count, len(rows))
        else:
            beside.new(row, drafted)
    matched = {old_id for _, old_id in pairs}
    return Compared(
        tuple(beside.changes),
        _with_new_files(beside.files, lambda done: tell(beside.count + done, len(rows))),
        tuple(key for key in existing if key not in matched),
        len(pairs),
        (*foreign, *beside.doubts),
        tuple(beside.left_out),
        beside.rows,
        frozenset(
            name
            for each in existing.values()
            for name in (*each.record.columns, *each.record.extra)
        ),
        beside.undated,
    )


class _Beside:
    """Collects what rows come to, one after the other, beside the tasks that are there."""

    def __init__(
        self,
        ledger: Ledger,
        snapshot: Snapshot,
        source: Source,
        tables: Sequence[MappedTable],
        columns: Columns,
        today: dt.date,
        rows: int,
    ) -> None:
        self._ledger, self._snapshot, self._source = ledger, snapshot, source
        self._columns, self._today = columns, today
        exported = (day_of_export(table.title) for table in tables)
        self._days = (today, *(day for day in exported if day))
        self._present = frozenset(use.field for table in tables for use in table.columns)
        self._numbers = _Numbers(source, taken_ids(snapshot), rows)
        self.changes: list[TaskChange] = []
        self.files: list[FileChange | Task] = []
        self.doubts: list[CellNote] = []
        self.left_out: list[CellNote] = []
        self.rows: dict[str, ImportedRow] = {}
        self.count = self.undated = 0
        self._new: set[tuple[object, ...]] = set()

    def known(
        self, row: ImportedRow, old: Entry[Task], drafted: Task, before: Mapping[str, Any]
    ) -> None:
        """A row that stands for a task which is there."""
        task = old.record
        stated = _without_status(drafted) if row.id == task.id else drafted
        done = changed(
            self._ledger, self._snapshot, old, stated, before, self._present, row.wrapped
        )
        self.files += done.files
        self.changes += [done.change] if done.change else []
        for key, why, instead in done.left_out:
            self.left_out.append(self._columns.note(row, key, why, task.id, instead))
        if self._columns.has(row, "status") and (word := status_word(row, task)):
            self.left_out.append(self._columns.note(row, "status", word[0], task.id, word[1]))
        after = done.change.after if done.change and done.change.after else task
        self._note(row, after, task, old.path)
        self.count += 1

    def new(self, row: ImportedRow, drafted: Task) -> None:
        """A row that becomes a task."""
        task = self._numbers.given(drafted)
        self.files.append(task)
        if change := task_change(task.id, None, task):
            self.changes.append(change)
        content = tuple(getattr(row, key) for key in _COMPARED)
        if content in self._new:
            what = "与前面的一行一样，各成一项；重复的请删去一行"
            self.doubts.append(self._columns.note(row, "", what, task.id))
        self._new.add(content)
        if claim := claimed(row):
            notes = self.doubts if claim == NO_STATUS else self.left_out
            notes.append(self._columns.note(row, "status", claim, task.id))
        self._note(row, task, None, path_of_task(task.source, task.id))

    def _note(self, row: ImportedRow, task: Task, before: Task | None, path: str) -> None:
        """What there is to say of any row, once its task is known as it will be."""
        self.rows[path] = row
        config, note = self._snapshot.config, self._columns.note
        for column, what, instead in own_words(row, task, before, config, self._days):
            self.left_out.append(note(row, column, what, task.id, instead))
        if task.due.date and _SAID_DONE.search(task.due.text):
            self.doubts.append(note(row, "due", "时限里写着办完了，没有当作办理情况", task.id))
        if task.due.date and (year := self._other_year(task)):
            what = f"在“{year}年”之下，时限没有写年份，按 {self._source.year} 年读"
            self.doubts.append(note(row, "due", what, task.id))
        if task.status in ENDED or task.due.date or task.due.dates:
            return
        self.undated += not task.nature
        if why := unread_due(task.due.text, self._source, config.calendar, self._today):
            message = f"时限“{one_line(task.due.text)}”没有读出日期：{why}"
            self.doubts.append(note(row, "due", message, task.id))

    def _other_year(self, task: Task) -> str:
        """The year of a task's part or of a column, where its time limit names none."""
        named = (text for name, text in task.columns.items() if name in _YEARS)
        above = _ONLY_YEAR.search("／".join((task.section, *named)))
        if above is None or _YEAR.search(task.due.text) or above[1] == str(self._source.year):
            return ""
        return above[1]


def _with_new_files(
    files: Sequence[FileChange | Task], tell: Callable[[int], object]
) -> tuple[FileChange, ...]:
    """The same with files in the places of new tasks; many of them are made by both cores.

    Args:
        tell: told how many have been made.

    Raises:
        LedgerError: one of them breaks the schema; the first of them is named.
    """
    tasks = [each for each in files if isinstance(each, Task)]
    size = _AT_ONCE if len(tasks) >= _MANY else 1
    parts = [tasks[start : start + size] for start in range(0, len(tasks), size)]

    def work(number: int) -> list[bytes] | None:
        try:
            return [task_file(each).new for each in parts[number]]
        except LedgerError:  # raised below, where it is known to be the first
            return None

    contents: dict[int, list[bytes] | None] = {}
    here = enumerate(map(work, range(len(parts))))
    for number, made in here if size == 1 else by_both(work, len(parts)):
        contents[number] = made
        tell(min(len(contents) * size, len(tasks)))
    for number in sorted(contents):
        if contents[number] is None:
            contents[number] = [task_file(each).new for each in parts[number]]
    written = (new for number in sorted(contents) for new in contents[number] or ())
    return tuple(
        FileChange(path_of_task(each.source, each.id), None, next(written))
        if isinstance(each, Task)
        else each
        for each in files
    )


def _owners_of_others(
    rows: Sequence[ImportedRow], snapshot: Snapshot, source: Source
) -> dict[str, str]:
    """编号 of other sources' tasks, and of rows that are formed like those → that source."""
    known = (entry.record for entry in snapshot.sources)
    prefixes = {each.prefix or each.id: each.id for each in known}
    prefixes[source.prefix or source.id] = source.id
    formed = (re.fullmatch(r"(.+)-[0-9]+", row.id) for row in rows)
    owners = {match[0]: prefixes[match[1]] for match in formed if match and match[1] in prefixes}
    owners |= {key: entry.record.source for key, entry in snapshot.by_id.items()}
    return {key: owner for key, owner in owners.items() if owner != source.id}


def _without_foreign_ids(
    rows: Sequence[ImportedRow], source: Source, known: Collection[str], columns: Columns
) -> tuple[list[ImportedRow], tuple[CellNote, ...]]:
    """Rows whose 编号 is the document's own keep it as a column; and what to tell of it."""
    prefix = source.prefix or source.id

    def is_foreign(row: ImportedRow) -> bool:
        return not (not row.id or row.id.isdecimal() or row.id in known or is_own(row.id, prefix))

    kept = [
        replace(row, id="", extra=(*row.extra, (ID_COLUMN, row.id))) if is_foreign(row) else row
        for row in rows
    ]
    message = f"不是 {source.id} 的事项编号，原样保留，事项另外编号"
    return kept, tuple(columns.note(row, "id", message) for row in rows if is_foreign(row))


def _without_status(draft: Task) -> Task:
    """The draft without what a table of the ledger's own says of its status."""
    columns = {name: text for name, text in draft.columns.items() if name != STATUS_COLUMN}
    return replace(draft, columns=columns)


class _Numbers:
    """Ids of new tasks: the number of the row, or the next free one where that is taken."""

    def __init__(self, source: Source, taken: set[str], rows: int) -> None:
        self._prefix = source.prefix or source.id
        self._taken = taken
        self._next = max(next_number(self._prefix, taken), rows + 1)

    def given(self, draft: Task) -> Task:
        """A new task with an id that nobody has."""
        if draft.id in self._taken:
            draft = replace(draft, id=task_id(self._prefix, self._next))
        self._taken.add(draft.id)
        self._next = max(self._next, next_number(self._prefix, (draft.id,)))
        return draft
