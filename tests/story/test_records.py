"""A hostile committer against recorded meetings and what they saw, judged by all judges."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.usecases.checking.audit import audit
from tests.conftest import SOURCES
from tests.copying import copy_folder
from tests.story.judges import audited, let_in_by_all, push, refused, refused_by_all
from tests.story.recorded import (
    AGAIN,
    APPLIED,
    CLOSED,
    ENDING,
    FIRST,
    LASTING,
    LOG,
    MEETINGS,
    MERGED,
    ONLY_NO,
    OPEN,
    READY,
    REFUSED,
    REOPENED,
    REVIEWED,
    ROUND,
    TASKS,
    TODAY,
    WAITING,
    WITHDRAWN,
    Clone,
    digest,
    meeting,
    record_path,
    task_path,
)
from tests.story.transports import Connect, attacks

pytestmark = pytest.mark.xdist_group("records")  # one server for all, made once


# -- 1: a recorded meeting is a record --------------------------------------------------------


def refusal_made_approval(clone: Clone) -> None:
    clone.meeting(FIRST, lambda data: data["items"][4].update(result="同意销号"))


def refusal_made_approval_then_used(clone: Clone) -> None:
    refusal_made_approval(clone)
    clone.commit("记录")
    clone.close(REFUSED)


def refusal_deleted(clone: Clone) -> None:
    (clone.root / record_path(ONLY_NO)).unlink()


def fewer_due(clone: Clone) -> None:
    clone.meeting(ONLY_NO, lambda data: data.update(due_members=8))


def votes_raised_with_the_closing(clone: Clone) -> None:
    clone.meeting(FIRST, lambda data: data["items"][0]["votes"].update({"for": 7, "against": 1}))
    clone.close(READY)


def key_in_an_item(clone: Clone) -> None:
    clone.meeting(FIRST, lambda data: data["items"][2].update(备注="后补"))


def record_moved(clone: Clone) -> None:
    clone.git("mv", record_path(ONLY_NO), "data/decisions/moved.yaml")


def record_in_another_case(clone: Clone) -> None:
    clone.git("mv", record_path(ONLY_NO), record_path(ONLY_NO.lower()))


def edited_in_the_same_push(clone: Clone) -> None:
    record = meeting("DZH-9", "2017-02-26", {OPEN: "不同意"})
    clone.write(record_path("DZH-9"), record)
    clone.commit("会议")
    clone.write(record_path("DZH-9"), record | {"minutes": "补"})


def corrected_by_circulation(clone: Clone) -> None:
    record = meeting("QY-1", "2017-02-26", {REFUSED: "同意销号"}, body="圈阅", corrects=FIRST)
    clone.write(record_path("QY-1"), record)


def corrected_by_a_lost_vote(clone: Clone) -> None:
    record = meeting("DZH-9", "2017-02-26", {REFUSED: "同意销号"}, corrects=FIRST)
    record["items"][0]["votes"] = {"for": 4, "against": 4}
    clone.write(record_path("DZH-9"), record)


def corrects_nothing(clone: Clone) -> None:
    record = meeting("DZH-9", "2017-02-26", {REFUSED: "不同意"}, corrects="DZH-8")
    clone.write(record_path("DZH-9"), record)


def closed_though_withdrawn(clone: Clone) -> None:
    clone.close(WITHDRAWN)


def lasting_though_withdrawn(clone: Clone) -> None:
    clone.end(LASTING, "长期坚持")


def cancelled_though_withdrawn(clone: Clone) -> None:
    clone.end(ENDING, "已中止")


def closed_by_a_lost_vote(clone: Clone) -> None:
    record = meeting("DZH-9", "2017-02-24", {REFUSED: "同意销号"})
    record["items"][0]["votes"] = {"for": 4, "against": 4}
    clone.write(record_path("DZH-9"), record)
    clone.commit("会议")
    clone.close(REFUSED, "DZH-9")


def closed_again_by_the_old_meeting(clone: Clone) -> None:
    clone.close(AGAIN)


def merged_into_another(clone: Clone) -> None:
    clone.end(MERGED, "已中止", links=[{"rel": "并入", "id": OPEN}])


def merged_though_withdrawn(clone: Clone) -> None:
    record = meeting("DZH-9", "2017-02-24", {MERGED: "继续整改"})
    clone.write(record_path("DZH-9"), record)
    clone.commit("会议")
    clone.end(MERGED, "已中止", links=[{"rel": "并入", "id": READY}])


def merged_without_saying(clone: Clone) -> None:
    clone.end(MERGED, "已中止")


def an_open_task_says_merged(clone: Clone) -> None:
    clone.task(OPEN, links=[{"rel": "并入", "id": READY}])


def a_closed_task_says_merged(clone: Clone) -> None:
    clone.task(CLOSED, links=[{"rel": "并入", "id": READY}])


def fewer_due_then_closed(clone: Clone) -> None:
    clone.meeting(FIRST, lambda data: data.update(due_members=8))
    clone.commit("记录")
    clone.close(READY)


def used_record_after_a_reopening(clone: Clone) -> None:
    clone.reopen(CLOSED)
    clone.commit("重开")
    clone.meeting(FIRST, lambda data: data["items"][2]["votes"].update({"for": 7, "against": 1}))


def used_record_after_its_closing_was_dropped(clone: Clone) -> None:
    clone.task(CLOSED, status="推进中", closing=None)
    clone.commit("去掉销号")
    clone.meeting(FIRST, lambda data: data["items"].pop(2))


def record_replaced_by_a_link(clone: Clone) -> None:
    place = clone.root / record_path(ONLY_NO)
    place.rename(place.with_name("x.txt"))
    place.symlink_to("x.txt")


def record_in_another_year(clone: Clone) -> None:
    place = clone.root / "data/decisions/2018" / f"{ONLY_NO}.yaml"
    place.parent.mkdir()
    (clone.root / record_path(ONLY_NO)).rename(place)


def record_renamed(clone: Clone) -> None:
    """The same meeting under another id, so that nothing seems to have been changed."""
    (clone.root / record_path(ONLY_NO)).unlink()
    clone.write(record_path("DZH-8"), MEETINGS[ONLY_NO] | {"id": "DZH-8"})


def record_broken_then_rewritten(clone: Clone) -> None:
    clone.write(record_path(ONLY_NO), "id: [")
    clone.commit("弄坏")
    clone.meeting(ONLY_NO, lambda data: data["items"][0].update(result="同意销号"))


def record_rewritten_and_restored(clone: Clone) -> None:
    """Between the two the closing is judged by what never stood: the whole shows nothing."""
    clone.meeting(FIRST, lambda data: data["items"][4].update(result="同意销号"))
    clone.commit("改")
    clone.write(record_path(FIRST), MEETINGS[FIRST])


def ended_again_by_the_old_meeting(clone: Clone) -> None:
    record = meeting("DZH-9", "2017-02-24", {ENDING: "同意中止"})
    clone.write(record_path("DZH-9"), record)
    clone.commit("会议")
    basis = {"decision": "DZH-9", "date": "2017-02-25"}
    clone.task(ENDING, status="已中止", closing=basis)
    clone.commit("中止")
    clone.task(
        ENDING,
        status="推进中",
        closing=None,
        past_closings=[basis],
        progress=[*LOG, REOPENED | {"date": "2017-02-25"}],
    )
    clone.commit("重开")
    clone.task(ENDING, status="已中止", closing=basis | {"date": "2017-02-26"})


def approved_in_the_future(clone: Clone) -> None:
    clone.write(record_path("DZH-9"), meeting("DZH-9", "2099-02-24", {REFUSED: "同意销号"}))


def approved_before_a_refusal_that_is_known(clone: Clone) -> None:
    """Of an earlier day, recorded later: the refusal still is the last word."""
    clone.write(record_path("DZH-9"), meeting("DZH-9", "2017-02-19", {REFUSED: "同意销号"}))
    clone.commit("会议")
    clone.close(REFUSED, "DZH-9")


def approved_by_a_meeting_of_another_task(clone: Clone) -> None:
    clone.close(REFUSED, ONLY_NO)


# -- 2: the digest is what the meeting could see ----------------------------------------------


def content_and_digest(clone: Clone) -> None:
    clone.close(READY, measures=["缩水的方案"])
    forged = digest(TASKS[READY] | {"measures": ["缩水的方案"]})
    clone.meeting(FIRST, lambda data: data["items"][0].update(digest=forged))


def digest_before_the_closing(clone: Clone) -> None:
    forged = digest(TASKS[READY] | {"measures": ["缩水的方案"]})
    clone.meeting(FIRST, lambda data: data["items"][0].update(digest=forged))
    clone.task(READY, measures=["缩水的方案"])
    clone.commit("修改")
    clone.close(READY)


def digest_dropped(clone: Clone) -> None:
    clone.meeting(FIRST, lambda data: data["items"][0].pop("digest"))


def digest_dropped_and_filled_in(clone: Clone) -> None:
    """As a tool would that fills in what is missing, from content that was changed meanwhile."""
    clone.meeting(FIRST, lambda data: data["items"][0].pop("digest"))
    clone.task(READY, measures=["缩水的方案"])
    clone.commit("修改")
    forged = digest(TASKS[READY] | {"measures": ["缩水的方案"]})
    clone.meeting(FIRST, lambda data: data["items"][0].update(digest=forged))
    clone.commit("补上")
    clone.close(READY)


def key_on_the_task(clone: Clone) -> None:
    clone.close(READY, 备注="会后加的")


def link_before_the_closing(clone: Clone) -> None:
    clone.task(READY, links=[{"rel": "源自", "id": OPEN}])
    clone.commit("关联")
    clone.close(READY)


def content_with_the_record(clone: Clone) -> None:
    clone.task(REFUSED, goal="会上没有看到的目标")
    record = meeting("DZH-9", "2017-02-24", {REFUSED: "同意销号"})
    record["items"][0]["digest"] = digest(TASKS[REFUSED] | {"goal": "会上没有看到的目标"})
    clone.write(record_path("DZH-9"), record)


def closed_by_a_record_without_digest(clone: Clone) -> None:
    record = meeting("DZH-9", "2017-02-24", {REFUSED: "同意销号"})
    del record["items"][0]["digest"]
    clone.write(record_path("DZH-9"), record)
    clone.commit("会议")
    clone.close(REFUSED, "DZH-9")


def key_in_the_evidence(clone: Clone) -> None:
    clone.close(READY, evidence=[{"name": "检查报告", "archive": "档1", "备注": "换过"}])


def key_in_the_time_limit(clone: Clone) -> None:
    clone.close(READY, due={"text": "6月", "date": "2017-06-30", "备注": "另定"})


def link_with_the_closing(clone: Clone) -> None:
    clone.close(READY, links=[{"rel": "源自", "id": OPEN}])


def key_in_what_is_closed(clone: Clone) -> None:
    clone.task(CLOSED, evidence=[{"name": "检查报告", "archive": "档1", "备注": "换过"}])


CHEATS: tuple[tuple[Callable[[Clone], None], str], ...] = (
    (refusal_made_approval, "C011"),
    (refusal_made_approval_then_used, "C011"),
    (refusal_deleted, "C011"),
    (fewer_due, "C011"),
    (votes_raised_with_the_closing, "C011"),
    (key_in_an_item, "C011"),
    (record_moved, "C011"),
    (record_in_another_case, "C011"),
    (edited_in_the_same_push, "C011"),
    (corrected_by_circulation, "D002"),
    (corrected_by_a_lost_vote, "D004"),
    (corrects_nothing, "D007"),
    (closed_though_withdrawn, "C003"),
    (lasting_though_withdrawn, "C003"),
    (cancelled_though_withdrawn, "C003"),
    (closed_by_a_lost_vote, "C003"),
    (closed_again_by_the_old_meeting, "C003"),
    (merged_into_another, "C003"),
    (merged_though_withdrawn, "C003"),
    (merged_without_saying, "C003"),
    (an_open_task_says_merged, "C002"),
    (a_closed_task_says_merged, "C002"),
    (content_and_digest, "C011"),
    (digest_before_the_closing, "C011"),
    (digest_dropped, "C011"),
    (content_with_the_record, "C004"),
    (closed_by_a_record_without_digest, "C004"),
    (key_in_the_evidence, "C004"),
    (key_in_the_time_limit, "C004"),
    (link_with_the_closing, "C004"),
    (key_in_what_is_closed, "C004"),
    (fewer_due_then_closed, "C011"),
    (used_record_after_a_reopening, "C011"),
    (used_record_after_its_closing_was_dropped, "C011"),
    (record_replaced_by_a_link, "C011"),
    (record_in_another_year, "C011"),
    (record_renamed, "C011"),
    (record_broken_then_rewritten, "C011"),
    (record_rewritten_and_restored, "C011"),
    (ended_again_by_the_old_meeting, "C003"),
    (approved_in_the_future, "D009"),
    (approved_before_a_refusal_that_is_known, "C003"),
    (approved_by_a_meeting_of_another_task, "C003"),
    (digest_dropped_and_filled_in, "C011"),
    (key_on_the_task, "C004"),
    (link_before_the_closing, "C004"),
)

ATTACKS = {each.__name__: (each, code) for each, code in CHEATS}


@pytest.mark.parametrize(("case", "kind"), attacks(ATTACKS))
def test_what_was_recorded_stays(
    case: str, kind: str, clone: Clone, server: Path, connect: Connect
) -> None:
    cheat, code = ATTACKS[case]
    cheat(clone)
    clone.commit("改动")
    connect(clone, kind, server)
    refused_by_all(clone, code, TODAY, by=kind)


# -- honest work ------------------------------------------------------------------------------


def honest_closing(clone: Clone) -> None:
    clone.close(READY)


def honest_merging(clone: Clone) -> None:
    clone.end(MERGED, "已中止", links=[{"rel": "并入", "id": READY}])


def content_first_then_the_record(clone: Clone) -> None:
    clone.task(REFUSED, goal="补充的目标")
    clone.commit("补充")
    record = meeting("DZH-9", "2017-02-24", {REFUSED: "同意销号"})
    record["items"][0]["digest"] = digest(TASKS[REFUSED] | {"goal": "补充的目标"})
    clone.write(record_path("DZH-9"), record)
    clone.commit("会议")
    clone.close(REFUSED, "DZH-9", goal="补充的目标")


def a_meeting_corrects_another(clone: Clone) -> None:
    """On the very day, so that only what it says puts it after the other."""
    record = meeting("DZH-9", "2017-02-20", {REFUSED: "同意销号"}, corrects=FIRST)
    clone.write(record_path("DZH-9"), record)
    clone.commit("更正")
    clone.close(REFUSED, "DZH-9")


def approved_again_after_the_withdrawal(clone: Clone) -> None:
    clone.write(record_path("DZH-9"), meeting("DZH-9", "2017-02-24", {WITHDRAWN: "同意销号"}))
    clone.commit("会议")
    clone.close(WITHDRAWN, "DZH-9")


def a_vote_is_lost(clone: Clone) -> None:
    record = meeting("DZH-9", "2017-02-24", {READY: "同意中止"})
    record["items"][0]["votes"] = {"for": 4, "against": 4}
    clone.write(record_path("DZH-9"), record)
    clone.commit("会议")
    clone.close(READY)  # what was voted down takes nothing back


def reopened_and_closed_again(clone: Clone) -> None:
    clone.task(
        CLOSED, status="推进中", closing={}, past_closings=[ROUND], progress=[*LOG, REOPENED]
    )
    clone.commit("重开")
    clone.task(CLOSED, status="申请销号", closing={"applied": APPLIED})
    clone.commit("申请")
    clone.task(CLOSED, **WAITING)
    clone.git("config", "user.email", "reviewer@example.com")
    clone.commit("审核")
    clone.write(record_path("DZH-9"), meeting("DZH-9", "2017-02-24", {CLOSED: "同意销号"}))
    clone.commit("会议")
    clone.close(CLOSED, "DZH-9")


def looked_at(clone: Clone) -> None:
    clone.task(CLOSED, lookback=[{"date": "2017-02-26", "by": "巡视办", "result": "巩固"}])


def lasting_goes_on(clone: Clone) -> None:
    """What is 长期坚持 gets reports, looks back, evidence and more time, in one push with it."""
    clone.write(record_path("DZH-9"), meeting("DZH-9", "2017-02-24", {LASTING: "转为长期坚持"}))
    clone.commit("会议")
    basis = {"decision": "DZH-9", "date": "2017-02-25"}
    clone.task(LASTING, status="长期坚持", closing=basis)
    clone.commit("转为长期坚持")
    seen = {"date": "2017-02-26", "by": "巡视办", "result": "保持"}
    report = {"date": "2017-02-26", "by": "联络员", "text": "每月检查一次"}
    clone.task(LASTING, progress=[*LOG, report], lookback=[seen])
    clone.commit("进展")
    proofs = TASKS[LASTING]["evidence"]
    clone.task(LASTING, evidence=[*proofs, {"name": "二月检查", "archive": "档2"}])
    clone.commit("材料")
    more = {"date": "2017-02-27", "from": "2017-06-30", "to": "2017-12-31"}
    more |= {"reason": "等待批复", "approved_by": "局务会"}
    clone.task(LASTING, extensions=[more])
    clone.commit("延期")
    clone.task(
        LASTING,
        evidence=[
            *proofs,
            {"name": "二月检查", "archive": "档2"},
            {"name": "三月", "archive": "3"},
        ],
    )


def reopened_the_day_after_a_spare_approval(clone: Clone) -> None:
    clone.write(record_path("DZH-9"), meeting("DZH-9", "2017-02-23", {CLOSED: "同意销号"}))
    clone.commit("会议")
    clone.reopen(CLOSED)


def all_on_one_day(clone: Clone) -> None:
    """Applied, reviewed, decided and closed on the day of the meeting."""
    clone.write(record_path("DZH-9"), meeting("DZH-9", "2017-02-24", {OPEN: "同意销号"}))
    clone.commit("会议")
    applied = {"applied": APPLIED | {"date": "2017-02-24"}}
    clone.task(OPEN, status="申请销号", closing=applied)
    clone.commit("申请")
    clone.git("config", "user.email", "reviewer@example.com")
    both = applied | {"reviewed": REVIEWED | {"date": "2017-02-24"}}
    clone.task(OPEN, status="待上会", closing=both)
    clone.commit("审核")
    basis = {"decision": "DZH-9", "date": "2017-02-24"}
    clone.task(OPEN, status="已销号", closing=both | basis)


def year_of_a_source_without_tasks(clone: Clone) -> None:
    clone.write("data/sources/ZG2020.yaml", SOURCES[1] | {"year": 2021})


HONEST = (
    honest_closing,
    honest_merging,
    content_first_then_the_record,
    a_meeting_corrects_another,
    approved_again_after_the_withdrawal,
    a_vote_is_lost,
    reopened_and_closed_again,
    looked_at,
    lasting_goes_on,
    reopened_the_day_after_a_spare_approval,
    all_on_one_day,
    year_of_a_source_without_tasks,
)


@pytest.mark.parametrize("work", HONEST, ids=[each.__name__ for each in HONEST])
def test_honest_work_passes(
    work: Callable[[Clone], None], clone: Clone, server: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own.git"
    copy_folder(server, own)
    clone.git("remote", "set-url", "origin", str(own))
    work(clone)
    clone.commit("改动")
    let_in_by_all(clone, TODAY, remarks="D004")  # the lost vote is one


def test_a_merge_may_not_rewrite_a_record_of_its_branch(clone: Clone) -> None:
    """Recorded on one side, changed by the merge: neither side's commits did it."""
    record = meeting("DZH-9", "2017-02-24", {OPEN: "不同意"})
    clone.write(record_path("DZH-9"), record)
    clone.commit("会议")
    clone.git("switch", "--quiet", "-c", "side", "HEAD~1")
    clone.commit("另一条线")
    clone.git("switch", "--quiet", "main")
    clone.git("merge", "--quiet", "--no-ff", "--no-commit", "side")
    clone.write(record_path("DZH-9"), record | {"minutes": "补"})
    clone.commit("合并")
    refused(push(clone), "C011")
    assert "C011" in audited(clone)


