"""`python -m ledger` and the console script."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import NoReturn

_INTERRUPTED = 130
# Between two searches for rubbish: imports alone make 700 a hundred times. What has been kept for
# long is looked through a hundred times less often still: a large ledger is no rubbish.
_NEW_OBJECTS, _SELDOM = 10_000, 100


def main() -> None:
    """Run the command line and exit with its status."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)
    gc.set_threshold(_NEW_OBJECTS, 10, _SELDOM)
    _insist_on_utf8()
    from ledger.cli.app import run

    status = run(sys.argv[1:])
    if callable(signal.getsignal(signal.SIGINT)):  # all is said; the interpreter ends in peace
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end(status)


def _end(status: int) -> NoReturn:
    """End without taking everything apart, object by object, which the system does at once.

    That takes a tenth of a command's time; and `python -m` would die of Ctrl-C where it came while
    a class was made (by `exec`).
    """
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


def _leave(number: int, frame: FrameType | None) -> None:
    """Ctrl-C while nothing but imports has happened: there is nothing to say, or to put right."""
    os._exit(_INTERRUPTED)


def _insist_on_utf8() -> None:
    """Begin anew in UTF-8 mode where Python was told to take everything for ASCII.

    Arguments, file names and what is printed are Chinese. Python does this by itself in the C
    locale unless PYTHONUTF8=0 forbids it; where a locale has an encoding, that one counts.
    """
    is_ascii = sys.getfilesystemencoding() in ("ascii", "us-ascii", "646")
    if is_ascii and sys.executable and "utf8" not in sys._xoptions:
        command = [sys.executable, "-X", "utf8", *sys.orig_argv[1:]]
        os.execv(sys.executable, command)  # noqa: S606 - the very program that runs


if __name__ == "__main__":
    main()
