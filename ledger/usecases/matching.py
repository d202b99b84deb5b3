"""Which row of a new table is which task of the ledger, when the table has no numbers to trust."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

_ALIKE = 0.6  # share of common text from which two measures are taken for the same one
_NEAREST = 8  # candidates compared by their text, nearest in the table first
_COMPARED = 300  # characters compared
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row or a task.

    Attributes:
        id: the task's id, or the one the row would have.
        wording: what it is to be recognised by: the measures, and where it stands.
    """

    id: str
    wording: tuple[str, str]


def match(rows: Sequence[Candidate], tasks: Sequence[Candidate]) -> dict[int, str]:
    """Find each row's task.

    First what says exactly the same at the same place, then the same measures, then the same
    number at the same place or with similar measures, last similar measures nearby. Blanks do not
    matter.

    Returns:
        Position of the row → id of its task; rows that are new are left out.
    """
    found: dict[int, str] = {}
    free = {task.id: task for task in tasks}
    for key in (_whole, _measures):
        _match_equal(rows, free, found, key)
    for position, row in enumerate(rows):
        same_number = free.get(row.id)
        if position not in found and same_number and _is_same_place(row, same_number):
            found[position] = free.pop(row.id).id
    order = {task.id: place for place, task in enumerate(tasks)}
    for position, row in enumerate(rows):
        if position not in found and free:
            near = sorted(free.values(), key=lambda task: abs(order[task.id] - position))
            best = next((task for task in near[:_NEAREST] if _alike(row, task)), None)
            if best:
                found[position] = free.pop(best.id).id
    return found


def _match_equal(
    rows: Sequence[Candidate],
    free: dict[str, Candidate],
    found: dict[int, str],
    key: Callable[[Candidate], Hashable],
) -> None:
    """Pair what is equal by a key; among several the one with the same number, then in order."""
    waiting: dict[Hashable, list[str]] = {}
    for task in free.values():
        waiting.setdefault(key(task), []).append(task.id)
    open_rows = [(place, row) for place, row in enumerate(rows) if place not in found]
    for by_number in (True, False):
        for place, row in open_rows:
            ids = waiting.get(key(row), [])
            if place in found or not ids or (by_number and row.id not in ids):
                continue
            chosen = row.id if by_number else ids[0]
            ids.remove(chosen)
            found[place] = free.pop(chosen).id


def _whole(candidate: Candidate) -> Hashable:
    return tuple(_squeezed(text) for text in candidate.wording)


def _measures(candidate: Candidate) -> Hashable:
    return _squeezed(candidate.wording[0])


def _is_same_place(row: Candidate, task: Candidate) -> bool:
    """Whether a row with a task's number stands where the task stood, or says much the same."""
    return _squeezed(row.wording[1]) == _squeezed(task.wording[1]) or _alike(row, task)


def _squeezed(text: str) -> str:
    return _BLANKS.sub("", text)


def _alike(one: Candidate, other: Candidate) -> bool:
    left, right = (_squeezed(each.wording[0])[:_COMPARED] for each in (one, other))
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE
