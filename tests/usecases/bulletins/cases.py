"""Bulletins of one week of 2017 for tests: what is asked for, and what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ledger.model.period import named
from ledger.usecases.bulletins.kinds import Request
from ledger.usecases.bulletins.period import PeriodFacts
from ledger.usecases.bulletins.report import commit_for, report, text_of
from ledger.usecases.reading.open import Ledger

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder

D = dt.date
WEEK = named("weekly", "2017-W42")  # 16 to 22 October
NOW = D(2017, 12, 31)


def weekly(**more: Any) -> Request:
    return Request("weekly", WEEK, WEEK.last, **more)


def facts_of(ledger: LedgerFolder, commit: str, request: Request | None = None) -> PeriodFacts:
    with opened(ledger) as its:
        facts = report(its, request or weekly(), commit).facts
    assert isinstance(facts, PeriodFacts)
    return facts


def rendered(ledger: LedgerFolder, request: Request, commit: str) -> str:
    with opened(ledger) as its:
        return text_of(its, report(its, request, commit))


def chosen(ledger: LedgerFolder, request: Request, fixed: bool) -> tuple[str, str]:
    with opened(ledger) as its:
        return commit_for(its, request, fixed)


@contextmanager
def opened(ledger: LedgerFolder) -> Iterator[Ledger]:
    """A ledger whose cache is closed again."""
    its = ledger.open()
    try:
        yield its
    finally:
        its.cache.close()


def decided(*ids: str, day: str = "2017-10-19", number: int = 20) -> dict[str, Any]:
    votes = {"for": 5, "against": 0, "abstain": 0}
    return {
        "id": f"DZH-2017-{number}",
        "body": "党组会",
        "date": day,
        "session": f"2017年第{number}次",
        "chair": "党组书记",
        "due_members": 5,
        "present": ["党组书记", "成员一", "成员二", "成员三", "成员四"],
        "minutes": f"〔2017〕{number}号",
        "items": [{"task": each, "result": "同意销号", "votes": dict(votes)} for each in ids],
    }


def closed(day: str = "2017-10-19", number: int = 20) -> dict[str, Any]:
    return {"status": "已销号", "closing": {"decision": f"DZH-2017-{number}", "date": day}}


def applied(day: str) -> dict[str, Any]:
    closing = {"applied": {"date": day, "by": "联络员", "summary": "任务完成，材料齐全"}}
    return {"status": "申请销号", "closing": closing}
