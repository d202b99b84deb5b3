"""What a meeting has decided and nobody has closed yet, and what is proposed and not merged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from ledger.adapters.forge.detection import way_to_ask
from ledger.adapters.forge.request import CLOSINGS
from ledger.adapters.forge.standing import NONE, RED, RUNNING, RequestState, open_requests
from ledger.adapters.git.commit import branches, trailer
from ledger.adapters.git.remote import bring, remote_branches
from ledger.adapters.git.walk import changed_since
from ledger.errors import LedgerError
from ledger.model.config import API, WITHOUT_REQUEST, Forge
from ledger.model.decision import Decision, DecisionItem
from ledger.model.paths import TASKS
from ledger.model.record import dataclass, field, replace
from ledger.model.snapshot import Snapshot
from ledger.model.transition import GIVEN
from ledger.usecases.closing.close import Base, branch_name
from ledger.usecases.closing.outcomes import TO_CLOSE, outcome
from ledger.usecases.reading.load import load
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.act import Act


@dataclass(frozen=True, slots=True)
class Proposed:
    """A closing that is proposed and not merged.

    Attributes:
        branch: its branch's name; of a request that is on no branch (AGit), the one that another
            way of proposing would have given it.
        here, at_remote: whether the branch is in this clone, and at the remote.
        request: its pull request, where the forge tells of one.
        next: what to do next, in Chinese.
    """

    branch: str
    commit: str
    decision: str
    tasks: tuple[str, ...]
    here: bool
    at_remote: bool = field(metadata={"key": "there"})  # in the JSON
    request: RequestState | None
    next: str


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
class Pending:
    """Everything on its way from a meeting to the main branch; `note` says what was not asked."""

    decided: tuple[Decided, ...]
    proposed: tuple[Proposed, ...]
    note: str = ""


def pending(ledger: Ledger, base: Base, day: dt.date) -> Pending:
    """What is on its way, as of a freshly fetched main branch."""
    requests, note = _requests(ledger, base)
    proposed = tuple(
        replace(closing, next=next_step(base, closing, closing.request, asked=not note))
        for closing in proposed_closings(ledger, base.forge, base.commit, requests)
    )
    on_the_way = {task for each in proposed for task in each.tasks}
    snapshot = load(ledger, base.commit)
    return Pending(tuple(_decided(snapshot, on_the_way, day)), proposed, note)


def proposed_closings(
    ledger: Ledger, forge: Forge, base: str, requests: Sequence[RequestState]
) -> Iterator[Proposed]:
    """Every closing that is not in the main branch yet, with its request where there is one.

    Args:
        base: commit of the main branch.
        requests: the open ones of the forge; none where it cannot be asked.

    Raises:
        LedgerError: the remote cannot be reached.
    """
    here = branches(ledger.repo, CLOSINGS)
    at_remote = remote_branches(ledger.repo, forge.remote, CLOSINGS)
    told: set[int] = set()
    for branch in sorted({*here, *at_remote}):
        commit = at_remote.get(branch) or here[branch]
        if ledger.repo.merge_base(base, commit) in ("", commit):
            continue
        request = next((each for each in requests if each.is_of(branch, commit)), None)
        told |= {request.number} if request else set()
        yield Proposed(
            branch,
            commit,
            trailer(ledger.repo, commit, "Ledger-Decision"),
            _tasks(ledger, base, commit),
            branch in here,
            branch in at_remote,
            request,
            "",
        )
    yield from _kept(ledger, forge, base, (each for each in requests if each.number not in told))


def _kept(
    ledger: Ledger, forge: Forge, base: str, requests: Iterable[RequestState]
) -> Iterator[Proposed]:
    """Closings that only the forge keeps; what names no decision is no closing of ours."""
    for request in requests:
        if not request.kept or not bring(ledger.repo, forge.remote, request.kept, request.commit):
            continue
        decision = trailer(ledger.repo, request.commit, "Ledger-Decision")
        tasks = _tasks(ledger, base, request.commit)
        if decision and tasks and ledger.repo.merge_base(base, request.commit) != request.commit:
            name = branch_name(tasks, decision)
            yield Proposed(name, request.commit, decision, tasks, False, False, request, "")


def _tasks(ledger: Ledger, base: str, commit: str) -> tuple[str, ...]:
    files = changed_since(ledger.repo, base, commit, TASKS)
    return tuple(sorted(PurePosixPath(path).stem for path in files))


def refuse_second(ledger: Ledger, base: Base, branch: str, tasks: Collection[str]) -> None:
    """Raise when a task stands in another closing that is proposed and not merged yet.

    Where the forge can be asked, requests that are on no branch count too.
    """
    requests: tuple[RequestState, ...] = ()
    if way_to_ask(ledger.repo, base.forge.remote, base.via) == API:
        requests = open_requests(ledger.repo, base.forge.remote, base.forge.base, looked_into=False)
    for closing in proposed_closings(ledger, base.forge, base.commit, requests):
        both = [task for task in closing.tasks if task in tasks]
        if both and closing.branch != branch:
            raise LedgerError(
                f"{'、'.join(both[:5])} 已经在 {closing.branch} 里提出销号，还没有合并",
                hint=f"请先办完那一个；确实作废的，{_undone(base, closing)}",
            )


def _undone(base: Base, proposed: Proposed) -> str:
    """How a closing that is proposed is given up, in Chinese."""
    page = proposed.request.url if proposed.request else ""
    closing = f"在平台上关闭它的合并请求{f' {page}' if page else ''}"
    dropping = f"运行 ledger close --drop {proposed.branch}"
    if not (proposed.here or proposed.at_remote):
        return closing
    return dropping if base.via in WITHOUT_REQUEST else f"{closing}，再{dropping}"


def _requests(ledger: Ledger, base: Base) -> tuple[tuple[RequestState, ...], str]:
    """The requests that are open at the forge, or why it was not asked."""
    if base.via in WITHOUT_REQUEST:
        return (), ""
    remote = base.forge.remote
    if way_to_ask(ledger.repo, remote, base.via) == API:
        try:
            return open_requests(ledger.repo, remote, base.forge.base), ""
        except LedgerError as error:
            return (), f"没有问到平台上的合并请求：{error.message}"
    return (), "合并请求的检查和批准请在平台上看，这里只问得了 Gitea 和 Forgejo（要有令牌）"


def next_step(base: Base, proposed: Proposed, request: RequestState | None, asked: bool) -> str:
    """What somebody has to do next about a closing that is proposed, in Chinese.

    Args:
        asked: whether the forge could be asked for its requests.
    """
    merging = f"另一个人运行 ledger merge {proposed.branch}"
    if base.via in WITHOUT_REQUEST:
        return merging
    again = f"ledger close {' '.join(proposed.tasks)} --decision {proposed.decision}"
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
