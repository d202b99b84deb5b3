"""The folder of a site: what is in it, and how it becomes what it is to be.

A file that is as it is to be is not touched, and nothing is taken away but what the last manifest
has, where it is still just that. The manifest comes last; until then it says that it is unfinished.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ledger.adapters.disk import store
from ledger.errors import LedgerError, reason
from ledger.model.record import dataclass
from ledger.usecases.publishing.manifest import (
    MANIFEST,
    MOST,
    Contents,
    Manifest,
    Origin,
    contents_of,
    manifest_in,
    manifest_text,
)
from ledger.usecases.publishing.origin import led_to
from ledger.usecases.publishing.stamp import FRONT, Provenance, stamped
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.deliver import refuse_own_files

_TEMPORARY = ".tmp"


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a folder.

    Attributes:
        written, unchanged, removed: numbers of files, the manifest apart.
        foreign: files that nobody of ours has written, as far as is known; they are left alone.
    """

    manifest: Manifest
    written: int
    unchanged: int
    removed: int
    foreign: tuple[str, ...]


def publish(
    ledger: Ledger, folder: Path, origin: Origin, files: Iterable[tuple[str, bytes]]
) -> Published:
    """Make a folder hold just these files, and the manifest that tells of them.

    Args:
        folder: new, empty, or one that was written so before.
        files: names and contents, which may be made as they are asked for; pages that do not name
            their state yet.

    Raises:
        LedgerError: the folder is somebody else's or the ledger's own, or cannot be written.
    """
    refuse_own_files(ledger, folder, folder.resolve())
    with _told_of(folder):
        site = _Site(folder, _before(folder, origin), led_to(ledger, origin))
        made: dict[str, Contents] = {}
        older: dict[str, Provenance] = {}
        for name, content in files:
            if was := site.unchanged(name, content):
                made[name], older[name] = site.before.files[name], was
                continue
            new = stamped(content, origin.stamp)
            made[name] = contents_of(new)
            site.write(name, new)
        removed = site.remove(made)
        manifest = Manifest(origin, made, older=older)
        site.finish(manifest)
        foreign = tuple(name for name in names_in(folder) if name not in made)
    return Published(manifest, site.written, len(made) - site.written, removed, foreign)


def manifest_at(folder: Path) -> Manifest:
    """The manifest of a folder.

    Raises:
        LedgerError: there is none, or none of ours.
    """
    place = folder / MANIFEST
    if place.is_symlink() or not place.is_file() or place.stat().st_size > MOST:
        raise LedgerError(
            f"文件夹 {folder} 里没有 {MANIFEST}，不是 ledger site 写的网页",
            hint="请给出 ledger site 的 -o 后面写的那个文件夹",
        )
    return manifest_in(place.read_bytes())


def names_in(folder: Path) -> list[str]:
    """The names of all files in a folder and those below it, but the manifest; links are not
    followed."""
    return sorted(name for name in _names(folder, "") if name != MANIFEST)


def contents_at(folder: Path, name: str) -> Contents | None:
    """What a file of a folder is; None where there is none, or where a link leads elsewhere."""
    place = folder / name
    if _linked(folder, name) or not place.is_file():
        return None
    return Contents(place.stat().st_size, store.sha256_of(place))


class _Site:
    """A folder while it is written."""

    def __init__(self, folder: Path, before: Manifest, leads: Callable[[Provenance], bool]) -> None:
        """Args: leads: whether a state is an older one of what is written now."""
        self._folder, self.before, self._leads = folder, before, leads
        self._begun = False
        self.written = 0

    def unchanged(self, name: str, content: bytes) -> Provenance | None:
        """Which older state a page goes on to name, since it says the same as it did then."""
        was = self.before.stamp(name)
        old = stamped(content, was)
        if name == FRONT or old == content or contents_of(old) != self.before.files.get(name):
            return None
        is_there = contents_at(self._folder, name) == self.before.files[name]
        return was if is_there and self._leads(was) else None

    def write(self, name: str, content: bytes) -> None:
        """Make a file what it is to be, unless it is."""
        place = self._folder / name
        if at := _linked(self._folder, name):
            raise LedgerError(f"{at} 是符号链接，没有往里写", hint="请把它移走，再试一次")
        if place.is_file():
            if place.stat().st_size == len(content) and place.read_bytes() == content:
                return
            if name not in self.before.files and not self.before.unfinished:
                raise LedgerError(
                    f"{place} 不是 ledger site 写的，没有覆盖", hint="请把它移走，再试一次"
                )
        self._begin()
        place.parent.mkdir(parents=True, exist_ok=True)
        store.replace_file(place, content, sync=False)
        self.written += 1

    def remove(self, kept: Iterable[str]) -> int:
        """Take away the files of before that are not kept, where they are as they were."""
        removed = 0
        for name in sorted(self.before.files.keys() - set(kept)):
            if contents_at(self._folder, name) != self.before.files[name]:
                continue
            self._begin()
            place = self._folder / name
            place.unlink()
            removed += 1
            with suppress(OSError):  # others have files there
                while place.parent != self._folder:
                    place = place.parent
                    place.rmdir()
        return removed

    def finish(self, manifest: Manifest) -> None:
        """Have all files on the disk, then the manifest."""
        content = manifest_text(manifest)
        place = self._folder / MANIFEST
        if place.is_file() and place.read_bytes() == content:
            return
        self._begin()
        if hasattr(os, "sync"):
            os.sync()
        store.replace_file(place, content)

    def _begin(self) -> None:
        """Say that the folder is ours and is being written; not where all is as it was."""
        if self._begun:
            return
        self._begun = True
        self._folder.mkdir(parents=True, exist_ok=True)
        before = self.before
        if before.unfinished:
            _drop_temporary(self._folder)
        unfinished = Manifest(before.origin, before.files, unfinished=True)
        store.replace_file(self._folder / MANIFEST, manifest_text(unfinished))


def _before(folder: Path, origin: Origin) -> Manifest:
    """The manifest of what was there; one without files where there was nothing.

    Raises:
        LedgerError: it is no folder, or not one of ours.
    """
    if os.path.lexists(folder) and not folder.is_dir():
        raise LedgerError(f"{folder} 不是文件夹", hint="请在 -o 后面写一个文件夹")
    if not folder.exists() or not any(folder.iterdir()):
        return Manifest(origin, {})
    try:
        return manifest_at(folder)
    except LedgerError as error:
        raise LedgerError(
            f"文件夹 {folder} 里已经有别的文件，没有往里写：{error.message}",
            hint="请换一个新的或者空的文件夹",
        ) from None


def _drop_temporary(folder: Path) -> None:
    """Take away what a writer that was killed had begun."""
    for name in names_in(folder):
        last = name.rpartition("/")[2]
        if last.startswith(".") and last.endswith(_TEMPORARY):
            (folder / name).unlink(missing_ok=True)


def _names(folder: Path, above: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _names(Path(entry.path), f"{above}{entry.name}/")
            else:
                yield above + entry.name


def _linked(folder: Path, name: str) -> Path | None:
    """Which of the folders and files of a name is a symbolic link."""
    place = folder
    for part in name.split("/"):
        place /= part
        if place.is_symlink():
            return place
    return None


@contextmanager
def _told_of(folder: Path) -> Iterator[None]:
    """What the system refuses is told with the folder's name."""
    try:
        yield
    except OSError as error:
        raise LedgerError(
            f"文件夹 {folder} 没有写完：{reason(error)}",
            hint="处理好以后再运行一次，会接着写完",
        ) from None
