"""What waits for somebody, on a screen and for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger.model.decode import encode
from ledger.usecases.looking.mine import TITLES, Mine
from ledger.view.table import Column, Table
from ledger.view.text import one_line


def tables(mine: Mine) -> Iterator[Table]:
    """A table for each part that has something; each line ends with the command that does it."""
    for part, waiting in mine.parts.items():
        if not waiting:
            continue
        titled = any(each.title for each in waiting)
        columns = (
            Column("编号" if titled else "部门"),
            *((Column("事项", flexible=True),) if titled else ()),
            Column("情况", flexible=True),
            Column("办理", below=True),
        )
        rows = [
            tuple(
                one_line(text)
                for text in (each.id, *((each.title,) if titled else ()), each.why, each.command)
            )
            for each in waiting
        ]
        yield Table(columns, rows, f"{TITLES[part]}（{len(waiting)} 项）")


def summary(mine: Mine) -> str:
    """One line: how much waits of each."""
    parts = [f"{TITLES[part]} {len(its)} 项" for part, its in mine.parts.items() if its]
    return "、".join(parts) or "没有等您办的"


def as_json(mine: Mine) -> dict[str, Any]:
    """Who it is for, and each part with its rows."""
    return {
        "department": mine.department,
        "role": mine.role,
        "parts": [
            {"key": part, "title": TITLES[part], "rows": [encode(each) for each in waiting]}
            for part, waiting in mine.parts.items()
        ],
    }
