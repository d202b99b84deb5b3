"""C001, C008-C012: how tasks move and what stays as written, on ledgers before and after."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import ledger
from ledger.adapters.tables.reading.fieldnames import field_title
from ledger.model.task import STATUS_COLUMN
from ledger.rules.changes import behind
from ledger.view.problems import problem_line
from tests.sources import READS_SOURCES, nodes

if TYPE_CHECKING:
    from tests.rules.conftest import JudgeChange, Shown

Spec = dict[str, Any]
Step = tuple[Spec, Spec]

ONE, TWO, THREE = (
    {"date": f"2020-12-0{day}", "by": "联络员", "text": f"第{day}天的进展"} for day in (1, 2, 3)
)
APPLIED = {"date": "2020-12-01", "by": "联络员", "summary": "已完成"}
REVIEWED = {"date": "2020-12-02", "by": "整改办", "opinion": "同意上会"}
BASIS = {"decision": "DZH-2020-31", "date": "2020-12-04"}
EVIDENCE = {"evidence": [{"name": "制度汇编", "archive": "2020-12"}]}
CLOSED = {"status": "已销号", "closing": {"applied": APPLIED, "reviewed": REVIEWED, **BASIS}}
EXTENSION = {
    "date": "2020-12-01",
    "to": "2021-03-31",
    "reason": "会签未完",
    "approved_by": "局务会",
}
LOOKBACK = {"date": "2020-12-20", "by": "整改办", "result": "反弹"}
BACK = {"date": "2020-12-05", "by": "整改办", "text": "材料不全", "event": "退回"}
AGAIN = {"date": "2020-12-20", "by": "整改办", "text": "问题反弹", "event": "重开"}


def task(before: Spec, after: Spec, **ledger: Any) -> Step:
    """What happens to one task; `ledger` is what else the ledger holds, before and after."""
    return {"tasks": [before], **ledger}, {"tasks": [after]}


def status(before: str, after: str, *log: Spec) -> Step:
    return task({"status": before, "progress": [ONE]}, {"status": after, "progress": [ONE, *log]})


# Code → a change that breaks the rule, one that keeps it and every other: each before and after.
CASES: dict[str, tuple[Step, Step]] = {
    "C001": (status("推进中", "待上会"), status("推进中", "申请销号")),
    "C008": (status("已销号", "推进中"), status("已销号", "推进中", AGAIN)),
    "C009": (
        task({}, {"due": {"text": "11月底前", "date": "2020-12-31"}}),
        task({}, {"extensions": [EXTENSION]}),
    ),
    "C010": (
        task({"progress": [ONE, TWO]}, {"progress": [ONE, TWO | {"text": "改写"}]}),
        task({"progress": [ONE, TWO]}, {"progress": [ONE, TWO, THREE]}),
    ),
    "C011": (
        ({"tasks": [{}], "decisions": [{}]}, {"decisions": [{"minutes": "〔2020〕31号"}]}),
        ({"tasks": [{}], "decisions": [{}]}, {"decisions": [{}, {"id": "DZH-2020-32"}]}),
    ),
    "C012": (
        ({"tasks": [{}, {"id": "ZG2020-002"}]}, {"tasks": [{}]}),
        ({"tasks": [{}]}, {"tasks": [{}, {"id": "ZG2020-002"}]}),
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


# A task's life

STATUSES = ("未启动", "推进中", "申请销号", "待上会", "已销号", "长期坚持", "已中止")
STEPS = {
    *(("未启动", "推进中"), ("推进中", "申请销号"), ("申请销号", "待上会"), ("待上会", "已销号")),
    *(("申请销号", "推进中"), ("待上会", "推进中"), ("已销号", "推进中")),
    *(("推进中", "长期坚持"), ("长期坚持", "推进中")),
    *((each, "已中止") for each in STATUSES[:-1]),
}


ONLY_BY_MEETING = [pair for pair in STEPS if pair[1] in ("长期坚持", "已中止")] + [
    ("长期坚持", "推进中")
]


@pytest.mark.parametrize("pair", list(itertools.permutations(STATUSES, 2)), ids="→".join)
def test_only_the_steps_are_allowed(pair: tuple[str, str], judge_change: JudgeChange) -> None:
    rules = codes(judge_change, status(*pair, BACK, AGAIN))
    if pair not in STEPS:
        assert "C001" in rules
    elif pair == ("待上会", "已销号"):
        assert rules == {"C001", "C002", "C005"}
    elif pair == ("申请销号", "待上会"):
        assert rules == {"C001"}  # nobody says who applied, or who reviewed
    else:
        assert rules == ({"C002"} if pair in ONLY_BY_MEETING else set())


def life() -> list[tuple[str, Spec]]:
    """The states of a ledger from a task's beginning to its second closing, step by step."""
    told: list[tuple[str, Spec]] = [("布置", {"status": "未启动", "progress": []})]

    def then(name: str, **fields: Any) -> None:
        told.append((name, told[-1][1] | fields))

    then("启动", status="推进中", progress=[ONE])
    then("佐证", **EVIDENCE)
    then("申请", status="申请销号", closing={"applied": APPLIED})
    then("退回", status="推进中", progress=[ONE, BACK])
    then("补正", progress=[ONE, BACK, THREE])
    then("再次申请", status="申请销号", closing={"applied": APPLIED | {"date": "2020-12-06"}})
    closing = told[-1][1]["closing"] | {"reviewed": REVIEWED | {"date": "2020-12-07"}}
    then("审核", status="待上会", closing=closing)
    first = closing | {"decision": "DZH-2020-31", "date": "2020-12-11"}
    then("销号", status="已销号", closing=first)
    then("回头看", lookback=[LOOKBACK])
    again = [ONE, BACK, THREE, AGAIN]
    then("重开", status="推进中", progress=again, closing={}, past_closings=[first])
    then("重开后申请", status="申请销号", closing={"applied": APPLIED | {"date": "2020-12-21"}})
    closing = told[-1][1]["closing"] | {"reviewed": REVIEWED | {"date": "2020-12-22"}}
    then("重开后审核", status="待上会", closing=closing)
    second = closing | {"decision": "DZH-2020-35", "date": "2020-12-26"}
    then("再次销号", status="已销号", closing=second)
    return told


