"""A question to the index as SQL: which tasks, on which day, in which order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ledger.model.record import dataclass
from ledger.model.standing import RANKS, STATES
from ledger.model.task import APPLIED, CLOSED, KINDS, REVIEWED, STATUSES

if TYPE_CHECKING:
    from ledger.model.search import Sought

_NEVER = 10**9

WAITS = f"t.due IS NULL AND t.status IN ('{APPLIED}', '{REVIEWED}')"
"""Whether a task waits in time, for ledgers that spare it: whatever else is open has a day."""

WIDE = ("id", "title", "lead", "due")
"""Of a task, what the index knows the width of: columns that begin with `wide_`."""
WIDTHS = " + ".join(f"t.wide_{part}" for part in WIDE)
"""NULL where one of them is not known."""

DISTINCT = {
    "department": "SELECT DISTINCT name FROM concern ORDER BY name",
    "source": "SELECT DISTINCT source FROM task ORDER BY source",
    "leader": "SELECT DISTINCT leader FROM task ORDER BY leader",
    "title": "SELECT title FROM task",
    "tag": "SELECT DISTINCT name FROM tag ORDER BY name",
    "source file": "SELECT id FROM source ORDER BY path",
}


@dataclass(frozen=True, slots=True)
class Question:
    """Which tasks are asked for; what is empty asks for all.

    Attributes:
        today, soon, lag: the day; how many days before its due day a task lights up, and from how
            many percent points behind on (0: never).
        spares: whether what waits in time is not due.
        concern: each of these must hold: one of some names leads it (0) or assists (1).
        among: column → values.
        states: places in `STATES`.
        text: as `searched` makes them, any of which will do; tag likewise.
        first, last: ordinals between which it falls due.
        finds: each of these must find it.
        closed: ordinals of days between which it was closed.
        odd: only tasks of which something that a list shows is wider or narrower than is known.
    """

    today: dt.date
    soon: int
    lag: int
    spares: bool = True
    concern: tuple[tuple[tuple[str, ...], tuple[int, ...]], ...] = ()
    among: tuple[tuple[str, tuple[str, ...]], ...] = ()
    states: tuple[int, ...] | None = None
    text: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    first: int | None = None
    last: int | None = None
    finds: tuple[Sought, ...] = ()
    closed: tuple[int, int] | None = None
    odd: bool = False


def due_of(spares: bool) -> str:
    """The day on which a task is due, as SQL.

    Args:
        spares: as `Question` has it.
    """
    return "t.due" if spares else "coalesce(t.due, t.held)"


def state_of(spares: bool) -> str:
    """The place of a task's state in `STATES`, as `standing` finds it, as SQL."""
    due = due_of(spares)
    waits = f"WHEN {WAITS} THEN 4" if spares else ""
    return f"""CASE WHEN t.status = '已销号' THEN 5 WHEN t.status = '已中止' THEN 6
 WHEN {due} < :today THEN 0 WHEN {due} <= :soon THEN 1
 WHEN :lag > 0 AND {due} IS NOT NULL AND t.began IS NOT NULL
  AND min(100, max(0, 100 * (:today - t.began) / (t.ends - t.began))) - t.percent >= :lag THEN 2
 {waits} ELSE 3 END"""


def is_dated(asked: Question) -> bool:
    """Whether only tasks with an open checkpoint are asked for."""
    return asked.first is not None or asked.last is not None


