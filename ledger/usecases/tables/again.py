"""What a table changes in tasks that are there, against what it said the last time.

A field changes only when the table changed it: what was edited in the ledger since stays, unless
the table says something new.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ledger.adapters.disk import store
from ledger.adapters.disk.store import FileChange
from ledger.adapters.git.walk import commits_saying, these_commits
from ledger.adapters.yaml.edit import Edit, edited
from ledger.model.change import TaskChange, task_change
from ledger.model.decode import compact, plain
from ledger.model.figures import read_figures
from ledger.model.paths import TASKS
from ledger.model.plaintext import unguarded
from ledger.model.record import dataclass, replace
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.source import Source
from ledger.model.task import IN_PROGRESS, NOT_STARTED, STATUS_COLUMN, Indicator, Progress, Task
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.versions import Versions, read_pairs
from ledger.usecases.tables.barred import barred
from ledger.usecases.tables.row_to_task import FROM_TABLE, INDICATORS
from ledger.usecases.writing.edit import ORDER
from ledger.usecases.writing.indicators import place_of


def last_said(ledger: Ledger, source: Source) -> dict[str, dict[str, Any]]:
    """What the source's table said of each task the last time, as its imports left it in history.

    Returns:
        Task id → field → plain value, for every field that some import wrote.
    """
    imported: dict[str, dict[str, Any]] = {}
    trailers = ("Ledger-Op: import", f"Ledger-Source: {source.id}")
    imports = commits_saying(ledger.repo, *trailers)
    for commit in these_commits(ledger.repo, imports, (TASKS,)):
        versions = read_pairs(ledger, [commit])
        before = _tasks(versions, ((each.path, each.old) for each in commit.files))
        after = _tasks(versions, ((each.path, each.new) for each in commit.files))
        for key in {**before, **after}:
            change = task_change(key, before.get(key), after.get(key))
            fields = {each.field: compact(each.new) for each in change.fields} if change else {}
            imported.setdefault(key, {}).update(fields)
    return imported


def _tasks(versions: Versions, pairs: Iterable[tuple[str, str]]) -> dict[str, Task]:
    """The readable ones of some files (path, blob id), by the task's id."""
    read = (versions.get(pair) for pair in pairs)
    return {each.entry.record.id: each.entry.record for each in read if each and each.entry}


@dataclass(frozen=True, slots=True)
class Changed:
    """What a table changes in one task.

    Attributes:
        change: in the ledger's terms, None where all stays.
        files: the file to write, if any.
        left_out: what the table changes and may not: field or column, why, what to do instead.
    """

    change: TaskChange | None
    files: tuple[FileChange, ...]
    left_out: tuple[tuple[str, str, str], ...]


def changed(
    ledger: Ledger,
    snapshot: Snapshot,
    entry: Entry[Task],
    draft: Task,
    imported: Mapping[str, Any],
    present: Collection[str] = FROM_TABLE,
    wrapped: bool = False,
) -> Changed:
    """What the table changes in one task, and what it may not change there.

    Args:
        snapshot: the ledger, whose meetings may have seen the task.
        entry: the task as it is.
        draft: the same as the table has it now.
        imported: what the table said the last time, by field.
        present: the fields that the table has a column for; others it cannot have emptied.
        wrapped: whether line breaks in the table's texts are guessed, and so no news.
    """
    old = entry.record
    if wrapped and same("".join(draft.measures), "".join(old.measures)):
        draft = replace(draft, measures=old.measures)
    columns = list(_column_edits(old, draft, imported))
    asked = [*_field_edits(old, draft, imported, present), *columns]
    if any(each.place[-1] == INDICATORS for each in columns):
        asked += _indicator_edits(old, draft)
    news = _news(old, draft)
    started = [Edit(("status",), IN_PROGRESS)] if news and old.status == NOT_STARTED else []
    asked += [*started, *(Edit(("progress",), plain(each), append=True) for each in news)]
    bars = [barred(old, str(each.place[0]), draft, snapshot) for each in asked]
    edits = [each for each, bar in zip(asked, bars, strict=True) if not bar]
    left = tuple(
        (str(each.place[-1]), *bar)
        for each, bar in zip(asked, bars, strict=True)
        if bar and each.place[0] != "indicators"  # told of their column
    )
    if not edits:
        return Changed(None, (), left)
    content = store.read(ledger.root, entry.path)
    file = FileChange(entry.path, content, edited(content, edits, ORDER))
    return Changed(task_change(old.id, old, _applied(old, draft, edits)), (file,), left)


