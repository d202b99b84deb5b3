"""What was done and taken back before anybody else built on it: a step that rules let pass.

The work log only grows, a task is not deleted and a time limit not moved, unless it is one's own
last deed that is taken back, and the record says of both that they were. So it does only where the
commit names what it takes back, brings every file back to the byte, is signed by the same person
within a week, and nothing but that person's own single commits lies between. Closings and what
meetings have decided are never taken back so: for these there are `reopen`, and another meeting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger.adapters.git.commit import trailer
from ledger.adapters.git.complaints import GitError
from ledger.adapters.git.repo import WHOLE_ID
from ledger.adapters.git.walk import Commit, differences, main_line
from ledger.model.change import Change
from ledger.model.paths import DECISIONS, is_below
from ledger.model.problem import Problem
from ledger.model.task import CANCELLED, CLOSED, ONGOING
from ledger.usecases.reading.open import Ledger

UNDOES = "Ledger-Undoes"  # the trailer that names what is taken back
MOST = 200  # commits between a deed and its taking back: what lies further back is no last deed
DAYS = 7  # so long may a deed be taken back: later others go by it, shared or not
_SECONDS = DAYS * 86_400
_PASSES = frozenset({"C001", "C009", "C010", "C011", "C012"})
_BY_MEETING = frozenset({CLOSED, CANCELLED, ONGOING})


def pardoned(
    ledger: Ledger, commit: Commit, change: Change, problems: Iterable[Problem]
) -> list[Problem]:
    """What is left of the problems of a single commit, where it takes back what was just done.

    Args:
        change: what the commit did.
        problems: what rules on changes say of it.
    """
    wrong = list(problems)
    if any(each.code in _PASSES for each in wrong) and takes_back(ledger, commit, change):
        return [each for each in wrong if each.code not in _PASSES]
    return wrong


def takes_back(ledger: Ledger, commit: Commit, change: Change) -> bool:
    """Whether a commit does nothing but take back its author's own last deed, and says so."""
    repo = ledger.repo
    if len(commit.parents) != 1 or _moves_what_a_meeting_decides(change):
        return False
    undone = trailer(repo, commit.id, UNDOES)
    if not WHOLE_ID.fullmatch(undone):
        return False
    line = own_line(ledger, undone, commit.parents[0], (commit.author, commit.email))
    if not line:
        return False
    if not 0 <= commit.time - line[0].time <= _SECONDS:
        return False
    (parent,) = line[0].parents
    done = differences(repo, parent, undone)
    again = differences(repo, commit.parents[0], commit.id)
    if {(e.path, e.old, e.new) for e in done} != {(e.path, e.new, e.old) for e in again}:
        return False
    return len(line) == 1 or not any(is_below(each.path, DECISIONS) for each in done)


def own_line(ledger: Ledger, first: str, last: str, author: tuple[str, str]) -> Sequence[Commit]:
    """The commits from one to another, where each is a single one by the same person; else none.

    Args:
        author: name and address.
    """
    try:
        parent = ledger.repo.parent_of(first)
        if not parent or not ledger.repo.is_ancestor(first, last):
            return ()
        line = main_line(ledger.repo, parent, last, ())
    except GitError:  # no such commit
        return ()
    alone = all(len(e.parents) == 1 and (e.author, e.email) == author for e in line)
    is_whole = bool(line) and line[0].id == first
    return line if alone and is_whole and len(line) <= MOST else ()


def _moves_what_a_meeting_decides(change: Change) -> bool:
    return any(
        {before.status if before else "", after.status if after else ""} & _BY_MEETING
        for before, after in change.pairs()
        if before is None or after is None or before.status != after.status
    )
