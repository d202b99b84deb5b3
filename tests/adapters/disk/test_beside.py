"""A second process with a share of its own: its results come whole or not at all."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from ledger.adapters.disk.beside import Count, Send, beside


@pytest.fixture(autouse=True)
def no_child_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    children, fork = [], os.fork

    def noted() -> int:
        children.append(fork())
        return children[-1]

    monkeypatch.setattr(os, "fork", noted)
    yield
    assert children
    for child in children:
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


def test_results_come_in_their_order_however_many_there_are() -> None:
    def work(send: Send, count: Count) -> None:
        for number in range(50):
            send((number, os.getpid(), "字" * 10_000))
            count(number + 1)

    with beside(work) as second:
        results = second.results(lambda: None)
        assert second.count() == 50
    assert results is not None
    assert [number for number, _, _ in results] == list(range(50))
    assert {process for _, process, _ in results}.isdisjoint({os.getpid()})


def test_it_is_told_how_far_it_has_come_while_it_is_waited_for() -> None:
    def work(send: Send, count: Count) -> None:
        count(7)
        time.sleep(0.2)

    seen = []
    with beside(work) as second:
        second.results(lambda: seen.append(second.count()))
    assert seen[-1] == 7


@pytest.mark.parametrize("how", ["fails", "is killed", "leaves"])
def test_of_a_process_that_does_not_come_to_its_end_there_is_nothing(how: str) -> None:
    def work(send: Send, count: Count) -> None:
        send("half")
        if how == "fails":
            raise ValueError
        if how == "is killed":
            os.kill(os.getpid(), signal.SIGKILL)
        os._exit(1)

    with beside(work) as second:
        assert second.results(lambda: None) is None


def test_who_leaves_early_leaves_no_process() -> None:
    with pytest.raises(KeyboardInterrupt), beside(lambda send, count: time.sleep(60)):
        raise KeyboardInterrupt
