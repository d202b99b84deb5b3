"""H001: by whom a closing came to the main line, and by whom it was merged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ledger.adapters.git.walk import Commit, FileDiff
from ledger.model.change import Change
from ledger.model.paths import is_task_file
from ledger.model.problem import Problem
from ledger.model.record import dataclass
from ledger.rules.history import Making, ending, h001_pull_request, newly_closed
from ledger.usecases.reading.identities import addresses_in
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.replay import State
from ledger.usecases.reading.step import States
from ledger.usecases.reading.versions import Versions, task_in

Closers = Mapping[str, Sequence[Commit]]  # a task → the commits of a merged branch that closed it


def closes(versions: Versions, file: FileDiff) -> bool:
    """Whether a commit closes a task, or closes it anew, in a file that it changes."""
    new, old = (ending(task_in(versions, file.path, blob)) for blob in (file.new, file.old))
    return new not in (None, old)


def closers_of(change: Change, commits: Sequence[Commit], versions: Versions) -> Closers:
    """The tasks that a merge closes → those of the commits that it brought which closed them."""
    return {
        task.id: [
            commit
            for commit in commits
            for file in commit.files
            if is_task_file(file.path, task.id) and closes(versions, file)
        ]
        for task in newly_closed(change)
    }


@dataclass(frozen=True, slots=True)
class Merges:
    """Asks how closings came to the main line."""

    ledger: Ledger
    states: States

    def problems(
        self,
        step: Commit,
        inside: Sequence[Commit],
        change: Change,
        closers: Closers,
        ground: State,
    ) -> Iterator[Problem]:
        """H001 on a step of the main line.

        Who merges the main branch into his own work and pushes that, makes his own line the main
        one; what had been merged before is inside then, and asked of the merge that brought it.

        Args:
            inside: the other commits that the step brought, if it is a merge; none where it is
                certain which line is the main one.
            ground: the ledger whose rules the step is held to.
        """
        making, policies = self._making(step, closers, ground), ground.config.policies
        for problem in h001_pull_request(change, making, policies):
            task = problem.id
            before = (
                self._making(merge, {task: closers[task]}, ground)
                for merge in inside
                if len(merge.parents) > 1 and closers[task] and self._brings(merge, task)
            )
            if all(
                any(other.id == task for other in h001_pull_request(change, earlier, policies))
                for earlier in before
            ):
                yield problem

    def _brings(self, merge: Commit, task: str) -> bool:
        """Whether a task is closed in a merge, and not by this closing in its first parent."""
        states = (self.states.at(each) for each in (merge.parents[0], merge.id))
        entries = (state.index.tasks.get(task) for state in states)
        before, after = (ending(entry.record if entry else None) for entry in entries)
        return after not in (None, before)

    def _making(self, step: Commit, closers: Closers, ground: State) -> Making:
        """How a step was made, everybody under all addresses that were known before it."""
        if not closers:
            return Making(len(step.parents) > 1, step.email, {})
        known = addresses_in(self.ledger, ground)

        def who(commits: Iterable[Commit]) -> frozenset[str]:
            hands = ((each.author, each.email, each.committer) for each in commits)
            return frozenset().union(
                *(known.of(name, email) | known.of("", other) for name, email, other in hands)
            )

        emails = {task: who(by) for task, by in closers.items()}
        return Making(len(step.parents) > 1, step.email, emails, who((step,)))
