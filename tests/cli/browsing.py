"""A screen without a terminal: keys are pressed, and what is on it is read as text."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

from textual import events
from textual.pilot import Pilot

from ledger.cli.browsing import outlook_of
from ledger.cli.session import Session
from ledger.view.browse.app import Browse
from ledger.view.browse.outlook import Outlook

TODAY = dt.date(2017, 6, 1)
_TRIES, _PAUSE = 6000, 0.01  # a minute
_CALM = 20  # turns of the loop in which nothing comes, until nothing more is expected


class Eyes:
    """Somebody at the screen."""

    def __init__(self, app: Browse, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Have a text come in one go, as input methods and terminals that paste give it."""
        focused = self.app.focused
        assert focused is not None
        focused.post_message(events.Paste(text))
        await self.pilot.pause()

    async def resize(self, columns: int, rows: int) -> None:
        """Have the terminal's window drawn larger or smaller; Textual waits a moment before it."""
        await self.pilot.resize_terminal(columns, rows)
        await self.until(lambda: self.app.screen._compositor.size == (columns, rows))
        await self.pilot.pause()

    @property
    def lines(self) -> list[str]:
        """What is on the screen."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(part.text for part in strip).rstrip() for strip in strips]

    @property
    def text(self) -> str:
        """The same, broken words joined."""
        return "\n".join(self.lines)

    @property
    def turned(self) -> str:
        """What stands there in the colours of the background on those of the text."""
        strips = self.app.screen._compositor.render_strips()
        parts = (part for strip in strips for part in strip if part.style and part.style.reverse)
        return "".join(part.text for part in parts)

    @property
    def ids(self) -> list[str]:
        """The tasks of the list."""
        return [task.id for task in self.app._list.tasks]

    async def until(self, is_so: Callable[[], Any]) -> None:
        """Wait."""
        for _ in range(_TRIES):
            if is_so():
                return
            await self.pilot.pause(_PAUSE)
        raise AssertionError(self.text)

    async def sees(self, *texts: str) -> None:
        """Wait until texts are there, wherever lines break."""

        def is_so() -> bool:
            seen = "".join("".join(line.split()) for line in self.lines).replace("│", "")
            return all("".join(text.split()) in seen for text in texts)

        await self.until(is_so)


Script = Callable[[Eyes], Awaitable[None]]


def outlook(
    folder: Path, today: dt.date = TODAY, *departments: str, at: str | None = None
) -> Outlook:
    """A ledger of which everything was asked once."""
    made = outlook_of(Session(folder, today), departments, at)
    made.ask()
    return made


def watched(what: Outlook, script: Script, size: tuple[int, int] = (80, 24)) -> Browse:
    """Have somebody do something at a screen.

    Raises:
        Exception: what the screen itself came upon.
    """
    app = Browse(what)

    async def idle(*_: float) -> None:
        await _all_is_dealt_with(app)

    async def watch() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await script(Eyes(app, pilot))

    # Textual itself goes by the processor's clock, two fiftieths of a second and more a key.
    with (
        patch("textual.app.wait_for_idle", idle),
        patch("textual.pilot.wait_for_idle", idle),
        ThreadPoolExecutor(1) as thread,  # a browser of other tests has a loop in this one
    ):
        thread.submit(lambda: asyncio.run(watch())).result()
    return app


async def _all_is_dealt_with(app: Browse) -> None:
    """Wait until no part of the screen has a message before it."""
    calm = 0
    while calm < _CALM and app.is_running:
        await asyncio.sleep(0)
        parts = [app, *(each for screen in app.screen_stack for each in screen.walk_children())]
        parts += app.screen_stack
        calm = 0 if any(part.message_queue_size for part in parts) else calm + 1
