"""Recording changes: files written whole, one commit of exactly these files, with trailers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from ledger.adapters.disk import store
from ledger.adapters.disk.lock import writing
from ledger.adapters.disk.store import FileChange
from ledger.adapters.files import journal
from ledger.adapters.files.pending import is_interrupted
from ledger.adapters.git.commit import commit_only, keep_up, refuse_unfinished, set_branch
from ledger.adapters.git.index import set_entries
from ledger.adapters.git.merge import at_top, changed_paths, checked_out, refuse_blocked
from ledger.adapters.git.rewrite import Kept, shift
from ledger.errors import AlreadyDone, LedgerError
from ledger.model.record import dataclass
from ledger.model.telling import Tell
from ledger.usecases.reading.identities import nobody, registered
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.secrets import refuse_secrets

P = ParamSpec("P")
R = TypeVar("R")

_TRAILER = re.compile(r"^(?=Ledger-)", re.MULTILINE)  # what a body must not pretend to be
_MOMENT = 1.0  # seconds that a reader waits for a writer who seems to be dead
_NAMED = 20  # more tasks than this are counted, not named, in a commit's trailers


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, when, and whether it is committed."""

    by: str
    date: dt.date
    today: dt.date
    commit: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """What a commit says of itself.

    Attributes:
        name: the command, for the trailer `Ledger-Op:`.
        subject: one Chinese line.
        tasks: ids for the trailers `Ledger-Task:`.
        body: more lines, Chinese; empty for none.
        trailers: further trailers, such as ("Ledger-Source", "GZ2017").
        request: what was asked for, where the same once more would do it a second time. Then what
            was done is kept in mind until `journal.told`, and `refuse_double` knows it.
    """

    name: str
    subject: str
    tasks: tuple[str, ...] = ()
    body: str = ""
    trailers: tuple[tuple[str, str], ...] = ()
    request: str = ""


def record(
    ledger: Ledger,
    changes: Sequence[FileChange],
    operation: Operation,
    commit: bool,
    tell: Tell | None = None,
    last: bool = True,
) -> str:
    """Write some files and commit exactly them.

    When git refuses the commit (a hook, no identity), the files are put back as they were.

    Args:
        changes: what to write; nothing happens when it is empty.
        commit: False leaves the files in the working tree, uncommitted.
        tell: told how many files are written, of how many.
        last: whether that is all that the command is to do.

    Returns:
        The commit's id, empty without one.

    Raises:
        LedgerError: a secret, a file that changed meanwhile, another writer, or git refuses.
    """
    if not changes:
        return ""
    refuse_secrets(ledger, changes)
    with held(ledger):
        if commit and not registered(ledger.repo):
            raise nobody("git 无法提交")
        ref = refuse_unfinished(ledger.repo) if commit else ""
        note = _note(ledger, changes, operation, ref)
        paths = [change.path for change in changes]
        message = message_of(operation)
        done = journal.carried_out(
            ledger.repo,
            note,
            store.staged(ledger.root, changes, tell),
            (lambda index: commit_only(ledger.repo, paths, message, index, note.mark))
            if commit
            else None,
            ledger.course,
            last,
        )
    if commit:
        keep_up(ledger.repo)
    return done


def refuse_elsewhere(ledger: Ledger, base: str) -> None:
    """Raise where another branch than the main one is checked out."""
    if ledger.repo.branch() != base:
        raise LedgerError(f"现在不在主分支 {base} 上", hint="请运行 ledger doctor --fix 回到主分支")


def refuse_double(ledger: Ledger, request: str) -> None:
    """Raise where just this was asked for before and done, and nobody could be told.

    Once: who asks again means it.

    Raises:
        AlreadyDone: it was.
    """
    if done := journal.done_before(ledger.repo, request):
        made = f"（提交 {done.commit[:10]}）" if done.commit else ""
        raise AlreadyDone(
            f"“{done.subject}”上一次虽然中断，其实已经办完{made}，没有重做；"
            "确实要再办一次的，请再运行一次"
        )


