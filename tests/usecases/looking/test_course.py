"""The course of a task: everything that has a day, in the order of days."""

from __future__ import annotations

import datetime as dt

from ledger.model.task import (
    REMINDED,
    Applied,
    Closing,
    Extension,
    Lookback,
    Progress,
    Reviewed,
    Task,
)
from ledger.usecases.looking.background import Background
from ledger.usecases.looking.course import course

D = dt.date


def test_everything_in_the_order_of_days_and_what_has_none_last() -> None:
    task = Task(
        progress=(
            Progress(date=D(2017, 3, 1), text="办了"),
            Progress(text="没写日期"),
            Progress(date=D(2017, 2, 1), event=REMINDED),
        ),
        extensions=(Extension(date=D(2017, 3, 15), to=D(2017, 6, 1)),),
        past_closings=(Closing(decision="DZH", date=D(2017, 1, 20)),),
        closing=Closing(
            applied=Applied(date=D(2017, 5, 1)),
            reviewed=Reviewed(date=D(2017, 5, 2)),
            decision="DZH-2",
        ),
        lookback=(Lookback(date=D(2017, 8, 1), result="巩固"),),
    )
    steps = course(task, Background("2017-01-05", "办公室", "立项"))
    assert [(step.day and f"{step.day:%m-%d}", step.called) for step in steps] == [
        ("01-05", "立项"), ("01-20", "销号"), ("02-01", "催办"), ("03-01", "进展"),
        ("03-15", "延期"), ("05-01", "申请销号"), ("05-02", "审核"), ("08-01", "回头看"),
        (None, "进展"), (None, "会议"),
    ]  # fmt: skip
    assert steps[0].entry is not None
    assert [step.called for step in course(task)][:1] == ["销号"]


def test_a_closing_that_only_begins_is_no_meeting() -> None:
    applied = Closing(applied=Applied(date=D(2017, 5, 1)))
    assert [step.called for step in course(Task(closing=applied))] == ["申请销号"]
    odd = Closing(extra={"备注": "补记"})
    assert [step.called for step in course(Task(closing=odd))] == ["会议"]
