"""C002-C007, C013: what only a meeting can give, on ledgers in memory before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ledger.view.problems import problem_line

if TYPE_CHECKING:
    from tests.rules.conftest import JudgeChange, Shown

Spec = dict[str, Any]
Step = tuple[Spec, Spec]

MEMBERS = ["书记", "副书记", *(f"成员{number}" for number in range(1, 7))]
APPLIED = {"date": "2020-12-01", "by": "联络员", "summary": "已完成"}
REVIEWED = {"date": "2020-12-02", "by": "整改办", "opinion": "同意上会"}
BASIS = {"decision": "DZH-2020-31", "date": "2020-12-04"}
CASE = {"evidence": [{"name": "制度汇编", "archive": "2020-12"}]}
WAITING = CASE | {"status": "待上会", "closing": {"applied": APPLIED, "reviewed": REVIEWED}}
CLOSED = CASE | {"status": "已销号", "closing": {**WAITING["closing"], **BASIS}}
ONGOING = {"status": "长期坚持", "closing": BASIS}
LOG = [{"date": "2020-12-01", "by": "联络员", "text": "印发修订稿"}]
REOPENED = {"date": "2020-12-10", "by": "整改办", "text": "问题反弹", "event": "重开"}


def closing(
    waiting: Spec | None = None, closed: Spec | None = None, *meetings: Spec, **after: Any
) -> Step:
    """A closing: one task waits for the meeting, then it is closed.

    Args:
        waiting, closed: fields of the task that differ from an honest closing's.
        meetings: those recorded; an honest one by default.
        after: what else of the ledger is different afterwards.
    """
    before = {"tasks": [WAITING | (waiting or {})], "decisions": list(meetings or [{}])}
    return before, {"tasks": [CLOSED | (waiting or {}) | (closed or {})], **after}


def item(**fields: Any) -> Spec:
    """The meeting with another item."""
    return {"items": [fields]}


def basis(**fields: Any) -> Spec:
    """A closing that rests on something else."""
    return {"closing": {**WAITING["closing"], **BASIS, **fields}}


HONEST = closing()

# Code → a change that breaks the rule, one that keeps it and every other: each before and after.
CASES: dict[str, tuple[Step, Step]] = {
    "C002": (closing(None, {"closing": WAITING["closing"]}), HONEST),
    "C003": (closing(None, None, item(result="继续整改")), HONEST),
    "C004": (closing(None, {"measures": ["事后改写"]}), HONEST),
    "C005": (closing({"evidence": []}), HONEST),
    "C006": (
        (
            {"tasks": [{}]},
            {"tasks": [{"closing": {"applied": APPLIED, "reviewed": REVIEWED | {"by": "联络员"}}}]},
        ),
        ({"tasks": [{}]}, {"tasks": [{"closing": {"applied": APPLIED, "reviewed": REVIEWED}}]}),
    ),
    "C007": (closing(None, basis(date="2020-12-02")), closing(None, basis(date="2020-12-03"))),
    "C013": (
        closing(config={"rules": {"F001": "off"}}),
        closing(config={"departments": [{"name": "办公室"}, {"name": "新设处"}]}),
    ),
}


def codes(judge_change: JudgeChange, step: Step) -> set[str]:
    return {problem.code for problem in judge_change(*step)}


@pytest.mark.parametrize("code", CASES)
def test_broken(code: str, judge_change: JudgeChange) -> None:
    assert codes(judge_change, CASES[code][0]) == {code}


@pytest.mark.parametrize("code", CASES)
def test_kept(code: str, judge_change: JudgeChange) -> None:
    assert judge_change(*CASES[code][1]) == []


@pytest.mark.parametrize("code", CASES)
def test_the_page_shows_what_is_said(code: str, judge_change: JudgeChange, shown: Shown) -> None:
    assert shown(code) in {problem_line(problem) for problem in judge_change(*CASES[code][0])}


# What only a meeting can give


@pytest.mark.parametrize(
    "other",
    [
        {"decision": "DZH-2020-99"},  # there is no such record
        {"decision": "../../ledger"},
        {"decision": None},
    ],
)
def test_closed_by_a_meeting_that_is_not_there(other: Spec, judge_change: JudgeChange) -> None:
    assert codes(judge_change, closing(None, basis(**other))) == {"C002"}


def test_a_closed_task_loses_its_decision(judge_change: JudgeChange) -> None:
    gone = CLOSED | {"closing": WAITING["closing"]}
    before = {"tasks": [CLOSED], "decisions": [{}]}
    assert codes(judge_change, (before, {"tasks": [gone]})) == {"C002"}


@pytest.mark.parametrize(
    ("status", "result"), [("已中止", "同意中止"), ("已中止", "并入"), ("长期坚持", "转为长期坚持")]
)
@pytest.mark.parametrize("named", [True, False])
def test_other_ends_need_a_meeting_too(
    status: str, result: str, named: bool, judge_change: JudgeChange
) -> None:
    after = {"tasks": [{"status": status, "closing": BASIS if named else None}]}
    assert codes(judge_change, ({"tasks": [{}]}, after)) == {"C002"}
    met = {"tasks": [{}], "decisions": [item(result=result)]}
    assert judge_change(met, after) == []
    not_so = {"tasks": [{}], "decisions": [item(result="同意销号")]}
    assert codes(judge_change, (not_so, after)) == ({"C003"} if named else {"C002"})


@pytest.mark.parametrize(
    ("meetings", "allowed"),
    [
        ([], False),
        ([item(result="继续整改") | {"id": "DZH-2020-33", "date": "2020-12-20"}], True),
        ([item(result="继续整改") | {"id": "DZH-2020-20", "date": "2020-12-01"}], False),
        ([item(result="继续整改") | {"id": "QY-1", "date": "2020-12-20", "body": "圈阅"}], False),
        ([item(result="不同意") | {"id": "DZH-2020-33", "date": "2020-12-20"}], False),
    ],
    ids=["none", "a later one", "an earlier one", "by circulation", "another result"],
)
def test_back_from_ongoing_only_by_a_meeting(
    meetings: list[Spec], allowed: bool, judge_change: JudgeChange
) -> None:
    made = item(result="转为长期坚持")  # on 2020-12-03
    before = {"tasks": [ONGOING], "decisions": [made, *meetings]}
    rules = codes(judge_change, (before, {"tasks": [ONGOING | {"status": "推进中"}]}))
    assert rules == (set() if allowed else {"C002"})


# The meeting's decision


@pytest.mark.parametrize(
    "meeting",
    [
        item(task="ZG2020-002"),
        item(result="不同意"),
        item(result="同意延期"),
        item(votes=None),
        item(votes={"for": 4, "against": 4}),
        item(votes={"for": 9}),  # of eight who are there
        item(votes={"for": 8}, recused=["成员1"]),
        item(votes={"for": 5, "against": 1}) | {"observers": ["成员1", "成员2", "成员3"]},
        {"body": "圈阅"},
        {"body": "传批"},
        {"body": "现场办公"},
        {"present": MEMBERS[:4], **item(votes={"for": 4})},
        {"present": [*MEMBERS[:4], "书记"], **item(votes={"for": 4})},
    ],
)
def test_a_meeting_that_does_not_carry_it(meeting: Spec, judge_change: JudgeChange) -> None:
    other = {"id": "ZG2020-002"}
    before, after = closing(None, None, meeting)
    before["tasks"].append(other)
    after["tasks"].append(other)
    assert codes(judge_change, (before, after)) == {"C003"}


def test_a_milder_kind_cannot_be_chosen_on_the_way(judge_change: JudgeChange) -> None:
    policy = {"巡视整改": {"bodies": ["党组会"]}, "default": {"bodies": ["局务会"]}}
    config = {"policies": {"closing": policy}}
    before, after = closing(None, {"kind": "工作要点"}, {"body": "局务会"})
    assert {"C003", "C004", "C013"} == codes(judge_change, (before | {"config": config}, after))


def test_policy_is_that_of_the_base(judge_change: JudgeChange) -> None:
    mild = {"policies": {"closing": {"default": {"approval": {"at_least": "1/9"}}}}}
    step = closing(None, None, item(votes={"for": 4, "against": 4}), config=mild)
    assert codes(judge_change, step) == {"C003", "C013"}


PLAN = {"id": "GZ2020-001", "source": "GZ2020", "kind": "工作要点"}
MILD = {"bodies": ["党组会", "局务会", "处务会"]}


@pytest.mark.parametrize(
    ("old", "new", "policy", "allowed"),
    [
        ("巡视整改", "工作要点", {}, False),  # whose C and D rules can be turned down
        ("工作要点", "巡视整改", {}, True),
        ("工作要点", "责任清单", {}, True),
        ("工作要点", "责任清单", {"责任清单": MILD}, False),
        ("责任清单", "工作要点", {"责任清单": MILD}, True),
        ("工作要点", "责任清单", {"责任清单": {"approval": {"at_least": "1/2"}}}, False),
        ("工作要点", "责任清单", {"责任清单": {"quorum": {"at_least": "1/3"}}}, False),
        ("工作要点", "责任清单", {"责任清单": {"quorum": {"at_least": "2/3"}}}, True),
        ("责任清单", "工作要点", {"责任清单": {"approval": {"at_least": "2/3"}}}, False),
    ],
)
def test_no_milder_kind_is_chosen_beforehand(
    old: str, new: str, policy: Spec, allowed: bool, judge_change: JudgeChange
) -> None:
    config = {"policies": {"closing": policy}}
    before = {"tasks": [PLAN | {"kind": old}], "config": config}
    rules = codes(judge_change, (before, {"tasks": [PLAN | {"kind": new}]}))
    assert rules == (set() if allowed else {"C013"})


# After a closing


def test_a_reopened_task_is_not_closed_by_the_old_meeting(judge_change: JudgeChange) -> None:
    log = {"progress": [*LOG, REOPENED]}
    assert codes(judge_change, closing(log)) == {"C003"}


def test_nor_one_that_was_looked_at_after_it(judge_change: JudgeChange) -> None:
    seen = {"lookback": [{"date": "2020-12-10", "by": "整改办", "result": "反弹"}]}
    assert codes(judge_change, closing(seen)) == {"C003"}


def test_a_new_meeting_closes_it_again(judge_change: JudgeChange) -> None:
    again = {"id": "DZH-2020-34", "date": "2020-12-20"}
    log = {"progress": [*LOG, REOPENED]}
    rests = basis(decision="DZH-2020-34", date="2020-12-21")
    assert judge_change(*closing(log, rests, {}, again)) == []


def test_what_was_circulated_is_decided_again(judge_change: JudgeChange) -> None:
    circulated = {"id": "QY-2019-1", "body": "圈阅", "date": "2019-12-03"}
    old = CLOSED | basis(decision="QY-2019-1", date="2019-12-04")
    old["lookback"] = [{"date": "2020-12-05", "by": "整改办", "result": "巩固"}]
    before = {"tasks": [old], "decisions": [circulated, {}]}
    assert judge_change(before, {"tasks": [old | basis(date="2020-12-06")]}) == []


@pytest.mark.parametrize("fields", [{"tags": ["重点"]}, {"owner": "新任处长"}, {"备注": "补记"}])
def test_a_closed_task_keeps_its_content(fields: Spec, judge_change: JudgeChange) -> None:
    before = {"tasks": [CLOSED], "decisions": [{}]}
    assert codes(judge_change, (before, {"tasks": [CLOSED | fields]})) == {"C004"}


def test_a_circulated_closing_without_evidence_is_reopened_first(
    judge_change: JudgeChange,
) -> None:
    old = CLOSED | {"closing": {"date": "2019-12-04"}, "evidence": []}
    step = ({"tasks": [old], "decisions": [{}]}, {"tasks": [old | {"closing": BASIS}]})
    (problem,) = judge_change(*step)
    assert problem.code == "C005"
    assert "ledger reopen" in problem.hint


def test_a_closed_task_may_be_looked_at(judge_change: JudgeChange) -> None:
    seen = CLOSED | {"lookback": [{"date": "2020-12-20", "by": "整改办", "result": "巩固"}]}
    assert judge_change({"tasks": [CLOSED], "decisions": [{}]}, {"tasks": [seen]}) == []


def test_a_look_at_an_old_closing_is_not_blamed_for_it(judge_change: JudgeChange) -> None:
    old = WAITING | {"status": "已销号", "closing": {"decision": "QY-1", "date": "2019-12-04"}}
    circulated = {"id": "QY-1", "body": "圈阅", "date": "2019-12-03", "items": [{"digest": None}]}
    seen = old | {"lookback": [{"date": "2020-12-20", "by": "整改办", "result": "反弹"}]}
    assert judge_change({"tasks": [old], "decisions": [circulated]}, {"tasks": [seen]}) == []


@pytest.mark.parametrize("date", ["2020-11-30", "2021-01-01", None])
def test_the_day_of_a_closing_is_not_moved_to_an_impossible_one(
    date: str | None, judge_change: JudgeChange
) -> None:
    before = {"tasks": [CLOSED], "decisions": [{}]}
    assert codes(judge_change, (before, {"tasks": [CLOSED | basis(date=date)]})) == {"C007"}


# Content, evidence, people, days


def test_the_meeting_saw_nothing(judge_change: JudgeChange) -> None:
    assert codes(judge_change, closing(None, None, item(digest=None))) == {"C004"}


@pytest.mark.parametrize(
    "fields",
    [
        {"goal": "改低的目标"},
        {"evidence": [*CASE["evidence"], {"name": "会后补交", "archive": "2020-13"}]},
        {
            "extensions": [
                {"date": "2020-12-04", "to": "2021-06-30", "reason": "甲", "approved_by": "乙"}
            ]
        },
        {"links": [{"rel": "源自", "id": "ZG2020-001"}]},
        {"备注": "会后补记"},
    ],
)
def test_anything_new_since_the_meeting(fields: Spec, judge_change: JudgeChange) -> None:
    assert codes(judge_change, closing(None, fields)) == {"C004"}


def test_the_link_that_the_meeting_itself_set(judge_change: JudgeChange) -> None:
    into = {"links": [{"rel": "并入", "id": "ZG2020-002"}]}
    merged = item(result="并入", into="ZG2020-002")
    assert judge_change(*closing(None, {"status": "已中止", **into}, merged)) == []


NO_NUMBERS = (
    "无", "（无）", "无。", " 无 ", "暂无", "没有", "尚无档案号", "待补", "待补充", "档案号待补",
    "空", "略", "不详",
    "—", "-", "/", "ː", "々", "N/A", "none", "０", "000", "XXX", "档案号", "\u3164",
)  # fmt: skip


@pytest.mark.parametrize(
    ("evidence", "enough"),
    [
        ({"name": "口头汇报"}, False),
        ({"name": "清单", "path": "data/evidence/ZG2020-001/清单.pdf", "sha256": "a" * 64}, True),
        ({"name": "谈话记录", "archive": "2020-12"}, True),
        ({"name": "谈话记录", "sha256": "a" * 64}, True),
        ({"name": "谈话记录", "sha256": "a" * 64, "archive": "2020-12"}, True),
        *(({"name": "谈话记录", "archive": each}, False) for each in NO_NUMBERS),
    ],
)
def test_a_mere_name_is_no_evidence(
    evidence: Spec, enough: bool, judge_change: JudgeChange
) -> None:
    rules = codes(judge_change, closing({"evidence": [evidence]}))
    assert rules == (set() if enough else {"C005"})


@pytest.mark.parametrize(
    ("applicant", "reviewer"),
    [
        *(("联络员", name) for name in ("联络员", " 联络员 ", "联 络 员", "联络员\u2060")),
        *(("联络员", name) for name in ("联\u00ad络员", "联络员\ufe0f", "\u3164联络员")),
        ("Li Ming", "ＬＩ ＭＩＮＧ"),
        ("书记", "张 三"),  # an alias in ledger.yaml
        ("联络员", "\u200b"),
        ("\u2060", "整改办"),
    ],
)
def test_one_person_is_one_person(applicant: str, reviewer: str, judge_change: JudgeChange) -> None:
    roll = [{"name": "党组会", "members": [{"name": "书记", "aliases": ["张三"]}]}]
    applied = APPLIED | {"by": applicant}
    both = {"applied": applied, "reviewed": REVIEWED | {"by": reviewer}}
    before = {
        "tasks": [{"status": "申请销号", "closing": {"applied": applied}}],
        "config": {"policies": {"bodies": roll}},
    }
    after = {"tasks": [{"status": "待上会", "closing": both}]}
    assert codes(judge_change, (before, after)) == {"C006"}


def test_a_later_report_is_not_blamed_for_the_review(judge_change: JudgeChange) -> None:
    both = {"closing": {"applied": APPLIED, "reviewed": REVIEWED | {"by": "联络员"}}}
    more = {"progress": [*LOG, {"date": "2020-12-02", "text": "补充材料"}]}
    assert judge_change({"tasks": [both]}, {"tasks": [both | more]}) == []


@pytest.mark.parametrize("date", ["2020-12-02", "2021-01-01", None])
def test_an_impossible_day_of_closing(date: str | None, judge_change: JudgeChange) -> None:
    assert codes(judge_change, closing(None, basis(date=date))) == {"C007"}


# Rules of the game


@pytest.mark.parametrize(
    "after",
    [
        {"config": {"policies": {"closing": {"default": {"bodies": ["党组会", "圈阅"]}}}}},
        {"config": {"rules": {"C005": "off"}}},
        {"config": {"forge": {"via": "push"}}},
        {"templates": {"templates/pull-request.md.j2": "0" * 40}},
    ],
)
def test_rules_and_templates_do_not_change_with_a_closing(
    after: Spec, judge_change: JudgeChange
) -> None:
    assert codes(judge_change, closing(**after)) == {"C013"}
    before = {"tasks": [WAITING], "decisions": [{}]}
    assert judge_change(before, after) == []
