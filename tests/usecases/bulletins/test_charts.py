"""Charts: stairs that only rise, bars as long as their numbers, marks inside the plane."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model.config import Config
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.task import STATUSES, Closing, Due, Task
from ledger.usecases.bulletins.charts import BAR, HEIGHT, WIDTH, Axis, bars, burn_up
from ledger.usecases.bulletins.facts import Line
from ledger.usecases.bulletins.roll import roll_of

D = dt.date
TODAY = D(2017, 10, 22)


def lines(*given: tuple[str, dt.date | None, dt.date | None]) -> tuple[Line, ...]:
    """What a bulletin shows of tasks given by status, deadline and day of closing."""
    tasks = [
        Task(
            id=f"A-{number}",
            status=status,
            lead=("办公室",),
            due=Due(date=due),
            closing=Closing(decision="DZH", date=closed) if closed else None,
        )
        for number, (status, due, closed) in enumerate(given)
    ]
    entries = tuple(Entry(f"{each.id}.yaml", {}, each) for each in tasks)
    return tuple(roll_of(Snapshot(Config(), entries), TODAY).lines.values())


def points(line: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (each.split(",") for each in line.split())]


def test_a_stair() -> None:
    chart = burn_up(
        lines(
            ("已销号", D(2017, 1, 1), D(2017, 1, 1)),
            ("已销号", D(2017, 12, 31), D(2017, 6, 30)),
            ("推进中", D(2017, 3, 31), None),
            ("推进中", None, None),
        ),
        TODAY,
    )
    assert chart is not None
    assert (chart.done, chart.due, chart.total) == (2, 2, 4)
    assert points(chart.closed)[0] == (0.0, HEIGHT)
    assert points(chart.closed)[-1][1] == HEIGHT / 2
    assert points(chart.closed)[-1][0] == pytest.approx(WIDTH * 294 / 364, abs=0.1)
    assert points(chart.planned)[-1] == (WIDTH, HEIGHT / 4)
    assert [each.label for each in chart.ys] == ["0", "1", "2", "3", "4"]
    assert chart.xs[0].label == "2017年2月"


@pytest.mark.parametrize(
    "told", [(), [("推进中", None, None)], [("推进中", TODAY, None)], [("已中止", D.min, None)]]
)
def test_nothing_to_draw(told: list[tuple[str, dt.date | None, dt.date | None]]) -> None:
    assert burn_up(lines(*told), TODAY) is None


some_days = st.none() | st.dates()


@given(st.lists(st.tuples(st.sampled_from(STATUSES), some_days, some_days), max_size=12))
def test_lines_rise_and_stay_inside(
    told: list[tuple[str, dt.date | None, dt.date | None]],
) -> None:
    tasks = lines(*told)
    curve = burn_up(tasks, TODAY)
    for line in (curve.closed, curve.planned) if curve else ():
        xs, ys = zip(*points(line), strict=True)
        assert list(xs) == sorted(xs)
        assert list(ys) == sorted(ys, reverse=True)
        assert min(xs) >= 0
        assert max(xs) <= WIDTH
        assert min(ys) >= 0
        assert max(ys) <= HEIGHT
    if curve:
        assert len(curve.xs) <= 8
        assert len(curve.ys) <= 6
    for bar in bars(tasks):
        assert sum(each.number for each in bar.segments) == bar.total
        assert bar.segments[0].x == 0
        assert bar.segments[-1].x + bar.segments[-1].width == pytest.approx(BAR, abs=0.5)


def test_the_longest_bar_is_first_and_others_are_to_scale() -> None:
    shown = bars(lines(("推进中", TODAY, None), ("推进中", D(2017, 1, 1), None)))
    assert [(each.name, each.total) for each in shown] == [("办公室", 2)]
    assert [(each.part, each.number, each.width) for each in shown[0].segments] == [
        ("going", 1, BAR / 2),
        ("late", 1, BAR / 2),
    ]


def test_equal_ratios_are_equal_steps_on_a_logarithmic_axis() -> None:
    axis = Axis(10, 10_000, 300, logarithmic=True)
    assert [axis.at(number) for number in (10, 100, 1_000, 10_000)] == [0, 100, 200, 300]
    axis = Axis(10, 10_000, 300, upwards=True, logarithmic=True)
    assert [axis.at(number) for number in (10, 100, 10_000)] == [300, 200, 0]
