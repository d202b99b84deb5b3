"""Changes in the ledger's terms: 状态: 待上会 → 已销号."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ledger.model.change import FieldChange
from ledger.model.decode import compact
from ledger.model.task import label
from ledger.view.task import spelled
from ledger.view.text import one_line


def change_lines(changes: Iterable[FieldChange]) -> Iterator[str]:
    """One line a changed field; of lists that only grew just what came."""
    for change in changes:
        old, new = compact(change.old), compact(change.new)
        if old or new:
            yield one_line(f"{label(change.field)}：{_said(old, new)}")


def _said(old: Any, new: Any) -> str:
    if isinstance(old, dict) and isinstance(new, dict) and "text" not in new:
        return "；".join(
            f"{label(key)} {_said(old.get(key), new.get(key))}"
            for key in dict.fromkeys((*old, *new))
            if old.get(key) != new.get(key)
        )
    if isinstance(old, list) and isinstance(new, list) and new[: len(old)] == old:
        return f"新增 {words(new[len(old) :])}"
    return f"{words(old)} → {words(new)}" if old else words(new)


def words(value: Any) -> str:
    """Plain data as people read it."""
    return spelled(value) if value else "（空）"
