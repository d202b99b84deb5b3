"""Lines of text on the screen: as they are, nothing in them markup, broken as the ledger breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import set_cell_size
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from ledger.view.text import clean, one_line, padded, width, wrapped

_MOST = 4  # characters that share one column: a letter and the marks upon it
_LEAST = 10  # columns of a text that hangs behind something


def fitted(text: str, columns: int, right: bool = False) -> str:
    """A text on one line of exactly so many columns; what does not fit is cut, and shown to be."""
    if columns <= 0:
        return ""
    begun = one_line(text[: _MOST * columns])
    if width(begun) <= columns and len(text) <= _MOST * columns:
        return padded(begun, columns, right)
    return padded(set_cell_size(begun, columns - 1).rstrip() + "…", columns)


def hung(line: str, columns: int) -> Iterator[str]:
    """A line in lines that fit; the further ones stand below its text.

    The text begins behind a tab, where there is one, else behind the blanks at the beginning.
    """
    mark, tab, text = clean(line).replace("\n", " ").rpartition("\t")
    indent = width(mark) if tab else len(text) - len(text.lstrip(" "))
    room = max(_LEAST, columns - indent)
    for number, part in enumerate(wrapped(text.strip(), room)):
        yield (mark if tab and not number else " " * indent) + part


class Wording(Widget):
    """Some lines, as high as they need."""

    DEFAULT_CSS = "Wording { height: auto; width: 100%; }"

    def __init__(self, *lines: str, name: str | None = None, classes: str | None = None) -> None:
        """Args: lines: as `hung` takes them; name: what it is called in `LOOKS`, as an id."""
        super().__init__(id=name, classes=classes)
        self._lines: Sequence[str] = lines

    def put(self, lines: Iterable[str]) -> None:
        """Show other lines."""
        self._lines = list(lines)
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """How many lines they are at a width."""
        return len(self._laid(width))

    def render(self) -> Content:
        """The lines; none of their characters means anything to Textual."""
        return Content("\n".join(self._laid(self.content_size.width)))

    def _laid(self, columns: int) -> list[str]:
        return [part for line in self._lines for part in hung(line, max(1, columns))]
