"""The difference of two snapshots in the ledger's terms, for the terminal, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger.model.change import ADDED, CHANGED, REMOVED, Change
from ledger.view.changes import change_lines
from ledger.view.text import markdown, one_line

_WHAT = {ADDED: "新增", CHANGED: "修改", REMOVED: "删除"}
_NOTHING = "没有变化。"


def text_lines(change: Change) -> Iterator[str]:
    """A line a task, below it a line a field."""
    for each in change.tasks:
        yield one_line(f"{_WHAT[each.what]} {each.id} {_title(change, each.id)}")
        yield from (f"  {line}" for line in change_lines(each.fields))
    if not change.tasks:
        yield _NOTHING


def markdown_lines(change: Change) -> Iterator[str]:
    """A heading a task, below it a list of fields: for pull requests."""
    for each in change.tasks:
        title = _title(change, each.id)
        yield f"### {_WHAT[each.what]} {markdown(each.id)} {markdown(title)}"
        yield ""
        yield from (f"- {markdown(line)}" for line in change_lines(each.fields))
        yield ""
    if not change.tasks:
        yield _NOTHING


def change_json(change: Change) -> list[dict[str, Any]]:
    """Per task its id, what happened (added, changed, removed), its fields' old and new values."""
    return [
        {
            "id": each.id,
            "what": each.what,
            "changes": [
                {"field": field.field, "old": field.old, "new": field.new} for field in each.fields
            ],
        }
        for each in change.tasks
    ]


def _title(change: Change, key: str) -> str:
    entry = change.new.by_id.get(key) or change.old.by_id.get(key)
    return entry.record.title if entry else ""
