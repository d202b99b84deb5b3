"""C008-C012: rules on what must stay as it was written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.model.change import Change
from ledger.model.problem import ERROR, Problem
from ledger.model.snapshot import Snapshot
from ledger.model.standing import checkpoints
from ledger.model.task import APPLIED, CANCELLED, CLOSED, REOPENED, REVIEWED, Task
from ledger.model.transition import NEEDED
from ledger.rules.base import Context, on_task
from ledger.rules.basis import decision_of
from ledger.rules.steps import begun_anew, says
from ledger.rules.tasks import due_as_read

_LOGS = (("progress", "进展记录"), ("extensions", "延期记录"), ("lookback", "回头看记录"))
_PROCEDURE = (("applied", "销号申请"), ("reviewed", "审核记录"))


def c008_reopened(change: Change, context: Context) -> Iterator[Problem]:
    """C008: a closed task is reopened with a 回头看 record or a reason."""
    for old, new in change.pairs():
        if old is None or new is None or old.status != CLOSED or new.status in (CLOSED, CANCELLED):
            continue
        if new.lookback == old.lookback and not says(old, new, REOPENED):
            message = f"{new.id} 重开没有回头看记录，也没有理由"
            yield on_task(change, new, "C008", message, "请用 ledger reopen 重开", ("status",))


def c009_due(change: Change, context: Context) -> Iterator[Problem]:
    """C009: a deadline once set stays; what is approved later is an extension.

    A date that was read or typed wrongly (T006) may be put right: its words stay and say so.
    """
    for old, new in change.pairs():
        if old and new and _was_moved(old, new) and not _was_corrected(change, old, new, context):
            message = f"{new.id} 的原定时限被改动"
            hint = "请恢复原定时限；经批准的延期用 ledger extend 登记"
            yield on_task(change, new, "C009", message, hint, ("due",))
        elif old and new and checkpoints(new) and old.extensions != new.extensions:
            for entry in new.extensions[len(old.extensions) :]:
                if not (entry.reason.strip() and entry.approved_by.strip()):
                    message = f"{new.id} 的延期没有理由或批准人"
                    yield on_task(change, new, "C009", message, "", ("extensions",))


def c010_log(change: Change, context: Context) -> Iterator[Problem]:
    """C010: the logs only grow, every entry as it was, in its order; so does the procedure."""
    hint = "记录只增不改；写错的请另加一条说明"
    for old, new in change.pairs():
        if old is None or new is None:
            continue
        for key, called in _LOGS:
            if not _grew(getattr(old, key), getattr(new, key)):
                message = f"{new.id} 的{called}被改动或删去"
                yield on_task(change, new, "C010", message, hint, (key,))
        for key, called in _PROCEDURE if _goes_on(old, new) else ():
            before = getattr(old.closing, key, None)
            if before is not None and getattr(new.closing, key, None) != before:
                message = f"{new.id} 的{called}被改动或删去"
                again = "请恢复原样；要重新申请的先用 ledger return 退回"
                yield on_task(change, new, "C010", message, again, ("closing", key))


def c011_used_decision(change: Change, context: Context) -> Iterator[Problem]:
    """C011: a meeting on which a closing rests is not touched any more."""
    now = change.new.decision_by_id
    touched = [
        (key, entry)
        for key, entry in change.old.decision_by_id.items()
        if key not in now or now[key].record != entry.record
    ]
    used = _used(change.old) if touched else set()
    for key, entry in touched:
        if key in used:
            message = f"会议记录 {key} 已据以销号，又被{'改动' if key in now else '删去'}"
            hint = "请恢复原样；会议有更正的，另记一次会议"
            yield Problem(entry.path, "C011", message, hint, id=key)


def c012_deleted(change: Change, context: Context) -> Iterator[Problem]:
    """C012: tasks end by decision, they do not vanish; a new id is a new task.

    Of a file that cannot be read T001 tells, unless the ledger turned that down.
    """
    told = context.config.rules.get("T001", ERROR) == ERROR
    unreadable = {each.path for each in change.new.problems} if told else set()
    for old, new in change.pairs():
        path = change.old.by_id[old.id].path if old else ""
        if old is not None and new is None and path not in unreadable:
            message = f"事项 {old.id} 被删除或改了编号"
            yield Problem(
                path, "C012", message, "请恢复它；不再办理的事项经会议决定后中止", id=old.id
            )


def _was_moved(old: Task, new: Task) -> bool:
    return old.due != new.due and bool(old.due.date or old.due.dates)


def _was_corrected(change: Change, old: Task, new: Task, context: Context) -> bool:
    """Whether wrong dates are now what the same words say, by the sources as they were before."""
    read = due_as_read(old, change.old, context) if old.due.text == new.due.text else None
    if read is None or read.date is None:
        return False
    said = (read.date, read.dates)
    return (old.due.date, old.due.dates) != said and (new.due.date, new.due.dates) == said


def _grew(old: Sequence[object], new: Sequence[object]) -> bool:
    """Whether every entry is still there, in the same order (others may have come between)."""
    rest = iter(new)
    return all(any(entry == other for other in rest) for entry in old)


def _goes_on(old: Task, new: Task) -> bool:
    """Whether a closing procedure under way, or done, was not begun anew."""
    under_way = (APPLIED, REVIEWED, CLOSED)
    return old.status in under_way and new.status in under_way and not begun_anew(old, new)


def _used(snapshot: Snapshot) -> set[str]:
    """The meetings that tasks name, or on which they rest without naming them."""
    tasks = snapshot.by_id.values()
    found = {entry.record.closing.decision for entry in tasks if entry.record.closing}
    for entry in tasks:
        if entry.record.status in NEEDED and (decision := decision_of(snapshot, entry.record)):
            found.add(decision.id)
    return found
