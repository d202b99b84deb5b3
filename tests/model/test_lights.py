"""Lights by a ledger's own rules: lag behind the time, names, ranks; what counts as a report."""

from __future__ import annotations

import datetime as dt

import pytest

from ledger.model.lights import Lights
from ledger.model.standing import STATES, Standing, lag, light_names, next_due, standing
from ledger.model.task import Due, Progress, Task

D = dt.date
TODAY = D(2017, 6, 30)


def task(*entries: tuple[str, int | None], due: Due | None = None, event: str = "") -> Task:
    progress = tuple(
        Progress(date=D.fromisoformat(day), text="进展", percent=percent, event=event)
        for day, percent in entries
    )
    return Task(id="A-1", status="推进中", due=due or Due(date=D(2017, 12, 31)), progress=progress)


@pytest.mark.parametrize(
    ("lagging", "expected"),
    [
        (task(), None),
        (task(("2017-01-01", None)), None),
        (task(("2017-01-01", 0)), 49),
        (task(("2017-01-01", None), ("2017-05-01", 20)), 29),
        (task(("2017-01-01", 10), ("2017-05-01", 90)), -41),
        (task(("2017-05-01", 90), ("2017-01-01", 10)), -41),  # the log need not be in order
        (task(("2017-05-01", 0), due=Due(start=D(2017, 1, 1), date=D(2017, 12, 31))), 49),
        (task(("2017-05-01", 0), due=Due(start=D(2017, 9, 1), date=D(2017, 12, 31))), 0),
        (task(("2017-01-01", 0), due=Due(text="长期")), None),
        (task(("2017-12-31", 0)), None),
        (task(("2017-01-01", 30), event="退回"), None),
    ],
)
def test_lag(lagging: Task, expected: int | None) -> None:
    assert lag(lagging, TODAY) == expected


@pytest.mark.parametrize(
    ("percent", "lights", "state", "light"),
    [
        (20, Lights(), "normal", "绿"),
        (19, Lights(), "lagging", "黄"),
        (0, Lights(lag_percent=0), "normal", "绿"),
        (0, Lights(lag_percent=50), "normal", "绿"),
        (0, Lights(lagging="橙"), "lagging", "橙"),
        (0, Lights(due_soon_days=365, due_soon="临期"), "due_soon", "临期"),
    ],
)
def test_a_task_that_lags(percent: int, lights: Lights, state: str, light: str) -> None:
    stands = standing(task(("2017-01-01", percent)), TODAY, lights)
    assert (stands.state, stands.light) == (state, light)


def test_overdue_goes_before_lagging() -> None:
    stands = standing(task(("2017-01-01", 0), due=Due(date=D(2017, 6, 29))), TODAY, Lights())
    assert stands.state == "overdue"


def test_names_once_each_the_worst_first() -> None:
    assert light_names(Lights()) == ("红", "黄", "绿", "青", "蓝", "灰")
    assert light_names(Lights(lagging="橙", overdue="红牌"))[:3] == ("红牌", "黄", "橙")


def test_ranks_follow_the_states() -> None:
    ranks = [Standing(None, None, "", state).rank for state in STATES]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize("event", ["退回", "重开", "催办"])
def test_what_others_write_into_the_log_is_no_report(event: str) -> None:
    several = Due(dates=(D(2017, 3, 31), D(2017, 6, 30)))
    assert next_due(task(("2017-04-01", None), due=several, event=event)) == D(2017, 3, 31)
    assert next_due(task(("2017-04-01", None), due=several)) == D(2017, 6, 30)
