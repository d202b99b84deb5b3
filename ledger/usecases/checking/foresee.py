"""What a branch will be in the main branch: the merge is made beside everything, and judged.

Two branches that are each as they should be may not be so together: one withdraws the decision
by which the other closes. A forge merges line by line and asks nobody; so that merge is judged
where git can make it, else the one by meaning that `ledger merge` makes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.adapters.files.read_snapshot import lined_at
from ledger.adapters.git.trial import scratch, try_merge
from ledger.adapters.git.walk import Commit, differences
from ledger.errors import LedgerError
from ledger.model.change import Change
from ledger.model.problem import ERROR, WARNING, Problem
from ledger.model.record import dataclass, field, replace
from ledger.rules import Context
from ledger.usecases.checking.brought import brought, missteps
from ledger.usecases.checking.names import malformed
from ledger.usecases.checking.near import OwnBlobs, near_change
from ledger.usecases.checking.remarks import remarks
from ledger.usecases.checking.sides import wanted_proofs
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.proofs import Proofs, commit_hashes
from ledger.usecases.reading.replay import differing
from ledger.usecases.reading.step import States, Step, merging

_FIRST = "请先取回主分支（ledger sync），在新的内容上改好，再提一次"


@dataclass(frozen=True, slots=True)
class Merge:
    """The merge of two commits.

    Attributes:
        tree: empty where somebody has to decide first.
        conflicts: what has to be decided: path → why (Chinese).
        by_meaning: the files which git cannot merge line by line, but the ledger can.
    """

    tree: str
    conflicts: Mapping[str, str] = field(default_factory=dict)
    by_meaning: tuple[str, ...] = ()


def merge_of(ledger: Ledger, bases: Sequence[str], ours: str, theirs: str) -> Merge:
    """Merge a commit into the main branch; only objects come of it.

    Args:
        bases: their best common ancestors, one or more.
        ours: the main branch's commit.
    """
    trial = try_merge(ledger.repo, bases, ours, theirs)
    if trial.tree:
        return Merge(trial.tree)
    prefix = ledger.repo.run("rev-parse", "--show-prefix").decode(errors="surrogateescape")
    conflicts = {
        path.removeprefix(prefix.rstrip("\n")): why for path, why in trial.conflicts.items()
    }
    tree = _by_meaning(ledger, bases, ours, theirs)
    return Merge(tree, by_meaning=tuple(conflicts)) if tree else Merge("", conflicts)


def _by_meaning(ledger: Ledger, bases: Sequence[str], ours: str, theirs: str) -> str:
    """The merge in the ledger's terms; empty where it leaves something to decide."""
    from ledger.usecases.merging.commits import combine  # and with it all that edits files

    if len(bases) > 1:
        return ""
    try:
        combined = combine(ledger, bases[0], ours, theirs, {})
    except LedgerError:  # a file cannot be read
        return ""
    return "" if combined.renumbered or combined.left_behind else combined.tree


def foresee(
    ledger: Ledger, states: States, forks: Sequence[str], base: str, tip: str, context: Context
) -> tuple[tuple[Problem, ...], Change | None]:
    """Judge the merge of a commit into the main branch by the main branch's policy.

    Args:
        states: what has been read already.
        forks: their best common ancestors.
        context: the main branch's policy, and the day.

    Returns:
        What is wrong with it, and what it does to the main branch; None where there is none.
    """
    with scratch(ledger.repo) as repo:
        beside = replace(ledger, repo=repo)
        merge = merge_of(beside, forks, base, tip)
        told = tuple(_unmerged(merge))
        if not merge.tree:
            return told, None
        problems, change = _judged(beside, states.read_by(beside), (base, tip), merge.tree, context)
        return (*told, *problems), change


def _judged(
    ledger: Ledger, states: States, parents: tuple[str, str], tree: str, context: Context
) -> tuple[tuple[Problem, ...], Change]:
    """What is wrong with a merge as a change of the main branch, and as the merge it is."""
    diffs = differences(ledger.repo, parents[0], tree)
    old, other = (states.at(each) for each in parents)
    new = states.changed(parents[0], tree, diffs)
    touched = differing(old, new)
    near = near_change(old, new, touched, diffs)
    change = near.change
    proofs, evidence = Proofs(ledger.repo, OwnBlobs((old, new))), wanted_proofs(change, diffs)
    after, before = (
        replace(context, sha256=commit_hashes(ledger, commit, context.config, proofs, evidence))
        for commit in (tree, parents[0])
    )
    problems = brought(near, touched, after, before)
    changes, _ = merging(new, (old, other))
    step = Step(Commit("", parents), changes, touched)
    problems += missteps(ledger, states, step, after)
    lined = lined_at(ledger.repo, tree, problems)
    names = malformed(ledger.repo, tree, parents[0])
    return (*lined, *names, *remarks(change, diffs)), change


def _unmerged(merge: Merge) -> list[Problem]:
    """What cannot be merged at all, and what only the ledger can merge."""
    message = "和主分支合不到一起：{}"
    conflicts = [
        Problem(path, "T001", message.format(why), _FIRST, ERROR, merged=True)
        for path, why in merge.conflicts.items()
    ]
    told = "主分支也改了同一处，逐行合并合不了，托管平台会说有冲突；台账按内容合得起来"
    hint = "请用 ledger merge --local 合并，或者先取回主分支（ledger sync）再提一次"
    return conflicts + [
        Problem(path, "T001", told, hint, WARNING, merged=True) for path in merge.by_meaning
    ]


def of_the_merge(problem: Problem) -> Problem:
    """A problem marked as one that only the merge has."""
    if problem.merged:
        return problem
    hint = f"{problem.hint}；{_FIRST}" if problem.hint else _FIRST
    message = f"和主分支合并以后：{problem.message}"
    return replace(problem, message=message, hint=hint, merged=True)


def unrelated() -> Problem:
    """What is to be said of a branch that has no commit in common with the main branch."""
    message = "和主分支没有共同的历史，合并会带进另一段历史"
    return Problem("", "H004", message, "请从主分支分出分支，在上面重新提交", merged=True)
