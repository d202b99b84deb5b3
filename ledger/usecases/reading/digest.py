"""What a snapshot is, said in one digest that anybody can compute again."""

from __future__ import annotations

import hashlib

from ledger.adapters.files.read_snapshot import list_commit
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
    new = sorted(set(listing.blobs.values()) - hashes.keys())
    for blob, content in ledger.repo.blobs(new):
        hashes[blob] = hashlib.sha256(content).hexdigest()
    total = hashlib.sha256(_FORMAT)
    for path, blob in sorted(listing.blobs.items()):
        total.update(f"{path}\0{blob}\0{hashes[blob]}\n".encode(errors="surrogateescape"))
    for path, why in sorted(listing.odd.items()):
        total.update(f"{path}\0{why}\n".encode(errors="surrogateescape"))
    return f"sha256:{total.hexdigest()}"
