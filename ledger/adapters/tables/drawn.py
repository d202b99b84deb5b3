"""Cells that look like one, because no line is drawn between them, though nothing is merged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from operator import attrgetter
from typing import NamedTuple

from ledger.adapters.tables.grid import MAX_COLUMNS, Span
from ledger.model.record import replace


class Lines(NamedTuple):
    """Which lines are drawn around a cell."""

    top: bool = False
    bottom: bool = False
    side: bool = False


UNDRAWN = Lines()
Row = tuple[Sequence[bool], Callable[[], Sequence[Lines]]]
"""Of each cell whether anything is written in it, and, where it is asked, its lines."""


class Drawn:
    """Goes down a table's rows and finds what is drawn as one cell over several of them.

    A blank cell belongs to the one above it where both have a side, nothing is drawn between
    them, and the row is parted from the one above it elsewhere by a line above something written.
    """

    def __init__(self, merged: Sequence[Span]) -> None:
        """Args: merged: what is merged as well; where that reaches, nothing is looked for."""
        self._merged = sorted(merged, key=attrgetter("top"), reverse=True)
        self._here: list[Span] = []
        self._line = 0
        self._above: Row = ((), tuple)
        self._open: dict[int, Span] = {}
        self._closed: list[Span] = []

    def row(self, line: int, row: Row) -> None:
        """The next row that there is; others may be left out between two."""
        above = self._above if line == self._line + 1 else ((), tuple)
        going, self._open = self._open, {}
        filled, _ = row
        asked = [
            column
            for column, over in enumerate(above[0][: len(filled)])
            if not filled[column] and (over or column in going)
        ]
        if asked:
            self._compare(line, asked, row, above, going)
        self._closed += going.values()
        self._line, self._above = line, row

    def _compare(
        self, line: int, asked: Sequence[int], row: Row, above: Row, going: dict[int, Span]
    ) -> None:
        """Hold blank cells of a row against those above them; take from `going` what goes on."""
        filled, lines = row
        pairs = list(zip_longest(lines(), above[1](), fillvalue=UNDRAWN))
        ruled = [cell.top or over.bottom for cell, over in pairs]
        if not any(written and rule for written, rule in zip(filled, ruled, strict=False)):
            return
        covered = self._covered(line)
        for column in asked:
            cell, over = pairs[column]
            if ruled[column] or not (cell.side and over.side) or column in covered:
                continue
            begun = going.pop(column, Span(line - 1, line, column, column, drawn=True))
            self._open[column] = replace(begun, bottom=line)

    def spans(self) -> Iterator[Span]:
        """What was found, once all rows have been seen."""
        yield from self._closed
        yield from self._open.values()

    def _covered(self, line: int) -> range | set[int]:
        """The columns that a merged cell covers in a row; all where there are too many to tell."""
        while self._merged and self._merged[-1].top <= line and len(self._here) <= MAX_COLUMNS:
            self._here.append(self._merged.pop())
        if len(self._here) > MAX_COLUMNS:
            return range(MAX_COLUMNS)
        self._here = [span for span in self._here if span.bottom >= line]
        ends = ((span.left, min(span.right, MAX_COLUMNS)) for span in self._here)
        return {column for left, right in ends for column in range(left, right + 1)}
