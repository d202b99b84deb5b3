"""Work that is stopped when it takes too long or too much, and nothing left behind."""

from __future__ import annotations

import resource
import signal
import threading

import pytest

from ledger.adapters.disk.limits import limited

GIB = 1024**3


def test_too_long() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with pytest.raises(TimeoutError), limited(0.05, GIB):
        all(True for _ in iter(int, 1))
    assert signal.getsignal(signal.SIGVTALRM) == before
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)


def test_too_much() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    with pytest.raises(MemoryError), limited(5, GIB // 8):
        bytearray(GIB)
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_what_stays_within_is_left_alone() -> None:
    with limited(5, GIB):
        assert sum(range(1000)) == 499_500


def test_outside_the_main_thread_the_clock_counts() -> None:
    """A server makes its pages there, where a template that runs in circles would hold it."""
    stopped, done = [], []

    def endless() -> None:
        try:
            with limited(0.05, GIB):
                all(True for _ in iter(int, 1))
        except TimeoutError:
            stopped.append(True)

    def short() -> None:
        with limited(60, GIB):
            done.append(True)

    threads = [threading.Thread(target=work) for work in (endless, endless, short)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (stopped, done) == ([True, True], [True])
