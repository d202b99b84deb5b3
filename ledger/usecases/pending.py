"""What a meeting has decided and nobody has closed yet, and what is proposed and not merged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from ledger.adapters.forge.standing import NONE, RED, RUNNING, Standing, open_requests
from ledger.adapters.gitbranches import branches, changed_since, remote_branches, trailer
from ledger.adapters.snapshots import TASKS
from ledger.errors import LedgerError
from ledger.model.config import Forge
from ledger.model.decision import Decision, DecisionItem
from ledger.model.snapshot import Snapshot
from ledger.model.transition import GIVEN
from ledger.usecases.outcomes import TO_CLOSE, outcome
from ledger.usecases.publishing import Base
from ledger.usecases.reading import Ledger, load
from ledger.usecases.workflow import Act

PREFIX = "close/"


@dataclass(frozen=True, slots=True)
class Decided:
    """What one meeting has approved and nobody has closed.

    Attributes:
        result: 同意销号, 并入 …
        next: the command that closes it.
    """

    decision: str
    result: str
    tasks: tuple[str, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """A closing that is proposed and not merged.

    Attributes:
        here, there: whether its branch is in this clone, and at the remote.
        request: its pull request, where the forge tells of one.
        next: what to do next, in Chinese.
    """

    branch: str
    commit: str
    decision: str
    tasks: tuple[str, ...]
    here: bool
    there: bool
    request: Standing | None
    next: str


@dataclass(frozen=True, slots=True)
class Pending:
    """Everything on its way from a meeting to the main branch; `note` says what was not asked."""

    decided: tuple[Decided, ...]
    proposed: tuple[Proposed, ...]
    note: str = ""


def pending(ledger: Ledger, base: Base, day: dt.date) -> Pending:
    """What is on its way, as of a freshly fetched main branch."""
    requests, note = _requests(ledger, base)
    proposed = tuple(
        _proposed(base, each, _request_of(each, requests), asked=not note)
        for each in _open_branches(ledger, base.forge, base.commit)
    )
    on_the_way = {task for each in proposed for task in each.tasks}
    snapshot = load(ledger, base.commit)
    return Pending(tuple(_decided(snapshot, on_the_way, day)), proposed, note)


def refuse_second(ledger: Ledger, base: Base, branch: str, tasks: Collection[str]) -> None:
    """Raise when a task stands in another closing that is proposed and not merged yet."""
    for each in _open_branches(ledger, base.forge, base.commit):
        both = [task for task in each.tasks if task in tasks]
        if both and each.branch != branch:
            remote = base.forge.remote
            gone = f"git branch -D {each.branch}" if each.here else ""
            away = f"git push {remote} --delete {each.branch}" if each.there else ""
            raise LedgerError(
                f"{'、'.join(both[:5])} 已经在 {each.branch} 里提出销号，还没有合并",
                hint="请先办完那一个；确实作废的，在平台上关闭它的合并请求，再运行 "
                + " 和 ".join(filter(None, (gone, away))),
            )


def _open_branches(ledger: Ledger, forge: Forge, base: str) -> Iterator[Proposed]:
    """The branches of closings that are not in the main branch."""
    here = branches(ledger.repo, PREFIX)
    there = remote_branches(ledger.repo, forge.remote, PREFIX)
    for branch in sorted({*here, *there}):
        commit = there.get(branch) or here[branch]
        if ledger.repo.merge_base(base, commit) in ("", commit):
            continue
        files = changed_since(ledger.repo, base, commit, TASKS)
        tasks = tuple(sorted(PurePosixPath(path).stem for path in files))
        decision = trailer(ledger.repo, commit, "Ledger-Decision")
        yield Proposed(branch, commit, decision, tasks, branch in here, branch in there, None, "")


def _requests(ledger: Ledger, base: Base) -> tuple[tuple[Standing, ...], str]:
    """The requests that are open at the forge, or why it was not asked."""
    if base.via == "api":
        try:
            return open_requests(ledger.repo, base.forge.remote, base.forge.base), ""
        except LedgerError as error:
            return (), f"没有问到平台上的合并请求：{error.message}"
    if base.via in ("local", "push"):
        return (), ""
    return (), "合并请求的检查和批准请在平台上看，这里只问得了 Gitea 和 Forgejo（要有令牌）"


def _request_of(proposed: Proposed, requests: Iterable[Standing]) -> Standing | None:
    return next((each for each in requests if each.is_of(proposed.branch, proposed.commit)), None)


def _proposed(base: Base, found: Proposed, request: Standing | None, asked: bool) -> Proposed:
    return replace(found, request=request, next=next_step(base, found, request, asked))


def next_step(base: Base, found: Proposed, request: Standing | None, asked: bool) -> str:
    """What somebody has to do next about a closing that is proposed, in Chinese.

    Args:
        asked: whether the forge could be asked for its requests.
    """
    merging = f"另一个人运行 ledger merge {found.branch}"
    if base.via in ("local", "push"):
        return merging
    again = f"ledger close {' '.join(found.tasks)} --decision {found.decision}"
    if request is None:
        return f"没有打开的合并请求，运行 {again} 补开" if asked else "在平台上审阅、合并"
    if request.checks == RED:
        return f"检查没有通过，看 {request.url} 里的说明"
    if request.rejected:
        return f"审阅人要求修改，看 {request.url}"
    if request.checks == RUNNING:
        return "等检查结束"
    if not request.approvals:
        return f"请审阅人在 {request.url} 批准"
    return merging if request.checks != NONE else f"{merging}；没有自动检查，请核对平台的设置"


def _decided(snapshot: Snapshot, on_the_way: Collection[str], day: dt.date) -> Iterator[Decided]:
    """What is approved, by meeting and result; of several meetings on a task the last counts."""
    last: dict[str, tuple[Decision, DecisionItem]] = {}
    for entry in sorted(snapshot.decisions, key=lambda each: (each.record.date or day, each.path)):
        last.update((each.task, (entry.record, each)) for each in entry.record.items)
    groups: dict[tuple[str, str], list[str]] = {}
    for task, (decision, item) in sorted(last.items()):
        if item.result in GIVEN and task not in on_the_way:
            told = outcome(snapshot, decision, item, Act("", day, day, False))
            if told.kind == TO_CLOSE:
                groups.setdefault((decision.id, item.result), []).append(task)
    for (decision_id, result), tasks in groups.items():
        command = f"ledger close {' '.join(tasks)} --decision {decision_id}"
        yield Decided(decision_id, result, tuple(tasks), command)
