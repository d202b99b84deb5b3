"""Which status may follow which, as the contract has it."""

from __future__ import annotations

import itertools

import pytest

from ledger.model.decision import RESULTS
from ledger.model.task import STATUSES
from ledger.model.transition import GIVEN, NEEDED, STEPS, is_return

# Literally the contract's list, beside any → 已中止.
CONTRACT = """
未启动→推进中 推进中→申请销号 申请销号→待上会 待上会→已销号
申请销号→推进中 待上会→推进中
已销号→推进中
推进中→长期坚持 长期坚持→推进中
"""


def test_the_steps_are_those_of_the_contract() -> None:
    steps = {tuple(step.split("→")) for step in CONTRACT.split()}
    cancelled = {(status, "已中止") for status in STATUSES if status != "已中止"}
    assert steps | cancelled == STEPS


def test_nothing_follows_a_cancelled_task() -> None:
    assert not [step for step in STEPS if step[0] == "已中止"]


def test_only_a_reviewed_task_can_be_closed() -> None:
    assert [old for old, new in STEPS if new == "已销号"] == ["待上会"]


def test_every_status_can_be_reached_from_the_beginning() -> None:
    reached = {"未启动"}
    while more := {new for old, new in STEPS if old in reached} - reached:
        reached |= more
    assert reached == set(STATUSES)


def test_what_only_a_meeting_gives_has_results_that_give_it() -> None:
    assert set(NEEDED) == {"已销号", "已中止", "长期坚持"}
    assert {result: GIVEN[result] for result in RESULTS if result in GIVEN} == {
        "同意销号": "已销号",
        "同意中止": "已中止",
        "并入": "已中止",
        "转为长期坚持": "长期坚持",
    }


@pytest.mark.parametrize("old", STATUSES)
def test_a_return_leads_back_from_the_procedure_to_work(old: str) -> None:
    returns = [new for new in STATUSES if is_return(old, new)]
    assert returns == (["推进中"] if old in ("申请销号", "待上会") else [])


def test_returns_and_needs_are_steps() -> None:
    for old, new in itertools.product(STATUSES, repeat=2):
        if is_return(old, new):
            assert (old, new) in STEPS
    assert all(any(new == status for _, new in STEPS) for status in NEEDED)
