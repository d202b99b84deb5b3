"""Recording changes: files written whole, one commit of exactly these files, with trailers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ledger.adapters import journal, store
from ledger.adapters.gitmerge import move_branch, refuse_blocked
from ledger.adapters.lock import writing
from ledger.adapters.store import FileChange
from ledger.errors import LedgerError
from ledger.usecases.checking import refuse_secrets
from ledger.usecases.reading import Ledger

_TRAILER = re.compile(r"^(?=Ledger-)", re.MULTILINE)  # what a body must not pretend to be
_NAMED = 20  # more tasks than this are counted, not named, in a commit's trailers


@dataclass(frozen=True, slots=True)
class Operation:
    """What a commit says of itself.

    Attributes:
        name: the command, for the trailer `Ledger-Op:`.
        subject: one Chinese line.
        tasks: ids for the trailers `Ledger-Task:`.
        body: more lines, Chinese; empty for none.
        trailers: further trailers, such as ("Ledger-Source", "GZ2017").
    """

    name: str
    subject: str
    tasks: tuple[str, ...] = ()
    body: str = ""
    trailers: tuple[tuple[str, str], ...] = ()


def record(
    ledger: Ledger,
    changes: Sequence[FileChange],
    operation: Operation,
    commit: bool,
    tell: Callable[[int, int], None] | None = None,
) -> str:
    """Write some files and commit exactly them.

    When git refuses the commit (a hook, no identity), the files are put back as they were.

    Args:
        changes: what to write; nothing happens when it is empty.
        commit: False leaves the files in the working tree, uncommitted.
        tell: told how many files are written, of how many.

    Returns:
        The commit's id, empty without one.

    Raises:
        LedgerError: a secret, a file that changed meanwhile, another writer, or git refuses.
    """
    if not changes:
        return ""
    refuse_secrets(ledger, changes)
    with writing(ledger.repo.state_dir()):
        journal.recovered(ledger.repo)
        if commit:
            _refuse_without_identity(ledger)
            ledger.repo.refuse_unfinished()
        with journal.noted(ledger.repo, ledger.root, changes, operation.subject, commit):
            return _written(ledger, changes, operation, commit, tell)


def _written(
    ledger: Ledger,
    changes: Sequence[FileChange],
    operation: Operation,
    commit: bool,
    tell: Callable[[int, int], None] | None,
) -> str:
    try:
        store.apply(ledger.root, changes, tell)
    except BaseException:  # it has put back what it wrote
        journal.forget(ledger.repo)
        raise
    if not commit:
        return ""
    try:
        return ledger.repo.commit_only([change.path for change in changes], message_of(operation))
    except BaseException:
        store.undo(ledger.root, changes)
        journal.forget(ledger.repo)
        raise


def move(ledger: Ledger, old: str, new: str, subject: str) -> None:
    """Take the current branch, its index and work tree to a commit; with the write lock held.

    Uncommitted work stays. When the program is killed meanwhile, the next one carries it on.

    Raises:
        LedgerError: uncommitted work is in the way, or the branch has moved on.
    """
    refuse_blocked(ledger.repo, old, new)
    with journal.noted_move(ledger.repo, old, new, subject):
        move_branch(ledger.repo, old, new, subject)


def recover(ledger: Ledger) -> journal.Interrupted | None:
    """Settle what a killed program left half done; None when there is nothing of the kind.

    Cheap where there is nothing. While another program is writing, its work is not touched.
    """
    if not journal.is_interrupted(ledger.repo):
        return None
    try:
        with writing(ledger.repo.state_dir(), wait=0):
            return journal.recovered(ledger.repo) or _carried_on(ledger)
    except LedgerError:
        return None


def _carried_on(ledger: Ledger) -> journal.Interrupted | None:
    """Finish a move of the branch that was cut off; one that is stale is forgotten."""
    found = journal.interrupted_move(ledger.repo)
    if found is None:
        return None
    old, new, subject = found
    head = ledger.repo.head()
    if head == old:
        move(ledger, old, new, subject)
    journal.forget(ledger.repo)
    return journal.Interrupted(subject, done=True) if head in (old, new) else None


def message_of(operation: Operation, every_task: bool = False) -> str:
    """A commit message: subject, body, trailers.

    Args:
        every_task: name all tasks in the trailers, however many.
    """
    few = every_task or len(operation.tasks) <= _NAMED
    tasks = operation.tasks if few else ()
    trailers = [
        f"Ledger-Op: {operation.name}",
        *(f"Ledger-Task: {task}" for task in tasks),
        *(f"{name}: {value}" for name, value in operation.trailers),
    ]
    body = _TRAILER.sub(" ", operation.body.strip())
    paragraphs = [_one_line(operation.subject), body, "\n".join(trailers)]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"


def _one_line(text: str) -> str:
    """A subject must stay one line, or what follows would read as trailers."""
    return " ".join(text.split())


def _refuse_without_identity(ledger: Ledger) -> None:
    if not (ledger.repo.identity() and ledger.repo.email()):
        raise LedgerError(
            "还没有登记您是谁，git 无法提交",
            hint='请运行 git config --global user.name "姓名" 和 '
            'git config --global user.email "邮箱"',
        )
