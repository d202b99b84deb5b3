"""Changes in the ledger's terms (状态：待上会 → 已销号), for the terminal, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ledger.model.change import ADDED, CHANGED, REMOVED, Change, FieldChange
from ledger.model.decode import compact
from ledger.model.task import label
from ledger.view.task import spelled
from ledger.view.text import markdown, one_line

_WHAT = {ADDED: "新增", CHANGED: "修改", REMOVED: "删除"}
_NOTHING = "没有变化。"


def change_lines(changes: Iterable[FieldChange]) -> Iterator[str]:
    """One line a changed field; of lists that only grew just what came."""
    for change in changes:
        old, new = compact(change.old), compact(change.new)
        if old or new:
            yield one_line(f"{label(change.field)}：{_difference(old, new)}")


def _difference(old: Any, new: Any) -> str:
    if isinstance(old, dict) and isinstance(new, dict) and "text" not in new:
        return "；".join(
            f"{label(key)} {_difference(old.get(key), new.get(key))}"
            for key in dict.fromkeys((*old, *new))
            if old.get(key) != new.get(key)
        )
    if isinstance(old, list) and isinstance(new, list) and new[: len(old)] == old:
        return f"新增 {words(new[len(old) :])}"
    return f"{words(old)} → {words(new)}" if old else words(new)


def words(value: Any) -> str:
    """Plain data as people read it."""
    return spelled(value) if value else "（空）"


def text_lines(change: Change) -> Iterator[str]:
    """A line a task, below it a line a field."""
    for task, headline in zip(change.tasks, headlines(change), strict=True):
        yield headline
        yield from (f"  {line}" for line in change_lines(task.fields))
    if not change.tasks:
        yield _NOTHING


def headlines(change: Change) -> Iterator[str]:
    """A line a task: what happened to it, its id and title."""
    for task in change.tasks:
        yield one_line(f"{_WHAT[task.what]} {task.id} {_title(change, task.id)}")


def markdown_lines(change: Change) -> Iterator[str]:
    """A heading a task, below it a list of fields: for pull requests."""
    for task in change.tasks:
        title = _title(change, task.id)
        yield f"### {_WHAT[task.what]} {markdown(task.id)} {markdown(title)}"
        yield ""
        yield from (f"- {markdown(line)}" for line in change_lines(task.fields))
        yield ""
    if not change.tasks:
        yield _NOTHING


def change_json(change: Change) -> list[dict[str, Any]]:
    """Per task its id, what happened (added, changed, removed), its fields' old and new values."""
    return [
        {
            "id": task.id,
            "what": task.what,
            "changes": [
                {"field": field.field, "old": field.old, "new": field.new} for field in task.fields
            ],
        }
        for task in change.tasks
    ]


def _title(change: Change, key: str) -> str:
    entry = change.new.by_id.get(key) or change.old.by_id.get(key)
    return entry.record.title if entry else ""
