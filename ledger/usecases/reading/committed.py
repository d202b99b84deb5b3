"""The ledger as commits have it, for who counts but judges nothing: no rule looks at it."""

from __future__ import annotations

from itertools import chain
from typing import TypeVar

from ledger.adapters.files.read_snapshot import Listing, list_commit, read_snapshot
from ledger.model.decision import Decision
from ledger.model.paths import CONFIG_FILE
from ledger.model.record import dataclass, replace
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.source import Source
from ledger.model.task import Task
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.problems import causes_first

N = TypeVar("N", Task, Source, Decision)


@dataclass(frozen=True, slots=True)
class Committed:
    """A commit's files, and what they say; of problems only what each file has by itself."""

    listing: Listing
    snapshot: Snapshot


def committed(ledger: Ledger, commit: str) -> Committed:
    """The ledger at a commit."""
    listing = list_commit(ledger.repo, commit)
    return Committed(listing, _ordered(read_snapshot(listing, ledger.cache)))


def earlier(ledger: Ledger, commit: str, later: Committed) -> Snapshot:
    """The ledger at another commit, of which only what differs from a sound later one is read.

    Most of it is the same then: those entries are the very ones of the later snapshot.

    Args:
        later: without a file that cannot be read; else the problems of such files are left out.
    """
    listing = list_commit(ledger.repo, commit)
    unlike = listing.blobs.items() - later.listing.blobs.items()
    own = read_snapshot(replace(listing, blobs=dict(sorted(unlike))), ledger.cache)
    same = later.snapshot
    return replace(
        _ordered(own),
        config=own.config if _differs(CONFIG_FILE, listing, later.listing) else same.config,
        tasks=_joined(own.tasks, same.tasks, listing, later.listing),
        sources=_joined(own.sources, same.sources, listing, later.listing),
        decisions=_joined(own.decisions, same.decisions, listing, later.listing),
        configured=own.configured or CONFIG_FILE in listing.blobs,
    )


def _differs(path: str, one: Listing, other: Listing) -> bool:
    return one.blobs.get(path) != other.blobs.get(path)


def _joined(
    own: tuple[Entry[N], ...], same: tuple[Entry[N], ...], listing: Listing, later: Listing
) -> tuple[Entry[N], ...]:
    """The entries of a listing in its order: its own, and those that a later one has the same."""
    shared = (each for each in same if not _differs(each.path, listing, later))
    entries = {each.path: each for each in chain(shared, own)}
    if len(entries) == len(same) and not own:
        return same
    return tuple(entries[path] for path in listing.blobs if path in entries)


def _ordered(snapshot: Snapshot) -> Snapshot:
    return replace(snapshot, problems=tuple(sorted(snapshot.problems, key=causes_first)))
