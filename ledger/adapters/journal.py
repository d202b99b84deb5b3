"""A write under a note: it comes to its end, or everything is as it was, however it is cut off.

Before the first file is touched a note says what is about to become of which files, and of the
branch. What is true afterwards is told by the branch and by the files themselves, never by a
program's exit code: git may be killed after its commit is the branch's. `settle` asks them, and
finishes what is done or puts back what is not; it is the same for a git that failed, for Ctrl-C,
and for the next command after the program was killed.

While it lasts git's own index lock is held, so that no git of the user's comes between; git works
on a copy of the index, which takes the index's place at the end.
"""

from __future__ import annotations

import json
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ledger.adapters import gitindex, store
from ledger.adapters.gitmerge import message_of_commit
from ledger.adapters.gitrepo import GitRepo
from ledger.adapters.store import Swap
from ledger.errors import LedgerError

_NOTE, _DONE = "pending.json", "done.json"
_KEPT, _STAGED = "kept", "staged"


@dataclass(frozen=True, slots=True)
class Note:
    """What is being written.

    Attributes:
        subject: what it does, as its commit says.
        command: the command line that does it, empty where none is known.
        folder: what the files' paths are relative to, absolute.
        files: what becomes of which file.
        ref: the branch that moves, by its full name; empty where nothing is committed.
        head: where the branch stands before, empty before the first commit.
        target: the commit it moves to, empty where git is yet to make it.
        merged: a branch that is to be gone afterwards.
        trailers: lines by which the commit that git makes is known.
        kept: a ref that comes with the move, to hold the commits that the branch leaves.
    """

    subject: str
    command: str
    folder: str
    files: tuple[Swap, ...]
    ref: str = ""
    head: str = ""
    target: str = ""
    merged: str = ""
    trailers: tuple[str, ...] = ()
    kept: str = ""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A write that was cut off.

    Attributes:
        subject: what it was doing, as its commit would have said.
        done: whether it had come to its end all the same.
        command: the command line that did it.
        commit: the commit that was made.
        foreign: files that somebody else has changed since, which were left alone.
    """

    subject: str
    done: bool
    command: str = ""
    commit: str = ""
    foreign: tuple[str, ...] = ()


def carried_out(
    repo: GitRepo,
    note: Note,
    ready: AbstractContextManager[Sequence[Swap]],
    commit: Callable[[Path], str] | None,
) -> str:
    """Put some files in their places and move the branch, whole or not at all.

    To be called with the write lock held, after `recovered`, and followed by `told`.

    Args:
        ready: gives the same files with their new contents on the disk.
        commit: what moves the branch, given the index to use (its own, with no files); returns
            the new commit. None where nothing is committed.

    Returns:
        The commit's id, empty without one.

    Raises:
        LedgerError: a file changed meanwhile, or git refuses; everything is as it was.
        OSError: the disk is full or read-only; likewise, unless it cannot even be put back: then
            the note stays, and the next command does it.
    """
    _begin(repo, note)
    try:
        with ready as swaps, _uninterrupted():
            made = _made(repo, note, swaps, commit)
    except BaseException:
        settled = None
        with suppress(OSError, LedgerError):  # then the note stays
            settled = settle(repo, note)
        if settled is None or not settled.done:
            raise
        return settled.commit
    discard(repo, note.merged)
    with suppress(OSError):
        (repo.state_dir() / _NOTE).replace(repo.state_dir() / _DONE)
    _end(repo)
    return made


def told(repo: GitRepo) -> None:
    """Forget a write that came to its end; killed before, who gives the command again is told."""
    with suppress(OSError):
        (repo.state_dir() / _DONE).unlink(missing_ok=True)


def is_interrupted(repo: GitRepo) -> bool:
    """Whether something was left; while somebody is writing, it is theirs."""
    return any((repo.state_dir() / name).exists() for name in (_NOTE, _KEPT, _STAGED))


def recovered(repo: GitRepo) -> Interrupted | None:
    """Settle a write that was cut off; None when there was none. With the write lock held.

    Raises:
        OSError: the files cannot be put back (read-only); it can be tried again.
        LedgerError: a git of somebody's is in the way; it can be tried again.
    """
    place = repo.state_dir() / _NOTE
    try:
        note = _note(json.loads(place.read_bytes()))
    except FileNotFoundError:
        _end(repo)
        return None
    except (ValueError, KeyError, TypeError):  # it is written whole, so somebody else's
        place.unlink(missing_ok=True)
        return None
    settled = settle(repo, note)
    if settled.done and note.command:
        said = json.dumps(asdict(settled), ensure_ascii=True)
        store.replace_file(repo.state_dir() / _DONE, said.encode())
    return settled


def done_before(repo: GitRepo, command: str) -> Interrupted | None:
    """The write of this very command line which had come to its end although it was cut off.

    It is told once: who gives the command a second time means it.
    """
    place = repo.state_dir() / _DONE
    try:
        said = json.loads(place.read_bytes())
    except (OSError, ValueError):
        return None
    if not command or not isinstance(said, dict) or said.get("command") != command:
        return None
    place.unlink(missing_ok=True)
    return Interrupted(str(said.get("subject")), True, command, str(said.get("commit") or ""))


def settle(repo: GitRepo, note: Note) -> Interrupted:
    """Find out what became of a write; finish it, or put back what was there before.

    Raises:
        OSError, LedgerError: it cannot be done now; the note stays.
    """
    own = replace(repo, root=Path(note.folder))
    gitindex.clear_dead_locks(own, note.ref, note.kept)
    store.remove_temporary(own.root, [each.path for each in note.files])
    commit = _landed(own, note) if note.ref else ""
    done = bool(commit) or (not note.ref and _is_whole(own.root, note))
    foreign = () if done else _put_back(own, note)
    if commit and note.files and own.branch_ref() == note.ref:
        gitindex.take_over(own, commit, [each.path for each in note.files])
    gitindex.unlock(own)
    if done:
        discard(own, note.merged)
    elif note.kept:
        own.run("update-ref", "-d", note.kept)  # the branch has them still
    _end(repo)
    return Interrupted(note.subject, done, note.command, commit, foreign)


def staging_folder(repo: GitRepo) -> Path:
    """An empty folder for files that are to take their places by a rename."""
    return _emptied(repo.state_dir() / _STAGED)


def _made(
    repo: GitRepo, note: Note, swaps: Sequence[Swap], commit: Callable[[Path], str] | None
) -> str:
    kept, root = _emptied(repo.state_dir() / _KEPT), Path(note.folder)
    if commit is None:
        store.exchange(root, swaps, kept)
        return ""
    if not swaps:
        return commit(repo.own_dir() / "index")
    with gitindex.locked(repo) as index:
        store.exchange(root, swaps, kept)
        made = commit(index)
        gitindex.put_in_place(repo, index)
    return made


def discard(repo: GitRepo, branch: str) -> None:
    """Remove a branch that was merged; where that fails it stays. With the write lock held."""
    for _ in range(2):
        if not branch or not repo.branch_commit(branch):
            return
        try:
            repo.delete_branch(branch)
        except LedgerError:  # a lock that a killed git has left
            gitindex.clear_dead_locks(repo, f"refs/heads/{branch}")


def _begin(repo: GitRepo, note: Note) -> None:
    state = repo.state_dir()
    state.mkdir(parents=True, exist_ok=True)
    store.remove_temporary(state, [_NOTE, _DONE])
    (state / _DONE).unlink(missing_ok=True)
    files = [[each.path, each.old, each.new] for each in note.files]
    store.replace_file(state / _NOTE, json.dumps(asdict(note) | {"files": files}).encode())


def _end(repo: GitRepo) -> None:
    """The note goes first: what is left after it is nobody's."""
    (repo.state_dir() / _NOTE).unlink(missing_ok=True)
    for name in (_KEPT, _STAGED):
        shutil.rmtree(repo.state_dir() / name, ignore_errors=True)


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _note(said: Any) -> Note:
    files = tuple(Swap(path, old, new) for path, old, new in said["files"])
    return Note(**said | {"files": files, "trailers": tuple(said["trailers"])})


