"""`decide`: record a meeting, and seal what was laid before it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ledger.adapters.disk import store
from ledger.adapters.disk.store import FileChange
from ledger.adapters.yaml.edit import Edit, edited, written
from ledger.adapters.yaml.read import parse
from ledger.errors import AlreadyDone, LedgerError, UsageError
from ledger.model.case import case_digest
from ledger.model.decision import Decision
from ledger.model.decode import plain
from ledger.model.paths import DECISIONS, path_of_decision, refuse_device
from ledger.model.problem import errors
from ledger.model.record import dataclass, replace
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.task import REVIEWED, Task
from ledger.rules import CODES, Context, check_snapshot
from ledger.usecases.closing.outcomes import (
    BACK,
    EXTENDED,
    TO_CLOSE,
    Outcome,
    may_decide_again,
    outcome,
)
from ledger.usecases.reading.load import load_parts
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.act import Act, Operation, alone, record
from ledger.usecases.writing.edit import ORDER, decoded

SCHEMA_LINE = "# yaml-language-server: $schema=../../schemas/decision.json"
_JUDGED = frozenset(code for code in CODES if code[0] == "D") | {"T003"}


@dataclass(frozen=True, slots=True)
class Recorded:
    """What `decide` did.

    Attributes:
        decision: the meeting, digests filled in.
        sent_back, extended: ids of tasks that went back to work by it, or got more time.
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

    @property
    def corrected(self) -> tuple[str, ...]:
        """Ids of the tasks on which it corrects another meeting."""
        return tuple(item.task for item in self.decision.items if self.decision.corrects)


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
    content = written(plain(decision), SCHEMA_LINE)
    return _record(ledger, content, decision.id, act)


def waiting(snapshot: Snapshot) -> list[Task]:
    """The tasks that wait for a meeting, and those that were closed without one (圈阅)."""
    tasks = [entry.record for entry in snapshot.tasks]
    reviewed = [task for task in tasks if task.status == REVIEWED]
    return reviewed + [task for task in tasks if may_decide_again(snapshot, task)]


def next_id(snapshot: Snapshot, body: str, day: dt.date) -> str:
    """The id that a body's next record would have: its last one's, with the next number.

    A body's first one has the letters that its name is spelled with: DZH-2020-1 of 党组会.
    """
    from ledger.model.pinyin import initials

    records = (entry.record for entry in snapshot.decisions)
    own = [each for each in records if each.body == body and each.date and each.date <= day]
    last = max(own, key=lambda each: (str(each.date), each.id)).id if own else ""
    head, year, between, number = _parts_of_id(last)
    if not number:
        head, year, between, number = f"{initials(body).upper() or 'HY'}-", str(day.year), "-", "0"
    if year and year != str(day.year):
        year, number = str(day.year), "0".zfill(len(number))
    count = int(number) + 1
    while (name := f"{head}{year}{between}{count:0{len(number)}}") in snapshot.decision_by_id:
        count += 1
    return name


def _parts_of_id(name: str) -> tuple[str, str, str, str]:
    """What stands before the year of a record's id, the year, what follows, its number."""
    match = re.fullmatch(r"(.*?)(?:((?:19|20)\d\d)(\D+))?(\d+)", name)
    return (match[1], match[2] or "", match[3] or "", match[4]) if match else ("", "", "", "")


