"""制度建设 and 量化指标 of some tasks, summed: what was planned, what is reached."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ledger.model.record import dataclass
from ledger.model.regulations import AMENDED, NEW, Number, Planning, regulations_of
from ledger.model.shares import percent
from ledger.model.task import CANCELLED, Indicator
from ledger.usecases.bulletins.facts import Line

# Shares, durations and averages: ten of them added up mean nothing.
_NO_SUM = re.compile("[%％‰]|百分点|天|日|小时|分钟|周|个?月|年|分")
_AT_MOST = re.compile("[（(](?:以内|以下)[)）]$")


@dataclass(frozen=True, slots=True)
class Made:
    """How many rules were to be made, and how many are issued."""

    planned: Number = 0
    issued: Number = 0


@dataclass(frozen=True, slots=True)
class Regulations:
    """制度建设: how many rules the tasks set out to make or amend, and how many are issued.

    Attributes:
        new, amended: those of which the name says that they are new, or amended.
        lines: tasks whose rules are not all issued.
    """

    planned: Number
    issued: Number
    new: Made
    amended: Made
    lines: tuple[Line, ...]

    @property
    def rate(self) -> float:
        """Issued in percent of planned."""
        return percent(round(self.issued * 100), round(self.planned * 100))


@dataclass(frozen=True, slots=True)
class UnitSum:
    """The indicators of one unit, those of 制度建设 apart.

    Attributes:
        number: how many there are; aimed: how many of them have a target; reached: how many of
            these have reached it.
        target, actual: the sums of those with a target; None for a unit that cannot be added up.
        beside: the sum of those without a target, likewise.
    """

    unit: str
    number: int
    aimed: int
    reached: int
    target: Number | None
    actual: Number | None
    beside: Number | None


def regulations(lines: Iterable[Line], word: str) -> Regulations:
    """制度建设 of some tasks; those that were cancelled plan nothing.

    Args:
        word: the ledger's word for a rule.
    """
    unfinished = []
    sums: dict[str, Made] = {}
    for line in lines:
        if line.status == CANCELLED or not (line.indicators or line.tags):
            continue
        own = regulations_of(line, word)
        for each in own:
            so_far = sums.get(each.way, Made())
            sums[each.way] = Made(so_far.planned + each.planned, so_far.issued + each.issued)
        if sum(each.issued for each in own) < sum(each.planned for each in own):
            unfinished.append(line)
    return Regulations(
        rounded(sum(each.planned for each in sums.values())),
        rounded(sum(each.issued for each in sums.values())),
        sums.get(NEW, Made()),
        sums.get(AMENDED, Made()),
        tuple(unfinished),
    )


def issued(task: Planning | None, word: str) -> Number:
    """How many rules a task has issued; none where there was no task."""
    return sum(each.issued for each in regulations_of(task, word)) if task else 0


def unit_sums(lines: Iterable[Line], word: str) -> tuple[UnitSum, ...]:
    """The other indicators of some tasks by unit, the most frequent unit first."""
    by_unit: dict[str, list[Indicator]] = {}
    for line in lines:
        if line.indicators and line.status != CANCELLED:
            for each in line.indicators:
                if not (word and word in each.name):
                    by_unit.setdefault(each.unit, []).append(each)
    ordered = sorted(by_unit.items(), key=lambda each: (-len(each[1]), each[0]))
    return tuple(_summed(unit, indicators) for unit, indicators in ordered)


def _summed(unit: str, indicators: Sequence[Indicator]) -> UnitSum:
    aimed = [each for each in indicators if each.target is not None]
    beside = [each.actual or 0 for each in indicators if each.target is None]
    adds = bool(unit) and not _NO_SUM.fullmatch(unit)
    return UnitSum(
        unit,
        len(indicators),
        len(aimed),
        sum(reached(each) for each in aimed),
        rounded(sum(each.target or 0 for each in aimed)) if adds else None,
        rounded(sum(each.actual or 0 for each in aimed)) if adds else None,
        rounded(sum(beside)) if adds else None,
    )


def reached(indicator: Indicator) -> bool:
    """Whether an indicator has come to its target: up to it, or down where it says 以内."""
    if indicator.target is None or indicator.actual is None:
        return False
    if _AT_MOST.search(indicator.name):
        return indicator.actual <= indicator.target
    return indicator.actual >= indicator.target


def rounded(number: Number) -> Number:
    """A sum without the binary dust, whole where it is."""
    exact = round(number, 6)
    return int(exact) if exact == int(exact) else exact
