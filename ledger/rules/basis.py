"""On what a task's status rests: the meeting that gave it, and whether that meeting counts."""

from __future__ import annotations

import datetime as dt

from ledger.model.config import ClosingPolicy, Config
from ledger.model.decision import SENT_BACK, Decision, DecisionItem
from ledger.model.snapshot import Snapshot
from ledger.model.task import CLOSED, Task
from ledger.model.transition import GIVEN, NEEDED
from ledger.model.voting import objections


def item_of(decision: Decision, task: Task) -> DecisionItem | None:
    """What a meeting decided on a task; None when it did not discuss it."""
    return next((item for item in decision.items if item.task == task.id), None)


def decision_of(snapshot: Snapshot, task: Task) -> Decision | None:
    """The meeting a task rests on; 已中止 and 长期坚持 may leave it to the last that named them."""
    named = task.closing.decision if task.closing else ""
    if named:
        entry = snapshot.decision_by_id.get(named)
        return entry.record if entry else None
    if task.status == CLOSED:
        return None
    for decision in reversed(snapshot.meetings.get(task.id, ())):
        item = item_of(decision, task)
        if item and GIVEN.get(item.result) == task.status:
            return decision
    return None


def corrects(snapshot: Snapshot, one: Decision, other: Decision) -> bool:
    """Whether a meeting corrects another one, itself or by those that it corrects."""
    seen: set[str] = set()
    while one.corrects and one.corrects not in seen:
        if one.corrects == other.id:
            return True
        seen.add(one.corrects)
        entry = snapshot.decision_by_id.get(one.corrects)
        if entry is None:
            return False
        one = entry.record
    return False


def supersedes(snapshot: Snapshot, one: Decision, other: Decision) -> bool:
    """Whether a meeting's word counts instead of another's: it corrects it, or was held later."""
    if corrects(snapshot, one, other) or corrects(snapshot, other, one):
        return corrects(snapshot, one, other)
    return one.date is not None and one.date > (other.date or dt.date.min)


def overruled(
    snapshot: Snapshot, decision: Decision, task: Task, policy: ClosingPolicy, sent_back: bool
) -> str:
    """Why a meeting's word on a task no longer counts because of others (Chinese), or nothing.

    The latest word counts. Of two meetings on one day that disagree neither does, unless one
    corrects the other. Who may not decide, or did not carry what he said, changes nothing.

    Args:
        sent_back: only ask for meetings that sent the task back.
    """
    item = item_of(decision, task)
    for other in snapshot.meetings.get(task.id, ()):
        its = item_of(other, task)
        if item is None or its is None or other.id == decision.id:
            continue
        if (sent_back and its.result not in SENT_BACK) or objections(other, its, policy):
            continue
        if corrects(snapshot, other, decision):
            return f"{other.id} 已经更正它，结论是“{its.result}”"
        if (its.result, its.into) == (item.result, item.into):
            continue
        if supersedes(snapshot, other, decision):
            return f"{other.id} 后来的结论是“{its.result}”，以后来的为准"
        if not sent_back and not supersedes(snapshot, decision, other):
            return f"同一天的 {other.id} 结论是“{its.result}”，两次会议不一致"
    return ""


def doubt(snapshot: Snapshot, task: Task, config: Config) -> str:
    """Why an end is no collective decision (Chinese); empty if it is one."""
    decision = decision_of(snapshot, task)
    if decision is None:
        return f"没有集体决策就已{_called(task)}"
    policy = config.policies.for_kind(task.kind)
    if decision.body not in policy.bodies:
        return f"依据“{decision.body}”{_called(task)}，不是集体决策"
    item = item_of(decision, task)
    if item is None or item.result not in NEEDED[task.status]:
        said = f"结论是“{item.result}”" if item else "没有议过它"
        return f"据以{_called(task)}的 {decision.id} {said}"
    against = objections(decision, item, policy)
    if against:
        return f"据以{_called(task)}的 {decision.id} 不作数：{'；'.join(against)}"
    later = overruled(snapshot, decision, task, policy, sent_back=True)
    return f"据以{_called(task)}的 {decision.id} 不再作数：{later}" if later else ""


def _called(task: Task) -> str:
    return "销号" if task.status == CLOSED else "办结"
