"""`decide`: record a meeting, and seal what was laid before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ledger.adapters import store
from ledger.adapters.snapshots import DECISIONS
from ledger.adapters.store import FileChange
from ledger.adapters.yamledit import Edit, edited, written
from ledger.adapters.yamlread import parse
from ledger.errors import LedgerError, UsageError
from ledger.model.case import case_digest
from ledger.model.decision import APPROVE_EXTENSION, SENT_BACK, Decision, DecisionItem
from ledger.model.decode import compact, encode
from ledger.model.problem import ERROR, Problem
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.standing import checkpoints, next_due
from ledger.model.task import APPLIED, RETURNED, REVIEWED, Extension, Task
from ledger.rules import CODES, Context, check_snapshot
from ledger.usecases.editing import ORDER, decoded_as, plain
from ledger.usecases.reading import Ledger, load
from ledger.usecases.workflow import Act, back_to_work
from ledger.usecases.writing import Operation, record

SCHEMA_LINE = "# yaml-language-server: $schema=../../schemas/decision.json"
_JUDGED = frozenset(code for code in CODES if code[0] == "D") | {"T003"}


@dataclass(frozen=True, slots=True)
class Recorded:
    """What `decide` did.

    Attributes:
        decision: the meeting, digests filled in.
        sent_back, extended: ids of tasks that the meeting sent back to work, or gave more time.
        to_close: ids that can now be closed with `ledger close`.
        remarks: what does not stand as a collective decision (Chinese), such as a 圈阅.
        commit: the commit's id, empty without one.
    """

    decision: Decision
    sent_back: tuple[str, ...]
    extended: tuple[str, ...]
    to_close: tuple[str, ...]
    remarks: tuple[str, ...]
    commit: str


def decide_file(ledger: Ledger, file: Path, act: Act) -> Recorded:
    """Record the meeting that a YAML file describes; its comments and layout are kept.

    Raises:
        UsageError: no such file.
        LedgerError: broken, against a D rule, or a digest in it is not that of the case.
    """
    if not file.is_file():
        raise UsageError(f"找不到文件 {file}", hint="请给出会议记录的 YAML 文件")
    return _record(ledger, file.read_bytes(), str(file), act)


def decide(ledger: Ledger, decision: Decision, act: Act) -> Recorded:
    """Record a meeting.

    Raises:
        LedgerError: against a D rule.
    """
    content = written(compact(encode(decision, day=lambda day: day)), SCHEMA_LINE)
    return _record(ledger, content, decision.id, act)


def waiting(snapshot: Snapshot) -> list[Task]:
    """The tasks that wait for a meeting."""
    return [entry.record for entry in snapshot.tasks if entry.record.status == REVIEWED]


def _record(ledger: Ledger, content: bytes, called: str, act: Act) -> Recorded:
    snapshot = load(ledger)
    decision = decoded_as(Decision, content, called)
    if decision.date is None or decision.id in snapshot.decision_by_id:
        raise LedgerError(
            f"会议记录 {decision.id} 已经有了", hint="记录不能改；有更正的另记一次会议"
        )
    digests = [_digest(snapshot, item) for item in decision.items]
    edits = [
        Edit(("items", position, "digest"), digest)
        for position, digest in enumerate(digests)
        if digest
    ]
    content = edited(content, edits)
    decision = decoded_as(Decision, content, called)
    path = f"{DECISIONS}/{_year(decision)}/{decision.id}.yaml"
    _refuse_broken(snapshot, Entry(path, parse(content), decision), act.today)
    changes = [FileChange(path, None, content), *_followed(ledger, snapshot, decision, act)]
    operation = Operation(
        "decide",
        f"会议 {decision.id} {decision.body} {decision.session}".strip(),
        tuple(item.task for item in decision.items),
        trailers=(("Ledger-Decision", decision.id),),
    )
    commit = record(ledger, changes, operation, act.commit)
    return _told(snapshot, decision, commit)


def _told(snapshot: Snapshot, decision: Decision, commit: str) -> Recorded:
    stands = {
        item.task: _objections(snapshot, decision, item)
        for item in decision.items
        if item.task in snapshot.by_id
    }
    by_result: dict[str, list[str]] = {"back": [], "extended": [], "close": []}
    for item in decision.items:
        if not stands.get(item.task):
            kind = (
                "back"
                if item.result in SENT_BACK
                else "extended"
                if item.result == APPROVE_EXTENSION
                else "close"
            )
            by_result[kind].append(item.task)
    remarks = [f"{task}：{said}" for task, reasons in stands.items() for said in reasons]
    return Recorded(
        decision,
        tuple(by_result["back"]),
        tuple(by_result["extended"]),
        tuple(by_result["close"]),
        tuple(dict.fromkeys(remarks)),
        commit,
    )


def _objections(snapshot: Snapshot, decision: Decision, item: DecisionItem) -> tuple[str, ...]:
    from ledger.model.voting import objections

    kind = snapshot.by_id[item.task].record.kind
    return objections(decision, item, snapshot.config.policies.for_kind(kind))


def _digest(snapshot: Snapshot, item: DecisionItem) -> str:
    """The digest of the case as it stands; empty for a task there is not (D007 will say so)."""
    entry = snapshot.by_id.get(item.task)
    digest = case_digest(entry.record) if entry else ""
    if item.digest and digest and item.digest != digest:
        raise LedgerError(
            f"{item.task} 现在的内容与会议记录里的摘要值不符",
            hint="上会之后内容被改过；请恢复，或删去摘要值并确认会议看到的就是现在的内容",
        )
    return digest


def _year(decision: Decision) -> int:
    assert decision.date is not None  # noqa: S101 - required by the schema
    return decision.date.year


def _refuse_broken(snapshot: Snapshot, entry: Entry[Decision], today: dt.date) -> None:
    """Raise for what D rules have against the new record."""
    there = replace(snapshot, decisions=(*snapshot.decisions, entry), problems=())
    found: list[Problem] = [
        problem
        for problem in check_snapshot(there, Context(snapshot.config, today), _JUDGED)
        if problem.path == entry.path and problem.severity == ERROR
    ]
    if found:
        rest = f"（另有 {len(found) - 1} 处问题）" if len(found) > 1 else ""
        raise LedgerError(
            f"会议记录没有登记：{found[0].code} {found[0].message}{rest}", hint=found[0].hint
        )


def _followed(
    ledger: Ledger, snapshot: Snapshot, decision: Decision, act: Act
) -> Iterator[FileChange]:
    """What follows at once from the meeting: tasks sent back, deadlines extended."""
    for item in decision.items:
        entry = snapshot.by_id.get(item.task)
        if entry is None or _objections(snapshot, decision, item):
            continue
        edits = _edits(entry.record, decision, item, act)
        if edits:
            old = store.read(ledger.root, entry.path)
            yield FileChange(entry.path, old, edited(old, edits, ORDER))


def _edits(task: Task, decision: Decision, item: DecisionItem, act: Act) -> list[Edit]:
    meeting = " ".join(part for part in (decision.body, decision.session) if part)
    if item.result in SENT_BACK and task.status in (APPLIED, REVIEWED):
        reason = f"{meeting}：{item.result}" + (f"，{item.opinion}" if item.opinion else "")
        return back_to_work(reason, RETURNED, replace(act, date=decision.date or act.date))
    if item.result == APPROVE_EXTENSION and item.until:
        days: tuple[Any, ...] = checkpoints(task)
        extension = Extension(
            date=decision.date,
            from_=next_due(task) or (days[-1] if days else None),
            to=item.until,
            reason=item.opinion or "会议同意延期",
            approved_by=f"{meeting}（{decision.id}）",
            by=act.by,
        )
        return [Edit(("extensions",), plain(extension), append=True)]
    return []
