"""`check`: every rule on the ledger as it stands, or on what a change does to it.

A change is judged by the policy, the departments and the templates of its base: whoever proposes
it cannot bring his own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from ledger.adapters import lfs, store
from ledger.adapters.gitrepo import blob_id
from ledger.adapters.snapshots import (
    CONFIG_FILE,
    TEMPLATES,
    Listing,
    list_commit,
    list_worktree,
    read_snapshot,
    with_lines,
)
from ledger.adapters.store import FileChange
from ledger.errors import LedgerError
from ledger.model.change import Change, difference
from ledger.model.problem import Problem, has_errors
from ledger.model.snapshot import Snapshot
from ledger.rules import CODES, Context, check_change, check_snapshot, check_step
from ledger.usecases.reading import Ledger
from ledger.usecases.stepping import Step, steps

MAX_EVIDENCE = 20_000_000  # bytes of one file; larger ones belong elsewhere, with their hash here
_SECRET = frozenset(code for code in CODES if code[0] == "S")
_CHANGES = frozenset(code for code in CODES if code[0] == "C")
_ONLY_STEPS = frozenset({"C001"})  # several legal steps in a row may look like an illegal one
_BY_STEPS = _ONLY_STEPS | {"C004", "C011"}  # what is recorded stays so within a push, too
_OF_OLD = frozenset({"D002"})  # done before there were rules; named until a meeting has mended it


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found, and in which state.

    Attributes:
        problems: sorted by place, lines filled in.
        change: what was judged, when it was a change.
    """

    problems: tuple[Problem, ...]
    change: Change | None = None


def check_worktree(ledger: Ledger, today: dt.date, paths: Collection[str] = ()) -> Checked:
    """Every snapshot rule on the working tree.

    Args:
        paths: files or folders relative to the ledger's root; only their problems are returned.
    """
    listing = list_worktree(ledger.root, ledger.cache)
    snapshot = read_snapshot(listing, ledger.cache)
    context = Context(snapshot.config, today, _worktree_hash(ledger))
    found = check_snapshot(snapshot, context)
    return Checked(_sorted(_below(paths, with_lines(found, listing))))


def check_between(
    ledger: Ledger, base: str, head: str, today: dt.date, by_steps: bool = True
) -> Checked:
    """Every rule on what a branch changes.

    Args:
        base: the revision that the change is to enter; its policy judges.
        head: the revision to be judged; empty for the working tree.
        by_steps: whether its commits are asked one by one what only they can tell.

    Returns:
        Problems of the change, of the files that it touches, and what it breaks elsewhere; what
        was wrong before and is untouched is not the change's fault.

    Raises:
        UsageError: no such revision.
    """
    if base == "HEAD" and not head and ledger.repo.head() is None:
        return check_worktree(ledger, today)  # before the first commit all of it is a change
    base_commit = ledger.repo.resolve(base)
    head_commit = ledger.repo.resolve(head) if head else ""
    fork = ledger.repo.merge_base(base_commit, head_commit or "HEAD") or base_commit
    judge = _snapshot(ledger, base_commit)[0]
    old, old_listing = _snapshot(ledger, fork)
    new, new_listing = _snapshot(ledger, head_commit)
    change = difference(old, new)
    context = Context(judge.config, today, _hasher(ledger, head_commit))
    before = replace(context, sha256=_hasher(ledger, fork))
    touched = _touched(old_listing, new_listing)
    standing = _brought(change, touched, context, before)
    as_a_whole = check_change(change, context, _CHANGES - _ONLY_STEPS)
    problems = list(with_lines((*standing, *as_a_whole), new_listing))
    if by_steps:
        for step in steps(ledger, fork, head_commit or ledger.repo.resolve("HEAD")):
            problems.extend(_missteps(ledger, step, context, _BY_STEPS))
        if not head_commit:
            last = _snapshot(ledger, ledger.repo.resolve("HEAD"))[0]
            found = check_step(difference(last, new), context, _BY_STEPS)
            problems.extend(with_lines(found, new_listing))
    return Checked(_sorted(_once(problems)), change)


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
        snapshot, listing = _snapshot(ledger, new)
        context = Context(snapshot.config, today, _hasher(ledger, new))
        found = check_snapshot(snapshot, context)
        brought = (problem for problem in found if problem.code not in _OF_OLD)
        return _sorted(with_lines(brought, listing))
    problems = list(check_between(ledger, old, new, today, by_steps=False).problems)
    context = Context(_snapshot(ledger, old)[0].config, today)
    for step in steps(ledger, old, new):
        problems.extend(_missteps(ledger, step, context, _CHANGES))
        problems.extend(_secrets(ledger, step, context))
    return _sorted(_once(problems))


def _once(problems: Iterable[Problem]) -> Collection[Problem]:
    """What is wrong as a whole and again in a commit is told once."""
    kept: dict[tuple[str, str, str], Problem] = {}
    for problem in problems:
        kept.setdefault((problem.code, problem.path, problem.message), problem)
    return kept.values()


