"""Whether anything has changed of what a ledger shows: a number, another one after each change.

Somebody who is asked again and again keeps what he has answered as long as nothing has changed.
What is looked at is what the index looks at (`index/fresh.py`): the names in a folder and five
numbers of each file, which no edit leaves as they were; and for what changed within the last minute
the content itself, since clocks tick coarser than editors save. Looked at are the ledger's own
folders, evidence and templates among them, the files beside ledger.yaml, and what git keeps beside
its objects: where branches and tags point to, what is staged, settings. Nothing is written and no
process is started.
"""

from __future__ import annotations

import os
import stat
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path

from ledger.adapters.files.index.fresh import NUMBERS, numbers_in
from ledger.adapters.files.index.look import SETTLED
from ledger.adapters.git.process import MAX_BLOB
from ledger.model.paths import DATA, TEMPLATES

_FEW = 20  # files that changed lately and are read
_OF_GIT = ("refs", "reftable", "info")  # folders that may hold folders
_OWN = b"ledger"  # in git's folder: what the program keeps there, caches mostly
_OF_AUDITS = b".jsonl"  # how far one has come
_LOCK = b".lock"
_LINKS = 2  # folders at this depth may be links: the ledger's own


class Watch:
    """What number the state has that there is now.

    Any thread may ask. Who asks is answered by a look that has begun after he came, and all who
    come while one lasts share the next: fifty readers cost two looks, not fifty.
    """

    def __init__(self, look: Callable[[], bytes]) -> None:
        """Args: look: something that is another one whenever anything has changed."""
        self._look = look
        self._one = threading.Lock()
        self._begun = 0
        self._last = b""
        self._number = 0

    def ticket(self) -> int:
        """What tells `state` that somebody has come now."""
        return self._begun

    def state(self, ticket: int | None = None) -> int:
        """The number of the state that there is now.

        Args:
            ticket: when who asks has come, as `ticket` gave it; None for now.
        """
        come = self._begun if ticket is None else ticket
        with self._one:
            if self._begun <= come:
                self._begun += 1
                if (now := self._look()) != self._last:
                    self._last = now
                    self._number += 1
            return self._number


def signature(root: Path, git_dir: Path, own_dir: Path) -> bytes:
    """What is another one whenever anything has changed that a page may tell of.

    Args:
        root: the ledger's.
        git_dir, own_dir: git's folder, and that of this work tree.
    """
    seen = blake2b(digest_size=16)
    late: dict[bytes, int] = {}
    for part in _parts(os.fsencode(root), {os.fsencode(git_dir), os.fsencode(own_dir)}, late):
        seen.update(b"%d:" % len(part))
        seen.update(part)
    for place in sorted(late, key=lambda place: (late[place], place))[-_FEW:]:
        seen.update(_content(place))
    return seen.digest()


def _parts(root: bytes, of_git: set[bytes], late: dict[bytes, int]) -> Iterator[bytes]:
    """Names and numbers, folder by folder.

    Args:
        late: files that changed lately are added to it, with the time in ns.
    """
    yield from _folder(root, 0, late, False)
    for name in (DATA, TEMPLATES):
        yield from _folder(os.path.join(root, os.fsencode(name)), 1, late, True)  # noqa: PTH118
    for place in sorted(of_git):
        yield from _folder(place, _LINKS, {}, False)
        yield from _folder(os.path.join(place, _OWN), _LINKS, {}, False, _OF_AUDITS)  # noqa: PTH118
        for name in _OF_GIT:
            below = os.path.join(place, os.fsencode(name))  # noqa: PTH118
            yield from _folder(below, _LINKS, {}, True)


def _folder(
    place: bytes, depth: int, late: dict[bytes, int], whole: bool, ending: bytes = b""
) -> Iterator[bytes]:
    """The files of one folder, and of those in it where the whole is wanted.

    Args:
        ending: only files that end so.
    """
    try:
        folders, files = _listed(place, depth, ending)
        numbers = numbers_in(place, files)
    except (FileNotFoundError, NotADirectoryError):
        yield b"" if not os.path.lexists(place) else os.urandom(8)  # changing this very moment
        return
    except OSError as error:
        yield str(error.errno).encode()
        return
    if ending and not files:  # likewise
        yield b""
        return
    yield b"\0".join((place, *(folders if whole else ()), b"", *files))
    yield numbers
    _note_late(place, depth, files, numbers, late)
    for name in folders if whole else ():
        yield from _folder(os.path.join(place, name), depth + 1, late, True)  # noqa: PTH118


def _listed(place: bytes, depth: int, ending: bytes) -> tuple[list[bytes], list[bytes]]:
    """The folders and the files of a folder."""
    folders: list[bytes] = []
    files: list[bytes] = []
    with os.scandir(place) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=depth < _LINKS):
                folders.append(entry.name)
            elif entry.name.endswith(ending) and not entry.name.endswith(_LOCK):
                files.append(entry.name)
    return folders, files


def _note_late(
    place: bytes, depth: int, files: list[bytes], numbers: bytes, late: dict[bytes, int]
) -> None:
    since = time.time_ns() - SETTLED
    if not depth:  # what a link leads to may change without it
        links = (os.path.join(place, name) for name in files)  # noqa: PTH118
        late |= {link: since for link in links if os.path.islink(link)}  # noqa: PTH114
    each = array("Q", numbers)
    for times in (each[1::NUMBERS], each[2::NUMBERS]):  # ctime is the file's birth on Windows
        if times and max(times) >= since:
            for name, when in zip(files, times, strict=True):
                if when >= since:
                    path = os.path.join(place, name)  # noqa: PTH118
                    late[path] = max(when, late.get(path, 0))


def _content(place: bytes) -> bytes:
    """What tells one content of a file from another; of what is none, nothing."""
    try:
        descriptor = os.open(place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return b""
            return blake2b(os.read(descriptor, MAX_BLOB), digest_size=16).digest()
        finally:
            os.close(descriptor)
    except OSError:
        return b""
