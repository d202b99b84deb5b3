"""Whose fault a problem is: what a change brings, what a single commit or a merge does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial

from ledger.adapters.files.read_snapshot import lined_at
from ledger.adapters.git.walk import Commit, first_parents
from ledger.model.change import Change
from ledger.model.config import Config
from ledger.model.mailbox import Addresses
from ledger.model.paths import CONFIG_FILE, SOURCES, is_below
from ledger.model.problem import Problem, in_order
from ledger.model.record import replace
from ledger.model.snapshot import Index, Snapshot
from ledger.rules import (
    ALONE,
    CODES,
    SECRET,
    Context,
    check_change,
    check_snapshot,
    check_step,
    judged,
)
from ledger.rules.history import h004_second_beginning
from ledger.rules.tasks import claims_anew
from ledger.usecases.checking.dropped import RECORDS, is_dropped, is_own_record
from ledger.usecases.checking.near import Near
from ledger.usecases.reading.hands import Hands, of_step
from ledger.usecases.reading.identities import addresses_at
from ledger.usecases.reading.load import config_at
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.step import States, Step, steps

_STANDING = frozenset(code for code in CODES if code[0] in "TDS")  # F is about the present
CHANGES = frozenset(code for code in CODES if code[0] == "C")
_ONLY_STEPS = frozenset({"C001"})  # several legal steps in a row may look like an illegal one
# Of a merge these tell nothing: it brings the steps of others together, and records with content.
_OF_PARTS = _ONLY_STEPS | {"C004", "C013"}
OF_OLD = frozenset({"D002"})  # done before there were rules; named until a meeting has mended it
_TOGETHER = frozenset(CODES) - ALONE
_COUNTED = frozenset({"F004"})  # says how many were closed on a day, and so must see all of them
_AGAIN = "请重新合并，把两边记下的都留下；有更正的另记一次会议，或另加一条说明"


def brought(
    near: Near, touched: Collection[str], context: Context, before: Context
) -> list[Problem]:
    """What is wrong in a change, in what it touches, and what it breaks elsewhere.

    Not what is as it was elsewhere, nor an old closing by 圈阅 in a file that is touched for
    another reason, such as a look-back. What a file shows by itself is asked only of those that
    are touched, unless the list of departments or a source is among them.
    """
    change = near.change
    ids = {each.id for each in change.tasks}
    if CONFIG_FILE in touched or any(is_below(each, SOURCES) for each in touched):
        problems = _standing_in(near, 1, context, frozenset(CODES))
    else:
        problems = _standing_in(near, 1, context, _TOGETHER)
        problems += check_snapshot(_some(change.new, touched, ids), context, ALONE)
    elsewhere = {each for each in problems if each.path not in touched and each.id not in ids}
    doubtful = elsewhere | {
        each  # what may have been there before, and nobody answers for anew
        for each in problems
        if each.code in OF_OLD or (each.code == "T007" and not _is_anew(each, change))
    }
    if doubtful:
        codes = frozenset(each.code for each in doubtful)
        known = {each.what for each in _standing_in(near, 0, before, codes)}
        doubtful = {each for each in doubtful if each.what in known}
    left = [each for each in problems if each not in doubtful]
    return [*left, *check_change(change, context, CHANGES - _ONLY_STEPS)]


def _standing_in(
    near: Near, side: int, context: Context, codes: frozenset[str]
) -> tuple[Problem, ...]:
    """What rules on the ledger as it stands say of one side (0 before, 1 after) of a change."""
    snapshot = (near.change.old, near.change.new)[side]
    if near.same_days is None:
        return check_snapshot(snapshot, context, codes)
    counted = check_snapshot(near.same_days[side], context, codes & _COUNTED)
    return (*check_snapshot(snapshot, context, codes - _COUNTED), *counted)


def _some(snapshot: Snapshot, paths: Collection[str], ids: Collection[str] = ()) -> Snapshot:
    """Some files of a snapshot, which knows of all."""
    return replace(
        snapshot,
        tasks=tuple(each for each in snapshot.tasks if each.path in paths or each.record.id in ids),
        sources=tuple(each for each in snapshot.sources if each.path in paths),
        decisions=tuple(each for each in snapshot.decisions if each.path in paths),
        problems=tuple(each for each in snapshot.problems if each.path in paths),
        index=snapshot.index
        or Index(snapshot.by_id, snapshot.source_by_id, snapshot.decision_by_id),
    )


def _is_anew(problem: Problem, change: Change) -> bool:
    """Whether a task is answered for anew by what was amiss with its evidence before."""
    tasks = (each.task(problem.id) for each in (change.old, change.new))
    return problem.code == "T007" and claims_anew(*tasks)


def standing(change: Change, context: Context, before: Context) -> Iterator[Problem]:
    """What is wrong in the files of a step of history and was not before it."""
    problems = check_snapshot(change.new, context, _STANDING, change.edited)
    old = check_snapshot(change.old, before, _STANDING, change.edited) if problems else ()
    known = {each.what for each in old}
    return (each for each in problems if each.what not in known or _is_anew(each, change))


def each_step(
    ledger: Ledger, states: States, old: str, new: str, context: Context
) -> Iterator[tuple[Step, tuple[Problem, ...]]]:
    """Single commits, oldest first, and what is wrong in each, if anything.

    Rules on changes, secrets and what cannot be read in the files it touches, whose hand it was.
    """
    hands, known = Hands(ledger), partial(_identities, ledger, old, new, context.config)
    line: frozenset[str] | None = None
    for step in steps(ledger, states, old, new):
        if line is None and len(step.changes) > 1:
            line = frozenset(first_parents(ledger.repo, old, new))
        on_line = step.commit.id in (line or ())
        wrong = _lined(ledger, step, missteps(ledger, states, step, context, on_line))
        touched = _some(step.changes[0].new, step.touched)
        secret = _lined(ledger, step, check_snapshot(touched, context, SECRET))
        same = (problem for _, problem in hands.same(of_step(step), known))
        mine = judged(same, context.config, step.changes[0].old, step.changes[0].new)
        yield step, (*wrong, *secret, *mine, *_beginnings(step.commit))


def _identities(ledger: Ledger, old: str, new: str, config: Config) -> list[Addresses]:
    """Who is one person, as was known before a push and as it says itself."""
    return [addresses_at(ledger, old, config), addresses_at(ledger, new, config_at(ledger, new))]


def _beginnings(commit: Commit) -> Iterator[Problem]:
    for problem in () if commit.parents else h004_second_beginning(commit.id):
        yield replace(problem, hint="请在主分支的历史上重新提交，不要合并别处的历史")


def missteps(
    ledger: Ledger, states: States, step: Step, context: Context, on_line: bool = False
) -> list[Problem]:
    """What rules on changes say of a commit; a merge is to blame for what no parent has.

    A record of a meeting that its first parent has it must keep, whatever the others have, and so
    it must what any side has recorded since they parted; a record that it writes itself is of what
    was there before, in its first parent. Where two lines have moved a task, what the merge makes
    of it must be a step from either.

    Args:
        on_line: whether it is on the first-parent line: a merge there must not undo what that line
            has, for audits look at it just so.
    """
    by_parent = [check_step(change, context, CHANGES) for change in step.changes]
    if len(by_parent) == 1:
        return _pardoned(ledger, step, by_parent[0])
    common = set.intersection(*({(each.code, each.id) for each in some} for some in by_parent))
    kept = {"C011", *(CHANGES - _OF_PARTS if on_line else ())}
    blamed = [
        problem
        for problem in by_parent[0]
        if problem.code in kept
        or (problem.code, problem.id) in common
        or is_own_record(problem, step.changes)
    ]
    for number, some in enumerate(by_parent):
        suspect = [
            problem
            for problem in some
            if problem.code in _ONLY_STEPS | RECORDS and (problem.code, problem.id) not in common
        ]
        if suspect:
            bases = _bases(ledger, states, step, number)
            blamed += (
                replace(problem, hint=_AGAIN) if problem.code in RECORDS else problem
                for problem in suspect
                if problem not in blamed and _is_to_blame(problem, step, number, bases)
            )
    return blamed


def _pardoned(ledger: Ledger, step: Step, problems: Sequence[Problem]) -> list[Problem]:
    if not problems:
        return []
    from ledger.usecases.checking.takeback import pardoned  # nearly all commits break no rule

    return pardoned(ledger, step.commit, step.changes[0], problems)


def _is_to_blame(problem: Problem, step: Step, number: int, bases: Sequence[Index]) -> bool:
    """Whether a merge is to blame for what it does to one of its parents, though not to all."""
    side = step.changes[number]
    if problem.code in RECORDS:
        others = [each.old for each in step.changes if each is not side]
        return is_dropped(problem, side, others, bases)
    return not any(_is_at_rest(problem.id, base, side.old) for base in bases)


def _bases(ledger: Ledger, states: States, step: Step, number: int) -> list[Index]:
    """What was there where one parent of a merge has left the others."""
    own = step.commit.parents[number]
    others = [each for each in step.commit.parents if each != own]
    commits = {base for each in others for base in ledger.repo.merge_bases(own, each)}
    return [states.at(each).index for each in sorted(commits)]


def _is_at_rest(task: str, base: Index, line: Snapshot) -> bool:
    """Whether a line of history has left a task in the status in which it found it."""
    before, entry = base.tasks.get(task), line.by_id.get(task)
    was, now = (each.record if each else None for each in (before, entry))
    if was is None or now is None:
        return was is now
    return (was.status, len(was.past_closings)) == (now.status, len(now.past_closings))


def _lined(ledger: Ledger, step: Step, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return lined_at(ledger.repo, step.commit.id, problems)


def once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, though both the whole and a commit of it have it; sorted by place."""
    kept: dict[tuple[str, str, str, object], Problem] = {}
    for problem in problems:
        kept.setdefault((*problem.what, problem.place), problem)
    return in_order(kept.values())
