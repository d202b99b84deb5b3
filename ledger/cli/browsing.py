"""`browse`: from the command line to the full screen."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Sequence

from ledger.cli.acting import somebody
from ledger.cli.session import Session, legible
from ledger.errors import UsageError
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.act import Act
from ledger.view.browse.outlook import Door, Outlook


def on_full_screen(here: Session, departments: Sequence[str], at: str | None) -> None:
    """Show a ledger on the whole terminal until somebody quits.

    Raises:
        UsageError: there is no such terminal; no such department or moment.
    """
    streams = (sys.stdin, sys.stdout, sys.stderr)
    if not all(stream.isatty() for stream in streams) or os.environ.get("TERM") == "dumb":
        raise UsageError("ledger browse 要占满一个终端窗口，这里没有", hint="请改用 ledger list")
    here.open().index.close()  # what can be mended is told before the screen is there
    outlook = outlook_of(here, departments, at)
    outlook.ask()
    from ledger.view.browse.app import browse  # which takes long to load

    browse(outlook)


def outlook_of(here: Session, departments: Sequence[str], at: str | None) -> Outlook:
    """What somebody looks at, of which nothing was asked yet."""
    return Outlook(Door(here.open_again, here.now, _act, here.today, legible), departments, at)


def _act(ledger: Ledger, today: dt.date) -> Act:
    return somebody(ledger, None, today).act
