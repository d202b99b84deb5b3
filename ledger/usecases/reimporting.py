"""What a table changes in tasks that are there, against what it said the last time.

A field changes only when the table changed it: what was edited in the ledger since stays, unless
the table says something new.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ledger.adapters import store
from ledger.adapters.store import FileChange
from ledger.adapters.yamledit import Edit, edited
from ledger.model.change import TaskChange, difference, task_change
from ledger.model.decode import compact, encode
from ledger.model.source import Source
from ledger.model.task import IN_PROGRESS, NOT_STARTED, Task
from ledger.usecases.editing import ORDER
from ledger.usecases.reading import Ledger, load

# Fields that a table decides; all others belong to the ledger once a task is there.
FROM_TABLE = (
    "section", "key_point", "problem", "goal", "measures", "lead", "assist", "leader", "owner",
    "due",
)  # fmt: skip


def last_said(ledger: Ledger, source: Source) -> dict[str, dict[str, Any]]:
    """What the source's table said of each task the last time, as its imports left it in history.

    Returns:
        Task id → field → plain value, for every field that some import wrote.
    """
    said: dict[str, dict[str, Any]] = {}
    trailers = ("Ledger-Op: import", f"Ledger-Source: {source.id}")
    for commit in ledger.repo.commits_saying(*trailers):
        parent = ledger.repo.parent_of(commit)
        after = load(ledger, commit)
        before = load(ledger, parent) if parent else replace(after, tasks=())
        for change in difference(before, after).tasks:
            fields = {each.field: compact(each.new) for each in change.fields}
            said.setdefault(change.id, {}).update(fields)
    return said


def changed(
    ledger: Ledger, path: str, old: Task, draft: Task, said: Mapping[str, Any]
) -> tuple[TaskChange | None, list[FileChange]]:
    """What the table changes in one task.

    Args:
        draft: the task as the table has it now.
        said: what the table said the last time, by field.

    Returns:
        The change and the file to write; None and nothing when all stays.
    """
    edits = [
        Edit((key,), value)
        for key, value in _of_table(draft).items()
        if not same(value, _of_table(old).get(key)) and not same(value, said.get(key))
    ]
    known = {_squeezed(entry.text) for entry in old.progress}
    news = [entry for entry in draft.progress if _squeezed(entry.text) not in known]
    started = [Edit(("status",), IN_PROGRESS)] if news and old.status == NOT_STARTED else []
    edits += [*started, *(Edit(("progress",), _plain(entry), append=True) for entry in news)]
    if not edits:
        return None, []
    content = store.read(ledger.root, path)
    file = FileChange(path, content, edited(content, edits, ORDER))
    return task_change(old.id, old, _applied(old, draft, edits)), [file]


def _of_table(task: Task) -> dict[str, Any]:
    """The fields that a table decides, as plain data; columns nobody knows among them."""
    return {key: _plain(getattr(task, key)) for key in FROM_TABLE} | dict(task.extra)


def _applied(old: Task, draft: Task, edits: Sequence[Edit]) -> Task:
    """The task as the edits leave it."""
    keys = {str(edit.place[0]) for edit in edits}
    values: dict[str, Any] = {key: getattr(draft, key) for key in keys if key in FROM_TABLE}
    known = {_squeezed(entry.text) for entry in old.progress}
    news = [entry for entry in draft.progress if _squeezed(entry.text) not in known]
    values["progress"] = (*old.progress, *news)
    values["status"] = IN_PROGRESS if "status" in keys else old.status
    extra = {key: value for key, value in draft.extra.items() if key in keys}
    return replace(old, extra={**old.extra, **extra}, **values)


def same(one: object, other: object) -> bool:
    """Whether two plain values say the same; blanks inside texts are a matter of layout."""
    return bool(_squeezed(one) == _squeezed(other))


def _squeezed(plain: Any) -> Any:
    """A plain value without blanks; empty in any form is None, as what no column says."""
    if isinstance(plain, dict):
        return {key: _squeezed(each) for key, each in plain.items()} or None
    if isinstance(plain, list):
        return [_squeezed(each) for each in plain] or None
    if isinstance(plain, dt.date):
        return plain.isoformat()
    return ("".join(plain.split()) if isinstance(plain, str) else plain) or None


def _plain(value: object) -> Any:
    return compact(encode(value, day=lambda day: day))
