"""The last steps of a ledger, and what taking one back does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.usecases.sharing.undo import RecentStep, Undoing
from ledger.view.changes import text_lines
from ledger.view.table import Column, Table
from ledger.view.text import one_line


def step_table(recent_steps: Iterable[RecentStep]) -> Table:
    """A row a step: its number, day, who did what, and whether it can be taken back."""
    columns = (
        Column("序号", right=True),
        Column("日期"),
        Column("谁"),
        Column("办了什么", flexible=True),
        Column("能否撤回", flexible=True),
    )
    rows = [
        (
            str(each.number),
            each.day.isoformat(),
            one_line(each.commit.author),
            one_line(each.commit.subject),
            one_line(each.obstacle) or "能",
        )
        for each in recent_steps
    ]
    return Table(columns, rows)


def undoing_lines(way: Undoing) -> Iterator[str]:
    """What taking it back does: tasks field by field, of other files that they change."""
    if way.change.tasks:
        yield from text_lines(way.change)
    sides = (way.change.old, way.change.new)
    paths = {entry.path for side in sides for entry in side.tasks}
    yield from (one_line(f"还原 {each.path}") for each in way.files if each.path not in paths)
