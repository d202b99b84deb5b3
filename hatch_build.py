"""What a wheel has beside files of the repository: a digest of the program that reads ledgers.

By it an installed program knows whether a cache is its own (`ledger/adapters/files/cache.py`).
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Fingerprint(BuildHookInterface[Any]):
    """Adds `ledger/fingerprint` to a wheel; an editable one changes with every edit."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write it and name it to the builder."""
        if version == "editable":
            return
        package = Path(self.root) / "ledger"
        digest = hashlib.sha256()
        for path in sorted(package.rglob("*.py")):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(package).as_posix()} {len(content)}\n".encode())
            digest.update(content)
        self._folder = tempfile.TemporaryDirectory()
        place = Path(self._folder.name) / "fingerprint"
        place.write_text(digest.hexdigest(), encoding="ascii")
        build_data["force_include"][str(place)] = "ledger/fingerprint"
