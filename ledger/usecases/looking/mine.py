"""`mine`: what waits for somebody, and the command by which he does it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from ledger.adapters.forge.request import CLOSINGS
from ledger.adapters.git.commit import branches, trailer
from ledger.adapters.git.walk import changed_since
from ledger.model.config import Config
from ledger.model.decision import Decision
from ledger.model.paths import DECISIONS, TASKS
from ledger.model.people import lettered
from ledger.model.problem import Problem
from ledger.model.record import dataclass
from ledger.model.standing import reports
from ledger.model.task import (
    APPLIED,
    IN_PROGRESS,
    NOT_STARTED,
    ONGOING,
    RETURNED,
    REVIEWED,
    Task,
)
from ledger.model.transition import GIVEN
from ledger.usecases.looking.filters import Filters
from ledger.usecases.looking.list import due, listed, whole
from ledger.usecases.looking.rows import Row
from ledger.usecases.reading.load import load, load_config, load_parts
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger

# What waits, in the order in which it is told.
RETURN, REPORT, REVIEW, MEETING, MERGE, URGE = (
    "returned", "report", "review", "meeting", "merge", "urge",
)  # fmt: skip
TITLES = {
    RETURN: "被退回", REPORT: "待填报", REVIEW: "待审核", MEETING: "待上会",
    MERGE: "待合并", URGE: "待督办",
}  # fmt: skip
OFFICER, OVERSEER = "联络员", "督查"
ROLES = (OFFICER, OVERSEER, "全部")
_PARTS = {OFFICER: (RETURN, REPORT), OVERSEER: (REVIEW, MEETING, MERGE, URGE)}
_OPEN = (NOT_STARTED, IN_PROGRESS, ONGOING)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits.

    Attributes:
        id: of the task; of what is to be urged the department, of a merge its branch.
        title: the task's, or what it is about.
        why: what waits since when, in Chinese.
        command: what does it; words that are to be filled in are Chinese.
    """

    id: str
    title: str
    why: str
    command: str


@dataclass(frozen=True, slots=True)
class Mine:
    """What waits for somebody.

    Attributes:
        problems: what is wrong with the ledger.
        department: whose tasks he reports on; empty for none.
        role: one of `ROLES`.
        parts: of `TITLES` → what waits, for each that his role has.
    """

    problems: tuple[Problem, ...]
    department: str
    role: str
    parts: dict[str, tuple[Waiting, ...]]

    @property
    def whose(self) -> str:
        """Whom it is for: the department of an officer, else the role."""
        return self.department if self.role == OFFICER and self.department else self.role

    @property
    def total(self) -> int:
        """How much waits."""
        return sum(map(len, self.parts.values()))


def mine(ledger: Ledger, when: Moment, name: str, department: str, role: str) -> Mine:
    """What waits for somebody at a moment.

    Args:
        name: who he is: his own applications are not his to review.
        department: its name in ledger.yaml; empty for none.
        role: one of `ROLES`; empty for what follows from the department: an officer of one reports
            on its tasks, who has none oversees.
    """
    role = role or (OFFICER if department else OVERSEER)
    keys = _PARTS.get(role, (*_PARTS[OFFICER], *_PARTS[OVERSEER]))
    config = load_config(ledger).config
    parts: dict[str, tuple[Waiting, ...]] = {}
    problems: tuple[Problem, ...] = ()
    if RETURN in keys:
        lead = (department,) if department else ()
        problems, rows = _tasks(ledger, when, Filters(lead=lead, status=_OPEN))
        back = [row for row in rows if is_returned(row.task)]
        ids = {row.task.id for row in back}
        parts[RETURN] = tuple(map(_returned, back))
        rest = (row for row in rows if row.task.id not in ids)
        parts[REPORT] = tuple(_to_report(rest, config, when.today))
    if REVIEW in keys:
        problems, applied = _tasks(ledger, when, Filters(status=(APPLIED,)))
        parts[REVIEW] = tuple(_to_review(applied, name))
        proposed = _on_the_way(ledger, when)
        parts[MEETING] = tuple(_to_meet(ledger, when, _reviewed(ledger, when, proposed)))
        parts[MERGE] = tuple(_to_merge(ledger, proposed))
        parts[URGE] = tuple(_to_urge(ledger, when))
    return Mine(problems, department, role, {each: parts[each] for each in TITLES if each in parts})


def is_returned(task: Task) -> bool:
    """Whether an application was sent back and nobody has reported since."""
    last = task.progress[-1] if task.progress else None
    return last is not None and last.event == RETURNED and task.status == IN_PROGRESS


def _tasks(ledger: Ledger, when: Moment, filters: Filters) -> tuple[tuple[Problem, ...], list[Row]]:
    told = listed(ledger, when, filters, "due")
    return told.problems, list(whole(ledger, when, told.tasks))


def _returned(row: Row) -> Waiting:
    last = row.task.progress[-1]
    day = f"{last.date.isoformat()} " if last.date else ""
    why = f"{day}{last.by}退回：{last.text}"
    return _of(row, why, f"ledger progress {row.task.id} --text 进展")