def _landed(repo: GitRepo, note: Note) -> str:
    """The commit that the branch has by now, as the note means it; empty while it has none."""
    tip = repo.ref_commit(note.ref)
    if not tip or tip == note.head:
        return ""
    if note.target:
        return note.target if repo.merge_base(note.target, tip) == note.target else ""
    for commit in repo.first_parents(note.head, tip):
        lines = message_of_commit(repo, commit).splitlines()
        if set(note.trailers) <= set(lines):
            return commit
    return ""


def _is_whole(folder: Path, note: Note) -> bool:
    """Whether all files were written where no commit was wanted."""
    return all(store.fingerprint(folder / each.path) == each.new for each in note.files)


def _put_back(repo: GitRepo, note: Note) -> tuple[str, ...]:
    """Make every file what it was, the last one first; those that others have changed since."""
    kept = repo.state_dir() / _KEPT
    numbered = reversed(list(enumerate(note.files)))
    return tuple(
        swap.path
        for number, swap in numbered
        if not store.put_back(repo.root, swap, kept / str(number))
    )


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits until the body has come to its end, or failed.

    Git is interrupted by the same key, so that a long hook does not keep anybody waiting; what it
    has done by then counts.
    """
    caught: list[int] = []
    handler = signal.getsignal(signal.SIGINT)
    waits = threading.current_thread() is threading.main_thread() and callable(handler)
    if waits:
        signal.signal(signal.SIGINT, lambda number, frame: caught.append(number))
    try:
        yield
    except Exception:
        if caught:
            raise KeyboardInterrupt from None
        raise
    finally:
        if waits:
            signal.signal(signal.SIGINT, handler)
