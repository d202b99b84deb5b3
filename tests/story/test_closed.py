"""A hostile committer against what was closed, reopened and reported, judged by all judges."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SOURCES
from tests.story.judges import refused_by_all
from tests.story.recorded import (
    AGAIN,
    APPLIED,
    CLOSED,
    IDS,
    LOG,
    OPEN,
    REOPENED,
    REVIEWED,
    ROUND,
    TASKS,
    TODAY,
    WAITING,
    Clone,
    meeting,
    record_path,
    task_path,
)
from tests.story.transports import Connect, by_turns

pytestmark = pytest.mark.xdist_group("records")  # one server for all, made once


def closing(**fields: Any) -> dict[str, Any]:
    return ROUND | fields


def another_day(clone: Clone) -> None:
    clone.task(CLOSED, closing=closing(date="2017-02-23"))


def a_day_years_on(clone: Clone) -> None:
    clone.task(CLOSED, closing=closing(date="2099-02-23"))


def another_meeting(clone: Clone) -> None:
    record = meeting("DZH-9", "2017-02-21", {CLOSED: "同意销号"})
    clone.write(record_path("DZH-9"), record)
    clone.commit("会议")
    clone.task(CLOSED, closing=closing(decision="DZH-9"))


def key_in_the_closing(clone: Clone) -> None:
    clone.task(CLOSED, closing=closing(备注="后补"))


def application_under_cover(clone: Clone) -> None:
    other = closing(applied=APPLIED | {"by": "另一个人"})
    clone.task(CLOSED, closing=other, progress=[*LOG, REOPENED])


def review_under_cover(clone: Clone) -> None:
    other = closing(reviewed=REVIEWED | {"opinion": "另一种意见"})
    back = REOPENED | {"event": "退回"}
    clone.task(CLOSED, closing=other, progress=[*LOG, back])


def reopened_before(clone: Clone) -> None:
    early = REOPENED | {"date": "2017-02-10"}
    clone.task(CLOSED, status="推进中", closing={}, past_closings=[ROUND], progress=[*LOG, early])


def reopened_in_2099(clone: Clone) -> None:
    late = REOPENED | {"date": "2099-01-01"}
    clone.task(CLOSED, status="推进中", closing={}, past_closings=[ROUND], progress=[*LOG, late])


def closed_again_after_a_backdated_reopening(clone: Clone) -> None:
    early = REOPENED | {"date": "2017-02-10"}
    clone.task(CLOSED, status="推进中", closing=None, progress=[*LOG, early])
    clone.commit("重开")
    clone.task(CLOSED, **WAITING)
    clone.commit("审核")
    clone.close(CLOSED)


def looked_at_before(clone: Clone) -> None:
    clone.task(CLOSED, lookback=[{"date": "2017-02-10", "by": "巡视办", "result": "巩固"}])


def looked_at_in_2099(clone: Clone) -> None:
    clone.task(CLOSED, lookback=[{"date": "2099-02-10", "by": "巡视办", "result": "巩固"}])


def reopened_and_forgotten(clone: Clone) -> None:
    clone.task(CLOSED, status="推进中", closing={}, progress=[*LOG, REOPENED])


def past_rewritten(clone: Clone) -> None:
    clone.task(AGAIN, past_closings=[ROUND | {"date": "2017-02-23"}])


def past_dropped(clone: Clone) -> None:
    clone.task(AGAIN, past_closings=None)


def closed_by_the_meeting_of_an_erased_round(clone: Clone) -> None:
    past_dropped(clone)
    clone.commit("清理")
    clone.close(AGAIN, past_closings=None)


def past_made_up(clone: Clone) -> None:
    clone.task(OPEN, past_closings=[ROUND])


def reported_in_2099(clone: Clone) -> None:
    clone.task(OPEN, progress=[*LOG, {"date": "2099-01-01", "by": "联络员", "text": "已完成"}])


def year_of_the_source(clone: Clone) -> None:
    clone.write("data/sources/GZ2017.yaml", SOURCES[0] | {"year": 2018})


def year_and_dates(clone: Clone) -> None:
    year_of_the_source(clone)
    clone.commit("来源")
    for task in IDS:
        clone.task(task, due={"text": "6月", "date": "2018-06-30"})


def another_source(clone: Clone) -> None:
    clone.write(f"data/tasks/ZG2020/{OPEN}.yaml", TASKS[OPEN] | {"source": "ZG2020"})
    (clone.root / task_path(OPEN)).unlink()


def review_under_a_reopening(clone: Clone) -> None:
    other = closing(reviewed=REVIEWED | {"opinion": "另一种意见"})
    clone.task(CLOSED, closing=other, progress=[*LOG, REOPENED])


def application_under_a_return(clone: Clone) -> None:
    other = closing(applied=APPLIED | {"summary": "另一种说法"})
    clone.task(CLOSED, closing=other, progress=[*LOG, REOPENED | {"event": "退回"}])


def day_of_an_end_that_is_lasting(clone: Clone) -> None:
    """The date of what was closed, one day back and forth in two commits of a push."""
    clone.task(CLOSED, closing=closing(date="2017-02-22"))
    clone.commit("改")
    clone.task(CLOSED, closing=ROUND)


def reopened_without_a_word(clone: Clone) -> None:
    clone.task(CLOSED, status="推进中", closing={}, past_closings=[ROUND])


def closed_straight_from_work(clone: Clone) -> None:
    clone.close(OPEN)


def as_another_kind(clone: Clone) -> None:
    clone.task(OPEN, kind="巡视整改")
    clone.commit("改类别")
    clone.task(OPEN, kind="工作要点")


def log_entry_before_the_others(clone: Clone) -> None:
    """Put where nobody looks, dated as if it had been there before."""
    early = {"date": "2017-01-01", "by": "联络员", "text": "早已完成"}
    clone.task(OPEN, progress=[early])


def extended_by_nobody(clone: Clone) -> None:
    clone.task(OPEN, due={"text": "6月", "date": "2017-09-30"})


def year_of_the_source_and_back(clone: Clone) -> None:
    """Between the two a report would say what nobody decided."""
    clone.write("data/sources/GZ2017.yaml", SOURCES[0] | {"year": 2018})
    clone.task(OPEN, due={"text": "6月", "date": "2018-06-30"})
    clone.commit("来源")
    clone.write("data/sources/GZ2017.yaml", SOURCES[0])


def source_deleted(clone: Clone) -> None:
    (clone.root / "data/sources/GZ2017.yaml").unlink()


def task_deleted_with_its_source(clone: Clone) -> None:
    source_deleted(clone)
    for task in IDS:
        clone.path(task).unlink()


CHEATS: tuple[tuple[Callable[[Clone], None], str], ...] = (
    (another_day, "C007"),
    (a_day_years_on, "C007"),
    (another_meeting, "C010"),
    (key_in_the_closing, "C010"),
    (application_under_cover, "C010"),
    (review_under_cover, "C010"),
    (reopened_before, "C008"),
    (reopened_in_2099, "C010"),
    (closed_again_after_a_backdated_reopening, "C008"),
    (looked_at_before, "C008"),
    (looked_at_in_2099, "C010"),
    (reopened_and_forgotten, "C010"),
    (past_rewritten, "C010"),
    (past_dropped, "C010"),
    (closed_by_the_meeting_of_an_erased_round, "C003"),
    (past_made_up, "C010"),
    (reported_in_2099, "C010"),
    (year_of_the_source, "C009"),
    (year_and_dates, "C009"),
    (another_source, "C009"),
    (review_under_a_reopening, "C010"),
    (application_under_a_return, "C010"),
    (day_of_an_end_that_is_lasting, "C007"),
    (reopened_without_a_word, "C008"),
    (closed_straight_from_work, "C003"),
    (as_another_kind, "C013"),
    (log_entry_before_the_others, "C010"),
    (extended_by_nobody, "C009"),
    (year_of_the_source_and_back, "C009"),
    (source_deleted, "T005"),
    (task_deleted_with_its_source, "C012"),
)

ATTACKS = {each.__name__: (each, code) for each, code in CHEATS}


@pytest.mark.parametrize(("case", "kind"), by_turns(ATTACKS))
def test_what_was_closed_stays(
    case: str, kind: str, clone: Clone, server: Path, connect: Connect
) -> None:
    cheat, code = ATTACKS[case]
    cheat(clone)
    clone.commit("改动")
    connect(clone, kind, server)
    refused_by_all(clone, code, TODAY)
