"""Where a closing goes: to a branch that stays, or as a pull request to the remote."""

from __future__ import annotations

from ledger.errors import LedgerError
from ledger.model.config import LOCAL, Forge
from ledger.model.paths import CONFIG_FILE
from ledger.model.record import dataclass
from ledger.usecases.closing.close import Proposal
from ledger.usecases.reading.open import Ledger, load


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


def base_of(ledger: Ledger, via: str) -> Base:
    """The newest main branch: fetched where there is a remote, else the local one.

    Args:
        via: the way that was asked for; empty for the configured one, or the one found out.

    Raises:
        LedgerError: the remote cannot be reached, or there is no main branch.
    """
    from ledger.adapters.forge import Way, detect
    from ledger.adapters.git.remote import fetch

    settings = load(ledger).config.forge
    way = Way(via) if via else detect(ledger.repo, settings.remote, settings.via)
    if way.via == LOCAL:
        commit = ledger.repo.branch_commit(settings.base)
        if not commit:
            raise LedgerError(
                f"没有主分支 {settings.base}",
                hint=f"请先提交，或在 {CONFIG_FILE} 的 forge.base 写明主分支",
            )
        return Base(commit, way.via, settings)
    commit = fetch(ledger.repo, settings.remote, settings.base)
    return Base(commit, way.via, settings, way.note)


def publish(ledger: Ledger, base: Base, proposal: Proposal, body: str) -> str:
    """Propose a closing whose local branch exists; running it again continues.

    Returns:
        What to do next (Chinese).

    Raises:
        LedgerError: the push or the forge refuses; the branch stays, so it can be tried again.
    """
    from ledger.adapters.forge import PullRequest, open_request

    if base.via == LOCAL:
        return (
            f"销号分支 {proposal.branch} 建好了。请另一个人运行 "
            f"ledger merge {proposal.branch} 检查并合并。"
        )
    request = PullRequest.by(base.forge, proposal.branch, proposal.commit, proposal.title, body)
    return open_request(ledger.repo, base.forge.remote, base.via, request).message
