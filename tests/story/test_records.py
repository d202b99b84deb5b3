"""A hostile committer against what was recorded: meetings, what they saw, what was closed.

Every way around is tried three times: pushed to a server with the gate, asked of `check --base`,
and looked for by the audit in a history that no gate has seen.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ledger.adapters.yamlread import parse
from ledger.model.case import case_digest
from ledger.model.decode import decode
from ledger.model.problem import Problem, has_errors
from ledger.model.task import Task
from ledger.usecases.auditing import audit
from ledger.usecases.checking import check_between
from ledger.usecases.gating import install_hook
from ledger.view.problems import problem_line
from tests.conftest import CONFIG, SOURCES, LedgerFolder, run_git
from tests.story.conftest import PUSHED

pytestmark = pytest.mark.xdist_group("records")  # one server for all, made once

TODAY = dt.date(2017, 3, 1)
READY, REFUSED, WITHDRAWN, CLOSED, MERGED, OPEN, AGAIN, LASTING, ENDING = IDS = tuple(
    f"GZ2017-00{number}" for number in range(1, 10)
)
FIRST, SECOND, ONLY_NO = "DZH-1", "DZH-2", "DZH-3"
APPLIED = {"date": "2017-02-02", "by": "联络员", "summary": "已完成"}
REVIEWED = {"date": "2017-02-03", "by": "巡视办", "opinion": "同意"}
BASIS = {"decision": FIRST, "date": "2017-02-21"}
LOG = [{"date": "2017-02-01", "by": "联络员", "text": "已部署"}]
REOPENED = {"date": "2017-02-24", "by": "巡视办", "text": "问题反弹", "event": "重开"}
PLAIN: dict[str, Any] = {
    "kind": "工作要点",
    "title": "开展检查",
    "source": "GZ2017",
    "measures": ["制定方案"],
    "lead": ["审业部"],
    "due": {"text": "6月", "date": "2017-06-30"},
    "status": "推进中",
    "progress": LOG,
    "evidence": [{"name": "检查报告", "archive": "档1"}],
}
WAITING = {"status": "待上会", "closing": {"applied": APPLIED, "reviewed": REVIEWED}}
ROUND = WAITING["closing"] | BASIS
FIELDS: dict[str, dict[str, Any]] = {
    READY: WAITING,
    REFUSED: WAITING,
    WITHDRAWN: WAITING,
    CLOSED: {"status": "已销号", "closing": ROUND},
    MERGED: WAITING,
    OPEN: {},
    AGAIN: WAITING | {"past_closings": [ROUND], "progress": [*LOG, REOPENED]},
    LASTING: {},
    ENDING: {},
}
TASKS = {task: PLAIN | {"id": task} | fields for task, fields in FIELDS.items()}
YES = {"for": 8, "against": 0, "abstain": 0}


def digest(data: dict[str, Any]) -> str:
    task = decode(Task, parse(json.dumps(data).encode()), [])
    assert task is not None
    return case_digest(task)


def meeting(name: str, day: str, results: dict[str, str], **fields: Any) -> dict[str, Any]:
    items = [
        {"task": task, "result": result, "votes": YES, "digest": digest(TASKS[task])}
        | ({"into": READY} if result == "并入" else {})
        for task, result in results.items()
    ]
    members = [f"委员{n}" for n in range(8)]
    head = {"id": name, "body": "党组会", "date": day, "chair": "委员0", "due_members": 9}
    return head | {"present": members, "items": items} | fields


RESULTS = dict.fromkeys((READY, WITHDRAWN, CLOSED, AGAIN), "同意销号") | {
    REFUSED: "不同意", MERGED: "并入", LASTING: "转为长期坚持", ENDING: "同意中止",
}  # fmt: skip
MEETINGS = {
    FIRST: meeting(FIRST, "2017-02-20", RESULTS),
    SECOND: meeting(SECOND, "2017-02-22", dict.fromkeys((WITHDRAWN, LASTING, ENDING), "继续整改")),
    ONLY_NO: meeting(ONLY_NO, "2017-02-20", {OPEN: "不同意"}),
}


class Clone(LedgerFolder):
    """A clone of the server, and ways to write into it."""

    def write(self, path: str, content: str | bytes | Mapping[str, Any]) -> Path:
        """As its base does; what stands in two places is written out in both."""
        own = json.loads(json.dumps(content)) if isinstance(content, Mapping) else content
        return LedgerFolder.write(self, path, own)

    def task(self, task: str, **fields: Any) -> None:
        """Write a task with other fields; None takes one away."""
        data = parse(self.path(task).read_bytes()) | fields
        self.write(task_path(task), {key: each for key, each in data.items() if each is not None})

    def meeting(self, name: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Write a meeting's record as a function changes it."""
        data = copy.deepcopy(MEETINGS[name])
        change(data)
        self.write(record_path(name), data)

    def close(self, task: str, decision: str = FIRST, **fields: Any) -> None:
        """Close a task by hand, as `ledger close` does."""
        basis = {"decision": decision, "date": "2017-02-25"}
        self.task(task, status="已销号", closing=WAITING["closing"] | basis, **fields)

    def end(self, task: str, status: str, **fields: Any) -> None:
        """Give a task another status that only a meeting can give."""
        before = (TASKS[task].get("closing") or {}) | {"decision": FIRST, "date": "2017-02-25"}
        self.task(task, status=status, closing=before, **fields)


