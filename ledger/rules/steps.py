"""C001: a task moves along the steps, and each step leaves its record.

What a forge squashed into one commit makes several steps at once; they are legal when the record
of every one of them is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ledger.model.change import Change
from ledger.model.people import worded
from ledger.model.problem import Problem
from ledger.model.task import (
    APPLIED,
    CLOSED,
    IN_PROGRESS,
    NOT_STARTED,
    REOPENED,
    RETURNED,
    REVIEWED,
    STATUS_COLUMN,
    Closing,
    Task,
)
from ledger.model.transition import STEPS, is_return
from ledger.rules.base import Context, on_task

Step = tuple[str, str]

_WAY = (NOT_STARTED, IN_PROGRESS, APPLIED, REVIEWED, CLOSED)
_UNDER_WAY = (APPLIED, REVIEWED, CLOSED)
# Steps that leave no record, or one that is only asked for when something rests on it.
_FREE = {(None, NOT_STARTED), (None, IN_PROGRESS), (IN_PROGRESS, APPLIED)}


def c001_transition(change: Change, context: Context) -> Iterator[Problem]:
    """C001: a task moves only along the steps, with the record of each; a new one begins."""
    for old, new in change.present():
        for key, lack in _unsaid(old, new):
            yield on_task(change, new, "C001", f"{new.id} {lack}", "请写明", ("closing", key))
        if old is not None and _stays(old, new):
            continue
        if fault := _fault(old, new):
            message, hint = fault
            yield on_task(change, new, "C001", f"{new.id} {message}", hint, ("status",))


def says(old: Task | None, new: Task, event: str) -> bool:
    """Whether the log got an entry that tells of an event (退回, 重开) and why."""
    before, after = (
        sum(each.event == event and bool(worded(each.text)) for each in task.progress)
        if task
        else 0
        for task in (old, new)
    )
    return after > before


def begun_anew(old: Task, new: Task) -> bool:
    """Whether the log says that a closing procedure was broken off."""
    return says(old, new, RETURNED) or says(old, new, REOPENED)


def _unsaid(old: Task | None, new: Task) -> Iterator[tuple[str, str]]:
    """New records of a closing that say nothing anybody could read: where, and what (Chinese)."""
    before, closing = (old and old.closing) or Closing(), new.closing or Closing()
    applied, reviewed = closing.applied, closing.reviewed
    if applied and applied != before.applied and not worded(applied.summary):
        yield "applied", "的销号申请没有写明完成情况"
    if reviewed and reviewed != before.reviewed and not worded(reviewed.opinion):
        yield "reviewed", "的审核没有写明意见"


def _stays(old: Task, new: Task) -> bool:
    """Whether a task is where it was, and did not go round once more since."""
    return old.status == new.status and len(old.past_closings) == len(new.past_closings)


def _fault(old: Task | None, new: Task) -> tuple[str, str] | None:
    """Message and hint when a task may not be where it is now."""
    if (old.status if old else None, new.status) in _FREE:
        return None
    if old is None and new.status == REVIEWED and _is_only_claimed(new):
        return None
    start = old.status if old else NOT_STARTED
    steps = _steps(start, new.status) if old or new.status in _WAY else ()
    lacking = next((lack for step in steps if (lack := _lacking(step, old, new))), "")
    if steps and not lacking:
        return None
    if old and len(steps) == 1:
        return lacking, _advice(steps[0], new)
    begun = f"从“{old.status}”" if old else "新增时"
    hint = "请按 申请销号 → 审核 → 集体决策 → 销号 的顺序办理"
    return f"{begun}不能直接成为“{new.status}”", hint


def _steps(start: str, end: str) -> tuple[Step, ...]:
    """The legal steps from one status to another; nothing when there is no such way.

    Several steps lead only along the procedure of closing, perhaps after it was broken off.
    """
    if (start, end) in STEPS:
        return ((start, end),)
    if start not in _WAY or end not in _WAY:
        return ()
    first, last = _WAY.index(start), _WAY.index(end)
    if first < last:
        return tuple(pairwise(_WAY[first : last + 1]))
    if start in _UNDER_WAY and end in _UNDER_WAY:
        return ((start, IN_PROGRESS), *_steps(IN_PROGRESS, end))
    return ()


def _lacking(step: Step, old: Task | None, new: Task) -> str:
    """What is missing of a step's record (Chinese); empty when it is there.

    That a reopened task says why is C008; what a meeting must have decided is C002 and C003.
    """
    if is_return(*step):
        return "" if says(old, new, RETURNED) else "退回没有写明理由"
    if step[1] not in _UNDER_WAY:
        return ""
    closing = new.closing or Closing()
    if step == (REVIEWED, CLOSED) and old and _is_only_claimed(old) and _is_only_claimed(new):
        return ""  # it began there, see `STATUS_COLUMN`; no other task gets there without a review
    if closing.applied is None:
        return f"没有销号申请的记录，不能成为“{step[1]}”"
    if step[1] == APPLIED:
        return ""
    if closing.reviewed is None:
        return f"没有审核记录，不能成为“{step[1]}”"
    before = old.closing.reviewed if old and old.closing else None
    if step[1] == REVIEWED and closing.reviewed == before:
        return f"申请以后没有重新审核，不能成为“{REVIEWED}”"
    return ""


def _is_only_claimed(task: Task) -> bool:
    """Whether a task was brought in by a table that calls it closed, and nobody applied since."""
    closing = task.closing or Closing()
    return STATUS_COLUMN in task.columns and closing.applied is None and closing.reviewed is None


def _advice(step: Step, new: Task) -> str:
    """What to do about a missing record (Chinese)."""
    if is_return(*step):
        return "请用 ledger return 退回"
    if step[1] == REVIEWED and new.closing and new.closing.applied:
        return "请恢复原来的状态，再用 ledger review 审核"
    return "请恢复原来的状态，用 ledger return 退回后重新申请、审核"
