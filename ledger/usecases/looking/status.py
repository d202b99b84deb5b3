"""How many tasks stand where: `status`, and the picture of the day."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ledger.model.choice import one_of
from ledger.model.config import Lights
from ledger.model.record import dataclass
from ledger.model.shares import percent
from ledger.model.snapshot import Snapshot
from ledger.model.task import (
    APPLIED,
    CANCELLED,
    CLOSED,
    IN_PROGRESS,
    NOT_STARTED,
    ONGOING,
    REVIEWED,
)
from ledger.usecases.looking.list import Row, grouped, rows
from ledger.usecases.reading.open import Ledger, Moment, load

STATUS_GROUPS = ("lead", "source", "kind", "leader", "section", "nature")
COUNTED = {
    "total": "总数", "closed": "已销号", "rate": "完成率", "in_progress": "推进中",
    "not_started": "未启动", "applied": "申请销号", "reviewed": "待上会", "ongoing": "长期坚持",
    "cancelled": "已中止", "overdue": "逾期", "due_soon": "临期",
}  # fmt: skip
"""What of a `Count` is shown → how its column is called."""


@dataclass(frozen=True, slots=True)
class Count:
    """The tasks of one group, by status; `overdue` and `due_soon` are computed from the day.

    Attributes:
        rate: closed / total in percent with one decimal; 0.0 where there are no tasks.
    """

    key: str
    total: int
    closed: int
    in_progress: int
    not_started: int
    applied: int
    reviewed: int
    ongoing: int
    cancelled: int
    overdue: int
    due_soon: int

    @property
    def rate(self) -> float:
        """完成率 in percent."""
        return percent(self.closed, self.total)


@dataclass(frozen=True, slots=True)
class Today:
    """What a secretary wants to know first in the morning."""

    count: Count
    overdue: tuple[Row, ...]
    this_week: tuple[Row, ...]
    waiting: tuple[Row, ...]  # 待上会


@dataclass(frozen=True, slots=True)
class Status:
    """The whole ledger's numbers at a moment, and those of each group."""

    snapshot: Snapshot
    today: dt.date
    by: str  # one of `STATUS_GROUPS`
    total: Count
    groups: tuple[Count, ...]


def status(ledger: Ledger, when: Moment, by: str) -> Status:
    """Count the tasks of a moment.

    Args:
        by: one of `STATUS_GROUPS`.

    Raises:
        UsageError: for any other group.
    """
    one_of(by, STATUS_GROUPS, "分组方式")
    snapshot = load(ledger, when.commit)
    listed, lights = rows(snapshot, when.today), snapshot.config.lights
    groups = counts(listed, by, lights, snapshot.departments)
    return Status(snapshot, when.today, by, count("", listed, lights), groups)


def count(key: str, rows: Sequence[Row], lights: Lights) -> Count:
    """Count one group of rows."""
    by_status = Counter(row.task.status for row in rows)
    days = [row.standing.days_left for row in rows if row.standing.days_left is not None]
    return Count(
        key,
        len(rows),
        by_status[CLOSED],
        by_status[IN_PROGRESS],
        by_status[NOT_STARTED],
        by_status[APPLIED],
        by_status[REVIEWED],
        by_status[ONGOING],
        by_status[CANCELLED],
        overdue=sum(day < 0 for day in days),
        due_soon=sum(0 <= day <= lights.due_soon_days for day in days),
    )


def counts(
    rows: Sequence[Row], by: str, lights: Lights, departments: Mapping[str, str] | None = None
) -> tuple[Count, ...]:
    """Count every group; a task with several departments counts in each of them.

    Args:
        departments: names and aliases → canonical names, under which departments are counted.
    """
    groups = grouped(rows, by, departments)
    return tuple(count(key, part, lights) for key, part in groups.items())


def today_picture(rows: Iterable[Row], today: dt.date, lights: Lights) -> Today:
    """Totals, what is overdue, what is due up to Sunday, what waits for a meeting."""
    listed = list(rows)
    dated = sorted(
        (row for row in listed if row.standing.due is not None),
        key=lambda row: (row.standing.due or dt.date.max, row.task.id),
    )
    days_to_sunday = 7 - today.isoweekday()
    return Today(
        count("", listed, lights),
        tuple(row for row in dated if row.standing.overdue),
        tuple(row for row in dated if 0 <= (row.standing.days_left or 0) <= days_to_sunday),
        tuple(row for row in listed if row.task.status == REVIEWED),
    )
