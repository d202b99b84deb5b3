"""`close --drop`: a branch that is merged, or a closing that nobody wants any more, is removed."""

from __future__ import annotations

from ledger.adapters.forge.request import CLOSINGS
from ledger.adapters.git.commit import branches, delete_branch
from ledger.adapters.git.remote import check_branch, remote_refs, remotes, remove_remote_branch
from ledger.errors import LedgerError, UsageError
from ledger.model.record import dataclass
from ledger.usecases.reading.load import config_at
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.act import alone

_LISTED = "ledger close --list 列出提出了还没有合并的"


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch that may be removed.

    Attributes:
        here, at_remote: its commit in this clone and at the remote; empty for none.
        merged: whether all that it has is in the main branch.
        remote: the remote's name.
    """

    name: str
    here: str
    at_remote: str
    merged: bool
    remote: str


def droppable(ledger: Ledger, name: str) -> Branch:
    """A branch that may be removed: a closing, or one that is merged.

    Raises:
        UsageError: there is none of that name.
        LedgerError: it is the main branch, or no closing and not merged; the remote cannot be
            reached.
    """
    forge = config_at(ledger).forge
    check_branch(name)
    if name == forge.base:
        raise UsageError(f"{name} 是主分支，不能删除", hint=_LISTED)
    here, at_remote = branches(ledger.repo, name).get(name, ""), ""
    if forge.remote in remotes(ledger.repo):
        ref = f"refs/heads/{name}"
        at_remote = remote_refs(ledger.repo, forge.remote, ref).get(ref, "")
    if not here and not at_remote:
        raise UsageError(f"没有分支“{name}”", hint=_LISTED)
    main = ledger.repo.branch_commit(forge.base) or ledger.repo.resolve("HEAD")
    merged = all(
        ledger.repo.has(each) and ledger.repo.is_ancestor(each, main)
        for each in (here, at_remote)
        if each
    )
    if not merged and not name.startswith(CLOSINGS):
        raise LedgerError(
            f"分支 {name} 还没有合并，也不是销号的分支，没有删除它", hint=f"请先合并它；{_LISTED}"
        )
    return Branch(name, here, at_remote, merged, forge.remote)


@alone
def drop_branch(ledger: Ledger, branch: Branch) -> None:
    """Remove it, at the remote first; where it has moved since, nothing is removed.

    Raises:
        LedgerError: it is in use, or the server refuses.
    """
    if branch.at_remote:
        remove_remote_branch(ledger.repo, branch.remote, branch.name, branch.at_remote)
    if branch.here:
        delete_branch(ledger.repo, branch.name)