LIFE = life()
MEETINGS = [{"date": "2020-12-10"}, {"id": "DZH-2020-35", "date": "2020-12-25"}]


@pytest.mark.parametrize("number", range(1, len(LIFE)), ids=[name for name, _ in LIFE[1:]])
def test_an_honest_life_breaks_no_rule(number: int, judge_change: JudgeChange) -> None:
    before, after = LIFE[number - 1][1], LIFE[number][1]
    # Each meeting saw the case as it was; nothing of it changes in this life after the evidence.
    known = MEETINGS if "past_closings" in before else MEETINGS[:1]
    held = known if "evidence" in before else []
    assert judge_change({"tasks": [before], "decisions": held}, {"tasks": [after]}) == []


SQUASHED = [
    ("布置", "审核"),
    ("启动", "销号"),
    ("佐证", "销号"),
    ("再次申请", "销号"),
    ("重开", "再次销号"),
    ("回头看", "重开后审核"),
]


@pytest.mark.parametrize(("before", "after"), SQUASHED)
def test_a_life_squashed_into_one_commit(
    before: str, after: str, judge_change: JudgeChange
) -> None:
    """As a forge leaves it: several steps at once, each with the record that it leaves."""
    told = dict(LIFE)
    begun = told[before] | EVIDENCE  # what the meetings saw
    held = MEETINGS[:1] if after == "重开后审核" else MEETINGS
    assert judge_change(*task(begun, told[after], decisions=held)) == []


@pytest.mark.parametrize(("before", "after"), SQUASHED)
@pytest.mark.parametrize("lost", ["applied", "reviewed"])
def test_a_life_with_steps_left_out(
    before: str, after: str, lost: str, judge_change: JudgeChange
) -> None:
    told = dict(LIFE)
    left = {key: value for key, value in told[after]["closing"].items() if key != lost}
    rules = codes(
        judge_change,
        task(told[before] | EVIDENCE, told[after] | {"closing": left}, decisions=MEETINGS),
    )
    assert "C001" in rules


