"""Counts what a whole process does, from its first import to its end, and notes it in a file.

Python imports it by its name where PYTHONPATH has this folder. `LEDGER_COUNTED` names the file, to
which each process adds a line when it ends.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

_COUNTS: Counter[str] = Counter()
_PROGRAMS = ("subprocess.Popen", "os.posix_spawn")


def count(place: str) -> None:
    """Count from now on, and add a line to a file at the end."""
    before = len(sys.modules)
    leave: Callable[[int], NoReturn] = os._exit

    ended: set[int] = set()

    def note() -> None:
        if os.getpid() in ended:
            return
        ended.add(os.getpid())
        sys.setprofile(None)
        modules = len(sys.modules) - before
        line = f"{_COUNTS['git']} {_COUNTS['read']} {modules} {_COUNTS['calls']}\n"
        descriptor = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, line.encode())

    def noted(status: int) -> NoReturn:
        note()
        leave(status)

    def called(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and not frame.f_code.co_filename.startswith("<frozen"):  # imports
            _COUNTS["calls"] += 1

    os._exit = noted
    atexit.register(note)
    os.register_at_fork(after_in_child=_COUNTS.clear)
    sys.addaudithook(_happened)
    sys.setprofile(called)


def _happened(event: str, words: tuple[object, ...]) -> None:
    """Source: the table of audit events in Python's library reference."""
    if event == "open":
        name = os.fsdecode(words[0]) if isinstance(words[0], str | bytes) else ""
        _COUNTS["read"] += name.endswith(".yaml")
    elif event in _PROGRAMS:
        command = words[1]
        first = command[0] if isinstance(command, list | tuple) and command else ""
        _COUNTS["git"] += isinstance(first, str) and os.path.basename(first) == "git"  # noqa: PTH119


if "LEDGER_COUNTED" in os.environ:
    count(os.environ["LEDGER_COUNTED"])
