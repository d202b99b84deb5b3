"""Cells in which persons and departments stand together, as under 责任领导及部门."""

from __future__ import annotations

import re
from typing import NamedTuple

from ledger.adapters.tables.reading.departments import LABEL, looks_like_department
from ledger.adapters.tables.reading.duty_words import ASSISTING, LEADING

_BETWEEN = re.compile(r"[\s、，,；;/／]+(?![^（(]*[)）])")
_BRACKETED = re.compile(r"(.{2,}?)[（(](.{2,})[)）]")
_ROLE = re.compile(rf"^由|[（(](?:{LEADING}|{ASSISTING})[)）]|(?:{LEADING}|{ASSISTING})$")
_POST = re.compile(
    "[\u4e00-\u9fff]{0,10}(?:长|书记|主任|委员|成员|同志|领导|负责人|经理|总监|专员|干事|总工程师|总会计师"
    "|总经济师|主席|巡视员|调研员)(?:[（(][\u4e00-\u9fff]{2,4}[)）])?"
)
_NAME = re.compile("[\u4e00-\u9fff·某]{2,4}")


class Parted(NamedTuple):
    """A cell's persons, the rest of its text; what of it can be either."""

    persons: str
    departments: str
    unsure: str = ""


def parted(text: str, known: frozenset[str]) -> Parted:
    """The persons of a cell apart from its departments, which keep what says who leads.

    A name of two to four characters is a person's where a department stands in the cell as well.
    """
    if LABEL.search(text):
        return Parted("", text)
    persons: list[str] = []
    departments: list[str] = []
    names: list[str] = []
    for item in _items(text, known):
        plain = _ROLE.sub("", item)
        if looks_like_department(plain, known):
            departments.append(item)
        elif _POST.fullmatch(plain):
            persons.append(plain)
        else:
            names.append(item)
    unsure = "" if departments and all(map(_NAME.fullmatch, names)) else "、".join(names)
    persons = [*persons, *names] if not unsure else persons
    return Parted("、".join(persons), "、".join(departments or []), unsure)


def _items(text: str, known: frozenset[str]) -> list[str]:
    """What stands between separators; of 局长（财务处） both."""
    items = []
    for item in filter(None, _BETWEEN.split(text.strip())):
        inner = _BRACKETED.fullmatch(item)
        apart = inner and not _ROLE.search(item) and _are_different(inner[1], inner[2], known)
        items += [inner[1], inner[2]] if inner and apart else [item]
    return items


def _are_different(one: str, other: str, known: frozenset[str]) -> bool:
    return looks_like_department(one, known) != looks_like_department(other, known)
