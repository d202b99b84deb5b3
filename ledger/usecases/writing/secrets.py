"""What must not be written at all: a secret in a file would be in history for good."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from ledger.adapters.disk import store
from ledger.adapters.disk.store import FileChange
from ledger.adapters.files.read_snapshot import Listing, read_snapshot
from ledger.adapters.git.repo import blob_id
from ledger.errors import LedgerError
from ledger.model.paths import CONFIG_FILE, is_ledger_file
from ledger.model.problem import has_errors
from ledger.model.snapshot import Snapshot
from ledger.rules import SECRET, Context, check_snapshot
from ledger.usecases.reading.open import Ledger


def refuse_secrets(ledger: Ledger, changes: Collection[FileChange]) -> None:
    """Raise when files about to be written would bring a secret into history.

    Raises:
        LedgerError: naming the first one.
    """
    written = {change.path for change in changes}
    snapshot = as_written(ledger, changes)
    problems = check_snapshot(snapshot, Context(snapshot.config, dt.date.min), SECRET)
    secrets = [each for each in problems if each.code in SECRET and each.path in written]
    if has_errors(secrets):
        first = secrets[0]
        raise LedgerError(f"{first.path}：{first.code} {first.message}", hint=first.hint)


def as_written(ledger: Ledger, changes: Collection[FileChange]) -> Snapshot:
    """A snapshot of nothing but some files about to be written, and ledger.yaml as it will be."""
    contents = {change.path: change.new for change in changes if is_ledger_file(change.path)}
    contents = _own_config(ledger) | contents
    blobs = {path: blob_id(new) for path, new in contents.items()}
    listing = Listing(blobs, lambda paths: ((path, contents[path]) for path in paths), {})
    return read_snapshot(listing, ledger.cache)


def _own_config(ledger: Ledger) -> dict[str, bytes]:
    """ledger.yaml as it is now, by path: it says how severe the rules are."""
    exists = (ledger.root / CONFIG_FILE).is_file()
    return {CONFIG_FILE: store.read(ledger.root, CONFIG_FILE)} if exists else {}