@pytest.mark.parametrize("lost", ["applied", "reviewed"])
@pytest.mark.parametrize(("before", "after"), [("再次申请", "审核"), ("审核", "销号")])
def test_a_step_without_its_record(
    before: str, after: str, lost: str, judge_change: JudgeChange
) -> None:
    """Who leaves the review out by hand is not judged more mildly than who reviews himself."""
    told = dict(LIFE)

    def without(state: Spec) -> Spec:
        kept = {key: value for key, value in state["closing"].items() if key != lost}
        return state | {"closing": kept}

    step = task(without(told[before]), without(told[after]), decisions=MEETINGS)
    assert codes(judge_change, step) == {"C001"}


def test_an_old_review_does_not_count_again(judge_change: JudgeChange) -> None:
    """Sent back, applied for again by hand: the review that is still in the file is the old one."""
    both = {"closing": {"applied": APPLIED, "reviewed": REVIEWED}, "progress": [ONE, BACK]}
    for old in ("申请销号", "推进中"):
        step = task(both | {"status": old}, both | {"status": "待上会"})
        assert codes(judge_change, step) == {"C001"}
    new = {"closing": {"applied": APPLIED, "reviewed": REVIEWED | {"date": "2020-12-09"}}}
    again = task(both | {"status": "推进中"}, both | new | {"status": "待上会"})
    assert judge_change(*again) == []


def test_a_new_task_may_have_come_a_long_way(judge_change: JudgeChange) -> None:
    """A squashed branch on which a task was set, applied for and reviewed."""
    told = dict(LIFE)
    assert judge_change({"tasks": []}, {"tasks": [told["审核"]]}) == []
    assert "C002" in codes(judge_change, ({"tasks": []}, {"tasks": [told["销号"]]}))


@pytest.mark.parametrize("end", ["长期坚持", "未启动"])
def test_no_long_way_leads_elsewhere(end: str, judge_change: JudgeChange) -> None:
    told = dict(LIFE)
    after = told["审核"] | {"status": end, "progress": [ONE, BACK, THREE, BACK]}
    assert "C001" in codes(judge_change, task(told["审核"], after))


def test_the_second_closing_does_not_rest_on_the_first_meeting(judge_change: JudgeChange) -> None:
    told = dict(LIFE)
    old = told["再次销号"]["closing"] | {"decision": "DZH-2020-31"}
    step = task(told["重开后审核"], told["再次销号"] | {"closing": old}, decisions=MEETINGS)
    assert codes(judge_change, step) == {"C003"}


@pytest.mark.parametrize("new", ["申请销号", "待上会", "已销号", "长期坚持", "已中止"])
def test_a_new_task_is_at_the_beginning(new: str, judge_change: JudgeChange) -> None:
    assert "C001" in codes(judge_change, ({"tasks": []}, {"tasks": [{"status": new}]}))


CLAIMED = EVIDENCE | {"columns": {"是否完成": "已销号"}}


def test_what_a_table_calls_closed_waits_for_a_meeting(judge_change: JudgeChange) -> None:
    """It is brought in as 待上会, without anybody's application: that is from before."""
    waits = CLAIMED | {"status": "待上会"}
    assert judge_change({"tasks": []}, {"tasks": [waits]}) == []
    closed = waits | {"status": "已销号", "closing": BASIS}
    assert judge_change(*task(waits, closed, decisions=[{}])) == []
    assert codes(judge_change, task(waits, closed)) == {"C002"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("推进中", "待上会"),
        ("申请销号", "待上会"),
        ("推进中", "已销号"),
    ],
)
def test_the_claim_of_a_table_is_no_review(
    before: str, after: str, judge_change: JudgeChange
) -> None:
    step = task(CLAIMED | {"status": before}, CLAIMED | {"status": after})
    assert "C001" in codes(judge_change, step)
    for status in ("申请销号", "已销号", "长期坚持"):
        assert "C001" in codes(
            judge_change, ({"tasks": []}, {"tasks": [CLAIMED | {"status": status}]})
        )
    late = task(EVIDENCE | {"status": "待上会"}, CLAIMED | {"status": "已销号", "closing": BASIS})
    assert "C001" in codes(judge_change, late)


