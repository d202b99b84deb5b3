"""How a task stands on a day: next open checkpoint, days left, light; computed, never stored."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from ledger.model.record import dataclass
from ledger.model.task import (
    CANCELLED,
    CLOSED,
    ENDED,
    ONGOING,
    UNDECIDED,
    Extension,
    Progress,
    Task,
)

if TYPE_CHECKING:
    from ledger.model.lights import Lights

# Why a light is as it is, worst first: names of the fields of `Lights` that hold its name.
OVERDUE, DUE_SOON, LAGGING, NORMAL = "overdue", "due_soon", "lagging", "normal"
WAITING, CLOSED_LIGHT, CANCELLED_LIGHT = "waiting", "closed", "cancelled"
STATES = (OVERDUE, DUE_SOON, LAGGING, NORMAL, WAITING, CLOSED_LIGHT, CANCELLED_LIGHT)
RANKS = {
    OVERDUE: 0, DUE_SOON: 1, LAGGING: 1, NORMAL: 2, WAITING: 3, CLOSED_LIGHT: 4,
    CANCELLED_LIGHT: 5,
}  # fmt: skip


class _OnADay:
    """What follows from days left and from why a light is lit."""

    __slots__ = ()
    days_left: int | None
    state: str

    @property
    def overdue(self) -> bool:
        """Whether the next open checkpoint has passed."""
        return self.days_left is not None and self.days_left < 0

    @property
    def in_time(self) -> bool:
        """Whether it waits for review or a meeting, applied for in time."""
        return self.state == WAITING

    @property
    def rank(self) -> int:
        """Where its light stands when the worst comes first; 0 for overdue."""
        return RANKS[self.state]


@dataclass(frozen=True, slots=True)
class Standing(_OnADay):
    """A task on a day.

    Attributes:
        due: the next open checkpoint, None when there is none (no date, all answered, waiting in
            time, ended).
        days_left: calendar days from today to `due`; negative when overdue; None without `due`.
        light: what its light is called, as ledger.yaml says.
        state: why it is lit so, one of `STATES`.
        applied: of what waits in time the day of its application, where that is known.
    """

    due: dt.date | None
    days_left: int | None
    light: str
    state: str = NORMAL
    applied: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Brief(_OnADay):
    """A task on a day as lists show, sort and group it, without the rest of its file.

    Attributes:
        path: its file.
        due, days_left, light, state, applied: as `Standing` has them.
    """

    path: str
    id: str
    title: str
    kind: str
    source: str
    section: str
    lead: tuple[str, ...]
    assist: tuple[str, ...]
    leader: str
    status: str
    nature: str
    due_text: str
    due: dt.date | None
    days_left: int | None
    light: str
    state: str
    applied: dt.date | None = None


def brief(path: str, task: Task, standing: Standing) -> Brief:
    """A task in brief.

    Args:
        path: its file.
        standing: how it stands on the day.
    """
    return Brief(
        path, task.id, task.title, task.kind, task.source, task.section, task.lead, task.assist,
        task.leader, task.status, task.nature, task.due.text,
        standing.due, standing.days_left, standing.light, standing.state, standing.applied,
    )  # fmt: skip


def light_names(lights: Lights) -> tuple[str, ...]:
    """What the ledger's lights are called, the worst first, each name once."""
    return tuple(dict.fromkeys(str(getattr(lights, state)) for state in STATES))


def checkpoints(task: Task) -> tuple[dt.date, ...]:
    """Every date by which something is due, approved extensions applied, in order.

    The original deadline in the file never changes; each extension moves the checkpoint it names
    (`from`), or the last one where it names none.
    """
    if not (task.due.dates or task.extensions):
        return (task.due.date,) if task.due.date else ()
    days = set(task.due.dates) or ({task.due.date} if task.due.date else set())
    for extension in task.extensions:
        days = _extended(days, extension)
    return tuple(sorted(days))


def original_deadline(task: Task) -> dt.date | None:
    """The last date that the source document itself set; None where it set none."""
    return max(task.due.dates, default=task.due.date)


def deadline(task: Task) -> dt.date | None:
    """The last date by which a task is to be closed, approved extensions applied."""
    return max(checkpoints(task), default=None)


def reports(task: Task) -> tuple[Progress, ...]:
    """The dated entries of a task's log by which somebody reported.

    What 退回, 重开 and 催办 put into the log is no report: a reminder must not count as an answer.
    """
    return tuple(each for each in task.progress if each.date and not each.event)


