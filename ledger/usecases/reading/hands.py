"""Whose hand: by git's authors, whether one account both applied and reviewed (C006).

What a name typed into a file says is one thing, whose commit brought it another. A commit that
brings application and review at once accuses nobody: a forge that squashes a branch leaves one
author for what several people did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from ledger.adapters.git.walk import Commit, latest_commits
from ledger.model.mailbox import Addresses
from ledger.model.paths import TASKS, is_below
from ledger.model.people import account
from ledger.model.problem import Problem
from ledger.model.record import dataclass
from ledger.model.task import Applied, Reviewed, Task
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.step import Step
from ledger.usecases.reading.versions import Versions, read_pairs, task_in

_FEW = 12  # of a file's commits, among which the application most likely is


@dataclass(frozen=True, slots=True)
class Deed:
    """What one commit did to a task's procedure.

    Attributes:
        applied, reviewed: what it brought; None where it brought none.
        rests_on: the application as it stands after the commit.
    """

    commit: Commit
    path: str
    task: str
    applied: Applied | None
    reviewed: Reviewed | None
    rests_on: Applied | None


class Hands:
    """Whose application is whose; commits are told of in their order."""

    def __init__(self, ledger: Ledger) -> None:
        """Of one ledger."""
        self._ledger = ledger
        self._known: dict[str, tuple[Applied, str, str, str]] = {}  # by task: what, commit, whose
        self._reviews: dict[str, Reviewed] = {}

    def same(
        self, deeds: Iterable[Deed], known: Callable[[], Sequence[Addresses]]
    ) -> Iterator[tuple[str, Problem]]:
        """The reviews among some deeds that the applicant's own account made, with their commits.

        What a commit has already brought, a merge does not bring again; a first commit says how
        things stood.

        Args:
            known: asked for whose addresses are whose, where that matters; whoever is one person
                by any of them is one.
        """
        for deed in deeds:
            before = self._known.get(deed.task)
            if deed.applied and (before is None or before[0] != deed.applied):
                self._known[deed.task] = (deed.applied, *_whose(deed.commit))
            if deed.reviewed is None or deed.reviewed == self._reviews.get(deed.task):
                continue
            self._reviews[deed.task] = deed.reviewed
            if deed.rests_on is None or not deed.commit.parents:
                continue
            applied_in, *whose = self._applicant(deed, deed.rests_on)
            commit, author, email = _whose(deed.commit)
            if applied_in in ("", commit):
                continue
            own = [(each.of(author, email), each.of(*whose)) for each in known()]
            if not all(reviewer for reviewer, _ in own):
                who = f"{author} <{email}>"
                yield commit, _problem(deed, f"{deed.task} 的审核看不出是谁提交的（{who}）")
            elif any(not reviewer.isdisjoint(applicant) for reviewer, applicant in own):
                yield commit, _problem(deed, _same_account(deed, whose[1]))

    def _applicant(self, deed: Deed, applied: Applied) -> tuple[str, str, str]:
        """The commit that brought an application, its author and the author's address."""
        known = self._known.get(deed.task)
        if known is None or known[0] != applied:
            commit = applicant(self._ledger, deed.commit.parents[0], deed.path, applied)
            if commit is None:
                return "", "", ""
            self._known[deed.task] = known = (applied, *_whose(commit))
        return known[1:]


def _whose(commit: Commit) -> tuple[str, str, str]:
    return commit.id, commit.author, commit.email


def applicant(ledger: Ledger, until: str, path: str, applied: Applied) -> Commit | None:
    """The commit of a history that brought an application; None where there is none."""
    for most in (_FEW, 0) if until else ():
        commits = latest_commits(ledger.repo, until, path, most)
        versions = read_pairs(ledger, commits)
        for commit in commits:
            for file in commit.files:
                after = _applied(task_in(versions, file.path, file.new))
                before = (task_in(versions, file.path, blob) for blob in (file.old, *file.also))
                if after == applied and all(_applied(task) != applied for task in before):
                    return commit
        if len(commits) < most:
            break
    return None


def of_commit(commit: Commit, versions: Versions) -> Iterator[Deed]:
    """What a commit did, by the files that it changed."""
    for file in commit.files:
        if is_below(file.path, TASKS) and file.new:
            new, old = (task_in(versions, file.path, blob) for blob in (file.new, file.old))
            if new is not None:
                yield from _deed(commit, file.path, new, [old])


def of_step(step: Step) -> Iterator[Deed]:
    """What one commit of a push did, a merge beyond all of its parents."""
    for old, new in step.changes[0].present():
        if new.closing is None:
            continue
        olds = [old, *(other.old.task(new.id) for other in step.changes[1:])]
        path = step.changes[0].new.by_id[new.id].path
        yield from _deed(step.commit, path, new, olds)


def _deed(commit: Commit, path: str, new: Task, olds: list[Task | None]) -> Iterator[Deed]:
    closing = new.closing
    if closing is None:
        return
    was = [old.closing for old in olds if old and old.closing]
    again = any(each.applied == closing.applied for each in was)
    looked = any(each.reviewed == closing.reviewed for each in was)
    applied = None if again else closing.applied
    reviewed = None if looked else closing.reviewed
    if applied or reviewed:
        yield Deed(commit, path, new.id, applied, reviewed, closing.applied)


def _applied(task: Task | None) -> Applied | None:
    return task.closing.applied if task and task.closing else None


def _same_account(deed: Deed, applicant: str) -> str:
    own, other = account(deed.commit.email), account(applicant)
    also = "" if own == other else f"（{applicant} 也是他的）"
    return f"{deed.task} 的申请和审核都是 {deed.commit.email} 提交的{also}，是同一个账号"


def _problem(deed: Deed, message: str) -> Problem:
    hint = "请审核人用自己的账号运行 ledger review"
    return Problem(deed.path, "C006", message, hint, id=deed.task, place=("closing", "reviewed"))
