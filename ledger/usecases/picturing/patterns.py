"""Patterns that tell parts apart where there is no colour; the same part looks alike everywhere."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.model.record import dataclass
from ledger.usecases.picturing.svg import INK, PAPER, Sample, Svg, element, rect

SIDE = 8  # of a pattern's tile


@dataclass(frozen=True, slots=True)
class Pattern:
    """How something looks.

    Attributes:
        key: of its classes and ids.
        colour: of what is drawn; in pages the class says which.
        path: lines on its tile; empty for none.
        filled: whether the ground has the colour and the lines are of paper, or the other way.
        dots: whether there is a dot in the middle.
        width: of the lines.
    """

    key: str
    colour: str
    path: str = ""
    filled: bool = False
    dots: bool = False
    width: str = "2"


_RISING = "M-2 2 L2 -2 M0 8 L8 0 M6 10 L10 6"
DONE = Pattern("closed", "#2b6cb0", filled=True)
GOING = Pattern("going", "#2f855a", _RISING, width="3")
LATE = Pattern("late", "#c53030", "M0 0 L8 8 M8 0 L0 8", filled=True, width="1.2")
IDLE = Pattern("idle", INK, dots=True)
KEPT_UP = Pattern("ongoing", "#6b46c1", "M0 4 L8 4")
ASKED = Pattern("applied", "#0e7c8a", "M4 0 L4 8")
HEARD = Pattern("reviewed", "#0e7c8a", "M4 0 L4 8 M0 4 L8 4")
DROPPED = Pattern("cancelled", "#718096", "M-2 6 L2 10 M0 0 L8 8 M6 -2 L10 2", width="1")


def patterns(name: str, parts: Iterable[Pattern]) -> Svg:
    """The definitions of what a picture uses; `name` is the picture's."""
    return element("defs", *(_pattern(name, part) for part in parts))


def filled(name: str, part: Pattern, box: tuple[float, float, float, float], *inside: Svg) -> Svg:
    """A rectangle of a part.

    Args:
        name: of the picture that has the part's pattern.
        box: x, y, width, height.
    """
    fill = f"url(#{name}-{part.key})"
    return rect(*box, *inside, class_=f"part {part.key}", fill=fill, stroke=INK)


def sample(name: str, part: Pattern, called: str) -> Sample:
    """What a legend shows of it."""
    return Sample(filled(name, part, (0.5, 2, 19, 12)), called)


def _pattern(name: str, part: Pattern) -> Svg:
    return element(
        "pattern",
        _ground(part),
        *_marks(part),
        id=f"{name}-{part.key}",
        width=SIDE,
        height=SIDE,
        patternUnits="userSpaceOnUse",
    )


def _ground(part: Pattern) -> Svg:
    look = (f"f-{part.key}", part.colour) if part.filled else ("ground", PAPER)
    return rect(0, 0, SIDE, SIDE, class_=look[0], fill=look[1])


def _marks(part: Pattern) -> list[Svg]:
    look = ("on", PAPER) if part.filled else (f"s-{part.key}", part.colour)
    marks = []
    if part.path:
        marks.append(
            element(
                "path", d=part.path, fill="none", class_=look[0], stroke=look[1],
                stroke_width=part.width,
            )
        )  # fmt: skip
    if part.dots:
        marks.append(element("circle", cx=4, cy=4, r=1.4, class_=f"f-{part.key}", fill=part.colour))
    return marks
