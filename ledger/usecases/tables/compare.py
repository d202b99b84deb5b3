"""The rows of a table beside the tasks of their source: new, changed, same, gone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Sequence

from ledger.adapters.disk.both import by_both
from ledger.adapters.disk.store import FileChange
from ledger.adapters.tables.reading.rows import ImportedRow
from ledger.adapters.tables.reading.table import MappedTable
from ledger.errors import LedgerError
from ledger.model.change import TaskChange, task_change
from ledger.model.paths import path_of_task
from ledger.model.record import dataclass, replace
from ledger.model.snapshot import Snapshot
from ledger.model.source import Source
from ledger.model.task import STATUS_COLUMN, Task
from ledger.model.telling import Tell, silent
from ledger.usecases.reading.open import Ledger
from ledger.usecases.tables.again import changed, last_said
from ledger.usecases.tables.pair_rows import is_own, paired
from ledger.usecases.tables.row_to_task import ID_COLUMN, draft, says_what
from ledger.usecases.tables.statuses import Claims
from ledger.usecases.writing.add import taken_ids
from ledger.usecases.writing.draft import next_number, task_id
from ledger.usecases.writing.edit import task_file

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
        notes: what the table says that a table may not do (Chinese).
    """

    changes: tuple[TaskChange, ...]
    files: tuple[FileChange, ...]
    gone: tuple[str, ...]
    total: int
    notes: tuple[str, ...]


def compare(
    ledger: Ledger,
    snapshot: Snapshot,
    source: Source,
    rows: Sequence[ImportedRow],
    tables: Sequence[MappedTable],
    by: str,
    today: dt.date,
    tell: Tell = silent,
) -> Compared:
    """Compare rows with the source's tasks: which are new, what changes in the others.

    Args:
        tables: where the rows come from; a field without a column there is left alone.
        by: who imports, for log entries that a 进展情况 column brings.
        tell: told how many rows have been compared, of how many.

    Raises:
        LedgerError: a row has the 编号 of another source's task, or breaks the schema.
    """
    existing = {
        key: entry for key, entry in snapshot.by_id.items() if entry.record.source == source.id
    }
    rows = [row for row in rows if row.id in existing or says_what(row)]
    others = _owners_of_others(rows, snapshot, source)
    rows, foreign = _without_foreign_ids(rows, source, {*existing, *others})
    drafts = [draft(row, source, snapshot.config.calendar, by, today) for row in rows]
    imported = last_said(ledger, source)
    pairs = paired(rows, drafts, source, existing, imported, others)
    present = frozenset(use.field for table in tables for use in table.columns)
    numbers = _Numbers(source, taken_ids(snapshot), len(rows))
    claims = Claims()
    changes: list[TaskChange | None] = []
    files: list[FileChange | Task] = []
    known = 0
    for row, (drafted, old_id) in zip(rows, pairs, strict=True):
        if old := existing.get(old_id):
            claims.of_known(row, old.record)
            stated = _without_status(drafted) if row.id == old_id else drafted
            before = imported.get(old_id, {})
            change, written = changed(ledger, old, stated, before, present, row.wrapped)
            files += written
            known += 1
            tell(known, len(rows))
        else:
            new = numbers.given(drafted)
            claims.of_new(row, new.id)
            change = task_change(new.id, None, new)
            files.append(new)
        changes.append(change)
    matched = {old_id for _, old_id in pairs}
    gone = tuple(key for key in existing if key not in matched)
    return Compared(
        tuple(filter(None, changes)),
        _with_new_files(files, lambda done: tell(known + done, len(rows))),
        gone,
        len(pairs),
        (*foreign, *claims.notes()),
    )


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
    rows: Sequence[ImportedRow], source: Source, known: Collection[str]
) -> tuple[list[ImportedRow], tuple[str, ...]]:
    """Rows whose 编号 is the document's own keep it as a column; and what to tell of it."""
    prefix = source.prefix or source.id

    def is_foreign(row: ImportedRow) -> bool:
        return not (not row.id or row.id.isdecimal() or row.id in known or is_own(row.id, prefix))

    kept = [
        replace(row, id="", extra=(*row.extra, (ID_COLUMN, row.id))) if is_foreign(row) else row
        for row in rows
    ]
    count = sum(map(is_foreign, rows))
    note = f"有 {count} 行的编号不是 {source.id} 的事项编号：原样保留，事项另外编号"
    return kept, (note,) if count else ()


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
