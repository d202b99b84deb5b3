"""集体决策: quorum, votes and majorities.

Source of the defaults: a meeting is opened by at least half of those who should attend (应到) and
carries by more than half of them; absentees' written views do not count. Eight due and four
present can meet, and carry nothing.
"""

from __future__ import annotations

from ledger.model.config import ClosingPolicy, Threshold
from ledger.model.decision import SENT_BACK, Decision, DecisionItem
from ledger.model.people import People

QUORUM = Threshold(at_least="1/2")
APPROVAL = Threshold(more_than="1/2")
BY_NAME = People()  # names as they stand, where no ledger says who else is who


def reached(threshold: Threshold, number: int, due: int) -> bool:
    """Whether a number of members reaches a share of those due."""
    if due <= 0:
        return False
    from fractions import Fraction  # with decimal numbers, where a meeting is judged

    share = Fraction(number, due)
    if threshold.more_than and not share > Fraction(threshold.more_than):
        return False
    return not threshold.at_least or share >= Fraction(threshold.at_least)


def attending(decision: Decision, people: People = BY_NAME) -> frozenset[str]:
    """The members who count as present, each once however often or otherwise they are named.

    Who is also named 列席 or 缺席 does not count, nor who is on no roll where there is one.
    """
    others = people.all((*decision.observers, *(each.name for each in decision.absent)))
    present = people.all(decision.present) - others
    members = people.members(decision.body, decision.date)
    return present if members is None else present & members


def due(decision: Decision, people: People = BY_NAME) -> int:
    """应到: how many should have come; a roll there is cannot be talked down."""
    members = people.members(decision.body, decision.date)
    return decision.due_members if members is None else max(decision.due_members, len(members))


def has_quorum(decision: Decision, policy: ClosingPolicy) -> bool:
    """到会人数: whether enough of those due were there to open the meeting."""
    present = len(attending(decision, policy.people))
    return reached(given(policy.quorum, QUORUM), present, due(decision, policy.people))


def carries(decision: Decision, item: DecisionItem, policy: ClosingPolicy) -> bool:
    """同意票: whether enough of all those due (not of those present) voted for an item."""
    if item.votes is None:
        return False
    needed = given(policy.approval, APPROVAL)
    return reached(needed, item.votes.for_, due(decision, policy.people))


def voters(decision: Decision, item: DecisionItem, people: People = BY_NAME) -> int:
    """How many may vote on an item: the members present without those who recused themselves."""
    return len(attending(decision, people) - people.all(item.recused))


def votes_cast(item: DecisionItem) -> int:
    """同意 + 不同意 + 弃权."""
    votes = item.votes
    return votes.for_ + votes.against + votes.abstain if votes else 0


def objections(decision: Decision, item: DecisionItem, policy: ClosingPolicy) -> tuple[str, ...]:
    """Why an item's result does not stand as a collective decision (Chinese); nothing if it does.

    A result that sends a task back needs a meeting but no majority, because nothing ends by it.
    """
    if decision.body not in policy.bodies:
        return (f"{decision.body}不是可以决定销号的会议（{'、'.join(policy.bodies)}）",)
    reasons = []
    expected = due(decision, policy.people)
    if not has_quorum(decision, policy):
        present = len(attending(decision, policy.people))
        needed = spelled(given(policy.quorum, QUORUM))
        reasons.append(f"应到 {expected} 人，实到 {present} 人，不足{needed}")
    if item.result in SENT_BACK:
        return tuple(reasons)
    may = voters(decision, item, policy.people)
    if item.votes and votes_cast(item) > may:
        reasons.append(f"{votes_cast(item)} 票多于有表决权的 {may} 人")
    elif not carries(decision, item, policy):
        number = item.votes.for_ if item.votes else 0
        needed = spelled(given(policy.approval, APPROVAL))
        reasons.append(f"同意 {number} 票，没有达到应到 {expected} 人的{needed}")
    return tuple(reasons)


def spelled(threshold: Threshold) -> str:
    """A threshold in words, such as 半数以上 or 2/3 以上."""
    if more := threshold.more_than:
        return "过半数" if more == "1/2" else f"{more} 以上（不含本数）"
    return "半数" if threshold.at_least == "1/2" else f" {threshold.at_least}"


def given(threshold: Threshold, default: Threshold) -> Threshold:
    """A threshold, or the default where the policy sets none."""
    return threshold if threshold.at_least or threshold.more_than else default
