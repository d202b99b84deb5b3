"""On what a task's status rests: the meeting that gave it, and whether that meeting counts."""

from __future__ import annotations

from ledger.model.config import Config
from ledger.model.decision import Decision, DecisionItem
from ledger.model.snapshot import Snapshot
from ledger.model.task import CLOSED, Task
from ledger.model.transition import GIVEN, NEEDED
from ledger.model.voting import objections


def item_of(decision: Decision, task: Task) -> DecisionItem | None:
    """What a meeting decided on a task; None when it did not discuss it."""
    return next((item for item in decision.items if item.task == task.id), None)


def decision_of(snapshot: Snapshot, task: Task) -> Decision | None:
    """The meeting a task rests on; 已中止 and 长期坚持 may leave it to the meeting to name them."""
    named = task.closing.decision if task.closing else ""
    if named:
        entry = snapshot.decision_by_id.get(named)
        return entry.record if entry else None
    if task.status == CLOSED:
        return None
    for entry in snapshot.decisions:
        item = item_of(entry.record, task)
        if item and GIVEN.get(item.result) == task.status:
            return entry.record
    return None


def doubt(snapshot: Snapshot, task: Task, config: Config) -> str:
    """Why a closed task's closing is no collective decision (Chinese); empty if it is one."""
    decision = decision_of(snapshot, task)
    if decision is None:
        return "没有集体决策就已销号"
    policy = config.policies.for_kind(task.kind)
    if decision.body not in policy.bodies:
        return f"依据“{decision.body}”销号，不是集体决策"
    item = item_of(decision, task)
    if item is None or item.result not in NEEDED[CLOSED]:
        said = f"结论是“{item.result}”" if item else "没有议过它"
        return f"据以销号的 {decision.id} {said}"
    against = objections(decision, item, policy)
    return f"据以销号的 {decision.id} 不作数：{'；'.join(against)}" if against else ""
