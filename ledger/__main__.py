"""`python -m ledger` and the console script."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its status."""
    try:
        from ledger.cli.app import run
    except KeyboardInterrupt:  # the imports take a moment; later ones are caught where they belong
        sys.exit(130)
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
