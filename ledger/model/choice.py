"""A word that must be one of those that are known: itself, or an error that names the nearest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ledger.errors import UsageError
from ledger.model.paths import CONFIG_FILE

if TYPE_CHECKING:
    from ledger.model.snapshot import Snapshot


def one_of(value: str, known: Sequence[str], called: str) -> str:
    """The value itself when it is known.

    Raises:
        UsageError: otherwise, with the nearest known value.
    """
    if value in known:
        return value
    hint = "".join(f"是否应为“{close}”？" for close in nearest(value, known))
    listed = f"可用的有：{'、'.join(known)}" if known else f"台账里还没有{called}"
    raise UsageError(f"没有{called}“{value}”", hint=hint + listed)


def nearest(value: str, known: Iterable[str], most: int = 1, cutoff: float = 0.6) -> list[str]:
    """The known values that are written much like one."""
    from difflib import get_close_matches

    return get_close_matches(value, list(known), n=most, cutoff=cutoff)


def department(snapshot: Snapshot, name: str) -> str:
    """A department's canonical name; one that only task files know stands for itself.

    Raises:
        UsageError: nobody knows it, with the nearest names.
    """

    def in_files() -> set[str]:
        records = (entry.record for entry in snapshot.tasks)
        return {each for task in records for each in (*task.lead, *task.assist)}

    return known_department(name, snapshot.departments, in_files)


def known_department(
    name: str, canonical: Mapping[str, str], in_files: Callable[[], Collection[str]]
) -> str:
    """As `department`.

    Args:
        canonical: every listed name and alias → its canonical name.
        in_files: gives the names that task files have.

    Raises:
        UsageError: nobody knows it, with the nearest names.
    """
    if name in canonical:
        return canonical[name]
    others = in_files()
    if name in others:
        return name
    known = list(dict.fromkeys((*canonical, *sorted(others))))
    close = nearest(name, known, most=3, cutoff=0.4) or [
        each for each in known if name.strip() and (name in each or each in name)
    ]
    hint = f"是否应为“{'”或“'.join(close[:3])}”？" if close else f"部门名单见 {CONFIG_FILE}"
    raise UsageError(f"没有部门“{name}”", hint=hint)
