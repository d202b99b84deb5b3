"""What the web page of a bulletin draws: pictures of the tasks that its text counts."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.usecases.bulletins.kinds import KINDS, Facts, Request
from ledger.usecases.bulletins.scores import ScoreFacts
from ledger.usecases.bulletins.state import DeptFacts
from ledger.usecases.picturing.bars import bars, splits
from ledger.usecases.picturing.curve import closings, curve
from ledger.usecases.picturing.svg import Picture


def pictures(request: Request, facts: Facts) -> Iterator[Picture]:
    """The curve of closings over the whole course, the period marked; bars by department."""
    kind = KINDS[request.kind]
    lines = kind.drawn(facts)
    if course := closings(lines, request.today):
        period = request.period if kind.whole else None
        yield curve("burn-up", course, period=period, now="截止日")
    shown = facts.department if isinstance(facts, DeptFacts) else ""
    if led := [each for each in splits(lines) if shown in ("", each.name)]:
        yield bars("departments", led)


def leading(facts: Facts) -> list[str]:
    """The departments that lead the tasks which the page lists, to choose from."""
    return [] if isinstance(facts, ScoreFacts) else [each.name for each in splits(facts.lines)]
