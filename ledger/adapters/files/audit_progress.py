"""How far an audit has come, in a file that is believed only as far as its hash chain holds.

One JSON line an entry; each carries the hash of the line before it and its own. What was cut off,
changed or put in between breaks the chain, and the audit goes on from the last whole entry.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ledger.adapters.disk.store import replace_file


class Checkpoint:
    """An audit's progress: what was kept of it, and what is to be."""

    def __init__(self, path: Path, origin: str) -> None:
        """Progress that nobody has looked at yet.

        Args:
            path: where it is kept.
            origin: what the first entry hangs on: the program's version, where the audit begins.
        """
        self._path, self._origin = path, origin
        self._written: list[str] = []  # the hashes of the entries that the file ends with

    def entries(self) -> list[dict[str, Any]]:
        """What was kept, as far as the chain holds; nothing where another audit was kept."""
        self._written = []
        try:
            text = self._path.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return []
        *lines, rest = text.split("\n")
        entries: list[dict[str, Any]] = []
        hashes = []
        last = _hash(self._origin)
        for line in lines:
            claimed, _, plain = line.partition(" ")
            last = _hash(last + plain)
            if claimed != last:
                break
            hashes.append(last)
            entries.append(json.loads(plain))
        self._written = hashes if len(hashes) == len(lines) and not rest else []
        return entries

    def trust(self, number: int) -> None:
        """Only so many of the entries that were kept still stand."""
        if number != len(self._written):
            self._written = []

    def keep(self, entries: Sequence[dict[str, Any]]) -> None:
        """Keep entries: behind those that the file has, or all anew where it has others.

        A disk that refuses costs time only, and so does one that loses what was added last.

        Args:
            entries: all there are; the first ones as they were kept or read before.
        """
        known = self._written
        last = known[-1] if known else _hash(self._origin)
        hashes, lines = [*known], []
        for entry in entries[len(known) :]:
            text = json.dumps(entry, ensure_ascii=False, sort_keys=True)
            last = _hash(last + text)
            hashes.append(last)
            lines.append(f"{last} {text}\n")
        content = "".join(lines).encode(errors="surrogateescape")
        self._written = []
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if known:
                with self._path.open("ab") as file:
                    file.write(content)
            else:
                replace_file(self._path, content)
            self._written = hashes

    def forget(self) -> None:
        """Begin anew the next time."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        self._written = []


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
