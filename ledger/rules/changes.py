"""C: rules on what a change does to the ledger: closings above all."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from ledger.model.case import case_digest
from ledger.model.change import Change
from ledger.model.config import Config
from ledger.model.decision import Decision, DecisionItem
from ledger.model.problem import Place, Problem
from ledger.model.snapshot import Snapshot
from ledger.model.standing import checkpoints
from ledger.model.task import CLOSED, IN_PROGRESS, NOT_STARTED, REOPENED, RETURNED, Task
from ledger.model.transition import GIVEN, NEEDED, STEPS, is_return
from ledger.model.voting import objections
from ledger.rules.base import Context


def c001_transition(change: Change, context: Context) -> Iterator[Problem]:
    """C001: a task moves only along the steps; one sent back says why; a new one has not ended."""
    for old, new in change.pairs():
        if new is None:
            continue
        before = old.status if old else NOT_STARTED
        if before == new.status or (old is None and new.status == IN_PROGRESS):
            continue
        if (before, new.status) not in STEPS:
            start = f"从“{before}”" if old else "新增时"
            yield _at(
                change,
                new,
                "C001",
                f"{new.id} {start}不能直接成为“{new.status}”",
                "请按 申请销号 → 审核 → 集体决策 → 销号 的顺序办理",
                ("status",),
            )
        elif is_return(before, new.status) and not _says(old, new, RETURNED):
            yield _at(
                change,
                new,
                "C001",
                f"{new.id} 退回没有写明理由",
                "请用 ledger return 退回",
                ("status",),
            )


def c002_no_decision(change: Change, context: Context) -> Iterator[Problem]:
    """C002: what only a meeting can do names a meeting that is recorded."""
    for new in _decided(change):
        if _decision(change.new, new) is None:
            named = new.closing.decision if new.closing else ""
            said = f"会议记录 {named} 不存在" if named else "没有集体决策"
            yield _at(
                change,
                new,
                "C002",
                f"{new.id} {said}，不能成为“{new.status}”",
                "请先用 ledger decide 记录会议，再用 ledger close 办理",
                ("closing", "decision"),
            )


def c003_not_approved(change: Change, context: Context) -> Iterator[Problem]:
    """C003: the meeting decided just this on just this task, and its decision stands."""
    for new in _decided(change):
        decision = _decision(change.new, new)
        if decision is None:
            continue
        item = _item(decision, new)
        if item is None or item.result not in NEEDED[new.status]:
            said = f"结论是“{item.result}”" if item else "没有议过它"
            yield _at(
                change,
                new,
                "C003",
                f"{decision.id} 对 {new.id} {said}，不能据以成为“{new.status}”",
                "请核对会议记录的编号和结论",
                ("closing", "decision"),
            )
            continue
        policy = context.config.policies.for_kind(_kind(change, new))
        for objection in objections(decision, item, policy):
            yield _at(
                change,
                new,
                "C003",
                f"{decision.id} 不能作为 {new.id} 的依据：{objection}",
                "请提交有权决定的会议重新审议",
                ("closing", "decision"),
            )


def c004_content(change: Change, context: Context) -> Iterator[Problem]:
    """C004: what is closed is what the meeting saw, when it is closed and ever after."""
    for new in _decided(change, and_closed=True):
        decision = _decision(change.new, new)
        item = _item(decision, new) if decision else None
        if decision is None or item is None:
            continue
        if not item.digest:
            said = f"{decision.id} 没有 {new.id} 上会材料的摘要值"
        elif item.digest != case_digest(new):
            said = f"{new.id} 的内容与上会时不一样"
        else:
            continue
        yield _at(
            change, new, "C004", said, "请恢复上会时的内容，或把改过的内容重新提交会议", ("id",)
        )


def c005_no_evidence(change: Change, context: Context) -> Iterator[Problem]:
    """C005: nothing is closed without evidence."""
    for new in _closed(change):
        if not new.evidence:
            yield _at(
                change,
                new,
                "C005",
                f"{new.id} 没有佐证材料，不能销号",
                "请用 ledger evidence add 登记佐证材料",
                ("evidence",),
            )


def c006_same_person(change: Change, context: Context) -> Iterator[Problem]:
    """C006: who applied is not who reviewed."""
    for _, new in change.pairs():
        closing = new.closing if new else None
        if new is None or closing is None or closing.applied is None or closing.reviewed is None:
            continue
        if closing.applied.by.strip() == closing.reviewed.by.strip():
            yield _at(
                change,
                new,
                "C006",
                f"{new.id} 由 {closing.applied.by} 一人既申请又审核",
                "请由另一个人审核",
                ("closing", "reviewed"),
            )


def c007_too_early(change: Change, context: Context) -> Iterator[Problem]:
    """C007: a task is closed on or after the day of the decision, and not in the future."""
    for new in _closed(change):
        decision = _decision(change.new, new)
        closed = new.closing.date if new.closing else None
        if decision is None:
            continue
        if closed is None:
            said, hint = "没有销号日期", "请填写 closing.date"
        elif decision.date and closed < decision.date:
            said = f"{closed.isoformat()} 销号，早于会议日期 {decision.date.isoformat()}"
            hint = "请改正销号日期"
        elif closed > context.today:
            said, hint = f"销号日期 {closed.isoformat()} 还没有到", "请改正销号日期"
        else:
            continue
        yield _at(change, new, "C007", f"{new.id} {said}", hint, ("closing", "date"))


def c008_reopened(change: Change, context: Context) -> Iterator[Problem]:
    """C008: a closed task is reopened with a 回头看 record or a reason."""
    for old, new in change.pairs():
        if old is None or new is None or old.status != CLOSED or new.status == CLOSED:
            continue
        if new.lookback == old.lookback and not _says(old, new, REOPENED):
            yield _at(
                change,
                new,
                "C008",
                f"{new.id} 重开没有回头看记录，也没有理由",
                "请用 ledger reopen 重开",
                ("status",),
            )


def c009_due(change: Change, context: Context) -> Iterator[Problem]:
    """C009: a deadline once set stays; what is approved later is an extension."""
    for old, new in change.pairs():
        if old and new and (old.due.date or old.due.dates) and old.due != new.due:
            yield _at(
                change,
                new,
                "C009",
                f"{new.id} 的原定时限被改动",
                "请恢复原定时限；经批准的延期用 ledger extend 登记",
                ("due",),
            )
        elif old and new and checkpoints(new) and old.extensions != new.extensions:
            for entry in new.extensions[len(old.extensions) :]:
                if not (entry.reason.strip() and entry.approved_by.strip()):
                    yield _at(
                        change, new, "C009", f"{new.id} 的延期没有理由或批准人", "", ("extensions",)
                    )


def c010_log(change: Change, context: Context) -> Iterator[Problem]:
    """C010: the logs only grow: every entry stays as it was, in its order."""
    logs = (("progress", "进展记录"), ("extensions", "延期记录"), ("lookback", "回头看记录"))
    for old, new in change.pairs():
        for key, called in logs:
            if old and new and not _grew(getattr(old, key), getattr(new, key)):
                yield _at(
                    change,
                    new,
                    "C010",
                    f"{new.id} 的{called}被改动或删去",
                    "记录只增不改；写错的请另加一条说明",
                    (key,),
                )


def c011_used_decision(change: Change, context: Context) -> Iterator[Problem]:
    """C011: a meeting on which a closing rests is not touched any more."""
    used = {
        entry.record.closing.decision
        for entry in change.old.tasks
        if entry.record.closing and entry.record.status in NEEDED
    }
    for key, entry in change.old.decision_by_id.items():
        now = change.new.decision_by_id.get(key)
        if key in used and (now is None or now.record != entry.record):
            said = "删去" if now is None else "改动"
            yield Problem(
                entry.path,
                "C011",
                f"会议记录 {key} 已据以销号，又被{said}",
                "请恢复原样；会议有更正的，另记一次会议",
                id=key,
            )


def c012_deleted(change: Change, context: Context) -> Iterator[Problem]:
    """C012: tasks end by decision, they do not vanish; a new id is a new task."""
    for old, new in change.pairs():
        if old is not None and new is None:
            yield Problem(
                change.old.by_id[old.id].path,
                "C012",
                f"事项 {old.id} 被删除或改了编号",
                "请恢复它；不再办理的事项经会议决定后中止",
                id=old.id,
            )


def c013_policy(change: Change, context: Context) -> Iterator[Problem]:
    """C013: the rules of the game do not change together with a closing."""
    closings = [new.id for new in _decided(change)]
    if not closings:
        return
    if _policy(change.old.config) != _policy(change.new.config):
        yield Problem(
            "ledger.yaml",
            "C013",
            f"在销号（{'、'.join(closings[:5])}）的同时改动了台账规则",
            "请把规则的改动单独提交，先行审议",
        )
    if change.old.templates != change.new.templates:
        yield Problem(
            "templates",
            "C013",
            f"在销号（{'、'.join(closings[:5])}）的同时改动了模板",
            "请把模板的改动单独提交",
        )


def _decided(change: Change, and_closed: bool = False) -> Iterator[Task]:
    """Tasks that come by a status which only a meeting can give, or rest on another meeting now.

    Args:
        and_closed: tasks that were closed before and stay so count too, whatever changed in them.
    """
    for old, new in change.pairs():
        if new is None or new.status not in NEEDED:
            continue
        same_status = old is not None and old.status == new.status
        same_decision = old is not None and _named(old) == _named(new)
        if not same_status or not same_decision or (and_closed and new.status == CLOSED):
            yield new


def _closed(change: Change) -> Iterator[Task]:
    return (task for task in _decided(change) if task.status == CLOSED)


def _named(task: Task) -> str:
    return task.closing.decision if task.closing else ""


def _decision(snapshot: Snapshot, task: Task) -> Decision | None:
    """The meeting a task rests on; 已中止 and 长期坚持 may leave it to the meeting to name them."""
    if _named(task):
        entry = snapshot.decision_by_id.get(_named(task))
        return entry.record if entry else None
    if task.status == CLOSED:
        return None
    for entry in snapshot.decisions:
        item = _item(entry.record, task)
        if item and GIVEN.get(item.result) == task.status:
            return entry.record
    return None


def _item(decision: Decision, task: Task) -> DecisionItem | None:
    return next((item for item in decision.items if item.task == task.id), None)


def _kind(change: Change, task: Task) -> str:
    """The kind a task had before: a change of kind must not choose a milder policy."""
    old = change.old.by_id.get(task.id)
    return old.record.kind if old else task.kind


def _policy(config: Config) -> Config:
    """What of ledger.yaml closings depend on; names of departments are none of it."""
    return dataclasses.replace(config, organisation="", departments=(), extra={})


def _grew(old: Sequence[object], new: Sequence[object]) -> bool:
    """Whether every entry is still there, in the same order (others may have come between)."""
    rest = iter(new)
    return all(any(entry == other for other in rest) for entry in old)


def _says(old: Task | None, new: Task, event: str) -> bool:
    """Whether the log got an entry that tells of an event and why."""
    before = old.progress if old else ()
    return any(
        entry.event == event and entry.text.strip() for entry in new.progress if entry not in before
    )


def _at(change: Change, task: Task, code: str, message: str, hint: str, place: Place) -> Problem:
    return Problem(change.new.by_id[task.id].path, code, message, hint, id=task.id, place=place)
