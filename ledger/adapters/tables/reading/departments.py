"""Who is responsible, as one cell says it: departments in order, leading and assisting apart.

Rules: departments are split at line breaks and 、，,；;/ outside brackets; at 及、和、与 and at
spaces only when every part looks like a department. “配合：甲、乙”, “甲（牵头）” and
“甲牵头，乙、丙配合” say who leads and who assists; where somebody is marked as leading, those
without a mark assist. Labels of persons (责任领导：…) are read as well.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache

from ledger.adapters.tables.reading.duty_words import (
    ASSISTING,
    FIRST_LEADS_HERE,
    LEADING,
    bare,
    parts_of,
    plain,
    together,
)
from ledger.adapters.tables.reading.fieldnames import FIELD_NAMES, field_of
from ledger.model.record import dataclass, replace

_LABELLED = ("lead", "assist", "leader", "owner")
LABEL = re.compile(
    "(?<![（(])("
    + "|".join(sorted((n for f in _LABELLED for n in FIELD_NAMES[f]), key=len, reverse=True))
    + r")\s*[:：]"
)
_LEADS = re.compile("牵头|主办|主责")
_BRACKETS = "[（(][^（()）]*[)）]"
_CLAUSE = re.compile(f"(?:{_BRACKETS}|[^\n，,；;。])+")
_ITEM = re.compile(f"(?:{_BRACKETS}|[^、/／])+")
_JOINT = re.compile("以及|[及和与]")
_NUMBERING = re.compile(r"^\s*(?:\d+[.．)）]|[（(]\d+[)）])\s*")
_MARK = re.compile(rf"[（(]\s*(?:({LEADING})|({ASSISTING}))\s*(?:[)）]|$)")
_TAIL = re.compile(rf"^由?(.{{2,}}?)(?:作为|为(?!主)|是)?(?:({LEADING})|({ASSISTING}))$")
_INNER = re.compile(rf"^(.{{2,}}?)[（(]([^（()）]*(?:{LEADING}|{ASSISTING}|会同[^（()）]+))[)）]$")
_ENDING = re.compile("(?:[司部处室局委办科厅署院所馆站校社队库会组]|中心|公司|部门|单位)$")
_BODY = re.compile(
    "^[\u4e00-\u9fff（）()A-Za-z0-9]*(?:[镇乡县区市村所厂矿行联团司]|街道|集团|工会|妇联|纪委|党委|支部|学院|"
    "大学|中学|小学|银行|[大支总中]队|办事处|机构|股|企业)$"
)


@dataclass(frozen=True, slots=True)
class Duty:
    """Departments leading and assisting, in the order of the cell; persons named with labels.

    `doubts` says in Chinese what was guessed.
    """

    lead: tuple[str, ...] = ()
    assist: tuple[str, ...] = ()
    leader: str = ""
    owner: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Named:
    name: str
    role: str  # lead, assist, or "" where nothing is said


@lru_cache(maxsize=4096)
def read_duty(text: str, role: str = "lead", known: frozenset[str] = frozenset()) -> Duty:
    """Split a cell; `role` (lead or assist) is its column's, `known` names and aliases help."""
    named: list[_Named] = []
    persons: dict[str, list[str]] = {"leader": [], "owner": []}
    doubts: list[str] = []
    without = FIRST_LEADS_HERE.sub("", text)
    for label, segment in _beside_lead(_segments(without), doubts):
        if label in persons:
            persons[label] = list(_names(segment))
            continue
        whole, guessed = plain(segment, lambda name: looks_like_department(name, known))
        doubts += guessed
        for item in _read_segment(whole, known):
            name, person, guesses = bare(item.name, lambda name: looks_like_department(name, known))
            doubts += guesses
            persons["owner"] += [person] if person else []
            for each in _run_together(_closed_up(name), known, doubts) if name else []:
                named.append(_Named(each, item.role or label))
    if without != text and not any(item.role for item in named):
        named = [replace(item, role="assist" if at else "lead") for at, item in enumerate(named)]
    rest = "assist" if role == "assist" or any(item.role == "lead" for item in named) else "lead"
    lead = dict.fromkeys(item.name for item in named if (item.role or rest) == "lead")
    assist = dict.fromkeys(item.name for item in named if (item.role or rest) == "assist")
    return Duty(
        tuple(lead),
        tuple(name for name in assist if name not in lead),
        "、".join(persons["leader"]),
        "、".join(persons["owner"]),
        tuple(dict.fromkeys(doubts)),
    )


