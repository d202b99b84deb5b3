"""Bars: how the tasks of each department, leader or source stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from ledger.model.record import dataclass
from ledger.model.task import CANCELLED, CLOSED, NOT_STARTED, ONGOING, full_name
from ledger.usecases.looking.rows import UNSET
from ledger.usecases.picturing.patterns import (
    DONE,
    GOING,
    IDLE,
    KEPT_UP,
    LATE,
    filled,
    patterns,
    sample,
)
from ledger.usecases.picturing.svg import (
    LINE,
    SIZE,
    WIDTH,
    Picture,
    Svg,
    fitted,
    group,
    label,
    legend,
    length,
    link,
    over,
    picture,
    tip,
)

# Parts of a bar: how it looks, its name in the legend, its name by itself; the finished part first.
# What is overdue is a part of its own, so the others are called what tables call a status only
# with that said.
PARTS = (
    (DONE, "已销号", "已销号"),
    (GOING, "推进中、已申请", "推进中、已申请（未逾期）"),
    (LATE, "逾期", "逾期"),
    (IDLE, "未启动", "未启动（未逾期）"),
    (KEPT_UP, "长期坚持", "长期坚持（未逾期）"),
)
MOST = 60  # bars
LEAD = full_name("lead")
_OF_STATUS = {CLOSED: 0, NOT_STARTED: 3, ONGOING: 4}
_GOING, _LATE = 1, 2
_ROW, _BAR = 26, 18
_SPACE = 6
_NAMES = (4 * SIZE, 10 * SIZE)  # the column of names, at least and at most


class Pressing(Protocol):
    """What is asked of a task: what a list shows has it, and a bulletin's line."""

    @property
    def status(self) -> str: ...
    @property
    def days_left(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Split:
    """One bar.

    Attributes:
        name: a department, a leader, a source.
        numbers: how many tasks of each of `PARTS`.
    """

    name: str
    numbers: tuple[int, ...]

    @property
    def total(self) -> int:
        """All its tasks."""
        return sum(self.numbers)


def splits(
    tasks: Iterable[Pressing], by: str = "lead", departments: Mapping[str, str] | None = None
) -> tuple[Split, ...]:
    """How the tasks of each group stand, the most tasks first; cancelled ones are not counted.

    Args:
        by: what they are grouped by: lead, leader, source, kind. A task that several departments
            lead counts in each of them.
        departments: names and aliases → canonical names.
    """
    tally = Counter([(getattr(each, by), each.status, (each.days_left or 0) < 0) for each in tasks])
    called = (departments or {}) if by == "lead" else {}

    def counted() -> Iterator[tuple[str, str, int, int]]:
        for (value, status, late), number in tally.items():
            names = (value,) if isinstance(value, str) else value or ("",)
            for name in dict.fromkeys(called.get(each, each) for each in names):
                yield name or UNSET, status, number, late * number

    return splits_of(counted())


def splits_of(counted: Iterable[tuple[str, str, int, int]]) -> tuple[Split, ...]:
    """The same of what was counted before.

    Args:
        counted: a group, a status, how many of its tasks have it, how many of these are overdue.
    """
    groups: dict[str, list[int]] = {}
    for name, status, number, late in counted:
        if status != CANCELLED:
            parts = groups.setdefault(name, [0] * len(PARTS))
            parts[_LATE] += late
            parts[_OF_STATUS.get(status, _GOING)] += number - late
    bars = (Split(name, tuple(numbers)) for name, numbers in groups.items())
    return tuple(sorted(bars, key=lambda each: (-each.total, each.name)))


def bars(
    name: str,
    facts: Sequence[Split],
    title: str = "各部门事项",
    head: str = LEAD,
    hrefs: Mapping[str, str] | None = None,
    most: int = MOST,
) -> Picture:
    """A bar for each group, in its parts, with the total at its end.

    Args:
        name: its id.
        head: what the groups are, at the head of the table behind it.
        hrefs: a group's name → where it leads to, relative to the page; others lead nowhere.
        most: how many bars are drawn; the table has all.
    """
    drawn, links = facts[:most], hrefs or {}
    shown, top = _legend(name, _sums(facts))
    wide, longest = _widest(drawn), max((each.total for each in drawn), default=0)
    unit = (WIDTH - wide - 3 * _SPACE - length(str(longest))) / (longest or 1)
    parts = [patterns(name, [look for look, _, _ in PARTS]), *shown]
    for number, each in enumerate(drawn):
        row = group(_row(name, each, wide, unit), transform=f"translate(0 {top + number * _ROW})")
        href = links.get(each.name, "")
        parts.append(link(href, row, called=f"{each.name}：{spelled(each)}") if href else row)
    below = top + len(drawn) * _ROW
    if remark := _remark(facts, drawn):
        below += LINE
        parts.append(label(0, below - 6, remark, class_="soft"))
    heads = (head, *(called for _, _, called in PARTS), "合计")
    rows = [(each.name, *map(str, (*each.numbers, each.total))) for each in facts]
    return picture(name, title, described(facts, head), parts, below, heads, rows)


def described(facts: Sequence[Split], head: str) -> str:
    """The figures in a sentence."""
    if not facts:
        return "没有事项"
    sums, most = Split("", _sums(facts)), facts[0]
    several = "次，共同牵头的各计一次" if head == LEAD else ""
    return (
        f"按{head}分{len(facts)}组：{spelled(sums)}，合计{sums.total}项{several}；"
        f"最多的是{fitted(most.name, 20 * SIZE)}，{most.total}项"
    )


def _sums(facts: Sequence[Split]) -> tuple[int, ...]:
    """How many tasks there are of each part."""
    return tuple(sum(each.numbers[place] for each in facts) for place in range(len(PARTS)))


def spelled(bar: Split) -> str:
    """A bar in words."""
    told = zip(PARTS, bar.numbers, strict=True)
    return "，".join(f"{called}{number}项" for (_, _, called), number in told if number)


def _remark(facts: Sequence[Split], drawn: Sequence[Split]) -> str:
    if not facts:
        return "没有事项。"
    rest = len(facts) - len(drawn)
    return f"另有{rest}组没有画出，表中都有。" if rest else ""


def _legend(name: str, sums: Sequence[int]) -> tuple[list[Svg], float]:
    """Which pattern is what, of those that there are, and where that ends."""
    used = [part for part, number in zip(PARTS, sums, strict=True) if number]
    parts, below = legend(sample(name, look, called) for look, called, _ in used)
    if sums[_LATE] < sum(sums) and sums[_LATE]:
        parts.append(label(0, below + SIZE, "逾期的单列，其余按状态分。", class_="soft"))
        below += LINE
    return parts, below + 4


def _widest(facts: Sequence[Split]) -> float:
    """The room that names take."""
    least, most = _NAMES
    return max([least, *(min(most, length(fitted(each.name, most))) for each in facts)])


def _row(name: str, bar: Split, wide: float, unit: float) -> Iterator[Svg]:
    """One bar at height 0.

    Args:
        wide: the room of the names.
        unit: how long one task is.
    """
    yield tip(f"{bar.name}：{spelled(bar)}")
    yield label(wide, 14, fitted(bar.name, wide), "end", class_="name")
    x, numbers = wide + _SPACE, []
    for (look, _, _), number in zip(PARTS, bar.numbers, strict=True):
        if number:
            yield filled(name, look, (x, 0.5, number * unit, _BAR))
            numbers.append((x + number * unit / 2, number))
            x += number * unit
    shown = ((at, number) for at, number in numbers if length(str(number)) + 2 <= number * unit)
    yield from (over(at, 14, str(number)) for at, number in shown)
    yield label(x + _SPACE, 14, str(bar.total))
