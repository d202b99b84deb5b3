"""One task beside the list: the very lines that `show` prints, which may be scrolled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip


class CardPane(ScrollView, can_focus=True):
    """Lines with the colours of a terminal.

    Attributes:
        lines: as they are printed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "scroll_up", show=False),
        Binding("j", "scroll_down", show=False),
        Binding("space", "page_down", show=False),
    ]

    def __init__(self) -> None:
        """Nothing is shown yet."""
        super().__init__(id="card")
        self.lines: Sequence[str] = ()

    def put(self, lines: Sequence[str], is_same: bool) -> None:
        """Show other lines.

        Args:
            is_same: whether they are of the same task, so that the place in them is kept.
        """
        self.lines = lines
        self.virtual_size = Size(1, len(lines))
        if not is_same:
            self.scroll_to(y=0, animate=False, force=True, immediate=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line; what escapes it has are those of `view/screen.py`, for texts have none."""
        columns, place = self.scrollable_content_region.width, y + self.scroll_offset.y
        if place >= len(self.lines):
            return Strip.blank(columns)
        line = Text.from_ansi(self.lines[place], end="")
        return Strip(line.render(self.app.console)).adjust_cell_length(columns)
