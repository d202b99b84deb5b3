"""Which files of a ledger there are in the working tree, and the blob id each would have.

A file is hashed again only when its size, times or inode changed since its folder was last listed.
ctime cannot be set back by hand, so an edit that keeps size and mtime is still seen; what changed
within the last two seconds is not remembered, because clocks tick coarser than editors save.
"""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from ledger.adapters.git.process import MAX_BLOB
from ledger.adapters.git.repo import blob_id
from ledger.model.paths import CONFIG_FILE, is_config, is_data_name
from ledger.model.record import dataclass, field

_RACY_NANOSECONDS = 2_000_000_000
_MOST_KEPT = 64_000_000  # bytes of contents that a scan holds for whoever parses them next


@dataclass(slots=True)
class Scanned:
    """The ledger's files in the working tree.

    Attributes:
        blobs: path → blob id of every regular file, in path order.
        contents: path → content of those that had to be read, the first `_MOST_KEPT` bytes of them:
            a large ledger's are read again where they are wanted, instead of all being held.
        odd: path → why (Chinese) of what is not a regular readable file.
        folders: folder → listing to remember, only of folders that changed.
        gone: folders that were remembered and are no longer there.
        held: how many bytes `contents` has.
    """

    blobs: dict[str, str] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    odd: dict[str, str] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    held: int = 0


def scan(root: Path, places: tuple[str, ...], remembered: dict[str, str]) -> Scanned:
    """List the ledger's files below some places.

    Args:
        root: the ledger's root.
        places: files or folders relative to it; those that do not exist are left out.
        remembered: folder → listing, as an earlier scan gave them.
    """
    scanned = Scanned()
    seen = set()
    for folder, entries in _folders(root, places):
        seen.add(folder)
        _scan_folder(folder, entries, remembered.get(folder, ""), scanned)
    gone = tuple(folder for folder in remembered if folder not in seen)
    ordered = dict(sorted(scanned.blobs.items()))
    return Scanned(ordered, scanned.contents, scanned.odd, scanned.folders, gone)


def look_at(root: Path, paths: Iterable[str]) -> Scanned:
    """Some files of the working tree by their paths, whatever else is there."""
    scanned = Scanned()
    for path in paths:
        where = f"{root}/{path}"
        try:
            _hash(where, path, os.lstat(where), scanned)
        except FileNotFoundError:
            continue
        except OSError as error:
            scanned.odd[path] = _unread(error)
    return scanned


def read_file(path: Path) -> bytes:
    """A file's content, cut one byte after the most that a ledger file may have.

    It is asked for by its size: of a megabyte that was asked for, a small content keeps a memory
    mapping of its own, and the kernel has no more than 65,530 of them for a process.
    """
    with path.open("rb") as file:
        size = min(os.fstat(file.fileno()).st_size + 1, MAX_BLOB)
        content = file.read(size)
        if len(content) == size < MAX_BLOB:  # it has grown meanwhile, or its size is not told
            content += file.read(MAX_BLOB - size)
        return content


def _folders(root: Path, places: tuple[str, ...]) -> Iterator[tuple[str, list[os.DirEntry[str]]]]:
    """Every folder below the places with its YAML files; single files come as folder ''."""
    if CONFIG_FILE in places:
        with os.scandir(root) as entries:
            singles = [entry for entry in entries if is_config(entry.name) and entry.is_file()]
        if singles:
            yield "", singles
    waiting = [place for place in places if not is_config(place)]
    while waiting:
        folder = waiting.pop()
        files = []
        try:
            with os.scandir(root / folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False) and not is_data_name(entry.name):
                        waiting.append(f"{folder}/{entry.name}")
                    elif is_data_name(entry.name) or (entry.is_symlink() and entry.is_dir()):
                        files.append(entry)
        except (FileNotFoundError, NotADirectoryError):
            continue
        yield folder, files


def _scan_folder(
    folder: str, entries: list[os.DirEntry[str]], remembered: str, scanned: Scanned
) -> None:
    known: dict[str, list[object]] = json.loads(remembered) if remembered else {}
    listing: dict[str, list[object]] = {}
    changed = len(known) != len(entries)
    now = time.time_ns()
    prefix = f"{folder}/" if folder else ""
    for entry in entries:
        path = prefix + entry.name
        try:
            status = entry.stat(follow_symlinks=False)
            signature = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
            before = known.get(entry.name)
            if before is not None and before[:4] == signature:
                scanned.blobs[path] = str(before[4])
                listing[entry.name] = before
                continue
            changed = True
            blob = _hash(entry.path, path, status, scanned)
        except FileNotFoundError:  # gone since the folder was listed
            changed = True
            continue
        except OSError as error:
            scanned.odd[path] = _unread(error)
            continue
        if blob and now - status.st_ctime_ns > _RACY_NANOSECONDS:
            listing[entry.name] = [*signature, blob]
    if changed:
        scanned.folders[folder] = json.dumps(listing)


def _unread(error: OSError) -> str:
    return f"读不出来（{error.strerror}）"


def _hash(where: str, path: str, status: os.stat_result, scanned: Scanned) -> str:
    if not stat.S_ISREG(status.st_mode):
        called = "文件夹" if stat.S_ISDIR(status.st_mode) else "符号链接或特殊文件"
        scanned.odd[path] = f"是{called}，台账只读普通文件"
        return ""
    content = read_file(Path(where))
    blob = blob_id(content)
    scanned.blobs[path] = blob
    if scanned.held + len(content) <= _MOST_KEPT:
        scanned.held += len(content)
        scanned.contents[path] = content
    return blob
