"""Who waits for long work is told how far it has come."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[int, int], None]
"""Told while work lasts: how many rows, pages or files so far, of how many (0: not known)."""


def silent(done: int, total: int) -> None:
    """The `Tell` of those who do not want to know."""
