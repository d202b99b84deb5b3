"""The curve of closings: what was closed, and what was due, added up over time."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from ledger.model.period import Period, months_begun
from ledger.model.record import dataclass
from ledger.model.standing import deadline
from ledger.model.task import CANCELLED, CLOSED, Task
from ledger.usecases.picturing.axis import Axis, named_days, numbers, polyline, side
from ledger.usecases.picturing.svg import (
    INK,
    PAPER,
    RULE,
    SOFT,
    WIDTH,
    Picture,
    Sample,
    Svg,
    element,
    group,
    label,
    legend,
    line,
    picture,
    rect,
)

HEADS = ("截至", "已销号", "时限已到", "事项总数")
_LEFT, _TOP, _HIGH, _RIGHT, _FOOT = 40, 40, 180, 12, 40
_PLOT = WIDTH - _LEFT - _RIGHT
_CLOSED, _DUE = "#2b6cb0", SOFT
_BAND = {"class_": "band", "fill": "#f0f1f4", "stroke": RULE}
_WEEKLY = 120  # days of a span up to which its table goes by weeks, and by months beyond
_MOST_ROWS = 24


class Dated(Protocol):
    """What is asked of a task: a bulletin's line has it, too."""

    @property
    def status(self) -> str: ...
    @property
    def closed(self) -> dt.date | None: ...
    @property
    def deadline(self) -> dt.date | None: ...


@dataclass(frozen=True, slots=True)
class Ending:
    """Of a task when it was closed, None where it is not or nobody knows, and its last deadline."""

    status: str
    closed: dt.date | None
    deadline: dt.date | None


@dataclass(frozen=True, slots=True)
class Closings:
    """What was closed and what was due, by day; cancelled tasks, as everywhere, are not counted.

    Attributes:
        first, last: the span that is drawn; `first` is before `last`.
        today: the cut-off; closings end there, deadlines go on to `last`.
        closed, due: one day for each task, in order; those before `first` are among them.
        undated: closed tasks of which nobody knows the day; they count from the beginning.
        total: all tasks.
    """

    first: dt.date
    last: dt.date
    today: dt.date
    closed: tuple[dt.date, ...]
    due: tuple[dt.date, ...]
    undated: int
    total: int

    def closed_by(self, day: dt.date) -> int:
        """How many were closed at the end of a day."""
        return self.undated + bisect_right(self.closed, day)

    def due_by(self, day: dt.date) -> int:
        """Of how many the last deadline had come at the end of a day."""
        return bisect_right(self.due, day)


def ending(task: Task) -> Ending:
    """What the curve asks of a task."""
    closed = task.closed_on if task.status == CLOSED else None
    return Ending(task.status, closed, deadline(task))


def closings(
    tasks: Iterable[Dated], today: dt.date, first: dt.date | None = None
) -> Closings | None:
    """What was closed and due of some tasks.

    What the ledger holds for closed is so today, whatever day was written behind it.

    Args:
        first: where the span up to today begins; None for the whole course, from the first day to
            the last deadline.

    Returns:
        None where there is nothing to draw: nothing was closed or due within two days.
    """
    counted = [each for each in tasks if each.status != CANCELLED]
    closed = sorted(min(each.closed, today) for each in counted if each.closed)
    due = sorted(each.deadline for each in counted if each.deadline)
    days = [*closed[:1], *due[:1], *due[-1:], today]
    begin, last = (first, today) if first else (min(days), max(days))
    if not (closed or due) or (last - begin).days < 2:
        return None
    undated = sum(each.status == CLOSED and each.closed is None for each in counted)
    return Closings(begin, last, today, tuple(closed), tuple(due), undated, len(counted))


def curve(
    name: str,
    facts: Closings,
    title: str = "销号进度",
    period: Period | None = None,
    now: str = "今天",
) -> Picture:
    """The two curves, with the total.

    Args:
        name: its id.
        period: what a bulletin is about; its days are marked.
        now: what the cut-off is called.
    """
    x = Axis(facts.first.toordinal(), facts.last.toordinal(), _PLOT)
    y = Axis(0, max(1, facts.total), _HIGH, upwards=True)
    parts = [
        *_legend(facts, period),
        group(
            [*_period(facts, period, x), *_grid(facts, x, y, now), *_curves(facts, x, y)],
            transform=f"translate({_LEFT} {_TOP})",
        ),
    ]
    rows = [(day.isoformat(), *map(str, _numbers_on(facts, day))) for day in _stops(facts)]
    return picture(name, title, described(facts), parts, _TOP + _HIGH + _FOOT, HEADS, rows)


