"""Work on both cores: everything once, whatever becomes of the second process."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.adapters.disk import both
from ledger.adapters.disk.both import by_both


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, and though the test's runner has threads of its own."""
    monkeypatch.setattr(both, "can_fork", lambda: hasattr(os, "fork"))


@pytest.fixture
def no_child_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """None of those that were made here; the test's runner may have some of its own."""
    plain, children = os.fork, []

    def noted() -> int:
        child = plain()
        children.append(child)
        return child

    monkeypatch.setattr(os, "fork", noted)
    yield
    for child in children:
        with pytest.raises(ChildProcessError):
            os.waitpid(child, os.WNOHANG)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 500])
@pytest.mark.usefixtures("no_child_left")
def test_everything_is_done_once(count: int) -> None:
    assert sorted(by_both(lambda n: [n, str(n).encode()], count)) == [
        (n, [n, str(n).encode()]) for n in range(count)
    ]


@pytest.mark.usefixtures("no_child_left")
def test_both_processes_work() -> None:
    """Each has time for some."""

    def slowly(number: int) -> int:
        time.sleep(0.002)
        return os.getpid()

    assert len({process for _, process in by_both(slowly, 100)}) == 2


@pytest.mark.usefixtures("no_child_left")
def test_results_may_be_larger_than_a_pipe() -> None:
    results = dict(by_both(lambda n: bytes(300_000 + n), 20))
    assert [len(results[n]) for n in range(20)] == [300_000 + n for n in range(20)]


@pytest.mark.usefixtures("no_child_left")
def test_what_a_dead_process_left_undone_is_done_here(tmp_path: Path) -> None:
    here = os.getpid()

    def work(number: int) -> int:
        if os.getpid() != here and number == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        if os.getpid() == here and number > 3:
            time.sleep(0.005)  # so that the other one gets that far
        return number * 2

    assert sorted(by_both(work, 40)) == [(n, 2 * n) for n in range(40)]


@pytest.mark.usefixtures("no_child_left")
def test_what_fails_there_fails_here() -> None:
    def work(number: int) -> int:
        if number == 0:
            raise ValueError("no")
        return number

    with pytest.raises(ValueError, match="no"):
        list(by_both(work, 10))


@pytest.mark.usefixtures("no_child_left")
def test_who_wants_no_more_leaves_no_process() -> None:
    results = by_both(lambda n: n, 1000)
    next(results)
    results.close()  # type: ignore[attr-defined]


def test_a_process_with_threads_is_not_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    waiting = threading.Event()
    other = threading.Thread(target=waiting.wait)
    other.start()
    try:
        assert not both.can_fork()
        assert sorted(by_both(lambda n: n, 3)) == [(0, 0), (1, 1), (2, 2)]
    finally:
        waiting.set()
        other.join()
