"""A second process that does a share of its own beside this one, where that can be had.

Unlike `both`, each has one long piece of work, and results that are more than plain values.
"""

from __future__ import annotations

import mmap
import os
import pickle
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

_NUMBER = 8  # bytes in which the second process says how far it has come
_PAUSE = 0.02  # seconds between two looks at it

Send = Callable[[Any], None]
Count = Callable[[int], None]
Work = Callable[[Send, Count], None]


class Beside:
    """The second process, how far it has come, and what it has made."""

    def __init__(self, child: int, counted: mmap.mmap, made: IO[bytes]) -> None:
        """Of a child, the memory it shares, and the file it writes to."""
        self._child, self._counted, self._made = child, counted, made
        self._is_running = True

    def count(self) -> int:
        """The number that it told last."""
        return int.from_bytes(self._counted[:_NUMBER], "little")

    def results(self, meanwhile: Callable[[], object]) -> list[Any] | None:
        """What it has sent, when it has come to its end; None where it did not.

        Args:
            meanwhile: called now and then while it is waited for.
        """
        while True:
            process, status = os.waitpid(self._child, os.WNOHANG)
            if process:
                break
            meanwhile()
            time.sleep(_PAUSE)
        self._is_running = False
        return list(self._sent()) if status == 0 else None

    def _sent(self) -> Iterator[Any]:
        self._made.seek(0)
        with suppress(EOFError):
            while True:
                yield pickle.load(self._made)  # noqa: S301 - of a process that is a copy of this one

    def end(self) -> None:
        """Leave no process behind, whatever happens."""
        if self._is_running:
            self._is_running = False
            with suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(self._child, 0)


@contextmanager
def beside(work: Work) -> Iterator[Beside]:
    """Have a second process work; see `both.can_fork` for whether there may be one.

    Args:
        work: done there, where it may use nothing that this process has open. It is given what
            takes a result, and what takes a number that says how far it has come. When it raises,
            there are no results; what is wrong shows when the work is done here.
    """
    with mmap.mmap(-1, _NUMBER) as counted, tempfile.TemporaryFile() as made:
        parent = os.getpid()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                signal.signal(signal.SIGINT, signal.SIG_DFL)
                _work(work, parent, counted, made)
                status = 0
            finally:
                os._exit(status)
        second = Beside(child, counted, made)
        try:
            yield second
        finally:
            second.end()


def _work(work: Work, parent: int, counted: mmap.mmap, made: IO[bytes]) -> None:

    def send(result: Any) -> None:
        pickle.dump(result, made, pickle.HIGHEST_PROTOCOL)

    def count(number: int) -> None:
        if os.getppid() != parent:  # nobody waits for it any more
            os._exit(1)
        counted[:_NUMBER] = number.to_bytes(_NUMBER, "little")

    work(send, count)
    made.flush()
