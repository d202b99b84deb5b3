"""What the rules say of what an import would write, told of the table that it comes from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from ledger.adapters.disk.store import FileChange
from ledger.adapters.tables.reading.rows import ImportedRow
from ledger.model.change import difference
from ledger.model.problem import Problem, errors
from ledger.model.record import replace
from ledger.model.snapshot import Snapshot
from ledger.rules import Context, check_change, check_files, judged
from ledger.usecases.reading.open import Ledger
from ledger.usecases.tables.cells import CellNote, Columns
from ledger.usecases.writing.secrets import as_written


def foreseen(
    ledger: Ledger,
    snapshot: Snapshot,
    files: Sequence[FileChange],
    rows: Mapping[str, ImportedRow],
    columns: Columns,
    today: dt.date,
) -> tuple[CellNote, ...]:
    """Why files must not be written: what a check would find in them that was not there before.

    Args:
        snapshot: the ledger as it is.
        rows: path of a task's file → the row that it comes from.
    """
    if not files:
        return ()
    problems = _problems(ledger, snapshot, files, today)
    notes = (_note(each, rows.get(each.path), columns) for each in problems)
    return tuple(dict.fromkeys(notes))


def _problems(
    ledger: Ledger, snapshot: Snapshot, files: Sequence[FileChange], today: dt.date
) -> Iterator[Problem]:
    """Errors that the files would bring, of each file the first of each rule in each field."""
    written = {each.path for each in files}
    read = as_written(ledger, files)
    sources = {each.path: each for each in (*snapshot.sources, *read.sources)}
    after = replace(read, sources=tuple(sources.values()))
    kept = tuple(each for each in snapshot.tasks if each.path not in written)
    old = replace(
        snapshot, tasks=tuple(e for e in snapshot.tasks if e.path in written), problems=()
    )
    new = replace(snapshot, config=read.config, tasks=(*kept, *read.tasks), sources=after.sources)
    before = {each.what for each in check_files(old, Context(snapshot.config, today))}
    context = Context(read.config, today)
    ids = {entry.record.id for entry in read.tasks}
    problems = (
        *check_files(after, context),
        *check_change(difference(snapshot, new, ids), Context(snapshot.config, today)),
    )
    told = judged(problems, read.config, new)
    for each in dict.fromkeys(errors(told)):
        if each.path in written and each.what not in before:
            yield each


def _note(problem: Problem, row: ImportedRow | None, columns: Columns) -> CellNote:
    message = problem.message.removeprefix(f"{next(iter(problem.place), '')} 里")
    message = f"{problem.code} {message}"
    if row is None:
        return CellNote(message, "", 0, "", problem.id, problem.hint)
    place = [str(each) for each in problem.place]
    key = place[1] if place[:1] == ["columns"] and len(place) > 1 else next(iter(place), "")
    return columns.note(row, key, message, problem.id, problem.hint)
