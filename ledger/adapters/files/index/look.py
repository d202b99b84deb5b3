"""Looking at what differs: which files a folder has now, and what they say."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha1
from pathlib import Path
from typing import Any, NamedTuple

from ledger.adapters.files.index.fresh import (
    WIDTH,
    Folder,
    config_names,
    is_folder,
    numbers_of,
)
from ledger.adapters.files.index.schema import PLACES
from ledger.adapters.git.process import MAX_BLOB
from ledger.errors import reason
from ledger.model.paths import is_config, is_data_name

LATELY = 2_000_000_000  # ns: clocks tick coarser than editors save
# ns after which a file's times tell all: a program that writes by a memory mapping moves them when
# it touches a page first, and not again until the system has written the page (30 s on Linux).
SETTLED = 60_000_000_000
_NONE = bytes(WIDTH)  # numbers that no file has: it is read again next time
# A named pipe that has taken a file's place is not waited for; of a file it makes no difference.
_READING = os.O_RDONLY
for _name in ("O_CLOEXEC", "O_BINARY", "O_NONBLOCK"):
    _READING |= getattr(os, _name, 0)
_ALWAYS = b"\0?"  # behind the names of a folder that has to be looked at each time


Scanned = tuple[dict[str, str], dict[str, str]]


class Seen(NamedTuple):
    """A folder now.

    Attributes:
        names, looked: as `Folder` has them; names None where there is no folder.
        below: the folders in it.
        data: those of `looked` that are the ledger's files, or pass for one.
    """

    names: bytes | None
    looked: list[bytes]
    below: list[bytes]
    data: list[bytes]


class FileRead(NamedTuple):
    """A file now; plain values that one process can hand to another.

    Attributes:
        numbers: what the index compares; of none where it cannot tell a later change yet.
        changed: when the file changed, in ns; 0 where that is long ago.
        blob: its content's id; empty where it is odd.
        odd: why it is no readable file (Chinese).
        told: what `rows.told` makes of it, where that was asked for.
    """

    name: bytes
    numbers: bytes
    changed: int
    blob: str
    odd: str = ""
    told: tuple[Any, ...] | None = None


def see(root: bytes, path: bytes) -> Seen:
    """What a folder has now; of the root itself only what may be meant for ledger.yaml."""
    if not path:
        names = config_names(root)
        data = [name for name in names if _is_config(root, name)]
        links = any(os.path.islink(os.path.join(root, name)) for name in names)
        seen = Seen(b"\0".join(names), names, [], data)
        return again(seen) if links else seen
    place = os.path.join(root, path)
    try:
        if not is_folder(place, path):
            return Seen(None, [], [], [])
        names = os.listdir(place)  # as `fresh.is_same` lists them
        kinds = {os.fsencode(entry.name): entry for entry in os.scandir(os.fsdecode(place))}
    except (FileNotFoundError, NotADirectoryError):
        return Seen(None, [], [], [])
    below, data, changing = [], [], False
    for name in names:
        entry = kinds.get(name)
        is_data = is_data_name(os.fsdecode(name))
        if entry is None:  # it went in between, and may come again
            changing = True
            data += [name] if is_data else []
            continue
        if entry.is_dir(follow_symlinks=False) and not is_data:
            below.append(name)
        elif is_data or (entry.is_symlink() and entry.is_dir()):
            data.append(name)
        changing = changing or (entry.is_symlink() and not is_data)
    looked = [name for name in names if name not in set(below)]
    seen = Seen(b"\0".join(names), looked, below, data)
    return again(seen) if changing else seen


def again(seen: Seen) -> Seen:
    """The same, to be looked at again next time: no folder has such names."""
    return seen._replace(names=(seen.names or b"") + _ALWAYS)


def _is_config(root: bytes, name: bytes) -> bool:
    return is_config(os.fsdecode(name)) and os.path.isfile(os.path.join(root, name))


def read_files(
    root: bytes, folder: bytes, names: Sequence[bytes], now: int, rows: bool
) -> Iterator[FileRead]:
    """Files of a folder as they are; one that is gone is left out.

    Args:
        now: what the file system's clock said before, in ns.
        rows: whether it is wanted what they say, too.
    """
    if rows:
        from ledger.adapters.files.index.rows import told
    for name in names:
        path = _below(folder, name)
        try:
            status = os.lstat(os.path.join(root, path))
            numbers = numbers_of(status)  # before it is read: a write in between is seen next time
            if not stat.S_ISREG(status.st_mode):
                called = "文件夹" if stat.S_ISDIR(status.st_mode) else "符号链接或特殊文件"
                yield FileRead(name, numbers, 0, "", f"是{called}，台账只读普通文件")
                continue
            content = read_file(os.path.join(root, path))
        except FileNotFoundError:
            continue
        except OSError as error:
            yield FileRead(name, _NONE, 0, "", f"读不出来（{reason(error)}）")
            continue
        age = now - max(status.st_ctime_ns, status.st_mtime_ns)
        blob = blob_of(content)
        what = tuple(told(path, content)) if rows else None
        changed = 0 if age > SETTLED else max(status.st_ctime_ns, status.st_mtime_ns)
        yield FileRead(name, numbers, changed, blob, told=what)


def _below(folder: bytes, name: bytes) -> bytes:
    """A ledger's path: with a slash on every system, as git has it."""
    return b"%b/%b" % (folder, name) if folder else name