@READS_SOURCES
def test_the_column_of_the_claim_has_one_name() -> None:
    """What reads tables, what keeps their words and what C001 asks for are one column."""
    package = Path(ledger.__file__).parent
    homes = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for node in nodes(path)
        if isinstance(node, ast.Constant) and node.value == STATUS_COLUMN
    }
    assert homes == {"model/task.py"}
    assert field_title("status") == STATUS_COLUMN in CLAIMED["columns"]


@pytest.mark.parametrize("new", ["未启动", "推进中"])
def test_a_new_task_may_be_under_way(new: str, judge_change: JudgeChange) -> None:
    assert judge_change({"tasks": []}, {"tasks": [{"status": new}]}) == []


@pytest.mark.parametrize("old", ["申请销号", "待上会"])
def test_sent_back_only_with_a_reason(old: str, judge_change: JudgeChange) -> None:
    assert codes(judge_change, status(old, "推进中")) == {"C001"}
    assert codes(judge_change, status(old, "推进中", THREE)) == {"C001"}  # no 退回
    assert judge_change(*status(old, "推进中", BACK)) == []


def test_sent_back_twice_in_the_same_words(judge_change: JudgeChange) -> None:
    before = {"status": "申请销号", "progress": [BACK]}
    assert judge_change(*task(before, {"status": "推进中", "progress": [BACK, BACK]})) == []
    assert codes(judge_change, task(before, before | {"status": "推进中"})) == {"C001"}


# Reopening


def test_a_look_back_is_a_reason_to_reopen(judge_change: JudgeChange) -> None:
    seen = CLOSED | {"status": "推进中", "lookback": [LOOKBACK]}
    assert judge_change(*task(CLOSED, seen, decisions=[{}])) == []


def test_a_closed_task_that_a_meeting_cancels_is_not_reopened(judge_change: JudgeChange) -> None:
    cancelled = {"id": "DZH-2020-33", "items": [{"result": "同意中止"}], "date": "2020-12-20"}
    closing = {"decision": "DZH-2020-33", "date": "2020-12-21"}
    kept = {"past_closings": [CLOSED["closing"]]}
    after = CLOSED | kept | {"status": "已中止", "closing": closing}
    assert judge_change(*task(CLOSED, after, decisions=[{}, cancelled])) == []


# Deadlines


@pytest.mark.parametrize(
    "due",
    [
        {"text": "11月底前"},
        {"text": "年底前", "date": "2020-11-30"},
        {"text": "11月底前", "date": "2020-11-30", "start": "2020-11-01"},
        {"text": "11月底前", "date": "2020-11-30", "dates": ["2020-11-30"]},
        None,
    ],
)
def test_a_deadline_once_set_stays(due: Spec | None, judge_change: JudgeChange) -> None:
    assert codes(judge_change, task({}, {"due": due})) == {"C009"}


@pytest.mark.parametrize("due", [None, {"text": "持续推进"}, {"text": "待定"}])
def test_an_open_deadline_may_be_set(due: Spec | None, judge_change: JudgeChange) -> None:
    assert (
        judge_change(*task({"due": due}, {"due": {"text": "年底前", "date": "2020-12-31"}})) == []
    )


@pytest.mark.parametrize(
    ("old", "new", "allowed"),
    [
        ("2020-12-31", "2020-11-30", True),  # as the words say
        ("2020-12-31", "2020-12-30", False),
        ("2020-11-30", "2020-12-31", False),
    ],
)
def test_a_wrong_date_may_be_put_right(
    old: str, new: str, allowed: bool, judge_change: JudgeChange
) -> None:
    before, after = ({"due": {"text": "11月底前", "date": date}} for date in (old, new))
    assert codes(judge_change, task(before, after)) == (set() if allowed else {"C009"})


