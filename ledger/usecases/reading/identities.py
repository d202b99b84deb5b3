"""Who is who, as the ledger had it at a commit."""

from __future__ import annotations

from ledger.adapters.git.process import MAX_BLOB
from ledger.model.config import Config
from ledger.model.mailbox import Addresses, addresses
from ledger.usecases.reading.open import Ledger

MAILMAP = ".mailmap"


def addresses_at(ledger: Ledger, commit: str, config: Config) -> Addresses:
    """Whose addresses are whose, by ledger.yaml and the .mailmap of a commit."""
    content = ledger.repo.file_at(commit, MAILMAP, MAX_BLOB) or b""
    return addresses(config.identities, content.decode(errors="replace"))


def addresses_by(ledger: Ledger, blob: str, config: Config) -> Addresses:
    """The same by the blob of a .mailmap; empty where there is none."""
    content = next((each for _, each in ledger.repo.blobs([blob])), b"") if blob else b""
    return addresses(config.identities, content.decode(errors="replace"))
