"""Ctrl-C: it ends a command that has not done what it was to do, and comes too late for another.

It never cuts a write in two: while one lasts it waits.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from ledger.model.record import dataclass, field

Handler = Callable[[int, FrameType | None], None]


@dataclass(slots=True)
class Course:
    """How far a command has come.

    Attributes:
        steps: what it has done for good (Chinese), whatever ends it now.
        is_over: whether that is all it was to do, so that only saying so is left.
    """

    steps: list[str] = field(default_factory=list)
    is_over: bool = False

    def did(self, step: str, last: bool) -> None:
        """Something is done for good; the last thing makes it too late for Ctrl-C."""
        self.steps.append(step)
        self.is_over = self.is_over or last

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Have Ctrl-C end the body, as long as it is not too late."""

        def end(number: int, frame: FrameType | None) -> None:
            if not self.is_over:
                raise KeyboardInterrupt

        with _handled(end):
            yield

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Have Ctrl-C wait until the body has come to its end, or failed.

        Git is interrupted by the same key, so that a long hook does not keep anybody waiting; what
        it has done by then counts.

        Raises:
            KeyboardInterrupt: afterwards, when it was pressed and it is not too late.
        """
        pressed: list[int] = []
        with _handled(lambda number, frame: pressed.append(number)):
            try:
                yield
            except Exception:
                if pressed:
                    raise KeyboardInterrupt from None
                raise
        if pressed and not self.is_over:
            raise KeyboardInterrupt


@contextmanager
def _handled(handler: Handler) -> Iterator[None]:
    """Handle SIGINT, where that is anybody's business: not in a thread, nor where it is ignored."""
    before = signal.getsignal(signal.SIGINT)
    ours = callable(before)
    if ours:
        try:
            signal.signal(signal.SIGINT, handler)
        except ValueError:  # in a thread
            ours = False
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGINT, before)
