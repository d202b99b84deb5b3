"""The heat map: on which days of which months how many tasks are due."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from ledger.model.record import dataclass
from ledger.model.workdays import NO_CALENDAR, WorkCalendar, is_workday
from ledger.usecases.picturing.svg import (
    INK,
    LINE,
    PAPER,
    RULE,
    WIDTH,
    Picture,
    Sample,
    Svg,
    group,
    label,
    legend,
    length,
    picture,
    rect,
    tip,
)

HEADS = ("到期日", "事项数")
MOST = 12  # months
HALF = 16  # days of a month that stand in its first line; the others in the second
_LEVELS = (1, 2, 4, 8, 16)  # from how many tasks on a day is of a level
_COLOURS = ("#dbe7f5", "#b3cdea", "#7ea9d6", "#3f78b5", "#1f4f8f")
_DARK = 4  # from this level on letters are of paper
_LEFT, _TOP, _HIGH, _GAP = 64, 50, 21, 7
_CELL = (WIDTH - _LEFT) / HALF
_REST = "#f0f1f4"


class Awaited(Protocol):
    """What is asked of a task: what a list shows has it, and a bulletin's line."""

    @property
    def due(self) -> dt.date | None: ...


@dataclass(frozen=True, slots=True)
class DueDays:
    """How many open tasks are due on which day.

    Attributes:
        numbers: day → tasks; each task on its next open checkpoint.
        today: the day; what was due before it is overdue.
    """

    numbers: Mapping[dt.date, int]
    today: dt.date

    def between(self, first: dt.date, last: dt.date) -> int:
        """How many are due from a first day to a last."""
        return sum(number for day, number in self.numbers.items() if first <= day <= last)

    @property
    def late(self) -> int:
        """How many are overdue."""
        return sum(number for day, number in self.numbers.items() if day < self.today)

    @property
    def total(self) -> int:
        """How many have a day at all."""
        return sum(self.numbers.values())


def due_days(tasks: Iterable[Awaited], today: dt.date) -> DueDays:
    """On which day how many tasks are due, as `list` and `due` have it."""
    return DueDays(Counter([day for each in tasks if (day := each.due) is not None]), today)


def heat(
    name: str,
    facts: DueDays,
    title: str = "到期日分布",
    calendar: WorkCalendar = NO_CALENDAR,
    most: int = MOST,
) -> Picture:
    """A row a month in two lines, a cell a day; from today's month on.

    What was due in earlier months, and what will be in later ones, stands below as a number each.

    Args:
        name: its id.
        calendar: the ledger's own holidays.
        most: how many months at most.
    """
    months = _months(facts, most)
    late = facts.between(months[0], facts.today - dt.timedelta(days=1))
    parts: list[Svg] = [*_legend(late > 0), *_heads()]
    for place, first in enumerate(months):
        row = _month(facts, first, calendar)
        top = _TOP + place * (2 * _HIGH + _GAP)
        parts.append(group(row, transform=f"translate(0 {top})"))
    below = float(_TOP + len(months) * (2 * _HIGH + _GAP))
    for remark in _remarks(facts, months):
        below += LINE
        parts.append(label(0, below - 6, remark))
    rows = [(day.isoformat(), str(number)) for day, number in sorted(facts.numbers.items())]
    return picture(name, title, described(facts), parts, below, HEADS, rows, "heat")


def described(facts: DueDays) -> str:
    """The figures in a sentence."""
    if not facts.total:
        return "没有到期日还没有过、或者已经逾期的事项"
    day, number = max(facts.numbers.items(), key=lambda each: (each[1], -each[0].toordinal()))
    return (
        f"{facts.total}项有下一个到期日：逾期{facts.late}项，"
        f"今天到期{facts.numbers.get(facts.today, 0)}项，"
        f"以后到期{facts.total - facts.late - facts.numbers.get(facts.today, 0)}项；"
        f"最多的一天是{day.isoformat()}，{number}项"
    )


def _months(facts: DueDays, most: int) -> list[dt.date]:
    """First days of the months that are drawn: today's and those after it, up to the last due."""
    last = max(facts.numbers, default=facts.today)
    day = facts.today.replace(day=1)
    months: list[dt.date] = []
    while len(months) < most and (not months or day <= last):
        months.append(day)
        if (day.year, day.month) == (dt.MAXYEAR, 12):
            break
        day = _end(day) + dt.timedelta(days=1)
    return months


