"""Scores: sums, ranks, and the commit that shows each point."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from ledger.model.period import named
from ledger.usecases.bulletins.roll import roll_of
from ledger.usecases.bulletins.scores import ScoreFacts, score_facts
from ledger.usecases.reading.load import load

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

YEAR = named("annual", "2017")
LATE: dict[str, Any] = {"due": {"text": "6月", "date": "2017-06-30"}, "assist": ["条法司"]}


def scored(made: LedgerFolder, commit: str, today: dt.date = YEAR.last) -> ScoreFacts:
    ledger = made.open()
    try:
        snapshot = load(ledger, commit)
        lines = {each.id: each for each in roll_of(snapshot, today).lines.values()}
        return score_facts(ledger, snapshot, lines, YEAR, today)
    finally:
        ledger.cache.close()


def test_each_point_names_the_commit_that_shows_it(make_ledger: MakeLedger) -> None:
    made = make_ledger(commit=False)
    made.write_task(id="GZ2017-001", **LATE)
    made.commit("一", "2017-03-01")
    entry = {"date": "2017-05-02", "by": "联络员", "text": "同上"}
    made.write_task(id="GZ2017-001", progress=[entry], **LATE)
    second = made.commit("二", "2017-05-02")
    made.write_task(id="GZ2017-001", progress=[entry], tags=["表扬"], **LATE)
    third = made.commit("三", "2017-07-03")
    made.write_task(id="GZ2017-001", progress=[entry], tags=["表扬"], title="改名", **LATE)
    head = made.commit("四", "2017-08-01")
    scores = {each.department: each for each in scored(made, head).scores}
    assert [(p.value, p.reason, p.role, p.commit) for p in scores["审业部"].points] == [
        (-2, "逾期", "牵头", second),  # the state in which it went overdue
        (-0.5, "空话", "牵头", second),
        (1, "表扬", "牵头", third),
    ]
    assert [(p.value, p.reason, p.role, p.commit) for p in scores["条法司"].points] == [
        (-1, "逾期", "配合", second),
    ]
    assert scores["审业部"].total == 98.5
    assert {p.task for each in scores.values() for p in each.points} == {"GZ2017-001"}


def test_what_was_closed_in_time_and_reopened_later_was_not_late(make_ledger: MakeLedger) -> None:
    made = make_ledger(commit=False)
    ended = {"closing": {"decision": "DZH-2017-8", "date": "2017-05-04"}}
    made.write_task(**LATE, **ended, status="已销号")
    made.commit("一", "2017-05-05")
    back = {"date": "2017-10-18", "by": "督查室主任", "text": "反弹", "event": "重开"}
    made.write_task(**LATE, **ended, status="推进中", progress=[back])
    head = made.commit("二", "2017-10-18")
    assert [each.points for each in scored(made, head).scores] == [(), ()]


def test_a_late_report_is_shown_by_the_last_commit_in_which_it_was_missing(
    make_ledger: MakeLedger,
) -> None:
    due = {"text": "3月、12月", "dates": ["2017-03-31", "2017-12-31"], "date": "2017-12-31"}
    made = make_ledger(commit=False)
    made.write_task(due=due)
    made.commit("一", "2017-03-01")
    made.write_task(due=due, title="改名")
    second = made.commit("二", "2017-04-03")
    entry = {"date": "2017-04-20", "by": "联络员", "text": "一季度的办完了"}
    made.write_task(due=due, title="改名", progress=[entry])
    (score,) = scored(made, made.commit("三", "2017-04-20")).scores
    assert [(p.reason, p.commit) for p in score.points] == [("迟报", second)]


def test_a_task_that_came_overdue_is_shown_by_the_commit_that_brought_it(
    make_ledger: MakeLedger,
) -> None:
    made = make_ledger(commit=False)
    made.write_task(**LATE)
    first = made.commit("一", "2017-09-01")
    (point,) = scored(made, first).scores[-1].points
    assert point.commit == first


def test_what_is_not_due_yet_costs_nothing(make_ledger: MakeLedger) -> None:
    made = make_ledger([LATE])
    head = made.git("rev-parse", "HEAD").strip()
    scores = scored(made, head, dt.date(2017, 6, 30))
    assert [each.total for each in scores.scores] == [100, 100]


def test_praise_of_another_year_is_not_counted_again(make_ledger: MakeLedger) -> None:
    made = make_ledger(commit=False)
    made.write_task(tags=["表扬"], due=None)
    made.commit("去年", "2016-12-30")
    made.write_task(tags=["表扬"], due=None, title="改名")
    assert scored(made, made.commit("今年", "2017-02-01")).scores[0].points == ()


def test_equal_scores_share_a_rank(make_ledger: MakeLedger) -> None:
    tasks = [{"lead": [name]} for name in ("办公室", "条法司", "规划司")]
    made = make_ledger([*tasks, {"lead": ["审业部"], "tags": ["表扬"]}, {"lead": ["外单位"]}])
    scores = scored(made, made.git("rev-parse", "HEAD").strip(), dt.date(2017, 5, 1))
    assert [(each.rank, each.department, each.total) for each in scores.scores] == [
        (1, "审业部", 101),
        (2, "办公室", 100),
        (2, "条法司", 100),
        (2, "规划司", 100),
        (2, "外单位", 100),
    ]


def test_own_rules(make_ledger: MakeLedger) -> None:
    made = make_ledger([LATE], config={"scores": {"base": 60, "overdue_lead": 0.1}})
    points = {
        e.department: e.total for e in scored(made, made.git("rev-parse", "HEAD").strip()).scores
    }
    assert points == {"审业部": 59.9, "条法司": 59}


def test_a_department_that_leads_and_helps_pays_once(make_ledger: MakeLedger) -> None:
    made = make_ledger([{**LATE, "assist": ["审查业务管理部"]}])
    (only,) = scored(made, made.git("rev-parse", "HEAD").strip()).scores
    assert [each.value for each in only.points] == [-2]
