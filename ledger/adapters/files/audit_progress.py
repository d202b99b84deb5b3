"""How far an audit has come, in a file that is believed only as far as its hash chain holds.

One JSON line an entry; each carries the hash of the line before it and its own. What was cut off,
changed or put in between breaks the chain, and the audit goes on from the last whole entry.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ledger.adapters.disk.store import replace_file
from ledger.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """An audit's progress.

    Attributes:
        path: where it is kept.
        origin: what the first entry hangs on: the program's version, where the audit begins.
    """

    path: Path
    origin: str

    def entries(self) -> list[dict[str, Any]]:
        """What was kept, as far as the chain holds; nothing where another audit was kept."""
        try:
            lines = self.path.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        except OSError:
            return []
        entries: list[dict[str, Any]] = []
        last = _hash(self.origin)
        for line in lines:
            claimed, _, text = line.partition(" ")
            last = _hash(last + text)
            if claimed != last:
                break
            entries.append(json.loads(text))
        return entries

    def keep(self, entries: Iterable[dict[str, Any]]) -> None:
        """Write all entries anew, whole or not at all; a disk that refuses costs time only."""
        lines = []
        last = _hash(self.origin)
        for entry in entries:
            text = json.dumps(entry, ensure_ascii=False, sort_keys=True)
            last = _hash(last + text)
            lines.append(f"{last} {text}\n")
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self.path, "".join(lines).encode(errors="surrogateescape"))

    def forget(self) -> None:
        """Begin anew the next time."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
