"""Writing files of the working tree: whole or not at all, and never over somebody else's change."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ledger.errors import LedgerError


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file before and after.

    Attributes:
        path: relative to the ledger's root, with '/'.
        old: the content the change is based on; None for a new file.
        new: the content to be.
    """

    path: str
    old: bytes | None
    new: bytes


def inside(root: Path, path: str) -> Path:
    """The absolute place of a ledger path.

    Raises:
        LedgerError: the path leaves the ledger, by '..', an absolute path or a symbolic link.
    """
    parts = PurePosixPath(path).parts
    place = root.joinpath(*parts)
    outside = not parts or PurePosixPath(path).is_absolute() or ".." in parts or place.is_symlink()
    real, top = place.parent.resolve(), root.resolve()
    outside = outside or not real.is_relative_to(top)
    # Some file systems take .GIT for .git.
    if outside or any(
        part.casefold() == ".git" for part in (*parts, *real.parts[len(top.parts) :])
    ):
        raise LedgerError(f"路径“{path}”不在台账文件夹里，拒绝读写", hint="请改用台账里的相对路径")
    return place


def read(root: Path, path: str) -> bytes:
    """A file's content as it is now.

    Raises:
        LedgerError: outside the ledger, not there, or no regular file.
    """
    place = inside(root, path)
    if place.exists() and not place.is_file():  # a folder, or a pipe that would never end
        raise LedgerError(f"{path} 不是普通文件", hint="请换成普通文件后再试")
    try:
        return place.read_bytes()
    except FileNotFoundError:
        raise LedgerError(f"文件 {path} 不存在", hint="它可能刚被移走，请再试一次") from None


def apply(
    root: Path, changes: Sequence[FileChange], tell: Callable[[int, int], None] | None = None
) -> None:
    """Write files atomically, each by a temporary file, fsync and rename.

    All temporary files are written before the first rename, so a full disk changes nothing; when
    a rename fails half way, what was renamed is put back.

    Args:
        tell: told how many files are ready, of how many.

    Raises:
        LedgerError: a file is no longer what the change is based on (nothing is written).
        OSError: the disk is full or read-only (nothing is written).
    """
    for change in changes:
        _refuse_stale(root, change)
    with _prepared(root, changes, tell) as waiting:
        done: list[FileChange] = []
        try:
            for change, temporary in zip(changes, waiting, strict=True):
                _refuse_stale(root, change)
                done.append(change)  # before it is: an interruption may come between
                temporary.replace(inside(root, change.path))
        except BaseException:
            undo(root, done)
            raise
    for folder in {inside(root, change.path).parent for change in changes}:
        _sync_folder(folder)


def undo(root: Path, changes: Sequence[FileChange]) -> None:
    """Put back what `apply` wrote; a file somebody changed since is left alone."""
    for change in changes:
        place = inside(root, change.path)
        if not place.is_file() or place.read_bytes() != change.new:
            continue
        if change.old is None:
            place.unlink()
            with suppress(OSError):  # the folder may have been there before, with other files
                place.parent.rmdir()
        else:
            _write_temporary(place, change.old).replace(place)


def replace_file(place: Path, content: bytes) -> None:
    """Write a file of the program's own, whole or not at all."""
    _write_temporary(place, content).replace(place)


def make_executable(place: Path, content: bytes) -> None:
    """Write a script of the machine's own, such as a hook, whole and executable."""
    temporary = _write_temporary(place, content)
    temporary.chmod(0o755)
    temporary.replace(place)


def _refuse_stale(root: Path, change: FileChange) -> None:
    place = inside(root, change.path)
    now = place.read_bytes() if place.is_file() else None
    if now == change.old:
        return
    if change.old is None:
        raise LedgerError(
            f"文件 {change.path} 已经存在，没有覆盖", hint="请换一个编号，或直接修改它"
        )
    raise LedgerError(
        f"文件 {change.path} 在读取之后被别人改过，没有覆盖", hint="请看一下改动，再试一次"
    )


@contextmanager
def _prepared(
    root: Path, changes: Sequence[FileChange], tell: Callable[[int, int], None] | None
) -> Iterator[list[Path]]:
    """Temporary files beside their targets; at the end what was not used is removed."""
    waiting: list[Path] = []
    folders: list[Path] = []
    try:
        for change in changes:
            place = inside(root, change.path)
            _make_folder(place.parent, folders)
            waiting.append(_write_temporary(place, change.new))
            if tell:
                tell(len(waiting), len(changes))
        yield waiting
    finally:
        for temporary in waiting:
            temporary.unlink(missing_ok=True)
        for folder in reversed(folders):
            with suppress(OSError):  # it holds what was written
                folder.rmdir()


def _make_folder(folder: Path, made: list[Path]) -> None:
    """Make a folder and those above it; what was missing is added to `made`, outermost first."""
    if folder.is_dir():
        return
    _make_folder(folder.parent, made)
    folder.mkdir(exist_ok=True)
    made.append(folder)


def _write_temporary(place: Path, content: bytes) -> Path:
    """A synced file beside its target, with its permissions, named so that no scan reads it."""
    handle, name = tempfile.mkstemp(prefix=f".{place.name}.", suffix=".tmp", dir=place.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        mode = place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_umask()
        temporary.chmod(mode)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
