"""The screen that output goes to, and how a terminal shows what stands out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from ledger.model.record import dataclass
from ledger.view.text import one_line, width, wrapped

if TYPE_CHECKING:
    from rich.console import RenderableType

GAP = 2  # columns between columns
BOLD = "bold"
# Lights as lamps: dark on bright or bright on dark, whatever the terminal's own colours are.
_LIGHTS = {
    "红": "bold bright_white on red",
    "黄": "black on yellow",
    "绿": "black on green",
    "青": "black on cyan",
    "蓝": "bright_white on blue",
    "灰": "bright_white on bright_black",
}
# Of the palettes of six terminals no red has less contrast than 3 : 1 on black and on white.
_LATE = "bold bright_red"
# No colour of a page that is lost on a light terminal or on a dark one.
_LOOKS = {
    "markdown.h1": "bold",
    "markdown.h2": "bold",
    "markdown.code": "bold",
    "markdown.code_block": "none",
    "markdown.item.bullet": "none",
    "markdown.item.number": "none",
}
_SCREENS = 2


@dataclass(frozen=True, slots=True)
class Screen:
    """Where output goes.

    Attributes:
        columns: its width.
        terminal: whether it is a terminal.
        colour: whether it has colour.
        lines: its height; 0 where rich is to draw nothing.
    """

    columns: int
    terminal: bool
    colour: bool
    lines: int = 0

    def holds(self, rows: int) -> bool:
        """Whether so many rows are a screen or two, which rich may draw.

        More is laid out line by line: rich takes some 0.7 s for a thousand rows.
        """
        return self.terminal and rows <= _SCREENS * self.lines


def screen() -> Screen:
    """The screen that stdout is; COLUMNS and NO_COLOR are heeded."""
    terminal = sys.stdout.isatty()
    colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    columns, lines = size()
    return Screen(max(40, columns), terminal, colour, lines)


def size() -> tuple[int, int]:
    """Columns and lines, as `shutil.get_terminal_size` tells them: its module takes 2 ms to load.

    COLUMNS and LINES count where they are numbers, else the terminal, else 80 and 24.
    """
    columns, lines = _number("COLUMNS"), _number("LINES")
    if columns and lines:
        return columns, lines
    try:
        asked = os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else -1)
    except (ValueError, OSError):
        asked = os.terminal_size((80, 24))
    return columns or asked.columns or 80, lines or asked.lines or 24


def _number(variable: str) -> int:
    """A positive number in the environment; 0 for anything else."""
    try:
        return max(0, int(os.environ.get(variable, "")))
    except ValueError:
        return 0


def folded(text: str, to: Screen) -> list[str]:
    """A sentence in lines that fit the screen; on one line where there is no terminal."""
    return wrapped(one_line(text), to.columns) if to.terminal else [one_line(text)]


def hung(line: str, to: Screen) -> list[str]:
    """A line of a text in lines that fit the screen, what goes on set in further than it begins.

    One line where there is no terminal.
    """
    if not to.terminal or width(line) <= to.columns:
        return [line]
    text = line.lstrip(" ")
    indent = " " * (len(line) - len(text))
    first, *rest = wrapped(text, max(1, to.columns - len(indent) - GAP))
    return [indent + first, *(indent + " " * GAP + part for part in rest)]


def style_of(cell: str) -> str:
    """How a cell looks, in rich's words: a light, or what is late; empty for anything else."""
    return _LIGHTS.get(cell) or (_LATE if cell.startswith("超期") else "")


def styled(text: str, style: str, to: Screen) -> str:
    """A text as a screen shows it in a style."""
    return _painted(style).format(text) if style and to.colour else text


@cache
def _painted(style: str) -> str:
    from rich.color import ColorSystem
    from rich.style import Style

    return Style.parse(style).render("{}", color_system=ColorSystem.STANDARD)


def printed(what: RenderableType, to: Screen) -> Iterator[str]:
    """The lines that rich draws, without the blanks at their ends; texts are taken as they are."""
    from rich.console import Console
    from rich.segment import Segment
    from rich.theme import Theme

    console = Console(
        width=to.columns,
        height=max(to.lines, 1),  # else rich takes a dumb terminal for one of 80 columns
        color_system="standard" if to.colour else None,
        force_terminal=True,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        theme=Theme(_LOOKS),
    )
    for line in console.render_lines(what, pad=False):
        rest = len("".join(part.text for part in line).rstrip())
        parts = []
        for part in Segment.simplify(line):
            text = part.text[:rest]
            parts.append(styled(text, str(part.style or ""), to) if text else "")
            rest -= len(text)
        yield "".join(parts)
