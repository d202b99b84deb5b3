"""`browse`: from the command line to the full screen."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable, Sequence

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
    outlook = outlook_of(here, departments, at)
    outlook.ask()
    from ledger.view.browse.app import browse  # which takes long to load

    browse(outlook)


def outlook_of(here: Session, departments: Sequence[str], at: str | None) -> Outlook:
    """What somebody looks at, of which nothing was asked yet.

    What the first question takes and comes upon is told before the screen is there.
    """
    first = [here.open]

    def opened(tell: Callable[[str], object]) -> Ledger:
        return first.pop()() if first else here.open_again(tell)

    return Outlook(Door(opened, here.now, _act, here.today, legible), departments, at)


def _act(ledger: Ledger, today: dt.date) -> Act:
    return somebody(ledger, None, today).act
