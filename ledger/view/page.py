"""A page in Markdown as a terminal shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement, Paragraph
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from ledger.view.screen import Screen, printed
from ledger.view.text import line_starts


def page_lines(text: str, to: Screen) -> Iterator[str]:
    """The lines of a page of the program's own."""
    yield from printed(_Page(text), to)


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


class _Page(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _Heading,
        "paragraph_open": _Paragraph,
        "fence": _Code,
    }


def _broken(text: Text, columns: int) -> Text:
    """A text with its own line breaks."""
    lines = text.divide(line_starts(text.plain, columns))
    for line in lines:
        line.rstrip()
    return Text("\n").join(lines)