def near(name: str, known: Collection[str]) -> tuple[str, ...]:
    """The known names that a new one may be meant for: 人事 for 人事处, 局办公室 for 办公室."""
    return tuple(
        other
        for other in known
        if other != name and (_is_within(name, other) or (len(other) > 1 and other in name))
    )[:3]


def _is_within(name: str, other: str) -> bool:
    """Whether all characters of a name come in this order in another one."""
    rest = iter(other)
    return all(char in rest for char in name)


def _run_together(name: str, known: frozenset[str], doubts: list[str]) -> list[str]:
    """Names written one after another without anything between them."""
    if not known or name in known:
        return [name]
    names = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    if not re.fullmatch(f"(?:{names}){{2,}}", name):
        return [name]
    parts: list[str] = re.findall(names, name)
    doubts.append(f"“{name}”连写在一起，读作“{'、'.join(parts)}”")
    return parts


def looks_like_department(name: str, known: Collection[str] = ()) -> bool:
    """Whether a name is known, or at least ends as departments do."""
    return name in known or (len(name) >= 2 and _ENDING.search(name) is not None)


def may_be_department(name: str) -> bool:
    """Whether a name can be a department's, or that of a place or a body which has duties."""
    return looks_like_department(name) or _BODY.search(name) is not None


def _segments(text: str) -> Iterator[tuple[str, str]]:
    """(label or "", text) of each stretch of the cell, cut at its labels."""
    head, *labelled = LABEL.split(text)
    yield "", head
    yield from zip(labelled[::2], labelled[1::2], strict=True)


def _beside_lead(
    segments: Iterable[tuple[str, str]], doubts: list[str]
) -> Iterator[tuple[str, str]]:
    """Stretches with their roles; 责任单位 behind 牵头单位 take part in the work."""
    leading = False
    for label, segment in segments:
        role = field_of(label) or ""
        if role == "lead" and leading and not _LEADS.match(label):
            doubts.append(f"“{label}”在牵头单位后面，当作配合单位")
            role = "assist"
        leading = leading or (role == "lead" and bool(_LEADS.match(label)))
        yield role, segment


def _names(segment: str) -> Iterator[str]:
    for clause in _CLAUSE.findall(segment):
        yield from (name for item in _ITEM.findall(clause) if (name := item.strip()))


def _read_segment(segment: str, known: frozenset[str]) -> Iterator[_Named]:
    for clause in _CLAUSE.findall(segment):
        unmarked: list[str] = []
        for item, joined in _with_joined(_ITEM.findall(clause), known):
            names, role, backwards = _read_item(item, known)
            if joined:
                role, backwards = role or "assist", False
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


def _with_joined(items: Sequence[str], known: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """The items, each with whether it joins one before: 办公室会同人事处, 办公室（人事处配合）."""
    joining = False
    for item in items:
        inner = None if item in known else _INNER.match(item.strip())
        if inner and not _MARK.search(item):
            yield inner[1], False
            yield from ((each, True) for each in _ITEM.findall(inner[2].removeprefix("会同")))
            continue
        pair = None
        if item not in known:
            pair = together(item, lambda name: looks_like_department(name, known))
        if pair is None:
            yield item, joining
            continue
        if pair[0]:
            yield pair[0], False
        yield pair[1], True
        joining = True


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
    joints = parts_of(item, lambda name: looks_like_department(name, known))
    for parts in (item.split(), _JOINT.split(item), joints):
        names = [part.strip() for part in parts]
        if len(names) > 1 and all(looks_like_department(name, known) for name in names):
            return [name for part in names for name in _split(part, known)]
    first = item.split()[0]
    if first != item and looks_like_department(first, known):
        return [item]  # 办公室 张三: what stands behind is no part of the name
    return [_closed_up(item)]


def _closed_up(name: str) -> str:
    return re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", name)
