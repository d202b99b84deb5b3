"""A table of texts and its four forms. The only module that lays out tables.

On a terminal flexible columns wrap, so that no line is wider than the screen and nothing is cut
off; a screen too narrow even for that gets each row as label and value. A pipe gets plain, full
text. Drawn line by line: rich's own tables take about 0.7 s for a thousand rows (see benchmarks/).
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from ledger.model.plaintext import guarded
from ledger.view.text import clean, markdown, one_line, padded, width, wrapped

_GAP = 2
# Colours and weight as terminals take them (ECMA-48, "select graphic rendition").
_STYLES = {"红": "1;31", "黄": "33", "绿": "32", "蓝": "34", "灰": "90"}
_BOLD = "1"


@dataclass(frozen=True, slots=True)
class Column:
    """How one column behaves.

    Attributes:
        flexible: whether it wraps; such columns share what the others leave of the screen.
        share: how much of that it gets, compared with the other flexible ones.
        least: columns of the screen it needs at least.
    """

    title: str
    right: bool = False
    flexible: bool = False
    share: int = 1
    least: int = 8


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
        yield from folded(table.caption, to)
    if table.rows:
        yield from _body(table, to)
    yield from (line for note in table.notes for line in folded(note, to))


def folded(text: str, to: Screen) -> list[str]:
    """A sentence in lines that fit the screen; on one line where there is no terminal."""
    return wrapped(one_line(text), to.columns) if to.terminal else [one_line(text)]


def as_csv(table: Table) -> Iterator[str]:
    """The table as CSV lines for spreadsheets, formulas made harmless."""
    yield _csv_line(column.title for column in table.columns)
    for row in table.rows:
        yield _csv_line(guarded(clean(cell)) for cell in row)


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
    csv.writer(line, lineterminator="\n").writerow(list(cells))  # a cell with "\n" gets quotes
    return line.getvalue().removesuffix("\n")


def _body(table: Table, to: Screen) -> Iterator[str]:
    head = tuple(column.title for column in table.columns)
    rows = [tuple(one_line(cell) for cell in row) for row in table.rows]
    widths = [max(width(cell) for cell in cells) for cells in zip(head, *rows, strict=True)]
    fitted = _fitted(widths, table.columns, to.columns) if to.terminal else widths
    if fitted is None:
        yield from _expanded(head, rows, to)
        return
    yield from _lines(head, fitted, table.columns, dict.fromkeys(head, _BOLD) if to.colour else {})
    if to.terminal:
        yield "─" * (sum(fitted) + _GAP * (len(fitted) - 1))
    for row in rows:
        yield from _lines(row, fitted, table.columns, _STYLES if to.colour else {})


def _fitted(widths: list[int], columns: tuple[Column, ...], total: int) -> list[int] | None:
    """Column widths within the screen; None where not even the narrowest ones fit.

    The flexible columns share what the others leave; what one does not need goes to the rest.
    """
    fitted = list(widths)
    flexible = [n for n, column in enumerate(columns) if column.flexible]
    fixed = sum(widths) - sum(widths[n] for n in flexible)
    room = total - _GAP * (len(widths) - 1) - fixed
    shares = sum(columns[n].share for n in flexible)
    for n in sorted(flexible, key=lambda n: widths[n] / columns[n].share):
        part = room * columns[n].share // shares
        fitted[n] = min(widths[n], max(part, columns[n].least))
        room -= fitted[n]
        shares -= columns[n].share
    return fitted if room >= 0 else None


def _lines(
    row: tuple[str, ...],
    widths: list[int],
    columns: tuple[Column, ...],
    styles: Mapping[str, str],
) -> Iterator[str]:
    """One row, on as many lines as its longest cell needs; `styles` are by text."""
    parts = [
        [cell] if width(cell) <= size else wrapped(cell, size)
        for cell, size in zip(row, widths, strict=True)
    ]
    for line in zip_longest(*parts, fillvalue=""):
        cells = (
            _styled(padded(text, size, column.right), styles.get(text, ""))
            for text, size, column in zip(line, widths, columns, strict=True)
        )
        yield (" " * _GAP).join(cells).rstrip()


def _expanded(head: tuple[str, ...], rows: list[tuple[str, ...]], to: Screen) -> Iterator[str]:
    """Each row as label and value, rows apart by an empty line, empty values left out."""
    label = max(width(title) for title in head) + _GAP
    for number, row in enumerate(rows):
        yield from [""] if number else []
        for title, cell in zip(head, row, strict=True):
            for position, line in enumerate(wrapped(cell, to.columns - label) if cell else []):
                yield padded("" if position else title, label) + line


def _styled(text: str, style: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if style else text
