"""To the meeting's table and back: apply, review, return, reopen, lookback."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence

from ledger.adapters.disk import store
from ledger.adapters.yaml.edit import Edit
from ledger.errors import AlreadyDone, LedgerError, UsageError
from ledger.model.decode import plain
from ledger.model.paths import DECISIONS, EVIDENCE
from ledger.model.people import People, account
from ledger.model.task import (
    APPLIED,
    CLOSED,
    IN_PROGRESS,
    NOT_STARTED,
    ONGOING,
    REOPENED,
    RETURNED,
    REVIEWED,
    Applied,
    Lookback,
    Progress,
    Reviewed,
    Task,
)
from ledger.rules.basis import reopened_too_early
from ledger.rules.tasks import is_tangible, misplaced
from ledger.usecases.reading.hands import applicant
from ledger.usecases.reading.identities import addresses_at
from ledger.usecases.reading.load import config_at, load_parts, load_task
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.act import Act, Operation
from ledger.usecases.writing.edit import Done, change_task, refuse_future, refuse_unsaid

_APPLYING, _REVIEWING, _RETURNING = "申请销号", "审核", "退回"
# What has to be done first, by a task's status and the step that was asked for.
_FIRST = {
    (NOT_STARTED, _APPLYING): "请先用 ledger progress 填报进展，事项随之转为“推进中”",
    (CLOSED, _APPLYING): "确需继续的，请先用 ledger reopen 重开",
    (NOT_STARTED, _REVIEWING): "请先用 ledger progress 填报进展，再用 ledger apply 申请销号",
    (IN_PROGRESS, _REVIEWING): "请先用 ledger apply 申请销号",
}


def apply_closing(ledger: Ledger, task_id: str, summary: str, act: Act) -> Done:
    """申请销号: the task is done, here is the evidence.

    Raises:
        LedgerError: not 推进中, no evidence, evidence missing or changed.
    """

    def edits(task: Task) -> list[Edit]:
        refuse_future(act.date, act.today)
        refuse_unsaid(summary, "完成情况说明", "--summary")
        applied = Applied(date=act.date, by=act.by, summary=summary)
        if task.status == APPLIED and task.closing and task.closing.applied == applied:
            raise AlreadyDone(f"{task.id} 已经这样申请过了，没有重复登记")
        refuse_applying(task)
        return [
            *_hashes(ledger, task),
            *history_of(task),
            Edit(("status",), APPLIED),
            Edit(("closing",), {"applied": plain(applied)}),
        ]

    return _changed(ledger, task_id, edits, "apply", "申请销号", act)


def review(ledger: Ledger, task_id: str, opinion: str, act: Act) -> Done:
    """审核: a second person agrees that the case goes to the meeting.

    Raises:
        LedgerError: not 申请销号, or the applicant himself, by name or by git's account.
    """
    snapshot, entry = load_task(ledger, task_id)
    people = snapshot.config.policies.people()

    def edits(task: Task) -> list[Edit]:
        refuse_future(act.date, act.today)
        refuse_unsaid(opinion, "审核意见", "--opinion")
        reviewed = Reviewed(date=act.date, by=act.by, opinion=opinion)
        if task.status == REVIEWED and task.closing and task.closing.reviewed == reviewed:
            raise AlreadyDone(f"{task.id} 已经这样审核过了，没有重复登记")
        refuse_reviewing(task)
        applied = task.closing.applied if task.closing else None
        _refuse_applicant(task, people, act)
        if applied and applied.date and act.date < applied.date:
            applied_on = f"{task.id} {applied.date.isoformat()} 才申请"
            message = f"{applied_on}，不能在 {act.date.isoformat()} 审核"
            raise UsageError(message, hint="请检查 --date")
        if applied:
            _refuse_own_account(ledger, task, entry.path, applied)
        return [Edit(("status",), REVIEWED), Edit(("closing", "reviewed"), plain(reviewed))]

    return _changed(ledger, task_id, edits, "review", "审核通过", act)


def refuse_at_once(ledger: Ledger, task_id: str, act: Act, step: str) -> None:
    """Raise where 申请 or 审核 would be refused whatever is said of it: before anybody is asked.

    Args:
        step: `apply` or `review`.

    Raises:
        LedgerError: the task is not as far, lacks evidence, or its applicant would review it.
    """
    snapshot, entry = load_task(ledger, task_id)
    if step == "apply":
        refuse_applying(entry.record)
    else:
        refuse_reviewing(entry.record)
        _refuse_applicant(entry.record, snapshot.config.policies.people(), act)


def _refuse_applicant(task: Task, people: People, act: Act) -> None:
    """Raise where the name of who reviews is that of who applied, however it is written."""
    applied = task.closing.applied if task.closing else None
    if applied and people.who(applied.by) == people.who(act.by):
        raise LedgerError(
            f"{task.id} 由 {act.by} 申请，不能由同一人审核",
            hint="请由另一个人审核；和您合用一台电脑的，他先运行 ledger who 登记自己",
        )


def send_back(ledger: Ledger, task_id: str, reason: str, act: Act) -> Done:
    """退回: an application or a reviewed case goes back to work, with the reason in the log.

    Raises:
        LedgerError: neither 申请销号 nor 待上会.
    """

    def edits(task: Task) -> list[Edit]:
        refuse_future(act.date, act.today)
        refuse_unsaid(reason, "退回理由", "--reason")
        _refuse_again(task, reason, RETURNED, act, _RETURNING)
        refuse_returning(task)
        return back_to_work(task, reason, RETURNED, act)

    return _changed(ledger, task_id, edits, "return", "退回", act, body=f"理由：{reason}")


def reopen(ledger: Ledger, task_id: str, reason: str, act: Act) -> Done:
    """重开: a closed task goes on, with the reason in the log; how it was closed is kept.

    Raises:
        LedgerError: not 已销号, or a meeting on it was later.
    """
    snapshot = load_parts(ledger, DECISIONS)

    def edits(task: Task) -> list[Edit]:
        refuse_future(act.date, act.today)
        refuse_unsaid(reason, "重开理由", "--reason")
        _refuse_again(task, reason, REOPENED, act, "重开")
        _refuse_other(task, (CLOSED,), "重开")
        _refuse_before(task, act.date, "重开")
        if why := reopened_too_early(snapshot, task, act.date, snapshot.config):
            message = f"{task.id} 的重开写在 {act.date.isoformat()}，{why}"
            raise LedgerError(message, hint="请检查 --date")
        return back_to_work(task, reason, REOPENED, act)

    return _changed(ledger, task_id, edits, "reopen", "重开", act, body=f"理由：{reason}")


def look_back(ledger: Ledger, task_id: str, result: str, note: str, act: Act) -> Done:
    """回头看: record whether a closed task holds.

    Raises:
        LedgerError: neither 已销号 nor 长期坚持.
    """

    def edits(task: Task) -> list[Edit]:
        refuse_future(act.date, act.today)
        refuse_unsaid(result, "回头看结论", "--result")
        _refuse_other(task, (CLOSED, ONGOING), "回头看")
        _refuse_before(task, act.date, "回头看")
        entry = Lookback(date=act.date, by=act.by, result=result, note=note)
        if entry in task.lookback:
            raise AlreadyDone(f"{task.id} 已经登记过同样的回头看，没有重复登记")
        return [Edit(("lookback",), plain(entry), append=True)]

    return _changed(ledger, task_id, edits, "lookback", f"回头看：{result}", act)


def back_to_work(task: Task, reason: str, event: str, act: Act) -> list[Edit]:
    """The edits by which a task goes back to 推进中, with the reason as a log entry."""
    entry = Progress(date=act.date, by=act.by, text=reason, event=event)
    return [
        Edit(("status",), IN_PROGRESS),
        Edit(("progress",), plain(entry), append=True),
        *history_of(task),
    ]


def history_of(task: Task) -> list[Edit]:
    """The edits by which a closing that is over makes room for the next one, and is kept."""
    if task.closing is None or not task.closing.is_over:
        return []
    kept = Edit(("past_closings",), plain(task.closing), append=True)
    return [kept, Edit(("closing",), {})]


def _refuse_again(task: Task, reason: str, event: str, act: Act, called: str) -> None:
    """Raise when the last thing that happened to a task is just what is asked for."""
    entry = Progress(date=act.date, by=act.by, text=reason, event=event)
    if task.status == IN_PROGRESS and task.progress[-1:] == (entry,):
        raise AlreadyDone(f"{task.id} 已经这样{called}过了，没有重复登记")


def _changed(
    ledger: Ledger,
    task_id: str,
    edits: Callable[[Task], Sequence[Edit]],
    name: str,
    called: str,
    act: Act,
    body: str = "",
) -> Done:
    return change_task(ledger, task_id, edits, Operation(name, called, body=body), act.commit)


def _refuse_own_account(ledger: Ledger, task: Task, path: str, applied: Applied) -> None:
    """Whatever name is given: who applied from this account does not review from it."""
    mine = ledger.repo.email()
    head = ledger.repo.head() or ""
    commit = applicant(ledger, head, path, applied)
    if commit is None:
        raise LedgerError(
            f"{task.id} 的申请还没有提交，看不出是谁申请的，不能审核", hint="请先提交申请"
        )
    known = addresses_at(ledger, head, config_at(ledger))
    if not known.of(ledger.repo.identity() or "", mine).isdisjoint(
        known.of(commit.author, commit.email)
    ):
        also = "" if account(mine) == account(commit.email) else f"，{commit.email} 也是您的"
        raise LedgerError(
            f"{task.id} 是用您这个账号（{mine}{also}）申请的，不能再用它审核，写别人的姓名也不行",
            hint="请审核人用自己的账号审核，同一台电脑的先换账号",
        )


def refuse_applying(task: Task) -> None:
    """Raise where a task cannot be applied for: not its next step, or there is no evidence."""
    _refuse_other(task, (IN_PROGRESS,), _APPLYING)
    if not any(map(is_tangible, task.evidence)):
        lack = "只有材料名称，没有材料" if task.evidence else "没有佐证材料"
        raise LedgerError(
            f"{task.id} {lack}，不能申请销号",
            hint=f"请先登记：ledger evidence add {task.id} 文件（敏感的加 --archive 档案号）",
        )


def refuse_reviewing(task: Task) -> None:
    """Raise where nobody has applied for a task."""
    _refuse_other(task, (APPLIED,), _REVIEWING)


def refuse_returning(task: Task) -> None:
    """Raise where there is no application that could be sent back."""
    _refuse_other(task, (APPLIED, REVIEWED), _RETURNING)


def _refuse_other(task: Task, allowed: tuple[str, ...], called: str) -> None:
    """Raise where a step is not the task's next one; the hint is what comes before it."""
    if task.status not in allowed:
        first = _FIRST.get((task.status, called))
        raise LedgerError(
            f"{task.id} 现在是“{task.status}”，不能{called}",
            hint=first or f"{called}的前提是“{'”或“'.join(allowed)}”",
        )


def _refuse_before(task: Task, day: dt.date, called: str) -> None:
    closed = task.closing.date if task.closing else None
    if closed and day < closed:
        raise UsageError(
            f"{task.id} {closed.isoformat()} 才办结，不能在 {day.isoformat()} {called}",
            hint="请检查 --date",
        )


def _hashes(ledger: Ledger, task: Task) -> list[Edit]:
    """Fill in hashes that are missing; refuse evidence that is gone or was exchanged."""
    edits: list[Edit] = []
    for position, evidence in enumerate(task.evidence):
        if not evidence.path:
            continue
        if misplaced(evidence.path):
            raise LedgerError(
                f"佐证材料 {evidence.path} 不在 {EVIDENCE} 里",
                hint=f"请登记放进台账的文件：ledger evidence add {task.id} 文件",
            )
        actual = hashlib.sha256(store.read(ledger.root, evidence.path)).hexdigest()
        if not evidence.sha256:
            edits.append(Edit(("evidence", position, "sha256"), actual))
        elif evidence.sha256 != actual:
            raise LedgerError(
                f"佐证材料 {evidence.path} 与登记的校验值不符", hint="请核对文件是否被换过"
            )
    return edits
