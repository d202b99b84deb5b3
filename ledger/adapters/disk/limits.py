"""Limits on what a piece of work may take, for text that is a program of sorts: templates."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_SHARING = 3
_STATM = Path("/proc/self/statm")  # Linux: what the process has, in pages


@contextmanager
def limited(seconds: float, more_bytes: int) -> Iterator[None]:
    """Bound the processor time of what is inside, and the memory it takes on top.

    Where the system keeps no such time (Windows), the clock counts and memory has no bound. So it
    is in other threads than the main one, for several times as long: they share a processor.

    Raises:
        TimeoutError: it took longer.
        MemoryError: it took more.
    """
    if threading.current_thread() != threading.main_thread():
        with _by_the_clock(seconds * _SHARING):
            yield
        return
    if not hasattr(signal, "setitimer"):
        with _by_the_clock(seconds), _memory(more_bytes):
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
def _by_the_clock(seconds: float) -> Iterator[None]:
    """A second thread has this one raise, which it does between two steps of Python's."""
    import ctypes

    here, one, over = threading.get_ident(), threading.Lock(), threading.Event()

    def stop() -> None:
        with one:
            if not over.is_set():
                raising = ctypes.pythonapi.PyThreadState_SetAsyncExc
                raising(ctypes.c_ulong(here), ctypes.py_object(TimeoutError))

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with one:
            over.set()


@contextmanager
def _memory(more_bytes: int) -> Iterator[None]:
    try:
        import resource
    except ImportError:
        resource = None  # type: ignore[assignment]
    if resource is None or not _STATM.is_file():
        yield
        return
    pages = int(_STATM.read_text(encoding="ascii").split()[0])
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = pages * resource.getpagesize() + more_bytes
    allowed = [each for each in (bound, soft, hard) if each != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(allowed), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
