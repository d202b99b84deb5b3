"""A write under a note: it comes to its end, or everything is as it was, however it is cut off.

Before the first file is touched a note says what is about to become of which files, and of the
branch. What is true afterwards is told by the branch and by the files themselves, never by a
program's exit code: git may be killed after its commit is the branch's. `settle` asks them, and
finishes what is done or puts back what is not; it is the same for a git that failed, for Ctrl-C,
and for the next command after the program was killed.

A commit that git makes is known by a mark of its own in the branch's log, which git writes before
it moves the branch: hooks may change its message and its files, and colleagues make the same.

While it lasts git's own index lock is held, so that no git of the user's comes between; git works
on a copy of the index, which takes the index's place at the end.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from ledger.adapters.disk import store
from ledger.adapters.disk.interrupt import Course
from ledger.adapters.disk.store import Swap
from ledger.adapters.files.pending import KEPT, NOTE, STAGED
from ledger.adapters.git import index as gitindex
from ledger.adapters.git.commit import delete_branch, marked
from ledger.adapters.git.complaints import GitError
from ledger.adapters.git.repo import GitRepo
from ledger.errors import LedgerError
from ledger.model.decode import encode
from ledger.model.record import all_fields, dataclass, field, replace

_DONE = "done.json"


@dataclass(frozen=True, slots=True)
class Note:
    """What is being written.

    Attributes:
        subject: what it does, as its commit says.
        folder: what the files' paths are relative to, absolute.
        files: what becomes of which file.
        ref: the branch that moves, by its full name; empty where nothing is committed.
        head: where the branch stands before, empty before the first commit.
        target: the commit it moves to, empty where git is yet to make it.
        merged: a branch that is to be gone afterwards.
        kept: a ref that comes with the move, to hold the commits that the branch leaves.
        request: what was asked for, where the same once more would do it a second time.
        mark: by which the branch's log knows the commit that git makes.
        index: which index there was when it began.
    """

    subject: str
    folder: str
    files: tuple[Swap, ...]
    ref: str = ""
    head: str = ""
    target: str = ""
    merged: str = ""
    kept: str = ""
    request: str = ""
    mark: str = field(default_factory=lambda: f"ledger {os.urandom(8).hex()}")
    index: str = ""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A write that was cut off.

    Attributes:
        subject: what it was doing, as its commit would have said.
        done: whether it had come to its end all the same.
        commit: the commit that was made.
        foreign: files that somebody else has changed since, which were left alone.
    """

    subject: str
    done: bool
    commit: str = ""
    foreign: tuple[str, ...] = ()


def carried_out(
    repo: GitRepo,
    note: Note,
    ready: AbstractContextManager[Sequence[Swap]],
    commit: Callable[[Path], str] | None,
    course: Course,
    last: bool,
) -> str:
    """Put some files in their places and move the branch, whole or not at all.

    To be called with the write lock held, after `recovered`; what has a `request` is followed by
    `told` once that is so.

    Args:
        ready: gives the same files with their new contents on the disk.
        commit: what moves the branch, given the index to use (its own, with no files); returns
            the new commit. None where nothing is committed.
        course: learns what was done, before Ctrl-C is heard again.
        last: whether that is all that the command is to do.

    Returns:
        The commit's id, empty without one.

    Raises:
        LedgerError: a file changed meanwhile, or git refuses; everything is as it was.
        OSError: the disk is full or read-only; likewise, unless it cannot even be put back: then
            the note stays, and the next command does it.
    """
    note = replace(note, index=gitindex.state(repo) if note.ref else "")
    _begin(repo, note)
    try:
        with ready as swaps, course.undisturbed():
            made = _made(repo, note, swaps, commit)
            course.did(note.subject, last)
            discard(repo, note.merged)
            _end(repo, keep=bool(note.request))
    except BaseException:
        settled = None
        with suppress(OSError, LedgerError), course.undisturbed():  # then the note stays
            settled = settle(repo, note)
            if settled.done:
                course.did(note.subject, last)
        if settled is None or not settled.done:
            raise
        return settled.commit
    return made


def told(repo: GitRepo) -> None:
    """Forget what was done: its user knows. Killed before, who asks for it again is told so."""
    with suppress(OSError):
        (repo.state_dir() / _DONE).unlink(missing_ok=True)


def recovered(repo: GitRepo) -> Interrupted | None:
    """Settle a write that was cut off; None when there was none. With the write lock held.

    Raises:
        OSError: the files cannot be put back (read-only); it can be tried again.
        LedgerError: a git of somebody's is in the way; it can be tried again.
    """
    place = repo.state_dir() / NOTE
    try:
        note = _note(json.loads(place.read_bytes()))
    except FileNotFoundError:
        _end(repo)
        return None
    except (ValueError, KeyError, TypeError):  # it is written whole, so somebody else's
        place.unlink(missing_ok=True)
        return None
    return settle(repo, note)


