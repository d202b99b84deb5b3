"""Work on both cores: a second process takes its share from the front, this one from the back.

Whoever is faster does more, nothing is done twice, and one message brings each result back.
"""

from __future__ import annotations

import marshal
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

_TOKENS = 60_000  # bytes that a pipe takes without a reader
_PIECE = 1 << 20
_HEAD = 8  # bytes that say which result it is, and how long


def can_fork() -> bool:
    """Whether a second process can be had and there is a core for it.

    A process with several threads is not forked: what the others hold would never be given back.
    """
    if not hasattr(os, "fork"):
        return False
    threading = sys.modules.get("threading")
    if threading is not None and threading.active_count() > 1:
        return False
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (cores or 1) > 1


def by_both(work: Callable[[int], Any], count: int) -> Iterator[tuple[int, Any]]:
    """What `work` makes of the numbers from 0 on, as it comes: number and result.

    Args:
        work: done here or in the second process, where it may use nothing that this one has open.
            Its results are plain values (`marshal`); what it raises there is raised here.
        count: how many numbers there are.
    """
    return finished(begin(work, count), work, count)


def begin(work: Callable[[int], Any], count: int) -> Second | None:
    """Have a second process begin with it; None where none is worth it, or can be had."""
    return Second(work, count) if 1 < count < _TOKENS and can_fork() else None


def finished(
    second: Second | None, work: Callable[[int], Any], count: int
) -> Iterator[tuple[int, Any]]:
    """The results of what `begin` has begun: this process does its share now."""
    if second is None:
        yield from ((number, work(number)) for number in range(count))
        return
    done, number = set(), count
    try:
        while second.leaves_one():
            number -= 1
            yield number, work(number)
            for result in second.ready():
                done.add(result[0])
                yield result
        for result in second.rest():
            done.add(result[0])
            yield result
    finally:
        second.end()
    for left in range(number):  # it has died, or could not do it
        if left not in done:
            yield left, work(left)


class Second:
    """The second process, and what it has sent so far.

    Attributes:
        child: its number.
        tokens, answer: what is still to be taken, and what comes from it.
    """

    def __init__(self, work: Callable[[int], Any], count: int) -> None:
        """Begin; see `begin`."""
        self.tokens, full = os.pipe()
        os.write(full, bytes(count))  # one for each number: who reads it, does it
        os.close(full)
        self.answer, reply = os.pipe()
        self.child = os.fork()
        if self.child == 0:
            try:
                signal.signal(signal.SIGINT, signal.SIG_DFL)
                os.close(self.answer)
                _work_from_the_front(work, self.tokens, reply)
            finally:
                os._exit(0)
        os.close(reply)
        os.set_blocking(self.answer, False)
        self._received = bytearray()
        self._open = True

    def leaves_one(self) -> bool:
        """Take a number, unless all are taken."""
        return bool(os.read(self.tokens, 1))

    def ready(self) -> Iterator[tuple[int, Any]]:
        """What has come meanwhile, without waiting."""
        with suppress(BlockingIOError):
            while piece := os.read(self.answer, _PIECE):
                self._received += piece
            self._open = False
        at = 0
        while len(self._received) - at >= _HEAD:
            number = int.from_bytes(self._received[at : at + 4], "little")
            size = int.from_bytes(self._received[at + 4 : at + _HEAD], "little")
            if len(self._received) - at < _HEAD + size:
                break
            at += _HEAD + size
            yield number, marshal.loads(bytes(self._received[at - size : at]))  # noqa: S302 - ours
        del self._received[:at]

    def rest(self) -> Iterator[tuple[int, Any]]:
        """What is still to come."""
        import select  # not where this process does all

        while self._open:
            select.select([self.answer], [], [])
            yield from self.ready()

    def end(self) -> None:
        """Leave no process and nothing open behind, whatever happens."""
        with suppress(ProcessLookupError):
            os.kill(self.child, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.child, 0)
        os.close(self.tokens)
        os.close(self.answer)


def _work_from_the_front(work: Callable[[int], Any], tokens: int, reply: int) -> None:
    number = 0
    with os.fdopen(reply, "wb") as stream:
        while os.read(tokens, 1):
            content = marshal.dumps(work(number))
            stream.write(number.to_bytes(4, "little") + len(content).to_bytes(4, "little"))
            stream.write(content)
            stream.flush()
            number += 1
