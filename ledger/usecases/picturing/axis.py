"""Where numbers and days lie along the sides of a plot, and which of them are marked."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable

from ledger.model.period import months_begun
from ledger.model.record import dataclass

_NEAR = 30  # units from an end


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where, and what stands there."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """Where numbers lie along a side of a plot: from 0 to `length`, or up from there to 0.

    Attributes:
        first, last: the numbers at its two ends; different, and positive for logarithms.
        upwards: whether larger ones are higher, which is less in SVG.
        logarithmic: whether equal steps are equal ratios.
    """

    first: float
    last: float
    length: float
    upwards: bool = False
    logarithmic: bool = False

    def at(self, number: float) -> float:
        """The place of a number."""
        first, last = self.first, self.last
        if self.logarithmic:
            first, last, number = math.log10(first), math.log10(last), math.log10(number)
        along = self.length * (number - first) / (last - first)
        return round(self.length - along if self.upwards else along, 1)


def polyline(points: Iterable[tuple[float, float]]) -> str:
    """Points as SVG takes them."""
    return " ".join(f"{x},{y}" for x, y in points)


def months(first: dt.date, last: dt.date, x: Axis, most: int = 8) -> tuple[Tick, ...]:
    """Marks at beginnings of months, so many at most."""
    ticks: list[Tick] = []
    year = 0
    for day in months_begun(first, last, most):
        named = f"{day.year}年" if day.year != year else ""
        ticks.append(Tick(x.at(day.toordinal()), f"{named}{day.month}月"))
        year = day.year
    return tuple(ticks)


def numbers(total: int, y: Axis) -> tuple[Tick, ...]:
    """Round numbers up the axis, some four of them."""
    step = next(
        base * 10**power
        for power in range(12)
        for base in (1, 2, 5)
        if base * 10**power * 5 >= total
    )
    return tuple(Tick(y.at(number), str(number)) for number in range(0, total + 1, step))


def named_days(
    first: dt.date, last: dt.date, x: Axis, most: int = 6
) -> list[tuple[float, str, str]]:
    """What is marked on an axis of days: where, the year where it is a new one, the day.

    Beginnings of months; of a span with fewer than two its ends.
    """
    ticks = [(each.at, *each.label.rpartition("年")[::2]) for each in months(first, last, x, most)]
    if len(ticks) > 1:
        return [(at, f"{year}年" if year else "", month) for at, year, month in ticks]
    ends = (first, last)
    return [
        (x.at(each.toordinal()), f"{each.year}年", f"{each.month}月{each.day}日") for each in ends
    ]


def side(at: float, length: float) -> str:
    """Which end of a text is at a place on an axis, so that all of the text stays inside."""
    return "start" if at < _NEAR else "end" if at > length - _NEAR else "middle"
