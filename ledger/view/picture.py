"""A picture of a terminal as SVG, self-contained: no font is fetched from anywhere.

Every run of characters is placed at its column and stretched to the columns it takes, so that
Chinese characters are two columns wide whatever fonts there are (rich's own export counts them as
one).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from ledger.view.text import width

if TYPE_CHECKING:
    from rich.color import Color
    from rich.style import Style

_COLUMN, _LINE, _EDGE, _HEAD = 10.0, 26, 18, 40  # pixels
_FONTS = (
    "'Noto Sans Mono CJK SC','Sarasa Mono SC','Source Han Mono SC',"
    "Menlo,Consolas,'Microsoft YaHei',monospace"
)
_PAPER, _INK = "#292929", "#d0d0d0"
_RUNS = re.compile(r" +|[!-~]+|[^ -~]+")
# By the numbers of ANSI.
_INKS = {
    0: _PAPER,
    1: "#ff7b72",
    2: "#7ee787",
    3: "#e3b341",
    4: "#79c0ff",
    5: "#d2a8ff",
    6: "#56d4dd",
    8: "#8b949e",
    15: "#ffffff",
}
_GROUNDS = {1: "#da3633", 2: "#7ee787", 3: "#e3b341", 4: "#1f6feb", 6: "#56d4dd", 8: "#6e7681"}


def svg(printed: str, title: str, columns: int) -> str:
    """What a terminal of so many columns would show of a coloured text.

    Args:
        printed: text with ANSI colours, as a command prints it on a terminal.
        title: what stands in the window's frame, such as the command.
    """
    lines = printed.split("\n")
    wide = int(columns * _COLUMN + 2 * _EDGE)
    high = _HEAD + len(lines) * _LINE + _EDGE
    body = "\n".join(run for number, line in enumerate(lines) for run in _line(line, number))
    dots = "".join(
        f'<circle cx="{_EDGE + 6 + 20 * n}" cy="20" r="6" fill="{colour}"/>'
        for n, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}"'
        f' width="{wide}" height="{high}" role="img">\n'
        f"<title>{escape(title)}</title>\n"
        f'<rect width="{wide}" height="{high}" rx="8" fill="{_PAPER}"/>\n{dots}\n'
        f'<text x="{wide / 2:.0f}" y="25" fill="{_INK}" font-family="sans-serif" font-size="15"'
        f' text-anchor="middle">{escape(title)}</text>\n'
        f'<g font-family="{_FONTS}" font-size="17" fill="{_INK}" xml:space="preserve">\n'
        f"{body}\n</g>\n</svg>"
    )


def _line(line: str, number: int) -> Iterator[str]:
    """One line's runs of text, each at its place, on the ground that it has."""
    from rich.text import Text

    text = Text.from_ansi(line)
    top = _HEAD + number * _LINE
    column = 0
    for start, end, style in _spans(text.plain, [(s.start, s.end, s.style) for s in text.spans]):
        ground, ink = _colour(_GROUNDS, style.bgcolor), _colour(_INKS, style.color)
        if ground:
            long = width(text.plain[start:end]) * _COLUMN
            yield (
                f'<rect x="{_EDGE + column * _COLUMN:.0f}" y="{top}" width="{long:.0f}"'
                f' height="{_LINE - 2}" fill="{ground}"/>'
            )
        look = f' fill="{ink}"' if ink else ""
        look += ' font-weight="bold"' if style.bold else ""
        for run in _RUNS.findall(text.plain[start:end]):
            size = width(run)
            if run.strip():
                x, long = _EDGE + column * _COLUMN, size * _COLUMN
                yield (
                    f'<text x="{x:.0f}" y="{top + 18}" textLength="{long:.0f}"'
                    f' lengthAdjust="spacingAndGlyphs"{look}>{escape(run)}</text>'
                )
            column += size


def _spans(plain: str, styled: list[tuple[int, int, object]]) -> Iterator[tuple[int, int, Style]]:
    """The text in pieces of one style: start, end, style."""
    from rich.style import Style

    done = 0
    for start, end, style in sorted(styled, key=lambda each: each[0]):
        if start > done:
            yield done, start, Style()
        yield max(start, done), end, style if isinstance(style, Style) else Style.parse(str(style))
        done = end
    if done < len(plain):
        yield done, len(plain), Style()


def _colour(colours: Mapping[int, str], colour: Color | None) -> str:
    return colours.get(colour.number or 0, "") if colour else ""
