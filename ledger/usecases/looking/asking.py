"""What people ask for as a question to the index; what there is not, they are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from ledger.adapters.files.index.question import ORDERS, Question
from ledger.adapters.files.index.worktree import TaskIndex, Widest
from ledger.model.lights import Lights
from ledger.model.record import dataclass, replace
from ledger.model.standing import STATES, Brief, light_names
from ledger.model.task import KINDS, NATURES, STATUSES, label
from ledger.usecases.looking.filters import Filters

if TYPE_CHECKING:
    from ledger.model.search import Sought

_PARTS = {"dept": (0, 1), "lead": (0,), "assist": (1,)}
_KEPT = 5000  # rows that are held; more are asked for again


@dataclass(frozen=True, slots=True)
class Asking:
    """The working tree's index on a day.

    Attributes:
        lights: as ledger.yaml has them.
    """

    index: TaskIndex
    lights: Lights
    today: dt.date

    def departments(self) -> Mapping[str, str]:
        """Every listed name and alias → the canonical name."""
        return self.index.departments()

    def question(self, filters: Filters | None = None, last: int | None = None) -> Question:
        """What some filters ask for.

        Args:
            last: the ordinal of the last day on which it may fall due; None for any.

        Raises:
            UsageError: a filter names a department, status, kind, source, nature or light that
                there is not.
        """
        lights, given = self.lights, filters or Filters()
        before = given.due_before.toordinal() if given.due_before else None
        ends = [day for day in (last, before) if day is not None]
        return Question(
            self.today,
            lights.due_soon_days,
            lights.lag_percent,
            lights.spares_waiting,
            tuple(self._concern(given)),
            tuple(self._among(given)),
            self._states(given),
            self._words(given.text),
            given.tag,
            given.due_after.toordinal() if given.due_after else None,
            min(ends) if ends else None,
            self._sought(given.find),
        )

    def briefs(self, asked: Question, sort: str = "", most: int = -1) -> Briefs:
        """The tasks that a question asks for.

        Args:
            sort: one of `ORDERS`, a leading '-' reversing; empty for the order of the files.
            most: how many at most; -1 for all.

        Raises:
            UsageError: for any other order.
        """
        if sort and sort.removeprefix("-") not in ORDERS:
            from ledger.model.choice import one_of

            one_of(sort.removeprefix("-"), tuple(ORDERS), "排序方式")
        return Briefs(self.index, asked, self.lights, sort, most)

    def _concern(self, given: Filters) -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
        canonical = self.departments()
        for field, parts in _PARTS.items():
            if not (asked := getattr(given, field)):
                continue
            chosen = {canonical.get(name) or self._unlisted(name, canonical) for name in asked}
            # A name that is not listed makes its file a suspect of T004, where there is a list.
            some = not canonical or self.index.suspects()
            strange = self.index.distinct("department") if some else ()
            names = dict.fromkeys((*canonical, *strange))
            yield tuple(name for name in names if canonical.get(name, name) in chosen), parts

    def _unlisted(self, name: str, canonical: Mapping[str, str]) -> str:
        from ledger.model.choice import known_department  # of most names the list is enough

        return known_department(name, canonical, lambda: self.index.distinct("department"))

    def _among(self, given: Filters) -> Iterator[tuple[str, tuple[str, ...]]]:
        known = {"status": STATUSES, "kind": KINDS, "source": (), "nature": NATURES}
        for name, words in known.items():
            if values := getattr(given, name):
                from ledger.model.choice import one_of

                choices = words or self._sources()
                yield name, tuple(one_of(value, choices, label(name), name) for value in values)
        if given.leader:
            yield "leader", self._leaders(given.leader)

    @staticmethod
    def _words(asked: tuple[str, ...]) -> tuple[str, ...]:
        """Words as search compares them."""
        if not asked:
            return ()
        from ledger.model.search import searched

        return tuple(map(searched, asked))

    def _sought(self, typed: tuple[str, ...]) -> tuple[Sought, ...]:
        if not typed:
            return ()
        from ledger.model.search import sought

        def known(what: str) -> Callable[[], Collection[str]]:
            return lambda: self.index.distinct(what)

        parts = map(known, ("department", "leader", "title"))
        return tuple(sought(typed, self.departments(), *parts))

    def _leaders(self, words: tuple[str, ...]) -> tuple[str, ...]:
        from ledger.model.search import leaders_meant

        return leaders_meant(words, self.index.distinct("leader"))

    def _sources(self) -> tuple[str, ...]:
        index = self.index
        return tuple(dict.fromkeys((*index.distinct("source file"), *index.distinct("source"))))

    def _states(self, given: Filters) -> tuple[int, ...] | None:
        if not given.light:
            return None
        chosen, lights = lit(given.light, self.lights), self.lights
        return tuple(n for n, state in enumerate(STATES) if str(getattr(lights, state)) in chosen)


class Briefs(Collection[Brief]):
    """Tasks in brief as the index gives them: counted, and asked for again rather than held."""

    def __init__(
        self, index: TaskIndex, asked: Question, lights: Lights, sort: str, most: int
    ) -> None:
        self._index, self._asked, self._sort, self._most = index, asked, sort, most
        self._lights: Mapping[str, str] = {state: str(getattr(lights, state)) for state in STATES}
        self._count: int | None = None
        self._held: list[Brief] | None = None
        self._many: bool | None = None

    def __len__(self) -> int:
        """How many there are."""
        if self._held is not None:
            return len(self._held)
        if self._count is None:
            self._count = self._index.count(self._asked)
        return self._count if self._most < 0 else min(self._count, self._most)

    def __contains__(self, task: object) -> bool:
        """Whether it is one of them."""
        return any(each == task for each in self)

    def __iter__(self) -> Iterator[Brief]:
        """Each of them, in order."""
        self.hold()
        return self._rows() if self._held is None else iter(self._held)

    def hold(self) -> Briefs:
        """Ask for them now, unless they are too many to be held."""
        if self._held is None and self._many is None:
            # Where few are found, they are looked for once, and not to be counted first: that is
            # likely of a search, and of one department.
            few = self._asked.text or self._asked.finds or self._asked.concern
            if few or len(self) <= _KEPT:
                held = list(islice(self._rows(), _KEPT + 1))
                self._held = held if len(held) <= _KEPT else None
            self._many = self._held is None
        return self

    def part(self, skip: int, most: int) -> Iterator[Brief]:
        """Some of them in order, the others not asked for.

        Args:
            skip: how many come before.
            most: how many at most.
        """
        many = len(self) > _KEPT
        return self._index.briefs(self._asked, self._lights, self._sort, most, many, skip)

    def late(self) -> int:
        """How many of them are overdue."""
        self.hold()
        if self._held is not None:
            return sum(each.overdue for each in self._held)
        yesterday = self._asked.today.toordinal() - 1
        last = yesterday if self._asked.last is None else min(self._asked.last, yesterday)
        return self._index.count(replace(self._asked, last=last))

    def widest(self) -> Widest | None:
        """The most room that they take; None where they are held, and soon looked through."""
        self.hold()
        return self._index.widest(self._asked) if self._many and self._most < 0 else None

    def odd(self) -> Iterator[Brief]:
        """Those of whose room too little is known for `widest`."""
        asked = replace(self._asked, odd=True)
        return self._index.briefs(asked, self._lights, many=True)

    @property
    def lights(self) -> set[str]:
        """What lights are called."""
        return set(self._lights.values())

    def lit(self) -> set[str]:
        """What their lights are called."""
        return {self._lights[state] for state in self._index.states(self._asked)}

    def _rows(self) -> Iterator[Brief]:
        many = bool(self._many)
        return self._index.briefs(self._asked, self._lights, self._sort, self._most, many)


def lit(values: tuple[str, ...], lights: Lights) -> set[str]:
    """The lights that are asked for, by what this ledger calls them.

    Raises:
        UsageError: there is no such light.
    """
    from ledger.model.choice import one_of

    known = light_names(lights)
    return {
        one_of(value if value in known else value.removesuffix("灯"), known, "灯色", "light")
        for value in values
    }
