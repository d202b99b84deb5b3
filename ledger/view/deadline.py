"""How a time limit was read, as JSON and as a table."""

from __future__ import annotations

from typing import Any

from ledger.model.deadline import Deadline
from ledger.view.table import Column, Table

_KINDS = {
    "dated": "有日期",
    "recurring": "定期",
    "ongoing": "持续",
    "open": "待定（没有可靠的日期）",
    "immediate": "立行立改",
}


def as_json(read: Deadline) -> dict[str, Any]:
    """The contract's keys; days as ISO text, none as null."""
    return {
        "text": read.text,
        "kind": read.kind,
        "start": read.start.isoformat() if read.start else None,
        "date": read.date.isoformat() if read.date else None,
        "dates": [each.isoformat() for each in read.dates],
    }


def table(read: Deadline) -> Table:
    """Label and value, what is empty left out."""
    values = as_json(read)
    rows = [
        ("原文", read.text),
        ("性质", _KINDS[read.kind]),
        ("起始", values["start"] or ""),
        ("截止", values["date"] or ""),
        ("节点", "、".join(values["dates"])),
    ]
    columns = (Column("项目"), Column("解读", flexible=True))
    return Table(columns, [row for row in rows if row[1]])
