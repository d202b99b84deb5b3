"""How a task now: checkpoints, extensions, reports, lights at their exact boundaries."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model.lights import Lights
from ledger.model.standing import checkpoints, deadline, late_by, next_due, standing
from ledger.model.task import (
    APPLIED,
    CANCELLED,
    CLOSED,
    ENDED,
    IN_PROGRESS,
    ONGOING,
    REVIEWED,
    STATUSES,
    Applied,
    Closing,
    Due,
    Extension,
    Progress,
    Task,
)

TODAY = dt.date(2017, 6, 30)
GREEN, YELLOW, RED, CYAN, BLUE, GREY = "绿", "黄", "红", "青", "蓝", "灰"
STRICT = Lights(waiting_in_time="否")


def day(text: str) -> dt.date:
    """2017's `6-30`."""
    month, _, number = text.partition("-")
    return dt.date(2017, int(month), int(number))


def days(text: str) -> tuple[dt.date, ...]:
    return tuple(day(each) for each in text.split())


def task(
    due: Due,
    *,
    status: str = IN_PROGRESS,
    moved: str = "",
    reported: str = "",
    undated: bool = False,
    applied: str = "",
) -> Task:
    """A task with extensions `6-30>7-31` or `>7-31` (naming none), reports and an application."""
    extensions = []
    for each in moved.split():
        old, _, new = each.partition(">")
        extensions.append(Extension(from_=day(old) if old else None, to=day(new)))
    progress = [Progress(date=each, text="进展") for each in days(reported)]
    progress += [Progress(text="没有日期")] if undated else []
    return Task(
        id="A-1",
        status=status,
        due=due,
        extensions=tuple(extensions),
        progress=tuple(progress),
        closing=Closing(applied=Applied(date=day(applied))) if applied else None,
    )


SEVERAL = Due(text="1月、4月、8月", dates=days("1-31 4-30 8-31"))
SINGLE = Due(text="6月", date=day("6-30"))


@pytest.mark.parametrize(
    ("due", "moved", "expected"),
    [
        (Due(text="持续推进"), "", ""),
        (SINGLE, "", "6-30"),
        (Due(start=day("2-1"), date=day("3-31")), "", "3-31"),
        (SEVERAL, "", "1-31 4-30 8-31"),
        (Due(dates=days("8-31 1-31 4-30 4-30")), "", "1-31 4-30 8-31"),
        (Due(date=day("12-31"), dates=days("1-31 4-30")), "", "1-31 4-30"),
        (SINGLE, "6-30>9-30", "9-30"),
        (SINGLE, ">9-30", "9-30"),
        (SINGLE, "5-1>9-30", "9-30"),  # names no checkpoint: the last one moves
        (SINGLE, "6-30>9-30 9-30>12-31", "12-31"),
        (SINGLE, "6-30>9-30 6-30>12-31", "12-31"),
        (SEVERAL, "1-31>2-28", "2-28 4-30 8-31"),
        (SEVERAL, "4-30>9-30", "1-31 8-31 9-30"),
        (SEVERAL, ">10-31", "1-31 4-30 10-31"),
        (SEVERAL, "4-30>8-31", "1-31 8-31"),  # two that fall together are one
        (SEVERAL, "1-31>2-28 >12-31", "2-28 4-30 12-31"),
        (Due(text="待定"), ">9-30", "9-30"),
    ],
)
def test_checkpoints(due: Due, moved: str, expected: str) -> None:
    assert checkpoints(task(due, moved=moved)) == days(expected)


def test_the_deadline_in_the_file_stays() -> None:
    extended = task(SINGLE, moved="6-30>9-30")
    assert checkpoints(extended) == days("9-30")
    assert extended.due == SINGLE


@pytest.mark.parametrize(
    ("due", "moved", "reported", "expected"),
    [
        (SEVERAL, "", "", "1-31"),
        (SEVERAL, "", "1-30", "1-31"),
        (SEVERAL, "", "1-31", "4-30"),
        (SEVERAL, "", "2-1", "4-30"),
        (SEVERAL, "", "4-29", "4-30"),
        (SEVERAL, "", "1-31 4-30", "8-31"),
        (SEVERAL, "", "4-30", "8-31"),
        (SEVERAL, "", "4-30 1-1", "8-31"),  # the log need not be in order
        (SEVERAL, "", "8-31", "8-31"),  # reported is not done
        (SEVERAL, "", "12-31", "8-31"),
        (SEVERAL, ">10-31", "12-31", "10-31"),
        (SEVERAL, ">10-31", "8-31", "10-31"),
        (SEVERAL, "4-30>5-31", "4-30", "5-31"),
        (SINGLE, "", "6-29", "6-30"),
        (SINGLE, "", "6-30", "6-30"),  # open until it is closed
        (SINGLE, "", "12-31", "6-30"),
        (SINGLE, "6-30>9-30", "9-30", "9-30"),
        (Due(dates=days("6-30")), "", "12-31", "6-30"),
        (Due(text="长期"), "", "6-30", ""),
    ],
)
def test_next_due(due: Due, moved: str, reported: str, expected: str) -> None:
    actual = next_due(task(due, moved=moved, reported=reported))
    assert actual == (day(expected) if expected else None)


def test_a_report_without_a_date_reports_nothing() -> None:
    assert next_due(task(SEVERAL, undated=True)) == day("1-31")


@pytest.mark.parametrize("status", STATUSES)
def test_only_what_has_ended_is_no_longer_due(status: str) -> None:
    expected = None if status in ENDED else day("6-30")
    assert next_due(task(SINGLE, status=status)) == expected


