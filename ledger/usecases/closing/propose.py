"""Proposing a closing, from the freshly fetched main branch to the pull request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ledger.adapters.forge import PullRequest, open_request
from ledger.model.config import LOCAL
from ledger.model.paths import TEMPLATES
from ledger.model.record import dataclass
from ledger.usecases.closing.close import Base, Proposal, base_of, propose
from ledger.usecases.closing.pending import refuse_second
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.act import Act, held, point


@dataclass(frozen=True, slots=True)
class Prepared:
    """A closing that only has to be published.

    Attributes:
        body: the text of its pull request, in Markdown.
    """

    base: Base
    proposal: Proposal
    body: str


def prepare(
    ledger: Ledger,
    task_ids: Sequence[str],
    decision_id: str,
    via: str,
    act: Act,
    *,
    describe: Callable[[Proposal, Path], str],
    tell: Callable[[str], object],
    dry_run: bool = False,
) -> Prepared:
    """Build a closing and its local branch; a dry run makes no branch.

    Args:
        task_ids: ids, or unique endings of ids.
        decision_id: the meeting it rests on.
        via: the way that was asked for; empty for the configured one, or the one found out.
        describe: makes the text of the pull request, with the ledger's own templates.
        tell: called with why the way is not the best one (Chinese); empty where it is.

    Raises:
        UsageError: no such task or decision on the main branch.
        LedgerError: the check refuses, a task is proposed already, or the remote cannot be reached.
    """
    base = base_of(ledger, via)
    tell(base.note)
    proposal = propose(ledger, task_ids, decision_id, base.commit, act.date, act.by)
    refuse_second(ledger, base, proposal.branch, [task.id for task in proposal.tasks])
    body = describe(proposal, ledger.root / TEMPLATES)
    if not dry_run:
        with held(ledger):
            if ledger.repo.branch_commit(proposal.branch) != proposal.commit:
                point(ledger, proposal.branch, proposal.commit, f"建好分支 {proposal.branch}")
    return Prepared(base, proposal, body)


def publish(ledger: Ledger, prepared: Prepared) -> str:
    """Propose a closing whose local branch exists; running it again continues.

    Returns:
        What to do next (Chinese).

    Raises:
        LedgerError: the push or the forge refuses; the branch stays, so it can be tried again.
    """
    base, proposal = prepared.base, prepared.proposal
    if base.via == LOCAL:
        return (
            f"销号分支 {proposal.branch} 建好了。请另一个人运行 "
            f"ledger merge {proposal.branch} 检查并合并。"
        )
    title, body = proposal.title, prepared.body
    request = PullRequest.by(base.forge, proposal.branch, proposal.commit, title, body)
    return open_request(ledger.repo, base.forge.remote, base.via, request).message
