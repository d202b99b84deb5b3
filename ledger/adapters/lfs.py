"""Git LFS: whether it keeps a file, and what its pointers say.

Source: the Git LFS specification, version 1: where `.gitattributes` says `filter=lfs`, a commit
holds a pointer of a few lines instead of the file, with the file's SHA-256 as `oid`.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from ledger.adapters.gitrepo import GitRepo

_LONGEST_POINTER = 1024
_CHUNK = 1 << 20
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-.*\n)*oid sha256:([0-9a-f]{64})\n"
)


def keeps(repo: GitRepo, path: str) -> bool:
    """Whether the working tree's attributes give a file (relative to the ledger) to Git LFS."""
    told = repo.run("check-attr", "-z", "filter", "--", path)
    return told.split(b"\0")[2:3] == [b"lfs"]


def is_installed(repo: GitRepo) -> bool:
    """Whether git knows the filter; without it large files would be committed as they are."""
    keys = ("filter.lfs.clean", "filter.lfs.process")
    return any(repo.run("config", "--get", key, ok=(0, 1)).strip() for key in keys)


def content_hash(content: bytes) -> str:
    """The SHA-256 of a file's content, of the file it stands for when it is a pointer."""
    found = _POINTER.match(content) if len(content) <= _LONGEST_POINTER else None
    return found[1].decode() if found else hashlib.sha256(content).hexdigest()


def file_hash(place: Path) -> str:
    """The same of a file in the working tree, read piece by piece."""
    with place.open("rb") as file:
        first = file.read(_CHUNK)
        if len(first) < _CHUNK:
            return content_hash(first)
        digest = hashlib.sha256(first)
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
