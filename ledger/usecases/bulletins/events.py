"""What happens to tasks in a period: closings, reports, extensions, 退回, 重开, 中止."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from ledger.model.decision import Decision
from ledger.model.meetings import Sitting
from ledger.model.period import Period
from ledger.model.record import dataclass
from ledger.model.snapshot import Snapshot
from ledger.model.task import CLOSED, REOPENED, RETURNED, Closing, Extension, Progress, Task
from ledger.usecases.bulletins.facts import Line
from ledger.usecases.bulletins.flow import effects, gained

Kept = tuple[Task | None, Task]  # a task at the beginning, if there was one, and at the end


@dataclass(frozen=True, slots=True)
class Closed:
    """A task's closings in the period, told by the last one: by which meeting.

    Attributes:
        again: a task that was closed all the while rests on another decision now.
        times: how often it was closed; 0 where it was only closed `again`.
    """

    line: Line
    date: dt.date | None
    decision: str
    body: str
    session: str
    minutes: str
    again: bool
    times: int

    @property
    def undone(self) -> bool:
        """Whether it was reopened after that."""
        return self.line.status != CLOSED


@dataclass(frozen=True, slots=True)
class Reported:
    """What was reported on one task."""

    line: Line
    entries: tuple[Progress, ...]


@dataclass(frozen=True, slots=True)
class Extended:
    """One approved extension."""

    line: Line
    extension: Extension


@dataclass(frozen=True, slots=True)
class Happening:
    """退回, 重开 or 中止: when, by whom, why."""

    line: Line
    event: str
    date: dt.date | None
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Application:
    """What must be applied for now: the last meeting before the deadline, and until when.

    Attributes:
        late: the day to apply by has passed already.
    """

    line: Line
    sitting: Sitting
    late: bool


def closings(
    new: Snapshot, kept: Iterable[Kept], period: Period, lines: Mapping[str, Line]
) -> Iterator[Closed]:
    """The closings of a period, the last of each task."""
    for before, after in kept:
        times = effects(before, after, period).count("closed")
        again = bool(
            before and before.status == after.status == CLOSED and before.meeting != after.meeting
        )
        if not times and not again:
            continue
        closing = _last_end(after)
        decision = new.decision(closing.decision) if closing else None
        yield Closed(
            lines[after.id],
            closing.date if closing else None,
            closing.decision if closing else "",
            *((decision.body, decision.session, decision.minutes) if decision else ("", "", "")),
            again=again and not times,
            times=times,
        )


def _last_end(task: Task) -> Closing | None:
    """How a task was closed the last time, when it was reopened since as well."""
    if task.closing and task.closing.is_over:
        return task.closing
    return task.past_closings[-1] if task.past_closings else task.closing


def reports(kept: Iterable[Kept], period: Period, lines: Mapping[str, Line]) -> Iterator[Reported]:
    """What was reported in a period."""
    for before, after in kept:
        entries = gained(before, after, lambda task: task.progress, period)
        if reported := tuple(entry for entry in entries if not entry.event):
            yield Reported(lines[after.id], reported)


def extensions(
    kept: Iterable[Kept], period: Period, lines: Mapping[str, Line]
) -> Iterator[Extended]:
    """The extensions of a period, approved ones only: others are not recorded."""
    for before, after in kept:
        for extension in gained(before, after, lambda task: task.extensions, period):
            yield Extended(lines[after.id], extension)


def events(
    new: Snapshot, kept: Iterable[Kept], period: Period, lines: Mapping[str, Line]
) -> Iterator[Happening]:
    """What was returned, reopened or ended without a closing in a period."""
    for before, after in kept:
        for entry in gained(before, after, lambda task: task.progress, period):
            if entry.event in (RETURNED, REOPENED):
                yield Happening(lines[after.id], entry.event, entry.date, entry.by, entry.text)
        if "cancelled" in effects(before, after, period):
            yield _cancelled(new, after, lines[after.id])


def _cancelled(new: Snapshot, task: Task, line: Line) -> Happening:
    closing = task.closing
    meeting = new.decision(task.meeting)
    result = _result(meeting, task.id) if meeting else ""
    called = f"{meeting.body}{meeting.session}".strip() if meeting else ""
    return Happening(line, "中止", closing.date if closing else None, called, result)


def _result(decision: Decision, task_id: str) -> str:
    item = decision.on(task_id)
    if item is None:
        return ""
    into = f" {item.into}" if item.into else ""
    opinion = f"：{item.opinion}" if item.opinion else ""
    return f"{item.result}{into}{opinion}"


def closings_by_department(closed: Iterable[Closed]) -> dict[str, int]:
    """How often each department has closed what it leads."""
    closings: Counter[str] = Counter()
    for task in closed:
        if task.times:
            closings.update(dict.fromkeys(task.line.lead, task.times))
    return dict(closings)