def _to_report(rows: Iterable[Row], config: Config, today: dt.date) -> Iterator[Waiting]:
    """Open tasks that are late or come due, or of which nobody has heard for a period."""
    period = config.policies.formalism.period_days
    for row in rows:
        left = row.standing.days_left
        last = max((each.date for each in reports(row.task) if each.date), default=None)
        silent = (today - last).days if last else None
        if left is not None and left < 0:
            why = f"超期 {-left} 天"
        elif left is not None and left <= config.lights.due_soon_days:
            why = f"还有 {left} 天到期" if left else "今天到期"
        elif silent is not None and silent > period and row.task.status != NOT_STARTED:
            why = f"{silent} 天没有填报"
        else:
            continue
        yield _of(row, why, f"ledger progress {row.task.id} --text 进展")


def _to_review(rows: Iterable[Row], name: str) -> Iterator[Waiting]:
    me = lettered(name)
    for row in rows:
        applied = row.task.closing.applied if row.task.closing else None
        if applied is None or (me and lettered(applied.by) == me):
            continue
        day = f"{applied.date.isoformat()} " if applied.date else ""
        command = f"ledger review {row.task.id} --opinion 意见"
        yield _of(row, f"{day}{applied.by}申请销号", command)


def to_close(ledger: Ledger, when: Moment) -> dict[str, str]:
    """Reviewed tasks that a meeting has agreed to end since, and nobody has → its record's id."""
    rows = _reviewed(ledger, when, _on_the_way(ledger, when))
    return {row.task.id: decision.id for row, decision in _agreed(ledger, when, rows) if decision}


def _on_the_way(ledger: Ledger, when: Moment) -> dict[str, tuple[str, ...]]:
    return {} if when.commit else dict(_proposed(ledger))  # branches are of today


def _reviewed(ledger: Ledger, when: Moment, proposed: Mapping[str, Sequence[str]]) -> Sequence[Row]:
    """What is reviewed and not on its way to the main branch."""
    on_the_way = {task for tasks in proposed.values() for task in tasks}
    _, rows = _tasks(ledger, when, Filters(status=(REVIEWED,)))
    return [row for row in rows if row.task.id not in on_the_way]


def _to_meet(ledger: Ledger, when: Moment, rows: Sequence[Row]) -> Iterator[Waiting]:
    """What waits for a meeting, or is approved by one since its review and waits to be closed."""
    for row, decision in _agreed(ledger, when, rows):
        if decision:
            command = f"ledger close {row.task.id} --decision {decision.id}"
            yield _of(row, f"{decision.id} 已经同意，还没有办结", command)
        else:
            reviewed = row.task.closing.reviewed if row.task.closing else None
            day = reviewed.date.isoformat() if reviewed and reviewed.date else ""
            yield _of(row, f"{day} 审核通过".strip(), "ledger decide --new")


def _agreed(
    ledger: Ledger, when: Moment, rows: Sequence[Row]
) -> Iterator[tuple[Row, Decision | None]]:
    """Each task with the last meeting that has agreed to end it, if it was after its review."""
    approved = _approved(ledger, when) if rows else {}
    for row in rows:
        reviewed = row.task.closing.reviewed if row.task.closing else None
        day = reviewed.date if reviewed else None
        decision = approved.get(row.task.id)
        is_later = decision and decision.date and (day is None or decision.date >= day)
        yield row, decision if is_later else None


def _approved(ledger: Ledger, when: Moment) -> dict[str, Decision]:
    """The tasks that a meeting has agreed to end, and the last one that has."""
    then = load(ledger, when.commit) if when.commit else load_parts(ledger, DECISIONS)
    decisions = (entry.record for entry in then.decisions)
    return {
        item.task: decision
        for decision in sorted(decisions, key=lambda each: (str(each.date), each.id))
        for item in decision.items
        if item.result in GIVEN
    }


def _proposed(ledger: Ledger) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Closings on branches of this clone that the current branch lacks, and their tasks."""
    head = ledger.repo.head() or ""
    for branch, commit in branches(ledger.repo, CLOSINGS).items() if head else ():
        if ledger.repo.merge_base(head, commit) != commit:
            files = changed_since(ledger.repo, head, commit, TASKS)
            yield branch, tuple(PurePosixPath(path).stem for path in files)


def _to_merge(ledger: Ledger, proposed: Mapping[str, Sequence[str]]) -> Iterator[Waiting]:
    for branch, tasks in proposed.items():
        decision = trailer(ledger.repo, f"refs/heads/{branch}", "Ledger-Decision")
        title = f"按 {decision} 销号 {len(tasks)} 项" if decision else f"{len(tasks)} 项"
        yield Waiting(branch, title, "提出了，还没有合并", f"ledger merge {branch}")


def _to_urge(ledger: Ledger, when: Moment) -> Iterator[Waiting]:
    """Departments that lead what is overdue, the most first."""
    late: dict[str, list[int]] = {}
    canonical = load_config(ledger).departments
    for task in due(ledger, when, Filters(), 0, overdue=True).tasks:
        for name in dict.fromkeys(canonical.get(each, each) for each in task.lead):
            late.setdefault(name, []).append(-(task.days_left or 0))
    for name, days in sorted(late.items(), key=lambda each: (-len(each[1]), each[0])):
        why = f"逾期 {len(days)} 项，最长 {max(days)} 天"
        yield Waiting(name, "", why, f"ledger remind --dept {name}")


def _of(row: Row, why: str, command: str) -> Waiting:
    return Waiting(row.task.id, row.task.title, why, command)
