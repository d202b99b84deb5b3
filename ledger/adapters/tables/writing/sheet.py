"""A table on its way out: what every form of export starts from.

Use cases say what stands in it; the writers (xlsx, docx, csv) how it looks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from ledger.model.record import dataclass


class Light(NamedTuple):
    """A task's light: what the ledger calls it, and why it is lit (`standing.STATES`)."""

    name: str
    state: str


Value = str | int | float | dt.date | Light | None
Kind = Literal["text", "short", "whole", "share", "date", "light"]

LIGHT_FILLS = {
    "overdue": "FFC7CE", "due_soon": "FFEB9C", "lagging": "FFEB9C", "normal": "C6EFCE",
    "waiting": "C9F0F2", "closed": "BDD7EE", "cancelled": "D9D9D9",
}  # fmt: skip
"""State of a light → fill (RRGGBB), pale enough for the name on it to be read in print."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column.

    Attributes:
        title: its name in the header.
        width: in half-width characters, as spreadsheets count.
        group: what stands above several neighbouring columns; empty for none.
        merged: whether equal texts one below another become one cell, where the merged columns to
            the left do not change.
        kind: `text` wraps and stands left, `short` is centred, `whole` a number, `share` a number
            from 0 to 1 shown in percent, `date` a day, `light` a `Light` on its colour.
    """

    title: str
    width: int
    group: str = ""
    merged: bool = False
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its name (of the sheet) and title (above the header)."""

    name: str
    title: str
    columns: tuple[SheetColumn, ...]
    rows: Sequence[tuple[Value, ...]]

    @property
    def grouped(self) -> bool:
        """Whether the header has two rows."""
        return any(column.group for column in self.columns)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One open checkpoint of a task, on its way into a calendar.

    Attributes:
        task: the task's id.
        number: the checkpoint's place among all of the task's, from 1; with the id it names the
            event, so that a calendar moves it when the deadline moves.
        revision: how often the task's deadlines were moved.
    """

    task: str
    number: int
    day: dt.date
    summary: str
    description: str
    category: str
    revision: int = 0


def shown(value: Value) -> str:
    """A value as plain text: days as YYYY-MM-DD, shares in percent."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value * 100:.1f}%"
    if isinstance(value, Light):
        return value.name
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def printed(value: Value) -> str:
    """A value as it stands in a table on paper: days as Chinese writes them, 2017年3月31日."""
    if isinstance(value, dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    return shown(value)


def groups(columns: Sequence[SheetColumn]) -> Iterator[tuple[int, int, str]]:
    """First and last index (both inclusive) and text of each stretch of the upper header row.

    A column without a group is a stretch of its own, with its own title.
    """
    for _, stretch in groupby(enumerate(columns), key=lambda each: each[1].group or each[0]):
        (first, column), *others = stretch
        yield first, first + len(others), column.group or column.title


def merges(sheet: Sheet) -> Iterator[tuple[int, int, int]]:
    """Column, first and last row (from 0, both inclusive) of what becomes one cell."""
    outer: list[int] = []
    for index, column in enumerate(sheet.columns):
        if not column.merged:
            continue
        outer.append(index)
        start = 0
        for row in range(1, len(sheet.rows) + 1):
            if row < len(sheet.rows) and all(
                sheet.rows[start][place] == sheet.rows[row][place] for place in outer
            ):
                continue
            if row - start > 1 and sheet.rows[start][index]:
                yield index, start, row - 1
            start = row
