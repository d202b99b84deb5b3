"""The curve of closings: its numbers are those of status, and its lines are its numbers."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model.period import MONTHLY, period_of
from ledger.model.task import CANCELLED, CLOSED, STATUSES, Closing, Due, Extension, Task
from ledger.usecases.picturing.axis import Axis
from ledger.usecases.picturing.curve import Closings, Ending, closings, curve, ending

D = dt.date
TODAY = D(2017, 10, 22)
days = st.none() | st.dates()
endings = st.lists(st.builds(Ending, st.sampled_from(STATUSES), days, days), max_size=12)


def points(svg: str, look: str) -> list[tuple[float, float]]:
    told = re.search(rf'<polyline points="([^"]*)" class="{look}"', svg)
    assert told
    return [(float(x), float(y)) for x, y in (each.split(",") for each in told[1].split())]


COURSE = (
    Ending(CLOSED, D(2017, 1, 1), D(2017, 1, 1)),
    Ending(CLOSED, D(2017, 6, 30), D(2017, 12, 31)),
    Ending("推进中", None, D(2017, 3, 31)),
    Ending("推进中", None, None),
)


def test_a_stair() -> None:
    facts = closings(COURSE, TODAY)
    assert facts is not None
    shown = curve("c", facts)
    assert (facts.first, facts.last) == (D(2017, 1, 1), D(2017, 12, 31))
    assert shown.description == "截至2017-10-22累计销号2项，时限已到2项，共4项"
    done, plan = points(shown.svg, "done"), points(shown.svg, "plan")
    assert done[0] == (0, 180 * 3 / 4)  # one was closed on the first day
    assert done[-1] == (pytest.approx(348 * 294 / 364, abs=0.1), 90)
    assert plan[-1] == (348, 180 / 4)
    assert shown.rows[-1] == ("2017-10-22", "2", "2", "4")
    assert shown.rows[0] == ("2017-01-31", "1", "1", "4")


def test_a_span_begins_with_what_was_before_it() -> None:
    facts = closings(COURSE, TODAY, D(2017, 6, 1))
    assert facts is not None
    shown = curve("c", facts)
    assert shown.description.startswith("2017-06-01以来销号1项；截至2017-10-22累计销号2项")
    assert points(shown.svg, "done")[0] == (0, 135)
    assert points(shown.svg, "plan")[-1] == (348, 90)  # to come is no part of a span up to today


def test_the_period_is_marked() -> None:
    facts = closings(COURSE, TODAY)
    assert facts is not None
    marked = curve("c", facts, period=period_of(MONTHLY, TODAY), now="截止日").svg
    assert [marked.count(word) for word in ("本期", "截止日", "今天")] == [1, 1, 0]
    plain = curve("c", facts).svg
    assert [plain.count(word) for word in ("本期", "截止日", "今天")] == [0, 0, 1]


@pytest.mark.parametrize(
    "told",
    [
        (),
        (Ending("推进中", None, None),),
        (Ending("推进中", None, TODAY),),
        (Ending(CANCELLED, None, D(2017, 1, 1)),),
        (Ending(CLOSED, None, None),),
    ],
)
def test_nothing_to_draw(told: tuple[Ending, ...]) -> None:
    assert closings(told, TODAY) is None


@given(endings, days)
def test_lines_rise_stay_inside_and_say_what_the_table_says(
    told: list[Ending], first: dt.date | None
) -> None:
    since = min(first, TODAY - dt.timedelta(days=90)) if first else None
    facts = closings(told, TODAY, since)
    if facts is None:
        return
    shown = curve("c", facts)
    for look in ("done", "plan"):
        xs, ys = zip(*points(shown.svg, look), strict=True)
        assert list(xs) == sorted(xs)
        assert list(ys) == sorted(ys, reverse=True)
        assert min(xs) >= 0 and max(xs) <= 348  # noqa: PT018
        assert min(ys) >= 0 and max(ys) <= 180  # noqa: PT018
    y = Axis(0, facts.total, 180, upwards=True)
    *_, (_, closed, due, total) = shown.rows
    assert points(shown.svg, "done")[-1][1] == y.at(int(closed))
    assert f'cy="{float(y.at(int(due))):.1f}'.removesuffix(".0") in shown.svg
    assert int(total) == facts.total
    rows = [tuple(map(int, row[1:3])) for row in shown.rows]
    assert rows == sorted(rows)
    assert len(rows) <= 26


@given(endings)
def test_what_is_counted(told: list[Ending]) -> None:
    counted = [each for each in told if each.status != CANCELLED]
    told = [Ending(e.status, e.closed if e.status == CLOSED else None, e.deadline) for e in told]
    if facts := closings(told, TODAY):
        assert facts.total == len(counted)
        assert facts.closed_by(TODAY) == sum(each.status == CLOSED for each in told)
        late = [e for e in counted if e.deadline and e.deadline <= TODAY]
        assert facts.due_by(TODAY) == len(late)


def test_many_on_one_day_are_one_step() -> None:
    facts = Closings(D(2017, 1, 1), TODAY, TODAY, (D(2017, 5, 5),) * 9_999, (), 0, 10_000)
    assert len(points(curve("c", facts).svg, "done")) == 4


def test_the_ending_of_a_task() -> None:
    moved = Extension(from_=D(2017, 3, 1), to=D(2017, 4, 1))
    task = Task(
        status=CLOSED,
        due=Due(date=D(2017, 3, 1)),
        extensions=(moved,),
        closing=Closing(decision="DZH", date=D(2017, 3, 20)),
    )
    assert ending(task) == Ending(CLOSED, D(2017, 3, 20), D(2017, 4, 1))
    assert ending(Task(status="推进中", closing=task.closing)).closed is None
