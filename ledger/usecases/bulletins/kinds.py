"""Which bulletins there are: a kind is one record here, a template of its name, a golden test."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

from ledger.errors import LedgerError
from ledger.model.period import ANNUAL, MONTHLY, QUARTERLY, WEEKLY, Period
from ledger.model.record import dataclass, replace
from ledger.model.snapshot import Snapshot
from ledger.usecases.bulletins.beginning import Beginning, beginning
from ledger.usecases.bulletins.closing import ClosingFacts, closing_facts
from ledger.usecases.bulletins.facts import Line, Scope
from ledger.usecases.bulletins.period import PeriodFacts, period_facts
from ledger.usecases.bulletins.roll import Roll, read_at, roll_at, whole
from ledger.usecases.bulletins.scores import ScoreFacts, score_facts
from ledger.usecases.bulletins.state import DeptFacts, depts_facts
from ledger.usecases.reading.committed import earlier
from ledger.usecases.reading.load import config_at, refuse_broken
from ledger.usecases.reading.open import Ledger

MARKDOWN, HTML = "md", "html"

Facts = PeriodFacts | ClosingFacts | DeptFacts | ScoreFacts


@dataclass(frozen=True, slots=True)
class Request:
    """Which bulletin is asked for.

    Attributes:
        kind: the name of one of `KINDS`.
        period: what it is about; of `closing` and `dept` just the cut-off day.
        today: the cut-off, by which lights and days left are counted.
        scope: which sources and kinds of task.
        department: of `dept`, and of `scores --explain`; canonical or not.
        number: 期号 when the ledger's own numbering is not wanted.
        form: `MARKDOWN` or `HTML`.
    """

    kind: str
    period: Period
    today: dt.date
    scope: Scope = Scope()
    department: str = ""
    number: int | None = None
    form: str = MARKDOWN


@dataclass(frozen=True, slots=True)
class Kind:
    """What tells a kind of bulletin from the others.

    Attributes:
        title: its usual name; ledger.yaml may have another one.
        called: what it is called by its facts; empty for the usual name.
        short: what it is called in a list of kinds.
        facts: what it tells of a roll, which is all or a part of the commit's, given behind it.
        period: which periods it goes by, a kind of `model.period`.
        named_by: the option that names such a period; empty where it is about one day only.
        whole: whether it is about whole periods: its issues have numbers of their own, and a last
            day alone says nothing.
        once_a_year: whether there is one each year, whose number says nothing.
        department: the option that names a department; empty where there is none.
        asks: whether there must be one.
        takes_number: whether one may give it a number (`--number`).
        reads: whether it tells of every task what only its file says.
        drawn: which lines of its facts charts are drawn of.
    """

    title: str
    short: str
    facts: Callable[[Ledger, Request, Roll, Roll], Facts]
    period: str = ANNUAL
    named_by: str = ""
    whole: bool = False
    once_a_year: bool = False
    department: str = ""
    asks: bool = False
    takes_number: bool = True
    reads: bool = False
    drawn: Callable[[Any], tuple[Line, ...]] = attrgetter("lines")
    called: Callable[[Any], str] = lambda _: ""

    @property
    def of_a_day(self) -> bool:
        """Whether it shows how things stand on one day."""
        return not self.named_by


def _of_period(ledger: Ledger, request: Request, roll: Roll, end: Roll) -> Facts:
    begun = _beginning(ledger, request, roll, end)
    return period_facts(begun, roll, request.period, request.today)


def _of_department(ledger: Ledger, request: Request, roll: Roll, end: Roll) -> Facts:
    return depts_facts(roll, (roll.department(request.department),), request.today)[0]


def _of_scores(ledger: Ledger, request: Request, roll: Roll, end: Roll) -> Facts:
    explained = roll.department(request.department) if request.department else ""
    lines = {each.id: each for each in roll.lines.values()}
    return score_facts(ledger, whole(ledger, roll), lines, request.period, request.today, explained)


def _periodic(short: str, period: str, named_by: str, once_a_year: bool = False) -> Kind:
    return Kind(f"工作台账{short}", short, _of_period, period, named_by, True, once_a_year)


def _of_closing(ledger: Ledger, request: Request, roll: Roll, end: Roll) -> Facts:
    return closing_facts(roll, (each.record for each in whole(ledger, roll).tasks), request.today)


KINDS: Mapping[str, Kind] = {
    WEEKLY: _periodic("周报", WEEKLY, "week"),
    MONTHLY: _periodic("月报", MONTHLY, "month"),
    QUARTERLY: _periodic("季度通报", QUARTERLY, "quarter"),
    ANNUAL: _periodic("年度通报", ANNUAL, "year", once_a_year=True),
    "closing": Kind(
        "关于整改进展情况的通报",
        "整改进展通报",
        _of_closing,
        reads=True,
        called=lambda facts: "" if facts.rectifies else "关于工作进展情况的通报",
    ),
    "dept": Kind(
        "部门任务清单",
        "部门清单",
        _of_department,
        department="--dept",
        asks=True,
        drawn=lambda facts: facts.leading,
    ),
    "scores": Kind(
        "考核评分",
        "考核评分",
        _of_scores,
        named_by="year",
        department="--explain",
        takes_number=False,
        reads=True,
        drawn=lambda _: (),
    ),
}


def kind_with(option: str) -> str:
    """The kind whose department an option names."""
    return next(name for name, kind in KINDS.items() if kind.department == option)


def _beginning(ledger: Ledger, request: Request, roll: Roll, end: Roll) -> Beginning:
    """How the tasks of a roll stood when the period began."""
    commit = end.snapshot.commit
    base = _base(ledger, request, commit)
    if not base:
        return beginning(None, whole(ledger, roll))
    then = earlier(ledger, base, commit)
    same = {path: each for path, each in end.lines.items() if path not in then.paths}
    read = then.snapshot
    try:
        refuse_broken(read, "")
        refuse_twice([*((path, each.id) for path, each in same.items()), *_named(read)])
    except LedgerError as error:
        raise LedgerError(
            f"{request.period.before.isoformat()} 的台账不能用来比较：{error.message}",
            hint="请用 --since 换一个起点",
        ) from None
    stayed = (each for path, each in roll.lines.items() if path in same)
    before = tuple(each for each in read.tasks if request.scope.holds(each.record))
    now = whole(ledger, roll, then.paths)
    return beginning(replace(read, tasks=before), now, stayed, request.period.before)


def roll_for(ledger: Ledger, request: Request, commit: str) -> Roll:
    """The roll that a bulletin is made of.

    Where every task's file is needed anyway it is made of these, not of the index first: for what
    tells all, and for the first bulletin, before which there was no ledger.
    """
    kind = KINDS[request.kind]
    if request.scope == Scope() and (
        kind.reads or (kind.whole and not _base(ledger, request, commit))
    ):
        return read_at(ledger, commit, request.today)
    return roll_at(ledger, commit, request.today)


def _base(ledger: Ledger, request: Request, commit: str) -> str:
    """The commit at which the period began; empty where there was none."""
    zone = config_at(ledger, commit).calendar.zone
    return ledger.repo.commit_at(request.period.before, zone, commit)


def refuse_unsound(roll: Roll) -> None:
    """No bulletin of files that cannot be read, nor where one id stands for two tasks.

    Raises:
        LedgerError: there are such files; no number would be right.
    """
    refuse_broken(roll.snapshot, "")
    refuse_twice([(path, each.id) for path, each in roll.lines.items()])


def refuse_twice(named: Sequence[tuple[str, str]]) -> None:
    """Raise where one id stands for two tasks.

    Args:
        named: path and id of each.
    """
    if len({task for _, task in named}) == len(named):
        return
    seen: dict[str, str] = {}
    for path, task in sorted(named, key=lambda each: os.fsencode(each[0])):
        other = seen.setdefault(task, path)
        if other != path:
            raise LedgerError(
                f"勾稽不了：{other} 和 {path} 是同一个编号 {task}",
                hint="请先改成不同的编号（ledger check 会列出全部），再出通报",
            )


def _named(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    return ((entry.path, entry.record.id) for entry in snapshot.tasks)
