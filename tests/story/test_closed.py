"""A hostile committer against what was closed, reopened and reported, judged by all judges."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CONFIG, SOURCES
from tests.copying import copy_folder
from tests.story.judges import let_in_by_all, push, refused_by_all
from tests.story.recorded import (
    AGAIN,
    APPLIED,
    CLOSED,
    ENDING,
    FIRST,
    IDS,
    LASTING,
    LOG,
    MERGED,
    ONLY_NO,
    OPEN,
    PLAIN,
    PUSHED,
    READY,
    REFUSED,
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
from tests.story.transports import Connect, attacks

pytestmark = pytest.mark.xdist_group("records")  # one server for all, made once


RETURNED = REOPENED | {"event": "退回", "text": "材料不全"}


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


def past_in_a_new_task(clone: Clone) -> None:
    made_up = {"decision": "WU-1", "date": "2017-02-21"}
    clone.write(task_path("GZ2017-010"), PLAIN | {"id": "GZ2017-010", "past_closings": [made_up]})


def past_by_a_meeting_that_refused(clone: Clone) -> None:
    """Under cover of an honest 退回."""
    back = REOPENED | {"event": "退回"}
    made_up = [{"decision": FIRST, "date": "2017-02-21"}]
    clone.task(REFUSED, status="推进中", past_closings=made_up, progress=[*LOG, back])


def past_with_an_application(clone: Clone) -> None:
    made_up = [{"decision": ONLY_NO, "date": "2017-02-21"}]
    clone.task(OPEN, status="申请销号", closing={"applied": APPLIED}, past_closings=made_up)


def past_beside_that_which_was(clone: Clone) -> None:
    past = [ROUND, {"decision": FIRST, "date": "2017-02-20"}]
    clone.task(CLOSED, status="推进中", closing={}, past_closings=past, progress=[*LOG, REOPENED])


def past_twice(clone: Clone) -> None:
    clone.task(AGAIN, past_closings=[ROUND, ROUND])


def past_that_was_approved_only(clone: Clone) -> None:
    """Its meeting approved of it, but it was never closed: nobody reopened it either."""
    clone.task(READY, status="推进中", past_closings=[ROUND], progress=[*LOG, RETURNED])


def approve(clone: Clone, task: str, result: str, day: str = "2017-02-24") -> None:
    clone.write(record_path("DZH-9"), meeting("DZH-9", day, {task: result}))
    clone.commit("会议")


def ended(clone: Clone, task: str, result: str, status: str, **fields: Any) -> None:
    """A task comes to an end, or to 长期坚持, by a meeting; nothing is wrong with that."""
    approve(clone, task, result)
    before = TASKS[task].get("closing") or {}
    basis = before | {"decision": "DZH-9", "date": "2017-02-25"}
    clone.task(task, status=status, closing=basis, **fields)
    clone.commit("办理")


def cancelled_then_rewritten(clone: Clone) -> None:
    ended(clone, ENDING, "同意中止", "已中止")
    clone.task(ENDING, title="另一件事", lead=["办公室"])


def lasting_then_watered_down(clone: Clone) -> None:
    ended(clone, LASTING, "转为长期坚持", "长期坚持")
    clone.task(LASTING, measures=["缩水的方案"])


def lasting_then_without_evidence(clone: Clone) -> None:
    ended(clone, LASTING, "转为长期坚持", "长期坚持")
    clone.task(LASTING, evidence=[{"name": "另一份", "archive": "档2"}])


def merged_then_rewritten(clone: Clone) -> None:
    ended(clone, MERGED, "并入", "已中止", links=[{"rel": "并入", "id": READY}])
    clone.task(MERGED, problem="另一个问题", evidence=None)


def lasting_and_rewritten_at_once(clone: Clone) -> None:
    ended(clone, LASTING, "转为长期坚持", "长期坚持", goal="会上没有看到的目标")


def reopened_as_of(clone: Clone, day: str) -> None:
    """An approval that nobody needed is there; the task is reopened, and closed by it."""
    approve(clone, CLOSED, "同意销号", "2017-02-23")
    back = {"past_closings": [ROUND], "progress": [*LOG, REOPENED | {"date": day}]}
    clone.task(CLOSED, status="推进中", closing={}, **back)
    clone.commit("重开")
    applied = {"applied": APPLIED | {"date": "2017-02-28"}}
    clone.task(CLOSED, status="申请销号", closing=applied)
    clone.commit("申请")
    clone.git("config", "user.email", "review@example.com")
    reviewed = applied | {"reviewed": REVIEWED | {"date": "2017-02-28"}}
    clone.task(CLOSED, status="待上会", closing=reviewed)
    clone.commit("审核")
    basis = {"decision": "DZH-9", "date": "2017-03-01"}
    clone.task(CLOSED, status="已销号", closing=reviewed | basis)


def reopened_before_a_spare_approval(clone: Clone) -> None:
    reopened_as_of(clone, "2017-02-21")


def reopened_on_the_day_of_a_spare_approval(clone: Clone) -> None:
    reopened_as_of(clone, "2017-02-23")


def round_trip_by_a_spare_approval(clone: Clone) -> None:
    """The reopening and the second closing in one commit."""
    approve(clone, CLOSED, "同意销号")
    basis = {"decision": "DZH-9", "date": "2017-03-01"}
    late = {
        "applied": APPLIED | {"date": "2017-02-24"},
        "reviewed": REVIEWED | {"date": "2017-02-24"},
    }
    clone.task(CLOSED, closing=late | basis, past_closings=[ROUND], progress=[*LOG, REOPENED])


def closed_with(clone: Clone, applied: str, reviewed: str, date: str) -> None:
    """A waiting task, sent back, applied for and reviewed again; the approval is of 02-20."""
    back = {"closing": {}, "progress": [*LOG, RETURNED]}
    clone.task(READY, status="推进中", **back)
    clone.commit("退回")
    both = {"applied": APPLIED | {"date": applied}}
    clone.task(READY, status="申请销号", closing=both)
    clone.commit("申请")
    clone.git("config", "user.email", "review@example.com")
    both |= {"reviewed": REVIEWED | {"date": reviewed}}
    clone.task(READY, status="待上会", closing=both)
    clone.commit("审核")
    clone.task(READY, status="已销号", closing=both | {"decision": FIRST, "date": date})


def closed_before_its_review(clone: Clone) -> None:
    closed_with(clone, "2017-02-24", "2017-02-25", "2017-02-22")


def reviewed_before_the_application(clone: Clone) -> None:
    closed_with(clone, "2017-02-20", "2017-02-19", "2017-02-25")


def extended_for(reason: str, approver: str) -> Callable[[Clone], None]:
    entry = {"date": "2017-02-25", "from": "2017-06-30", "to": "2017-12-31"}
    extension = entry | {"reason": reason, "approved_by": approver}
    return lambda clone: clone.task(OPEN, extensions=[extension])


def reopened_for(reason: str) -> Callable[[Clone], None]:
    back = {"past_closings": [ROUND], "progress": [*LOG, REOPENED | {"text": reason}]}
    return lambda clone: clone.task(CLOSED, status="推进中", closing={}, **back)


def returned_for(reason: str) -> Callable[[Clone], None]:
    log = [*LOG, RETURNED | {"text": reason}]
    return lambda clone: clone.task(REFUSED, status="推进中", closing={}, progress=log)


def applied_with(summary: str) -> Callable[[Clone], None]:
    applied = {"applied": APPLIED | {"summary": summary}}
    return lambda clone: clone.task(OPEN, status="申请销号", closing=applied)


def reviewed_with(opinion: str) -> Callable[[Clone], None]:
    def cheat(clone: Clone) -> None:
        applied_with("已完成")(clone)
        clone.commit("申请")
        clone.git("config", "user.email", "review@example.com")
        both = {"applied": APPLIED, "reviewed": REVIEWED | {"opinion": opinion}}
        clone.task(OPEN, status="待上会", closing=both)

    return cheat


def looked_back(result: str) -> Callable[[Clone], None]:
    seen = {"date": "2017-02-26", "by": "巡视办", "result": result}
    return lambda clone: clone.task(CLOSED, lookback=[seen])


def titled(title: str) -> Callable[[Clone], None]:
    return lambda clone: clone.task(OPEN, title=title)


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
    (past_in_a_new_task, "C010"),
    (past_by_a_meeting_that_refused, "C010"),
    (past_with_an_application, "C010"),
    (past_beside_that_which_was, "C010"),
    (past_twice, "C010"),
    (past_that_was_approved_only, "C010"),
    (cancelled_then_rewritten, "C004"),
    (lasting_then_watered_down, "C004"),
    (lasting_then_without_evidence, "C004"),
    (merged_then_rewritten, "C004"),
    (lasting_and_rewritten_at_once, "C004"),
    (reopened_before_a_spare_approval, "C008"),
    (reopened_on_the_day_of_a_spare_approval, "C008"),
    (round_trip_by_a_spare_approval, "C008"),
    (closed_before_its_review, "C007"),
    (reviewed_before_the_application, "C007"),
)
UNSEEN = {
    "extended for dots": (extended_for("……", "局务会"), "C009"),
    "extended by a dash": (extended_for("等待批复", "—"), "C009"),
    "reopened for dashes": (reopened_for("——"), "C008"),
    "sent back for a dot": (returned_for("。"), "C001"),
    "applied with dashes": (applied_with("——"), "C001"),
    "reviewed with dots": (reviewed_with("……"), "C001"),
    "a look back without a result": (looked_back("—"), "C008"),
    "a title that cannot be seen": (titled("\u3164"), "T002"),
    "extended for nothing to be seen": (extended_for("\u200b", "局务会"), "C009"),
}

ATTACKS = {each.__name__: (each, code) for each, code in CHEATS} | UNSEEN


@pytest.mark.parametrize(("case", "kind"), attacks(ATTACKS))
def test_what_was_closed_stays(
    case: str, kind: str, clone: Clone, server: Path, connect: Connect
) -> None:
    cheat, code = ATTACKS[case]
    cheat(clone)
    clone.commit("改动")
    connect(clone, kind, server)
    refused_by_all(clone, code, TODAY, by=kind)


def test_no_calendar_moves_a_limit(clone: Clone, server: Path, tmp_path: Path) -> None:
    """Days off are added in one push, and the date is 'put right' by them in the next one."""
    own = tmp_path / "own.git"
    copy_folder(server, own)
    clone.git("remote", "set-url", "origin", str(own))
    clone.write("data/sources/GZ2017.yaml", SOURCES[0] | {"issued": "2017-02-01"})
    due = {"text": "10个工作日内", "date": "2017-02-15"}
    clone.write(task_path("GZ2017-010"), PLAIN | {"id": "GZ2017-010", "due": due})
    clone.commit("新增")
    off = {"holidays": [f"2017-02-{day}" for day in ("06", "07", "08", "09", "10")]}
    let_in_by_all(clone, TODAY)
    clone.git("fetch", "--quiet", "origin")
    calendar = {"calendar": CONFIG["calendar"] | off}
    clone.write("ledger.yaml", CONFIG | PUSHED | calendar)
    clone.commit("放假安排")
    assert push(clone).returncode == 0
    clone.git("fetch", "--quiet", "origin")
    start = clone.git("rev-parse", "HEAD").strip()
    clone.task("GZ2017-010", due=due | {"date": "2017-02-22"})
    clone.commit("改正日期")
    refused_by_all(clone, "C009", TODAY)
    clone.git("reset", "--quiet", "--hard", start)
    more = {"date": "2017-02-15", "from": "2017-02-15", "to": "2017-02-22"}
    more |= {"reason": "放假安排调整", "approved_by": "局务会"}
    clone.task("GZ2017-010", extensions=[more])
    clone.commit("延期")
    let_in_by_all(clone, TODAY)
