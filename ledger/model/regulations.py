"""制度建设: the rules that a task sets out to make or amend, as its indicators or its tag tell.

An indicator with the ledger's word for it (制度) in its name plans as many as its target, and has
issued as many as its actual value; one without a target plans what it has issued. A task without
such an indicator that bears the word as a tag plans one, issued with its closing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from ledger.model.record import dataclass
from ledger.model.task import CLOSED, Indicator

Number = int | float
NEW, AMENDED = "新建", "修订"

_NEW = re.compile("新建|新订|新制[定订]|制[定订]|建立|出台|起草|新增")
_AMENDED = re.compile("修[订改]|完善|修编|更新")
_BOOK = re.compile("《([^《》]+)》")
_IN_BRACKETS = re.compile("[（(][^（）()]*[）)]")
_GENERAL = re.compile(
    "新建|新订|新增|新?制[定订]|修[订改]|完善|建立|健全|出台|起草|印发|发布|形成|计划|相关|有关|各[类项]|局级"
    "|及以上|以上|层面|规章|数量?|个数|项数?|[和与及或、，；的等\\s]"
)


class Planning(Protocol):
    """What is asked of a task."""

    @property
    def title(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def tags(self) -> tuple[str, ...]: ...
    @property
    def indicators(self) -> tuple[Indicator, ...]: ...


@dataclass(frozen=True, slots=True)
class Regulation:
    """What one indicator, or one tag, tells.

    Attributes:
        way: `NEW` or `AMENDED`; empty where the name says neither, or both.
    """

    planned: Number
    issued: Number
    way: str


def regulations_of(task: Planning, word: str) -> tuple[Regulation, ...]:
    """What a task plans and has issued.

    Args:
        word: the ledger's word for a rule (`reports.regulation`); empty counts nothing.
    """
    named = [each for each in task.indicators if word and word in each.name]
    if named:
        return tuple(
            Regulation(
                (each.actual or 0) if each.target is None else each.target,
                each.actual or 0,
                _way(each.name),
            )
            for each in named
        )
    if word and word in task.tags:
        return (Regulation(1, int(task.status == CLOSED), _way(task.title)),)
    return ()


def names_of(marks: Iterable[tuple[str, str]], word: str) -> Iterator[str]:
    """Which rules a task names that it counts: what stands in 《》, else the indicator's own words.

    Args:
        marks: as `Task.marks` has them; tags tell nothing where an indicator does.
        word: as `regulations_of` takes it.
    """
    told = [(mark, text) for mark, text in marks if word and word in mark]
    for mark, text in [each for each in told if each[0] == each[1]] or told:
        books = _BOOK.findall(text)
        bare = _GENERAL.sub("", _IN_BRACKETS.sub("", text)).replace(word, "")
        if books:
            yield from books
        elif mark == text and bare:
            yield _IN_BRACKETS.sub("", text).strip()


def _way(name: str) -> str:
    is_new, is_amended = bool(_NEW.search(name)), bool(_AMENDED.search(name))
    return "" if is_new == is_amended else NEW if is_new else AMENDED
