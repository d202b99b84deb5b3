"""Limits on what a piece of work may take, for text that is a program of sorts: templates."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_STATM = Path("/proc/self/statm")  # Linux: what the process has, in pages


@contextmanager
def limited(seconds: float, more_bytes: int) -> Iterator[None]:
    """Bound the processor time of what is inside, and the memory it takes on top.

    Where the system has no such limits (Windows), or outside the main thread, there is no bound.

    Raises:
        TimeoutError: it took longer.
        MemoryError: it took more.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() != threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        with _memory(more_bytes):
            yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _stop(number: int, frame: FrameType | None) -> None:
    raise TimeoutError


@contextmanager
def _memory(more_bytes: int) -> Iterator[None]:
    if not _STATM.is_file():
        yield
        return
    import resource

    pages = int(_STATM.read_text(encoding="ascii").split()[0])
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = pages * resource.getpagesize() + more_bytes
    allowed = [each for each in (bound, soft, hard) if each != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(allowed), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
