"""销号: a branch with one commit, built beside the user's work, and a pull request for it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress

from ledger.adapters.files.read_snapshot import list_commit
from ledger.adapters.forge import Way, detect
from ledger.adapters.forge.request import CLOSINGS
from ledger.adapters.git.complaints import GitError
from ledger.adapters.git.merge import commit_beside
from ledger.adapters.git.remote import fetch
from ledger.adapters.yaml.edit import Edit, edited
from ledger.errors import LedgerError, UsageError
from ledger.model.change import Change
from ledger.model.config import LOCAL, ClosingPolicy, Forge
from ledger.model.decision import MERGE_INTO, Decision, DecisionItem
from ledger.model.paths import CONFIG_FILE
from ledger.model.problem import Problem, has_errors
from ledger.model.record import dataclass
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.task import APPLIED, CLOSED, REVIEWED, Task
from ledger.model.transition import GIVEN
from ledger.rules import Context, check_change
from ledger.usecases.closing.outcomes import may_decide_again
from ledger.usecases.closing.steps import history_of
from ledger.usecases.reading.load import config_at
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.replay import entry_meant, part_change, seen_at, with_entries
from ledger.usecases.reading.step import STEP_PLACES
from ledger.usecases.writing.act import Operation, message_of
from ledger.usecases.writing.edit import ORDER, decoded

_LONGEST = 80  # characters; a ref's name must fit into a file's
_NAMED = 3  # more tasks than this are counted, not named, in a branch's name


@dataclass(frozen=True, slots=True)
class Base:
    """What a closing builds on: the freshly fetched main branch, and how it will be proposed.

    Attributes:
        note: why it is not proposed in the best way there is (Chinese); empty where it is.
    """

    commit: str
    via: str
    forge: Forge
    note: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A closing that is ready to be proposed; nothing outside the object store exists of it yet.

    Attributes:
        base: the commit of the main branch that it builds on.
        branch: its branch's name.
        commit: its commit.
        tasks: the tasks as they will be.
        decision: the meeting it rests on.
        change: what it changes.
        policy: what the meeting was judged by.
        title: one line.
        warnings: what the check found that does not refuse.
    """

    base: str
    branch: str
    commit: str
    tasks: tuple[Task, ...]
    decision: Decision
    policy: ClosingPolicy
    change: Change
    title: str
    warnings: tuple[Problem, ...]


def base_of(ledger: Ledger, via: str) -> Base:
    """The newest main branch: fetched where there is a remote, else the local one.

    Args:
        via: the way that was asked for; empty for the configured one, or the one found out.

    Raises:
        LedgerError: the remote cannot be reached, or there is no main branch.
    """
    settings = config_at(ledger).forge
    way = Way(via) if via else detect(ledger.repo, settings.remote, settings.via)
    if way.via != LOCAL:
        commit = fetch(ledger.repo, settings.remote, settings.base)
    elif not (commit := ledger.repo.branch_commit(settings.base)):
        raise LedgerError(
            f"没有主分支 {settings.base}",
            hint=f"请先提交，或在 {CONFIG_FILE} 的 forge.base 写明主分支",
        )
    return Base(commit, way.via, settings, way.note)


def propose(
    ledger: Ledger, task_ids: Sequence[str], decision_id: str, base: str, day: dt.date, by: str
) -> Proposal:
    """Build the closing of some tasks on top of a commit of the main branch.

    The user's working tree, index and stash are not touched, and no branch is made yet. Proposing
    the same again gives the same branch, and the same commit while the main branch has not moved.

    Args:
        task_ids: ids, or unique endings of ids.
        decision_id: the meeting; its result for each task says what becomes of it.
        base: commit of the main branch, freshly fetched.
        day: the day of closing.
        by: who proposes it.

    Raises:
        UsageError: no such task or decision in the base.
        LedgerError: the check refuses; every reason is named.
    """
    state = seen_at(ledger, base, STEP_PLACES)
    snapshot = state.part(())
    decision = _decision(snapshot, decision_id)
    entries = (entry_meant(state, each) for each in task_ids)
    tasks = list({entry.path: entry for entry in entries}.values())
    paths = [entry.path for entry in tasks]
    contents = dict(list_commit(ledger.repo, base, paths).contents(paths))
    files = {entry.path: closed_file(contents, snapshot, entry, decision, day) for entry in tasks}
    after = tuple(
        Entry(entry.path, entry.data, decoded(Task, files[entry.path], entry.path))
        for entry in tasks
    )
    change = part_change(state, with_entries(state, after), paths)
    problems = check_change(change, Context(snapshot.config, day))
    if has_errors(problems):
        reasons = "；".join(dict.fromkeys(f"{each.code} {each.message}" for each in problems))
        raise LedgerError(f"不能销号：{reasons}", hint=problems[0].hint)
    closed = tuple(entry.record for entry in after)
    branch = branch_name([task.id for task in closed], decision.id)
    title = title_of(closed, decision)
    operation = Operation(
        "close",
        title,
        tuple(task.id for task in closed),
        body=f"办理人：{by}",
        trailers=(("Ledger-Decision", decision.id),),
    )
    commit = _commit(ledger, base, branch, files, message_of(operation, every_task=True))
    policy = snapshot.config.policies.for_kind(closed[0].kind)
    return Proposal(base, branch, commit, closed, decision, policy, change, title, problems)


