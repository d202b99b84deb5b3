"""C002-C007: rules on what only a meeting can give, closings above all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise

from ledger.model.case import case_digest, goes_on_as, is_as_seen
from ledger.model.change import Change
from ledger.model.decision import CONTINUE, MERGE_INTO, Decision, DecisionItem
from ledger.model.problem import Problem
from ledger.model.snapshot import Snapshot
from ledger.model.task import CANCELLED, CLOSED, IN_PROGRESS, ONGOING, REOPENED, Closing, Link, Task
from ledger.model.transition import NEEDED
from ledger.model.voting import objections
from ledger.rules.base import Context, of_file, on_task
from ledger.rules.basis import decision_of, overruled, supersedes
from ledger.rules.tasks import is_tangible

_BASIS = ("closing", "decision")


def c002_no_decision(change: Change, context: Context) -> Iterator[Problem]:
    """C002: what only a meeting can do names a meeting that is recorded."""
    for new in decided(change):
        if decision_of(change.new, new) is None:
            lack = f"会议记录 {new.meeting} 不存在" if new.meeting else "没有集体决策"
            message = f"{new.id} {lack}，不能成为“{new.status}”"
            hint = "请先用 ledger decide 记录会议，再用 ledger close 办理"
            yield on_task(change, new, "C002", message, hint, _BASIS)
    for old, new in change.kept():
        resumed = (old.status, new.status) == (ONGOING, IN_PROGRESS)
        if resumed and not _told_to_go_on(change, old, context):
            message = f"{new.id} 没有集体决策，不能从“{ONGOING}”转回“{IN_PROGRESS}”"
            hint = f"请先用 ledger decide 记录会议，结论为“{CONTINUE}”"
            yield on_task(change, new, "C002", message, hint, ("status",))
    for new, link in _claimed(change):
        if _merging(change.new, new) is None:
            message = f"{new.id} 没有集体决策，不能写明{MERGE_INTO} {link.id}"
            hint = f"请恢复原样；会议决定{MERGE_INTO}的，用 ledger close 办理"
            yield on_task(change, new, "C002", message, hint, ("links",))


def c003_not_approved(change: Change, context: Context) -> Iterator[Problem]:
    """C003: the meeting decided just this on just this task, and its decision stands."""
    for new in decided(change):
        decision = decision_of(change.new, new)
        if decision is None:
            continue
        item = decision.on(new.id)
        if item is None or item.result not in NEEDED[new.status]:
            verdict = f"结论是“{item.result}”" if item else "没有议过它"
            message = f"{decision.id} 对 {new.id} {verdict}，不能据以成为“{new.status}”"
            yield on_task(change, new, "C003", message, "请核对会议记录的编号和结论", _BASIS)
            continue
        before = change.old.task(new.id) or new  # a change of kind must not choose a milder policy
        policy = context.config.policies.for_kind(before.kind)
        later = overruled(change.new, decision, new, policy, sent_back=False)
        undone = _undone(change, new, decision)
        against = (*objections(decision, item, policy), *undone, later)
        for objection in filter(None, against):
            message = f"{decision.id} 不能作为 {new.id} 的依据：{objection}"
            yield on_task(change, new, "C003", message, "请提交有权决定的会议重新审议", _BASIS)
    for new, item in _merged_otherwise(change):
        verdict = (
            f"会议把 {new.id} {MERGE_INTO} {item.into}" if item.into else "会议没有说并入哪一项"
        )
        message = f"{verdict}，{new.id} 的关联写的不是这样"
        yield on_task(change, new, "C003", message, "请照会议的结论填写", ("links",))


def c004_content(change: Change, context: Context) -> Iterator[Problem]:
    """C004: what rests on a meeting is what the meeting saw, at the end and ever after.

    What is 长期坚持 goes on: it may get more evidence and extensions.
    """
    for old, new in (*((None, each) for each in decided(change)), *_ended_but_edited(change)):
        decision = decision_of(change.new, new)
        item = decision.on(new.id) if decision else None
        if decision is None or item is None:
            continue
        loose = next((each for each in new.evidence if each.path and not each.sha256), None)
        if not (is_as_seen(new, item.digest) or (old and goes_on_as(old, new))):
            message = (
                f"{new.id} 的内容与上会时不一样"
                if item.digest
                else f"{decision.id} 没有 {new.id} 上会材料的摘要值"
            )
            hint = "请恢复上会时的内容，或把改过的内容重新提交会议"
            yield on_task(change, new, "C004", message, hint, ("id",))
        elif loose is not None:
            message = f"{new.id} 的佐证材料 {loose.path} 没有校验值，说不清会议看到的是哪一份"
            hint = "请补上校验值，重新提交会议"
            yield on_task(change, new, "C004", message, hint, ("evidence",))


def c004_as_recorded(change: Change, context: Context) -> Iterator[Problem]:
    """C004: the digest in a new record is that of the case as it stood before the commit.

    What a commit brings together with the record of the meeting, no meeting saw.
    """
    for entry in change.new.decisions:
        if entry.record.id in change.old.decision_by_id:
            continue
        for position, item in enumerate(entry.record.items):
            task = change.old.task(item.task)
            if item.digest and (task is None or case_digest(task) != item.digest):
                message = f"{entry.record.id} 里 {item.task} 的摘要值不是登记会议之前的内容"
                hint = "请先提交上会的内容，再用 ledger decide 登记会议"
                yield of_file(entry, "C004", message, hint, ("items", position, "digest"))


def c005_no_evidence(change: Change, context: Context) -> Iterator[Problem]:
    """C005: nothing is closed without evidence; a mere name is none."""
    for new in decided(change):
        if new.status == CLOSED and not any(map(is_tangible, new.evidence)):
            message = f"{new.id} 没有佐证材料，不能销号"
            hint = "请用 ledger evidence add 登记佐证材料"
            old = change.old.task(new.id)
            if old and old.status == CLOSED:
                hint = "请先用 ledger reopen 重开，登记佐证材料后再申请、上会"
            yield on_task(change, new, "C005", message, hint, ("evidence",))


def c006_same_person(change: Change, context: Context) -> Iterator[Problem]:
    """C006: who applied is not who reviewed, and both are somebody."""
    people = context.config.policies.people()
    for old, new in change.present():
        closing = new.closing
        if closing is None or (old is not None and old.closing == closing):
            continue
        applied, reviewed = closing.applied, closing.reviewed
        if applied is None or reviewed is None:
            continue
        place, hint = ("closing", "reviewed"), "请由另一个人审核"
        applicant, reviewer = people.who(applied.by), people.who(reviewed.by)
        if not applicant or not reviewer:
            message = f"{new.id} 的{'审核人' if applicant else '申请人'}没有姓名"
            yield on_task(change, new, "C006", message, "请写明姓名或职务", place)
        elif applicant == reviewer:
            message = f"{new.id} 由 {applied.by} 一人既申请又审核"
            yield on_task(change, new, "C006", message, hint, place)


def c007_too_early(change: Change, context: Context) -> Iterator[Problem]:
    """C007: a task ends on or after the day of the decision, not in the future; that day stays."""
    for new in decided(change):
        decision, closing = decision_of(change.new, new), new.closing
        if decision is None or not (closing and closing.decision):
            continue
        before, steps = _day_before(change, new), _out_of_turn(new)
        if closing.date is None:
            fault, hint = "没有销号日期", "请填写 closing.date"
        elif decision.date and closing.date < decision.date:
            fault = f"{closing.date.isoformat()} 销号，早于会议日期 {decision.date.isoformat()}"
            hint = "请改正销号日期"
        elif steps:
            fault, hint = steps, "请改正日期，或退回后重新申请、审核、上会"
        elif closing.date > context.today:
            fault, hint = f"销号日期 {closing.date.isoformat()} 还没有到", "请改正销号日期"
        elif before and closing.date != before:
            fault = f"的销号日期从 {before.isoformat()} 改成了 {closing.date.isoformat()}"
            hint = "请恢复原来的日期"
        else:
            continue
        yield on_task(change, new, "C007", f"{new.id} {fault}", hint, ("closing", "date"))


def decided(change: Change) -> Iterator[Task]:
    """Tasks that come by a status which only a meeting can give, or rest on something else now."""
    for old, new in change.present():
        anew = old is None or old.status != new.status or _basis(old) != _basis(new)
        if anew and new.status in NEEDED:
            yield new


def _ended_but_edited(change: Change) -> Iterator[tuple[Task, Task]]:
    """Tasks that keep a status which only a meeting can give, by the same meeting, edited."""
    for old, new in change.kept():
        stays = new.status in NEEDED and old.status == new.status and _basis(old) == _basis(new)
        if stays and case_digest(old) != case_digest(new):
            yield old, new


def _basis(task: Task) -> tuple[str, dt.date | None, int]:
    """What a closing rests on, since when, and how many there were before it."""
    closing, before = task.closing or Closing(), len(task.past_closings)
    return closing.decision, closing.date, before


def _day_before(change: Change, new: Task) -> dt.date | None:
    """The day of this very end, as it was recorded before."""
    old = change.old.task(new.id)
    if old is None or old.status != new.status or _basis(old)[::2] != _basis(new)[::2]:
        return None
    return old.closing.date if old.closing else None


def _claimed(change: Change) -> Iterator[tuple[Task, Link]]:
    """Tasks that say anew that they are part of another one."""
    for old, new in change.present():
        more = [each for each in _merged_into(new) if each not in _merged_into(old)]
        if more:
            yield new, more[0]


def _merged_otherwise(change: Change) -> Iterator[tuple[Task, DecisionItem]]:
    """Tasks that a meeting made part of another one, and that say something else anew."""
    for old, new in change.present():
        item = _merging(change.new, new)
        if item is None:
            continue
        if old and old.status == new.status and _merged_into(old) == _merged_into(new):
            continue
        decided = (Link(rel=MERGE_INTO, id=item.into),) if item.into else ()
        if _merged_into(new) != decided:
            yield new, item


def _merging(snapshot: Snapshot, task: Task) -> DecisionItem | None:
    """What the meeting said by which a task became part of another one."""
    decision = decision_of(snapshot, task) if task.status == CANCELLED else None
    item = decision.on(task.id) if decision else None
    return item if item and item.result == MERGE_INTO else None


def _merged_into(task: Task | None) -> tuple[Link, ...]:
    """The links by which a task says that it is part of another one now."""
    return tuple(each for each in task.links if each.rel == MERGE_INTO) if task else ()


def _told_to_go_on(change: Change, old: Task, context: Context) -> bool:
    """Whether the last word of a meeting, after that which made it 长期坚持, is 继续整改."""
    policy = context.config.policies.for_kind(old.kind)
    before = decision_of(change.old, old)
    for decision in change.new.meetings.get(old.id, ()):
        item = decision.on(old.id)
        if item is None or item.result != CONTINUE or objections(decision, item, policy):
            continue
        if overruled(change.new, decision, old, policy, sent_back=False):
            continue
        if before is None or supersedes(change.new, decision, before):
            return True
    return False


def _undone(change: Change, new: Task, decision: Decision) -> Iterator[str]:
    """Why a decision no longer counts: the task was reopened since (Chinese)."""
    old = change.old.task(new.id)
    used = {each.decision for each in new.past_closings}
    if old and old.closing and old.status not in NEEDED:  # reopened, with the old record in place
        used.add(old.closing.decision)
    if decision.id in used:
        yield "已经据以办结过一次，重开以后要重新上会"
        return
    days = [each.date for each in new.progress if each.event == REOPENED and each.date]
    if old and old.status != CLOSED == new.status and used:  # looked at after an earlier closing
        days.extend(each.date for each in new.lookback if each.date)
    if decision.date and days and decision.date < max(days):
        yield f"{max(days).isoformat()} 已经重开，此前的会议结论不再有效"


def _out_of_turn(new: Task) -> str:
    """Which step of a closing is dated before the one that comes first (Chinese), or none."""
    closing = new.closing
    if new.status != CLOSED or closing is None:
        return ""
    told = (("申请", closing.applied), ("审核", closing.reviewed), ("销号", closing))
    days = [(called, each.date) for called, each in told if each and each.date]
    for (first, before), (then, after) in pairwise(days):
        if after < before:
            return f"{after.isoformat()} {then}，早于{first}日期 {before.isoformat()}"
    return ""
