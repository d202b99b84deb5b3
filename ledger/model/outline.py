"""Of a task what rules on the whole ledger ask: so little that ten thousand are soon at hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from ledger.model.problem import Place
from ledger.model.record import dataclass
from ledger.model.task import Evidence, Link, Task

# What a problem of these rules may be about, besides single links and pieces of evidence.
_PLACES: tuple[Place, ...] = (
    ("id",),
    ("status",),
    ("progress",),
    ("closing",),
    ("closing", "decision"),
    ("indicators",),
    ("tags",),
)
_LISTS: tuple[Place, ...] = (("links",), ("evidence",))
_INSIDE = "archive"  # of an entry in them


@dataclass(frozen=True, slots=True)
class Outline:
    """A task in outline, called as `Task` calls it. What it has not, nobody can take from it."""

    id: str
    kind: str
    source: str
    status: str
    meeting: str
    closed_on: dt.date | None
    heard: dt.date | None
    marks: tuple[tuple[str, str], ...]
    links: tuple[Link, ...]
    evidence: tuple[Evidence, ...]


def dumped(task: Task) -> list[Any]:
    """A task's outline as plain data."""
    return [
        task.id,
        task.kind,
        task.source,
        task.status,
        task.meeting,
        task.closed_on and task.closed_on.toordinal(),
        task.heard and task.heard.toordinal(),
        task.marks,
        [(each.rel, each.id) for each in task.links],
        [(each.name, each.path, each.sha256, each.archive) for each in task.evidence],
    ]


def loaded(plain: list[Any]) -> Outline:
    """An outline out of what `dumped` gave."""
    name, kind, source, status, meeting, closed_on, heard, marks, links, evidence = plain
    return Outline(
        name,
        kind,
        source,
        status,
        meeting,
        closed_on and dt.date.fromordinal(closed_on),
        heard and dt.date.fromordinal(heard),
        tuple((mark, text) for mark, text in marks) if marks else (),
        tuple(Link(rel=rel, id=other) for rel, other in links) if links else (),
        tuple(map(_evidence, evidence)) if evidence else (),
    )


def _evidence(plain: list[str]) -> Evidence:
    name, path, sha256, archive = plain
    return Evidence(name=name, path=path, sha256=sha256, archive=archive)


def kept_lines(task: Task, lines: Mapping[Place, int]) -> dict[str, int]:
    """Of the lines of a file those that are kept with its outline; see `line_of`."""
    numbers = (range(len(task.links)), range(len(task.evidence)))
    entries = [(*each, n) for each, some in zip(_LISTS, numbers, strict=True) for n in some]
    inside = (*_LISTS, *entries, *((*each, _INSIDE) for each in entries))
    return {_spelled(place): lines[place] for place in (*_PLACES, *inside) if place in lines}


def line_of(place: Place, kept: Mapping[str, int]) -> int | None:
    """The line of a place, or of the nearest one around it that the file has; 0 for none.

    None where nothing is kept of such places, so that the file itself must be asked.
    """
    listed = place[:1] in _LISTS and place[2:] in ((), (_INSIDE,))
    if place and place not in _PLACES and not listed:
        return None
    while place and _spelled(place) not in kept:
        place = place[:-1]
    return kept[_spelled(place)] if place else 0


def _spelled(place: Place) -> str:
    return "/".join(map(str, place))