def _field_edits(
    old: Task, draft: Task, imported: Mapping[str, Any], present: Collection[str]
) -> Iterator[Edit]:
    for key in FROM_TABLE:
        value, before = plain(getattr(draft, key)), plain(getattr(old, key))
        if same(value, before) or same(value, imported.get(key)):
            continue
        read = old.due.date or not draft.due.date  # else what could not be read now can be
        unchanged_words = key == "due" and read and same(draft.due.text, old.due.text)
        lacking = key not in present and same(value, None)
        if not (unchanged_words or lacking):
            yield Edit((key,), value)


def _column_edits(old: Task, draft: Task, imported: Mapping[str, Any]) -> Iterator[Edit]:
    """What columns say that no field takes; tasks of old ledgers keep them beside the fields."""
    before: dict[str, Any] = dict(imported.get("columns") or {})
    for name, text in draft.columns.items():
        beside = name in old.extra
        current = old.extra[name] if beside else old.columns.get(name)
        known = name == STATUS_COLUMN and same(text, old.status)
        if not (known or same(text, current) or same(text, before.get(name, imported.get(name)))):
            yield Edit((name,) if beside else ("columns", name), text)


def _indicator_edits(old: Task, draft: Task) -> Iterator[Edit]:
    """The numbers that a 指标 column has changed; what it says as before stays as it is.

    Such a column tells the target, or what is done where the row says that all is.
    """
    told = old.extra.get(INDICATORS, old.columns.get(INDICATORS, ""))
    before = {each.called: each.value for each in read_figures(str(told))}
    for each in draft.indicators:
        key, number = ("target", each.target) if each.actual is None else ("actual", each.actual)
        place = place_of(old, each.name)
        if place is None:
            yield Edit(("indicators",), plain(each), append=True)
        elif before.get(each.name) != number and getattr(old.indicators[place], key) != number:
            yield Edit(("indicators", place, key), number)
            if each.unit and each.unit != old.indicators[place].unit:
                yield Edit(("indicators", place, "unit"), each.unit)


def _news(old: Task, draft: Task) -> list[Progress]:
    """Log entries that the task does not have yet; of a cell that was added to, what was added."""
    known = {_squeezed(entry.text) for entry in old.progress}
    texts = [_added(entry.text, old.progress) for entry in draft.progress]
    return [
        replace(entry, text=text)
        for entry, text in zip(draft.progress, texts, strict=True)
        if _squeezed(text) not in known and _squeezed(entry.text) not in known
    ]


def _added(text: str, log: Sequence[Progress]) -> str:
    """The lines that somebody wrote above or below an entry of the log; else the whole text."""
    for entry in reversed(log):
        logged = entry.text.strip()
        if logged and text.startswith(f"{logged}\n"):
            return text[len(logged) :].strip()
        if logged and text.endswith(f"\n{logged}"):
            return text[: -len(logged)].strip()
    return text


def _applied(old: Task, draft: Task, edits: Sequence[Edit]) -> Task:
    """The task as the edits leave it."""
    keys = {str(edit.place[0]) for edit in edits}
    values: dict[str, Any] = {key: getattr(draft, key) for key in keys if key in FROM_TABLE}
    values["indicators"] = _indicators(old, draft, edits)
    values["progress"] = (*old.progress, *(_news(old, draft) if "progress" in keys else ()))
    values["status"] = IN_PROGRESS if "status" in keys else old.status
    columns = {str(edit.place[1]): edit.value for edit in edits if edit.place[0] == "columns"}
    extra = {key: value for key, value in draft.columns.items() if key in keys & old.extra.keys()}
    return replace(old, extra={**old.extra, **extra}, columns={**old.columns, **columns}, **values)


def _indicators(old: Task, draft: Task, edits: Sequence[Edit]) -> tuple[Indicator, ...]:
    """The indicators as the edits leave them."""
    listed = list(old.indicators)
    for edit in edits:
        if edit.place[0] == "indicators" and not edit.append:
            _, place, key = edit.place
            listed[int(place)] = replace(listed[int(place)], **{str(key): edit.value})
    added = [edit.value for edit in edits if edit.place == ("indicators",)]
    return (*listed, *(each for each in draft.indicators if plain(each) in added))


def same(one: object, other: object) -> bool:
    """Whether two plain values say the same; blanks inside texts are a matter of layout."""
    return bool(_squeezed(one) == _squeezed(other))


def _squeezed(plain: Any) -> Any:
    """A plain value without blanks; empty in any form is None, as what no column says.

    The apostrophe by which an exported csv keeps a text from being a formula is no part of it.
    """
    if isinstance(plain, dict):
        return {key: _squeezed(each) for key, each in plain.items()} or None
    if isinstance(plain, list):
        return [_squeezed(each) for each in plain] or None
    if isinstance(plain, dt.date):
        return plain.isoformat()
    return (unguarded("".join(plain.split())) if isinstance(plain, str) else plain) or None
