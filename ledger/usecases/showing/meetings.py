"""AllMeetings for somebody who only reads: who met, what was decided on which task, what counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from ledger.adapters.git.walk import file_commits
from ledger.errors import NotKnown
from ledger.model.case import case_digest, is_as_seen
from ledger.model.config import ClosingPolicy
from ledger.model.decision import Decision, DecisionItem
from ledger.model.paths import DECISIONS
from ledger.model.problem import Problem
from ledger.model.record import dataclass
from ledger.model.snapshot import Entry, Snapshot, in_order
from ledger.model.task import Task
from ledger.model.voting import (
    APPROVAL,
    QUORUM,
    attending,
    due,
    given,
    has_quorum,
    objections,
    spelled,
    voters,
)
from ledger.rules.basis import overruled
from ledger.usecases.looking.asking import Asking
from ledger.usecases.looking.list import answered
from ledger.usecases.reading.load import load_parts
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger

SAME, OTHER, NEVER = "same", "other", "never"
"""Whether a digest is that of the case as it stood before the meeting was recorded; none is."""


@dataclass(frozen=True, slots=True)
class Attendance:
    """Whether enough came, by the policy of the kinds of task that were decided on.

    Attributes:
        due, present: 应到 and 实到 as they count.
        enough: whether the meeting could be opened for every kind; None where it is about no task
            that is known, or no body that decides.
        quorum, approval: what is needed, in words.
    """

    due: int
    present: int
    enough: bool | None
    quorum: str
    approval: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a meeting decided on one task, and what becomes of it.

    Attributes:
        title, status: of the task today; empty where the ledger has it not.
        voters: how many could vote on it.
        against: why it does not count as a collective decision, or not any more (Chinese).
        seen: one of `SAME`, `OTHER`, `NEVER`.
        unchanged: whether the task is still as the digest says; None without one.
    """

    item: DecisionItem
    title: str
    status: str
    voters: int
    against: tuple[str, ...]
    seen: str
    unchanged: bool | None


@dataclass(frozen=True, slots=True)
class Sat:
    """A meeting as a list shows it."""

    decision: Decision
    attendance: Attendance


@dataclass(frozen=True, slots=True)
class Minutes:
    """A meeting in full.

    Attributes:
        corrected_by: ids of the meetings that say they correct it.
        is_saved: whether its record was committed, so that it can be told what it saw.
    """

    path: str
    decision: Decision
    attendance: Attendance
    resolutions: tuple[Resolution, ...]
    corrected_by: tuple[str, ...]
    is_saved: bool


@dataclass(frozen=True, slots=True)
class AllMeetings:
    """All meetings of a moment, the latest first, and what is wrong with their files."""

    problems: tuple[Problem, ...]
    held: tuple[Sat, ...]


def meetings(ledger: Ledger, when: Moment) -> AllMeetings:
    """Every meeting on record."""
    snapshot = load_parts(ledger, DECISIONS, commit=when.commit)
    records = [entry.record for entry in snapshot.decision_by_id.values()]
    kinds = _kinds(ledger, when, {task for each in records for task in each.discussed})
    ordered = reversed(in_order(records))
    held = (Sat(each, _attendance(snapshot, each, _of(each, kinds))) for each in ordered)
    return AllMeetings(snapshot.problems, tuple(held))


def meeting(ledger: Ledger, name: str, when: Moment) -> Minutes:
    """One meeting.

    Raises:
        NotKnown: there is no record of it that can be read, with those that there are.
    """
    snapshot = load_parts(ledger, DECISIONS, commit=when.commit)
    if (entry := snapshot.decision_by_id.get(name)) is None:
        known = {each: each for each in snapshot.decision_by_id}
        hint = "请从“会议”的网页进入"
        raise NotKnown(
            f"没有编号为“{name}”的会议记录", hint=hint, what="decision", word=name, known=known
        )
    asked = entry.record.discussed
    tasks = load_parts(ledger, tasks=asked, commit=when.commit).by_id
    before, is_saved = _before(ledger, entry, when)
    kinds = {tasks[each].record.kind for each in asked if each in tasks}
    return Minutes(
        entry.path,
        entry.record,
        _attendance(snapshot, entry.record, kinds),
        tuple(_resolution(snapshot, entry, each, tasks, before) for each in entry.record.items),
        tuple(e.record.id for e in snapshot.decisions if e.record.corrects == name),
        is_saved,
    )