def read_file(place: bytes | Path) -> bytes:
    """A file's content, cut one byte after the most that a ledger file may have.

    It is asked for by its size: of a megabyte that was asked for, a small content keeps a memory
    mapping of its own, and the kernel has no more than 65,530 of them for a process.
    """
    file = os.open(place, _READING)
    try:
        size = min(os.fstat(file).st_size + 1, MAX_BLOB)
        content = os.read(file, size)
        while piece := os.read(file, MAX_BLOB - len(content)) if len(content) == size else b"":
            content += piece  # it has grown meanwhile, or its size is not told
            size = len(content)
        return content
    finally:
        os.close(file)


def blob_of(content: bytes) -> str:
    """The object id that git would give a content."""
    return object_id(b"blob", content)


def object_id(kind: bytes, content: bytes) -> str:
    """The id of an object of git's, of a kind such as `tree`."""
    return sha1(b"%b %d\0" % (kind, len(content)) + content).hexdigest()


def is_still(root: bytes, path: bytes, blob: str) -> bool:
    """Whether a file has this content."""
    try:
        return blob_of(read_file(os.path.join(root, path))) == blob
    except OSError:
        return False


def numbers_by_name(folder: Folder) -> Mapping[bytes, bytes]:
    """Each name's numbers in a folder as it was."""
    looked = folder.looked.split(b"\0") if folder.looked else []
    return {
        name: folder.numbers[place * WIDTH : (place + 1) * WIDTH]
        for place, name in enumerate(looked)
    }


def clock(state: bytes) -> int:
    """What the file system's own clock says, in ns; never more than this machine's."""
    import time

    place = os.path.join(state, b"clock")
    try:
        file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(file, b".")
            return min(time.time_ns(), os.fstat(file).st_mtime_ns)
        finally:
            os.close(file)
    except OSError:
        return time.time_ns() - LATELY


def scan(root: Path, places: Sequence[str] = ("", *map(os.fsdecode, PLACES))) -> Scanned:
    """The ledger's files without any index: path → blob id, and path → why it is odd.

    Args:
        root: the ledger's root.
        places: folders relative to it; '' stands for ledger.yaml alone.
    """
    top = os.fsencode(root)
    blobs: dict[str, str] = {}
    odd: dict[str, str] = {}
    waiting = [os.fsencode(place) for place in places]
    while waiting:
        folder = waiting.pop()
        seen = see(top, folder)
        waiting += [_below(folder, name) for name in seen.below]
        _list(top, folder, seen.data, blobs, odd)
    return _in_order(blobs), _in_order(odd)


def _in_order(files: Mapping[str, str]) -> dict[str, str]:
    """Files as the index and git have them: by the bytes of their paths."""
    return {path: files[path] for path in sorted(files, key=os.fsencode)}


def look_at(root: Path, paths: Sequence[str]) -> Scanned:
    """Some files of the working tree by their paths, whatever else is there."""
    blobs: dict[str, str] = {}
    odd: dict[str, str] = {}
    for path in paths:
        folder, _, name = os.fsencode(path).rpartition(b"/")
        _list(os.fsencode(root), folder, [name], blobs, odd)
    return blobs, odd


def _list(
    root: bytes, folder: bytes, names: list[bytes], blobs: dict[str, str], odd: dict[str, str]
) -> None:
    for file in read_files(root, folder, names, 0, rows=False):
        path = os.fsdecode(_below(folder, file.name))
        (odd if file.odd else blobs)[path] = file.odd or file.blob
