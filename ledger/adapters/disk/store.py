"""Writing files of the working tree: whole or not at all, and never over somebody else's change."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from ledger.errors import LedgerError
from ledger.model.record import dataclass, replace
from ledger.model.telling import Tell

_LINK = "link "
OTHER = "other"  # a folder, a pipe
_SYNCED_SINGLY = 20  # more files are brought to the disk by one call


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


@dataclass(frozen=True, slots=True)
class Swap:
    """One file that is exchanged, by what `fingerprint` says of it before and after.

    Attributes:
        path: relative to a root, with '/'.
        old, new: empty where there is no file.
        ready: where the new content waits; None for a file that is to be gone.
    """

    path: str
    old: str
    new: str
    ready: Path | None = None

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link before or after, as only git's own moves make them."""
        return self.old.startswith(_LINK) or self.new.startswith(_LINK)


def inside(root: Path, path: str, link: bool = False) -> Path:
    """The absolute place of a ledger path.

    Args:
        link: whether the file itself may be a symbolic link; it is never followed then.

    Raises:
        LedgerError: the path leaves the ledger, by '..', an absolute path or a symbolic link.
    """
    parts = PurePosixPath(path).parts
    place = root.joinpath(*parts)
    outside = not parts or path.startswith("/") or ".." in parts
    outside = outside or (not link and place.is_symlink())
    # Some file systems take .GIT for .git.
    if outside or not _is_below(root, parts[:-1]) or any(map(_is_gits, parts)):
        raise LedgerError(f"路径“{path}”不在台账文件夹里，拒绝读写", hint="请改用台账里的相对路径")
    return place


def _is_below(root: Path, folders: Sequence[str]) -> bool:
    """Whether folders, each in the one before, lead to no other place and to none of git's."""
    place = str(root)
    for folder in folders:
        place = f"{place}/{folder}"
        if os.path.islink(place):  # noqa: PTH114 - a third of the time, of many thousand files
            real, top = root.joinpath(*folders).resolve(), root.resolve()
            below = real.parts[len(top.parts) :]
            return real.is_relative_to(top) and not any(map(_is_gits, below))
    return True  # without links it is where it says


def _is_gits(part: str) -> bool:
    return part.casefold() == ".git"


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


def read_apart(root: Path, path: str, most: int) -> bytes:
    """A file's content for somebody who has no other way to the ledger's folder.

    No link is followed, neither of the file nor of a folder on the way, not even within the ledger.

    Args:
        most: of a larger file one byte more than so many is read.

    Raises:
        LedgerError: outside the ledger, behind a link, not there, or no regular file.
    """
    place = inside(root, path)
    straight = os.path.join(os.path.realpath(root), *PurePosixPath(path).parts)  # noqa: PTH118
    if os.path.normcase(os.path.realpath(place)) != os.path.normcase(straight):
        raise LedgerError(f"{path} 的路径里有符号链接，不能打开", hint="请换成普通文件夹和文件")
    more = sum(getattr(os, each, 0) for each in ("O_NOFOLLOW", "O_NONBLOCK"))  # nor a pipe awaited
    try:
        with open(place, "rb", opener=lambda file, how: os.open(file, how | more)) as file:
            if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return file.read(most + 1)
    except OSError:
        pass
    raise LedgerError(f"{path} 不存在或不是普通文件", hint="请联系登记它的人")


def staged_change(change: FileChange) -> Swap:
    """What becomes of one file, before its new content is on the disk."""
    return Swap(change.path, _fingerprint_of(change.old), _fingerprint_of(change.new))


@contextmanager
def staged(
    root: Path, changes: Sequence[FileChange], tell: Tell | None = None
) -> Iterator[list[Swap]]:
    """The new contents on the disk beside their places; what was not used is gone at the end.

    Args:
        tell: told how many files are ready, of how many.

    Raises:
        LedgerError: a file is no longer what the change is based on.
        OSError: the disk is full or read-only.
    """
    for change in changes:
        _still(root, staged_change(change))
    ready: list[Swap] = []
    folders: list[Path] = []
    sync = len(changes) <= _SYNCED_SINGLY or not hasattr(os, "sync")
    try:
        for change in changes:
            place = inside(root, change.path)
            _make_folder(place.parent, folders)
            temporary = _write_temporary(place, change.new, sync)
            ready.append(replace(staged_change(change), ready=temporary))
            if tell:
                tell(len(ready), len(changes))
        if not sync:
            os.sync()
        yield ready
    finally:
        for swap in ready:
            if swap.ready:
                swap.ready.unlink(missing_ok=True)
        for folder in reversed(folders):
            with suppress(OSError):  # it holds what was written
                folder.rmdir()