def _attendance(snapshot: Snapshot, decision: Decision, kinds: Collection[str]) -> Attendance:
    policies = [snapshot.config.policies.for_kind(kind) for kind in sorted(kinds or ("",))]
    counting = [each for each in policies if decision.body in each.bodies]
    people = snapshot.config.policies.people()
    return Attendance(
        due(decision, people),
        len(attending(decision, people)),
        all(has_quorum(decision, each) for each in counting) if counting else None,
        "、".join(dict.fromkeys(spelled(given(e.quorum, QUORUM)).strip() for e in counting)),
        "、".join(dict.fromkeys(spelled(given(e.approval, APPROVAL)).strip() for e in counting)),
    )


def _resolution(
    snapshot: Snapshot,
    entry: Entry[Decision],
    item: DecisionItem,
    tasks: Mapping[str, Entry[Task]],
    before: Mapping[str, Entry[Task]],
) -> Resolution:
    """What was decided on one task.

    Args:
        tasks, before: the tasks by id, as they are and as they were before the record came.
    """
    decision = entry.record
    task = tasks[item.task].record if item.task in tasks else None
    policy = snapshot.config.policies.for_kind(task.kind if task else "")
    old = before[item.task].record if item.task in before else None
    same = bool(old and item.digest and case_digest(old) == item.digest)
    return Resolution(
        item,
        task.title if task else "",
        task.status if task else "",
        voters(decision, item, policy.people),
        _against(snapshot, decision, item, task, policy),
        NEVER if not item.digest else SAME if same else OTHER,
        is_as_seen(task, item.digest) if task and item.digest else None,
    )


def _against(
    snapshot: Snapshot,
    decision: Decision,
    item: DecisionItem,
    task: Task | None,
    policy: ClosingPolicy,
) -> tuple[str, ...]:
    """Why a resolution does not count; nothing where it does."""
    later = overruled(snapshot, decision, task, policy, sent_back=False) if task else ""
    return (*objections(decision, item, policy), *filter(None, (later,)))


def _before(
    ledger: Ledger, entry: Entry[Decision], when: Moment
) -> tuple[Mapping[str, Entry[Task]], bool]:
    """The tasks of a meeting as they stood before its record came, and whether it was committed.

    C004 holds the digest against the same: what comes together with the record, no meeting saw.
    """
    head = when.commit or ledger.repo.head()
    recorded = file_commits(ledger.repo, head, entry.path) if head else []
    commit = "".join(recorded[-1].parents[:1]) if recorded else head
    if not commit:
        return {}, bool(recorded)
    return load_parts(ledger, tasks=entry.record.discussed, commit=commit).by_id, bool(recorded)


def _kinds(ledger: Ledger, when: Moment, ids: Collection[str]) -> Mapping[str, str]:
    """The kinds of some tasks, by id."""

    def answer(index: Asking) -> dict[str, str]:
        return {name: kind for name, (_, _, kind) in index.index.called(ids).items()}

    if (told := answered(ledger, when, answer)) is not None:
        return told
    tasks: Sequence[Entry[Task]] = load_parts(ledger, tasks=ids, commit=when.commit).tasks
    return {each.record.id: each.record.kind for each in tasks}


def _of(decision: Decision, kinds: Mapping[str, str]) -> set[str]:
    names: Iterable[str] = decision.discussed
    return {kinds[each] for each in names if each in kinds}
