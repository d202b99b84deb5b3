"""A table of texts and its four forms. The only module that draws rich tables.

On a terminal short tables are drawn by rich and long ones line by line (rich needs about 0.7 s for
a thousand rows, see benchmarks/); a pipe gets plain, full text.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.view.text import clean, csv_cell, cut, markdown, one_line, padded, width, wrapped

_RICH_ROWS = 200
_GAP = 2
_STYLES = {"红": "bold red", "黄": "yellow", "绿": "green", "蓝": "blue", "灰": "bright_black"}


@dataclass(frozen=True, slots=True)
class Column:
    """How one column behaves: `flexible` ones share what the terminal leaves, and wrap."""

    title: str
    right: bool = False
    flexible: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Texts in columns; `caption` stands before, `notes` after the table."""

    columns: tuple[Column, ...]
    rows: Sequence[tuple[str, ...]]
    caption: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Screen:
    """Where output goes: its width in columns, whether it is a terminal, whether it has colour."""

    columns: int
    terminal: bool
    colour: bool


def screen() -> Screen:
    """The screen that stdout is; COLUMNS and NO_COLOR are heeded."""
    import os
    import shutil

    terminal = sys.stdout.isatty()
    colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Screen(max(40, shutil.get_terminal_size().columns), terminal, colour)


def draw(table: Table, to: Screen) -> Iterator[str]:
    """The table's lines for a screen."""
    if table.caption:
        yield one_line(table.caption)
    if table.rows:
        yield from _body(table, to)
    yield from (line for note in table.notes for line in _folded(note, to))


def as_csv(table: Table) -> Iterator[str]:
    """The table as CSV lines for spreadsheets, formulas made harmless."""
    yield _csv_line(column.title for column in table.columns)
    for row in table.rows:
        yield _csv_line(csv_cell(clean(cell)) for cell in row)


def as_markdown(table: Table) -> Iterator[str]:
    """The table as Markdown lines."""
    if table.caption:
        yield from (markdown(table.caption), "")
    yield "| " + " | ".join(markdown(column.title) for column in table.columns) + " |"
    yield "|" + "|".join(" ---: " if column.right else " --- " for column in table.columns) + "|"
    for row in table.rows:
        yield "| " + " | ".join(markdown(cell) for cell in row) + " |"
    for note in table.notes:
        yield from ("", markdown(note))


def _csv_line(cells: Iterator[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(list(cells))
    return line.getvalue()


def _folded(note: str, to: Screen) -> list[str]:
    return wrapped(one_line(note), to.columns) if to.terminal else [one_line(note)]


def _body(table: Table, to: Screen) -> Iterator[str]:
    if not to.terminal:
        return _aligned(table, None)
    if len(table.rows) <= _RICH_ROWS:
        return _rich(table, to)
    return _aligned(table, to.columns)


def _aligned(table: Table, columns: int | None) -> Iterator[str]:
    """Cells under each other; with a width the flexible columns are cut to fit."""
    rows = [tuple(one_line(cell) for cell in row) for row in table.rows]
    head = tuple(column.title for column in table.columns)
    widths = [max(width(cell) for cell in cells) for cells in zip(head, *rows, strict=True)]
    if columns is not None:
        widths = _fitted(widths, table.columns, columns)
    for row in (head, *rows):
        cells = (
            padded(cut(cell, size), size, column.right)
            for cell, size, column in zip(row, widths, table.columns, strict=True)
        )
        yield (" " * _GAP).join(cells).rstrip()


def _fitted(widths: list[int], columns: tuple[Column, ...], total: int) -> list[int]:
    """Column widths within the screen: the flexible ones share what the others leave."""
    gaps = _GAP * (len(widths) - 1)
    fixed = sum(size for size, column in zip(widths, columns, strict=True) if not column.flexible)
    flexible = [n for n, column in enumerate(columns) if column.flexible]
    room = max(total - gaps - fixed, 8 * len(flexible))
    fitted = list(widths)
    for position, n in enumerate(flexible):
        share = room // (len(flexible) - position)
        fitted[n] = min(widths[n], share)
        room -= fitted[n]
    return fitted


def _rich(table: Table, to: Screen) -> Iterator[str]:
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    drawn = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), expand=False)
    for column in table.columns:
        drawn.add_column(
            Text(column.title),
            justify="right" if column.right else "left",
            no_wrap=not column.flexible,
            overflow="fold" if column.flexible else "ellipsis",
            min_width=8 if column.flexible else None,
        )
    for row in table.rows:
        drawn.add_row(*(Text(one_line(cell), style=_STYLES.get(cell, "")) for cell in row))
    paper = io.StringIO()
    Console(
        file=paper, width=to.columns, force_terminal=to.colour, no_color=not to.colour,
        color_system="standard" if to.colour else None, highlight=False, legacy_windows=False,
    ).print(drawn)  # fmt: skip
    yield from (line.rstrip() for line in paper.getvalue().splitlines())
