"""The first page of a periodic bulletin: what a leader reads, every word of it by a rule.

The rules are told in docs/manual/report.md; that of the judgement itself is `judgement`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import islice

from ledger.model.config import Config
from ledger.model.record import dataclass
from ledger.model.regulations import Number
from ledger.model.task import CLOSED, ENDED, Task
from ledger.model.workdays import add_workdays
from ledger.usecases.bulletins.beginning import Beginning
from ledger.usecases.bulletins.events import Application, Closed, Reported
from ledger.usecases.bulletins.facts import DeptGroup, Line, department_order, in_order
from ledger.usecases.bulletins.judgement import Assessment, judged
from ledger.usecases.bulletins.sums import issued, reached, rounded
from ledger.usecases.looking.rows import UNSET
from ledger.usecases.looking.status import Count, counts

HIGHLIGHTS = 3
WORST = 5
_SITTINGS = 2

# What a highlight is about; what comes first is told first.
BY_MEETING, REGULATIONS, INDICATORS = "meeting", "regulations", "indicators"
IN_TIME, PRAISED, RISEN = "in time", "praised", "risen"

# What is asked for.
OVERDUE, SILENT, APPLY, DUE = "overdue", "silent", "apply", "due"


@dataclass(frozen=True, slots=True)
class Rank:
    """One department's place by 完成率; of equal rates the one with fewer overdue is before.

    Attributes:
        place: from 1; equal ones share a place.
        before: its place when the period began; None where it led nothing then.
    """

    department: str
    place: int
    before: int | None
    total: int
    closed: int
    overdue: int
    rate: float

    @property
    def moved(self) -> int:
        """By how many places it has gone up; negative for down."""
        return 0 if self.before is None else self.before - self.place


@dataclass(frozen=True, slots=True)
class Highlight:
    """Something good that the record shows.

    Attributes:
        about: one of the words above.
        number: how many; of a department its rate in percent, of the time the most days early.
        name: the meeting, the department, or the indicators with what is reached.
        before: the department's rate when the period began.
        lines: the tasks.
    """

    about: str
    number: Number
    name: str = ""
    before: float = 0.0
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Silent:
    """A department with open tasks that has not reported on any of them.

    Attributes:
        number: how many it leads that are open and wait for no review or meeting.
        last: when it reported last on one of these.
    """

    department: str
    number: int
    last: dt.date | None


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for, of whom, by when.

    Attributes:
        about: one of the words above.
        by: None where it is so many working days behind the cut-off, and a year's calendar is not
            known: then the number of days is told instead.
        number: of how many tasks; of `SILENT` of how many departments.
        meeting: of `APPLY` on what day which body meets.
    """

    about: str
    by: dt.date | None
    number: int
    departments: tuple[str, ...]
    meeting: tuple[dt.date, str] | None = None


@dataclass(frozen=True, slots=True)
class Front:
    """What stands on the first page.

    Attributes:
        ranks: every department, the best first.
        highlights, worst: at most `HIGHLIGHTS`, `WORST`; the longest overdue first.
    """

    judgement: Assessment
    ranks: tuple[Rank, ...]
    highlights: tuple[Highlight, ...]
    worst: tuple[Line, ...]
    silent: tuple[Silent, ...]
    asks: tuple[Ask, ...]

    @property
    def compared(self) -> bool:
        """Whether any department had a place before."""
        return any(each.before is not None for each in self.ranks)


@dataclass(frozen=True, slots=True)
class Happened:
    """What a period brought, as the first page asks for it.

    Attributes:
        due: what falls due from the cut-off to the next period's end, `until`.
    """

    closed: tuple[Closed, ...]
    reported: tuple[DeptGroup[Reported], ...]
    applications: tuple[Application, ...]
    due: tuple[Line, ...]
    until: dt.date


def front(
    config: Config,
    begun: Beginning,
    lines: Mapping[str, Line],
    total: Count,
    departments: Sequence[Count],
    happened: Happened,
    today: dt.date,
) -> Front:
    """The first page.

    Args:
        lines: every task by id.
        total, departments: how they stand; today: the cut-off.
    """
    every, order = lines.values(), department_order(config)
    before = counts(begun.stood, "lead", config.lights)
    ranked = ranks(departments, before)
    late = [each for each in every if each.days_over]
    silent = tuple(_silent(every, happened.reported, order))
    shown = _highlights(config, begun, lines, ranked, before, happened.closed)
    asks = _asks(config, [each for each in late if not each.waiting], silent, happened, today)
    return Front(
        judged(total, every, config.reports),
        ranked,
        tuple(islice(shown, HIGHLIGHTS)),
        tuple(nsmallest(WORST, late, key=lambda each: (-each.days_over, each.id))),
        silent,
        tuple(asks),
    )


def ranks(now: Sequence[Count], before: Sequence[Count]) -> tuple[Rank, ...]:
    """Every department's place, and the one it had."""
    places, old = _places(now), _places(before)
    listed = [each for each in now if each.key != UNSET]
    return tuple(
        Rank(
            each.key, places[each.key], old.get(each.key),
            each.total, each.closed, each.overdue, each.rate,
        )
        for each in sorted(listed, key=lambda each: places[each.key])
    )  # fmt: skip


def _places(departments: Iterable[Count]) -> dict[str, int]:
    keys = {
        each.key: (-each.closed / each.total, each.overdue / each.total)
        for each in departments
        if each.key != UNSET
    }
    ordered = sorted(keys.values())
    first = {key: place for place, key in reversed(list(enumerate(ordered, 1)))}
    return {name: first[key] for name, key in keys.items()}


