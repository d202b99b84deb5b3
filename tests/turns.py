"""Each case with one of several others in turn; with all of them by LEDGER_LONG=1."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

LONG = bool(os.environ.get("LEDGER_LONG"))


def turns(names: Iterable[Any], others: Sequence[Any]) -> list[Any]:
    """Parameters `(name, other)`: every name, and every other one where there are names enough."""
    return [
        pytest.param(name, other, id=f"{name}-{other}")
        for number, name in enumerate(names)
        for other in (others if LONG else (others[number % len(others)],))
    ]