class Where:
    """The condition of a question, and its values.

    Attributes:
        tables: what stands behind FROM.
        text: SQL behind WHERE.
        values: of its parameters, those of `state_of` included.
    """

    def __init__(self, asked: Question, many: bool = False, by: str = "") -> None:
        """What a question means.

        Args:
            many: whether the answer is large: the tasks are gone through in their own order then,
                rather than found by an index one by one and sorted.
            by: as `order` takes it.
        """
        today = asked.today.toordinal()
        self.values: dict[str, Any] = {
            "today": today, "soon": today + asked.soon, "lag": asked.lag,
            "first": 0 if asked.first is None else asked.first,
            "last": _NEVER if asked.last is None else asked.last,
        }  # fmt: skip
        self._avoid = "+" if many else ""
        # A range of the index on days is worth it only where nothing narrower is asked for.
        avoids_days = asked.concern or (many and by.removeprefix("-") != "due")
        self._due = f"+{due_of(asked.spares)}" if avoids_days else due_of(asked.spares)
        # What is said is looked through once, in the order of the files.
        says = asked.text or asked.finds
        self.tables = "words w CROSS JOIN task t ON t.path = w.path" if says else "task t"
        self.text = " AND ".join(self._conditions(asked)) or "1"

    def _conditions(self, asked: Question) -> Iterator[str]:
        span = is_dated(asked)
        for names, parts in asked.concern:
            dated = " AND due BETWEEN :first AND :last" if span and asked.spares else ""
            named = f"name IN ({self._marks(names)}) AND part IN ({self._marks(parts)})"
            yield f"t.path IN (SELECT path FROM concern WHERE {named}{dated})"
        if span:
            yield f"{self._due} BETWEEN :first AND :last"
        for column, choices in asked.among:
            yield f"{self._avoid}t.{column} IN ({self._marks(choices)})"
        if asked.states is not None:
            yield f"{state_of(asked.spares)} IN ({self._marks(asked.states)})"
        if asked.tag:
            yield f"t.path IN (SELECT path FROM tag WHERE name IN ({self._marks(asked.tag)}))"
        if asked.text:
            says = " OR ".join(f"instr(w.texts, {self._mark(word)})" for word in asked.text)
            yield f"({says})"
        for each in asked.finds:
            yield " OR ".join(self._finds(each)).join("()")
        if asked.closed:
            first, last = map(self._mark, asked.closed)
            yield f"t.status = '{CLOSED}' AND t.closed BETWEEN {first} AND {last}"
        if asked.odd:
            yield f"({WIDTHS}) IS NULL"

    def _finds(self, each: Sought) -> Iterator[str]:
        yield f"instr(w.texts, {self._mark(each.word)})"
        if each.departments:
            names = self._marks(each.departments)
            yield f"t.path IN (SELECT path FROM concern WHERE part IN (0, 1) AND name IN ({names}))"
        if each.leaders:
            yield f"t.leader IN ({self._marks(each.leaders)})"
        if each.titles:  # there may be more than a statement has parameters
            import json

            titles = self._mark(json.dumps(each.titles))
            yield f"t.title IN (SELECT value FROM json_each({titles}))"

    def _marks(self, values: tuple[Any, ...]) -> str:
        return ", ".join(map(self._mark, values))

    def _mark(self, value: Any) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"


def _place(column: str, words: tuple[str, ...]) -> str:
    cases = " ".join(f"WHEN '{word}' THEN {place}" for place, word in enumerate(words))
    return f"CASE t.{column} {cases} END"


ORDERS = {
    "id": "t.id",
    "due": "{due}",
    "lead": "nullif(t.lead, '')",
    "status": _place("status", STATUSES),
    "light": "{rank}",
    "kind": _place("kind", KINDS),
    "source": "t.source",
    "leader": "nullif(t.leader, '')",
    "title": "t.title",
}
"""What a task is sorted by, with room for what the ledger's lights decide; NULL where it has no
value, which comes last either way."""


def _rank(spares: bool) -> str:
    ranks = (f"WHEN {place} THEN {RANKS[state]}" for place, state in enumerate(STATES))
    return f"CASE {state_of(spares)} {' '.join(ranks)} END"


def order(asked: Question, by: str) -> str:
    """What stands behind ORDER BY.

    Args:
        by: one of `ORDERS`, a leading '-' reversing; empty for paths.
    """
    if not by:
        return "w.path" if asked.text or asked.finds else "t.path"
    name = by.removeprefix("-")
    key = ORDERS[name].format(due=due_of(asked.spares), rank=_rank(asked.spares))
    empty_last = "" if name == "due" and is_dated(asked) else f"({key}) IS NULL, "
    return f"{empty_last}{key} {'DESC' if by.startswith('-') else 'ASC'}, t.id, t.path"
