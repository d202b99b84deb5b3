"""Ends well when a ledger's index answers as a fresh reading does; for tests with a process."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.adapters.files.index.ways import by_index, by_reading


def main(root: Path) -> None:
    """Compare both ways."""
    assert by_index(root) == by_reading(root)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
