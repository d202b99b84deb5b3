"""What is longer than a terminal's screen is read in a pager, as git has it.

That is LEDGER_PAGER, PAGER, or `less` where there is one. No process is started before the screen
is full. A pipe gets what it always got, and loads nothing of this.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from ledger.cli.commands import VERBS
from ledger.cli.root import PLAIN
from ledger.cli.session import remark
from ledger.errors import reason

if TYPE_CHECKING:
    from ledger.adapters.pager import Pages

_HELP = ("--help", "-h")
_VALUED = ("-C", "--today")  # global options with their value in the next word
_PREVIEW = "--dry-run"  # what is said below it is said, however far somebody reads
_RECORDS = "--record"  # who reads to the end or not must not decide on what is written down


@contextmanager
def paged(words: Sequence[str]) -> Iterator[None]:
    """What a command writes to stdout, a screen at a time where it is one that is read.

    Args:
        words: the command line, global options first.
    """
    if _is_dumb() or not _is_read(words):
        yield
        return
    from ledger.view.screen import size

    terminal = sys.stdout
    sys.stdout = pages = Paged(terminal, size()[1], goes_on=_PREVIEW in words)
    try:
        yield
        pages.flush()
    finally:
        pages.end()
        sys.stdout = terminal
        remark(pages.lack)


def _is_dumb() -> bool:
    """Whether a pager could do nothing with the terminal; Windows says nothing of its own."""
    return os.environ.get("TERM", "" if os.name == "nt" else "dumb") == "dumb"


def _is_read(words: Sequence[str]) -> bool:
    """Whether nothing comes of a command but what it prints, such as of a preview."""
    waiting = list(words)
    while waiting and waiting[0].startswith("-"):
        word = waiting.pop(0)
        if word == PLAIN:
            return False
        if word in _HELP:
            return True
        del waiting[: word in _VALUED]
    if not waiting or any(word in _HELP for word in waiting):
        return True
    verb = VERBS.get(waiting[0])
    return bool(verb and (verb.read or _PREVIEW in waiting)) and _RECORDS not in waiting


class Paged(io.TextIOBase):
    """A terminal, behind a pager as soon as its screen is full.

    Args:
        lines: of the screen.
        goes_on: whether somebody who has seen enough is no reason to break off.

    Attributes:
        lack: why there is no pager where somebody wants one.
    """

    def __init__(self, terminal: TextIO, lines: int, goes_on: bool = False) -> None:
        super().__init__()
        self._terminal, self._lines, self._goes_on = terminal, lines, goes_on
        self._held: list[str] | None = []  # until it is more than the screen takes
        self._pages: Pages | None = None
        self._is_enough = False
        self.lack = ""

    def write(self, text: str) -> int:
        """Show a text, or hold it until there is more."""
        if self._pages is not None:
            self._hand_on(text)
        elif self._held is None:
            self._terminal.write(text)
        else:
            self._held.append(text)
            if sum(each.count("\n") for each in self._held) >= self._lines:
                self._begin()
        return len(text)

    def flush(self) -> None:
        """Have all that was written seen before anything else is: what follows is not paged."""
        if self._held or self._pages is not None:
            self.end()
        self._terminal.flush()

    def end(self) -> None:
        """Show what is held; wait for who is reading."""
        held, self._held = self._held, None
        self._terminal.write("".join(held or ()))
        reading, self._pages = self._pages, None
        if reading is not None:
            reading.end()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The terminal's own."""
        return self._terminal.encoding

    def isatty(self) -> bool:
        """It is one."""
        return True

    def fileno(self) -> int:
        """The terminal's own."""
        return self._terminal.fileno()

    def _begin(self) -> None:
        """Begin to page, where somebody wants that."""
        from ledger.adapters import pager

        chosen = pager.pager(os.environ)
        self.lack = chosen.lack
        if chosen.words:
            try:
                self._pages = pager.Pages(chosen, self.encoding)
            except OSError as error:
                self.lack = f"分页程序“{chosen.words[0]}”运行不了（{reason(error)}），没有分页"
        if self._pages is None:
            self.end()
            return
        keys = f"{chosen.keys}\n" if chosen.keys else ""
        held, self._held = "".join((keys, *(self._held or ()))), None
        self._hand_on(held)

    def _hand_on(self, text: str) -> None:
        if self._pages is None or self._is_enough:
            return
        try:
            self._pages.write(self._encoded(text))
        except BrokenPipeError:
            if not self._goes_on:
                raise
            self._is_enough = True

    def _encoded(self, text: str) -> bytes:
        return text.encode(self.encoding, errors="backslashreplace")