def _end(first: dt.date) -> dt.date:
    return first.replace(day=monthrange(first.year, first.month)[1])


def _remarks(facts: DueDays, months: list[dt.date]) -> Iterator[str]:
    """What is due on days that are not drawn."""
    last = _end(months[-1])
    before = sum(number for day, number in facts.numbers.items() if day < months[0])
    after = sum(number for day, number in facts.numbers.items() if day > last)
    if before:
        first = months[0]
        yield f"{first.year}年{first.month}月以前到期、已经逾期的：{before}项。"
    if after:
        yield f"{last.year}年{last.month}月以后到期的：{after}项。"
    if not facts.total:
        yield "没有到期的事项。"


def _legend(has_late: bool) -> list[Svg]:
    """What cells look like."""
    scale = [
        rect(15 * place + 0.5, 2, 15, 12, class_=f"busy heat{place + 1}", fill=colour, stroke=RULE)
        for place, colour in enumerate(_COLOURS)
    ]
    samples = [
        Sample(group(scale), "项数由少到多", 76),
        Sample(rect(0.5, 2, 19, 12, class_="rest", fill=_REST, stroke=RULE), "休息日"),
        Sample(_outline(1.5, 2, 17, 12), "今天"),
    ]
    return legend([*samples, Sample(_foot(0, 10, 20), "逾期")] if has_late else samples)[0]


def _outline(x: float, y: float, width: float, height: float) -> Svg:
    """The mark of today."""
    return rect(x, y, width, height, class_="now", fill="none", stroke=INK, stroke_width="2.5")


def _foot(x: float, y: float, width: float) -> Svg:
    """The mark of a day whose tasks are overdue, at the foot of its cell."""
    return rect(x, y, width, 4, class_="over-due", fill="#c53030")


def _heads() -> Iterator[Svg]:
    """The days of the month above the columns, in two lines as the months have them."""
    for day in range(1, 32):
        line, column = divmod(day - 1, HALF)
        x = _LEFT + (column + 0.5) * _CELL
        yield label(x, _TOP - 21 + line * 16, str(day), "middle", class_="soft")


def _month(facts: DueDays, first: dt.date, calendar: WorkCalendar) -> Iterator[Svg]:
    named = f"{first.month}月"
    yield label(0, _HIGH - 5, named)
    if first.month == 1 or first == facts.today.replace(day=1):
        yield label(0, 2 * _HIGH - 5, f"{first.year}年", class_="soft")
    for day in (first + dt.timedelta(days=n) for n in range(_end(first).day)):
        yield from _cell(facts, day, calendar)


def _cell(facts: DueDays, day: dt.date, calendar: WorkCalendar) -> Iterator[Svg]:
    line, column = divmod(day.day - 1, HALF)
    x, y, number = _LEFT + column * _CELL, line * _HIGH, facts.numbers.get(day, 0)
    level = sum(number >= least for least in _LEVELS)
    look = (f"busy heat{level}", _COLOURS[level - 1]) if level else _free(day, calendar)
    named = [tip(f"{day.isoformat()}：{number}项")] if number else []
    yield rect(x, y, _CELL, _HIGH, *named, class_=look[0], fill=look[1], stroke=RULE)
    if number and day < facts.today:
        yield _foot(x, y + _HIGH - 4, _CELL)
    if number:
        ink = ("deep", PAPER) if level >= _DARK else (None, INK)
        yield _number(x + _CELL / 2, y + 15, number, *ink)
    if day == facts.today:
        yield _outline(x + 1, y + 1, _CELL - 2, _HIGH - 2)


def _free(day: dt.date, calendar: WorkCalendar) -> tuple[str, str]:
    """How a day without tasks looks; of a year whose holidays nobody knows by the week."""
    at_work = is_workday(day, calendar)
    rests = at_work is False or (at_work is None and day.isoweekday() > 5)
    return ("rest", _REST) if rests else ("free", PAPER)


def _number(x: float, y: float, number: int, look: str | None, ink: str) -> Svg:
    """A number in a cell, made narrower where it would not fit."""
    shown = str(number)
    squeezed: dict[str, str] = {}
    if length(shown) > _CELL - 1:
        squeezed = {"textLength": f"{_CELL - 2:.1f}", "lengthAdjust": "spacingAndGlyphs"}
    return label(x, y, shown, "middle", class_=look, fill=ink, **squeezed)