def alone(usecase: Callable[Concatenate[Ledger, P], R]) -> Callable[Concatenate[Ledger, P], R]:
    """Have a use case be the only writer, from its first look at a file to its commit."""

    @wraps(usecase)
    def locked(ledger: Ledger, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with held(ledger):
            return usecase(ledger, *args, **kwargs)

    return locked


@contextmanager
def held(ledger: Ledger) -> Iterator[None]:
    """Be the only writer: what is read in here is still so when it is written.

    What an earlier writer left half done is settled first.

    Raises:
        LedgerError: another writer did not come to an end.
    """
    with writing(ledger.repo.state_dir(), tell=ledger.repo.tell):
        journal.recovered(ledger.repo)
        yield


def _note(
    ledger: Ledger, changes: Sequence[FileChange], operation: Operation, ref: str
) -> journal.Note:
    return journal.Note(
        operation.subject,
        str(ledger.root),
        tuple(store.staged_change(change) for change in changes),
        ref=ref,
        head=ledger.repo.head() or "" if ref else "",
        request=operation.request,
    )


def move(
    ledger: Ledger,
    old: str,
    new: str,
    subject: str,
    merged: str = "",
    kept: Kept = ("", ""),
    last: bool = False,
) -> None:
    """Take the current branch, its index and work tree to a commit; with the write lock held.

    Uncommitted work in other files stays as it is, staged or not.

    Args:
        merged: a branch that is to go with it; where that fails it stays.
        kept: a ref's whole name, under which a commit that the branch leaves stays reachable.
        last: whether that is all that the command is to do.

    Raises:
        LedgerError: uncommitted work is in the way, or the branch has moved on.
    """
    top = at_top(ledger.repo)
    swaps = checked_out(top, old, new, journal.staging_folder(top))
    refuse_blocked(top, old, new)
    paths = changed_paths(top, old, new)

    def moved(index: Path) -> str:
        set_entries(top, index, new, paths)
        shift(top, old, new, subject, kept)
        return new

    ref = top.branch_ref()
    note = journal.Note(subject, str(top.root), tuple(swaps), ref, old, new, merged, kept[0])
    journal.carried_out(top, note, nullcontext(swaps), moved, ledger.course, last)


def point(ledger: Ledger, branch: str, commit: str, subject: str) -> None:
    """Point a branch that is not checked out at a commit; with the write lock held.

    Raises:
        GitError: it is checked out somewhere, or its name is none.
    """
    repo, ref = ledger.repo, f"refs/heads/{branch}"

    def moved(index: Path) -> str:
        set_branch(repo, branch, commit)
        return commit

    before = repo.branch_commit(branch)
    note = journal.Note(subject, str(repo.root), (), ref, before, commit)
    journal.carried_out(repo, note, nullcontext(()), moved, ledger.course, last=False)


def recover(ledger: Ledger) -> journal.Interrupted | None:
    """Settle what a killed program left half done; None when there is nothing of the kind.

    Cheap where there is nothing. While another program is writing, its work is not touched.

    Raises:
        OSError: the disk is read-only; it can be tried again.
    """
    if not is_interrupted(ledger.repo):
        return None
    try:
        with writing(ledger.repo.state_dir(), wait=_MOMENT):
            return journal.recovered(ledger.repo)
    except LedgerError:
        return None


def message_of(operation: Operation, every_task: bool = False) -> str:
    """A commit message: subject, body, trailers.

    Args:
        every_task: name all tasks in the trailers, however many.
    """
    named = every_task or len(operation.tasks) <= _NAMED
    trailers = [
        f"Ledger-Op: {operation.name}",
        *(f"Ledger-Task: {task}" for task in (operation.tasks if named else ())),
        *(f"{name}: {value}" for name, value in operation.trailers),
    ]
    body = _TRAILER.sub(" ", operation.body.strip())
    subject = " ".join(operation.subject.split())  # else what follows would read as trailers
    paragraphs = [subject, body, "\n".join(trailers)]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"
