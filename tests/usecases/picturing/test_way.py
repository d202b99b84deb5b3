"""The way of a task: which status it had from when to when, by what its file says."""

from __future__ import annotations

import datetime as dt
import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model.decision import MAKE_ONGOING, Decision, DecisionItem
from ledger.model.lights import Lights
from ledger.model.standing import standing
from ledger.model.task import (
    APPLIED,
    CANCELLED,
    CLOSED,
    EVENTS,
    IN_PROGRESS,
    NOT_STARTED,
    ONGOING,
    REOPENED,
    RETURNED,
    REVIEWED,
    STATUSES,
    Applied,
    Closing,
    Due,
    Extension,
    Progress,
    Reviewed,
    Task,
)
from ledger.usecases.looking.background import Background
from ledger.usecases.picturing.way import way
from ledger.usecases.picturing.ways import Stage, way_of

D = dt.date
TODAY = D(2017, 10, 22)


def stages(task: Task, its: Background | None = None) -> list[tuple[str, str, str]]:
    return [
        (each.status, f"{each.first:%m-%d}", f"{each.last:%m-%d}" if each.last else "")
        for each in way_of(task, its).stages
    ]


def log(month: int, day: int, event: str = "") -> Progress:
    return Progress(date=D(2017, month, day), text="办了", event=event)


CLOSING = Closing(
    applied=Applied(date=D(2017, 3, 1)), reviewed=Reviewed(date=D(2017, 3, 10)),
    decision="DZH", date=D(2017, 3, 20),
)  # fmt: skip


def test_to_its_closing() -> None:
    task = Task(
        status=CLOSED, due=Due(start=D(2017, 1, 1), date=D(2017, 3, 31)),
        progress=(log(2, 1), log(2, 15)), closing=CLOSING,
    )  # fmt: skip
    assert stages(task) == [
        (NOT_STARTED, "01-01", "02-01"), (IN_PROGRESS, "02-01", "03-01"),
        (APPLIED, "03-01", "03-10"), (REVIEWED, "03-10", "03-20"), (CLOSED, "03-20", ""),
    ]  # fmt: skip
    shown = way_of(task)
    assert (shown.due, shown.original) == (D(2017, 3, 31), D(2017, 3, 31))
    assert (D(2017, 3, 10), "审核") in shown.steps


def test_sent_back_and_reopened() -> None:
    progress = (log(2, 1), log(3, 5, RETURNED), log(6, 1, REOPENED))
    past = Closing(applied=Applied(date=D(2017, 4, 1)), decision="DZH", date=D(2017, 4, 20))
    task = Task(status=IN_PROGRESS, progress=progress, past_closings=(past,))
    assert stages(task) == [
        (IN_PROGRESS, "02-01", "04-01"), (APPLIED, "04-01", "04-20"), (CLOSED, "04-20", "06-01"),
        (IN_PROGRESS, "06-01", ""),
    ]  # fmt: skip


def test_it_begins_when_it_came_into_the_ledger() -> None:
    task = Task(status=IN_PROGRESS, progress=(log(2, 1),))
    assert stages(task, Background("2017-01-05", "办公室", "立项"))[0] == (
        NOT_STARTED, "01-05", "02-01",
    )  # fmt: skip


@pytest.mark.parametrize("status", [CANCELLED, ONGOING])
def test_what_else_a_meeting_gives(status: str) -> None:
    task = Task(id="A-1", status=status, progress=(log(2, 1),), closing=Closing(
        decision="DZH", date=D(2017, 3, 20)))  # fmt: skip
    assert stages(task)[-1] == (status, "03-20", "")


def test_the_meeting_says_what_it_gave() -> None:
    past = Closing(decision="DZH", date=D(2017, 4, 20))
    task = Task(id="A-1", status=CLOSED, progress=(log(2, 1), log(5, 1, REOPENED)),
                past_closings=(past,), closing=Closing(date=D(2017, 7, 1)))  # fmt: skip
    meeting = Decision(items=(DecisionItem(task="A-1", result=MAKE_ONGOING),))
    its = Background("2017-01-01", "办公室", "立项", {"DZH": meeting})
    assert [each[0] for each in stages(task, its)] == [
        NOT_STARTED, IN_PROGRESS, ONGOING, IN_PROGRESS, CLOSED,
    ]  # fmt: skip
    assert [each[0] for each in stages(task)] == [IN_PROGRESS, CLOSED, IN_PROGRESS, CLOSED]


def test_a_status_without_a_day_begins_at_the_last_day_that_is_known() -> None:
    task = Task(status=CLOSED, due=Due(start=D(2017, 1, 1)), progress=(log(2, 1), log(3, 1)))
    assert stages(task) == [
        (NOT_STARTED, "01-01", "02-01"), (IN_PROGRESS, "02-01", "03-01"), (CLOSED, "03-01", ""),
    ]  # fmt: skip
    assert stages(Task(status=CLOSED, due=Due(start=D(2017, 1, 1)))) == [(CLOSED, "01-01", "")]
    assert stages(Task(status=CLOSED)) == []


