"""The closings that are proposed and not merged: on branches, and in requests that have none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from ledger.adapters.forge.request import CLOSINGS
from ledger.adapters.forge.standing import RequestState
from ledger.adapters.git.branches import branches, changed_since, remote_branches, trailer
from ledger.adapters.git.remote import bring
from ledger.model.config import Forge
from ledger.model.paths import TASKS
from ledger.model.record import dataclass
from ledger.usecases.closing.close import branch_name
from ledger.usecases.reading.open import Ledger


@dataclass(frozen=True, slots=True)
class Proposed:
    """A closing that is proposed and not merged.

    Attributes:
        branch: its branch's name; of a request that is on no branch (AGit), the one that another
            way of proposing would have given it.
        here, there: whether the branch is in this clone, and at the remote.
        request: its pull request, where the forge tells of one.
        next: what to do next, in Chinese.
    """

    branch: str
    commit: str
    decision: str
    tasks: tuple[str, ...]
    here: bool
    there: bool  # a key of the JSON
    request: RequestState | None
    next: str


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
