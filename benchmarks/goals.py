"""What the measured commands have to reach, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from cases import FILTERS, Amounts
from figures import Figures, median

WALL = "wall"  # milliseconds from start to end
FIRST = "first"  # milliseconds until the first output
MOST = "most"  # as WALL, of the slowest of several
MEMORY = "memory"  # MiB
RATE = "rate"  # milliseconds for each of some thousand
OVER = "over"  # milliseconds more than another case
TIMES = "times"  # how many times another case's time
GROWTH = "growth"  # how many times another case's memory
AHEAD = "ahead"  # how many times our time another program takes


class Reached(NamedTuple):
    """What a line was measured as: the value, the shortest run, processor time, MiB."""

    value: float
    shortest: float | None = None
    processor: float | None = None
    memory: float | None = None


@dataclass(frozen=True)
class Goal:
    """One line of the table.

    Attributes:
        what, size: as the page says it.
        measure: one of the words above.
        bound: not more than this, of `AHEAD` not less.
        keys: the cases that it is about; the second one is what it is compared with.
        thousands: by which `RATE` divides.
        floor: the case of what it cannot do without, measured in the same series.
    """

    what: str
    size: str
    measure: str
    bound: float
    keys: tuple[str, ...]
    thousands: float = 1
    floor: str = ""

    def reached(self, figures: Mapping[str, Figures]) -> Reached | None:
        """What was measured; None where something of it is missing or went wrong."""
        some = [figures.get(key) for key in self.keys]
        good = [each for each in some if each is not None and not each.fault and each.wall]
        if len(good) < len(self.keys):
            return None
        one, other = good[0], good[-1]
        match self.measure:
            case "memory":
                return Reached(one.memory / 1024)
            case "growth":
                return Reached(one.memory / other.memory, memory=one.memory / 1024)
            case "times" | "ahead":
                return Reached(median(one.wall) / median(other.wall))
            case "over":
                more = median(one.processor) - median(other.processor)
                return Reached(median(one.wall) - median(other.wall), processor=more)
            case "first":
                return Reached(median(one.first), min(one.first) * 1000)
            case "most":
                one = max(good, key=lambda each: median(each.wall))
        return Reached(*(each / self.thousands for each in _times(one)))

    def least(self, figures: Mapping[str, Figures]) -> str:
        """What its floor took, with its unit; empty where there is none."""
        one = figures.get(self.floor)
        if one is None or one.fault or not one.wall:
            return ""
        return self.spelled(median(one.wall) / self.thousands)

    def holds(self, value: float) -> bool:
        """Whether a value is what it has to be."""
        return value >= self.bound if self.measure == AHEAD else value <= self.bound

    def spelled(self, value: float, bound: bool = False) -> str:
        """A value, or the bound, with its unit."""
        if self.measure == MEMORY:
            text = f"{value:.0f} MiB"
        elif self.measure in (TIMES, GROWTH, AHEAD):
            text = f"{_figures(value)} ×"
        elif abs(value) >= 2_000:
            text = f"{value / 1000:.2f} s"
        else:
            text = f"{value:.0f} ms"
        if self.measure == OVER:
            text = f"+{text}" if value >= 0 else text.replace("-", "−")
        return f"{'≥' if self.measure == AHEAD else '≤'} {text}" if bound else text


def _figures(value: float) -> str:
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _times(figures: Figures) -> tuple[float, float, float]:
    return median(figures.wall), min(figures.wall) * 1000, median(figures.processor)


def all_goals(amounts: Amounts) -> Iterator[Goal]:
    """Every line of the table, in its order."""
    yield Goal("`ledger --help`", "", WALL, 60, ("help",))
    yield Goal("`ledger --help` against bare `python -c pass`", "", TIMES, 5, ("help", "python"))
    yield from _due(amounts)
    yield from _peers(amounts)
    yield from _large(amounts)
    yield from _written(amounts)
    yield from _history(amounts)
    yield from _papers(amounts)


def _tasks(size: int) -> str:
    return f"{size:,} tasks"


def _due(amounts: Amounts) -> Iterator[Goal]:
    for size, most in zip(amounts.tasks, (75, 100, 280), strict=True):
        what, floor = "`due --dept` warm, into a pipe", f"floor-look {size}"
        yield Goal(what, _tasks(size), WALL, most, (f"due {size}",), floor=floor)
    for size, most in zip(amounts.tasks, (135, 160, 340), strict=True):
        what, floor = "`due --dept` warm, a table on a terminal", f"floor-look {size}"
        yield Goal(what, _tasks(size), WALL, most, (f"due-terminal {size}",), floor=floor)
    size = amounts.tasks[2]
    yield Goal("`due --dept` warm, memory", _tasks(size), MEMORY, 60, (f"due {size}",))


def _peers(amounts: Amounts) -> Iterator[Goal]:
    _, middle, large = amounts.tasks
    for key, name, size, least in (
        ("taskwarrior", "Taskwarrior", middle, 1),
        ("taskwarrior", "Taskwarrior", large, 4),
        ("todoman", "todoman", middle, 4),
        ("todoman", "todoman", large, 4),
        ("backlog", "Backlog.md", middle, 20),
    ):
        what = f"due for a department: {name}'s time against ours"
        yield Goal(what, _tasks(size), AHEAD, least, (f"{key}-due {size}", f"due {size}"))


def _large(amounts: Amounts) -> Iterator[Goal]:
    _, middle, large = amounts.tasks
    size = _tasks(large)
    screens = tuple(f"screen-{name} {large}" for name in FILTERS)
    look, rows = f"floor-look {large}", f"floor-rows {large}"
    yield Goal("`status` warm", size, WALL, 500, (f"status {large}",), floor=look)
    what = f"`list` of one screen, slowest of {len(FILTERS)} filters"
    yield Goal(what, size, MOST, 500, screens, floor=look)
    yield Goal("`list` of all, first row", size, FIRST, 400, (f"all {large}",), floor=look)
    yield Goal("`list` of all, plain", size, WALL, 1500, (f"all {large}",), floor=rows)
    yield Goal("`list --json` of all", size, WALL, 1500, (f"all-json {large}",), floor=rows)
    for key, what in (("all", "plain"), ("all-json", "JSON")):
        keys = (f"{key} {large}", f"due {large}")
        few = "memory against `due --dept` in the same ledger, a thirtieth of the rows"
        yield Goal(f"`list` of all, {what}: {few}", size, GROWTH, 1.2, keys)
    for each in (middle, large):
        what = "`due --dept` after one file changed, more than warm"
        yield Goal(what, _tasks(each), OVER, 60, (f"edited {each}", f"settled {each}"))
    what, floor = "`due --dept` without the cache", f"floor-read {large}"
    yield Goal(what, size, WALL, 9_000, (f"cold {large}",), floor=floor)
    yield Goal("the same, largest process", size, MEMORY, 100, (f"cold {large}",))
    what = "the same on a terminal, first sign of progress"
    yield Goal(what, size, FIRST, 1_500, (f"cold-terminal {large}",))
    yield Goal("`show`", size, WALL, 120, (f"show {large}",))
    yield Goal("Tab behind an id that is begun", size, WALL, 100, (f"complete {large}",))


def _written(amounts: Amounts) -> Iterator[Goal]:
    large, middle = amounts.tasks[2], amounts.tasks[1]
    yield Goal("`progress`", _tasks(large), WALL, 400, (f"progress {large}",))
    yield Goal("`close --via local`", _tasks(large), WALL, 600, (f"close {large}",))
    yield Goal("`check` without the cache", _tasks(middle), WALL, 3_000, (f"check-cold {middle}",))
    yield Goal("`check` warm", _tasks(middle), WALL, 500, (f"check {middle}",))
    what = "`check --base` of one change"
    floor = f"floor-look {large}"
    yield Goal(what, _tasks(large), WALL, 500, (f"check-base {large}",), floor=floor)


def _history(amounts: Amounts) -> Iterator[Goal]:
    for count, commits in (*((amounts.count, each) for each in amounts.commits), amounts.other):
        size, key = f"{_tasks(count)}, {commits:,} commits", f"audit {count}/{commits}"
        what, floor = "`audit` of all, each 1,000 commits", f"floor-{key}"
        yield Goal(what, size, RATE, 600, (key,), commits / 1000, floor)
    commits = amounts.commits[1]
    size, key = f"{commits:,} commits", f"log {commits}"
    yield Goal("`log ID`", size, WALL, 200, (key,), floor=f"floor-{key}")
    count = amounts.other[0]
    what = "`due --dept --at` a day of last year, warm"
    yield Goal(what, _tasks(count), WALL, 250, (f"then {count}",))


def _papers(amounts: Amounts) -> Iterator[Goal]:
    rows, large = amounts.rows, amounts.tasks[2]
    size, key = f"{rows:,} rows", f"import {rows}"
    yield Goal("`import` of xlsx", size, WALL, 15_000, (key,), floor=f"floor-sheet {rows}")
    size, key = _tasks(large), f"weekly {large}"
    yield Goal("`report weekly`", size, WALL, 3_000, (key,), floor=f"floor-look {large}")
    size = f"{_tasks(amounts.bulletin)}, some {amounts.bulletin * 3 // 4:,} rows"
    yield Goal("`report monthly` for Word", size, WALL, 3_000, (f"word {amounts.bulletin}",))