def next_due(task: Task) -> dt.date | None:
    """The next open checkpoint.

    A single deadline stays open until the task is closed. Of several checkpoints each one is
    answered by a progress entry on or after it, but the last one only by an application to close
    that comes in time: reported is not done. What a meeting has made 长期坚持 has no end to apply
    for, only reports.
    """
    if task.status in ENDED:
        return None
    days = checkpoints(task)
    if len(days) < 2:
        return days[0] if days else None
    if task.status in UNDECIDED:
        return None if is_in_time(task) else days[-1]
    reported = max((each.date for each in reports(task) if each.date), default=dt.date.min)
    unanswered = next((day for day in days if day > reported), None)
    return unanswered or (None if task.status == ONGOING else days[-1])


def applied_on(task: Task) -> dt.date | None:
    """The day of the application that a task waits on, or that led to its closing after a review.

    None where there is none such, or nobody knows the day.
    """
    closing = task.closing
    if closing is None or closing.applied is None:
        return None
    counts = task.status in UNDECIDED or (task.status == CLOSED and closing.reviewed is not None)
    return closing.applied.date if counts else None


def is_in_time(task: Task) -> bool:
    """Whether a task waits for review or a meeting, and was applied for by its last deadline."""
    if task.status not in UNDECIDED:
        return False
    applied, end = applied_on(task), deadline(task)
    return end is None or (applied is not None and applied <= end)


def open_due(task: Task, lights: Lights) -> dt.date | None:
    """The next open checkpoint as a ledger's lights have it: what waits in time has none."""
    return None if lights.spares_waiting and is_in_time(task) else next_due(task)


def late_by(task: Task) -> int | None:
    """How many days after its last deadline a task that waits was applied for; None where in time.

    None as well where the day is not known.
    """
    applied, end = applied_on(task), deadline(task)
    if task.status not in UNDECIDED or applied is None or end is None or applied <= end:
        return None
    return (applied - end).days


def extensible(task: Task) -> dt.date | None:
    """The day that an extension moves and must come after: the next open checkpoint, else the last.

    None where the task has no deadline.
    """
    return next_due(task) or deadline(task)


@dataclass(frozen=True, slots=True)
class Track:
    """How a task has gone on, whatever the day.

    Attributes:
        began: when the work began: on the document's own day, else with the first report; None
            where no pace is known: without a percentage, or without a deadline behind it.
        deadline: the last date, approved extensions applied; `original` as the source set it.
        percent, latest, reported: of the last report: percentage, text, day; the percentage may
            be from an earlier one.
        closed: the day of closing; None while it is open, or where nobody wrote it down.
        applied: as `applied_on` tells it.
    """

    began: dt.date | None
    deadline: dt.date | None
    original: dt.date | None
    percent: int | None
    latest: str
    reported: dt.date | None
    closed: dt.date | None
    applied: dt.date | None


def track(task: Task) -> Track:
    """How a task has gone on."""
    entries = reports(task)
    if len(entries) > 1:
        entries = tuple(sorted(entries, key=lambda each: each.date or dt.date.min))
    percents = [each.percent for each in entries if each.percent is not None]
    begin, end = task.due.start or (entries[0].date if entries else None), deadline(task)
    return Track(
        begin if percents and begin and end and begin < end else None,
        end,
        original_deadline(task),
        percents[-1] if percents else None,
        entries[-1].text if entries else "",
        entries[-1].date if entries else None,
        task.closing.date if task.status == CLOSED and task.closing else None,
        applied_on(task),
    )


def lag(task: Task, today: dt.date) -> int | None:
    """How many percent points the last reported percentage is behind the time that has passed.

    None where no pace is known; negative ahead.
    """
    its = track(task)
    if its.began is None or its.deadline is None or its.percent is None:
        return None
    span = (its.deadline - its.began).days
    return min(100, max(0, 100 * (today - its.began).days // span)) - its.percent


def standing(task: Task, today: dt.date, lights: Lights) -> Standing:
    """How a task stands today, by the ledger's own lights."""
    if lights.spares_waiting and is_in_time(task):
        return Standing(None, None, lights.waiting, WAITING, applied_on(task))
    due = next_due(task)
    days_left = (due - today).days if due else None
    state = _state(task, days_left, today, lights)
    return Standing(due, days_left, str(getattr(lights, state)), state)


def _extended(days: set[dt.date], extension: Extension) -> set[dt.date]:
    moved = extension.from_ if extension.from_ in days else max(days, default=None)
    return (days - {moved}) | ({extension.to} if extension.to else set())


def _state(task: Task, days_left: int | None, today: dt.date, lights: Lights) -> str:
    if task.status == CLOSED:
        return CLOSED_LIGHT
    if task.status == CANCELLED:
        return CANCELLED_LIGHT
    if days_left is not None and days_left < 0:
        return OVERDUE
    if days_left is not None and days_left <= lights.due_soon_days:
        return DUE_SOON
    behind = lag(task, today) if lights.lag_percent and days_left is not None else None
    return LAGGING if behind is not None and behind >= lights.lag_percent else NORMAL