def test_not_by_another_year_of_the_source(judge_change: JudgeChange) -> None:
    source = {"id": "ZG2020", "title": "反馈意见", "kind": "巡视整改"}
    before = {"tasks": [{}], "sources": [source | {"year": 2020}]}
    later = {"tasks": [{"due": {"text": "11月底前", "date": "2021-11-30"}}]}
    after = later | {"sources": [source | {"year": 2021}]}
    assert codes(judge_change, (before, after)) == {"C009"}


def test_checkpoints_stay(judge_change: JudgeChange) -> None:
    before = {"due": {"text": "6月、12月", "dates": ["2020-06-30", "2020-12-31"]}}
    after = {"due": {"text": "6月、12月", "dates": ["2020-12-31"]}}
    assert codes(judge_change, task(before, after)) == {"C009"}


# Logs

LOGS = {
    "progress": [ONE, TWO, THREE],
    "extensions": [EXTENSION | {"to": f"2021-0{month}-28"} for month in (3, 4, 5)],
    "lookback": [LOOKBACK | {"date": f"2020-12-2{day}"} for day in (1, 2, 3)],
}


@pytest.mark.parametrize("key", LOGS)
@pytest.mark.parametrize("places", [(0, 1), (1, 2), (), (1, 0, 2), (0, 2, 1), (0, 0, 1, 1)])
def test_a_log_is_not_rewritten(
    key: str, places: tuple[int, ...], judge_change: JudgeChange
) -> None:
    entries = LOGS[key]
    rewritten = [entries[place] for place in places]
    assert codes(judge_change, task({key: entries}, {key: rewritten})) == {"C010"}


@pytest.mark.parametrize("key", LOGS)
@pytest.mark.parametrize("places", [(0, 1, 2), (0, 1, 2, 2), (2, 0, 1, 2), (0, 2, 1, 2)])
def test_a_log_may_grow_anywhere(
    key: str, places: tuple[int, ...], judge_change: JudgeChange
) -> None:
    entries = LOGS[key]
    assert judge_change(*task({key: entries}, {key: [entries[place] for place in places]})) == []


@pytest.mark.parametrize("key", LOGS)
def test_each_word_of_an_entry_counts(key: str, judge_change: JudgeChange) -> None:
    (entry, *_) = LOGS[key]
    for field in entry:
        other = "2020-12-31" if field in ("date", "to") else "改写"
        rules = codes(judge_change, task({key: [entry]}, {key: [entry | {field: other}]}))
        assert rules == {"C010"}, field


@pytest.mark.parametrize("old", ["申请销号", "待上会", "已销号"])
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("applied", APPLIED | {"by": "另一个人"}),
        ("applied", None),
        ("reviewed", REVIEWED | {"opinion": "另一种意见"}),
        ("reviewed", None),
    ],
)
def test_who_applied_and_who_reviewed_stays_written(
    old: str, key: str, value: Spec | None, judge_change: JudgeChange
) -> None:
    closing = {"applied": APPLIED, "reviewed": REVIEWED, **BASIS}
    before = {"status": old, "closing": closing}
    after = {"status": old, "closing": {**closing, key: value}}
    assert codes(judge_change, task(before, after, decisions=[{}])) == {"C010"}


def test_who_applies_again_writes_a_new_application(judge_change: JudgeChange) -> None:
    before = {"status": "待上会", "closing": {"applied": APPLIED, "reviewed": REVIEWED}}
    new = {"applied": APPLIED | {"date": "2020-12-08"}}
    after = {"status": "申请销号", "closing": new, "progress": [ONE, BACK]}
    assert judge_change(*task(before | {"progress": [ONE]}, after)) == []  # sent back and again
    silent = task(before, after | {"progress": []})
    assert codes(judge_change, silent) == {"C001", "C010"}


# Meetings that were recorded


@pytest.mark.parametrize(
    "after",
    [
        [],
        [{"id": "DZH-2020-32"}],
        [{"present": ["书记", "副书记", "成员1", "成员2", "成员3"]}],
        [{"items": [{"votes": {"for": 7, "against": 1, "abstain": 0}}]}],
        [{"备注": "后补"}],
        [{}, {"path": "data/decisions/2019/DZH-2020-31.yaml", "recorder": "冒名"}],
    ],
    ids=["deleted", "another id", "members", "votes", "unknown key", "hidden behind another"],
)
def test_a_used_record_is_not_touched(after: list[Spec], judge_change: JudgeChange) -> None:
    assert codes(judge_change, ({"tasks": [CLOSED], "decisions": [{}]}, {"decisions": after})) == {
        "C011"
    }


