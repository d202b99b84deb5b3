"""What an address asks a list for: filters by the names of the command's options, order, page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from ledger.adapters.http.exchange import Asked
from ledger.errors import NotKnown, UsageError
from ledger.model.daytext import read_day
from ledger.model.record import dataclass
from ledger.usecases.looking.filters import Filters
from ledger.usecases.looking.find import instead
from ledger.usecases.reading.open import Ledger

T = TypeVar("T")

SEVERAL = (
    "dept", "lead", "assist", "status", "kind", "source", "leader", "nature", "light", "text",
    "tag",
)  # fmt: skip
DAYS = {"due_after": "最早到期日", "due_before": "最晚到期日"}
SEARCH = "q"
_MOST_DIGITS = 9  # of the number of a page
_MOST_VALUES = 50  # of a filter
_MOST_WORDS = 10  # each of which all titles are looked through for


@dataclass(frozen=True, slots=True)
class AskedList:
    """What an address asks a list for.

    Attributes:
        filters: as they were asked for.
        sort: as `listed` takes it.
        page: from 1 on.
    """

    filters: Filters
    sort: str = ""
    page: int = 1

    def query(self, **other: Any) -> dict[str, Any]:
        """The same as an address has it, without the page; what is given here takes its place."""
        its = self.filters
        days = {name: day.isoformat() for name in DAYS if (day := getattr(its, name))}
        chosen = {name: getattr(its, name) for name in SEVERAL}
        return {**chosen, **days, SEARCH: " ".join(its.find), "sort": self.sort, **other}


def wish(asked: Asked, today: dt.date) -> AskedList:
    """What an address asks for.

    Args:
        today: the day from which words such as 昨天 count.

    Raises:
        UsageError: a day or a page that is none, or more than anybody asks for.
    """
    _refuse_many(asked)
    several: dict[str, Any] = {name: asked.query[name] for name in SEVERAL if name in asked.query}
    days: dict[str, Any] = {
        name: _day(asked.one(name), name, today) for name in DAYS if asked.one(name)
    }
    find = (asked.one(SEARCH),) if asked.one(SEARCH).strip() else ()
    return AskedList(
        Filters(**several, **days, find=find), asked.one("sort"), _page(asked.one("page"))
    )


def understood(
    ledger: Ledger, filters: Filters, answer: Callable[[Filters], T]
) -> tuple[Filters, T]:
    """What some filters give, with what was meant in the place of a word that names nothing.

    Args:
        answer: asks for it.

    Returns:
        The filters with what was meant, and the answer.

    Raises:
        UsageError: a filter that there is not.
    """
    while True:
        try:
            return filters, answer(filters)
        except NotKnown as error:
            filters = instead(ledger, filters, error)


def as_given(asked: Asked) -> Mapping[str, Sequence[str]]:
    """What was typed, for a form that stays filled."""
    return {name: asked.query.get(name, ()) for name in (*SEVERAL, *DAYS, SEARCH)}


def _refuse_many(asked: Asked) -> None:
    """What is asked for takes its time with each word, and anybody may ask.

    Raises:
        UsageError: there are too many of them.
    """
    if any(len(asked.query.get(name, ())) > _MOST_VALUES for name in SEVERAL):
        raise UsageError("同一个条件的值太多", hint=f"请写 {_MOST_VALUES} 个以内")
    if len(asked.one(SEARCH).split()) > _MOST_WORDS:
        raise UsageError("查找的词太多", hint=f"请写 {_MOST_WORDS} 个以内")


def _day(text: str, name: str, today: dt.date) -> dt.date:
    if (read := read_day(text, today)) is None:
        raise UsageError(f"{DAYS[name]}“{text}”不是日期", hint="请写成 2017-10-20 这样的真实日期")
    return read


def _page(text: str) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS and int(text)):
        raise UsageError(f"没有第“{text}”页", hint="请写 1 以上的数字")
    return int(text)
