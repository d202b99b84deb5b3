"""考核评分: a score for each department, every point traced to a task and a commit."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ledger.adapters.files.read_snapshot import read_versions
from ledger.adapters.git.walk import main_line
from ledger.model.config import ScoreRules
from ledger.model.paths import TASKS
from ledger.model.period import Period
from ledger.model.record import dataclass
from ledger.model.scoring import EMPTY, OVERDUE, PRAISE, Mark, findings, value
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.task import CLOSED, Task
from ledger.model.zone import day_of
from ledger.usecases.bulletins.facts import Line, department_order, in_order
from ledger.usecases.reading.open import Ledger

Number = int | float


@dataclass(frozen=True, slots=True)
class Point:
    """One deduction or bonus.

    Attributes:
        value: signed.
        role: 牵头 or 配合.
        day: what it counts from; of praise the day on which it came.
        commit: the commit whose content shows it.
    """

    value: Number
    reason: str
    detail: str
    task: str
    title: str
    role: str
    day: dt.date | None
    commit: str


@dataclass(frozen=True, slots=True)
class Score:
    """One department's score; `rank` counts from 1, equal scores share a rank."""

    department: str
    base: Number
    total: Number
    rank: int
    tasks: int
    points: tuple[Point, ...]

    def of(self, reason: str) -> Number:
        """What one reason has taken or brought."""
        return _plain(sum(each.value for each in self.points if each.reason == reason))


@dataclass(frozen=True, slots=True)
class ScoreFacts:
    """All departments' scores for a span of days, the best first.

    Attributes:
        explained: the one department whose points are asked for; empty for all.
    """

    period: Period
    today: dt.date
    rules: ScoreRules
    scores: tuple[Score, ...]
    explained: str = ""


@dataclass(frozen=True, slots=True)
class _Version:
    """A task as a commit of the main line left it."""

    commit: str
    day: dt.date
    task: Task | None


def score_facts(
    ledger: Ledger,
    snapshot: Snapshot,
    lines: Mapping[str, Line],
    period: Period,
    today: dt.date,
    explained: str = "",
) -> ScoreFacts:
    """Score every department that has tasks.

    Args:
        snapshot: the ledger at a commit, or the part of it that is scored.
        lines: its tasks by id.
        today: the cut-off; what falls due later does not count yet, nor what falls due on that
            very day while the period goes on.
        explained: a department's canonical name.
    """
    rules, last = snapshot.config.scores, min(period.last, today)
    spares, running = snapshot.config.lights.spares_waiting, today < period.last
    marked = {
        entry.path: (entry.record, marks)
        for entry in snapshot.tasks
        if (marks := findings(entry.record, period.first, last, rules, running, spares))
    }
    history = _history(ledger, snapshot, marked)
    points: dict[str, list[Point]] = {}
    for path, (task, marks) in marked.items():
        for department, point in _points(task, marks, history[path], lines[task.id], period, rules):
            points.setdefault(department, []).append(point)
    scores = _ranked(_departments(snapshot, lines), points, rules)
    return ScoreFacts(period, today, rules, scores, explained)


def _points(
    task: Task,
    marks: Iterable[Mark],
    versions: Sequence[_Version],
    line: Line,
    period: Period,
    rules: ScoreRules,
) -> Iterator[tuple[str, Point]]:
    for mark in marks:
        shown = _shown(mark, versions, rules)
        if mark.reason == PRAISE and not (shown and period.first <= shown.day <= period.last):
            continue
        if mark.reason == OVERDUE and shown and _was_closed(shown, mark):
            continue
        told = (mark.reason, mark.detail, task.id, task.title)
        commit = shown.commit if shown else ""
        day = mark.day or (shown.day if shown else None)
        for department in dict.fromkeys((*line.lead, *line.assist)):
            leads = department in line.lead
            if worth := value(mark.reason, rules, leads):
                role = "牵头" if leads else "配合"
                yield department, Point(worth, *told, role, day, commit)


def _shown(mark: Mark, versions: Sequence[_Version], rules: ScoreRules) -> _Version | None:
    """The commit that shows it: of something missed the last one up to that day.

    Of an entry or a tag the commit that brought it.
    """
    if mark.reason in (EMPTY, PRAISE):
        return next((each for each in versions if _has(each.task, mark, rules)), None)
    before = [each for each in versions if mark.shown and each.day <= mark.shown]
    return before[-1] if before else next(iter(versions), None)


def _was_closed(shown: _Version, mark: Mark) -> bool:
    """Whether a task was closed when it fell due: that it was reopened later is not lateness."""
    in_time = mark.day is not None and shown.day <= mark.day
    return in_time and shown.task is not None and shown.task.status == CLOSED


def _has(task: Task | None, mark: Mark, rules: ScoreRules) -> bool:
    if task is None:
        return False
    if mark.reason == PRAISE:
        return rules.praise_tag in task.tags
    return len(task.progress) > mark.position


def _history(
    ledger: Ledger, snapshot: Snapshot, paths: Mapping[str, object]
) -> dict[str, list[_Version]]:
    """Every state that the wanted files had on the main line, oldest first."""
    zone = snapshot.config.calendar.zone
    steps = [
        (each.id, day_of(each.time, zone), file)
        for each in main_line(ledger.repo, "", snapshot.commit, (TASKS,))
        for file in each.files
        if file.path in paths and file.new and file.mode[:3] == "100"
    ]
    read = read_versions(((file.path, file.new) for _, _, file in steps), ledger.repo, ledger.cache)
    versions: dict[str, list[_Version]] = {path: [] for path in paths}
    for name, day, file in steps:
        entry: Entry[Task] | None = read[file.path, file.new].entry
        versions[file.path].append(_Version(name, day, entry.record if entry else None))
    return versions


def _departments(snapshot: Snapshot, lines: Mapping[str, Line]) -> dict[str, int]:
    """Departments that have tasks → how many, in the order of ledger.yaml."""
    counts = Counter(
        name for line in lines.values() for name in dict.fromkeys((*line.lead, *line.assist))
    )
    return {name: counts[name] for name in in_order(counts, department_order(snapshot.config))}


def _ranked(
    departments: Mapping[str, int], points: Mapping[str, list[Point]], rules: ScoreRules
) -> tuple[Score, ...]:
    totals = {
        name: _plain(rules.base + sum(each.value for each in points.get(name, ())))
        for name in departments
    }
    ordered = sorted(departments, key=lambda name: -totals[name])
    return tuple(
        Score(
            name,
            rules.base,
            totals[name],
            1 + sum(other > totals[name] for other in totals.values()),
            departments[name],
            tuple(points.get(name, ())),
        )
        for name in ordered
    )


def _plain(number: Number) -> Number:
    """A sum of halves and tenths without the binary dust."""
    rounded = round(number, 2)
    return int(rounded) if rounded == int(rounded) else rounded
