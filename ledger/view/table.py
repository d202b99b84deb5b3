"""A table of texts and its four forms. The only module that lays out tables.

On a terminal flexible columns wrap, so that no line is wider than the screen and nothing is cut
off; a screen too narrow even for that gets each row as label and value. What is a screen or two is
drawn by rich, what is longer line by line as it comes. A pipe gets plain, full text.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Generic, TypeVar

from ledger.model.plaintext import guarded
from ledger.model.record import dataclass, replace
from ledger.view.screen import BOLD, GAP, Screen, folded, printed, style_of, styled
from ledger.view.text import clean, markdown, one_line, padded, width, wrapped

if TYPE_CHECKING:
    from rich.table import Table as Grid

_BAR, _LEAST_BAR = 20, 8
LAST = 1  # `spare` of a column that rather than for bars is left out for want of any room
_HELD = 5000  # rows; of more only one at a time
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Column:
    """How one column behaves.

    Attributes:
        flexible: whether it wraps; such columns share what the others leave of the screen.
        share: how much of that it gets, compared with the other flexible ones.
        least: columns of the screen it needs at least.
        spare: how easily it is left out where a terminal is too narrow; 0 for never.
        below: whether it stands on lines of its own below each row where a terminal has no room for
            it beside; whole, since it is to be copied. Of the last column only.
    """

    title: str
    right: bool = False
    flexible: bool = False
    share: int = 1
    least: int = 8
    spare: int = 0
    below: bool = False


class RowsOf(Collection[tuple[str, ...]], Generic[T]):
    """Rows made of other things as they are asked for, again each time.

    Attributes:
        widest: gives how wide the cells of each column are, or None; where that is known without
            making all rows.
    """

    def __init__(
        self,
        make: Callable[[T], tuple[str, ...]],
        things: Collection[T],
        widest: Callable[[], Sequence[int] | None] = lambda: None,
    ) -> None:
        self._make, self._things, self.widest = make, things, widest

    def __len__(self) -> int:
        """How many there are."""
        return len(self._things)

    def __contains__(self, row: object) -> bool:
        """Whether it is one of them."""
        return any(each == row for each in self)

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        """Each of them."""
        return map(self._make, self._things)


Rows = Collection[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """Texts in columns; `caption` stands before, `notes` after the table.

    Attributes:
        total: whether the last row is the sum of the others.
        shares: of each row, or none: percent, drawn as a bar where a terminal has room for it.
    """

    columns: tuple[Column, ...]
    rows: Rows
    caption: str = ""
    notes: tuple[str, ...] = ()
    total: bool = False
    shares: Sequence[float] = ()


def draw(table: Table, to: Screen, together: int = 0) -> Iterator[str]:
    """The table's lines for a screen.

    Args:
        together: rows of all tables that are printed together, where there are several.
    """
    if to.terminal:
        table = _narrowed(table, to.columns)
    if table.caption:
        yield from (styled(line, BOLD, to) for line in folded(table.caption, to))
    if len(table.rows):
        yield from _body(table, to, max(together, len(table.rows)))
    yield from (line for note in table.notes for line in folded(note, to))


def _narrowed(table: Table, columns: int) -> Table:
    """The table without those columns that can be spared and for which there is no room."""
    if not any(column.spare for column in table.columns):
        return table
    widths = _widest(tuple(column.title for column in table.columns), table.rows)
    kept = list(range(len(widths)))
    while True:
        least = max(kept, key=lambda n: table.columns[n].spare)
        spare = table.columns[least].spare
        room = columns - (_for_bars(table) if spare > LAST else 0)
        sizes = fitted([widths[n] for n in kept], [table.columns[n] for n in kept], room)
        if sizes is not None or not spare:
            break
        kept.remove(least)
    if len(kept) == len(widths):
        return table
    left = "、".join(each.title for n, each in enumerate(table.columns) if n not in kept)
    return replace(
        table,
        columns=tuple(table.columns[n] for n in kept),
        rows=[tuple(row[n] for n in kept) for row in table.rows],
        notes=(*table.notes, f"窗口不够宽，没有列出{left}"),
    )


def as_csv(table: Table) -> Iterator[str]:
    """The table as CSV lines for spreadsheets, formulas made harmless."""
    import csv

    line = io.StringIO()
    write = csv.writer(line, lineterminator="\n").writerow  # a cell with "\n" gets quotes
    titles = [column.title for column in table.columns]
    for cells in chain([titles], ([guarded(clean(cell)) for cell in row] for row in table.rows)):
        write(cells)
        yield line.getvalue().removesuffix("\n")
        line.seek(0)
        line.truncate()


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


def _body(table: Table, to: Screen, together: int) -> Iterator[str]:
    """The rows; many are gone through twice where nobody knows how wide they are."""
    head = tuple(column.title for column in table.columns)
    made: Rows = list(table.rows) if len(table.rows) <= _HELD else table.rows
    rows = RowsOf(_on_one_line, made)
    known = table.rows.widest() if isinstance(table.rows, RowsOf) else None
    widths = _widest(head, [] if known else rows)
    if known:
        widths = list(map(max, widths, known))
    if to.terminal and table.columns[-1].below and _whole(widths) > to.columns:
        yield from _with_last_below(table, rows, to)
        return
    sizes = _on_screen(widths, table, to) if to.terminal else widths
    if sizes is None:
        yield from _expanded(head, rows, to)
    elif to.holds(together):
        yield from _ruled(table, list(rows), sizes, to)
    else:
        yield from _lines(head, sizes, table.columns, [BOLD] * len(head), to)
        if not to.terminal:
            yield from _plain(made, sizes, table.columns)
            return
        yield "─" * _whole(sizes)
        plain = [""] * len(head)
        for row in rows:
            styles = [style_of(cell) for cell in row] if to.colour else plain
            yield from _lines(row, sizes, table.columns, styles, to)


def _whole(widths: Sequence[int]) -> int:
    """How wide a table is whose cells are all whole."""
    return sum(widths) + GAP * (len(widths) - 1)


def _with_last_below(table: Table, rows: Rows, to: Screen) -> Iterator[str]:
    """The rows without their last cells, each of which stands below its own, set in."""
    columns = table.columns[:-1]
    head = tuple(column.title for column in columns)
    widths = fitted(_widest(head, [row[:-1] for row in rows]), columns, to.columns)
    if widths is not None:
        yield from _lines(head, widths, columns, [BOLD] * len(head), to)
        yield "─" * _whole(widths)
    for row in rows:
        styles = [style_of(cell) if to.colour else "" for cell in row[:-1]]
        if widths is not None:
            yield from _lines(row[:-1], widths, columns, styles, to)
        else:
            yield from _expanded(head, [row[:-1]], to)
        yield " " * GAP + row[-1]


def _on_screen(widths: list[int], table: Table, to: Screen) -> list[int] | None:
    """Column widths within the screen, with room for bars where that is possible; or None."""
    beside = fitted(widths, table.columns, to.columns - _for_bars(table))
    return beside or fitted(widths, table.columns, to.columns)


def _for_bars(table: Table) -> int:
    """Columns of the screen that bars need at least."""
    return 2 * _LEAST_BAR + GAP if table.shares else 0


def _plain(rows: Rows, widths: list[int], columns: tuple[Column, ...]) -> Iterator[str]:
    """Rows that fit, as lines without any style."""
    filled = [_Filled(*each) for each in zip(widths, columns, strict=True)]
    gap = " " * GAP
    for row in rows:
        yield gap.join([cells[cell] for cells, cell in zip(filled, row, strict=True)]).rstrip()


class _Filled(dict[str, str]):
    """Cells of a column → with the blanks beside them, on one line; each is made once."""

    def __init__(self, size: int, column: Column) -> None:
        self._size, self._right = size, column.right

    def __missing__(self, cell: str) -> str:
        text = one_line(cell)
        blanks = " " * (self._size - width(text))
        text = blanks + text if self._right else text + blanks
        if len(self) < _HELD:
            self[cell] = text
        return text


def _on_one_line(row: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(one_line, row))


def _widest(head: tuple[str, ...], rows: Rows) -> list[int]:
    """How wide each column is; what cannot be wider than another is not measured."""
    widest = list(map(width, head))
    for row in rows:
        for column, cell in enumerate(row):
            if 2 * len(cell) > widest[column]:  # no character takes more than two
                widest[column] = max(widest[column], width(cell))
    return widest


def _ruled(
    table: Table, rows: list[tuple[str, ...]], widths: list[int], to: Screen
) -> Iterator[str]:
    """A table of a screen or two, as rich draws it."""
    from rich.text import Text

    grid = ruled()
    for column, size in zip(table.columns, widths, strict=True):
        grid.add_column(
            Text(column.title), width=size, justify="right" if column.right else "left",
            header_style=BOLD, no_wrap=True,
        )  # fmt: skip
    # A bar of which a terminal may take two columns for each one stays on its line.
    room = min(_BAR, (to.columns - sum(widths) - GAP * len(widths)) // 2)
    bars = table.shares if room >= _LEAST_BAR else ()
    if bars:
        grid.add_column("完成", width=room, header_style=BOLD)
    for number, row in enumerate(rows):
        last = table.total and number == len(rows) - 1
        cells = (
            Text("\n".join(wrapped(cell, size)), style_of(cell) or (BOLD if last else ""))
            for cell, size in zip(row, widths, strict=True)
        )
        bar = [Text(_bar(bars[number], room))] if bars else []
        if last:
            grid.add_section()
        grid.add_row(*cells, *bar)
    yield from printed(grid, to)


def _bar(percent: float, columns: int) -> str:
    """A bar in the terminal's own colour: one in any other is lost on some ground."""
    halves = round(2 * columns * percent / 100)
    return "━" * (halves // 2) + "╸" * (halves % 2)


def ruled() -> Grid:
    """An empty table of rich's as all tables look: a terminal may take two columns for "│"."""
    from rich.box import Box
    from rich.table import Table as Grid

    rules = Box("    \n    \n ── \n    \n ── \n    \n    \n    \n")
    return Grid(box=rules, show_edge=False, pad_edge=False, padding=(0, GAP - 1, 0, 0))


def fitted(widths: list[int], columns: Sequence[Column], total: int) -> list[int] | None:
    """Column widths within the screen; None where not even the narrowest ones fit.

    Each flexible column has its least; they share what is left, and what one does not need goes to
    the rest.
    """
    sizes = [
        min(size, column.least) if column.flexible else size
        for size, column in zip(widths, columns, strict=True)
    ]
    spare = total - GAP * (len(widths) - 1) - sum(sizes)
    flexible = [n for n, column in enumerate(columns) if column.flexible]
    shares = sum(columns[n].share for n in flexible)
    for n in sorted(flexible, key=lambda n: (widths[n] - sizes[n]) / columns[n].share):
        more = min(widths[n] - sizes[n], max(0, spare) * columns[n].share // shares)
        sizes[n] += more
        spare -= more
        shares -= columns[n].share
    return sizes if spare >= 0 else None


def _lines(
    row: tuple[str, ...],
    widths: list[int],
    columns: tuple[Column, ...],
    styles: Sequence[str],
    to: Screen,
) -> Iterator[str]:
    """One row, on as many lines as its longest cell needs; `styles` are of its cells."""
    sizes = list(map(width, row))
    if all(own <= size for own, size in zip(sizes, widths, strict=True)):
        yield _line(row, sizes, widths, columns, styles, to)
        return
    parts = [
        [cell] if own <= size else wrapped(cell, size)
        for cell, own, size in zip(row, sizes, widths, strict=True)
    ]
    for cells in zip_longest(*parts, fillvalue=""):
        yield _line(cells, list(map(width, cells)), widths, columns, styles, to)


def _line(
    cells: Sequence[str],
    sizes: Sequence[int],
    widths: list[int],
    columns: tuple[Column, ...],
    styles: Sequence[str],
    to: Screen,
) -> str:
    """Cells that fit, as one line; `sizes` are how wide they are."""
    shown = []
    for cell, own, size, column, style in zip(cells, sizes, widths, columns, styles, strict=True):
        blanks = " " * (size - own)
        text = blanks + cell if column.right else cell + blanks
        shown.append(styled(text, style, to) if style else text)
    return (" " * GAP).join(shown).rstrip()


def _expanded(head: tuple[str, ...], rows: Rows, to: Screen) -> Iterator[str]:
    """Each row as label and value, rows apart by an empty line, empty values left out."""
    label = max(width(title) for title in head) + GAP
    for number, row in enumerate(rows):
        yield from [""] if number else []
        for title, cell in zip(head, row, strict=True):
            for position, line in enumerate(wrapped(cell, to.columns - label) if cell else []):
                yield padded("" if position else title, label) + line
