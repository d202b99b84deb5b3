"""D: rules on records of meetings, on ledgers in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ledger.view.problems import problem_line

if TYPE_CHECKING:
    from tests.rules.conftest import Judge, Shown

MEMBERS = ["书记", "副书记", *(f"成员{number}" for number in range(1, 7))]
CLOSED = {"status": "已销号", "closing": {"decision": "DZH-2020-31", "date": "2020-12-04"}}
CIRCULATED = {"body": "圈阅", "date": "2020-06-01"}


def meeting(**fields: Any) -> dict[str, Any]:
    """A ledger with one meeting: eight of nine are there, all vote for closing one task."""
    return {"decisions": [fields]}


def votes(for_: int, against: int = 0, abstain: int = 0, **fields: Any) -> dict[str, Any]:
    """A ledger with one meeting that voted so."""
    return meeting(
        items=[{"votes": {"for": for_, "against": against, "abstain": abstain}, **fields}]
    )


# Code → a ledger that breaks the rule, one that keeps it and every other.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "D002": (
        {"tasks": [CLOSED], "decisions": [CIRCULATED]},
        {"tasks": [CLOSED], "decisions": [{}]},
    ),
    "D003": (
        meeting(present=MEMBERS[:4], items=[{"result": "继续整改", "votes": None}]),
        meeting(present=MEMBERS[:5], items=[{"result": "继续整改", "votes": None}]),
    ),
    "D004": (votes(4, 4), votes(5, 3)),
    "D005": (votes(9), votes(8)),
    "D006": (
        meeting(speaking_order=["书记", "成员1", "副书记"]),
        meeting(speaking_order=["成员1", "副书记", "书记"]),
    ),
    "D007": (meeting(items=[{"task": "ZG2020-099"}]), meeting(items=[{"task": "ZG2020-001"}])),
    "D008": (
        {"decisions": [{}, {"path": "data/decisions/2021/DZH-2020-31.yaml"}]},
        {"decisions": [{}, {"id": "DZH-2020-32"}]},
    ),
    "D009": (meeting(date="2021-01-01"), meeting(date="2020-12-31")),
}


@pytest.mark.parametrize("code", CASES)
def test_broken(code: str, judge: Judge) -> None:
    assert {problem.code for problem in judge(CASES[code][0])} == {code}


@pytest.mark.parametrize("code", CASES)
def test_kept(code: str, judge: Judge) -> None:
    assert judge(CASES[code][1]) == []


@pytest.mark.parametrize("code", CASES)
def test_the_page_shows_what_is_said(code: str, judge: Judge, shown: Shown) -> None:
    assert shown(code) in {problem_line(problem) for problem in judge(CASES[code][0])}


@pytest.mark.parametrize("body", ["圈阅", "传批", "现场办公", "专题会"])
def test_a_record_of_another_body_may_be_kept(body: str, judge: Judge) -> None:
    assert judge(meeting(body=body)) == []


@pytest.mark.parametrize("closing", [None, {"date": "2020-12-04"}])
def test_a_task_closed_without_any_meeting_is_named(closing: Any, judge: Judge) -> None:
    (problem,) = judge({"tasks": [{"status": "已销号", "closing": closing}]})
    assert (problem.code, problem.id) == ("D002", "ZG2020-001")
    assert "没有集体决策" in problem.message
    assert "党组会、局务会" in problem.hint


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"items": [{"task": "ZG2020-002"}]}, "没有议过它"),
        ({"items": [{"result": "继续整改"}]}, "结论是“继续整改”"),
        ({"present": MEMBERS[:4], "items": [{"votes": {"for": 4}}]}, "不足半数"),
        ({"items": [{"votes": {"for": 4, "against": 4}}]}, "没有达到"),
        ({"items": [{"votes": {"for": 9}}]}, "多于"),
    ],
)
def test_a_task_whose_meeting_does_not_carry_it_is_named(
    fields: dict[str, Any], message: str, judge: Judge
) -> None:
    problems = judge({"tasks": [CLOSED, {"id": "ZG2020-002"}], "decisions": [fields]})
    (problem,) = [each for each in problems if each.code == "D002"]
    assert problem.id == "ZG2020-001"
    assert message in problem.message


def test_a_meeting_that_decides_again_clears_what_was_circulated(judge: Judge) -> None:
    again = {"status": "已销号", "closing": {"decision": "DZH-2020-31", "date": "2020-12-04"}}
    circulated = CIRCULATED | {"id": "QY-2020-1"}
    assert judge({"tasks": [again], "decisions": [circulated, {}]}) == []


def test_bodies_are_policy_per_kind(judge: Judge) -> None:
    policy = {"巡视整改": {"bodies": ["党组会"]}, "default": {"bodies": ["局务会"]}}
    config = {"policies": {"closing": policy}}
    plan = CLOSED | {"id": "GZ2020-001", "kind": "工作要点", "source": "GZ2020"}
    held = {"decisions": [{"body": "局务会"}], "config": config}
    assert [each.code for each in judge({"tasks": [CLOSED], **held})] == ["D002"]
    plan_only = {"body": "局务会", "items": [{"task": "GZ2020-001"}]}
    assert judge({"tasks": [plan], "decisions": [plan_only], "config": config}) == []


def test_four_of_eight_can_meet_but_carry_nothing(judge: Judge) -> None:
    attendance = {"due_members": 8, "present": MEMBERS[:4]}
    four = {"for": 4, "against": 0, "abstain": 0}
    approved = judge(meeting(**attendance, items=[{"votes": four}]))
    assert [problem.code for problem in approved] == ["D004"]
    assert judge(meeting(**attendance, items=[{"votes": four, "result": "继续整改"}])) == []


@pytest.mark.parametrize("result", ["同意销号", "同意延期", "同意中止", "转为长期坚持", "并入"])
def test_whatever_ends_or_changes_needs_a_majority(result: str, judge: Judge) -> None:
    more = {"同意延期": {"until": "2021-06-30"}, "并入": {"into": "ZG2020-002"}}.get(result, {})
    tasks = {"tasks": [{}, {"id": "ZG2020-002"}]}
    problems = judge(tasks | votes(4, 4, result=result, **more))
    assert [each.code for each in problems] == ["D004"]
    assert judge(tasks | votes(5, 3, result=result, **more)) == []


def test_no_count_of_votes_is_no_majority(judge: Judge) -> None:
    assert [each.code for each in judge(meeting(items=[{"votes": None}]))] == ["D004"]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"present": [*MEMBERS[:7], "书记"]}, ("present",)),  # one named twice: eight are seven
        ({"absent": [{"name": "成员1"}]}, ("absent",)),
        ({"observers": ["成员1"]}, ("observers",)),
        ({"chair": "某人"}, ("chair",)),
        ({"due_members": 7}, ("present",)),
        ({"absent": [{"name": "成员8"}, {"name": "成员9"}]}, ("absent",)),  # 8 + 2, due 9
        ({"items": [{"recused": ["外人"]}]}, ("items",)),
        ({"items": [{"recused": ["成员1"]}]}, ("items", 0, "votes")),  # seven may vote, eight did
    ],
)
def test_members_and_votes_that_do_not_add_up(
    fields: dict[str, Any], place: tuple[str | int, ...], judge: Judge
) -> None:
    problems = judge(meeting(**fields))
    assert {problem.code for problem in problems} == {"D005"}
    assert place in {problem.place for problem in problems}


@pytest.mark.parametrize(
    "name",
    [" 成员1", "成员１", "成\u200b员1", "成员1\ufe0f", "成员1\u3164"],
)
@pytest.mark.parametrize("key", ["present", "absent", "observers"])
def test_nobody_counts_twice_under_another_spelling(key: str, name: str, judge: Judge) -> None:
    fields: dict[str, Any] = {
        "present": {"present": [*MEMBERS, name]},
        "absent": {"absent": [{"name": name}]},
        "observers": {"observers": [name]},
    }[key]
    problems = judge(meeting(**fields))
    assert {problem.code for problem in problems} == {"D005"}
    assert (key,) in {problem.place for problem in problems}


@pytest.mark.parametrize(
    "fields",
    [
        {"present": [*MEMBERS, "\u200b"]},
        {"absent": [{"name": "\u3164"}]},
        {"observers": ["\u2060"]},
        {"items": [{"recused": [" "]}]},
    ],
)
def test_who_has_no_name_is_nobody(fields: dict[str, Any], judge: Judge) -> None:
    problems = judge(meeting(**fields))
    assert "有人没有姓名" in [problem.message for problem in problems]
    assert {problem.code for problem in problems} == {"D005"}


def test_padding_brings_no_quorum(judge: Judge) -> None:
    few = [*MEMBERS[:4], "书记 ", "副书记\u200b", "成 员1", "成员２"]
    codes = {problem.code for problem in judge(meeting(present=few))}
    assert codes == {"D003", "D005"}


ROLL = [
    {"name": "书记", "aliases": ["张三"]},
    *({"name": name} for name in MEMBERS[1:]),
    {"name": "成员7", "until": "2020-12-31"},
    {"name": "成员8", "since": "2021-01-01"},
]
ROLLS = {"policies": {"bodies": [{"name": "党组会", "members": ROLL}]}}


@pytest.mark.parametrize(
    ("fields", "place", "message"),
    [
        ({"due_members": 8}, "due_members", "成员是 9 人"),  # talked down
        ({"present": [*MEMBERS[:7], "外人"]}, "present", "外人 不在"),
        ({"absent": [{"name": "成员8"}]}, "absent", "成员8 不在"),  # not yet a member
        ({"observers": ["成员7"]}, "observers", "成员7 是党组会成员"),
        ({"present": [*MEMBERS, "张 三"]}, "present", "重复"),  # one member by two names
        ({"observers": ["张三"]}, "observers", "列席人员没有表决权"),
    ],
)
def test_a_roll_of_members_is_kept_to(
    fields: dict[str, Any], place: str, message: str, judge: Judge
) -> None:
    problems = judge(meeting(**fields) | {"config": ROLLS})
    assert {problem.code for problem in problems} == {"D005"}
    assert any(each.place == (place,) and message in each.message for each in problems)


def test_members_are_known_by_their_other_names(judge: Judge) -> None:
    fields = {"chair": "张三", "speaking_order": ["成员1", "书记"], "absent": [{"name": "成员7"}]}
    assert judge(meeting(**fields) | {"config": ROLLS}) == []
    assert judge(meeting(body="局务会", present=["甲"], chair="甲", due_members=1, items=[
        {"result": "继续整改", "votes": None}]) | {"config": ROLLS}) == []  # fmt: skip


def test_a_roll_decides_how_many_are_due(judge: Judge) -> None:
    """Four of nine meet and say that seven were due: neither a quorum nor a majority."""
    few = meeting(present=MEMBERS[:4], due_members=7, items=[{"votes": {"for": 4}}])
    codes = {problem.code for problem in judge(few | {"config": ROLLS})}
    assert codes == {"D003", "D004", "D005"}


@pytest.mark.parametrize(
    "fields",
    [
        {"absent": [{"name": "成员7", "reason": "出差"}]},
        {"observers": ["驻局纪检组组长"]},
        {"items": [{"recused": ["成员1"], "votes": {"for": 7, "against": 0, "abstain": 0}}]},
        {"items": [{"votes": {"for": 6, "against": 1, "abstain": 1}}]},
    ],
)
def test_members_and_votes_that_add_up(fields: dict[str, Any], judge: Judge) -> None:
    assert judge(meeting(**fields)) == []


def test_an_item_merged_into_an_unknown_task(judge: Judge) -> None:
    (problem,) = judge(meeting(items=[{"result": "并入", "into": "ZG2020-099"}]))
    assert (problem.code, problem.place) == ("D007", ("items", 0, "into"))


@pytest.mark.parametrize(
    ("item", "place"),
    [
        ({"result": "同意延期"}, "until"),
        ({"result": "并入"}, "into"),
        ({"result": "并入", "into": "ZG2020-001"}, "into"),
    ],
)
def test_a_result_that_says_not_what_it_does(item: Any, place: str, judge: Judge) -> None:
    (problem,) = judge(meeting(items=[item]))
    assert (problem.code, problem.place) == ("D001", ("items", 0, place))


def test_results_that_say_what_they_do(judge: Judge) -> None:
    extended = {"result": "同意延期", "until": "2021-06-30"}
    merged = {"task": "ZG2020-002", "result": "并入", "into": "ZG2020-001"}
    spec = {"tasks": [{}, {"id": "ZG2020-002"}], **meeting(items=[extended, merged])}
    assert judge(spec) == []


def test_one_task_twice_in_one_meeting(judge: Judge) -> None:
    (problem,) = judge(meeting(items=[{}, {"result": "继续整改"}]))
    assert (problem.code, problem.id) == ("D008", "DZH-2020-31")


def test_the_record_to_blame_for_a_doubled_id_is_the_second(judge: Judge) -> None:
    second = "data/decisions/2021/DZH-2020-31.yaml"
    (problem,) = judge({"decisions": [{"path": second}, {}]})
    assert problem.path == second
