"""How far long work has come: a bar on a terminal's stderr, nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ledger.adapters.tables.grid import Tell, silent


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
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        work = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(work, completed=done, total=total or None)
