"""A line of commits one by one, each as the change it is: what a push or a request consists of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.adapters.gitwalk import Commit, all_commits
from ledger.adapters.snapshots import EVIDENCE, PLACES, TEMPLATES, is_ledger_file
from ledger.model.change import Change, difference
from ledger.rules.policies import GOVERNING
from ledger.usecases.identities import MAILMAP
from ledger.usecases.reading import Ledger
from ledger.usecases.replaying import (
    State,
    Versions,
    batches,
    change_of,
    differing,
    read_pairs,
    state_at,
)

STEP_PLACES = (*PLACES, TEMPLATES, EVIDENCE, MAILMAP, *GOVERNING)
_BATCH = 500
_KEPT = 64


@dataclass(frozen=True, slots=True)
class Step:
    """One commit.

    Attributes:
        before, email: its first parent (empty for a first commit), and its author's address.
        changes: what it did to each of its parents; several of a merge.
        touched: the ledger's own files in which it differs from every parent.
    """

    commit: str
    before: str
    email: str
    changes: tuple[Change, ...]
    touched: frozenset[str]


class States:
    """The states of commits; of those asked for or made lately nothing is read again."""

    def __init__(self, ledger: Ledger) -> None:
        """Of one ledger."""
        self._ledger = ledger
        self._latest: dict[str, State] = {}

    def at(self, commit: str) -> State:
        """The ledger at a commit."""
        return self._latest.get(commit) or self.remember(
            state_at(self._ledger, commit, STEP_PLACES)
        )

    def before(self, commit: Commit) -> State:
        """The ledger before a commit: at its first parent."""
        return self.at(commit.parents[0]) if commit.parents else State()

    def after(self, commit: Commit, versions: Versions) -> State:
        """The ledger after a commit that is no merge."""
        return self.remember(self.before(commit).after(commit.id, commit.files, versions))

    def remember(self, state: State) -> State:
        """Keep a state for a while."""
        self._latest[state.commit] = state
        if len(self._latest) > _KEPT:
            del self._latest[next(iter(self._latest))]
        return state


def steps(ledger: Ledger, old: str, new: str) -> Iterator[Step]:
    """What a line of commits brings, oldest first."""
    states = States(ledger)
    for batch in batches(all_commits(ledger.repo, old, new, STEP_PLACES), _BATCH):
        versions = read_pairs(ledger, batch)
        for commit in batch:
            merged = len(commit.parents) > 1
            yield _merge(commit, states) if merged else _step(commit, states, versions)


def _step(commit: Commit, states: States, versions: Versions) -> Step:
    before, after = states.before(commit), states.after(commit, versions)
    touched = frozenset(each.path for each in commit.files if is_ledger_file(each.path))
    change = change_of(before, after, commit.files)
    return Step(commit.id, before.commit, commit.email, (change,), touched)


def _merge(commit: Commit, states: States) -> Step:
    after = states.at(commit.id)
    parents: Sequence[State] = [states.at(each) for each in commit.parents]
    changes = tuple(difference(each.whole(), after.whole()) for each in parents)
    touched = frozenset.intersection(*(differing(each, after) for each in parents))
    return Step(commit.id, commit.parents[0], commit.email, changes, touched)
