"""The geometry of a bulletin's charts in units of their own; the template draws them as SVG."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from ledger.model.record import dataclass
from ledger.model.task import CANCELLED, CLOSED, NOT_STARTED, ONGOING
from ledger.usecases.bulletins.facts import Line
from ledger.usecases.looking.rows import UNSET
from ledger.usecases.picturing.axis import Axis, Tick, months, numbers, polyline

WIDTH, HEIGHT = 600, 220  # of the burn-up's plotting area
BAR = 460  # length of the longest bar
_FEWEST_DAYS = 2

# Parts of a bar: (class of its pattern, name), the finished part first. What is overdue is a part
# of its own, so the others are called what the tables call a status only with that said.
PARTS = (
    ("closed", "已销号"), ("going", "推进中、已申请（未逾期）"), ("late", "逾期"),
    ("idle", "未启动（未逾期）"), ("ongoing", "长期坚持（未逾期）"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a bar: where it begins, how long it is, what it stands for."""

    part: str
    name: str
    number: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One department's bar."""

    name: str
    total: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class BurnUp:
    """Closings added up over time, beside what the deadlines asked for.

    Attributes:
        closed, planned: polylines as SVG takes them: `x,y x,y …`.
        xs, ys: marks on the axes.
        done, due, total: the last values.
    """

    closed: str
    planned: str
    xs: tuple[Tick, ...]
    ys: tuple[Tick, ...]
    done: int
    due: int
    total: int


def bars(tasks: Iterable[Line]) -> tuple[Bar, ...]:
    """How each leading department's tasks stand, the most tasks first."""
    groups: dict[str, list[Line]] = {}
    for line in tasks:
        if line.status != CANCELLED:
            for name in line.lead or (UNSET,):
                groups.setdefault(name, []).append(line)
    longest = max((len(lines) for lines in groups.values()), default=1)
    ordered = sorted(groups.items(), key=lambda each: (-len(each[1]), each[0]))
    return tuple(Bar(name, len(lines), _segments(lines, BAR / longest)) for name, lines in ordered)


def _segments(lines: Iterable[Line], unit: float) -> tuple[Segment, ...]:
    parts = [_part(line) for line in lines]
    segments, x = [], 0.0
    for part, name in PARTS:
        if number := parts.count(part):
            segments.append(Segment(part, name, number, round(x, 1), round(number * unit, 1)))
            x += number * unit
    return tuple(segments)


def _part(line: Line) -> str:
    if line.status == CLOSED:
        return "closed"
    if line.days_over:
        return "late"
    return {NOT_STARTED: "idle", ONGOING: "ongoing"}.get(line.status, "going")


def burn_up(tasks: Iterable[Line], today: dt.date) -> BurnUp | None:
    """Closings up to the cut-off; None where nothing was closed or due, or there are no tasks.

    What the ledger holds for closed is so at the cut-off, whatever day was written behind it.
    """
    lines = [line for line in tasks if line.status != CANCELLED]
    closed = sorted(min(line.closed, today) for line in lines if line.closed)
    planned = sorted(line.deadline for line in lines if line.deadline)
    days = [*closed, *planned, today]
    first, last = min(days), max(days)
    if (not closed and not planned) or (last - first).days < _FEWEST_DAYS:
        return None
    undated = sum(line.status == CLOSED and line.closed is None for line in lines)
    total = len(lines)
    x = Axis(first.toordinal(), last.toordinal(), WIDTH)
    y = Axis(0, total, HEIGHT, upwards=True)
    return BurnUp(
        _curve(closed, today, undated, x, y),
        _curve(planned, last, 0, x, y),
        months(first, last, x),
        numbers(total, y),
        len(closed) + undated,
        sum(day <= today for day in planned),
        total,
    )


def _curve(days: Iterable[dt.date], end: dt.date, base: int, x: Axis, y: Axis) -> str:
    """A stair that rises by one at each day, from `base`, up to a last day."""
    points = [(x.at(x.first), base)]
    for number, day in enumerate(days, base + 1):
        place = x.at(day.toordinal())
        if points[-1][0] != place:
            points.append((place, points[-1][1]))
        points.append((place, number))
    points.append((x.at(end.toordinal()), points[-1][1]))
    return polyline((place, y.at(number)) for place, number in points)