def _silent(
    lines: Iterable[Line], reported: Iterable[DeptGroup[Reported]], order: Sequence[str]
) -> Iterator[Silent]:
    heard = {name for group in reported for each in group.items for name in each.line.lead}
    idle: dict[str, list[Line]] = {}
    for line in lines:
        if line.status not in ENDED and not line.waiting:
            for name in line.lead:
                if name not in heard:
                    idle.setdefault(name, []).append(line)
    for name in in_order(idle, order):
        last = max((each.reported for each in idle[name] if each.reported), default=None)
        yield Silent(name, len(idle[name]), last)


# --- highlights ---


def _highlights(
    config: Config,
    begun: Beginning,
    lines: Mapping[str, Line],
    ranked: Sequence[Rank],
    before: Sequence[Count],
    closed: Sequence[Closed],
) -> Iterator[Highlight]:
    """What there is, the most telling first."""
    yield from _by_meeting(closed)
    kept = [(old, new) for old, new in begun.pairs if old is not None and new is not None]
    yield from _regulations(kept, lines, config.reports.regulation)
    yield from _indicators(kept, lines, config.reports.regulation)
    yield from _in_time(closed)
    tag = config.scores.praise_tag
    praised = [lines[new.id] for old, new in kept if tag in new.tags and tag not in old.tags]
    if praised:
        yield Highlight(PRAISED, len(praised), lines=tuple(praised))
    yield from _risen(ranked, before)


def _by_meeting(closed: Sequence[Closed]) -> Iterator[Highlight]:
    """The meeting that closed most of what is closed now; of several the last."""
    by_meeting: dict[tuple[str, str], list[Closed]] = {}
    for each in closed:
        if each.body and each.times and not each.undone:
            by_meeting.setdefault((each.session, each.body), []).append(each)
    if by_meeting:
        (session, body), items = max(
            by_meeting.items(), key=lambda each: (len(each[1]), each[1][0].date or dt.date.min)
        )
        lines = tuple(each.line for each in items)
        yield Highlight(BY_MEETING, len(items), f"{session}{body}", lines=lines)


def _regulations(
    kept: Iterable[tuple[Task, Task]], lines: Mapping[str, Line], word: str
) -> Iterator[Highlight]:
    gains = [(lines[new.id], issued(new, word) - issued(old, word)) for old, new in kept]
    made = [(line, gain) for line, gain in gains if gain > 0]
    if made:
        number = rounded(sum(gain for _, gain in made))
        yield Highlight(REGULATIONS, number, lines=tuple(line for line, _ in made))


def _indicators(
    kept: Iterable[tuple[Task, Task]], lines: Mapping[str, Line], word: str
) -> Iterator[Highlight]:
    """The indicators that have come to their target; those of 制度建设 are told already."""
    told, of = [], []
    for old, new in kept:
        had = {each.name for each in old.indicators if reached(each)}
        for each in new.indicators:
            if reached(each) and each.name not in had and not (word and word in each.name):
                told.append(f"{each.name}{each.actual:g}{each.unit}")
                of.append(lines[new.id])
    if told:
        yield Highlight(INDICATORS, len(told), "、".join(told[:HIGHLIGHTS]), lines=tuple(of))


def _in_time(closed: Iterable[Closed]) -> Iterator[Highlight]:
    early = {
        each.line.id: (each.line, (each.line.deadline - each.line.closed).days)
        for each in closed
        if each.times and each.line.status == CLOSED and each.line.closed and each.line.deadline
    }
    before = [(line, days) for line, days in early.values() if days > 0]
    if before:
        lines = tuple(line for line, _ in before)
        yield Highlight(IN_TIME, max(days for _, days in before), lines=lines)


def _risen(ranked: Iterable[Rank], before: Iterable[Count]) -> Iterator[Highlight]:
    """The department whose rate has risen most; of several the one that stands first now."""
    old = {each.key: each.rate for each in before}
    risen = [each for each in ranked if each.rate > old.get(each.department, each.rate)]
    if risen:
        most = max(risen, key=lambda each: each.rate - old[each.department])
        yield Highlight(RISEN, most.rate, most.department, old[most.department])


# --- what is asked for ---


def _asks(
    config: Config,
    late: Sequence[Line],
    silent: Sequence[Silent],
    happened: Happened,
    today: dt.date,
) -> Iterator[Ask]:
    order = department_order(config)
    reply = add_workdays(today, config.reports.reply_days, config.calendar.work)
    if late:
        yield Ask(OVERDUE, reply, len(late), _leads(late, order))
    if silent:
        yield Ask(SILENT, reply, len(silent), tuple(each.department for each in silent))
    times: dict[tuple[dt.date, dt.date, str], list[Line]] = {}
    for each in happened.applications:
        if not each.late:
            its = each.sitting
            times.setdefault((its.apply_by, its.date, its.body), []).append(each.line)
    for (by, day, body), lines in sorted(times.items(), key=lambda each: each[0])[:_SITTINGS]:
        yield Ask(APPLY, by, len(lines), _leads(lines, order), (day, body))
    due = [each for each in happened.due if not each.waiting]
    if due:
        yield Ask(DUE, happened.until, len(due), _leads(due, order))


def _leads(lines: Iterable[Line], order: Sequence[str]) -> tuple[str, ...]:
    names = Counter(name for each in lines for name in each.lead)
    return tuple(in_order(names, order))
