"""The way of tasks through their statuses, on one axis of time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ledger.model.task import (
    APPLIED,
    CANCELLED,
    CLOSED,
    IN_PROGRESS,
    NOT_STARTED,
    ONGOING,
    REVIEWED,
)
from ledger.usecases.picturing.axis import Axis, named_days, side
from ledger.usecases.picturing.patterns import (
    ASKED,
    DONE,
    DROPPED,
    GOING,
    HEARD,
    IDLE,
    KEPT_UP,
    Pattern,
    filled,
    patterns,
    sample,
)
from ledger.usecases.picturing.svg import (
    INK,
    LINE,
    PAPER,
    RULE,
    WIDTH,
    Picture,
    Sample,
    Svg,
    element,
    fitted,
    group,
    label,
    legend,
    length,
    line,
    link,
    over,
    picture,
    rect,
    tip,
)
from ledger.usecases.picturing.ways import Stage, TaskWay

MOST = 40  # tasks
HEADS = ("编号", "事项", "状态", "从", "到", "时限")
LOOKS: Mapping[str, Pattern] = {
    NOT_STARTED: IDLE, IN_PROGRESS: GOING, APPLIED: ASKED, REVIEWED: HEARD, CLOSED: DONE,
    ONGOING: KEPT_UP, CANCELLED: DROPPED,
}  # fmt: skip
_ROW, _BAR, _FOOT, _EDGE = 50, 16, 42, 8
_PLOT = WIDTH - 2 * _EDGE
_OVER = "#c53030"


def way(
    name: str,
    facts: Sequence[TaskWay],
    today: dt.date,
    title: str = "办理经过",
    hrefs: Mapping[str, str] | None = None,
    most: int = MOST,
    more: int = 0,
) -> Picture:
    """A line a task.

    Args:
        name: its id.
        facts: the tasks, those that are drawn first.
        more: how many there are besides, whose ways nobody asked for.
        hrefs: a task's id → where it leads to, relative to the page; others lead nowhere.
        most: how many tasks are drawn; the table has these.
    """
    drawn, links = facts[:most], hrefs or {}
    first, last = _span(drawn, today)
    x = Axis(first.toordinal(), last.toordinal(), _PLOT)
    used = [look for status, look in LOOKS.items() if _has(drawn, status)]
    shown, top = _legend(name, drawn, today)
    parts = [patterns(name, used), *shown]
    for number, each in enumerate(drawn):
        row = group(
            _row(name, each, today, x), transform=f"translate({_EDGE} {top + number * _ROW})"
        )
        href = links.get(each.id, "")
        parts.append(link(href, row, called=f"{each.id} {each.title}") if href else row)
    below = top + len(drawn) * _ROW
    parts += _axis(first, last, today, x, top, below) if drawn else ()
    below += _FOOT if drawn else 0
    if remark := _remark(len(facts) - len(drawn) + more, len(drawn)):
        below += LINE
        parts.append(label(0, below - 6, remark, class_="soft"))
    rows = [row for each in drawn for row in _rows(each)]
    told = described(facts, drawn, today)
    return picture(name, title, told, parts, below, HEADS, rows)


def described(facts: Sequence[TaskWay], drawn: Sequence[TaskWay], today: dt.date) -> str:
    """The figures in a sentence; of one task its way."""
    if not facts:
        return "没有事项"
    if len(facts) == 1:
        (only,) = facts
        due = f"；时限{only.due.isoformat()}" if only.due else ""
        due += f"，{only.awaited.isoformat()}起逾期" if only.awaited and only.is_late(today) else ""
        steps = "，".join(f"{each.first.isoformat()}起{each.status}" for each in only.stages)
        return f"{only.id}现在是{only.status}：{steps or '没有记日期'}{due}"
    counts = "，".join(
        f"{status}{number}项"
        for status in LOOKS
        if (number := sum(each.status == status for each in facts))
    )
    told = f"{len(facts)}项事项到{today.isoformat()}的办理经过：{counts}"
    return f"{told}；画出前{len(drawn)}项" if len(drawn) < len(facts) else told


def _has(facts: Sequence[TaskWay], status: str) -> bool:
    return any(each.status == status for way in facts for each in way.stages)


def _span(facts: Sequence[TaskWay], today: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of all of them, today among them."""
    days = [today]
    for each in facts:
        days += [stage.first for stage in each.stages]
        days += [*each.checkpoints, *([each.original] if each.original else [])]
    first, last = min(days), max(days)
    if first < last:
        return first, last
    one = dt.timedelta(days=1)
    return (first - one, last) if first > dt.date.min else (first, last + one)


