"""整改进展情况 on a day, as the 通报 tells it: problem, what was done, effect, meeting."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from ledger.model.config import ScoreRules
from ledger.model.decision import MAKE_ONGOING, Decision
from ledger.model.record import dataclass
from ledger.model.scoring import EMPTY, findings
from ledger.model.snapshot import Snapshot
from ledger.model.task import CLOSED, ENDED, ONGOING, RECTIFICATION, Lookback, Progress, Task
from ledger.usecases.bulletins.facts import Line, OnTime, on_time, part_name, part_number
from ledger.usecases.bulletins.period import Share, parts
from ledger.usecases.bulletins.roll import Roll
from ledger.usecases.bulletins.sums import Regulations, regulations
from ledger.usecases.looking.rows import UNSET
from ledger.usecases.looking.status import Count, count

LATEST = 3  # reports that are told of a task


@dataclass(frozen=True, slots=True)
class Account:
    """What the record tells of one task.

    Attributes:
        done: the last `LATEST` reports that say something, the oldest first.
        summary: what was achieved, as the application to close says.
        meeting, minutes, decided: which meeting closed it, or made it 长期坚持; empty for none.
        lookback: the last 回头看.
    """

    line: Line
    problem: str
    measures: tuple[str, ...]
    done: tuple[Progress, ...]
    summary: str
    meeting: str
    minutes: str
    decided: dt.date | None
    lookback: Lookback | None


@dataclass(frozen=True, slots=True)
class Area:
    """One area of the feedback: the section its tasks stand under, of one source.

    Attributes:
        name, bare: the section, and without its number.
        source: the source's title; its id where it has no file.
        done, going, lasting: what is closed, what goes on, what has to go on (长期坚持).
        open: the lines of the last two.
    """

    name: str
    bare: str
    source: str
    count: Count
    done: tuple[Account, ...]
    going: tuple[Account, ...]
    lasting: tuple[Account, ...]
    open: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """整改进展情况 on a day.

    Attributes:
        organisation: whose tasks they are.
        upcoming: of what goes on, how many fall due on which day, those overdue apart.
    """

    today: dt.date
    organisation: str
    sources: tuple[str, ...]
    count: Count
    parts: tuple[Share, ...]
    on_time: OnTime
    regulations: Regulations
    areas: tuple[Area, ...]
    upcoming: tuple[tuple[dt.date, int], ...]
    lines: tuple[Line, ...]

    @property
    def kinds(self) -> dict[str, int]:
        """How many tasks there are of each kind, in the order in which they come."""
        return dict(Counter(each.kind for each in self.lines))

    @property
    def rectifies(self) -> bool:
        """Whether every task is one of 整改: no other may be called so."""
        return all(each.kind == RECTIFICATION for each in self.lines)

    @property
    def noun(self) -> str:
        """What its tasks are called."""
        return "整改任务" if self.rectifies else "事项"

    @property
    def late_lasting(self) -> int:
        """How many of those that have to go on are overdue."""
        return sum(each.days_over > 0 for each in self.lines if each.status == ONGOING)

    @property
    def late_going(self) -> int:
        """How many of the others are."""
        return self.count.overdue - self.late_lasting

    @property
    def several(self) -> bool:
        """Whether its areas are those of several sources."""
        return len({each.source for each in self.areas}) > 1


def closing_facts(roll: Roll, tasks: Iterable[Task], today: dt.date) -> ClosingFacts:
    """整改进展情况 of a roll, by the sections its tasks stand under.

    Args:
        tasks: the same tasks with all that their files say.
    """
    snapshot, lines = roll.snapshot, tuple(roll.lines.values())
    config, total = snapshot.config, count("", lines, snapshot.config.lights)
    whole = {each.id: each for each in tasks}
    areas: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        areas.setdefault((line.source, line.section), []).append(line)
    used = list(dict.fromkeys(source for source, _ in areas))
    known, ongoing = snapshot.source_by_id, _made_ongoing(snapshot)
    titles = {each: known[each].record.title if each in known else each for each in used}
    days = Counter(each.due for each in lines if each.due and not each.days_over)
    return ClosingFacts(
        today=today,
        organisation=config.organisation,
        sources=tuple(titles[each] for each in used if each in known),
        count=total,
        parts=parts(total),
        on_time=on_time(lines, today, config.lights),
        regulations=regulations(lines, config.reports.regulation),
        areas=tuple(
            _area(section, titles[source], areas[source, section], whole, snapshot, ongoing)
            for source, section in sorted(
                areas, key=lambda each: (used.index(each[0]), part_number(each[1]))
            )
        ),
        upcoming=tuple(sorted(days.items())),
        lines=lines,
    )


def _made_ongoing(snapshot: Snapshot) -> dict[str, Decision]:
    """By which meeting a task has become 长期坚持, the last one of each."""
    ordered = sorted(
        (entry.record for entry in snapshot.decisions), key=lambda each: each.date or dt.date.min
    )
    return {
        item.task: each for each in ordered for item in each.items if item.result == MAKE_ONGOING
    }


def _area(
    section: str,
    source: str,
    lines: list[Line],
    whole: Mapping[str, Task],
    snapshot: Snapshot,
    ongoing: Mapping[str, Decision],
) -> Area:
    name = section or UNSET

    def told(of: Iterable[Line]) -> tuple[Account, ...]:
        return tuple(_account(each, whole[each.id], snapshot, ongoing) for each in of)

    still = [each for each in lines if each.status not in ENDED]
    return Area(
        name,
        part_name(name),
        source,
        count(name, lines, snapshot.config.lights),
        told(each for each in lines if each.status == CLOSED),
        told(each for each in still if each.status != ONGOING),
        told(each for each in still if each.status == ONGOING),
        tuple(still),
    )


def _account(
    line: Line, task: Task, snapshot: Snapshot, ongoing: Mapping[str, Decision]
) -> Account:
    closing = task.closing
    met = snapshot.decision(task.meeting) if task.status == CLOSED else ongoing.get(task.id)
    if task.status not in (CLOSED, ONGOING):
        met = None
    return Account(
        line,
        task.problem,
        task.measures,
        tuple(_saying(task, snapshot.config.scores))[-LATEST:],
        closing.applied.summary if closing and closing.applied else "",
        f"{met.session}{met.body}" if met else "",
        met.minutes if met else "",
        line.closed or (met.date if met else None),
        task.lookback[-1] if task.lookback else None,
    )


def _saying(task: Task, rules: ScoreRules) -> Iterator[Progress]:
    """The reports by their days, without those that score as saying nothing (空话)."""
    marks = findings(task, dt.date.min, dt.date.max, rules)
    empty = {each.position for each in marks if each.reason == EMPTY}
    listed = [
        each
        for place, each in enumerate(task.progress)
        if not each.event and each.date and place not in empty
    ]
    yield from sorted(listed, key=lambda each: each.date or dt.date.min)
