"""The text of a closing's pull request."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from ledger.model.change import Change
from ledger.model.config import ClosingPolicy, Config
from ledger.model.decision import Absence, Decision, DecisionItem, Votes
from ledger.model.snapshot import Snapshot
from ledger.model.task import Task
from ledger.usecases.closing.close import Proposal
from ledger.view.close import request_body

TASK = Task(
    id="ZG2020-001", kind="巡视整改", title="梳理 | 现行制度", source="ZG2020", status="已销号"
)
MEETING = Decision(
    id="DZH-2020-31",
    body="党组会",
    date=dt.date(2020, 12, 3),
    chair="书记",
    due_members=5,
    present=("书记", "甲", "乙", "乙", "丙", "丁"),
    observers=("丙",),
    absent=(Absence(name="丁"),),
    items=(DecisionItem(task="ZG2020-001", result="同意销号", votes=Votes(for_=3)),),
)


def test_who_counts_as_present_is_what_the_quorum_is_counted_by(tmp_path: Path) -> None:
    """Nobody twice, nobody who only listened, nobody who was not there."""
    nothing = Snapshot(Config())
    change = Change(nothing, nothing, ())
    proposal = Proposal(
        "0" * 40, "close/x", "1" * 40, (TASK,), MEETING, ClosingPolicy(), change, "销号", ()
    )
    text = request_body(proposal, tmp_path)
    assert "应到 5 人，实到 3 人（须达半数）" in text
    assert "| 已销号 | 3/0/0 |" in text
