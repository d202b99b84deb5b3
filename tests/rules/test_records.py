"""Of several meetings the last counts, and what it saw is what was there: on ledgers in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ledger.model.problem import ERROR, WARNING

if TYPE_CHECKING:
    from tests.rules.conftest import Judge, JudgeChange

Spec = dict[str, Any]

APPLIED = {"date": "2020-12-01", "by": "联络员", "summary": "已完成"}
REVIEWED = {"date": "2020-12-02", "by": "整改办", "opinion": "同意上会"}
PROCEDURE = {"applied": APPLIED, "reviewed": REVIEWED}
FIRST, SECOND = "DZH-2020-31", "DZH-2020-32"
CASE = {"evidence": [{"name": "制度汇编", "archive": "2020-12"}]}
WAITING = CASE | {"status": "待上会", "closing": PROCEDURE}
LOG = [{"date": "2020-12-01", "by": "联络员", "text": "印发修订稿"}]
LOST = {"for": 4, "against": 4, "abstain": 0}


def closed(decision: str = FIRST, **fields: Any) -> Spec:
    basis = {"decision": decision, "date": "2020-12-28"}
    return CASE | {"status": "已销号", "closing": PROCEDURE | basis} | fields


def held(result: str, name: str = SECOND, date: str = "2020-12-20", **fields: Any) -> Spec:
    votes = fields.pop("votes", {"for": 8})
    return {"id": name, "date": date, "items": [{"result": result, "votes": votes}]} | fields


def codes(judge: JudgeChange, before: Spec, after: Spec) -> set[str]:
    return {problem.code for problem in judge(before, after)}


# Several meetings on one task; the first one, on 2020-12-03, agreed.


@pytest.mark.parametrize(
    ("other", "allowed"),
    [
        (held("不同意"), False),
        (held("继续整改"), False),
        (held("同意中止"), False),
        (held("转为长期坚持"), False),
        (held("同意销号"), True),
        (held("不同意", date="2020-12-02"), True),  # before it
        (held("不同意", date="2020-12-03"), False),  # on the same day, nobody knows which counts
        (held("同意销号", date="2020-12-03"), True),
        (held("不同意", body="圈阅"), True),  # may not decide
        (held("不同意", present=["书记", "副书记"]), True),  # no quorum
        (held("同意中止", votes=LOST), True),  # did not carry
        (held("不同意", date="2020-12-03", corrects=FIRST), False),
        (held("同意销号", corrects=FIRST), False),  # then it is the other that counts
        (held("不同意", body="圈阅", corrects=FIRST), True),
    ],
)
@pytest.mark.parametrize("reverse", [False, True])
def test_the_last_meeting_counts(
    other: Spec, allowed: bool, reverse: bool, judge_change: JudgeChange
) -> None:
    meetings = [held("同意销号", FIRST, "2020-12-03"), other]
    before = {"tasks": [WAITING], "decisions": meetings[::-1] if reverse else meetings}
    rules = codes(judge_change, before, {"tasks": [closed()]})
    assert rules == (set() if allowed else {"C003"})


@pytest.mark.parametrize(
    ("status", "result"), [("已中止", "同意中止"), ("长期坚持", "转为长期坚持")]
)
@pytest.mark.parametrize("named", [True, False])
def test_other_ends_are_taken_back_as_well(
    status: str, result: str, named: bool, judge_change: JudgeChange
) -> None:
    closing = {"decision": FIRST, "date": "2020-12-28"} if named else None
    after = {"tasks": [{"status": status, "closing": closing}]}
    agreed = held(result, FIRST, "2020-12-03")
    assert codes(judge_change, {"tasks": [{}], "decisions": [agreed]}, after) == set()
    taken_back = [agreed, held("继续整改")]
    assert codes(judge_change, {"tasks": [{}], "decisions": taken_back}, after) == {"C003"}


def test_the_correction_of_a_correction_counts(judge_change: JudgeChange) -> None:
    meetings = [
        held("不同意", FIRST, "2020-12-03"),
        held("同意中止", "DZH-2020-32", "2020-12-03", corrects=FIRST),
        held("同意销号", "DZH-2020-33", "2020-12-03", corrects="DZH-2020-32"),
    ]
    before = {"tasks": [WAITING], "decisions": meetings}
    assert codes(judge_change, before, {"tasks": [closed("DZH-2020-33")]}) == set()


def test_corrections_in_a_circle_come_to_an_end(judge_change: JudgeChange) -> None:
    meetings = [
        held("同意销号", FIRST, "2020-12-03", corrects=SECOND),
        held("不同意", SECOND, "2020-12-03", corrects=FIRST),
    ]
    before = {"tasks": [WAITING], "decisions": meetings}
    assert codes(judge_change, before, {"tasks": [closed()]}) == {"C003"}


def test_a_closing_that_was_taken_back_is_named(judge: Judge) -> None:
    spec = {"tasks": [closed()], "decisions": [held("同意销号", FIRST, "2020-12-03")]}
    assert judge(spec) == []
    spec["decisions"].append(held("不同意"))
    (problem,) = judge(spec)
    assert (problem.code, problem.id) == ("D002", "ZG2020-001")
    assert "DZH-2020-32 后来的结论是“不同意”" in problem.message


@pytest.mark.parametrize("again", [True, False])
def test_back_from_ongoing_only_by_the_last_word(again: bool, judge_change: JudgeChange) -> None:
    closing = {"decision": FIRST, "date": "2020-12-04"}
    ongoing = {"status": "长期坚持", "closing": closing}
    meetings = [held("转为长期坚持", FIRST, "2020-12-03"), held("继续整改")]
    if again:
        meetings.append(held("转为长期坚持", "DZH-2020-33", "2020-12-22"))
    before = {"tasks": [ongoing], "decisions": meetings}
    back = {"status": "推进中", "closing": None, "past_closings": [closing]}
    assert codes(judge_change, before, {"tasks": [back]}) == ({"C002"} if again else set())


def test_an_approval_is_used_once_however_it_is_dated(judge_change: JudgeChange) -> None:
    """Reopened and decided on one day: the days alone would not tell."""
    day = "2020-12-03"
    before = WAITING | {
        "progress": [*LOG, {"date": day, "by": "整改办", "text": "反弹", "event": "重开"}],
        "past_closings": [PROCEDURE | {"decision": FIRST, "date": day}],
    }
    meetings = [held("同意销号", FIRST, day), held("同意销号", date=day)]
    for name, expected in ((FIRST, {"C003"}), (SECOND, set())):
        after = before | {"status": "已销号", "closing": closed(name)["closing"]}
        rules = codes(judge_change, {"tasks": [before], "decisions": meetings}, {"tasks": [after]})
        assert rules == expected


def test_an_approval_is_used_once_though_the_old_record_is_still_in_its_place(
    judge_change: JudgeChange,
) -> None:
    before = closed(status="待上会")
    meetings = [held("同意销号", FIRST, "2020-12-03")]
    rules = codes(judge_change, {"tasks": [before], "decisions": meetings}, {"tasks": [closed()]})
    assert rules == {"C003"}


# What a record may say


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (held("不同意", corrects=FIRST), set()),
        (held("不同意", corrects="DZH-2020-99"), {"D007"}),
        (held("不同意", corrects=SECOND), {"D007"}),
        (held("不同意", date="2020-12-01", corrects=FIRST), {"D007"}),
        (held("同意销号", body="圈阅", corrects=FIRST), {"D002"}),
        (held("同意销号", votes=LOST, corrects=FIRST), {"D004"}),
        (held("同意销号", corrects=FIRST, items=[{"task": "ZG2020-002"}]), {"D007"}),
    ],
)
def test_what_corrects_another_record(record: Spec, expected: set[str], judge: Judge) -> None:
    tasks = [{}, {"id": "ZG2020-002"}]
    problems = judge({"tasks": tasks, "decisions": [held("同意销号", FIRST), record]})
    assert {each.code for each in problems} == expected
    assert {each.severity for each in problems} <= {ERROR}


def test_a_lost_vote_is_a_record_until_something_rests_on_it(judge: Judge) -> None:
    lost = held("同意中止", FIRST, votes=LOST)
    (problem,) = judge({"tasks": [{}], "decisions": [lost]})
    assert (problem.code, problem.severity) == ("D004", WARNING)
    ended = {"status": "已中止", "closing": {"decision": FIRST, "date": "2020-12-28"}}
    (problem,) = judge({"tasks": [ended], "decisions": [lost]})
    assert (problem.code, problem.severity) == ("D004", ERROR)


# What the meeting could see


def test_a_digest_is_that_of_the_case_before_the_commit(judge_step: JudgeChange) -> None:
    before = {"tasks": [WAITING]}
    honest = {"decisions": [held("同意销号", FIRST)]}
    assert codes(judge_step, before, honest) == set()
    assert codes(judge_step, before, honest | {"tasks": [WAITING | {"goal": "另一个"}]}) == set()
    item = {"result": "同意销号", "digest": "sha256:" + "0" * 64}
    assert codes(judge_step, before, {"decisions": [{"items": [item]}]}) == {"C004"}


def test_nobody_saw_a_task_that_comes_with_the_record(judge_step: JudgeChange) -> None:
    item = {"result": "不同意", "digest": "sha256:" + "0" * 64}
    after = {"tasks": [WAITING], "decisions": [{"items": [item]}]}
    assert codes(judge_step, {"tasks": []}, after) == {"C004"}
    bare = {"tasks": [WAITING], "decisions": [{"items": [item | {"digest": None}]}]}
    assert codes(judge_step, {"tasks": []}, bare) == set()  # and it can close nothing


def test_several_commits_may_bring_the_content_and_then_the_record(
    judge_change: JudgeChange,
) -> None:
    item = {"result": "同意销号", "digest": "sha256:" + "0" * 64}
    assert codes(judge_change, {"tasks": [WAITING]}, {"decisions": [{"items": [item]}]}) == set()


@pytest.mark.parametrize("sha256", [None, "a" * 64])
def test_a_file_without_its_hash_is_not_what_was_seen(
    sha256: str | None, judge_change: JudgeChange
) -> None:
    proof = {"evidence": [{"name": "清单", "path": "data/evidence/a.pdf", "sha256": sha256}]}
    more = {"evidence": [*CASE["evidence"], *proof["evidence"]]}
    before = {"tasks": [WAITING | more], "decisions": [held("同意销号", FIRST)]}
    rules = codes(judge_change, before, {"tasks": [closed() | more]})
    assert rules == (set() if sha256 else {"C004"})


@pytest.mark.parametrize(
    "fields",
    [
        {"evidence": [CASE["evidence"][0] | {"备注": "换过"}]},
        {"due": {"text": "11月底前", "date": "2020-11-30", "另定": {"日期": "2021"}}},
        {"indicators": [{"name": "制度", "备注": "改低"}]},
    ],
)
def test_keys_that_nobody_knows_count_at_any_depth(fields: Spec, judge_change: JudgeChange) -> None:
    meetings = [held("同意销号", FIRST)]
    for old in (WAITING, closed()):
        before = {"tasks": [old], "decisions": meetings}
        assert "C004" in codes(judge_change, before, {"tasks": [closed() | fields]})


# 并入


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([("并入", "ZG2020-002")], set()),
        ([("并入", "ZG2020-003")], {"C003"}),
        ([("并入", "ZG2020-002"), ("并入", "ZG2020-003")], {"C003"}),
        ([], {"C003"}),
    ],
)
def test_merged_into_what_the_meeting_said(
    links: list[tuple[str, str]], expected: set[str], judge_change: JudgeChange
) -> None:
    others = [{"id": "ZG2020-002"}, {"id": "ZG2020-003"}]
    met = {"items": [{"result": "并入", "into": "ZG2020-002"}]}
    basis = {"decision": FIRST, "date": "2020-12-28"}
    written = [{"rel": rel, "id": name} for rel, name in links]
    merged = {"status": "已中止", "closing": basis, "links": written}
    before = {"tasks": [{}, *others], "decisions": [met]}
    assert codes(judge_change, before, {"tasks": [merged, *others]}) == expected


def test_what_was_merged_stays_so(judge_change: JudgeChange) -> None:
    met = {"items": [{"result": "并入", "into": "ZG2020-002"}]}
    link = {"rel": "并入", "id": "ZG2020-002"}
    done = {"status": "已中止", "closing": {"decision": FIRST, "date": "2020-12-28"}}
    others = [{"id": "ZG2020-002"}]
    before = {"tasks": [done | {"links": [link]}, *others], "decisions": [met]}
    for links in ([], [link | {"id": "ZG2020-003"}], [link | {"备注": "改"}]):
        after = {"tasks": [done | {"links": links}, *others]}
        assert codes(judge_change, before, after) == {"C003"}
    tagged = {"tasks": [done | {"links": [link], "tags": ["重点"]}, *others]}
    assert codes(judge_change, before, tagged) == set()


def test_an_old_claim_may_be_taken_out(judge_change: JudgeChange) -> None:
    claim = {"links": [{"rel": "并入", "id": "ZG2020-002"}]}
    assert codes(judge_change, {"tasks": [claim]}, {"tasks": [{}]}) == set()
    assert codes(judge_change, {"tasks": [{}]}, {"tasks": [claim]}) == {"C002"}


# Rounds that are over, and days


def test_a_round_that_went_by_needs_its_own_records(judge_change: JudgeChange) -> None:
    """Squashed: closed, reopened and closed again; the second round has an application, too."""
    old = closed()
    log = [*LOG, {"date": "2020-12-29", "by": "整改办", "text": "反弹", "event": "重开"}]
    meetings = [held("同意销号", FIRST), held("同意销号", date="2020-12-30")]
    again = {
        "applied": APPLIED | {"date": "2020-12-29"},
        "reviewed": REVIEWED | {"date": "2020-12-29"},
        "decision": SECOND,
        "date": "2020-12-30",
    }
    kept = {"past_closings": [old["closing"]], "progress": log}
    before = {"tasks": [old], "decisions": meetings[:1]}

    def then(task: Spec) -> set[str]:
        return codes(judge_change, before, {"tasks": [task], "decisions": meetings})

    assert then(closed(**kept, closing=again)) == set()
    assert then(closed(**kept, closing=again | {"reviewed": REVIEWED})) == {"C001", "C007"}
    assert then(closed(**kept | {"progress": LOG}, closing=again)) == {"C008"}
    spare = {"tasks": [old], "decisions": meetings}  # it was there before the reopening
    assert codes(judge_change, spare, {"tasks": [closed(**kept, closing=again)]}) == {"C008"}


def test_a_round_that_was_edited_is_not_called_one_too_many(judge_change: JudgeChange) -> None:
    """Who took out what is said to be too many would lose the round itself."""
    log = [*LOG, {"date": "2020-12-29", "by": "整改办", "text": "反弹", "event": "重开"}]
    back = {"status": "推进中", "closing": None, "progress": log}
    rounds = ([closed()["closing"] | {"date": day}] for day in ("2020-12-04", "2020-12-05"))
    old, new = (closed(**back, past_closings=each) for each in rounds)
    before = {"tasks": [old], "decisions": [held("同意销号", FIRST)]}
    (problem,) = judge_change(before, before | {"tasks": [new]})
    assert (problem.code, "被改动或删去" in problem.message) == ("C010", True)


def test_a_missing_day_may_be_filled_in(judge_change: JudgeChange) -> None:
    old = closed(closing=PROCEDURE | {"decision": FIRST})
    before = {"tasks": [old], "decisions": [held("同意销号", FIRST, "2020-12-03")]}
    assert codes(judge_change, before, {"tasks": [closed()]}) == set()


@pytest.mark.parametrize("key", ["progress", "extensions", "lookback"])
@pytest.mark.parametrize(("day", "expected"), [("2020-12-31", set()), ("2021-01-01", {"C010"})])
def test_no_entry_is_dated_in_the_future(
    key: str, day: str, expected: set[str], judge_change: JudgeChange
) -> None:
    entry = {
        "progress": {"text": "办完"},
        "extensions": {"to": "2021-06-30", "reason": "会签", "approved_by": "局务会"},
        "lookback": {"result": "巩固"},
    }[key]
    before: Spec = {} if key != "lookback" else {"status": "长期坚持"}
    more = before | {key: [*(LOG if key == "progress" else ()), entry | {"date": day}]}
    assert codes(judge_change, {"tasks": [before]}, {"tasks": [more]}) == expected
    assert codes(judge_change, {"tasks": []}, {"tasks": [{key: more[key]}]}) == expected


def test_what_an_older_version_forgot_is_a_remark_of_the_audit(
    make_change_of_reopening: Any,
) -> None:
    for long_ago, severity in ((False, ERROR), (True, WARNING)):
        (problem,) = make_change_of_reopening(long_ago)
        assert (problem.code, problem.severity) == ("C010", severity)


@pytest.fixture
def make_change_of_reopening() -> Any:
    """What the rules have against a reopening by which the old round is lost."""
    from ledger.rules import Context, check_change
    from tests.rules.conftest import TODAY, make_change

    event = {"date": "2020-12-29", "by": "整改办", "text": "反弹", "event": "重开"}
    lost = CASE | {"status": "推进中", "progress": [*LOG, event]}
    before = {"tasks": [closed()], "decisions": [held("同意销号", FIRST)]}
    change = make_change(before, {"tasks": [lost]})

    def judge(long_ago: bool) -> list[Any]:
        context = Context(change.old.config, TODAY, long_ago=long_ago)
        return list(check_change(change, context))

    return judge


# What a time limit is read by


YEAR = {"id": "ZG2020", "title": "反馈意见", "kind": "巡视整改", "issued": "2020-08-20"}
OTHER = {"id": "GZ2020", "title": "工作要点", "kind": "工作要点", "year": 2021}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"year": 2020}, {"year": 2021}, {"C009"}),
        ({"year": 2020}, {}, {"C009"}),
        ({}, {"year": 2021}, {"C009"}),
        ({}, {"year": 2020}, set()),
        ({"year": 2021}, {"year": 2020}, set()),  # the date was right, the year was not
        ({"year": 2020}, {"year": 2020, "note": "补记"}, set()),
    ],
)
def test_the_year_of_a_source_moves_no_deadline(
    before: Spec, after: Spec, expected: set[str], judge_change: JudgeChange
) -> None:
    sources = [[YEAR | each, OTHER] for each in (before, after)]
    step = ({"tasks": [{}], "sources": sources[0]}, {"sources": sources[1]})
    assert codes(judge_change, *step) == expected


def test_another_source_moves_no_deadline(judge_change: JudgeChange) -> None:
    ledger = {"sources": [YEAR | {"year": 2020}, OTHER]}
    moved = {"tasks": [{"source": "GZ2020"}]}
    assert codes(judge_change, {"tasks": [{}], **ledger}, moved) == {"C009"}


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"evidence": [*CASE["evidence"], {"name": "新材料", "archive": "2021-1"}]}, True),
        ({"tags": ["重点"]}, True),
        ({"progress": [*LOG, {"date": "2020-12-30", "by": "联络员", "text": "每月检查"}]}, True),
        ({"evidence": [{"name": "新材料", "archive": "2021-1"}, *CASE["evidence"]]}, False),
        ({"evidence": []}, False),
        ({"goal": "另一个目标"}, False),
        ({"lead": []}, False),
        ({"备注": "后加"}, False),
    ],
)
@pytest.mark.parametrize("digest", ["", None], ids=["", "without a digest"])
def test_what_goes_on_grows_and_stays(
    fields: Spec, kept: bool, digest: str | None, judge_change: JudgeChange
) -> None:
    """长期坚持, also by an old record without a digest; what is 已中止 gets no evidence either."""
    for result, status in (("转为长期坚持", "长期坚持"), ("同意中止", "已中止")):
        item = {"result": result} | ({} if digest == "" else {"digest": None})
        done = CASE | {"status": status, "closing": {"decision": FIRST, "date": "2020-12-28"}}
        before = {"tasks": [done | {"progress": LOG}], "decisions": [{"items": [item]}]}
        after = {"tasks": [{"progress": LOG} | done | fields]}
        allowed = kept and (status == "长期坚持" or "evidence" not in fields)
        assert codes(judge_change, before, after) == (set() if allowed else {"C004"})


@pytest.mark.parametrize(
    ("words", "old", "new", "allowed"),
    [
        ("10个工作日内", "2020-09-03", "2020-09-08", False),  # later by the calendar that is there
        ("10个工作日内", "2020-09-08", "2020-09-03", False),  # not what the words say
        ("10个工作日内", "2020-09-10", "2020-09-08", True),
        ("2个月内", "2020-10-10", "2020-10-20", True),  # no calendar has anything to do with it
    ],
)
def test_a_calendar_makes_no_limit_later(
    words: str, old: str, new: str, allowed: bool, judge_change: JudgeChange
) -> None:
    config = {"calendar": {"holidays": ["2020-09-01", "2020-09-02", "2020-09-03"]}}
    due = [{"due": {"text": words, "date": day}} for day in (old, new)]
    before = {"tasks": [due[0]], "config": config}
    assert ("C009" in codes(judge_change, before, {"tasks": [due[1]]})) is not allowed


def test_an_extension_says_what_the_calendar_made_later(judge: Judge) -> None:
    config = {"calendar": {"holidays": ["2020-09-01", "2020-09-02", "2020-09-03"]}}
    task: Spec = {"due": {"text": "10个工作日内", "date": "2020-09-03"}}
    assert "T006" in {each.code for each in judge({"tasks": [task], "config": config})}
    more = {"date": "2020-09-01", "from": "2020-09-03", "to": "2020-09-08"}
    task |= {"extensions": [more | {"reason": "放假调整", "approved_by": "局务会"}]}
    assert "T006" not in {each.code for each in judge({"tasks": [task], "config": config})}
    more |= {"to": "2020-09-07", "reason": "放假调整", "approved_by": "局务会"}
    task |= {"extensions": [more]}
    assert "T006" in {each.code for each in judge({"tasks": [task], "config": config})}
