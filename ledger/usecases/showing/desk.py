"""A ledger that is asked by many, for as long as a server runs: opened once, never old.

Each answer is of a state that was looked at after the question had come. What was answered is kept
until anything changes (`adapters/files/watch.py`). Nothing is written but what may be lost at any
time, and not even that where the ledger's folder does not let us.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ledger.adapters.files.watch import Watch, signature
from ledger.adapters.http.exchange import Asked, Reply
from ledger.errors import LedgerError
from ledger.model.paths import CONFIG_FILE
from ledger.usecases.reading.open import Ledger, open_ledger, rested

Make = Callable[[Ledger, dt.date, Asked], Reply]
_Key = tuple[dt.date, str, tuple[tuple[str, tuple[str, ...]], ...]]

_TRIES = 3  # of a page that fails while somebody is writing
_FAILED = 500
_DONE = 200
_MOST_IDLE = 8  # opened ledgers: more than are asked at the same time
_KEPT, _KEPT_BYTES, _LARGE = 2_000, 96_000_000, 16_000_000


class Desk:
    """Where questions about one ledger are answered; any thread may ask."""

    def __init__(self, ledger: Ledger, make: Make, today: Callable[[Ledger], dt.date]) -> None:
        """Args: make: what answers one question, given today; today: which day it is there."""
        self._root, self._make, self._today = ledger.root, make, today
        repo = ledger.repo
        self._watch = Watch(partial(signature, ledger.root, repo.git_dir, repo.own_dir()))
        self._one = threading.Lock()
        self._idle: list[tuple[int, Ledger]] = [(0, ledger)]
        self._replies: dict[_Key, Reply] = {}
        self._making: dict[tuple[int, _Key], threading.Lock] = {}
        self._bytes = 0
        self._state = 0  # of which the replies are

    def question(self, asked: Asked) -> Callable[[], Reply]:
        """What answers a question that has come now; it may be called in any thread.

        Raises:
            LedgerError: when called: there is no such ledger any more, or it cannot be read.
        """
        return partial(self._answered, asked, self._watch.ticket())

    def rest(self) -> None:
        """Nobody asks for now: leave to others what is open, let git's processes end."""
        with self._one:
            idle, self._idle = self._idle, []
        for _, ledger in idle:
            rested(ledger)
        with self._one:
            self._idle += [(0, ledger) for _, ledger in idle]

    def _answered(self, asked: Asked, ticket: int) -> Reply:
        for left in reversed(range(_TRIES)):
            state = self._watch.state(ticket)
            try:
                reply = self._of(state, asked)
            except Exception:
                if not left or self._watch.state() == state:
                    raise
            else:
                if reply.status < _FAILED or not left or self._watch.state() == state:
                    return reply
            ticket = self._watch.ticket()
        raise AssertionError  # the last try returns or raises

    def _of(self, state: int, asked: Asked) -> Reply:
        """The answer of one state, the one that is kept or a new one."""
        ledger = self._taken(state)
        try:
            key = (self._today(ledger), asked.path, tuple(asked.query.items()))
            reply = self._known(state, key) or self._made_once(state, key, ledger, asked)
        except BaseException:
            self._give_back(0, ledger)
            raise
        self._give_back(state, ledger)
        return reply

    def _made_once(self, state: int, key: _Key, ledger: Ledger, asked: Asked) -> Reply:
        """Make an answer; who asks the same meanwhile waits for it."""
        with self._one:
            making = self._making.setdefault((state, key), threading.Lock())
        with making:
            try:
                if reply := self._known(state, key):
                    return reply
                reply = self._make(ledger, key[0], asked)
                self._keep(state, key, reply)
                return reply
            finally:
                with self._one:
                    self._making.pop((state, key), None)

    def _taken(self, state: int) -> Ledger:
        """A ledger that nobody else asks meanwhile, opened anew where anything has changed."""
        with self._one:
            of, ledger = self._idle.pop() if self._idle else (-1, None)
        if ledger is not None and of == state:
            return ledger
        if ledger is not None:
            rested(ledger)
        try:
            now = _opened(self._root)
        except BaseException:
            if ledger is not None:
                self._give_back(0, ledger)
            raise
        return ledger if ledger is not None and ledger.repo == now.repo else now

    def _give_back(self, state: int, ledger: Ledger) -> None:
        ledger.index.pause()
        with self._one:
            if len(self._idle) < _MOST_IDLE:
                self._idle.append((state, ledger))
                return
        rested(ledger)

    def _known(self, state: int, key: _Key) -> Reply | None:
        with self._one:
            return self._replies.get(key) if state == self._state else None

    def _keep(self, state: int, key: _Key, reply: Reply) -> None:
        if reply.status != _DONE or len(reply.body) > _LARGE:
            return
        with self._one:
            if state > self._state:
                self._state, self._bytes = state, 0
                self._replies.clear()
            if state < self._state or key in self._replies:
                return
            self._replies[key] = reply
            self._bytes += len(reply.body)
            while self._bytes > _KEPT_BYTES or len(self._replies) > _KEPT:
                self._bytes -= len(self._replies.pop(next(iter(self._replies))).body)


def _opened(root: Path) -> Ledger:
    """The ledger of a folder, and of none above it.

    Raises:
        LedgerError: there is none now.
    """
    ledger = open_ledger(root)
    if ledger.root != root:
        raise LedgerError(
            f"文件夹 {root} 里现在没有 {CONFIG_FILE}", hint="放回以后这个网页就能看，不用重新启动"
        )
    return ledger