def done_before(repo: GitRepo, request: str) -> Interrupted | None:
    """What was asked for and done, and is still so, although nobody could be told.

    It is told once: who asks a second time means it.
    """
    place = repo.state_dir() / _DONE
    try:
        note = _note(json.loads(place.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if note.request != request:
        return None
    place.unlink(missing_ok=True)
    own = replace(repo, root=Path(note.folder))
    commit = _landed(own, note)
    all_written = all((own.root / each.path).exists() for each in note.files)
    done = commit or (not note.ref and all_written)
    return Interrupted(note.subject, True, commit) if done else None


def settle(repo: GitRepo, note: Note) -> Interrupted:
    """Find out what became of a write; finish it, or put back what was there before.

    Raises:
        OSError, LedgerError: it cannot be done now; the note stays.
    """
    own = replace(repo, root=Path(note.folder))
    gitindex.clear_dead_locks(own, note.ref, note.kept)
    store.remove_temporary(own.root, [each.path for each in note.files])
    commit = _landed(own, note)
    written = (store.fingerprint(own.root / each.path) == each.new for each in note.files)
    done = bool(commit) or (not note.ref and all(written))
    foreign = () if done else _put_back(own, note)
    if commit and note.files and own.branch_ref() == note.ref:
        began = (note.head, note.index)
        gitindex.take_over(own, note.ref, [each.path for each in note.files], began)
    gitindex.unlock(own)
    if done:
        discard(own, note.merged)
    elif note.kept:
        own.run("update-ref", "-d", note.kept)  # the branch has them still
    _end(repo, keep=done and bool(note.request))
    return Interrupted(note.subject, done, commit, foreign)


def staging_folder(repo: GitRepo) -> Path:
    """An empty folder for files that are to take their places by a rename."""
    return _emptied(repo.state_dir() / STAGED)


def _made(
    repo: GitRepo, note: Note, swaps: Sequence[Swap], commit: Callable[[Path], str] | None
) -> str:
    kept, root = _emptied(repo.state_dir() / KEPT), Path(note.folder)
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
            delete_branch(repo, branch)
        except LedgerError:  # a lock that a killed git has left
            gitindex.clear_dead_locks(repo, f"refs/heads/{branch}")


def _begin(repo: GitRepo, note: Note) -> None:
    state = repo.state_dir()
    state.mkdir(parents=True, exist_ok=True)
    store.remove_temporary(state, [NOTE])
    files = [[each.path, each.old, each.new] for each in note.files]
    store.replace_file(state / NOTE, json.dumps(encode(note) | {"files": files}).encode())


def _end(repo: GitRepo, keep: bool = False) -> None:
    """The note goes first, or is kept for `done_before`: what is left after it is nobody's."""
    note = repo.state_dir() / NOTE
    if keep:
        with suppress(OSError):
            note.replace(repo.state_dir() / _DONE)
    note.unlink(missing_ok=True)
    for name in (KEPT, STAGED):
        shutil.rmtree(repo.state_dir() / name, ignore_errors=True)


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _note(plain: Any) -> Note:
    files = tuple(Swap(path, old, new) for path, old, new in plain["files"])
    known = {each.name: plain[each.name] for each in all_fields(Note) if each.name in plain}
    return Note(**known | {"files": files})


def _landed(repo: GitRepo, note: Note) -> str:
    """The commit by which the branch has what the note means; empty while it has it not.

    That is the commit itself, or the branch's newest where a git of the user's has put the same
    into another one (amended, committed by hand).
    """
    tip = repo.ref_commit(note.ref) if note.ref else ""
    if not tip or tip == note.head:
        return ""
    made = [note.target] if note.target else marked(repo, note.ref, note.mark)
    for commit in made:
        if repo.has(commit) and repo.merge_base(commit, tip) == commit:
            return commit
    paths = {each.path for each in note.files}
    return tip if paths and _as_committed(repo, note, tip) == paths else ""


def _as_committed(repo: GitRepo, note: Note, tip: str) -> set[str]:
    """The files which are as the note wants them and which the branch, that moved on, has so."""
    if not tip or tip == note.head:
        return set()
    is_new = {each.path: each.new for each in note.files if not each.is_link}
    now = {path for path, new in is_new.items() if store.fingerprint(repo.root / path) == new}
    committed = {each.path: each.blob for each in repo.files_of(tip, sorted(now))}
    written = sorted(path for path in now if is_new[path])
    with suppress(GitError):  # a filter that is not here
        blobs = dict(zip(written, repo.hash_files(written), strict=True))
        return {path for path in now if committed.get(path, "") == blobs.get(path, "")}
    return set()


def _put_back(repo: GitRepo, note: Note) -> tuple[str, ...]:
    """Make every file what it was, the last one first; those that others have changed since."""
    kept = repo.state_dir() / KEPT
    theirs = _as_committed(repo, note, repo.ref_commit(note.ref)) if note.ref else set()
    numbered = reversed(list(enumerate(note.files)))
    return tuple(
        swap.path
        for number, swap in numbered
        if swap.path in theirs or not store.put_back(repo.root, swap, kept / str(number))
    )
