"""The rows of a table beside the tasks of their source: new, changed, same, gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ledger.adapters.importers import ImportedRow, MappedTable
from ledger.adapters.store import FileChange
from ledger.model.change import TaskChange, task_change
from ledger.model.snapshot import Snapshot
from ledger.model.source import Source
from ledger.model.task import Task
from ledger.usecases.adding import taken_ids
from ledger.usecases.drafting import next_number, task_id
from ledger.usecases.editing import task_file
from ledger.usecases.matching import paired
from ledger.usecases.reading import Ledger
from ledger.usecases.reimporting import changed, last_said
from ledger.usecases.statuses import Claims
from ledger.usecases.transcribing import draft, says_what


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
) -> Compared:
    """Compare rows with the source's tasks: which are new, what changes in the others.

    Args:
        tables: where the rows come from; a field without a column there is left alone.
        by: who imports, for log entries that a 进展情况 column brings.

    Raises:
        LedgerError: a row has the 编号 of another source's task, or breaks the schema.
    """
    existing = {
        key: entry for key, entry in snapshot.by_id.items() if entry.record.source == source.id
    }
    others = {
        key: each.record.source for key, each in snapshot.by_id.items() if key not in existing
    }
    rows = [row for row in rows if row.id in existing or says_what(row)]
    drafts = [draft(row, source, snapshot.config.calendar, by, today) for row in rows]
    said = last_said(ledger, source)
    there = {key: entry.record for key, entry in existing.items()}
    pairs = paired(rows, drafts, source, there, said, others)
    present = frozenset(field for table in tables for _, field in table.columns)
    taken = taken_ids(snapshot)
    changes: list[TaskChange] = []
    files: list[FileChange] = []
    claims = Claims()
    for row, (wanted, old_id) in zip(rows, pairs, strict=True):
        old = existing.get(old_id)
        if old is None:
            new = _numbered(wanted, source, taken, len(rows))
            taken.add(new.id)
            files.append(task_file(new))
            change = task_change(new.id, None, new)
            claims.of_new(row, new.id)
        else:
            claims.of_known(row, old.record)
            change, written = changed(
                ledger, old.path, old.record, wanted, said.get(old_id, {}), present, row.wrapped
            )
            files.extend(written)
        changes.extend([change] if change else [])
    matched = {old_id for _, old_id in pairs}
    gone = tuple(key for key in existing if key not in matched)
    return Compared(tuple(changes), tuple(files), gone, len(pairs), tuple(claims.notes()))


def _numbered(draft: Task, source: Source, taken: Collection[str], total: int) -> Task:
    """A new task with the number of its row, or the next free one where that is taken."""
    if draft.id not in taken:
        return draft
    prefix = source.prefix or source.id
    return replace(draft, id=task_id(prefix, max(next_number(prefix, taken), total + 1)))
