"""How far long work has come: a bar on a terminal's stderr, nothing anywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from ledger.model.telling import Tell, silent

_PAUSE = 0.1  # seconds between two drawings
_PATIENCE = 1.0  # seconds before a bar is drawn


def after_a_second(label: str) -> Tell:
    """A bar for work that may be over at once: it is drawn when that has taken a second.

    Args:
        label: Chinese, what is being done.

    Returns:
        What is to be told how much is done, of how much; it takes the bar away when all is.
    """
    since = time.monotonic()
    bars: list[ExitStack] = []
    shown: list[Tell] = []

    def tell(done: int, total: int) -> None:
        if not shown and done < total and time.monotonic() - since > _PATIENCE:
            bars.append(ExitStack())
            shown.append(bars[0].enter_context(progress(label)))
        for show in shown:
            show(done, total)
        if done >= total and bars:
            bars.pop().close()
            shown.clear()

    return tell


@contextmanager
def progress(label: str) -> Iterator[Tell]:
    """A bar that is there while the work lasts.

    Args:
        label: Chinese, what is being done.

    Yields:
        To be told how much is done, of how much (0 while that is not known).
    """
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    drawn = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal drawn
        is_time = time.monotonic() - drawn >= _PAUSE
        bar.update(work, completed=done, total=total or None, refresh=is_time)
        drawn = time.monotonic() if is_time else drawn

    # Drawn when there is something to tell, by no thread: who has threads may not fork.
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as bar:
        work = bar.add_task(label, total=None)
        bar.refresh()
        yield tell
