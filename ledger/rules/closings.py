"""C002-C007: rules on what only a meeting can give, closings above all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ledger.model.case import case_digest
from ledger.model.change import Change
from ledger.model.decision import CONTINUE, Decision
from ledger.model.problem import Problem
from ledger.model.task import CLOSED, IN_PROGRESS, ONGOING, REOPENED, Task
from ledger.model.transition import NEEDED
from ledger.model.voting import objections
from ledger.rules.base import Context, on_task
from ledger.rules.basis import decision_of, item_of

_BASIS = ("closing", "decision")


def c002_no_decision(change: Change, context: Context) -> Iterator[Problem]:
    """C002: what only a meeting can do names a meeting that is recorded."""
    for new in decided(change):
        if decision_of(change.new, new) is None:
            named = new.closing.decision if new.closing else ""
            said = f"会议记录 {named} 不存在" if named else "没有集体决策"
            message = f"{new.id} {said}，不能成为“{new.status}”"
            hint = "请先用 ledger decide 记录会议，再用 ledger close 办理"
            yield on_task(change, new, "C002", message, hint, _BASIS)
    for old, new in _resumed(change):
        if not _told_to_go_on(change, old, context):
            message = f"{new.id} 没有集体决策，不能从“{ONGOING}”转回“{IN_PROGRESS}”"
            hint = f"请先用 ledger decide 记录会议，结论为“{CONTINUE}”"
            yield on_task(change, new, "C002", message, hint, ("status",))


def c003_not_approved(change: Change, context: Context) -> Iterator[Problem]:
    """C003: the meeting decided just this on just this task, and its decision stands."""
    for new in decided(change):
        decision = decision_of(change.new, new)
        if decision is None:
            continue
        item = item_of(decision, new)
        if item is None or item.result not in NEEDED[new.status]:
            said = f"结论是“{item.result}”" if item else "没有议过它"
            message = f"{decision.id} 对 {new.id} {said}，不能据以成为“{new.status}”"
            yield on_task(change, new, "C003", message, "请核对会议记录的编号和结论", _BASIS)
            continue
        policy = context.config.policies.for_kind(_kind(change, new))
        for objection in (*objections(decision, item, policy), *_undone(change, new, decision)):
            message = f"{decision.id} 不能作为 {new.id} 的依据：{objection}"
            yield on_task(change, new, "C003", message, "请提交有权决定的会议重新审议", _BASIS)


def c004_content(change: Change, context: Context) -> Iterator[Problem]:
    """C004: what is closed is what the meeting saw, when it is closed and ever after."""
    for new in (*decided(change), *_closed_but_edited(change)):
        decision = decision_of(change.new, new)
        item = item_of(decision, new) if decision else None
        if decision is None or item is None or item.digest == case_digest(new):
            continue
        said = (
            f"{new.id} 的内容与上会时不一样"
            if item.digest
            else f"{decision.id} 没有 {new.id} 上会材料的摘要值"
        )
        hint = "请恢复上会时的内容，或把改过的内容重新提交会议"
        yield on_task(change, new, "C004", said, hint, ("id",))


def c005_no_evidence(change: Change, context: Context) -> Iterator[Problem]:
    """C005: nothing is closed without evidence; a mere name is none."""
    for new in _closed(change):
        if not any(each.path or each.sha256 or each.archive for each in new.evidence):
            message = f"{new.id} 没有佐证材料，不能销号"
            hint = "请用 ledger evidence add 登记佐证材料"
            if new.id in change.old.by_id and change.old.by_id[new.id].record.status == CLOSED:
                hint = "请先用 ledger reopen 重开，登记佐证材料后再申请、上会"
            yield on_task(change, new, "C005", message, hint, ("evidence",))


def c006_same_person(change: Change, context: Context) -> Iterator[Problem]:
    """C006: who applied is not who reviewed, and both are somebody."""
    people = context.config.policies.people()
    for old, new in change.pairs():
        closing = new.closing if new else None
        if new is None or closing is None or (old is not None and old.closing == closing):
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
    """C007: a task is closed on or after the day of the decision, and not in the future."""
    for new in _closed(change):
        decision = decision_of(change.new, new)
        closed = new.closing.date if new.closing else None
        if decision is None:
            continue
        if closed is None:
            said, hint = "没有销号日期", "请填写 closing.date"
        elif decision.date and closed < decision.date:
            said = f"{closed.isoformat()} 销号，早于会议日期 {decision.date.isoformat()}"
            hint = "请改正销号日期"
        elif closed > context.today:
            said, hint = f"销号日期 {closed.isoformat()} 还没有到", "请改正销号日期"
        else:
            continue
        yield on_task(change, new, "C007", f"{new.id} {said}", hint, ("closing", "date"))


def decided(change: Change) -> Iterator[Task]:
    """Tasks that come by a status which only a meeting can give, or rest on something else now."""
    for old, new in change.pairs():
        if new is None or new.status not in NEEDED:
            continue
        if old is None or old.status != new.status or _basis(old) != _basis(new):
            yield new


def _closed(change: Change) -> Iterator[Task]:
    return (task for task in decided(change) if task.status == CLOSED)


def _closed_but_edited(change: Change) -> Iterator[Task]:
    """Tasks that were closed and stay so, by the same meeting, with other content."""
    for old, new in change.pairs():
        if old is None or new is None or old.status != CLOSED or new.status != CLOSED:
            continue
        if _basis(old) == _basis(new) and case_digest(old) != case_digest(new):
            yield new


def _basis(task: Task) -> tuple[str, dt.date | None]:
    """What a closing rests on, and since when."""
    return (task.closing.decision, task.closing.date) if task.closing else ("", None)


def _resumed(change: Change) -> Iterator[tuple[Task, Task]]:
    """Tasks that come back from 长期坚持 to work."""
    for old, new in change.pairs():
        if old and new and (old.status, new.status) == (ONGOING, IN_PROGRESS):
            yield old, new


def _told_to_go_on(change: Change, old: Task, context: Context) -> bool:
    """Whether a meeting, not older than that which made it 长期坚持, sent a task back to work."""
    policy = context.config.policies.for_kind(old.kind)
    before = decision_of(change.old, old)
    since = before.date if before and before.date else dt.date.min
    for entry in change.new.decision_by_id.values():
        item = item_of(entry.record, old)
        if item is None or item.result != CONTINUE or objections(entry.record, item, policy):
            continue
        if entry.record.date and entry.record.date >= since:
            return True
    return False


def _undone(change: Change, new: Task, decision: Decision) -> Iterator[str]:
    """Why a decision no longer counts: the task was reopened since (Chinese)."""
    old = change.old.by_id.get(new.id)
    days = [each.date for each in new.progress if each.event == REOPENED and each.date]
    if old and old.record.status != CLOSED:  # looked at after an earlier closing
        days.extend(each.date for each in new.lookback if each.date)
    if new.status == CLOSED and decision.date and days and decision.date < max(days):
        yield f"{max(days).isoformat()} 已经重开，此前的会议结论不再有效"


def _kind(change: Change, task: Task) -> str:
    """The kind a task had before: a change of kind must not choose a milder policy."""
    old = change.old.by_id.get(task.id)
    return old.record.kind if old else task.kind
