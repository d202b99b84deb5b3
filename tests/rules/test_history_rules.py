"""H001-H004 by themselves; tests/usecases/checking/test_audit.py runs them on real histories."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from ledger.model.change import Change, difference
from ledger.model.config import HistoryPolicy, Policies
from ledger.model.problem import Problem
from ledger.model.snapshot import Snapshot
from ledger.rules.history import (
    ALLOWED,
    BROKEN,
    UNKNOWN,
    UNSIGNED,
    Making,
    Signature,
    h001_pull_request,
    h002_h003_signature,
    h004_lost,
    must_be_signed,
    newly_closed,
)
from ledger.view.problems import problem_line

LOST = "a70ec67fc7" + "0" * 30
SIGNER = "SHA256:zYeAw5Xy…"
DIRECT = Making(False, "a@example.com", {})


def merged(by: str, closer: str) -> Making:
    return Making(True, by, {"ZG2020-017": frozenset({closer})})


def proposed(making: Making, **policies: Any) -> Callable[[Change], Iterable[Problem]]:
    return lambda change: h001_pull_request(change, making, Policies(**policies))


def signed(state: str) -> Callable[[Change], Iterable[Problem]]:
    return lambda change: h002_h003_signature(Signature(state, SIGNER if state != UNSIGNED else ""))


def vouched(known: set[str]) -> Callable[[Change], Iterable[Problem]]:
    return lambda change: h004_lost([("上次审计", LOST)], known)


Judged = Callable[[Change], Iterable[Problem]]

# Code → what breaks the rule and what keeps it, where a step closes ZG2020-017.
CASES: dict[str, tuple[Judged, Judged]] = {
    "H001": (proposed(DIRECT), proposed(merged("office@example.com", "staff@example.com"))),
    "H002": (signed(UNSIGNED), signed(ALLOWED)),
    "H003": (signed(UNKNOWN), signed(ALLOWED)),
    "H004": (vouched({"b" * 40}), vouched({LOST, "b" * 40})),
}


@pytest.fixture
def closing(build: Callable[[Any], Snapshot]) -> Change:
    """A step that closes one task and touches another."""
    task = {"id": "ZG2020-017", "status": "待上会"}
    before = build({"tasks": [task, {}]})
    return difference(before, build({"tasks": [task | {"status": "已销号"}, {"goal": "完成"}]}))


def test_one_address_in_two_cases_is_one_person(closing: Change) -> None:
    own = proposed(merged("Staff@Example.com ", "staff@example.com"))
    assert [problem.code for problem in own(closing)] == ["H001"]


@pytest.mark.parametrize("code", CASES)
def test_broken(code: str, closing: Change) -> None:
    assert [problem.code for problem in CASES[code][0](closing)] == [code]


@pytest.mark.parametrize("code", CASES)
def test_kept(code: str, closing: Change) -> None:
    assert list(CASES[code][1](closing)) == []


@pytest.mark.parametrize("code", CASES)
def test_the_page_shows_what_is_said(
    code: str, closing: Change, shown: Callable[[str], str]
) -> None:
    assert shown(code) in {problem_line(problem) for problem in CASES[code][0](closing)}


def test_who_proposes_does_not_merge(closing: Change) -> None:
    own = merged("staff@example.com", "staff@example.com")
    (problem,) = proposed(own)(closing)
    assert "自己合并" in problem.message
    assert list(proposed(own, self_merge="允许")(closing)) == []


def test_closings_may_come_directly_where_policy_says_so(closing: Change) -> None:
    assert list(proposed(DIRECT, history=HistoryPolicy(pull_requests="不必"))(closing)) == []


def test_a_broken_signature_is_no_signature(closing: Change) -> None:
    (problem,) = signed(BROKEN)(closing)
    assert (problem.code, "无效" in problem.message) == ("H003", True)


@pytest.mark.parametrize(
    ("policy", "of_closing", "of_another"),
    [("不要求", False, False), ("销号", True, False), ("全部", True, True)],
)
def test_whose_signature_is_wanted(
    policy: str, of_closing: bool, of_another: bool, closing: Change
) -> None:
    policies = Policies(history=HistoryPolicy(signatures=policy))
    assert must_be_signed(closing, policies) is of_closing
    assert must_be_signed(difference(closing.new, closing.new), policies) is of_another


def test_only_what_was_open_is_newly_closed(closing: Change) -> None:
    assert [task.id for task in newly_closed(closing)] == ["ZG2020-017"]
    assert newly_closed(difference(closing.new, closing.new)) == []
