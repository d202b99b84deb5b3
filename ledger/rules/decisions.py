"""D: rules on records of meetings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ledger.model.config import ClosingPolicy
from ledger.model.decision import APPROVE_EXTENSION, MERGE_INTO, SENT_BACK, Decision, DecisionItem
from ledger.model.paths import CONFIG_FILE
from ledger.model.people import People
from ledger.model.problem import ERROR, WARNING, Problem
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.task import CLOSED, Task
from ledger.model.transition import NEEDED
from ledger.model.voting import attending, carries, due, has_quorum, objections, voters, votes_cast
from ledger.rules.base import Context, of_file
from ledger.rules.basis import decision_of, doubt


def d001_incomplete(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """D001: a result that moves a deadline says to when, one that merges tasks says into which."""
    for entry in snapshot.decisions:
        for position, item in enumerate(entry.record.items):
            if fault := _incomplete(item):
                key, message = fault
                hint = f"请照会议纪要写明 {key}"
                yield of_file(entry, "D001", message, hint, ("items", position, key))


def d002_body(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """D002: what is closed was decided by a body that may close its kind; 圈阅 never may.

    Such a body's record may be kept; only a task that rests on it, or on nothing at all, or on a
    meeting that did not carry it, is blamed, until its closing names a meeting that did.
    """
    for task in snapshot.tasks:
        if task.record.status != CLOSED or _is_missing(snapshot, task.record):
            continue
        if objection := doubt(snapshot, task.record, context.config):
            bodies = context.config.policies.for_kind(task.record.kind).bodies
            place = ("closing", "decision") if task.record.meeting else ("status",)
            hint = f"请提交{'、'.join(bodies)}重新审议，再用 ledger close 补办"
            yield of_file(task, "D002", f"{task.record.id} {objection}", hint, place)
    for entry, position, item, policy in _judged(snapshot, context):
        decision = entry.record
        if decision.corrects and decision.body not in policy.bodies:
            message = f"“{decision.body}”无权决定 {item.task}，不能更正 {decision.corrects}"
            hint = f"请提交{'、'.join(policy.bodies)}更正"
            yield of_file(entry, "D002", message, hint, ("items", position))


def d003_quorum(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """D003: enough of those due were there to open the meeting."""
    for entry in snapshot.decisions:
        decision = entry.record
        for kind, policy in _policies(snapshot, decision, context):
            if decision.body in policy.bodies and not has_quorum(decision, policy):
                came, expected = attending(decision, policy.people), due(decision, policy.people)
                numbers = f"应到 {expected} 人，实到 {len(came)} 人"
                message = f"{numbers}，达不到{kind}类事项的开会人数"
                hint = "请核对到会名单；人数不够的会议不能作决定"
                yield of_file(entry, "D003", message, hint, ("present",))
                break


def d004_majority(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """D004: a result that ends or changes something was carried by enough of those due.

    What was voted down is a record like any other, and named as a remark; it is an error that
    something rests on it, or is to be corrected by it.
    """
    for entry, position, item, policy in _judged(snapshot, context):
        decision = entry.record
        if item.result in SENT_BACK or decision.body not in policy.bodies:
            continue
        if not carries(decision, item, policy):
            reasons = objections(decision, item, policy) or ("票数不够",)
            message = f"{item.task} 的“{item.result}”没有通过：{reasons[-1]}"
            hint, severity = "只留作记录，不能据以办理；以后再上会的另记", WARNING
            if decision.corrects or _rests(snapshot, item.task, decision):
                hint, severity = "请恢复原状，等下一次会议", ERROR
            yield of_file(entry, "D004", message, hint, ("items", position), severity)


def d005_sums(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """D005: members and votes add up, counted by people and not by spellings."""
    people = context.config.policies.people()
    for entry in snapshot.decisions:
        yield from _members(entry, people)
        for position, item in enumerate(entry.record.items):
            if item.votes is None:
                continue
            cast, may = votes_cast(item), voters(entry.record, item, people)
            if cast != may:
                message = f"{item.task} 共 {cast} 票，有表决权的到会成员 {may} 人，对不上"
                hint = "请核对同意、不同意、弃权票数和回避的成员"
                yield of_file(entry, "D005", message, hint, ("items", position, "votes"))


def d006_chair_last(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """D006: where the speaking order is recorded, the chair spoke last (末位表态)."""
    people = context.config.policies.people()
    for entry in snapshot.decisions:
        order = entry.record.speaking_order
        if order and people.who(order[-1]) != people.who(entry.record.chair):
            message = f"主持人 {entry.record.chair} 没有末位表态"
            yield of_file(entry, "D006", message, "请核对发言顺序", ("speaking_order",))


def d007_unknown_task(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """D007: a meeting decides on tasks that the ledger has, and corrects what another one said."""
    for entry in snapshot.decisions:
        yield from _corrected(snapshot, entry)
        for position, item in enumerate(entry.record.items):
            for key, task in (("task", item.task), ("into", item.into)):
                if task and task not in snapshot.by_id:
                    message, place = f"会议议了台账里没有的事项 {task}", ("items", position, key)
                    yield of_file(entry, "D007", message, "请改正事项编号", place)


def d008_duplicate(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """D008: one record an id, one item a task in each record."""
    for entry in snapshot.decisions:
        first = snapshot.decision_by_id[entry.record.id]
        if first is not entry:
            message = f"会议记录编号 {entry.record.id} 已被 {first.path} 使用"
            yield of_file(entry, "D008", message, "请换一个没有用过的编号", ("id",))
        for task, number in Counter(item.task for item in entry.record.items).items():
            if number > 1:
                message = f"{task} 在同一次会议里出现 {number} 次"
                yield of_file(entry, "D008", message, "请只留一条", ("items",))


def d009_future(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """D009: a meeting is recorded when it has been held."""
    for entry in snapshot.decisions:
        if entry.record.date and entry.record.date > context.today:
            message = f"会议日期 {entry.record.date.isoformat()} 还没有到"
            yield of_file(entry, "D009", message, "请核对日期", ("date",))


def _incomplete(item: DecisionItem) -> tuple[str, str] | None:
    """The key that a result lacks, and what is said of it (Chinese)."""
    if item.result == APPROVE_EXTENSION and item.until is None:
        return "until", f"{item.task} 同意延期，却没有写明延到哪一天"
    if item.result == MERGE_INTO and not item.into:
        return "into", f"{item.task} 并入别的事项，却没有写明并入哪一项"
    if item.result == MERGE_INTO and item.into == item.task:
        return "into", f"{item.task} 不能并入它自己"
    return None


def _corrected(snapshot: Snapshot, entry: Entry[Decision]) -> Iterator[Problem]:
    """What is wrong with a record that says it corrects another one."""
    decision, named = entry.record, entry.record.corrects
    if not named:
        return
    other = snapshot.decision_by_id.get(named)
    if other is None or named == decision.id:
        message = "会议记录不能更正它自己" if other else f"所更正的会议记录 {named} 不存在"
        yield of_file(entry, "D007", message, "请核对 corrects 的编号", ("corrects",))
        return
    if decision.date and other.record.date and decision.date < other.record.date:
        message = f"会议日期早于所更正的 {named}"
        yield of_file(entry, "D007", message, "请核对 corrects 的编号和会议日期", ("corrects",))
    known = {item.task for item in other.record.items}
    for position, item in enumerate(decision.items):
        if item.task not in known:
            message = f"{named} 没有议过 {item.task}，谈不上更正"
            hint = "请核对事项编号；新议的事项另记一次会议"
            yield of_file(entry, "D007", message, hint, ("items", position, "task"))


def _rests(snapshot: Snapshot, name: str, decision: Decision) -> bool:
    """Whether a task has the status that a meeting gave it."""
    task = snapshot.task(name)
    basis = decision_of(snapshot, task) if task and task.status in NEEDED else None
    return basis is not None and basis.id == decision.id


def _is_missing(snapshot: Snapshot, task: Task) -> bool:
    """Whether the meeting that a task names is not recorded; T007 says so."""
    return bool(task.meeting) and task.meeting not in snapshot.decision_by_id


def _members(entry: Entry[Decision], people: People) -> Iterator[Problem]:
    for message, key in faults_of_roll(entry.record, people):
        yield of_file(entry, "D005", message, "请核对名单", (key,))


def faults_of_roll(decision: Decision, people: People) -> Iterator[tuple[str, str]]:
    """What is wrong with who was there, each person being one however they are written.

    Returns:
        What it is (Chinese), and the key of the record that is wrong.
    """
    missed = tuple(each.name for each in decision.absent)
    recused = tuple(name for item in decision.items for name in item.recused)
    present, absent, observers = map(people.all, (decision.present, missed, decision.observers))
    expected, chair = decision.due_members, people.who(decision.chair)
    names = (*decision.present, *missed, *decision.observers, *recused, decision.chair)
    faults = (
        (not all(map(people.who, names)), "有人没有姓名", "present"),
        (len(present) < len(decision.present), "实到名单里有人重复", "present"),
        (len(absent) < len(missed), "缺席名单里有人重复", "absent"),
        (bool(present & absent), "有人既在实到又在缺席名单里", "absent"),
        (bool(present & observers), "列席人员没有表决权，不能列在实到里", "observers"),
        (bool(absent & observers), "有人既在列席又在缺席名单里", "observers"),
        (chair not in present, f"主持人 {decision.chair} 不在实到名单里", "chair"),
        (len(present) > expected, "实到人数多于应到人数", "present"),
        (
            bool(absent) and len(present) + len(absent) != expected,
            f"实到 {len(present)} 人加缺席 {len(absent)} 人，不等于应到 {expected} 人",
            "absent",
        ),
        (bool(people.all(recused) - present), "回避的成员不在实到名单里", "items"),
        *_by_roll(decision, people),
    )
    yield from ((message, key) for broken, message, key in faults if broken)


def _by_roll(decision: Decision, people: People) -> Iterator[tuple[bool, str, str]]:
    """What a meeting says other than the roll of its body in ledger.yaml, where there is one."""
    roll = people.members(decision.body, decision.date)
    if roll is None:
        return
    expected = decision.due_members
    message = f"应到 {expected} 人，{CONFIG_FILE} 里{decision.body}的成员是 {len(roll)} 人"
    yield expected != len(roll), message, "due_members"
    for key, names in (("present", decision.present), ("absent", decision.absent)):
        for name in (each if isinstance(each, str) else each.name for each in names):
            strange = people.who(name) not in roll
            yield strange, f"{name} 不在 {CONFIG_FILE} 的{decision.body}成员名单里", key
    for name in decision.observers:
        member = people.who(name) in roll
        yield member, f"{name} 是{decision.body}成员，不能列为列席", "observers"


def _policies(
    snapshot: Snapshot, decision: Decision, context: Context
) -> Iterator[tuple[str, ClosingPolicy]]:
    """The policies a meeting is judged by: those of the kinds it decided on."""
    tasks = (snapshot.task(item.task) for item in decision.items)
    for kind in sorted({task.kind for task in tasks if task}):
        yield kind, context.config.policies.for_kind(kind)


def _judged(
    snapshot: Snapshot, context: Context
) -> Iterator[tuple[Entry[Decision], int, DecisionItem, ClosingPolicy]]:
    for entry in snapshot.decisions:
        for position, item in enumerate(entry.record.items):
            task = snapshot.task(item.task)
            kind = task.kind if task else ""
            yield entry, position, item, context.config.policies.for_kind(kind)
