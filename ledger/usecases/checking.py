"""`check`: every rule on the ledger as it stands, or on what a change does to it.

A change is judged by the policy, the departments and the templates of its base: whoever proposes
it cannot bring his own.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from ledger.adapters import store
from ledger.adapters.gitrepo import blob_id
from ledger.adapters.snapshots import Listing, list_commit, list_worktree, read_snapshot, with_lines
from ledger.adapters.store import FileChange
from ledger.errors import LedgerError
from ledger.model.change import Change, difference
from ledger.model.problem import Problem, has_errors
from ledger.model.snapshot import Snapshot
from ledger.rules import CODES, Context, check_change, check_snapshot
from ledger.usecases.reading import Ledger

TEMPLATES = "templates"
MAX_EVIDENCE = 20_000_000  # bytes of one file; larger ones belong elsewhere, with their hash here
_SECRET = frozenset(code for code in CODES if code[0] == "S")
_CHANGES = frozenset(code for code in CODES if code[0] == "C")
_STEP_BY_STEP = frozenset({"C001"})  # several legal steps in a row may look like an illegal one


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


def check_between(ledger: Ledger, base: str, head: str, today: dt.date) -> Checked:
    """Every rule on what a branch changes.

    Args:
        base: the revision that the change is to enter; its policy judges.
        head: the revision to be judged; empty for the working tree.

    Returns:
        Problems of the change, and of the files that it touches; what was wrong before and is
        untouched is not the change's fault.

    Raises:
        UsageError: no such revision.
    """
    base_commit = ledger.repo.resolve(base)
    head_commit = ledger.repo.resolve(head) if head else ""
    fork = ledger.repo.merge_base(base_commit, head_commit or "HEAD") or base_commit
    judge = _snapshot(ledger, base_commit)[0]
    old, old_listing = _snapshot(ledger, fork)
    new, new_listing = _snapshot(ledger, head_commit)
    change = difference(old, new)
    context = Context(judge.config, today, _hasher(ledger, head_commit))
    touched = _touched(old_listing, new_listing)
    standing = [
        problem
        for problem in check_snapshot(new, context)
        if problem.path in touched or problem.id in {each.id for each in change.tasks}
    ]
    as_a_whole = check_change(change, context, _CHANGES - _STEP_BY_STEP)
    steps = ledger.repo.steps(fork, head_commit or "HEAD")
    problems = [
        *with_lines((*standing, *as_a_whole), new_listing),
        *_of_steps(ledger, old, steps, context, _STEP_BY_STEP),
    ]
    if not head_commit:
        last = _snapshot(ledger, steps[-1])[0] if steps else old
        found = check_change(difference(last, new), context, _STEP_BY_STEP)
        problems.extend(with_lines(found, new_listing))
    return Checked(_sorted(problems), change)


def check_push(ledger: Ledger, old: str, new: str, today: dt.date) -> tuple[Problem, ...]:
    """What the server's gate asks of a push to the main branch.

    The push as a whole is judged by the policy that was there before it; besides, no single step
    of it may break a rule on changes, and no commit of it may bring a secret.

    Args:
        old: the branch's commit before; empty for a branch that is new.
        new: its commit after.
    """
    if not old:
        snapshot, listing = _snapshot(ledger, new)
        context = Context(snapshot.config, today, _hasher(ledger, new))
        return _sorted(with_lines(check_snapshot(snapshot, context), listing))
    problems = list(check_between(ledger, old, new, today).problems)
    config = _snapshot(ledger, old)[0].config
    context = Context(config, today)
    before, _ = _snapshot(ledger, old)
    problems.extend(_of_steps(ledger, before, ledger.repo.steps(old, new), context, _CHANGES))
    for commit in ledger.repo.new_commits(old, new):
        snapshot, listing = _snapshot(ledger, commit)
        problems.extend(with_lines(check_snapshot(snapshot, context, _SECRET), listing))
    kept: dict[tuple[str, str, str], Problem] = {}
    for problem in problems:
        kept.setdefault((problem.code, problem.path, problem.message), problem)
    return _sorted(kept.values())


def _of_steps(
    ledger: Ledger,
    before: Snapshot,
    steps: Iterable[str],
    context: Context,
    codes: Collection[str],
) -> Iterator[Problem]:
    """What rules on changes say of each step of a line of commits."""
    for commit in steps:
        after, listing = _snapshot(ledger, commit)
        yield from with_lines(check_change(difference(before, after), context, codes), listing)
        before = after


def refuse_secrets(ledger: Ledger, changes: Iterable[FileChange]) -> None:
    """Raise when files about to be written would bring a secret into history.

    Raises:
        LedgerError: naming the first one.
    """
    contents = {change.path: change.new for change in changes if change.path.endswith(".yaml")}
    blobs = {path: blob_id(new) for path, new in contents.items()}
    listing = Listing(blobs, lambda paths: ((path, contents[path]) for path in paths), {})
    snapshot = read_snapshot(listing, ledger.cache)
    found = check_snapshot(snapshot, Context(snapshot.config, dt.date.min), _SECRET)
    secrets = [problem for problem in found if problem.code in _SECRET]
    if has_errors(secrets):
        first = secrets[0]
        raise LedgerError(f"{first.path}：{first.code} {first.message}", hint=first.hint)


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
            if not place.is_file() or place.stat().st_size > MAX_EVIDENCE:
                return ""
            return hashlib.sha256(place.read_bytes()).hexdigest()
        except (LedgerError, OSError):
            return ""

    return sha256


def _commit_hash(ledger: Ledger, commit: str) -> Callable[[str], str]:
    def sha256(path: str) -> str:
        content = ledger.repo.file_at(commit, path, MAX_EVIDENCE)
        return hashlib.sha256(content).hexdigest() if content is not None else ""

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
