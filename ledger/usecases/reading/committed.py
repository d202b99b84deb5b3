"""The ledger as commits have it, for who counts but judges nothing: no rule looks at it."""

from __future__ import annotations

from collections.abc import Iterable, Set

from ledger.adapters.files.read_snapshot import Listing, listing_of_tree, read_snapshot
from ledger.adapters.git.folders import Unlike
from ledger.adapters.git.objects import TreeFile, is_folder
from ledger.model.paths import is_ledger_file
from ledger.model.record import dataclass, replace
from ledger.model.snapshot import Snapshot
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.problems import causes_first


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is not the same in an earlier commit as in a later one.

    Attributes:
        snapshot: what the earlier one has of it.
        paths: the ledger's files that are not the same, or that only one of them has.
    """

    snapshot: Snapshot
    paths: Set[str]


def read_some(ledger: Ledger, listing: Listing, paths: Iterable[str]) -> Snapshot:
    """Some files of a commit, and of problems only what each file has by itself."""
    blobs = {path: listing.blobs[path] for path in paths if path in listing.blobs}
    snapshot = read_snapshot(replace(listing, blobs=blobs), ledger.cache)
    return replace(snapshot, problems=tuple(sorted(snapshot.problems, key=causes_first)))


def earlier(ledger: Ledger, commit: str, later: str) -> Earlier:
    """What differs between two commits, told by their trees; nothing else is read or listed."""
    unlike = Unlike(ledger.repo, later, commit)
    now, then = _differing(unlike.new, unlike.old), _differing(unlike.old, unlike.new)
    listing = listing_of_tree(ledger.repo, commit, then)
    paths = frozenset(each.path for each in (*now, *then) if is_ledger_file(each.path))
    return Earlier(read_some(ledger, listing, listing.blobs), paths)


def _differing(own: Iterable[TreeFile], other: Iterable[TreeFile]) -> list[TreeFile]:
    same = set(other)
    return [each for each in own if each not in same and not is_folder(each.mode)]
