"""What a snapshot is, said in one digest that anybody can compute again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from ledger.adapters.files.read_snapshot import Listing, list_commit
from ledger.usecases.reading.open import Ledger

_FORMAT = b"ledger snapshot 1\n"


def snapshot_digest(ledger: Ledger, commit: str, known: dict[str, str] | None = None) -> str:
    """The digest of the ledger's files (ledger.yaml, tasks, sources, decisions) at a commit.

    It hashes the contents with SHA-256, whatever hash git itself names objects by.

    Args:
        known: blob id → SHA-256 of what was hashed before; it grows.

    Returns:
        `sha256:` and 64 hexadecimal digits.
    """
    listing = list_commit(ledger.repo, commit)
    hashes = {} if known is None else known
    hashes |= _hashed(ledger, listing, hashes)
    return _digest(listing, hashes)


def remembered_digest(ledger: Ledger, commit: str) -> str:
    """The same, where the cache tells what was hashed before.

    So a seal, which is to prove something, is not made or checked.
    """
    name = f"{commit}:{ledger.repo.prefix()}"
    if known := ledger.cache.hashes((name,)):
        return known[name]
    listing = list_commit(ledger.repo, commit)
    hashes = ledger.cache.hashes(set(listing.blobs.values()))
    new = _hashed(ledger, listing, hashes)
    digest = _digest(listing, hashes | new)
    ledger.cache.remember_hashes(new | {name: digest})
    return digest


def _hashed(ledger: Ledger, listing: Listing, known: Mapping[str, str]) -> dict[str, str]:
    new = sorted(set(listing.blobs.values()) - known.keys())
    read = ledger.repo.blobs(new)
    return {blob: hashlib.sha256(content).hexdigest() for blob, content in read}


def _digest(listing: Listing, hashes: Mapping[str, str]) -> str:
    total = hashlib.sha256(_FORMAT)
    for path, blob in sorted(listing.blobs.items()):
        total.update(f"{path}\0{blob}\0{hashes[blob]}\n".encode(errors="surrogateescape"))
    for path, why in sorted(listing.odd.items()):
        total.update(f"{path}\0{why}\n".encode(errors="surrogateescape"))
    return f"sha256:{total.hexdigest()}"
