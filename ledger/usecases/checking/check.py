"""`check --base` and the gate: every rule on what a change does to a ledger.

A change is judged by the policy, the departments and the templates of its base: whoever proposes
it cannot bring his own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ledger.adapters.files.read_snapshot import (
    list_commit,
    read_snapshot,
    with_lines,
)
from ledger.adapters.git.walk import is_cut_between, news_commits
from ledger.errors import LedgerError
from ledger.model.config import Config
from ledger.model.decision import Decision
from ledger.model.paths import CONFIG_FILE, PLACES
from ledger.model.problem import Problem, in_order
from ledger.model.record import replace
from ledger.model.snapshot import Snapshot
from ledger.model.source import Source
from ledger.model.task import APPLIED, REVIEWED, Task
from ledger.rules import SECRET, Context, check_snapshot, check_step
from ledger.usecases.checking.audit import made_wrongly, wants_signatures
from ledger.usecases.checking.brought import CHANGES, OF_OLD, brought, each_step, once
from ledger.usecases.checking.foresee import foresee, of_the_merge, unrelated
from ledger.usecases.checking.names import malformed
from ledger.usecases.checking.remarks import remarks
from ledger.usecases.checking.sides import Sides, wanted_proofs
from ledger.usecases.checking.worktree import Checked, check_worktree
from ledger.usecases.reading.load import config_at
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.proofs import Proofs, commit_hashes, paths_of, worktree_hashes
from ledger.usecases.reading.step import States, Step
from ledger.usecases.reading.versions import batches, read_pairs


def check_between(
    ledger: Ledger, base: str, head: str, today: dt.date, by_steps: bool = True
) -> Checked:
    """Every rule on what a branch changes, and on what becomes of it when it is merged.

    Args:
        base: the revision that the change is to enter; its policy judges.
        head: the revision to be judged; empty for the working tree (of which what is committed
            is merged).
        by_steps: whether its commits are asked one by one what only they can tell.

    Returns:
        Problems of the change, of the files that it touches, and what it breaks elsewhere; what
        was wrong before and is untouched is not the change's fault. Where the base has gone on
        since, those that only the merge has are there too, marked as such.

    Raises:
        UsageError: no such revision.
        LedgerError: so much of history is missing here that nobody can tell where they parted.
    """
    if base == "HEAD" and not head and ledger.repo.head() is None:
        return check_worktree(ledger, today)  # before the first commit all of it is a change
    commit = ledger.repo.resolve(base)
    tip = ledger.repo.resolve(head or "HEAD")
    forks = _forks(ledger, commit, tip)
    sides = Sides(ledger, forks[0] if forks else commit, tip if head else "")
    config = sides.change.old.config if sides.fork == commit else config_at(ledger, commit)
    context, before = _contexts(ledger, sides, config, today)
    problems: list[Problem] = []
    if len(forks) <= 1:  # of several beginnings none alone says what it has changed
        problems += sides.lined(brought(sides.near, sides.touched, context, before))
        problems += remarks(sides.change, sides.diffs)
    if by_steps:
        problems += _by_steps(sides, commit, tip, context)
        if any(wants_signatures(each.config) for each in (sides.change.old, sides.change.new)):
            problems += made_wrongly(ledger, sides.fork, tip, ("H002", "H003"))
    problems += malformed(ledger.repo, tip if head else "", sides.fork)
    if not forks:
        problems.append(unrelated())
    if not forks or commit in forks or tip in forks:
        return Checked(once(problems), sides.change)
    wrong, change = foresee(ledger, sides.states, forks, commit, tip, context)
    known = {each.what for each in problems}
    problems += (of_the_merge(each) for each in wrong if each.what not in known)
    return Checked(once(problems), change or sides.change)


def _forks(ledger: Ledger, base: str, tip: str) -> list[str]:
    """The best common ancestors: none of unrelated histories, several where lines have crossed."""
    forks = [base] if base == tip else ledger.repo.merge_bases(base, tip)
    if is_cut_between(ledger.repo, base, tip, forks):
        raise LedgerError(
            "这里只有最近一段历史（浅克隆），看不出改动是从哪里开始的",
            hint="请运行 ledger doctor --fix 取回全部历史；CI 里把取回的深度设为 0"
            "（fetch-depth: 0，GitLab 是 GIT_DEPTH: 0）",
        )
    return forks


def _by_steps(sides: Sides, base: str, tip: str, context: Context) -> Iterator[Problem]:
    """What is wrong with single commits, and with what is not committed yet."""
    for _, problems in each_step(sides.ledger, sides.states, base, tip, context):
        yield from problems
    if not sides.head:
        left = sides.between(sides.states.at(tip)).change
        yield from sides.lined(check_step(left, context, CHANGES))


def _contexts(
    ledger: Ledger, sides: Sides, config: Config, today: dt.date
) -> tuple[Context, Context]:
    """What judges the state after a change, and that before it.

    Of the evidence only that is read which is touched, or whose task is.
    """
    own = sides.own_blobs()
    proofs = Proofs(ledger.repo, own)
    evidence = wanted_proofs(sides.change, sides.diffs)
    before = commit_hashes(ledger, sides.fork, config, proofs, evidence)
    if sides.head:
        after = commit_hashes(ledger, sides.head, config, proofs, evidence)
    else:
        after = sides.as_stored(worktree_hashes(ledger, config, own, sides.fork), before)
    context = Context(config, today, after)
    return context, replace(context, sha256=before)


def check_push(ledger: Ledger, old: str, new: str, today: dt.date) -> tuple[Problem, ...]:
    """What the server's gate asks of a push to the main branch.

    The push as a whole is judged by the policy that was there before it; besides, no single
    commit of it may break a rule on changes, or bring a secret or what cannot be read. The first
    push of all brings a ledger as it has become, old closings by 圈阅 included.

    Args:
        old: the branch's commit before; empty for a branch that is new.
        new: its commit after.
    """
    if not old:
        return _first_push(ledger, new, today)
    return check_between(ledger, old, new, today).problems


def check_whole(ledger: Ledger, old: str, new: str, today: dt.date) -> tuple[Problem, ...]:
    """What the gate asks of a push as one change, whatever its commits are like.

    Args:
        old, new: as for `check_push`; not for a branch that is new.
    """
    return check_between(ledger, old, new, today, by_steps=False).problems


def check_steps(
    ledger: Ledger, old: str, new: str, today: dt.date, policy: str = ""
) -> Iterator[tuple[Step, tuple[Problem, ...]]]:
    """What the gate asks of each commit of a push by itself, whatever the push as a whole is like.

    Args:
        old, new: as for `check_push`; a branch that is new has no steps.
        policy: the commit by whose ledger.yaml it is judged; `old` by default.
    """
    if old:
        context = Context(config_at(ledger, policy or old), today)
        yield from each_step(ledger, States(ledger), old, new, context)


def _first_push(ledger: Ledger, new: str, today: dt.date) -> tuple[Problem, ...]:
    """What a ledger brings that comes from elsewhere: its state, and secrets of its past.

    What was closed before has the evidence that it has.
    """
    listing = list_commit(ledger.repo, new)
    snapshot = read_snapshot(listing, ledger.cache)
    proofs = Proofs(ledger.repo, frozenset(listing.blobs.values()))
    waiting = {
        entry.record.id: entry.record
        for entry in snapshot.tasks
        if entry.record.status in (APPLIED, REVIEWED)
    }
    evidence = paths_of(waiting.values())
    hashes = commit_hashes(ledger, new, snapshot.config, proofs, evidence)
    context = Context(snapshot.config, today, hashes)
    brought = (
        problem
        for problem in check_snapshot(snapshot, context)
        if problem.code not in OF_OLD and (problem.code != "T007" or problem.id in waiting)
    )
    problems = with_lines(brought, listing)
    past = _past_secrets(ledger, new, context)
    return in_order((*problems, *past, *malformed(ledger.repo, new, "")))


def _past_secrets(ledger: Ledger, new: str, context: Context) -> Iterator[Problem]:
    """Secrets in what the files of a history said once: whoever gets it gets them."""
    commits = news_commits(ledger.repo, "", new, PLACES)
    told: set[tuple[str, str]] = set()
    for batch in batches(commits):
        for (path, _), version in read_pairs(ledger, batch).items():
            entries = (version.entry,) if version.entry and path != CONFIG_FILE else ()
            part = Snapshot(
                context.config,
                tuple(each for each in entries if isinstance(each.record, Task)),
                tuple(each for each in entries if isinstance(each.record, Source)),
                tuple(each for each in entries if isinstance(each.record, Decision)),
                tuple(each for each in version.problems if each.code in SECRET),
            )
            for problem in check_snapshot(part, context, SECRET):
                if problem.code in SECRET and (problem.code, path) not in told:
                    told.add((problem.code, path))
                    yield replace(problem, message=f"历史里的一版{problem.message}", line=0)
