"""On what a task's status rests: the meeting that gave it, and whether that meeting counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ledger.model.case import case_digest
from ledger.model.config import ClosingPolicy, Config
from ledger.model.decision import APPROVE_CLOSING, SENT_BACK, Decision
from ledger.model.snapshot import Snapshot
from ledger.model.task import CLOSED, Task
from ledger.model.transition import GIVEN, NEEDED
from ledger.model.voting import objections
from ledger.rules.tasks import is_tangible


def decision_of(snapshot: Snapshot, task: Task) -> Decision | None:
    """The meeting a task rests on; 已中止 and 长期坚持 may leave it to the last that named them."""
    if task.meeting:
        return snapshot.decision(task.meeting)
    if task.status == CLOSED:
        return None
    for decision in reversed(snapshot.meetings.get(task.id, ())):
        item = decision.on(task.id)
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
        corrected = snapshot.decision(one.corrects)
        if corrected is None:
            return False
        one = corrected
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
    item = decision.on(task.id)
    for other in snapshot.meetings.get(task.id, ()):
        its = other.on(task.id)
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
    item = decision.on(task.id)
    if item is None or item.result not in NEEDED[task.status]:
        instead = f"结论是“{item.result}”" if item else "没有议过它"
        return f"据以{_called(task)}的 {decision.id} {instead}"
    against = objections(decision, item, policy)
    if against:
        return f"据以{_called(task)}的 {decision.id} 不作数：{'；'.join(against)}"
    later = overruled(snapshot, decision, task, policy, sent_back=True)
    return f"据以{_called(task)}的 {decision.id} 不再作数：{later}" if later else ""


def approvals(snapshot: Snapshot, task: Task, config: Config) -> Iterator[Decision]:
    """The meetings whose approval a closed task does not rest on, and could be closed by again.

    What saw no evidence never closes anything (C005), nor does what has no digest (C004).
    """
    policy = config.policies.for_kind(task.kind)
    used = {each.decision for each in (task.closing, *task.past_closings) if each}
    proven = any(map(is_tangible, task.evidence))
    for decision in snapshot.meetings.get(task.id, ()):
        item = decision.on(task.id)
        if item is None or item.result != APPROVE_CLOSING or decision.id in used:
            continue
        seen = bool(item.digest) and (proven or item.digest != case_digest(task))
        later = overruled(snapshot, decision, task, policy, sent_back=False)
        if seen and not later and not objections(decision, item, policy):
            yield decision


def reopened_too_early(snapshot: Snapshot, task: Task, day: dt.date, config: Config) -> str:
    """Why a closed task cannot be reopened as of a day (Chinese), or nothing: a meeting was later.

    Only so does the day of a meeting tell whether it was held before the task was reopened. An
    approval that is there already and not used would close it again, on the same day too.

    Args:
        snapshot: the ledger before it is reopened.
        task: as it was closed.
    """
    last = next(reversed(snapshot.meetings.get(task.id, ())), None)
    if last and last.date and last.date > day:
        return f"早于会议 {last.id} 的日期 {last.date.isoformat()}"
    spare = next((each for each in approvals(snapshot, task, config) if each.date == day), None)
    return f"会议 {spare.id} 同一天才同意它销号，要写在这次会议之后" if spare else ""


def _called(task: Task) -> str:
    return "销号" if task.status == CLOSED else "办结"