@alone
def _record(ledger: Ledger, content: bytes, called: str, act: Act) -> Recorded:
    decision = decoded(Decision, content, called)
    named = {name for item in decision.items for name in (item.task, item.into) if name}
    snapshot = load_parts(ledger, DECISIONS, tasks=named)
    day = decision.date
    if day is None or decision.id in snapshot.decision_by_id:
        _refuse_same(snapshot, decision)
        raise LedgerError(
            f"会议记录 {decision.id} 已经有了", hint="记录不能改；有更正的另记一次会议"
        )
    refuse_device(decision.id, "会议记录编号")
    digests = _digests(ledger, snapshot, decision)
    edits = [
        Edit(("items", position, "digest"), digest)
        for position, digest in enumerate(digests)
        if digest
    ]
    content = edited(content, edits)
    decision = decoded(Decision, content, called)
    path = path_of_decision(day.year, decision.id)
    _refuse_broken(snapshot, Entry(path, parse(content), decision), act.today)
    outcomes = [outcome(snapshot, decision, item, act) for item in decision.items]
    changes = [FileChange(path, None, content), *_followed(ledger, snapshot, outcomes)]
    operation = Operation(
        "decide",
        f"会议 {decision.id} {decision.body} {decision.session}".strip(),
        tuple(item.task for item in decision.items),
        trailers=(("Ledger-Decision", decision.id),),
    )
    remarks = [f"{each.task}：{remark}" for each in outcomes for remark in each.remarks]
    back, extended, to_close = (
        tuple(each.task for each in outcomes if each.kind == kind)
        for kind in (BACK, EXTENDED, TO_CLOSE)
    )
    commit = record(ledger, changes, operation, act.commit)
    return Recorded(decision, back, extended, to_close, tuple(dict.fromkeys(remarks)), commit)


def _refuse_same(snapshot: Snapshot, decision: Decision) -> None:
    """Raise when the meeting is recorded already with just this content, digests apart."""
    recorded = snapshot.decision(decision.id)
    if recorded and _without_digests(recorded) == _without_digests(decision):
        raise AlreadyDone(f"会议记录 {decision.id} 已经这样登记过了，没有重复登记")


def _without_digests(decision: Decision) -> Decision:
    return replace(decision, items=tuple(replace(each, digest="") for each in decision.items))


def _digests(ledger: Ledger, snapshot: Snapshot, decision: Decision) -> list[str]:
    """The digests of the cases as they stand; empty for a task there is not (D007 will say so).

    What was laid before a meeting must have been committed, or nobody could check it later.
    """
    entries = [snapshot.by_id.get(item.task) for item in decision.items]
    committed = _committed_digests(ledger, [each.path for each in entries if each])
    digests = [case_digest(each.record) if each else "" for each in entries]
    for entry, item, digest in zip(entries, decision.items, digests, strict=True):
        if entry and committed.get(entry.path) != digest:
            raise LedgerError(
                f"{item.task} 上会的内容还没有提交，没有登记会议",
                hint="请先提交这个事项的改动，再登记会议",
            )
        if entry and item.digest and item.digest != digest:
            raise LedgerError(
                f"{item.task} 现在的内容与会议记录里的摘要值不符",
                hint="上会之后内容被改过；请恢复上会时的内容，或把改过的内容重新提交会议",
            )
    return digests


def _committed_digests(ledger: Ledger, paths: Sequence[str]) -> dict[str, str]:
    """The digests of some cases as the last commit has them, by path; of those it can read."""
    head = ledger.repo.head()
    files = list(ledger.repo.tree(head, *paths)) if head and paths else []
    digests: dict[str, str] = {}
    contents = ledger.repo.blobs(each.blob for each in files)
    for file, (_, content) in zip(files, contents, strict=True):
        with suppress(LedgerError):
            digests[file.path] = case_digest(decoded(Task, content, file.path))
    return digests


def _refuse_broken(snapshot: Snapshot, entry: Entry[Decision], today: dt.date) -> None:
    after = replace(snapshot, decisions=(*snapshot.decisions, entry), problems=())
    judged = errors(check_snapshot(after, Context(snapshot.config, today), _JUDGED))
    problems = [problem for problem in judged if problem.path == entry.path]
    if problems:
        rest = f"（另有 {len(problems) - 1} 处问题）" if len(problems) > 1 else ""
        raise LedgerError(
            f"会议记录没有登记：{problems[0].code} {problems[0].message}{rest}",
            hint=problems[0].hint,
        )


def _followed(
    ledger: Ledger, snapshot: Snapshot, outcomes: Iterable[Outcome]
) -> Iterator[FileChange]:
    for result in outcomes:
        if result.edits:
            path = snapshot.by_id[result.task].path
            old = store.read(ledger.root, path)
            yield FileChange(path, old, edited(old, result.edits, ORDER))
