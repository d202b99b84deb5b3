"""The keys in the last lines of the screen, which may be clicked on."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from ledger.view.browse.keys import KEYS, Key
from ledger.view.text import width

_GAP = 2


class LastLine(Widget):
    """Each key and what it does, as many as two lines hold."""

    MOST = 2

    def rows(self, columns: int) -> list[list[tuple[int, Key]]]:
        """Which keys stand in which row, and where each begins."""
        for spared in range(len(KEYS)):
            kept = sorted(KEYS, key=lambda key: key.rank)[: len(KEYS) - spared]
            rows = self._laid([key for key in KEYS if key in kept], columns)
            if len(rows) <= self.MOST:
                return rows
        return []

    @staticmethod
    def _laid(keys: list[Key], columns: int) -> list[list[tuple[int, Key]]]:
        rows: list[list[tuple[int, Key]]] = []
        place = columns
        for key in keys:
            if place + _size(key) > columns:
                rows.append([])
                place = 0
            rows[-1].append((place, key))
            place += _size(key) + _GAP
        return rows

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One row or two."""
        return len(self.rows(width))

    def render_line(self, y: int) -> Strip:
        """One row of keys."""
        rows = self.rows(self.size.width)
        parts: list[Segment] = []
        for place, key in rows[y] if y < len(rows) else []:
            parts.append(Segment(" " * (place - sum(part.cell_length for part in parts))))
            parts += [Segment(key.sign, Style(bold=True, reverse=True)), Segment(f" {key.name}")]
        return Strip(parts).adjust_cell_length(self.size.width)

    async def on_click(self, event: events.Click) -> None:
        """Do what a key does."""
        rows = self.rows(self.size.width)
        for place, key in rows[event.y] if event.y < len(rows) else []:
            if place <= event.x < place + _size(key):
                await self.app.run_action(key.action)


def _size(key: Key) -> int:
    return width(f"{key.sign} {key.name}")
