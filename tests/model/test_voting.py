"""Quorum, votes and majorities: the contract's figures, then any figures."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, strategies

from ledger.model.config import ClosingPolicy, Policies, Threshold
from ledger.model.decision import RESULTS, Absence, Decision, DecisionItem, Votes
from ledger.model.voting import (
    attending,
    carries,
    has_quorum,
    objections,
    reached,
    spelled,
    voters,
    votes_cast,
)

DEFAULT = ClosingPolicy()
TWO_THIRDS = ClosingPolicy(quorum=Threshold(at_least="2/3"), approval=Threshold(at_least="2/3"))
NAMES = tuple(f"成员{number}" for number in range(1, 21))
SENT_BACK = ("不同意", "继续整改")


def meeting(due: int, present: int, body: str = "党组会") -> Decision:
    return Decision(id="D-1", body=body, chair=NAMES[0], due_members=due, present=NAMES[:present])


def votes(for_: int, against: int = 0, abstain: int = 0, result: str = "同意销号") -> DecisionItem:
    return DecisionItem(
        task="ZG2020-001", result=result, votes=Votes(for_=for_, against=against, abstain=abstain)
    )


@pytest.mark.parametrize(
    ("due", "present", "opens"),
    [(8, 3, False), (8, 4, True), (9, 4, False), (9, 5, True), (1, 1, True), (2, 1, True)],
)
def test_half_of_those_due_open_a_meeting(due: int, present: int, opens: bool) -> None:
    assert has_quorum(meeting(due, present), DEFAULT) == opens


@pytest.mark.parametrize(
    ("due", "for_", "carried"),
    [(8, 4, False), (8, 5, True), (9, 4, False), (9, 5, True), (1, 1, True), (2, 1, False)],
)
def test_more_than_half_of_those_due_carry(due: int, for_: int, carried: bool) -> None:
    assert carries(meeting(due, due), votes(for_), DEFAULT) == carried


def test_eight_due_and_four_present_meet_but_carry_nothing() -> None:
    decision = meeting(8, 4)
    assert has_quorum(decision, DEFAULT)
    for result in RESULTS:
        objection = objections(decision, votes(4, result=result), DEFAULT)
        assert bool(objection) == (result not in SENT_BACK)


def test_thirteen_of_fifteen_carried_by_eight_of_nine() -> None:
    assert objections(meeting(9, 8), votes(8), DEFAULT) == ()


@pytest.mark.parametrize(
    ("due", "number", "enough"), [(9, 5, False), (9, 6, True), (10, 6, False), (10, 7, True)]
)
def test_two_thirds_at_least(due: int, number: int, enough: bool) -> None:
    assert has_quorum(meeting(due, number), TWO_THIRDS) == enough
    assert carries(meeting(due, due), votes(number), TWO_THIRDS) == enough


@pytest.mark.parametrize(
    ("threshold", "enough"),
    [
        (Threshold(at_least="2/3"), True),
        (Threshold(more_than="2/3"), False),
        (Threshold(at_least="2/3", more_than="1/2"), True),
        (Threshold(at_least="1/2", more_than="2/3"), False),  # both must hold
        (Threshold(at_least="3/3"), False),
        (Threshold(more_than="5/4"), False),
        (Threshold(), True),
    ],
)
def test_at_least_and_more_than(threshold: Threshold, enough: bool) -> None:
    assert reached(threshold, 6, 9) == enough


def test_nobody_due_reaches_nothing() -> None:
    assert not reached(Threshold(), 0, 0)
    assert not has_quorum(meeting(0, 0), DEFAULT)


def test_each_kind_has_its_own_policy_or_the_default() -> None:
    policies = Policies(
        closing={"巡视整改": TWO_THIRDS, "default": ClosingPolicy(bodies=("局务会",))}
    )
    assert policies.for_kind("巡视整改") is TWO_THIRDS
    assert policies.for_kind("工作要点").bodies == ("局务会",)
    assert Policies().for_kind("工作要点") == DEFAULT
    five_of_nine = votes(5, 3)
    assert objections(meeting(9, 8), five_of_nine, policies.for_kind("风险防控")) != ()
    assert objections(meeting(9, 8, "局务会"), five_of_nine, policies.for_kind("风险防控")) == ()
    assert objections(meeting(9, 8), five_of_nine, policies.for_kind("巡视整改")) != ()


def test_absentees_and_observers_have_no_vote() -> None:
    decision = Decision(
        id="D-1",
        body="党组会",
        chair=NAMES[0],
        due_members=9,
        present=NAMES[:5],
        observers=(NAMES[3], "驻局纪检组组长"),
        absent=(Absence(name=NAMES[4]), Absence(name=NAMES[8])),
    )
    assert attending(decision) == frozenset(NAMES[:3])
    assert voters(decision, votes(5)) == 3
    assert not has_quorum(decision, DEFAULT)
    assert len(objections(decision, votes(5), DEFAULT)) == 2  # no quorum, and five votes of three


def test_one_name_twice_is_one_member() -> None:
    decision = Decision(
        id="D-1", body="党组会", chair="甲", due_members=4, present=("甲", "乙", "甲", "乙")
    )
    assert len(attending(decision)) == 2
    assert has_quorum(decision, DEFAULT)
    assert objections(decision, votes(4), DEFAULT) != ()


def test_recusal_lowers_who_may_vote_but_not_who_is_due() -> None:
    decision = meeting(9, 6)
    item = DecisionItem(
        task="ZG2020-001", result="同意销号", votes=Votes(for_=4), recused=NAMES[:2]
    )
    assert voters(decision, item) == 4
    assert has_quorum(decision, DEFAULT)
    assert not carries(decision, item, DEFAULT)  # four of nine, not four of seven
    fewer = DecisionItem(
        task="ZG2020-001", result="同意销号", votes=Votes(for_=5), recused=NAMES[:1]
    )
    assert objections(decision, fewer, DEFAULT) == ()


@pytest.mark.parametrize("recused", [(), NAMES[:1], ("外人",)])
def test_more_votes_than_voters(recused: tuple[str, ...]) -> None:
    item = DecisionItem(task="ZG2020-001", result="同意销号", votes=Votes(for_=9), recused=recused)
    (objection,) = objections(meeting(9, 8), item, DEFAULT)
    assert "9 票多于" in objection


@pytest.mark.parametrize("body", ["圈阅", "传批", "现场办公", "书面征求意见", ""])
def test_what_is_no_meeting_never_closes(body: str) -> None:
    for for_, result in itertools.product((0, 5, 9, 1000), RESULTS):
        (objection,) = objections(meeting(9, 9, body), votes(for_, result=result), DEFAULT)
        assert "不是可以决定销号的会议" in objection


def test_results_that_send_back_need_a_meeting_but_no_majority() -> None:
    for result in SENT_BACK:
        item = DecisionItem(task="ZG2020-001", result=result)
        assert objections(meeting(9, 5), item, DEFAULT) == ()
        assert len(objections(meeting(9, 4), item, DEFAULT)) == 1


def test_no_votes_recorded_carry_nothing() -> None:
    item = DecisionItem(task="ZG2020-001", result="同意销号")
    assert votes_cast(item) == 0
    assert not carries(meeting(9, 9), item, DEFAULT)


def test_every_objection_is_told_with_its_numbers() -> None:
    quorum, majority = objections(meeting(9, 4), votes(4), DEFAULT)
    assert quorum == "应到 9 人，实到 4 人，不足半数"
    assert majority == "同意 4 票，没有达到应到 9 人的过半数"


@pytest.mark.parametrize(
    ("threshold", "words"),
    [
        (Threshold(more_than="1/2"), "过半数"),
        (Threshold(at_least="1/2"), "半数"),
        (Threshold(at_least="2/3"), "2/3"),
        (Threshold(more_than="2/3"), "2/3"),
    ],
)
def test_thresholds_in_words(threshold: Threshold, words: str) -> None:
    assert words in spelled(threshold)


SMALL = strategies.integers(min_value=0, max_value=20)
SHARE = strategies.tuples(
    strategies.integers(min_value=1, max_value=20), strategies.integers(min_value=1, max_value=20)
)


@given(due=SMALL, for_=SMALL, against=SMALL, share=SHARE, strictly=strategies.booleans())
def test_carries_is_the_plain_formula(
    due: int, for_: int, against: int, share: tuple[int, int], strictly: bool
) -> None:
    part, whole = share
    text = f"{part}/{whole}"
    threshold = Threshold(more_than=text) if strictly else Threshold(at_least=text)
    left, right = for_ * whole, part * due
    expected = due > 0 and (left > right if strictly else left >= right)
    policy = ClosingPolicy(approval=threshold)
    assert carries(meeting(due, 9), votes(for_, against), policy) == expected


@given(due=strategies.integers(min_value=1, max_value=20), present=SMALL, for_=SMALL)
def test_by_default_no_fewer_than_a_majority_of_all_ever_carries(
    due: int, present: int, for_: int
) -> None:
    decision = meeting(due, min(present, due))
    stands = not objections(decision, votes(for_), DEFAULT)
    assert stands == (for_ * 2 > due and for_ <= min(present, due))
