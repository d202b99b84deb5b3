"""What follows at once from a meeting: tasks that go back to work, deadlines that move."""

from __future__ import annotations

import datetime as dt

from ledger.adapters.yaml.edit import Edit
from ledger.errors import LedgerError
from ledger.model.decision import (
    APPROVE_CLOSING,
    APPROVE_EXTENSION,
    CONTINUE,
    MAKE_ONGOING,
    SENT_BACK,
    Decision,
    DecisionItem,
)
from ledger.model.decode import plain
from ledger.model.people import worded
from ledger.model.record import dataclass, replace
from ledger.model.snapshot import Snapshot
from ledger.model.task import (
    APPLIED,
    CLOSED,
    ENDED,
    ONGOING,
    REOPENED,
    RETURNED,
    REVIEWED,
    Extension,
    Task,
)
from ledger.model.transition import GIVEN
from ledger.model.voting import objections
from ledger.rules.basis import approvals, corrects, decision_of, doubt, supersedes
from ledger.usecases.closing.steps import back_to_work
from ledger.usecases.writing.act import Act
from ledger.usecases.writing.edit import day_to_move

BACK, EXTENDED, TO_CLOSE, NOTHING = "back", "extended", "to_close", ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of one item of a meeting.

    Attributes:
        task: the task's id.
        kind: `BACK` (to work), `EXTENDED`, `TO_CLOSE` (by `ledger close`) or `NOTHING`.
        edits: what changes in its file now.
        remarks: why nothing, or not everything, comes of it (Chinese).
    """

    task: str
    kind: str = NOTHING
    edits: tuple[Edit, ...] = ()
    remarks: tuple[str, ...] = ()


def outcome(snapshot: Snapshot, decision: Decision, item: DecisionItem, act: Act) -> Outcome:
    """What comes of one item.

    Raises:
        LedgerError: a deadline is to move that there is not, or to a day before it.
    """
    task = snapshot.task(item.task)
    if task is None:
        return Outcome(item.task)  # D007 has said so
    against = objections(decision, item, snapshot.config.policies.for_kind(task.kind))
    if against:
        return Outcome(task.id, remarks=against)
    if item.result == APPROVE_EXTENSION:
        return Outcome(task.id, EXTENDED, _extended(task, decision, item, act))
    if item.result in SENT_BACK:
        edits = _sent_back(snapshot, task, decision, item, act)
        return Outcome(task.id, BACK if edits else NOTHING, edits)
    return _given(snapshot, task, decision, item, act)


def may_decide_again(snapshot: Snapshot, task: Task) -> bool:
    """Whether a task was closed without a collective decision (圈阅), so that one may follow."""
    return task.status == CLOSED and bool(doubt(snapshot, task, snapshot.config))


def _extended(task: Task, decision: Decision, item: DecisionItem, act: Act) -> tuple[Edit, ...]:
    if task.status in ENDED:
        raise LedgerError(
            f"{task.id} 已经是“{task.status}”了，谈不上延期", hint="请核对会议结论和事项编号"
        )
    current = day_to_move(task, item.until, "会议记录里 until ")
    extension = Extension(
        date=decision.date,
        from_=current,
        to=item.until,
        reason=item.opinion if worded(item.opinion) else "会议同意延期",
        approved_by=f"{_called(decision)}（{decision.id}）",
        by=act.by,
    )
    return (Edit(("extensions",), plain(extension), append=True),)


def _sent_back(
    snapshot: Snapshot, task: Task, decision: Decision, item: DecisionItem, act: Act
) -> tuple[Edit, ...]:
    """An application is refused, what was closed is reopened, what was 长期坚持 is taken up."""
    if task.status in (APPLIED, REVIEWED):
        return _to_work(task, RETURNED, decision, item, act)
    if task.status == CLOSED and _is_approved_since(snapshot, task, decision):
        return ()
    if task.status == CLOSED and (
        may_decide_again(snapshot, task) or _is_newer(snapshot, task, decision)
    ):
        return _to_work(task, REOPENED, decision, item, act)
    taken_up = task.status == ONGOING and item.result == CONTINUE
    if taken_up and _is_newer(snapshot, task, decision):
        return _to_work(task, "", decision, item, act)
    return ()


def _given(
    snapshot: Snapshot, task: Task, decision: Decision, item: DecisionItem, act: Act
) -> Outcome:
    """What `ledger close` may do now; the way to 长期坚持 leads over 推进中."""
    ready = task.status == REVIEWED or may_decide_again(snapshot, task)
    if item.result == APPROVE_CLOSING and not ready:
        remark = f"现在是“{task.status}”，不是“{REVIEWED}”，还不能据以销号"
        return Outcome(task.id, remarks=(remark,))
    if item.result != APPROVE_CLOSING and GIVEN[item.result] == task.status:
        return Outcome(task.id, remarks=(f"已经是“{task.status}”了",))
    back = item.result == MAKE_ONGOING and task.status in (APPLIED, REVIEWED)
    edits = _to_work(task, RETURNED, decision, item, act) if back else ()
    return Outcome(task.id, TO_CLOSE, edits)


def _to_work(
    task: Task, event: str, decision: Decision, item: DecisionItem, act: Act
) -> tuple[Edit, ...]:
    reason = f"{_called(decision)}：{item.result}"
    reason += f"，{item.opinion}" if item.opinion else ""
    closed = task.closing.date if task.closing else None
    day = max(decision.date or act.date, closed or dt.date.min)
    return tuple(back_to_work(task, reason, event, replace(act, date=day)))


def _is_newer(snapshot: Snapshot, task: Task, decision: Decision) -> bool:
    """Whether a meeting's word counts instead of that on which a task rests."""
    before = decision_of(snapshot, task)
    return before is None or supersedes(snapshot, decision, before)


def _is_approved_since(snapshot: Snapshot, task: Task, decision: Decision) -> bool:
    """Whether a meeting after that one, which it does not correct, approved of the closing."""
    day = decision.date or dt.date.min
    return any(
        meeting.date and meeting.date > day and not corrects(snapshot, decision, meeting)
        for meeting in approvals(snapshot, task, snapshot.config)
    )


def _called(decision: Decision) -> str:
    return " ".join(part for part in (decision.body, decision.session) if part)