@pytest.mark.parametrize(
    ("status", "reported", "applied", "expected"),
    [
        (IN_PROGRESS, "9-30", "", "8-31"),  # one late report does not make it green for ever
        (APPLIED, "", "8-31", ""),  # handed over: a meeting has to answer now
        (APPLIED, "", "1-1", ""),
        (REVIEWED, "4-30", "5-2", ""),
        (APPLIED, "4-30", "9-1", "8-31"),  # too late
        (REVIEWED, "9-30", "9-1", "8-31"),
        (APPLIED, "4-30", "", "8-31"),  # nobody knows when
        (ONGOING, "9-30", "", ""),  # a meeting has decided that it has no end
        (ONGOING, "4-30", "", "8-31"),
        (CLOSED, "", "", ""),
        (CANCELLED, "", "", ""),
    ],
)
def test_the_last_of_several_is_answered_by_an_application_in_time(
    status: str, reported: str, applied: str, expected: str
) -> None:
    actual = next_due(task(SEVERAL, status=status, reported=reported, applied=applied))
    assert actual == (day(expected) if expected else None)


@pytest.mark.parametrize(
    ("left", "light"),
    [
        (-365, RED),
        (-1, RED),
        (0, YELLOW),
        (1, YELLOW),
        (15, YELLOW),
        (16, GREEN),
        (365, GREEN),
    ],
)
def test_lights_at_their_boundaries(left: int, light: str) -> None:
    due = TODAY + dt.timedelta(days=left)
    now = standing(task(Due(date=due)), TODAY, Lights())
    assert (now.due, now.days_left, now.light) == (due, left, light)
    assert now.overdue == (left < 0)


@pytest.mark.parametrize(("left", "light"), [(0, YELLOW), (1, GREEN), (-1, RED)])
def test_lights_without_a_warning_ahead(left: int, light: str) -> None:
    due = Due(date=TODAY + dt.timedelta(days=left))
    assert standing(task(due), TODAY, Lights(due_soon_days=0)).light == light


@pytest.mark.parametrize(("status", "light"), [(CLOSED, BLUE), (CANCELLED, GREY)])
@pytest.mark.parametrize("due", [Due(date=dt.date(2000, 1, 1)), SEVERAL, Due()])
def test_what_has_ended(status: str, light: str, due: Due) -> None:
    now = standing(task(due, status=status), TODAY, Lights())
    assert (now.due, now.days_left, now.light, now.overdue) == (
        None,
        None,
        light,
        False,
    )


@pytest.mark.parametrize(
    ("given_task", "lights"),
    [
        (task(Due(text="持续推进")), Lights()),
        (task(Due(dates=days("1-31 2-28")), status=APPLIED, applied="2-28"), STRICT),
    ],
)
def test_nothing_open_is_green(given_task: Task, lights: Lights) -> None:
    now = standing(given_task, TODAY, lights)
    assert (now.due, now.days_left, now.light, now.overdue) == (None, None, GREEN, False)


@pytest.mark.parametrize("status", [APPLIED, REVIEWED])
@pytest.mark.parametrize(
    ("due", "moved", "applied", "light"),
    [
        (Due(date=day("6-1")), "", "5-2", CYAN),
        (Due(date=day("6-1")), "", "6-1", CYAN),  # on the last day
        (Due(date=day("6-1")), "", "6-2", RED),
        (Due(date=day("6-1")), "", "", RED),  # nobody knows when
        (Due(date=day("6-1")), ">6-20", "6-2", CYAN),
        (Due(date=day("6-1")), ">6-20", "6-21", RED),
        (Due(dates=days("1-31 6-1")), "", "6-1", CYAN),
        (Due(dates=days("1-31 6-1")), "", "6-2", RED),
        (Due(date=day("7-2")), "", "6-20", CYAN),  # nor is it due soon
        (Due(text="持续推进"), "", "6-20", CYAN),
        (Due(text="持续推进"), "", "", CYAN),
    ],
)
def test_what_was_applied_for_in_time_waits_and_is_not_late(
    status: str, due: Due, moved: str, applied: str, light: str
) -> None:
    given_task = task(due, status=status, moved=moved, applied=applied)
    now = standing(given_task, TODAY, Lights())
    assert (now.light, now.overdue, now.in_time) == (light, light == RED, light == CYAN)
    if light == CYAN:
        assert (now.due, now.days_left) == (None, None)
        assert now.applied == (day(applied) if applied else None)
        assert late_by(given_task) is None
    else:
        end = deadline(given_task)
        assert end is not None
        assert (now.due, now.applied) == (end, None)
        assert late_by(given_task) == ((day(applied) - end).days if applied else None)
    strict = standing(given_task, TODAY, STRICT)
    assert (strict.in_time, strict.applied) == (False, None)
    assert strict.due == next_due(given_task)


def test_an_application_that_was_sent_back_keeps_nothing() -> None:
    back = task(Due(date=day("6-1")), applied="5-2")
    assert standing(back, TODAY, Lights()).light == RED
    assert late_by(back) is None


some_days = st.dates(dt.date(2016, 1, 1), dt.date(2018, 12, 31))


@given(st.lists(some_days, max_size=5), st.lists(some_days, max_size=5), some_days)
def test_the_next_due_is_the_first_that_nobody_reported_on(
    dates: list[dt.date], reports: list[dt.date], today: dt.date
) -> None:
    given_task = Task(
        due=Due(dates=tuple(dates)),
        status=IN_PROGRESS,
        progress=tuple(Progress(date=each) for each in reports),
    )
    now = standing(given_task, today, Lights())
    if len(set(dates)) > 1:
        still_open = [each for each in dates if not any(report >= each for report in reports)]
        assert now.due == min(still_open, default=max(dates))
    else:
        assert now.due == (dates[0] if dates else None)
    assert (now.light == RED) == now.overdue == (now.due is not None and now.due < today)
