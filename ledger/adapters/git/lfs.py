"""Git LFS: whether it keeps a file, and what its pointers say.

Source: the Git LFS specification, version 1: where `.gitattributes` says `filter=lfs`, a commit
holds a pointer of a few lines instead of the file, with the file's SHA-256 as `oid`.
"""

from __future__ import annotations

import re
from pathlib import Path

from ledger.adapters.disk.store import sha256_of
from ledger.adapters.git.repo import GitRepo
from ledger.model.record import dataclass

_LONGEST_POINTER = 1024
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-.*\n)*oid sha256:([0-9a-f]{64})\n"
    rb"size (\d{1,15})\n"
)


def keeps(repo: GitRepo, path: str) -> bool:
    """Whether the working tree's attributes give a file (relative to the ledger) to Git LFS."""
    told = repo.run("check-attr", "-z", "filter", "--", path)
    return told.split(b"\0")[2:3] == [b"lfs"]


def is_installed(repo: GitRepo) -> bool:
    """Whether git knows the filter; without it large files would be committed as they are."""
    keys = ("filter.lfs.clean", "filter.lfs.process")
    return any(repo.run("config", "--get", key, ok=(0, 1)).strip() for key in keys)


@dataclass(frozen=True, slots=True)
class Pointer:
    """What a commit holds instead of a file: the file's SHA-256, and its size in bytes."""

    sha256: str
    size: int


def pointer(content: bytes) -> Pointer | None:
    """The pointer that a file's content is; None where it is the file itself."""
    match = _POINTER.match(content) if len(content) <= _LONGEST_POINTER else None
    return Pointer(match[1].decode(), int(match[2])) if match else None


def holds(repo: GitRepo, pointer: Pointer) -> bool:
    """Whether the file that a pointer stands for is here, whole (git help lfs, objects)."""
    name = pointer.sha256
    place = repo.git_dir / "lfs" / "objects" / name[:2] / name[2:4] / name
    try:
        return place.stat().st_size == pointer.size and sha256_of(place) == name
    except OSError:
        return False


def file_hash(place: Path) -> str:
    """The SHA-256 of a file in the working tree, read piece by piece; of a pointer what it names.

    A pointer stands there where Git LFS has not brought the file.
    """
    with place.open("rb") as file:
        named = pointer(file.read(_LONGEST_POINTER + 1))
    return named.sha256 if named else sha256_of(place)