some_day = st.none() | st.dates(D(2016, 1, 1), D(2018, 1, 1))
closing = st.builds(
    Closing,
    applied=st.none() | st.builds(Applied, date=some_day),
    reviewed=st.none() | st.builds(Reviewed, date=some_day),
    date=some_day,
)
tasks = st.builds(
    Task,
    id=st.just("A-1"),
    title=st.text(max_size=9),
    status=st.sampled_from(STATUSES),
    due=st.builds(Due, start=some_day, date=some_day),
    progress=st.lists(
        st.builds(Progress, date=some_day, event=st.sampled_from(("", *EVENTS))), max_size=5
    ).map(tuple),
    extensions=st.lists(st.builds(Extension, date=some_day, to=some_day), max_size=2).map(tuple),
    closing=st.none() | closing,
    past_closings=st.lists(closing, max_size=2).map(tuple),
)


@given(tasks)
def test_stages_follow_one_another_up_to_the_status_it_has(task: Task) -> None:
    told = way_of(task).stages
    for before, after in itertools.pairwise(told):
        assert before.last == after.first
        assert before.first < after.first
    if told:
        assert (told[-1].status, told[-1].last) == (task.status, None)
    else:
        assert not way_of(task).steps
        assert task.due.start is None


@given(st.lists(tasks, min_size=1, max_size=5))
def test_the_table_says_what_is_drawn(told: list[Task]) -> None:
    facts = [way_of(each) for each in told]
    shown = way("w", facts, TODAY)
    drawn = re.findall(r"<title>(\S{3,4})：(\d{4}-\d\d-\d\d)至([\d-]+|今)</title>", shown.svg)
    assert drawn == [row[2:5] for row in shown.rows if row[3]]
    for x, wide in re.findall(r'<rect x="([\d.-]+)" y="21" width="([\d.]+)"', shown.svg):
        assert float(x) >= 0
        assert float(x) + float(wide) <= 384 + 2


def test_one_task_is_told_whole() -> None:
    task = Task(
        id="A-1", title="办理事项", status=APPLIED, due=Due(date=D(2017, 3, 31)),
        extensions=(Extension(to=D(2017, 4, 30)),), progress=(log(2, 1),),
        closing=Closing(applied=Applied(date=D(2017, 3, 1))),
    )  # fmt: skip
    shown = way("w", [way_of(task)], TODAY)
    assert shown.description == (
        "A-1现在是申请销号：2017-02-01起推进中，2017-03-01起申请销号；时限2017-04-30"
    )
    for word in ("时限", "原定时限", "今天", "A-1 办理事项"):
        assert f">{word}<" in shown.svg


@pytest.mark.parametrize(
    ("task", "late"),
    [
        (Task(status=IN_PROGRESS, due=Due(date=D(2017, 5, 1))), "05-01"),
        (Task(status=CLOSED, due=Due(date=D(2017, 5, 1))), ""),
        (Task(status=IN_PROGRESS, due=Due(dates=(D(2017, 5, 1), D(2018, 5, 1)))), "05-01"),
        (Task(status=APPLIED, due=Due(date=D(2017, 3, 1)), closing=CLOSING), ""),  # in time
        (Task(status=IN_PROGRESS, due=Due(date=TODAY)), ""),
    ],
)
def test_late_is_what_lists_call_late(task: Task, late: str) -> None:
    standing_now = standing(task, TODAY, Lights())
    shown = way("w", [way_of(task)], TODAY)
    assert bool(late) == standing_now.overdue == way_of(task).is_late(TODAY)
    assert shown.svg.count('class="over-due"') == (2 if late else 0)  # in the legend, too
    assert (f"2017-{late}起逾期" in shown.description) is bool(late)


def test_where_waiting_in_time_is_not_spared_it_can_be_late() -> None:
    task = Task(status=APPLIED, due=Due(date=D(2017, 3, 1)), closing=CLOSING)
    assert way_of(task, lights=Lights(waiting_in_time="否")).is_late(TODAY)


def test_how_many_are_not_drawn_is_said() -> None:
    facts = [way_of(Task(id=f"A-{number}", status=NOT_STARTED)) for number in range(50)]
    shown = way("w", facts, TODAY, more=3)
    assert "另有13项没有画出。" in shown.svg
    assert len(shown.rows) == 40
    assert "50项事项" in shown.description
    assert "画出前40项" in shown.description
    assert "没有记日期" in shown.svg


def test_a_stage_is_a_status_from_a_day_on() -> None:
    assert way_of(Task(status=IN_PROGRESS, progress=(log(2, 1),))).stages == (
        Stage(IN_PROGRESS, D(2017, 2, 1)),
    )
