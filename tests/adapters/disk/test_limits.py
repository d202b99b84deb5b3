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


def test_outside_the_main_thread_there_is_no_bound() -> None:
    done = []

    def work() -> None:
        with limited(5, GIB):
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
