"""Whether the working tree is still as the index has it: names and five numbers of every file.

The content of a regular file changes by a write, which moves ctime (nobody can set it back), or by
another file at its name, which has another inode or ctime; what a folder holds, by its names. So a
folder is as it was when it lists the same names and every file has the same numbers. Nothing is
taken from a folder's own times: FAT leaves them as they are.

Large ledgers are looked at by two processes, each taking folders from its end of the list.
"""

from __future__ import annotations

import os
import stat
from array import array
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from ledger.adapters.disk import both
from ledger.adapters.disk.both import Second
from ledger.adapters.files.index.schema import PLACES

_numbers = attrgetter("st_size", "st_mtime_ns", "st_ctime_ns", "st_ino", "st_dev")
NUMBERS = 5
WIDTH = NUMBERS * 8
FORK_FROM = 5_000  # files: below it a second process costs more than it saves
_MASK = (1 << 64) - 1


class Folder(NamedTuple):
    """A folder as it was when it was last looked at.

    Attributes:
        path: relative to the root; empty for the root itself, of which only ledger.yaml counts.
        names: all of its names as listed, NUL between them; None where there was no such folder.
        looked: those whose numbers were taken: all but the folders below it.
        numbers: five unsigned 64-bit numbers of each of these.
    """

    path: bytes
    names: bytes | None
    looked: bytes
    numbers: bytes


def numbers_in(folder: bytes, names: Sequence[bytes]) -> bytes:
    """The numbers of some files in a folder.

    Raises:
        OSError: the folder, or one of the files, is gone or cannot be looked at.
    """
    if os.stat in os.supports_dir_fd:
        place = os.open(folder, os.O_RDONLY)
        try:
            look = partial(os.stat, dir_fd=place, follow_symlinks=False)
            return _packed(list(map(_numbers, map(look, names))))
        finally:
            os.close(place)
    return _packed([_numbers(os.lstat(os.path.join(folder, name))) for name in names])


def numbers_of(status: os.stat_result) -> bytes:
    """The numbers of one file."""
    return _packed([_numbers(status)])


def _packed(rows: list[tuple[int, ...]]) -> bytes:
    try:
        return array("Q", chain.from_iterable(rows)).tobytes()
    except OverflowError:  # times before 1970
        return array("Q", (number & _MASK for row in rows for number in row)).tobytes()


def is_same(root: bytes, folder: Folder) -> bool:
    """Whether a folder is as it was."""
    place = os.path.join(root, folder.path) if folder.path else root
    try:
        if folder.path:
            if not is_folder(place, folder.path):
                return False
            if b"\0".join(os.listdir(place)) != folder.names:
                return False
        elif b"\0".join(config_names(root)) != folder.names:
            return False
        looked = folder.looked.split(b"\0") if folder.looked else []
        return numbers_in(place, looked) == folder.numbers
    except (FileNotFoundError, NotADirectoryError):
        return folder.names is None
    except OSError:
        return False


def is_folder(place: bytes, path: bytes) -> bool:
    """Whether there is a folder; a link to one only where the ledger's own folders are.

    Nor may one of the folders above it be a link: what lies behind that is none of the ledger's,
    though it may have every number that it had before.

    Args:
        path: where it is, relative to the root.

    Raises:
        OSError: there is nothing.
    """
    if path in PLACES:
        return stat.S_ISDIR(os.stat(place).st_mode)
    above = path.rpartition(b"/")[0]
    if above and not is_folder(os.path.dirname(place), above):
        return False
    return stat.S_ISDIR(os.lstat(place).st_mode)


def config_names(root: bytes) -> list[bytes]:
    """What at the root may be meant for ledger.yaml: letters, cases and endings are looked at by
    whoever reads it."""
    return [name for name in os.listdir(root) if b"ledger" in name.lower() or not name.isascii()]


def begin(root: bytes, folders: Sequence[Folder]) -> Second | None:
    """Begin to look in a second process; None where it is not worth it, or cannot be had."""
    files = sum(len(folder.numbers) for folder in folders) // WIDTH
    return None if files < FORK_FROM else both.begin(_looking(root, folders), len(folders))


def changed(root: bytes, folders: Sequence[Folder], look: Second | None) -> list[bytes]:
    """The paths of the folders that are not as they were.

    Args:
        look: what `begin` gave; its process is helped from the other end of the list.
    """
    looks = both.finished(look, _looking(root, folders), len(folders))
    return [folders[number].path for number, same in looks if not same]


def _looking(root: bytes, folders: Sequence[Folder]) -> Callable[[int], bool]:
    return lambda number: is_same(root, folders[number])
