"""What counts in a task's file: overdue, late, empty, praised; and to whom."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from ledger.model.config import ScoreRules
from ledger.model.scoring import findings, value
from ledger.model.task import Applied, Closing, Due, Extension, Progress, Reviewed, Task

D = dt.date
FIRST, LAST = D(2017, 1, 1), D(2017, 12, 31)
RULES = ScoreRules()
SINGLE = Due(text="6月底前", date=D(2017, 6, 30))
SEVERAL = Due(text="3月、6月", date=D(2017, 6, 30), dates=(D(2017, 3, 31), D(2017, 6, 30)))


def task(
    due: Due = SINGLE, status: str = "推进中", closed: dt.date | None = None, **more: object
) -> Task:
    closing = Closing(decision="DZH-1", date=closed) if closed or status == "已销号" else None
    fields = {"id": "A-1", "due": due, "status": status, "closing": closing} | more
    return Task(**fields)  # type: ignore[arg-type]


def told(*entries: tuple[str, str]) -> tuple[Progress, ...]:
    return tuple(Progress(date=D.fromisoformat(day), text=text) for day, text in entries)


def reasons(judged: Task, first: dt.date = FIRST, last: dt.date = LAST) -> list[tuple[str, str]]:
    return [(e.reason, str(e.day or "")) for e in findings(judged, first, last, RULES)]


@pytest.mark.parametrize(
    ("judged", "expected"),
    [
        (task(), [("逾期", "2017-06-30")]),
        (task(status="已销号", closed=D(2017, 6, 30)), []),
        (task(status="已销号", closed=D(2017, 7, 1)), [("逾期", "2017-06-30")]),
        (task(status="已销号"), []),  # nobody wrote down when: believed
        (task(status="已中止"), []),
        (task(Due(text="长期")), []),
        (task(Due(date=D(2017, 12, 31))), [("逾期", "2017-12-31")]),
        (task(Due(date=D(2016, 12, 31))), []),  # counted the year before
        (
            task(extensions=(Extension(to=D(2017, 9, 30), from_=D(2017, 6, 30)),)),
            [("逾期", "2017-09-30")],
        ),
        (task(SEVERAL), [("迟报", "2017-03-31"), ("迟报", "2017-06-30")]),
        (
            task(SEVERAL, progress=told(("2017-04-05", "一季度的"), ("2017-07-06", "二季度的"))),
            [("迟报", "2017-06-30")],
        ),
        (
            task(SEVERAL, progress=told(("2017-03-30", "快要完成"), ("2017-07-01", "二季度的"))),
            [("迟报", "2017-03-31")],
        ),
        (
            task(SEVERAL, status="已销号", closed=D(2017, 4, 1)),
            [],
        ),
    ],
)
def test_missed_checkpoints(judged: Task, expected: list[tuple[str, str]]) -> None:
    assert reasons(judged) == expected


def applied(
    status: str, day: dt.date, due: Due = SINGLE, reviewed: bool = True, closed: bool = True
) -> Task:
    closing = Closing(
        applied=Applied(date=day),
        reviewed=Reviewed(date=D(2017, 7, 9)) if reviewed else None,
        date=D(2017, 7, 20) if closed and status == "已销号" else None,
    )
    return task(due, status, closing=closing)


@pytest.mark.parametrize(
    ("judged", "spared", "otherwise"),
    [
        (applied("申请销号", D(2017, 6, 30)), "", "到期没有销号"),
        (applied("待上会", D(2017, 6, 30)), "", "到期没有销号"),
        (applied("已销号", D(2017, 6, 30)), "", "到期后2017年7月20日才销号"),
        (applied("申请销号", D(2017, 7, 1)), "到期后2017年7月1日才申请销号", "到期没有销号"),
        (
            applied("已销号", D(2017, 7, 1)),
            "到期后2017年7月20日才销号",
            "到期后2017年7月20日才销号",
        ),
        # sent back, and not applied for again
        (applied("推进中", D(2017, 6, 30)), "到期没有销号", "到期没有销号"),
        # what nobody has reviewed is closed when it is closed
        (
            applied("已销号", D(2017, 6, 30), reviewed=False),
            "到期后2017年7月20日才销号",
            "到期后2017年7月20日才销号",
        ),
    ],
)
def test_an_application_in_time_keeps_the_deadline(
    judged: Task, spared: str, otherwise: str
) -> None:
    for spares, detail in ((True, spared), (False, otherwise)):
        marks = findings(judged, FIRST, LAST, RULES, spares=spares)
        assert [each.detail for each in marks if each.reason == "逾期"] == ([detail] * bool(detail))


def test_an_application_answers_the_checkpoints_that_come_after_it() -> None:
    assert reasons(applied("待上会", D(2017, 4, 5), SEVERAL)) == []
    assert reasons(applied("待上会", D(2017, 4, 6), SEVERAL)) == [("迟报", "2017-03-31")]
    assert reasons(applied("待上会", D(2017, 7, 6), SEVERAL)) == [
        ("迟报", "2017-03-31"),
        ("迟报", "2017-06-30"),
    ]


def test_the_last_day_is_not_missed_while_it_lasts() -> None:
    one = task(Due(date=D(2017, 6, 30)))
    assert findings(one, FIRST, D(2017, 6, 30), RULES, running=True) == ()
    assert findings(one, FIRST, D(2017, 7, 1), RULES, running=True)


@pytest.mark.parametrize("day", [D(2017, 3, 31), D(2017, 12, 31), D(2017, 1, 1), D(2017, 12, 28)])
def test_what_is_missed_counts_in_one_period_only(day: dt.date) -> None:
    months = [D(2017, 1, 1), D(2017, 4, 1), D(2018, 1, 1), D(2018, 4, 1)]
    spans = [(one, two - dt.timedelta(days=1)) for one, two in pairwise(months)]
    several = task(Due(text="两次", dates=(day, D(2019, 1, 1))))
    for missed in (task(Due(date=day)), several):
        assert sum(len(reasons(missed, *each)) for each in spans) == 1


def test_a_reminder_is_no_answer() -> None:
    reminded = Progress(date=D(2017, 4, 1), text="发出督办单", event="催办")
    assert reasons(task(SEVERAL, progress=(reminded,)))[0] == ("迟报", "2017-03-31")


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((("2017-02-01", "照计划办理"), ("2017-03-01", "照 计划\n办理")), ["2017-03-01"]),
        ((("2016-12-01", "照计划办理"), ("2017-03-01", "照计划办理")), ["2017-03-01"]),
        ((("2017-02-01", "同上"),), ["2017-02-01"]),
        ((("2017-02-01", "已经办完"),), []),
        ((("2016-12-01", "无"), ("2018-01-01", "无")), []),
    ],
)
def test_reports_that_say_nothing(
    entries: tuple[tuple[str, str], ...], expected: list[str]
) -> None:
    one = task(Due(text="长期"), progress=told(*entries))
    assert reasons(one) == [("空话", day) for day in expected]


def test_praise_is_a_tag() -> None:
    assert reasons(task(Due(), tags=("表扬",))) == [("表扬", "")]
    assert findings(task(Due(), tags=("",)), FIRST, LAST, ScoreRules(praise_tag="")) == ()


@pytest.mark.parametrize(
    ("reason", "leads", "expected"),
    [
        ("逾期", True, -2),
        ("逾期", False, -1),
        ("迟报", True, -1),
        ("迟报", False, 0),
        ("空话", True, -0.5),
        ("空话", False, 0),
        ("表扬", True, 1),
        ("表扬", False, 0),
    ],
)
def test_value(reason: str, leads: bool, expected: float) -> None:
    assert value(reason, RULES, leads) == expected
