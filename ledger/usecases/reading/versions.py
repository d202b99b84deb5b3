"""What files of the ledger said at different times, read some hundred commits at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from ledger.adapters.files.read_snapshot import Version, read_versions
from ledger.adapters.git.walk import Commit
from ledger.model.paths import is_ledger_file
from ledger.model.shared import Parts
from ledger.model.snapshot import Entry
from ledger.model.task import Task
from ledger.usecases.reading.open import Ledger

C = TypeVar("C", Commit, str)
Versions = Mapping[tuple[str, str], Version]

BATCH = 500  # commits whose files are read, or steps that are judged, in one go


def read_pairs(
    ledger: Ledger,
    commits: Iterable[Commit],
    known: Mapping[str, Version] | None = None,
    parts: Parts | None = None,
) -> dict[tuple[str, str], Version]:
    """Every file of the ledger that some commits changed, before and after, read in one go.

    Args:
        known: files, by path, of which what is the same is not read again.
        parts: what they share, where a long history is read: its files are not remembered, since
            nobody will ask for them again, but what is new in them is soon read.
    """
    pairs = dict.fromkeys(versions_of(commits))
    before: Mapping[str, Version] = {} if known is None else known
    versions = {
        (path, blob): version
        for path, blob in pairs
        if (version := before.get(path)) is not None and version.blob == blob
    }
    left = (pair for pair in pairs if pair not in versions)
    cache = ledger.cache if parts is None else None
    return versions | read_versions(left, ledger.repo, cache, parts)


def versions_of(commits: Iterable[Commit]) -> Iterator[tuple[str, str]]:
    """The ledger's own files that some commits changed, before and after: path and blob id."""
    for commit in commits:
        for each in commit.files:
            if is_ledger_file(each.path):
                blobs = (each.old, *each.also, each.new if each.is_file() else "")
                yield from ((each.path, blob) for blob in blobs if blob)


def entry_in(versions: Versions, path: str, blob: str) -> Entry[Any] | None:
    """What a version of a file says; None where it is gone, or cannot be read."""
    version = versions.get((path, blob))
    return version.entry if version else None


def task_in(versions: Versions, path: str, blob: str) -> Task | None:
    """The task that it is; None also where it is something else."""
    entry = entry_in(versions, path, blob)
    return entry.record if entry and isinstance(entry.record, Task) else None


def batches(commits: Sequence[C]) -> Iterator[Sequence[C]]:
    """Commits, or their ids, some at a time: memory stays bounded however long a history is."""
    for start in range(0, len(commits), BATCH):
        yield commits[start : start + BATCH]
