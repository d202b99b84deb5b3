"""The list of tasks: only the rows that are on the screen are ever drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ledger.model.standing import Brief
from ledger.view.browse.prose import fitted
from ledger.view.rows import left
from ledger.view.screen import style_of
from ledger.view.text import width

_LEAST, _GAP = 12, 1  # columns of a title; between columns
_ID, _LIGHT = 18, 6  # at most
_MORE = (("left", 9), ("status", 8), ("lead", 12))  # what stands beside it where there is room
_CHOSEN = Style(reverse=True)


class TaskList(ScrollView, can_focus=True):
    """Tasks in rows, one of them chosen.

    Attributes:
        tasks: in order.
        place: which of them is chosen.
        drawn: how many rows were drawn so far.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "turn(-1)", show=False),
        Binding("pagedown,space", "turn(1)", show=False),
        Binding("home", "move(-1000000000)", show=False),
        Binding("end", "move(1000000000)", show=False),
    ]

    class Chosen(Message):
        """Another task is chosen, or none."""

    def __init__(self) -> None:
        """No tasks yet."""
        super().__init__(id="tasks")
        self.tasks: Sequence[Brief] = ()
        self.place = 0
        self.drawn = 0
        self._widths = (0, 0)

    @property
    def chosen(self) -> Brief | None:
        """The task that is chosen; None where there are none."""
        return self.tasks[self.place] if self.place < len(self.tasks) else None

    def put(self, tasks: Sequence[Brief]) -> None:
        """Show other tasks; the one that was chosen stays so where it is among them."""
        before = self.chosen
        self.tasks = tasks
        ids = max((width(task.id[:_ID]) for task in tasks), default=0)
        lights = max(map(width, {task.light for task in tasks}), default=0)
        self._widths = (min(lights, _LIGHT), min(ids, _ID))
        paths = (n for n, task in enumerate(tasks) if before and task.path == before.path)
        self.place = next(paths, min(self.place, max(0, len(tasks) - 1)))
        self.virtual_size = Size(1, len(tasks))
        self._follow()
        self.refresh()

    def action_move(self, by: int) -> None:
        """Choose a task so many rows further."""
        self.choose(self.place + by)

    def action_turn(self, by: int) -> None:
        """Choose a task so many screens further."""
        self.choose(self.place + by * max(1, self.size.height - 1))

    def choose(self, place: int) -> None:
        """Choose the task at some place, or the nearest that there is."""
        before, self.place = self.place, max(0, min(place, len(self.tasks) - 1))
        self._follow()  # which draws all rows anew where others are to be seen
        self.refresh_line(before)
        self.refresh_line(self.place)
        self.post_message(self.Chosen())

    def _follow(self) -> None:
        self.scroll_to_region(
            Region(0, self.place, 1, 1), animate=False, force=True, immediate=True
        )

    def on_click(self, event: events.Click) -> None:
        """Choose what is clicked on."""
        place = event.y + self.scroll_offset.y
        if place < len(self.tasks):
            self.choose(place)

    def render_line(self, y: int) -> Strip:
        """One row."""
        columns, place = self.scrollable_content_region.width, y + self.scroll_offset.y
        if place >= len(self.tasks):
            return Strip.blank(columns)
        self.drawn += 1
        parts = self._parts(self.tasks[place], columns, place == self.place)
        return Strip(parts).adjust_cell_length(columns)

    def _parts(self, task: Brief, columns: int, is_chosen: bool) -> list[Segment]:
        lights, ids = self._widths
        rest = columns - lights - ids - 3 * _GAP
        shown: list[tuple[str, int]] = []
        for name, size in _MORE:
            if rest - size - _GAP >= _LEAST + 4 * len(shown):
                shown.append((name, size))
                rest -= size + _GAP
        look = _CHOSEN if is_chosen else Style.null()
        gap = Segment(" " * _GAP, look)
        parts = [
            Segment(fitted(task.light, lights), Style.parse(style_of(task.light) or "bold")),
            gap,
            Segment(fitted(task.id, ids), look + Style(bold=is_chosen)),
            gap,
            Segment(fitted(task.title, rest), look),
        ]
        for name, size in shown:
            text = _told(task, name, size)
            late = Style.parse(style_of(text)) if name == "left" and not is_chosen else look
            parts += [gap, Segment(fitted(text, size, right=name == "left"), late)]
        return [*parts, gap]


def _told(task: Brief, name: str, columns: int) -> str:
    """What stands in one of the columns that can be spared; the day of waiting where it fits."""
    if name == "left":
        text = left(task)
        return text if width(text) <= columns else text.partition(" ")[0]
    return task.status if name == "status" else "、".join(task.lead)