def described(facts: Closings) -> str:
    """The figures in a sentence."""
    closed, due, total = _numbers_on(facts, facts.today)
    told = f"截至{facts.today.isoformat()}累计销号{closed}项，时限已到{due}项，共{total}项"
    since = closed - facts.undated - bisect_left(facts.closed, facts.first)
    if since == closed:
        return told
    return f"{facts.first.isoformat()}以来销号{since}项；{told}"


def _numbers_on(facts: Closings, day: dt.date) -> tuple[int, int, int]:
    return facts.closed_by(min(day, facts.today)), facts.due_by(day), facts.total


def _legend(facts: Closings, period: Period | None) -> list[Svg]:
    """Which line is what, with today's numbers."""
    closed, due, total = _numbers_on(facts, facts.today)
    named = (("done", f"已销号{closed}项"), ("plan", f"时限已到{due}项"), ("all", f"共{total}项"))
    samples = [Sample(line(0, 8, 24, 8, **_look(kind)), called, 24) for kind, called in named]
    band = Sample(rect(0.5, 2, 23, 12, **_BAND), "本期", 24)
    return legend([*samples, band] if period else samples)[0]


def _look(kind: str) -> dict[str, str]:
    """How a line is drawn, also where no colour is."""
    if kind == "done":
        return {"class_": "done", "stroke": _CLOSED, "stroke_width": "3", "fill": "none"}
    if kind == "all":
        return {"class_": "all", "stroke": INK}
    look = {"class_": "plan", "stroke": _DUE, "stroke_width": "2", "fill": "none"}
    return {**look, "stroke_dasharray": "6 4"}


def _period(facts: Closings, period: Period | None, x: Axis) -> Iterator[Svg]:
    if period is None:
        return
    ends = (period.first, period.last)
    first, last = (min(max(day, facts.first), facts.last) for day in ends)
    begin, end = x.at(first.toordinal()), x.at(last.toordinal())
    yield rect(begin, 0, max(1.0, end - begin), _HIGH, **_BAND)


def _grid(facts: Closings, x: Axis, y: Axis, now: str) -> Iterator[Svg]:
    rule = {"class_": "axis", "stroke": RULE}
    for tick in numbers(max(1, facts.total), y):
        yield line(0, tick.at, _PLOT, tick.at, **rule)
        yield label(-6, tick.at + 5, tick.label, "end")
    yield line(0, 0, _PLOT, 0, **_look("all"))
    for at, year, month in named_days(facts.first, facts.last, x):
        yield line(at, _HIGH, at, _HIGH + 5, **rule)
        yield label(at, _HIGH + 18, month, side(at, _PLOT))
        if year:
            yield label(at, _HIGH + 34, year, side(at, _PLOT))
    if facts.today < facts.last:
        at = x.at(facts.today.toordinal())
        yield line(at, 0, at, _HIGH, class_="today", stroke=INK, stroke_dasharray="2 3")
        yield label(at, -4, now, side(at, _PLOT))


def _curves(facts: Closings, x: Axis, y: Axis) -> Iterator[Svg]:
    due = _stair(facts.due, 0, facts.first, facts.last, x, y)
    closed = _stair(facts.closed, facts.undated, facts.first, facts.today, x, y)
    yield element("polyline", points=due, **_look("plan"))
    yield element("polyline", points=closed, **_look("done"))
    at = x.at(facts.today.toordinal())
    closed_now, due_now, _ = _numbers_on(facts, facts.today)
    yield element("circle", cx=at, cy=y.at(due_now), r=4, class_="plan", stroke=_DUE, fill=PAPER)
    yield element("circle", cx=at, cy=y.at(closed_now), r=4, class_="dot", fill=_CLOSED)


def _stair(
    days: Sequence[dt.date], base: int, first: dt.date, last: dt.date, x: Axis, y: Axis
) -> str:
    """A stair that rises by one at each day: from what there is before a first to a last day."""
    before = bisect_left(days, first)
    points = [(0.0, base + before)]
    for place, day in enumerate(days[before:], base + before + 1):
        if day > last:
            break
        at = x.at(day.toordinal())
        if points[-1][0] == at:
            points[-1] = (at, place)
        else:
            points += [(at, points[-1][1]), (at, place)]
    points.append((x.at(last.toordinal()), points[-1][1]))
    return polyline((at, y.at(number)) for at, number in points)


def _stops(facts: Closings) -> Iterator[dt.date]:
    """The days whose numbers the table has: every seventh back from today, or ends of months."""
    days = (facts.today - facts.first).days
    if days <= _WEEKLY:
        yield from (facts.today - dt.timedelta(days=back) for back in range(days - days % 7, 0, -7))
    else:
        begun = months_begun(facts.first, facts.today, _MOST_ROWS)
        yield from (day - dt.timedelta(days=1) for day in begun)
    yield facts.today
