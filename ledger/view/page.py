"""A page in Markdown as a terminal shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.console import Console, ConsoleOptions, JustifyMethod, RenderResult
from rich.markdown import (
    CodeBlock,
    Heading,
    Markdown,
    MarkdownElement,
    Paragraph,
    TableDataElement,
    TableElement,
)
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from ledger.view.screen import BOLD, GAP, Screen, printed
from ledger.view.table import Column, fitted, ruled
from ledger.view.text import line_starts, padded, width

_LEAST, _HEAD = 10, 4  # columns that a text, and a heading, needs at least


def page_lines(text: str, to: Screen) -> Iterator[str]:
    """The lines of a page of the program's own, or of a bulletin."""
    in_a_row = re.sub("(?<=[。；])<br>", "", text).replace("<br>", "；")  # in a cell of a table
    yield from printed(_Page(in_a_row), to)


class _Heading(Heading):
    """At the left, ruled off where it is the page's title."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield _broken(self.text, options.max_width)
        if self.tag == "h1":
            yield Rule(style="none")


class _Paragraph(Paragraph):
    """Broken as Chinese is: anywhere but before closing punctuation, not just at blanks."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield _broken(self.text, options.max_width)


class _Code(CodeBlock):
    """Indented, without a background, which may not be the terminal's."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self.text.plain.rstrip().split("\n"):
            yield Padding(_broken(Text(line), options.max_width - 4), (0, 0, 0, 4))


class _Grid(TableElement):
    """As all tables look: broken as Chinese is, and each row label by label where it is narrow."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        head = self.header.row.cells if self.header and self.header.row else []
        rows = [row.cells for row in self.body.rows] if self.body else []
        columns = [_column(cell, [row[n] for row in rows]) for n, cell in enumerate(head)]
        widths = [max(_width(row[n]) for row in (head, *rows)) for n in range(len(head))]
        sizes = fitted(widths, columns, options.max_width)
        if sizes is None:
            yield _labelled(head, rows, options.max_width)
            return
        grid = ruled()
        for cell, column, size in zip(head, columns, sizes, strict=True):
            side: JustifyMethod = "right" if column.right else "left"
            title = _broken(cell.content, size)
            grid.add_column(title, width=size, justify=side, header_style=BOLD, no_wrap=True)
        for row in rows:
            grid.add_row(
                *(_broken(cell.content, size) for cell, size in zip(row, sizes, strict=True))
            )
        yield grid


class _Page(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _Heading,
        "paragraph_open": _Paragraph,
        "fence": _Code,
        "table_open": _Grid,
    }


def _width(cell: TableDataElement) -> int:
    return width(cell.content.plain)


def _column(head: TableDataElement, cells: Sequence[TableDataElement]) -> Column:
    """Numbers keep to one line, and their heading does not; what is long gets more of the room."""
    right = head.justify == "right"
    widest = max(map(_width, cells), default=0)
    least = max(_HEAD, widest) if right else min(_LEAST, max(_HEAD, widest))
    return Column(
        head.content.plain, right=right, flexible=True, share=1 + widest // _LEAST, least=least
    )


def _labelled(
    head: Sequence[TableDataElement], rows: Sequence[Sequence[TableDataElement]], columns: int
) -> Text:
    """Each row as lines of label and text."""
    label = max(map(_width, head)) + GAP
    lines: list[Text] = []
    for row in rows:
        for title, cell in zip(head, row, strict=True):
            parts = _broken(cell.content, columns - label).split("\n")
            for number, part in enumerate(parts if cell.content.plain else ()):
                lines.append(Text(padded("" if number else title.content.plain, label)) + part)
        lines.append(Text())
    return Text("\n").join(lines)


def _broken(text: Text, columns: int) -> Text:
    """A text with its own line breaks."""
    lines = text.divide(line_starts(text.plain, columns))
    for line in lines:
        line.rstrip()
    return Text("\n").join(lines)
