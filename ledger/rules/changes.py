"""C008-C012: rules on what must stay as it was written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from ledger.model.case import case_digest
from ledger.model.change import Change
from ledger.model.deadline import Deadline
from ledger.model.decision import CONTINUE
from ledger.model.people import worded
from ledger.model.problem import ERROR, WARNING, Place, Problem
from ledger.model.record import replace
from ledger.model.snapshot import Snapshot
from ledger.model.task import (
    APPLIED,
    CANCELLED,
    CLOSED,
    IN_PROGRESS,
    LOGS,
    ONGOING,
    REOPENED,
    REVIEWED,
    Closing,
    Due,
    Lookback,
    Progress,
    Task,
    full_name,
)
from ledger.model.transition import NEEDED
from ledger.model.voting import objections
from ledger.rules.base import Context, on_task
from ledger.rules.basis import doubt, reopened_too_early
from ledger.rules.steps import begun_anew, says
from ledger.rules.tasks import due_as_read

_PROCEDURE = (("applied", "销号申请"), ("reviewed", "审核记录"))


def c008_reopened(change: Change, context: Context) -> Iterator[Problem]:
    """C008: a closed task is reopened with a 回头看 record or a reason, after it was closed.

    And after every meeting on it that is recorded: one held later could not have known of it.
    """
    for old, new in change.present():
        for seen in _added(old, new, "lookback"):
            if not worded(seen.result):
                message, hint = f"{new.id} 的回头看没有写明结论", "请写明结论，如 巩固、反弹"
                yield on_task(change, new, "C008", message, hint, ("lookback",))
        if old is None:
            continue
        if _is_reopened(old, new) and new.lookback == old.lookback and not says(old, new, REOPENED):
            message = f"{new.id} 重开没有回头看记录，也没有理由"
            yield on_task(change, new, "C008", message, "请用 ledger reopen 重开", ("status",))
        day = _reopening(new) if _is_reopened(old, new) else None
        if day and (fault := reopened_too_early(change.old, old, day, context.config)):
            message = f"{new.id} 的重开写在 {day.isoformat()}，{fault}"
            yield on_task(change, new, "C008", message, "请改正重开的日期", ("progress",))
        since = _first_end(old, new)
        for key, called, entry in _looked_at_again(old, new):
            if since and entry.date and entry.date < since:
                days = f"{entry.date.isoformat()}，早于销号日期 {since.isoformat()}"
                message = f"{new.id} 的{called}写在 {days}"
                yield on_task(change, new, "C008", message, "请改正日期", (key,))


def c009_due(change: Change, context: Context) -> Iterator[Problem]:
    """C009: a deadline once set stays; what is approved later is an extension.

    A date that was read or typed wrongly (T006) may be put right: its words stay and say so. What
    they are read by, the source and its year, may not be changed so that they say something else.
    Days off are arranged anew now and then: what is counted in working days becomes no later by it.
    """
    for old, new in change.present():
        moved = old and old.due != new.due and (old.due.date or old.due.dates)
        if old and moved and not _was_corrected(change, old, new, context):
            message = f"{new.id} 的原定时限被改动"
            hint = "请恢复原定时限；经批准的延期用 ledger extend 登记"
            yield on_task(change, new, "C009", message, hint, ("due",))
        for entry in _added(old, new, "extensions"):
            if not (worded(entry.reason) and worded(entry.approved_by)):
                message = f"{new.id} 的延期没有理由或批准人"
                yield on_task(change, new, "C009", message, "请写明", ("extensions",))
    for task in _read_otherwise(change, context):
        message = f"{task.id} 的时限“{task.due.text}”换了来源或年份，就成了另一天"
        hint = "请恢复来源的 year、issued 和事项的 source"
        yield on_task(change, task, "C009", message, hint, ("due",))


def c010_log(change: Change, context: Context) -> Iterator[Problem]:
    """C010: the logs only grow, every entry as it was, in its order; so does the procedure."""
    yield from _made_up(change, context)
    hint = "记录只增不改；写错的请另加一条说明"
    for old, new in change.present():
        for place, called, day in _new_entries(old, new):
            if day > context.today:
                message = f"{new.id} 的{called}写在 {day.isoformat()}，这一天还没有到"
                yield on_task(change, new, "C010", message, "请改正日期", place)
        if old is None:
            continue
        for key in LOGS:
            if not _grew(getattr(old, key), getattr(new, key)):
                message = f"{new.id} 的{full_name(key)}被改动或删去"
                yield on_task(change, new, "C010", message, hint, (key,))
        for key, called in _PROCEDURE if _goes_on(old, new) else ():
            before = getattr(old.closing, key, None)
            if before is not None and getattr(new.closing, key, None) != before:
                message = f"{new.id} 的{called}被改动或删去"
                again = "请恢复原样；要重新申请的先用 ledger return 退回"
                yield on_task(change, new, "C010", message, again, ("closing", key))
        yield from _rounds(change, old, new, context)


def _made_up(change: Change, context: Context) -> Iterator[Problem]:
    """Rounds in `past_closings` that never were; one that was edited is another matter."""
    for old, new in change.present():
        if old and not _grew(old.past_closings, new.past_closings):
            continue
        more = _more(old, new)
        if old and old.closing in more and old.status in (*NEEDED, IN_PROGRESS):
            more.remove(old.closing)  # just that one was reopened
        if not all(_went_by(change, old, new, each, context) for each in more):
            message = f"{new.id} 以前的销号过程多了一次没有过的销号"
            yield on_task(change, new, "C010", message, "请删去这一次", ("past_closings",))


def _more(old: Task | None, new: Task) -> list[Closing]:
    """The past rounds that came, each as often as it did."""
    before = old.past_closings if old else ()
    if new.past_closings[: len(before)] == before:
        return [*new.past_closings[len(before) :]]
    more = list(new.past_closings)
    for closing in before:
        if closing in more:
            more.remove(closing)
    return more


def _went_by(
    change: Change, old: Task | None, new: Task, closing: Closing, context: Context
) -> bool:
    """Whether a round can have come and gone within a change, as where several commits are one.

    A meeting gave it on just this content, and it was taken up again after: what was closed, with
    application and review, was reopened; of what was 长期坚持 a meeting said 继续整改.
    """
    decision, day = change.new.decision(closing.decision), closing.date
    item = decision.on(new.id) if decision else None
    if decision is None or item is None or decision.date is None or day is None:
        return False
    kind = old.kind if old else new.kind
    if objections(decision, item, context.config.policies.for_kind(kind)):
        return False
    if item.result in NEEDED[CLOSED] and closing.applied and closing.reviewed:
        again = [each.date for _, _, each in _looked_at_again(old, new) if each.date]
    elif item.result in NEEDED[ONGOING]:
        told = ((each, each.on(new.id)) for each in change.new.meetings.get(new.id, ()))
        again = [each.date for each, its in told if each.date and its and its.result == CONTINUE]
    else:
        return False
    seen = {case_digest(each) for each in (old, new) if each}
    in_time = decision.date <= day <= max(again, default=dt.date.min)
    return item.digest in seen and in_time


def c011_recorded(change: Change, context: Context) -> Iterator[Problem]:
    """C011: the record of a meeting is not touched any more, whether something rests on it or not.

    Its data count, keys that nobody knows included; its comments and layout say nothing.
    """
    now = {entry.path: entry for entry in change.new.decisions}
    touched = {
        entry.path: entry
        for entry in change.old.decisions
        if entry.path not in now or now[entry.path].data != entry.data
    }
    for path, entry in touched.items():
        name = entry.record.id
        moved = name in change.new.decision_by_id
        fate = "被改动" if path in now else "被换了文件名" if moved else "被删去或不能读了"
        hint = f"请恢复原样；有更正的另记一次会议，写明 corrects: {name}"
        yield Problem(path, "C011", f"会议记录 {name} {fate}", hint, id=name)
    for path, entry in now.items():
        name = entry.record.id
        before = change.old.decision_by_id.get(name)
        first = change.new.decision_by_id[name] is entry
        other = before is not None and before.path != path and before.data != entry.data
        if first and before and other and before.path not in touched:
            message = f"会议记录 {name} 被另一份同号的记录顶替"
            yield Problem(path, "C011", message, "请删去这一份，或换一个编号", id=name)


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


def _was_corrected(change: Change, old: Task, new: Task, context: Context) -> bool:
    """Whether wrong dates are now what the same words say, by the sources as they were before."""
    read = due_as_read(old, change.old, context) if old.due.text == new.due.text else None
    if read is None or read.date is None:
        return False
    if read.workdays and _is_later(new.due, old.due):
        return False  # perhaps the calendar has changed since: then more time is an extension
    as_read = (read.date, read.dates)
    return (old.due.date, old.due.dates) != as_read and (new.due.date, new.due.dates) == as_read


def _is_later(new: Due | Deadline, old: Due | Deadline) -> bool:
    """Whether any day of a time limit comes after the one that it was."""
    days = [(each.date, *each.dates) for each in (new, old)]
    return any(after and before and after > before for after, before in zip(*days, strict=False))


def _reopening(new: Task) -> dt.date | None:
    """The day from which on a reopened task is at work again, as C003 reads it."""
    days = [each.date for each in new.progress if each.event == REOPENED and each.date]
    return max((*days, *(each.date for each in new.lookback if each.date)), default=None)


def _is_reopened(old: Task, new: Task) -> bool:
    """Whether what was closed goes on, or went on before it was closed again."""
    if old.status != CLOSED or new.status == CANCELLED:
        return False
    return new.status != CLOSED or len(new.past_closings) > len(old.past_closings)


def _read_otherwise(change: Change, context: Context) -> Iterator[Task]:
    """Tasks whose date is no longer what its words say, because of what they are read by."""
    for name in sorted(_moved_tasks(change)):
        old, new = change.old.task(name), change.new.task(name)
        if old is None or new is None or old.due != new.due:
            continue
        if new.source not in change.new.source_by_id:
            continue  # T005
        first = due_as_read(old, change.old, context)
        then = due_as_read(new, change.new, context)
        before, after = _says(first, old.due), _says(then, new.due)
        dated = old.due.date or old.due.dates
        later = bool(first and then and _is_later(then, first))
        moved = (before, after) in ((True, False), (True, None), (None, False))
        if dated and (moved or (later and after is False)):
            yield new


def _moved_tasks(change: Change) -> set[str]:
    """Tasks that have another source than before, or whose source has another year or day."""
    moved = {new.id for old, new in change.kept() if old.source != new.source}
    sources = {each.record.id for each in (*change.old.sources, *change.new.sources)}
    dated = {name for name in sources if _dated(change.old, name) != _dated(change.new, name)}
    if dated:
        moved |= {key for key, each in change.new.by_id.items() if each.record.source in dated}
    return moved


def _dated(snapshot: Snapshot, source: str) -> tuple[int | None, dt.date | None]:
    """By which year and day the time limits of a source are read."""
    entry = snapshot.source_by_id.get(source)
    return (entry.record.year, entry.record.issued) if entry else (None, None)


def _says(read: Deadline | None, due: Due) -> bool | None:
    """Whether the words of a time limit say its dates; None where that cannot be known."""
    if read is None or read.date is None:
        return None
    return (read.date, read.dates) == (due.date, due.dates)


def _new_entries(old: Task | None, new: Task) -> Iterator[tuple[Place, str, dt.date]]:
    """What was written into the logs and the procedure: where, what it is called, its day."""
    for key in LOGS[:3]:
        for entry in _added(old, new, key):
            if entry.date:
                yield (key,), full_name(key), entry.date
    for key, called in _PROCEDURE:
        entry = getattr(new.closing, key, None)
        if entry and entry.date and entry != getattr(old and old.closing, key, None):
            yield ("closing", key), called, entry.date


def _added(old: Task | None, new: Task, key: str) -> Iterator[Any]:
    """The entries of a log that were not there before."""
    before = getattr(old, key) if old else ()
    return (each for each in behind(before, getattr(new, key)) if each not in before)


def behind(old: Sequence[Any], new: Sequence[Any]) -> Sequence[Any]:
    """What a list has behind the entries that it begins with as an older one does.

    A log is as a rule only added to; looking for each entry in the whole of it costs its square.
    """
    if new[: len(old)] == old:
        return new[len(old) :]
    pairs = zip(old, new, strict=False)
    same = next((place for place, (one, other) in enumerate(pairs) if one != other), None)
    return new[min(len(old), len(new)) if same is None else same :]


def _looked_at_again(old: Task | None, new: Task) -> Iterator[tuple[str, str, Progress | Lookback]]:
    """The new entries that say that a task which had ended was looked at, or goes on."""
    for entry in _added(old, new, "progress"):
        if entry.event == REOPENED:
            yield "progress", "重开记录", entry
    for seen in _added(old, new, "lookback"):
        yield "lookback", full_name("lookback"), seen


def _first_end(old: Task, new: Task) -> dt.date | None:
    """The day of the first end that a change knows of, beside those that were history before."""
    rounds = (old.closing, *new.past_closings[len(old.past_closings) :], new.closing)
    return min((each.date for each in rounds if each and each.date), default=None)


def _rounds(change: Change, old: Task, new: Task, context: Context) -> Iterator[Problem]:
    """What was done to rounds of closing that are over: they stay, or stand in `past_closings`."""
    more = _more(old, new)
    closing = old.closing
    if closing is None or not closing.is_over or closing in (new.closing, *more):
        return
    if old.status != new.status or old.status not in NEEDED:
        message = f"{new.id} 原来的销号过程没有留下来"
        hint = "请用 ledger reopen 重开，原来的销号过程会移到 past_closings"
        severity = WARNING if context.long_ago else ERROR
        problem = on_task(change, new, "C010", message, hint, ("closing",))
        yield replace(problem, severity=severity)
    elif not _is_mended(change, old, new, context):
        message = f"{new.id} 的销号过程被改动"
        yield on_task(change, new, "C010", message, "请恢复原样；要重新办理的先重开", ("closing",))


def _is_mended(change: Change, old: Task, new: Task, context: Context) -> bool:
    """Whether of an end only what it rests on was changed, and C002, C003 or C007 judge that.

    An end that no meeting gave (圈阅) may be given another basis by a meeting.
    """
    before, after = old.closing or Closing(), new.closing or Closing()
    bare = replace(before, decision=after.decision, date=after.date)
    if bare != after or before.decision == after.decision:
        return bare == after
    unnamed = not after.decision and new.status == CLOSED  # C002
    return unnamed or not before.decision or bool(doubt(change.old, old, context.config))


def _grew(old: Sequence[object], new: Sequence[object]) -> bool:
    """Whether every entry is still there, in the same order (others may have come between)."""
    if new[: len(old)] == old:
        return True
    rest = iter(new)
    return all(any(entry == other for other in rest) for entry in old)


def _goes_on(old: Task, new: Task) -> bool:
    """Whether a closing procedure under way was not begun anew."""
    under_way = (APPLIED, REVIEWED, CLOSED)
    is_over = bool(old.closing and old.closing.is_over)  # then `_rounds` asks
    moved = old.status in under_way and new.status in under_way
    return moved and not is_over and not begun_anew(old, new)
