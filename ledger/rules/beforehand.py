"""C003, C008: what only an end brings is not written into a task that has not ended.

A task that calls a meeting its basis before it is closed, or says that it was reopened though it
never was closed, could not be closed any more: the meeting would have been used, or be too old.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.model.change import Change
from ledger.model.problem import Problem
from ledger.model.task import REOPENED, Closing, Task
from ledger.model.transition import NEEDED
from ledger.rules.base import Context, on_task


def c003_named_beforehand(change: Change, context: Context) -> Iterator[Problem]:
    """C003: a meeting is the basis of an end, and is named with it, not before."""
    for old, new in change.present():
        if new.status in NEEDED:
            continue
        before, after = (each.closing or Closing() if each else Closing() for each in (old, new))
        if (after.decision, after.date) in (("", None), (before.decision, before.date)):
            continue
        message = f"{new.id} 还是“{new.status}”，不能先写上据以办结的会议或日期"
        hint = "请删去 closing 里的 decision 和 date，会议同意后用 ledger close 办理"
        yield on_task(change, new, "C003", message, hint, ("closing",))


def c008_nothing_to_reopen(change: Change, context: Context) -> Iterator[Problem]:
    """C008: a task that is where it was, and had not ended, was not reopened."""
    for old, new in change.kept():
        if old.status != new.status or old.status in NEEDED:
            continue
        rounds = len(new.past_closings) - len(old.past_closings)
        if _reopenings(new) - _reopenings(old) > max(rounds, 0):
            message = f"{new.id} 没有办结过，谈不上重开"
            hint = "请删去这条重开记录；退回的请用 ledger return"
            yield on_task(change, new, "C008", message, hint, ("progress",))


def _reopenings(task: Task) -> int:
    return sum(each.event == REOPENED for each in task.progress)