@pytest.mark.parametrize("result", ["不同意", "继续整改", "同意中止", "转为长期坚持"])
def test_a_record_need_not_be_used(result: str, judge_change: JudgeChange) -> None:
    met = {"items": [{"result": result}]}
    before = {"tasks": [{}], "decisions": [met]}
    assert codes(judge_change, (before, {"decisions": [met | {"recorder": "冒名"}]})) == {"C011"}


@pytest.mark.parametrize(
    "path",
    ["data/decisions/党组会/DZH-2020-31.yaml", "data/decisions/2020/dzh-2020-31.yaml"],
    ids=["moved", "another case"],
)
def test_a_record_stays_in_its_place(path: str, judge_change: JudgeChange) -> None:
    after = {"decisions": [{"path": path}]}
    assert codes(judge_change, ({"tasks": [{}], "decisions": [{}]}, after)) == {"C011"}


@pytest.mark.parametrize("key", ["votes", "absent"])
def test_a_record_gets_no_keys_at_any_depth(key: str, judge_change: JudgeChange) -> None:
    votes = {"for": 8, "against": 0, "abstain": 0}
    before = {"absent": [{"name": "甲"}], "items": [{"votes": votes}]}
    more = {"votes": {"items": [{"votes": votes | {"备注": "补"}}]}}
    after = before | more.get(key, {"absent": [{"name": "甲", "备注": "补"}]})
    assert codes(
        judge_change, ({"tasks": [{}], "decisions": [before]}, {"decisions": [after]})
    ) == {"C011"}


# Tasks that vanish


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ([], {"C012"}),
        ([{"id": "ZG2020-901"}], {"C012"}),
        ([{"source": "GZ2020"}], set()),  # moved, T003 sees to the rest
        ([{"path": "data/tasks/ZG2020/ZG2020-001.yml"}], set()),
        ([{"path": "data/tasks/elsewhere/other.yaml"}], set()),
    ],
    ids=["deleted", "another id", "another source", "another ending", "another file"],
)
def test_tasks_do_not_vanish(
    after: list[Spec], expected: set[str], judge_change: JudgeChange
) -> None:
    assert codes(judge_change, ({"tasks": [{}]}, {"tasks": after})) == expected


@pytest.mark.parametrize("path", ["data/tasks/ZG2020/ZG2020-001.yml", "data/tasks/GZ2020/x.yaml"])
def test_moving_a_file_hides_nothing(path: str, judge_change: JudgeChange) -> None:
    before = {"tasks": [{"status": "推进中", "progress": [ONE, TWO]}]}
    after = {"tasks": [CLOSED | {"path": path, "progress": [TWO]}]}
    assert {"C002", "C005", "C010"} == codes(judge_change, (before, after))


def test_nothing_is_said_of_what_did_not_change(judge_change: JudgeChange) -> None:
    bad = {"status": "已销号", "closing": {"decision": "没有"}}
    assert judge_change({"tasks": [bad]}, {"tasks": [bad, {"id": "ZG2020-002"}]}) == []


class Counted:
    """An entry that counts how often any is compared."""

    compared = 0

    def __init__(self, number: int) -> None:
        self.number = number

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return isinstance(other, Counted) and self.number == other.number

    __hash__ = None  # type: ignore[assignment]


def test_of_a_log_that_was_added_to_each_entry_is_compared_once() -> None:
    """Not each with all of the others, for every commit of a long line."""
    log, same = ([Counted(number) for number in range(length)] for length in (100, 99))
    assert behind(same, log) is not log
    assert Counted.compared == 99
    assert behind(same, log) == log[99:]
    assert list(behind(log, same)) == []
    assert behind(same[1:], log) == log
    assert behind((), log) == log