def exchange(root: Path, swaps: Sequence[Swap], kept: Path | None = None) -> None:
    """Put files into their places, each by one rename; what is to be gone goes first.

    When it fails half way, `put_back` makes each file what it was, also on a disk that is full.

    Args:
        kept: a folder of the same disk for what was there before, by the swaps' positions.

    Raises:
        LedgerError: a file is no longer what the change is based on.
        OSError: the disk is full or read-only.
    """
    for number, swap in enumerate(swaps):
        if kept and swap.old:
            _keep(inside(root, swap.path, link=swap.is_link), kept / str(number))
    folders: set[Path] = set()
    for swap in sorted(swaps, key=lambda each: bool(each.new)):
        place = _still(root, swap)
        folders.add(place.parent)
        if swap.ready is None:
            place.unlink(missing_ok=True)
            _remove_empty(place.parent, root)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            _rename(swap.ready, place)
    for folder in folders:
        if folder.is_dir():
            _sync_folder(folder)


def put_back(root: Path, swap: Swap, before: Path) -> bool:
    """Make a file what it was; False when it is neither that nor what it was to be.

    Args:
        before: where `exchange` kept what was there.
    """
    place = inside(root, swap.path, link=True)
    now = fingerprint(place)
    if now == swap.old:
        return True
    if now != swap.new or (swap.old and fingerprint(before) != swap.old):
        return False
    if swap.old:
        place.parent.mkdir(parents=True, exist_ok=True)
        _rename(before, place)
    else:
        place.unlink()
        _remove_empty(place.parent, root)
    return True


def fingerprint(place: Path) -> str:
    """What is at a place: a hash of a file's bytes, a link's target, empty for nothing."""
    if not os.path.lexists(place):
        return ""
    if place.is_symlink():
        return f"{_LINK}{place.readlink()}"
    if not place.is_file():
        return OTHER if place.exists() else ""
    return sha256_of(place)


def sha256_of(place: Path) -> str:
    """The SHA-256 of a file, read piece by piece."""
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_temporary(folder: Path, paths: Iterable[str]) -> None:
    """Remove what a killed writer left beside the files that it was to write."""
    names: dict[Path, set[str]] = {}
    for path in paths:
        place = folder / path
        names.setdefault(place.parent, set()).add(f".{place.name}.")
    for parent, prefixes in names.items():
        with suppress(OSError), os.scandir(parent) as entries:
            for entry in list(entries):
                stem = entry.name.removesuffix(".tmp").rpartition(".")[0] + "."
                if entry.name.endswith(".tmp") and stem in prefixes:
                    Path(entry.path).unlink(missing_ok=True)


def write_over(place: Path, old: bytes | None, content: bytes) -> None:
    """Write one file whole or not at all, where it still is what it was.

    Raises:
        LedgerError: somebody has changed or made it meanwhile.
        OSError: the disk is full or read-only.
    """
    with staged(place.parent, [FileChange(place.name, old, content)]) as swaps:
        exchange(place.parent, swaps)


def replace_file(
    place: Path, content: bytes, mode: int | None = None, *, sync: bool = True
) -> None:
    """Write a file of the program's own, whole or not at all.

    Args:
        mode: its permissions, such as those of a script; else those it has, or any new file.
        sync: whether it is on the disk at the end; of many files all are brought there by one call.
    """
    temporary = _write_temporary(place, content, sync)
    if mode is not None:
        temporary.chmod(mode)
    temporary.replace(place)


def _still(root: Path, swap: Swap) -> Path:
    """The place of a file that is still what the change is based on; LedgerError for another."""
    place = inside(root, swap.path, link=swap.is_link)
    if fingerprint(place) == swap.old:
        return place
    if not swap.old:
        raise LedgerError(f"文件 {swap.path} 已经存在，没有覆盖", hint="请换一个编号，或直接修改它")
    raise LedgerError(
        f"文件 {swap.path} 在读取之后被别人改过，没有覆盖", hint="请看一下改动，再试一次"
    )


def _fingerprint_of(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()


def _keep(place: Path, kept: Path) -> None:
    """Have a file under a second name, so that putting it back needs no room on the disk."""
    kept.unlink(missing_ok=True)
    try:
        os.link(place, kept, follow_symlinks=False)
    except (OSError, NotImplementedError):  # a file system without links, or another one
        shutil.copy2(place, kept, follow_symlinks=False)


def _rename(source: Path, place: Path) -> None:
    """Rename, also from another file system."""
    try:
        source.replace(place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        replace_file(place, source.read_bytes(), stat.S_IMODE(source.stat().st_mode))


def _remove_empty(folder: Path, root: Path) -> None:
    """Remove a folder that holds nothing any more, and those above it."""
    with suppress(OSError):  # others have files there
        while folder != root:
            folder.rmdir()
            folder = folder.parent


def _make_folder(folder: Path, made: list[Path]) -> None:
    """Make a folder and those above it; what was missing is added to `made`, outermost first."""
    if folder.is_dir():
        return
    _make_folder(folder.parent, made)
    folder.mkdir(exist_ok=True)
    made.append(folder)


def _write_temporary(place: Path, content: bytes, sync: bool = True) -> Path:
    """A file beside its target, with its permissions, named so that no scan reads it."""
    import tempfile  # brings random numbers with it, and is not needed to read

    handle, name = tempfile.mkstemp(prefix=f".{place.name}.", suffix=".tmp", dir=place.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            if sync:
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
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:  # Windows opens no folder
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
