"""The index of a work tree, changed under git's own lock in one step.

Git's protocol: who has made `index.lock` may change the index, by a rename. What git itself is to
do with it, it does on a copy (GIT_INDEX_FILE), whose locks are nobody else's.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from ledger.adapters.disk.lock import is_alive
from ledger.adapters.disk.store import replace_file
from ledger.adapters.git.complaints import GitError
from ledger.adapters.git.objects import TreeFile
from ledger.adapters.git.repo import FEW, LITERAL, GitRepo

_OURS = b"ledger\n"  # what stands in the lock while it is ours; git's begins with DIRC, or is empty
_COPY, _MARKER, _MESSAGE = "index", "index.marker", "message"
GONE = "0"  # the mode of an entry that there is not
_PATIENCE_SECONDS = 3.0
_DEAD_SECONDS = 1.0  # git holds a ref's lock for milliseconds
_STEP_SECONDS = 0.02


@contextmanager
def locked(repo: GitRepo) -> Iterator[Path]:
    """Hold the index's lock; gives a copy of the index to work on.

    The lock is given back at the end; when the body fails, `unlock` does it.

    Raises:
        GitError: another git holds it.
    """
    place = _lock(repo)
    marker = repo.state_dir() / _MARKER
    marker.parent.mkdir(parents=True, exist_ok=True)
    replace_file(marker, _OURS)
    begun = time.monotonic()
    while not _linked(marker, place):
        if time.monotonic() - begun > _PATIENCE_SECONDS:
            raise GitError(
                "另一个 git 程序正在使用这个仓库",
                hint=f"请等它结束再试；确认没有 git 在运行时，可删除 {place}",
            )
        time.sleep(_STEP_SECONDS)
    marker.unlink(missing_ok=True)
    yield _copied(repo)
    unlock(repo)


def put_in_place(repo: GitRepo, copy: Path) -> None:
    """Make a copy of the index the index; with its lock held."""
    with suppress(FileNotFoundError):  # there is none before the first commit of nothing
        copy.replace(_index(repo))


def unlock(repo: GitRepo) -> None:
    """Give the index's lock back, when it is ours; what was copied goes too."""
    place = _lock(repo)
    for name in (_COPY, f"{_COPY}.lock", _MARKER, _MESSAGE):
        (repo.state_dir() / name).unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        if place.read_bytes() == _OURS:
            place.unlink()


def state(repo: GitRepo) -> str:
    """Which index there is: another one as soon as anybody has written it."""
    try:
        status = _index(repo).stat()
    except OSError:
        return "none"
    return f"{status.st_ino} {status.st_size} {status.st_mtime_ns}"


def take_over(repo: GitRepo, ref: str, paths: Sequence[str], began: tuple[str, str]) -> None:
    """Set some files of the index to what a branch has; the others stay as they are staged.

    Where somebody has written the index since, only what he has left as it was before.

    Args:
        ref: the branch's full name.
        paths: relative to the repository's root folder as given.
        began: the commit that the branch had before (empty for none), and the index's `state`.

    Raises:
        GitError: another git holds the index; it can be tried again.
    """
    unlock(repo)
    before, index = began
    is_other = state(repo) != index
    with locked(repo) as copy:
        changed = _staged(repo, copy, before) if is_other else frozenset()
        set_entries(
            repo, copy, repo.ref_commit(ref), [each for each in paths if each not in changed]
        )
        put_in_place(repo, copy)


def set_entries(repo: GitRepo, index: Path, commit: str, paths: Sequence[str]) -> None:
    """The same in an index of one's own."""
    put_entries(repo, index, commit, paths)
    own = LITERAL | {"GIT_INDEX_FILE": str(index)}
    if len(paths) > FEW:
        repo.run("update-index", "-q", "--refresh", environment=own, ok=(0, 1))
    elif files := [each.path for each in repo.files_of(commit, paths)]:
        repo.run("add", "--refresh", "--", *files, environment=own, ok=(0, 1, 128))


def put_entries(repo: GitRepo, index: Path, commit: str, paths: Sequence[str]) -> None:
    """Give an index some files as a commit has them, or lacks them; no work tree is looked at."""
    prefix, none = repo.prefix(), "0" * len(commit)
    files = {each.path: each for each in repo.files_of(commit, paths)}
    entries = (files.get(path, TreeFile(path, none, GONE)) for path in paths)
    write_entries(repo, index, (each._replace(path=prefix + each.path) for each in entries))


def write_entries(repo: GitRepo, index: Path, entries: Iterable[TreeFile]) -> None:
    """Give an index some entries, by their paths from the top of the work tree.

    One whose mode is `GONE`, with a blob of zeros, takes away what is at its path.
    """
    lines = ""
    for path, blob, mode in entries:  # what is there goes first: it may be a folder
        lines += f"0 {'0' * len(blob)}\t{path}\0"
        lines += "" if mode == GONE else f"{mode} {blob}\t{path}\0"
    own = {"GIT_INDEX_FILE": str(index)}
    content = lines.encode(errors="surrogateescape")
    repo.run("update-index", "-z", "--index-info", stdin=content, environment=own)


def clear_dead_locks(repo: GitRepo, *refs: str) -> None:
    """Remove the locks of refs that a killed git has left; with the write lock held.

    That nobody else is writing does not mean that no git of the user's runs: only a lock that
    stays the same for longer than any git holds it is dead.
    """
    own = repo.own_dir()
    own_locks = (f"{ref}.lock" for ref in refs if ref)
    shared = (*own_locks, "packed-refs.lock", "packed-refs.new")
    names = [own / "HEAD.lock", *(repo.git_dir / name for name in shared)]
    waiting = {place: inode for place in names if (inode := _inode(place))}
    end = time.monotonic() + _DEAD_SECONDS
    while waiting and time.monotonic() < end:
        time.sleep(_STEP_SECONDS)
        waiting = {place: inode for place, inode in waiting.items() if _inode(place) == inode}
    for place in waiting:
        place.unlink(missing_ok=True)
    for place in own.glob("next-index-*.lock"):  # named after the process that made it
        number = place.name.removeprefix("next-index-").removesuffix(".lock")
        if number.isdecimal() and not is_alive(int(number)):
            place.unlink(missing_ok=True)


def _staged(repo: GitRepo, index: Path, commit: str) -> frozenset[str]:
    """The files that an index has otherwise than a commit, or than nothing at all."""
    tree = commit or repo.run("hash-object", "-t", "tree", "--stdin", stdin=b"").decode().strip()
    listed = repo.run(
        "diff-index", "--cached", "--relative", "--name-only", "-z", "--no-renames", tree, "--",
        environment={"GIT_INDEX_FILE": str(index)},
    )  # fmt: skip
    return frozenset(listed.decode(errors="surrogateescape").split("\0"))


def _index(repo: GitRepo) -> Path:
    return repo.own_dir() / "index"


def _lock(repo: GitRepo) -> Path:
    return repo.own_dir() / "index.lock"


def _copied(repo: GitRepo) -> Path:
    copy = repo.state_dir() / _COPY
    for stale in (copy, copy.with_name(f"{_COPY}.lock")):
        stale.unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        shutil.copy2(_index(repo), copy)  # its time tells git which files may have changed since
    return copy


def _linked(marker: Path, place: Path) -> bool:
    """Make the lock with its content in one step; False when there is one already."""
    try:
        os.link(marker, place)
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        try:
            handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        except FileExistsError:
            return False
        os.write(handle, _OURS)
        os.close(handle)
    return True


def _inode(place: Path) -> int:
    try:
        return place.stat().st_ino
    except OSError:
        return 0