def test_the_meeting_of_a_round_that_was_erased_is_found_when_it_closes_again(
    clone: Clone,
) -> None:
    """Its reopening is erased, too: no file says any more that the approval was used."""
    clone.close(READY)
    clone.commit("销号")
    first = clone.git("rev-parse", "HEAD").strip()
    clone.task(READY, status="待上会", closing=WAITING["closing"])
    clone.commit("抹去")
    clone.close(READY)
    clone.commit("再销号")
    opened = clone.open()
    try:
        findings = audit(opened, "origin/main", "HEAD", False, lambda done, total: None).findings
    finally:
        opened.cache.close()
    last = clone.git("rev-parse", "HEAD").strip()
    (again,) = (each.problem for each in findings if each.commit == last)
    assert (again.code, again.path) == ("C003", task_path(READY))
    assert first[:10] in again.message


def test_a_branch_that_records_and_closes_is_judged_inside_its_merge(clone: Clone) -> None:
    """The merge as one step brings the content, too; the commit within did not."""
    clone.git("switch", "--quiet", "-c", "side")
    content_first_then_the_record(clone)
    clone.commit("销号")
    clone.git("switch", "--quiet", "main")
    clone.git("-c", "user.email=lead@example.com", "merge", "--quiet", "--no-ff", "side")
    assert audited(clone) == set()
    clone.git("switch", "--quiet", "-C", "side", "origin/main")
    content_with_the_record(clone)
    clone.commit("一起")
    clone.git("switch", "--quiet", "-C", "main", "origin/main")
    clone.git("-c", "user.email=lead@example.com", "merge", "--quiet", "--no-ff", "side")
    assert "C004" in audited(clone)