def _missteps(
    ledger: Ledger, step: Step, context: Context, codes: Collection[str]
) -> tuple[Problem, ...]:
    """What rules on changes say of a commit; a merge is to blame for what no parent has.

    A record of a meeting that its first parent has it must keep, whatever the others have.
    """
    found = [check_step(change, context, codes) for change in step.changes]
    common = set.intersection(*({(each.code, each.id) for each in some} for some in found))
    blamed = [each for each in found[0] if each.code == "C011" or (each.code, each.id) in common]
    return _lined(ledger, step, blamed)


def _secrets(ledger: Ledger, step: Step, context: Context) -> tuple[Problem, ...]:
    """Secrets in the files that a commit touches, and what cannot be read there."""
    found = check_snapshot(step.changes[0].new, context, _SECRET)
    return _lined(ledger, step, [each for each in found if each.path in step.touched])


def _lined(ledger: Ledger, step: Step, problems: Collection[Problem]) -> tuple[Problem, ...]:
    return with_lines(problems, list_commit(ledger.repo, step.commit)) if problems else ()


def _brought(
    change: Change, touched: Collection[str], context: Context, before: Context
) -> list[Problem]:
    """What is wrong in what a change touches, and what it breaks elsewhere.

    Not what is as it was elsewhere, nor an old closing by 圈阅 in a file that is touched for
    another reason, such as a look-back.
    """
    ids = {each.id for each in change.tasks}
    found = check_snapshot(change.new, context)
    elsewhere = {each for each in found if each.path not in touched and each.id not in ids}
    doubtful = elsewhere | {each for each in found if each.code in _OF_OLD}
    if doubtful:
        there = {
            (each.code, each.path, each.message) for each in check_snapshot(change.old, before)
        }
        doubtful = {each for each in doubtful if (each.code, each.path, each.message) in there}
    return [each for each in found if each not in doubtful]


def refuse_secrets(ledger: Ledger, changes: Iterable[FileChange]) -> None:
    """Raise when files about to be written would bring a secret into history.

    Raises:
        LedgerError: naming the first one.
    """
    contents = {change.path: change.new for change in changes if change.path.endswith(".yaml")}
    written = frozenset(contents)
    contents |= _own_config(ledger)
    blobs = {path: blob_id(new) for path, new in contents.items()}
    listing = Listing(blobs, lambda paths: ((path, contents[path]) for path in paths), {})
    snapshot = read_snapshot(listing, ledger.cache)
    found = check_snapshot(snapshot, Context(snapshot.config, dt.date.min), _SECRET)
    secrets = [each for each in found if each.code in _SECRET and each.path in written]
    if has_errors(secrets):
        first = secrets[0]
        raise LedgerError(f"{first.path}：{first.code} {first.message}", hint=first.hint)


def _own_config(ledger: Ledger) -> dict[str, bytes]:
    """ledger.yaml as it is now, by path: it says how severe the rules are."""
    there = (ledger.root / CONFIG_FILE).is_file()
    return {CONFIG_FILE: store.read(ledger.root, CONFIG_FILE)} if there else {}


def _snapshot(ledger: Ledger, commit: str) -> tuple[Snapshot, Listing]:
    listing = (
        list_commit(ledger.repo, commit) if commit else list_worktree(ledger.root, ledger.cache)
    )
    snapshot = read_snapshot(listing, ledger.cache)
    return replace(snapshot, templates=_templates(ledger, commit)), listing


def _templates(ledger: Ledger, commit: str) -> dict[str, str]:
    if commit:
        return {each.path: each.blob for each in ledger.repo.tree(commit, TEMPLATES)}
    folder = ledger.root / TEMPLATES
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(ledger.root).as_posix(): ledger.repo.hash_file(path) for path in files}


def _touched(old: Listing, new: Listing) -> set[str]:
    everything = {*old.blobs, *new.blobs, *new.odd}
    return {
        path for path in everything if old.blobs.get(path) != new.blobs.get(path) or path in new.odd
    }


def _hasher(ledger: Ledger, commit: str) -> Callable[[str], str]:
    return _commit_hash(ledger, commit) if commit else _worktree_hash(ledger)


def _worktree_hash(ledger: Ledger) -> Callable[[str], str]:
    def sha256(path: str) -> str:
        try:
            place = store.inside(ledger.root, path)
            large = place.is_file() and place.stat().st_size > MAX_EVIDENCE
            if not place.is_file() or (large and not lfs.keeps(ledger.repo, path)):
                return ""
            return lfs.file_hash(place)
        except (LedgerError, OSError):
            return ""

    return sha256


def _commit_hash(ledger: Ledger, commit: str) -> Callable[[str], str]:
    def sha256(path: str) -> str:
        content = ledger.repo.file_at(commit, path, MAX_EVIDENCE)
        return lfs.content_hash(content) if content is not None else ""

    return sha256


def _below(paths: Collection[str], problems: Iterable[Problem]) -> Iterable[Problem]:
    if not paths:
        return problems
    return [
        problem
        for problem in problems
        if any(problem.path == path or problem.path.startswith(f"{path}/") for path in paths)
    ]


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda each: (each.path, each.line, each.code, each.message)))
