"""Who is responsible, as one cell says it: departments in order, leading and assisting apart.

Rules: departments are split at line breaks and 、，,；;/ outside brackets; at 及、和、与 and at
spaces only when every part looks like a department. “配合：甲、乙”, “甲（牵头）” and
“甲牵头，乙、丙配合” say who leads and who assists; where somebody is marked as leading, those
without a mark assist. Labels of persons (责任领导：…) are read as well.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from ledger.adapters.tables.reading.fieldnames import FIELD_NAMES, field_of
from ledger.model.record import dataclass

_LABELLED = ("lead", "assist", "leader", "owner")
_LABEL = re.compile(
    "(?<![（(])("
    + "|".join(sorted((n for f in _LABELLED for n in FIELD_NAMES[f]), key=len, reverse=True))
    + r")\s*[:：]"
)
_BRACKETS = "[（(][^（()）]*[)）]"
_CLAUSE = re.compile(f"(?:{_BRACKETS}|[^\n，,；;。])+")
_ITEM = re.compile(f"(?:{_BRACKETS}|[^、/／])+")
_JOINT = re.compile("以及|[及和与]")
_NUMBERING = re.compile(r"^\s*(?:\d+[.．)）]|[（(]\d+[)）])\s*")
_LEADING = "牵头负责|牵头单位|牵头部门|责任单位|主责单位|牵头|主办|主责|负责"
_ASSISTING = "配合单位|配合部门|协办单位|参与单位|配合|协办|协助|参与"
_MARK = re.compile(rf"[（(]\s*(?:({_LEADING})|({_ASSISTING}))\s*(?:[)）]|$)")
_TAIL = re.compile(rf"^由?(.{{2,}}?)(?:({_LEADING})|({_ASSISTING}))$")
_ENDING = re.compile("(?:[司部处室局委办科厅署院所馆站校社队库会组]|中心|公司|部门|单位)$")


@dataclass(frozen=True, slots=True)
class Duty:
    """Departments leading and assisting, in the order of the cell; persons named with labels."""

    lead: tuple[str, ...] = ()
    assist: tuple[str, ...] = ()
    leader: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class _Named:
    name: str
    role: str  # lead, assist, or "" where nothing is said


@lru_cache(maxsize=4096)
def read_duty(text: str, role: str = "lead", known: frozenset[str] = frozenset()) -> Duty:
    """Split a cell; `role` (lead or assist) is its column's, `known` names and aliases help."""
    named: list[_Named] = []
    persons = {"leader": "", "owner": ""}
    for label, segment in _segments(text):
        if label in persons:
            persons[label] = "、".join(_names(segment))
        else:
            items = _read_segment(segment, known)
            named += [_Named(item.name, item.role or label) for item in items]
    rest = "assist" if role == "assist" or any(item.role == "lead" for item in named) else "lead"
    lead = dict.fromkeys(item.name for item in named if (item.role or rest) == "lead")
    assist = dict.fromkeys(item.name for item in named if (item.role or rest) == "assist")
    return Duty(tuple(lead), tuple(name for name in assist if name not in lead), **persons)


def looks_like_department(name: str, known: Collection[str] = ()) -> bool:
    """Whether a name is known, or at least ends as departments do."""
    return name in known or (len(name) >= 2 and _ENDING.search(name) is not None)


def _segments(text: str) -> Iterator[tuple[str, str]]:
    """(role or "", text) of each stretch of the cell, cut at its labels."""
    head, *labelled = _LABEL.split(text)
    yield "", head
    for label, segment in zip(labelled[::2], labelled[1::2], strict=True):
        yield field_of(label) or "", segment


def _names(segment: str) -> Iterator[str]:
    for clause in _CLAUSE.findall(segment):
        yield from (name for item in _ITEM.findall(clause) if (name := item.strip()))


def _read_segment(segment: str, known: frozenset[str]) -> Iterator[_Named]:
    for clause in _CLAUSE.findall(segment):
        unmarked: list[str] = []
        for item in _ITEM.findall(clause):
            names, role, backwards = _read_item(item, known)
            if backwards:
                # “甲、乙配合”: both assist.
                names, unmarked = [*unmarked, *names], []
            if role:
                yield from (_Named(name, "") for name in unmarked)
                yield from (_Named(name, role) for name in names)
                unmarked = []
            else:
                unmarked += names
        yield from (_Named(name, "") for name in unmarked)


def _read_item(item: str, known: frozenset[str]) -> tuple[list[str], str, bool]:
    """Its departments, the role it is marked with, whether the mark reaches to those before."""
    item = _NUMBERING.sub("", item).strip()
    if mark := _MARK.search(item):
        return _split(_MARK.sub("", item), known), _role(mark[1]), False
    if item not in known and (tail := _TAIL.match(item)):
        return _split(tail[1], known), _role(tail[2]), True
    return _split(item, known), "", False


def _role(leading: str | None) -> str:
    return "lead" if leading else "assist"


def _split(item: str, known: frozenset[str]) -> list[str]:
    """Cut at 和 and the like, or at spaces, when all the parts are departments."""
    item = item.strip()
    if not item or item in known:
        return [item] if item else []
    for parts in (item.split(), _JOINT.split(item)):
        names = [part.strip() for part in parts]
        if len(names) > 1 and all(looks_like_department(name, known) for name in names):
            return [name for part in names for name in _split(part, known)]
    return [re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", item)]
