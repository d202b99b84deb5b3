"""A line of commits one by one, each as the change it is: what a push or a request consists of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ledger.adapters.git.walk import Commit, FileDiff, all_commits, differences
from ledger.model.change import Change
from ledger.model.paths import EVIDENCE, PLACES, TEMPLATES, is_config, is_ledger_file
from ledger.model.record import dataclass, replace
from ledger.rules.policies import GOVERNING
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.replay import State, change_of, differing, moved, part_change, seen_at
from ledger.usecases.reading.versions import Versions, batches, read_pairs

STEP_PLACES = (*PLACES, TEMPLATES, EVIDENCE, *GOVERNING)
_KEPT = 64


@dataclass(frozen=True, slots=True)
class Step:
    """One commit.

    Attributes:
        changes: what it did to each of its parents; several of a merge.
        touched: the ledger's own files in which it differs from every parent.
    """

    commit: Commit
    changes: tuple[Change, ...]
    touched: frozenset[str]


class States:
    """The states of commits; of those asked for or made lately nothing is read again."""

    def __init__(self, ledger: Ledger) -> None:
        """Of one ledger."""
        self._ledger = ledger
        self._latest: dict[str, State] = {}

    def at(self, commit: str) -> State:
        """The ledger at a commit, as its tree has it."""
        if commit not in self._latest:
            near = next(reversed(self._latest.values()), State())
            if near.commit:  # what differs is far less than everything
                diffs = what_counts(differences(self._ledger.repo, near.commit, commit))
                state = replace(moved(self._ledger, near, commit, diffs), last={})
            else:
                state = seen_at(self._ledger, commit, STEP_PLACES)
            self.remember(state)
        return self._latest[commit]

    def before(self, commit: Commit) -> State:
        """The ledger before a commit: at its first parent."""
        return self.at(commit.parents[0]) if commit.parents else State()

    def after(self, commit: Commit, versions: Versions) -> State:
        """The ledger after a commit that is no merge."""
        return self.remember(self.before(commit).after(commit.id, commit.files, versions))

    def changed(self, before: str, after: str, diffs: Iterable[FileDiff]) -> State:
        """The ledger at a commit, or a tree, which was made of another one by some changes."""
        if after not in self._latest:
            self.remember(moved(self._ledger, self.at(before), after, what_counts(diffs)))
        return self._latest[after]

    def read_by(self, ledger: Ledger) -> States:
        """The same states for a ledger that knows more objects of the same repository."""
        other = States(ledger)
        other._latest = dict(self._latest)
        return other

    def remember(self, state: State) -> State:
        """Keep a state for a while."""
        self._latest[state.commit] = state
        if len(self._latest) > _KEPT:
            del self._latest[next(iter(self._latest))]
        return state


def change_between(states: States, old: str, new: str) -> Change:
    """What turned one commit into another, of which only what differs is read."""
    before, after = states.at(old), states.at(new)
    return part_change(before, after, differing(before, after))


def what_counts(diffs: Iterable[FileDiff]) -> Iterator[FileDiff]:
    """Those of some files that a state knows of."""
    folders = tuple(f"{place}/" for place in STEP_PLACES)
    return (
        each
        for each in diffs
        if each.path in STEP_PLACES or each.path.startswith(folders) or is_config(each.path)
    )


def steps(ledger: Ledger, states: States, old: str, new: str) -> Iterator[Step]:
    """What a line of commits brings, oldest first."""
    for batch in batches(all_commits(ledger.repo, old, new, STEP_PLACES)):
        versions = read_pairs(ledger, batch)
        for commit in batch:
            merged = len(commit.parents) > 1
            yield merge_step(commit, states) if merged else _step(commit, states, versions)


def _step(commit: Commit, states: States, versions: Versions) -> Step:
    before, after = states.before(commit), states.after(commit, versions)
    touched = frozenset(each.path for each in commit.files if is_ledger_file(each.path))
    change = change_of(before, after, commit.files)
    return Step(commit, (change,), touched)


def merge_step(commit: Commit, states: States) -> Step:
    """A merge, as the change that it is of each of its parents."""
    after = states.at(commit.id)
    return Step(commit, *merging(after, [states.at(each) for each in commit.parents]))


def merging(after: State, parents: Sequence[State]) -> tuple[tuple[Change, ...], frozenset[str]]:
    """What a merge does to each of its parents, and the files in which it differs from all."""
    touched = [differing(each, after) for each in parents]
    changes = tuple(
        part_change(each, after, paths) for each, paths in zip(parents, touched, strict=True)
    )
    return changes, frozenset.intersection(*touched)