def _legend(name: str, facts: Sequence[TaskWay], today: dt.date) -> tuple[list[Svg], float]:
    """Which pattern is what, in lines, and where they end."""
    samples = [sample(name, look, status) for status, look in LOOKS.items() if _has(facts, status)]
    if any(each.due for each in facts):
        samples.append(Sample(_flag(8, 4, True), "时限", 16))
    if any(each.is_moved for each in facts):
        samples.append(Sample(_flag(8, 4, False), "原定时限", 16))
    if any(each.is_late(today) for each in facts):
        samples.append(Sample(_late(0, 20, 7), "逾期"))
    parts, below = legend(samples)
    return parts, below + 22


def _flag(x: float, y: float, is_last: bool) -> Svg:
    """The mark of a deadline, its point up at (x, y)."""
    look = ("due", INK) if is_last else ("was-due", PAPER)
    path = f"M{x:.1f} {y:.1f} l5 8 l-10 0 z"
    return element("path", d=path, class_=look[0], fill=look[1], stroke=INK)


def _late(begin: float, end: float, y: float) -> Svg:
    """The mark of the time after a deadline."""
    return rect(begin, y, max(1.0, end - begin), 4, class_="over-due", fill=_OVER)


def _row(name: str, way: TaskWay, today: dt.date, x: Axis) -> Iterator[Svg]:
    """One task at height 0: what it is called, and below that its way."""
    yield tip(f"{way.id} {way.title}")
    yield label(-_EDGE, 14, fitted(f"{way.id} {way.title}", WIDTH), class_="name")
    if not way.stages:
        yield label(-_EDGE, 33, "没有记日期", class_="soft")
    for each in way.stages:
        yield from _stage(name, each, today, x)
    if way.awaited and way.is_late(today):
        yield _late(x.at(way.awaited.toordinal()), x.at(today.toordinal()), 39)
    if way.is_moved and way.original:
        yield _flag(x.at(way.original.toordinal()), 38, False)
    yield from (_flag(x.at(day.toordinal()), 38, True) for day in way.checkpoints)


def _stage(name: str, stage: Stage, today: dt.date, x: Axis) -> Iterator[Svg]:
    last = max(stage.last or today, stage.first)
    begin, end = x.at(stage.first.toordinal()), x.at(last.toordinal())
    until = stage.last.isoformat() if stage.last else "今"
    named = tip(f"{stage.status}：{stage.first.isoformat()}至{until}")
    wide = max(2.0, end - begin)
    yield filled(name, LOOKS[stage.status], (begin, 21, wide, _BAR), named)
    if length(stage.status) + 6 <= wide:
        yield over(begin + wide / 2, 34, stage.status)


def _axis(
    first: dt.date, last: dt.date, today: dt.date, x: Axis, top: float, below: float
) -> Iterator[Svg]:
    parts = [line(0, below, _PLOT, below, class_="axis", stroke=RULE)]
    for at, year, day in named_days(first, last, x):
        parts.append(line(at, below, at, below + 5, class_="axis", stroke=RULE))
        parts.append(label(at, below + 19, day, side(at, _PLOT)))
        parts += [label(at, below + 35, year, side(at, _PLOT))] if year else []
    at = x.at(today.toordinal())
    parts.append(line(at, top, at, below, class_="today", stroke=INK, stroke_dasharray="2 3"))
    parts.append(label(at, top - 5, "今天", side(at, _PLOT)))
    yield group(parts, transform=f"translate({_EDGE} 0)")


def _remark(rest: int, drawn: int) -> str:
    if not drawn:
        return "没有事项。"
    return f"另有{rest}项没有画出。" if rest else ""


def _rows(way: TaskWay) -> Iterable[tuple[str, ...]]:
    """A line of the table for each stage."""
    due = way.due.isoformat() if way.due else ""
    for each in way.stages or ():
        last = each.last.isoformat() if each.last else "今"
        yield way.id, way.title, each.status, each.first.isoformat(), last, due
    if not way.stages:
        yield way.id, way.title, way.status, "", "", due
