"""Two people at once: the three-way merge of one file's data, in the ledger's terms.

Everything here is plain data as files say it (mappings, lists, texts). The same two sides give the
same data in either order, and merging the result with either side again changes nothing.
"""

from __future__ import annotations

import heapq
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any, Generic, TypeVar

from ledger.model.case import presented
from ledger.model.decode import compact
from ledger.model.record import dataclass, field
from ledger.model.task import APPLIED, CLOSED, IN_PROGRESS, LOGS, NOT_STARTED, REVIEWED
from ledger.model.transition import NEEDED

OURS, THEIRS = "ours", "theirs"

_SETS = frozenset(
    {"evidence", "links", "tags", "aliases", "holidays", "workdays", "reviewers", "labels"}
)
_KEYED = {"indicators": "name", "items": "task", "departments": "name"}
_WHOLE = frozenset({"due", "applied", "reviewed", "votes", "quorum", "approval"})  # make one sense
_PROCEDURE = ("status", "closing")
_WAY = (NOT_STARTED, IN_PROGRESS, APPLIED, REVIEWED, CLOSED)  # the way to 销号; further is later

Step = tuple[str, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value that both sides changed, each in its own way; None where a side has none.

    Attributes:
        place: keys from the file's root; a list of records is entered by its records' names; empty
            for a file that one side deleted.
    """

    place: Step
    base: Any
    ours: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class Held:
    """A step towards an end that was not carried, because the other side speaks against it.

    Attributes:
        kept, lost: `status` and `closing` that stay, and those that were left behind.
        side: whose step it was, `OURS` or `THEIRS`.
    """

    kept: Mapping[str, Any]
    lost: Mapping[str, Any]
    side: str


@dataclass(frozen=True, slots=True)
class Reconciled(Generic[T]):
    """The merge of one file: of its data, or of its text.

    Attributes:
        data: the result, data without what is empty; None for a file that is to be gone. Where
            there is a conflict our value stands, so it is none before every conflict is decided.
        conflicts: what somebody has to decide.
        held: what was decided by the rule that open beats closed.
        used: which of the given choices were needed.
    """

    data: T | None
    conflicts: tuple[Conflict, ...] = ()
    held: tuple[Held, ...] = ()
    used: frozenset[str] = frozenset()


def spelled(place: Step) -> str:
    """A place as choices name it: `closing.applied`."""
    return ".".join(place)


def reconcile(
    base: Mapping[str, Any] | None,
    ours: Mapping[str, Any] | None,
    theirs: Mapping[str, Any] | None,
    choices: Mapping[str, str] | None = None,
) -> Reconciled[Mapping[str, Any]]:
    """Merge what two sides made of one file.

    Logs have every entry of both; evidence, links and tags are merged entry by entry; a record's
    single values go to the side that changed them. A closing is carried only where the other side
    left alone what the meeting saw: open beats closed.

    Args:
        base: what both began with; None where the file was not there, as for the other two.
        choices: `spelled` place → `OURS` or `THEIRS`, for what was in conflict the last time; the
            empty one for every conflict that has none of its own.
    """
    merge = _Merge(dict(choices or {}))
    data = merge.file(
        *(None if each is None else compact(dict(each)) for each in (base, ours, theirs))
    )
    return Reconciled(data, tuple(merge.conflicts), tuple(merge.held), frozenset(merge.used))


@dataclass(slots=True)
class _Merge:
    """One file's merge under way: what was chosen, what is found."""

    choices: dict[str, str]
    conflicts: list[Conflict] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def file(self, base: Any, ours: Any, theirs: Any) -> Any:
        if ours is not None and theirs is not None:
            return self.fields((), base or {}, ours, theirs)
        if ours == theirs or base is None:
            return ours or theirs
        if base == (ours or theirs):
            return None
        return self.decide((), base, ours, theirs)

    def fields(self, place: Step, base: Any, ours: Any, theirs: Any) -> dict[str, Any]:
        """A record, key by key."""
        merged: dict[str, Any] = {}
        keys = list(dict.fromkeys([*ours, *theirs]))
        if not place and "status" in keys:
            merged = self.procedure(base, ours, theirs)
            keys = [key for key in keys if key not in _PROCEDURE]
        for key in keys:
            sides = (each.get(key) for each in (base, ours, theirs))
            merged[key] = self.value((*place, key), *sides)
        kept: dict[str, Any] = compact(merged)
        return kept

    def value(self, place: Step, base: Any, ours: Any, theirs: Any) -> Any:
        """What stands at one key."""
        name = place[-1]
        if ours == theirs or self.chosen(place):
            return self.decide(place, base, ours, theirs)
        lists = [[] if each is None else each for each in (base, ours, theirs)]
        if all(isinstance(each, list) for each in lists):
            if name in _KEYED and all(_is_keyed(each, _KEYED[name]) for each in lists):
                return self.records(place, _KEYED[name], *lists)
            if name in LOGS or name in _SETS:
                merged = _entries(*lists, only_grows=name in LOGS)
                return self.decide(place, base, ours, theirs) if merged is None else merged
        if base in (ours, theirs):
            return theirs if base == ours else ours
        if isinstance(ours, dict) and isinstance(theirs, dict) and name not in _WHOLE:
            return self.fields(place, base if isinstance(base, dict) else {}, ours, theirs)
        return self.decide(place, base, ours, theirs)

    def records(self, place: Step, key: str, *sides: list[Any]) -> list[Any]:
        """A list of named records, record by record."""
        base, ours, theirs = ({each[key]: each for each in side} for side in sides)
        merged = {}
        for name in {**ours, **theirs}:
            at = (*place, name)
            record = self.record(at, base.get(name), ours.get(name), theirs.get(name))
            if record is not None:
                merged[name] = record
        names = [[each[key] for each in side if each[key] in merged] for side in sides]
        if names[0] in names[1:]:  # only one side changed the order
            names = names[2:] if names[0] == names[1] else names[1:2]
        order = _in_order(names, Counter(merged.keys())) or sorted(merged)
        return [merged[name] for name in order]

    def record(self, place: Step, base: Any, ours: Any, theirs: Any) -> Any:
        if ours == theirs or self.chosen(place):
            return self.decide(place, base, ours, theirs)
        if base in (ours, theirs):
            return theirs if base == ours else ours
        if ours is None or theirs is None:
            return self.decide(place, base, ours, theirs)
        return self.fields(place, base or {}, ours, theirs)

    def procedure(self, base: Any, ours: Any, theirs: Any) -> dict[str, Any]:
        """Status and closing, which make one sense."""
        was, mine, other = (
            {key: each.get(key) for key in _PROCEDURE} for each in (base, ours, theirs)
        )
        if mine == other or self.chosen(("status",)):
            return mine if self.chosen(("status",)) != THEIRS else other
        if was in (mine, other):
            side = OURS if was == other else THEIRS
            moved, waits = (mine, theirs) if side == OURS else (other, ours)
            if (
                moved["status"] in NEEDED
                and moved["status"] != was["status"]
                and presented(base) != presented(waits)
            ):
                return self.hold(was, moved, side)
            return moved
        if mine["status"] == other["status"]:
            closings = (each["closing"] for each in (was, mine, other))
            return {"status": mine["status"], "closing": self.value(("closing",), *closings)}
        statuses = tuple(each["status"] for each in (was, mine, other))
        if _rank(ours) == _rank(theirs) or {*statuses[1:]} <= NEEDED.keys():  # two different ends
            return mine if self.decide(("status",), *statuses) == mine["status"] else other
        return self.furthest(base, ours, theirs)

    def furthest(self, base: Any, ours: Any, theirs: Any) -> dict[str, Any]:
        """Both moved, to different places: the further one if it only goes on from the nearer."""
        side = OURS if _rank(ours) > _rank(theirs) else THEIRS
        far, near = (ours, theirs) if side == OURS else (theirs, ours)
        gone, stays = ({key: each.get(key) for key in _PROCEDURE} for each in (far, near))
        on_the_way = {far["status"], near["status"]} <= set(_WAY) and _rank(near) >= _rank(base)
        closing = gone["closing"] or {}
        begun = (base.get("closing") or {}).items()
        same_case = all(
            closing.get(key) == value or (key, value) in begun
            for key, value in (stays["closing"] or {}).items()
        )
        seen = far["status"] not in NEEDED or presented(base) == presented(near)
        return gone if on_the_way and same_case and seen else self.hold(stays, gone, side)

    def hold(self, kept: dict[str, Any], lost: dict[str, Any], side: str) -> dict[str, Any]:
        self.held.append(Held(compact(kept), compact(lost), side))
        return kept

    def chosen(self, place: Step) -> str:
        """The side that was chosen for a place, empty for none."""
        side = self.choices.get(spelled(place), "")
        if side:
            self.used.add(spelled(place))
        return side

    def decide(self, place: Step, base: Any, ours: Any, theirs: Any) -> Any:
        """The value both have, or the chosen one; else our own, and a conflict."""
        if ours == theirs:
            return ours
        side = self.chosen(place) or self.chosen(())
        if not side:
            self.conflicts.append(Conflict(place, base, ours, theirs))
        return theirs if side == THEIRS else ours


def _rank(data: Mapping[str, Any]) -> int:
    """How far a status is; what only a meeting can give is furthest."""
    status = data.get("status")
    return _WAY.index(status) if status in _WAY else -1 if status is None else len(_WAY)


def _is_keyed(items: Sequence[Any], key: str) -> bool:
    names = [each.get(key) if isinstance(each, dict) else None for each in items]
    return all(isinstance(name, str) for name in names) and len(set(names)) == len(names)


# -- lists whose entries stand for themselves ---------------------------------------------------


def _entries(
    base: list[Any], ours: list[Any], theirs: list[Any], *, only_grows: bool
) -> list[Any] | None:
    """Two lists merged entry by entry; None when they disagree on the order."""
    sides = [[_canonical(each) for each in side] for side in (base, ours, theirs)]
    if not only_grows and sides[0] in sides[1:]:
        return theirs if sides[0] == sides[1] else ours
    was, mine, other = (Counter(side) for side in sides)
    count = Counter(
        {
            entry: max(mine[entry], other[entry])
            if only_grows
            else _three_way(was[entry], mine[entry], other[entry])
            for entry in {**mine, **other}
        }
    )
    order = _in_order(sides, count)
    written = {_canonical(each): each for side in (theirs, ours, base) for each in side}
    return None if order is None else [written[entry] for entry in order]


def _three_way(was: int, mine: int, other: int) -> int:
    """How often an entry is there; added beats removed."""
    if was in (mine, other):
        return other if was == mine else mine
    return min(mine, other) if max(mine, other) < was else max(mine, other)


def _in_order(
    sides: Sequence[Sequence[str]], count: Counter[str] | Mapping[str, int]
) -> list[str] | None:
    """Entries in an order that every side agrees with, the older ones first; None without one."""
    left = {(entry, n) for entry, times in count.items() for n in range(times)}
    sorter = TopologicalSorter(dict.fromkeys(left, ()))
    for side in sides:
        for one, next_one in pairwise(node for node in _numbered(side) if node in left):
            sorter.add(next_one, one)
    try:
        sorter.prepare()
    except CycleError:
        return None
    ready: list[tuple[str, tuple[str, int]]] = []
    ordered = []
    while sorter.is_active():
        for node in sorter.get_ready():
            heapq.heappush(ready, (_age(node), node))
        _, first = heapq.heappop(ready)
        ordered.append(first[0])
        sorter.done(first)
    return ordered


def _numbered(entries: Iterable[str]) -> list[tuple[str, int]]:
    """Each entry with how often it was there before."""
    seen: Counter[str] = Counter()
    numbered = []
    for entry in entries:
        numbered.append((entry, seen[entry]))
        seen[entry] += 1
    return numbered


def _age(node: tuple[str, int]) -> str:
    """The day of an entry, by which those sort that nobody has put in order."""
    try:
        entry = json.loads(node[0])
    except ValueError:
        return ""
    date = entry.get("date") if isinstance(entry, dict) else None
    return date if isinstance(date, str) else ""


def _canonical(entry: Any) -> str:
    return json.dumps(entry, ensure_ascii=False, sort_keys=True)
