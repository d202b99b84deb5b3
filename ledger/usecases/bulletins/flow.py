"""勾稽: what happened to the number of open tasks between the two ends of a period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from ledger.errors import LedgerError
from ledger.model.period import Period
from ledger.model.record import dataclass
from ledger.model.task import CANCELLED, CLOSED, ENDED, REOPENED, Extension, Progress, Task

T = TypeVar("T")
Entry = TypeVar("Entry", Progress, Extension)
Pair = tuple[Task | None, Task | None]

_EFFECTS = ("added", "reopened", "closed", "cancelled", "removed", "recorded")


@dataclass(frozen=True, slots=True)
class Flow:
    """勾稽: how the open tasks (neither 已销号 nor 已中止) became as many as they are.

    Attributes:
        recorded: tasks that came into the ledger already ended before the period; no part of it.
    """

    opening: int
    added: int
    reopened: int
    closed: int
    cancelled: int
    removed: int
    remaining: int
    recorded: int

    @property
    def balanced(self) -> bool:
        """期初 + 新增 + 重开 − 销号 − 中止 − 移出 = 期末."""
        gone = self.closed + self.cancelled + self.removed
        return self.opening + self.added + self.reopened - gone == self.remaining


def flow(opening: int, remaining: int, pairs: Iterable[Pair], period: Period) -> Flow:
    """勾稽, counted from both ends and from what happened between them.

    Args:
        opening, remaining: the open tasks at both ends.
        pairs: what changed.

    Raises:
        LedgerError: the two do not agree.
    """
    happened = Counter(name for pair in pairs for name in effects(*pair, period))
    counted = Flow(
        opening=opening, remaining=remaining, **{name: happened[name] for name in _EFFECTS}
    )
    if not counted.balanced:
        raise LedgerError(
            f"勾稽不平：期初 {counted.opening} + 新增 {counted.added} + 重开 {counted.reopened}"
            f" − 销号 {counted.closed} − 中止 {counted.cancelled} − 移出 {counted.removed}"
            f" ≠ 期末 {counted.remaining}",
            hint="多半是有编号重复的事项，请用 ledger check 查出并改好",
        )
    return counted


def effects(before: Task | None, after: Task | None, period: Period) -> tuple[str, ...]:
    """What one task's change does to the number of open tasks."""
    if after is None:
        return ("removed",) if before and before.status not in ENDED else ()
    end = {CLOSED: "closed", CANCELLED: "cancelled"}.get(after.status, "")
    # Every reopening is in the log; how often it ended follows from them and from both ends.
    entries = gained(before, after, lambda task: task.progress, period)
    logged = sum(each.event == REOPENED for each in entries)
    was_open, is_open = _was_open(before, after, logged, period), not end
    reopened = max(logged, int(is_open and not was_open))
    times = reopened + was_open - is_open
    endings = ["closed"] * times
    if end and times:
        endings[-1] = end
    came = () if before else ("added",) if was_open else ("recorded",)
    return (*came, *["reopened"] * reopened, *endings)


def _was_open(before: Task | None, after: Task, logged: int, period: Period) -> bool:
    """Whether a task was open at the beginning, or when it came in the period.

    One that came is taken to have come open, unless its first end was not in the period.

    Args:
        logged: how often it was reopened in the period.
    """
    if before:
        return before.status not in ENDED
    if after.status not in ENDED and not logged:
        return True
    ends = [each for each in (*after.past_closings, after.closing) if each and each.is_over]
    day = ends[0].date if ends else None
    if not ends and after.status not in ENDED:
        return True
    return day is not None and period.first <= day <= period.last


def grown(old: Sequence[T], new: Sequence[T]) -> tuple[T, ...]:
    """What a list that only grows has gained."""
    if list(new[: len(old)]) == list(old):
        return tuple(new[len(old) :])
    return tuple(each for each in new if each not in old)


def gained(
    before: Task | None, after: Task, log: Callable[[Task], tuple[Entry, ...]], period: Period
) -> tuple[Entry, ...]:
    """What a task's log gained in the period; where the task itself is new, what is dated so."""
    entries = log(after)
    if before is None:
        return tuple(e for e in entries if e.date and period.first <= e.date <= period.last)
    return grown(log(before), entries)
