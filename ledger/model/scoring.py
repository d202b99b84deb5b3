"""考核: what in a task's file costs or brings points, by the rules of ledger.yaml."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ledger.model.config import ScoreRules
from ledger.model.period import spelled
from ledger.model.record import dataclass
from ledger.model.standing import applied_on, checkpoints, reports
from ledger.model.task import CANCELLED, CLOSED, Task

OVERDUE, LATE, EMPTY, PRAISE = "逾期", "迟报", "空话", "表扬"


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that counts.

    Attributes:
        reason: `OVERDUE`, `LATE`, `EMPTY` or `PRAISE`.
        day: the checkpoint that was missed, or the day of the entry; None for praise.
        position: of the entry in the task's log, for `EMPTY`; else -1.
        detail: in Chinese, without the task's name and the day.
        shown: of something missed, the day at whose end the ledger shows that it was; else None.
    """

    reason: str
    day: dt.date | None
    detail: str
    position: int = -1
    shown: dt.date | None = None


def findings(
    task: Task,
    first: dt.date,
    last: dt.date,
    rules: ScoreRules,
    running: bool = False,
    spares: bool = True,
) -> tuple[Mark, ...]:
    """What counts in a task between two days, both included.

    What is missed counts in the period in which the time for it ran out, so that of periods that
    follow one another one and only one counts it.

    Args:
        running: whether the last day is not over yet; what is due on it is not missed then.
        spares: whether an application by a deadline keeps it, unless it was sent back.

    Praise is a state, not a day: whoever knows the history says whether it came in the period.
    """
    praised = rules.praise_tag and rules.praise_tag in task.tags
    return (
        *_missed(task, first, last - running * dt.timedelta(days=1), rules, spares),
        *_empty(task, first, last, rules),
        *([Mark(PRAISE, None, f"标签“{rules.praise_tag}”")] if praised else ()),
    )


def value(reason: str, rules: ScoreRules, leads: bool) -> int | float:
    """The points of a finding for a department that leads the task, or helps with it (signed)."""
    if not leads:
        return -rules.overdue_assist if reason == OVERDUE else 0
    return {
        OVERDUE: -rules.overdue_lead,
        LATE: -rules.late_report,
        EMPTY: -rules.empty_report,
        PRAISE: rules.praise,
    }[reason]


def _missed(
    task: Task, first: dt.date, last: dt.date, rules: ScoreRules, spares: bool
) -> Iterator[Mark]:
    """Checkpoints that passed: the only one without closing, one of several without a report."""
    if task.status == CANCELLED:
        return
    days = checkpoints(task)
    for day in days:
        in_period = first <= day <= last
        if len(days) == 1 and in_period and not _kept(task, day, spares):
            yield Mark(OVERDUE, day, f"到期{_afterwards(task, spares)}", shown=day)
        end = day + dt.timedelta(days=min(rules.grace_days, (dt.date.max - day).days))
        if len(days) > 1 and first <= end <= last and not _answered(task, day, end, spares):
            reason = f"节点到{_spelled(end)}没有填报"
            yield Mark(LATE, day, reason, shown=end)


def _kept(task: Task, day: dt.date, spares: bool) -> bool:
    """Whether it was closed by a day, or applied for and not sent back.

    A closing that nobody dated is believed.
    """
    applied = applied_on(task) if spares else None
    if applied and applied <= day:
        return True
    if task.status != CLOSED:
        return False
    closed = task.closing.date if task.closing else None
    return closed is None or closed <= day


def _afterwards(task: Task, spares: bool) -> str:
    closed = task.closing.date if task.status == CLOSED and task.closing else None
    applied = applied_on(task) if spares else None
    if applied and not closed:
        return f"后{_spelled(applied)}才申请销号"
    return f"后{_spelled(closed)}才销号" if closed else "没有销号"


def _spelled(day: dt.date) -> str:
    return spelled(day, day)


def _answered(task: Task, day: dt.date, end: dt.date, spares: bool) -> bool:
    reported = any(each.date and day <= each.date <= end for each in reports(task))
    return reported or _kept(task, end, spares)


def _empty(task: Task, first: dt.date, last: dt.date, rules: ScoreRules) -> Iterator[Mark]:
    """Reports that say nothing: hardly a word, or word for word what was said before."""
    seen: set[str] = set()
    for position, entry in enumerate(task.progress):
        text = "".join(entry.text.split())
        if not entry.event and entry.date and first <= entry.date <= last:
            why = "照抄以前的进展" if text in seen else f"只写了“{text}”"
            if text in seen or len(text) < rules.least_text:
                yield Mark(EMPTY, entry.date, why, position)
        seen.add(text)
