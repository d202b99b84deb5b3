"""`merge`: where there is no forge, a second person checks a closing and merges it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ledger.adapters.gitmerge import make_commit
from ledger.adapters.journal import discard
from ledger.errors import AlreadyDone, LedgerError, UsageError
from ledger.model.change import Change, difference
from ledger.model.config import Config
from ledger.model.problem import Problem, has_errors
from ledger.usecases.checking import check_between
from ledger.usecases.combining import combine
from ledger.usecases.identities import addresses_at
from ledger.usecases.reading import Ledger, load
from ledger.usecases.writing import Operation, held, message_of, move


@dataclass(frozen=True, slots=True)
class Merging:
    """A branch that may be merged: what it changes, what the check remarks, its commit."""

    branch: str
    commit: str
    change: Change
    problems: tuple[Problem, ...]


def examine_branch(ledger: Ledger, branch: str, today: dt.date) -> Merging:
    """Check a branch as a pull request would be checked.

    Raises:
        UsageError: no such branch.
        LedgerError: a rule refuses, the merger made it himself, or the main branch is not here.
    """
    config = load(ledger).config
    commit = ledger.repo.branch_commit(branch) or ledger.repo.branch_commit(
        branch, config.forge.remote
    )
    if not commit:
        raise UsageError(f"没有分支“{branch}”", hint="用 git branch --list 'close/*' 可查看")
    if ledger.repo.branch() != config.forge.base:
        raise LedgerError(
            f"现在不在主分支 {config.forge.base} 上",
            hint=f"请先运行 git switch {config.forge.base}",
        )
    head = ledger.repo.resolve("HEAD")
    if ledger.repo.merge_base(head, commit) == commit:
        with held(ledger):
            discard(ledger.repo, branch)
        raise AlreadyDone(f"分支 {branch} 已经合并过了，不用重复合并")
    own = load(ledger, head).config
    if own.policies.self_merge != "允许":
        _refuse_author(ledger, head, commit, branch, own)
    checked = check_between(ledger, head, commit, today)
    assert checked.change is not None  # noqa: S101 - a check of a branch has one
    _refuse_moved(ledger, head, commit, checked.change)
    return Merging(branch, commit, checked.change, checked.problems)


def merge(ledger: Ledger, merging: Merging, by: str) -> str:
    """Merge with a merge commit, then remove the branch; return the merge commit's id.

    Raises:
        LedgerError: the check found errors, or uncommitted changes are in the way.
    """
    if has_errors(merging.problems):
        raise LedgerError(f"分支 {merging.branch} 没有通过检查，没有合并", hint="请改好后再试")
    tasks = tuple(change.id for change in merging.change.tasks)
    operation = Operation("merge", f"合并 {merging.branch}", tasks, body=f"办理人：{by}")
    with held(ledger):
        ledger.repo.refuse_unfinished()
        head = ledger.repo.resolve("HEAD")
        tree = _merged_tree(ledger, head, merging)
        message = message_of(operation, every_task=True)
        done = make_commit(ledger.repo, tree, (head, merging.commit), message)
        move(ledger, head, done, operation.subject, merged=merging.branch)
    return done


def _merged_tree(ledger: Ledger, head: str, merging: Merging) -> str:
    """Main branch and closing as one tree, merged by meaning.

    Raises:
        LedgerError: both changed the same thing.
    """
    fork = ledger.repo.merge_base(head, merging.commit)
    combined = combine(ledger, fork, head, merging.commit, {})
    if not combined.tree or combined.renumbered or combined.left_behind:
        named = "、".join(dict.fromkeys(each.id for each in combined.clashes)) or merging.branch
        raise LedgerError(
            f"主分支和 {merging.branch} 改了同一处（{named}），没有合并",
            hint="请提出人在新的主分支上重新提一次",
        )
    return combined.tree


def _refuse_moved(ledger: Ledger, head: str, commit: str, change: Change) -> None:
    """What the branch closes must not have changed on the main branch since: nobody saw that."""
    fork = ledger.repo.merge_base(head, commit)
    since = {each.id for each in difference(load(ledger, fork), load(ledger, head)).tasks}
    both = [each.id for each in change.tasks if each.id in since]
    if both:
        raise LedgerError(
            f"提出销号以后，主分支上又改过 {'、'.join(both[:5])}，不能直接合并",
            hint="请提出人重新运行 ledger close，在新的内容上再提一次",
        )


def _refuse_author(ledger: Ledger, head: str, commit: str, branch: str, config: Config) -> None:
    """职责分离: who proposed the closing does not merge it; git's e-mail addresses tell."""
    mine = ledger.repo.email()
    if not mine:
        raise LedgerError("还没有登记您是谁", hint='请运行 git config --global user.email "邮箱"')
    known = addresses_at(ledger, head, config)
    proposers = frozenset[str]().union(
        *(known.of(name, email) for name, email in ledger.repo.authors(head, commit))
    )
    if known.of(ledger.repo.identity(), mine) & proposers:
        raise LedgerError(
            f"分支 {branch} 是您（{mine}）提出的，不能由您自己合并",
            hint="请另一个人在自己的电脑上合并；确需放开的，先在 ledger.yaml 里改 self_merge",
        )