def branch_name(ids: Sequence[str], decision: str) -> str:
    """`close/<decision>_<ids>`, whatever the day: a second try goes on with the same request.

    Ids have no `_`, so that other tasks or another decision never have the same name. Of many ids,
    or very long ones, the first, their number and a short hash of all of them.
    """
    ordered = sorted(ids)
    named = "_".join(ordered)
    if len(ordered) > _NAMED or len(named) > _LONGEST:
        digest = hashlib.sha256("\n".join(ordered).encode()).hexdigest()[:8]
        named = f"{ordered[0]}-and-{len(ordered) - 1}-more-{digest}"
    return f"{CLOSINGS}{decision}_{named}"


def _decision(snapshot: Snapshot, decision_id: str) -> Decision:
    decision = snapshot.decision(decision_id)
    if decision is None:
        raise UsageError(
            f"主分支上没有会议记录“{decision_id}”",
            hint="请先用 ledger decide 记录会议，并推送到主分支",
        )
    return decision


def _item(decision: Decision, task: Task) -> DecisionItem:
    item = decision.on(task.id)
    if item is None:
        raise LedgerError(f"{decision.id} 没有议过 {task.id}", hint="请核对会议记录和事项编号")
    if item.result not in GIVEN:
        raise LedgerError(
            f"{decision.id} 对 {task.id} 的结论是“{item.result}”，不能据以办结",
            hint="只有同意销号、同意中止、并入、转为长期坚持的事项可以办理",
        )
    return item


def closed_file(
    contents: Mapping[str, bytes],
    snapshot: Snapshot,
    entry: Entry[Task],
    decision: Decision,
    day: dt.date,
) -> bytes:
    task, item = entry.record, _item(decision, entry.record)
    status = GIVEN[item.result]
    if task.status == status and not may_decide_again(snapshot, task):
        raise LedgerError(f"{task.id} 已经是“{status}”了", hint="不用重复办理")
    if status == CLOSED and task.status not in (REVIEWED, CLOSED):
        raise LedgerError(
            f"{task.id} 现在是“{task.status}”，还不能销号",
            hint="先要申请销号（ledger apply）、审核（ledger review），再上会",
        )
    again = task.status == status or task.status in (APPLIED, REVIEWED)
    edits = [
        *(() if again else history_of(task)),
        Edit(("status",), status),
        Edit(("closing", "decision"), decision.id),
        Edit(("closing", "date"), day),
    ]
    if item.result == MERGE_INTO and item.into:
        edits.append(Edit(("links",), {"rel": MERGE_INTO, "id": item.into}, append=True))
    return edited(contents[entry.path], edits, ORDER)


def _commit(ledger: Ledger, base: str, branch: str, files: dict[str, bytes], message: str) -> str:
    """The closing's commit; the one that the branch already has when it says the same."""
    made = commit_beside(ledger.repo, base, files, message)
    if existing := ledger.repo.branch_commit(branch):
        with suppress(GitError):
            same = ledger.repo.tree_of(existing) == ledger.repo.tree_of(made)
            if same and ledger.repo.parent_of(existing) == base:
                return existing
    return made


def title_of(tasks: Sequence[Task], decision: Decision) -> str:
    named = "、".join(task.id for task in tasks[:_NAMED])
    more = f"等 {len(tasks)} 项" if len(tasks) > _NAMED else ""
    return f"销号 {named}{more}（{decision.id}）"
