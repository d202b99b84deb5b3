"""`check`: every rule on the ledger as it stands, or on what a change does to it.

A change is judged by the policy, the departments and the templates of its base: whoever proposes
it cannot bring his own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from ledger.adapters import store
from ledger.adapters.gitrepo import blob_id
from ledger.adapters.gitwalk import FileDiff, news_commits
from ledger.adapters.snapshots import (
    CONFIG_FILE,
    EVIDENCE,
    PLACES,
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
from ledger.model.decision import Decision
from ledger.model.problem import Problem, has_errors
from ledger.model.snapshot import Snapshot
from ledger.model.source import Source
from ledger.model.task import APPLIED, IN_PROGRESS, NOT_STARTED, REVIEWED, Task
from ledger.rules import CODES, Context, check_change, check_snapshot, check_step
from ledger.usecases.hands import Hands, same_hands
from ledger.usecases.proofs import Proofs, commit_hashes, paths_of, worktree_hashes
from ledger.usecases.reading import Ledger, config_at
from ledger.usecases.remarks import malformed, remarks, what_differs
from ledger.usecases.replaying import batches, read_pairs
from ledger.usecases.stepping import Step, steps

_SECRET = frozenset(code for code in CODES if code[0] == "S")
_CHANGES = frozenset(code for code in CODES if code[0] == "C")
_ONLY_STEPS = frozenset({"C001"})  # several legal steps in a row may look like an illegal one
_BY_STEPS = _ONLY_STEPS | {"C004", "C011"}  # what is recorded stays so within a push, too
_OF_OLD = frozenset({"D002"})  # done before there were rules; named until a meeting has mended it
_UNCLAIMED = frozenset({NOT_STARTED, IN_PROGRESS})  # nobody says yet that the evidence is complete
_BATCH = 500


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
    context = Context(snapshot.config, today, worktree_hashes(ledger, snapshot.config))
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
    old, old_listing = _snapshot(ledger, fork)
    judge = old if fork == base_commit else _snapshot(ledger, base_commit)[0]
    new, new_listing = _snapshot(ledger, head_commit)
    change = difference(old, new)
    diffs = what_differs(ledger.repo, fork, head_commit)
    context, before = _contexts(ledger, change, fork, head_commit, diffs, judge, today)
    touched = _touched(old_listing, new_listing)
    standing = _brought(change, touched, context, before)
    as_a_whole = check_change(change, context, _CHANGES - _ONLY_STEPS)
    problems = list(with_lines((*standing, *as_a_whole), new_listing))
    if by_steps:
        tip = head_commit or ledger.repo.resolve("HEAD")
        inside = _of_steps(ledger, fork, tip, context, _BY_STEPS)
        problems.extend(each for each in inside if each.code[0] in "CS")
        if not head_commit:
            last = _snapshot(ledger, ledger.repo.resolve("HEAD"))[0]
            found = check_step(difference(last, new), context, _BY_STEPS)
            problems.extend(with_lines(found, new_listing))
    problems.extend(malformed(ledger.repo, head_commit) if head_commit else ())
    problems.extend(remarks(change, diffs))
    return Checked(_once(problems), change)


def _contexts(
    ledger: Ledger,
    change: Change,
    fork: str,
    head: str,
    diffs: Collection[FileDiff],
    judge: Snapshot,
    today: dt.date,
) -> tuple[Context, Context]:
    """What judges the state after a change, and that before it.

    Of the evidence only that is read which is touched, or whose task is.
    """
    proofs = Proofs(ledger.repo)
    wanted = paths_of(task for pair in change.pairs() for task in pair)
    wanted.update(each.path for each in diffs if each.path.startswith(f"{EVIDENCE}/"))
    config = judge.config
    after = (
        commit_hashes(ledger, head, config, proofs, wanted)
        if head
        else worktree_hashes(ledger, config)
    )
    context = Context(config, today, after)
    return context, replace(context, sha256=commit_hashes(ledger, fork, config, proofs, wanted))


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
    problems = check_whole(ledger, old, new, today)
    context = Context(config_at(ledger, old), today)
    return _once((*problems, *_of_steps(ledger, old, new, context, _CHANGES)))


def check_whole(ledger: Ledger, old: str, new: str, today: dt.date) -> tuple[Problem, ...]:
    """What the gate asks of a push as one change, whatever its commits are like.

    Args:
        old, new: as for `check_push`; not for a branch that is new.
    """
    checked = check_between(ledger, old, new, today, by_steps=False)
    assert checked.change is not None  # noqa: S101 - a check of a branch has one
    state = checked.change.new
    return tuple(each for each in checked.problems if not _is_work_in_hand(each, state))


def _of_steps(
    ledger: Ledger, old: str, new: str, context: Context, codes: Collection[str]
) -> Iterator[Problem]:
    """What is wrong in single commits: rules on changes, secrets, whose hand it was."""
    for _, found in _each_step(ledger, old, new, context, codes):
        yield from found


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
        yield from _each_step(ledger, old, new, context, _CHANGES)


def _each_step(
    ledger: Ledger, old: str, new: str, context: Context, codes: Collection[str]
) -> Iterator[tuple[Step, tuple[Problem, ...]]]:
    hands = Hands(ledger)
    for step in steps(ledger, old, new):
        found = (*_missteps(ledger, step, context, codes), *_secrets(ledger, step, context))
        yield step, (*found, *same_hands(hands, step, context))


def _first_push(ledger: Ledger, new: str, today: dt.date) -> tuple[Problem, ...]:
    """What a ledger brings that comes from elsewhere: its state, and secrets of its past.

    What was closed before has the evidence that it has.
    """
    snapshot, listing = _snapshot(ledger, new)
    wanted = paths_of(
        entry.record for entry in snapshot.tasks if entry.record.status in (APPLIED, REVIEWED)
    )
    hashes = commit_hashes(ledger, new, snapshot.config, Proofs(ledger.repo), wanted)
    context = Context(snapshot.config, today, hashes)
    brought = (
        problem
        for problem in check_snapshot(snapshot, context)
        if problem.code not in _OF_OLD
        and not (problem.code == "T007" and _status(problem, snapshot) not in (APPLIED, REVIEWED))
    )
    problems = with_lines(brought, listing)
    past = _past_secrets(ledger, new, context)
    return _sorted((*problems, *past, *malformed(ledger.repo, new)))


def _past_secrets(ledger: Ledger, new: str, context: Context) -> Iterator[Problem]:
    """Secrets in what the files of a history said once: whoever gets it gets them."""
    commits = news_commits(ledger.repo, "", new, PLACES)
    told: set[tuple[str, str]] = set()
    for batch in batches(commits, _BATCH):
        for (path, _), version in read_pairs(ledger, batch).items():
            entries = (version.entry,) if version.entry and path != CONFIG_FILE else ()
            part = Snapshot(
                context.config,
                tuple(each for each in entries if isinstance(each.record, Task)),
                tuple(each for each in entries if isinstance(each.record, Source)),
                tuple(each for each in entries if isinstance(each.record, Decision)),
                tuple(each for each in version.problems if each.code in _SECRET),
            )
            for problem in check_snapshot(part, context, _SECRET):
                if problem.code in _SECRET and (problem.code, path) not in told:
                    told.add((problem.code, path))
                    yield replace(problem, message=f"历史里的一版{problem.message}", line=0)


def _is_work_in_hand(problem: Problem, snapshot: Snapshot) -> bool:
    """Whether evidence is missing of a task that nobody has applied to close."""
    return problem.code == "T007" and _status(problem, snapshot) in _UNCLAIMED


def _status(problem: Problem, snapshot: Snapshot) -> str:
    entry = snapshot.by_id.get(problem.id)
    return entry.record.status if entry else ""


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
    doubtful = elsewhere | {each for each in found if _is_of_old(each, change.old)}
    if doubtful:
        there = {
            (each.code, each.path, each.message) for each in check_snapshot(change.old, before)
        }
        doubtful = {each for each in doubtful if (each.code, each.path, each.message) in there}
    return [each for each in found if each not in doubtful]


def _is_of_old(problem: Problem, old: Snapshot) -> bool:
    """Whether a fault may be one that a task had when it was closed, or applied for, long ago."""
    claimed = problem.id in old.by_id and _status(problem, old) not in _UNCLAIMED
    return problem.code in _OF_OLD or (problem.code == "T007" and claimed)


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
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    names = [path.relative_to(ledger.root).as_posix() for path in files]
    return dict(zip(names, ledger.repo.hash_files(names), strict=True))


def _touched(old: Listing, new: Listing) -> set[str]:
    everything = {*old.blobs, *new.blobs, *new.odd}
    return {
        path for path in everything if old.blobs.get(path) != new.blobs.get(path) or path in new.odd
    }


def _below(paths: Collection[str], problems: Iterable[Problem]) -> Iterable[Problem]:
    if not paths:
        return problems
    return [
        problem
        for problem in problems
        if any(problem.path == path or problem.path.startswith(f"{path}/") for path in paths)
    ]


def _once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, though both the whole and a commit of it have it."""
    kept: dict[tuple[str, str, str, object], Problem] = {}
    for each in problems:
        place = each.place
        kept.setdefault((each.code, each.path, each.message, place), each)
    return _sorted(kept.values())


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda each: (each.path, each.line, each.code, each.message)))