def task_path(task: str) -> str:
    return f"data/tasks/GZ2017/{task}.yaml"


def record_path(name: str) -> str:
    return f"data/decisions/2017/{name}.yaml"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare repository with the gate; what is wrong comes with a clone's push."""
    folder = Clone(tmp_path_factory.mktemp("records") / "first")
    folder.root.mkdir()
    run_git(folder.root, "init", "--quiet", "--initial-branch=main")
    identify(folder.root)
    folder.write("ledger.yaml", CONFIG | PUSHED)
    for source in SOURCES:
        folder.write(f"data/sources/{source['id']}.yaml", source)
    for task, data in TASKS.items():
        folder.write(task_path(task), data)
    for name, data in MEETINGS.items():
        folder.write(record_path(name), data)
    folder.commit("旧台账")
    made = folder.root.parent / "server.git"
    run_git(folder.root, "clone", "--quiet", "--bare", ".", str(made))
    install_hook(made)
    return made


def identify(folder: Path) -> None:
    with (folder / ".git/config").open("a", encoding="utf-8") as config:
        config.write("[user]\n\tname = 巡视办\n\temail = office@example.com\n")


@pytest.fixture
def clone(server: Path, tmp_path: Path) -> Clone:
    run_git(tmp_path, "clone", "--quiet", str(server), "clone")
    identify(tmp_path / "clone")
    return Clone(tmp_path / "clone")


def push(folder: LedgerFolder, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", "push", *options, "origin", "HEAD:main"],
        cwd=folder.root,
        capture_output=True,
        text=True,
        check=False,
    )


def found(folder: LedgerFolder) -> tuple[Problem, ...]:
    """What `check --base` says of a push."""
    opened = folder.open()
    try:
        return check_between(opened, "origin/main", "HEAD", TODAY).problems
    finally:
        opened.cache.close()


def checked(folder: LedgerFolder) -> str:
    return "\n".join(map(problem_line, found(folder)))


def audited(folder: LedgerFolder) -> set[str]:
    opened = folder.open()
    try:
        found = audit(opened, "origin/main", "HEAD", False, lambda done, total: None)
    finally:
        opened.cache.close()
    return {each.problem.code for each in found.findings}


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


# -- 2: the digest is what the meeting could see ----------------------------------------------


def content_and_digest(clone: Clone) -> None:
    clone.close(READY, measures=["缩水的方案"])
    said = digest(TASKS[READY] | {"measures": ["缩水的方案"]})
    clone.meeting(FIRST, lambda data: data["items"][0].update(digest=said))


def digest_before_the_closing(clone: Clone) -> None:
    said = digest(TASKS[READY] | {"measures": ["缩水的方案"]})
    clone.meeting(FIRST, lambda data: data["items"][0].update(digest=said))
    clone.task(READY, measures=["缩水的方案"])
    clone.commit("修改")
    clone.close(READY)


def digest_dropped(clone: Clone) -> None:
    clone.meeting(FIRST, lambda data: data["items"][0].pop("digest"))


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


# -- 5: what is closed stays as it was closed -------------------------------------------------


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
)


@pytest.mark.parametrize(("cheat", "code"), CHEATS, ids=[each.__name__ for each, _ in CHEATS])
def test_what_was_recorded_stays(cheat: Callable[[Clone], None], code: str, clone: Clone) -> None:
    cheat(clone)
    clone.commit("改动")
    done = push(clone)
    assert done.returncode != 0
    assert f"：{code} " in done.stderr, done.stderr
    assert f"：{code} " in checked(clone)
    assert code in audited(clone)


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
    year_of_a_source_without_tasks,
)


@pytest.mark.parametrize("work", HONEST, ids=[each.__name__ for each in HONEST])
def test_honest_work_passes(
    work: Callable[[Clone], None], clone: Clone, server: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own.git"
    shutil.copytree(server, own)
    clone.git("remote", "set-url", "origin", str(own))
    work(clone)
    clone.commit("改动")
    assert audited(clone) <= {"D004"}  # the lost vote is a remark
    assert not has_errors(found(clone))
    done = push(clone)
    assert done.returncode == 0, done.stderr
    assert clone.git("rev-parse", "HEAD") == run_git(own, "rev-parse", "main")


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
    assert "：C011 " in push(clone).stderr
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
        found = audit(opened, "origin/main", "HEAD", False, lambda done, total: None).findings
    finally:
        opened.cache.close()
    last = clone.git("rev-parse", "HEAD").strip()
    (again,) = (each.problem for each in found if each.commit == last)
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
