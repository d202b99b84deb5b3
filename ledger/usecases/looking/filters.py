"""What `list` and its kin can be asked for."""

from __future__ import annotations

import datetime as dt

from ledger.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Filters:
    """What `list` and its kin were asked for; empty means everything.

    Several values of one filter widen it (or), different filters narrow each other (and).
    Departments by name or alias; `leader` and `text` are found anywhere in the text, width and
    case aside; both ends of a span of days belong to it. `find` is what somebody types to find
    something, of which every word must fit: `model.search.Sought` says what does.
    """

    dept: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    assist: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    leader: tuple[str, ...] = ()
    nature: tuple[str, ...] = ()
    light: tuple[str, ...] = ()
    due_before: dt.date | None = None
    due_after: dt.date | None = None
    text: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    find: tuple[str, ...] = ()
