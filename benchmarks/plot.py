"""The plot of time over size, by the axes that a bulletin's charts have; both logarithmic."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ledger.adapters.templates import render
from ledger.usecases.picturing.axis import Axis, Tick, polyline

WIDTH, HEIGHT = 520, 380
_LINE = 18  # units between two names
TITLE = "What is due for one department, whole process"


@dataclass(frozen=True)
class Curve:
    """One program's times.

    Attributes:
        line, points: where it runs and where it was measured.
        last: the time at its end; `name_at`: how high its name stands beside it.
    """

    name: str
    line: str
    points: tuple[tuple[float, float], ...]
    last: str
    name_at: float


def plot(times: Mapping[str, Mapping[int, float]]) -> str:
    """An SVG of milliseconds by size, for each name; two sizes or more, and some time at each."""
    sizes = sorted({size for each in times.values() for size in each})
    every = [time for each in times.values() for time in each.values()]
    low, high = math.floor(math.log10(min(every))), math.ceil(math.log10(max(every)))
    x = Axis(sizes[0], sizes[-1], WIDTH, logarithmic=True)
    y = Axis(10**low, 10 ** max(high, low + 1), HEIGHT, upwards=True, logarithmic=True)
    values = {
        "title": TITLE,
        "width": WIDTH,
        "height": HEIGHT,
        "xs": [Tick(x.at(size), f"{size:,}") for size in sizes],
        "ys": [Tick(y.at(10**power), spelled(10**power)) for power in range(low, high + 1)],
        "curves": list(_curves(times, x, y)),
    }
    own = Path(__file__).parent
    return render("plot.svg.j2", values, own=own, tidy=True)


def spelled(milliseconds: float) -> str:
    """A time as the plot says it."""
    if milliseconds >= 1_000:
        return f"{milliseconds / 1_000:.3g} s"
    return f"{milliseconds:.0f} ms"


def _curves(times: Mapping[str, Mapping[int, float]], x: Axis, y: Axis) -> Iterator[Curve]:
    """The curves; names that would lie on one another are moved down."""
    ends = {name: max(each) for name, each in times.items()}
    highest_first = sorted(times, key=lambda name: -times[name][ends[name]])
    places: dict[int, float] = {}
    heights = {}
    for name in highest_first:
        size = ends[name]
        place = y.at(times[name][size])
        heights[name] = places[size] = max(place, places.get(size, -_LINE) + _LINE)
    for name, each in times.items():
        points = tuple((x.at(size), y.at(time)) for size, time in sorted(each.items()))
        yield Curve(name, polyline(points), points, spelled(each[ends[name]]), heights[name])
