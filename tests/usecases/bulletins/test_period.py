"""The change of a period: 勾稽, closings, reports; what is due, and by when to apply."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError
from ledger.model.config import Config
from ledger.model.period import named
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.task import STATUSES, Closing, Progress, Task
from ledger.usecases.bulletins.beginning import beginning
from ledger.usecases.bulletins.facts import Scope
from ledger.usecases.bulletins.kinds import HTML, KINDS, Request
from ledger.usecases.bulletins.period import period_facts
from ledger.usecases.bulletins.request import request_for
from ledger.usecases.bulletins.roll import roll_of
from tests.usecases.bulletins.cases import (
    NOW,
    WEEK,
    applied,
    chosen,
    closed,
    decided,
    facts_of,
    rendered,
    weekly,
)

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

D = dt.date

# --- the period's content ---


def test_a_task_is_listed_by_what_became_of_it(make_ledger: MakeLedger) -> None:
    made = make_ledger([{"id": f"GZ2017-{n:03}"} for n in range(1, 7)], commit=False)
    made.write_task(id="GZ2017-004", **closed("2017-05-04", 8))
    made.commit("期初", "2017-10-13")
    made.write_task(id="GZ2017-001", **closed())
    made.write_task(id="GZ2017-004", progress=[_event("重开", "反弹")])
    made.write_task(
        id="GZ2017-005", status="已中止", closing={"decision": "DZH-2017-20", "date": "2017-10-19"}
    )
    made.path("GZ2017-006").unlink()
    made.write_task(id="GZ2017-007")
    made.write_task(id="GZ2017-008", **closed())  # came and was closed in the week
    made.write_task(id="GZ2017-009", **closed("2017-05-04", 8))  # had ended long before it came
    decision = decided("GZ2017-001", "GZ2017-008")
    decision["items"].append({"task": "GZ2017-005", "result": "并入", "into": "GZ2017-002"})
    made.write("data/decisions/2017/DZH-2017-20.yaml", decision)
    facts = facts_of(made, made.commit("本周", "2017-10-20"))
    assert [(e.line.id, e.body, e.minutes) for e in facts.closed] == [
        ("GZ2017-001", "党组会", "〔2017〕20号"),
        ("GZ2017-008", "党组会", "〔2017〕20号"),
    ]
    flow = facts.flow
    assert (flow.opening, flow.added, flow.reopened) == (5, 2, 1)
    assert (flow.closed, flow.cancelled, flow.removed, flow.recorded) == (2, 1, 1, 1)
    assert flow.remaining == 4
    assert [e.id for e in facts.added] == ["GZ2017-007"]
    assert [(e.line.id, e.event, e.reason) for e in facts.events] == [
        ("GZ2017-004", "重开", "反弹"),
        ("GZ2017-005", "中止", "并入 GZ2017-002"),
    ]
    assert facts.closed_by == {"审业部": 2}


def _event(event: str, text: str, day: str = "2017-10-18") -> dict[str, str]:
    return {"date": day, "by": "督查室主任", "text": text, "event": event}


def test_closed_and_reopened_within_the_week_counts_as_both(make_ledger: MakeLedger) -> None:
    made = make_ledger(1, commit=False)
    made.commit("期初", "2017-10-13")
    back = {"status": "推进中", "progress": [_event("重开", "反弹")]}
    made.write_task(**(closed() | back))
    made.write("data/decisions/2017/DZH-2017-20.yaml", decided("GZ2017-001"))
    flow = facts_of(made, made.commit("本周", "2017-10-20")).flow
    assert (flow.opening, flow.reopened, flow.closed, flow.remaining) == (1, 1, 1, 1)


def test_closed_reopened_and_closed_again_within_the_week(make_ledger: MakeLedger) -> None:
    made = make_ledger([{}, closed("2017-05-04", 8)], commit=False)
    made.commit("期初", "2017-10-13")
    for each in ("GZ2017-001", "GZ2017-002"):
        made.write_task(id=each, **closed(), progress=[_event("重开", "反弹")])
    made.write("data/decisions/2017/DZH-2017-20.yaml", decided("GZ2017-001", "GZ2017-002"))
    head = made.commit("本周", "2017-10-20")
    facts = facts_of(made, head)
    flow = facts.flow
    assert (flow.opening, flow.reopened, flow.closed, flow.remaining) == (1, 2, 3, 0)
    assert len([each for each in facts.events if each.event == "重开"]) == flow.reopened
    assert [(e.line.id, e.times, e.again) for e in facts.closed] == [
        ("GZ2017-001", 2, False),
        ("GZ2017-002", 1, False),
    ]
    assert facts.closed_by == {"审业部": 3}
    assert "| 事项GZ2017-001（先后销号2次） |" in rendered(made, weekly(), head)


def test_what_came_in_the_year_was_reopened_and_cancelled_in_it(make_ledger: MakeLedger) -> None:
    back = {"progress": [_event("重开", "反弹", "2017-06-01")]}
    early = {"decision": "DZH-2017-08", "date": "2017-05-04"}
    before = {**early, "date": "2016-12-01"}
    made = make_ledger(
        [
            {**back, "past_closings": [early], "status": "推进中"},
            {**back, "past_closings": [early], **closed()},
            {**back, "past_closings": [before], **closed()},  # came ended
            back,  # nobody wrote down that it had been closed
        ]
    )
    head = made.git("rev-parse", "HEAD").strip()
    flow = facts_of(made, head, Request("annual", named("annual", "2017"), NOW)).flow
    assert (flow.added, flow.recorded, flow.reopened, flow.closed) == (3, 1, 4, 5)
    assert flow.remaining == 2


def test_what_was_reopened_after_its_closing_is_said(make_ledger: MakeLedger) -> None:
    made = make_ledger(1, commit=False)
    made.commit("期初", "2017-10-13")
    made.write_task(**(closed() | {"status": "推进中", "progress": [_event("重开", "反弹")]}))
    made.write("data/decisions/2017/DZH-2017-20.yaml", decided("GZ2017-001"))
    assert "（后又重开）" in rendered(made, weekly(), made.commit("本周", "2017-10-20"))


def test_to_ongoing_and_back_moves_nothing(make_ledger: MakeLedger) -> None:
    made = make_ledger([{"status": "长期坚持"}, {"status": "推进中"}], commit=False)
    made.commit("期初", "2017-10-13")
    made.write_task(id="GZ2017-001", status="推进中")
    made.write_task(id="GZ2017-002", status="长期坚持")
    facts = facts_of(made, made.commit("本周", "2017-10-20"))
    flow = facts.flow
    assert (flow.opening, flow.added, flow.reopened, flow.closed, flow.remaining) == (2, 0, 0, 0, 2)
    assert (facts.closed, facts.events) == ((), ())


def test_a_renumbered_task_left_and_came(make_ledger: MakeLedger) -> None:
    made = make_ledger(1, commit=False)
    made.commit("期初", "2017-10-13")
    made.path("GZ2017-001").unlink()
    made.write_task(id="GZ2017-009")
    text = rendered(made, weekly(), made.commit("本周", "2017-10-20"))
    assert "期初在办1项 + 新增1项 + 重开0项 − 销号0项 − 移出1项 = 期末在办1项" in text


def test_a_part_of_the_ledger_balances_by_itself(make_ledger: MakeLedger) -> None:
    made = make_ledger([{}, {"id": "ZG2020-001"}], commit=False)
    made.commit("期初", "2017-10-13")
    made.write_task(id="GZ2017-001", kind="责任清单")
    made.write_task(id="ZG2020-001", **closed())
    made.write("data/decisions/2017/DZH-2017-20.yaml", decided("ZG2020-001"))
    head = made.commit("本周", "2017-10-20")
    flows = [
        facts_of(made, head, weekly(scope=scope)).flow
        for scope in (Scope(("ZG2020",)), Scope((), ("工作要点",)), Scope((), ("责任清单",)))
    ]
    assert [(f.opening, f.added, f.closed, f.removed, f.remaining) for f in flows] == [
        (1, 0, 1, 0, 0),
        (1, 0, 0, 1, 0),
        (0, 1, 0, 0, 1),
    ]


def test_merged_late_on_friday_and_after_sunday(make_ledger: MakeLedger) -> None:
    made = make_ledger(2, commit=False)
    made.commit("期初", "2017-10-13")
    made.write("data/decisions/2017/DZH-2017-20.yaml", decided("GZ2017-001", "GZ2017-002"))
    made.write_task(id="GZ2017-001", **closed())
    made.commit("周五夜里", "2017-10-20T15:59:59+00:00")  # 23:59:59 in the ledger's time zone
    made.write_task(id="GZ2017-002", **closed())
    monday = made.commit("周一零点", "2017-10-22T16:00:00+00:00")
    after = named("weekly", "2017-W43")
    of_week = chosen(made, weekly(), True)[0]
    assert [e.line.id for e in facts_of(made, of_week).closed] == ["GZ2017-001"]
    later = Request("weekly", after, after.last)
    assert [e.line.id for e in facts_of(made, monday, later).closed] == ["GZ2017-002"]


@pytest.mark.parametrize(
    ("week", "spelled"),
    [
        ("2017-W01", "第1期　2017年1月2日至8日"),
        ("2020-W53", "第53期　2020年12月28日至2021年1月3日"),
        ("2019-W01", "第1期　2018年12月31日至2019年1月6日"),
    ],
)
def test_weeks_that_touch_two_years(make_ledger: MakeLedger, week: str, spelled: str) -> None:
    made = make_ledger(1)
    period = named("weekly", week)
    request = Request("weekly", period, period.last)
    assert spelled in rendered(made, request, made.git("rev-parse", "HEAD").strip())


def test_numbers_of_a_later_commit_are_owned_up_to(make_ledger: MakeLedger) -> None:
    made = make_ledger(1, commit=False)
    remark = "说明：本期按2017年10月23日提交的台账统计，截止日以后办理的情况也计算在内。"
    in_time = made.commit("周日", "2017-10-22T23:00:00+08:00")
    made.write_task(title="改名")
    later = made.commit("周一", "2017-10-23T00:00:00+08:00")
    for kind in ("weekly", "closing", "dept", "scores"):
        usual, _ = request_for(kind, None, WEEK.last)
        request = replace(usual, department="审业部" if kind == "dept" else "")
        assert remark in rendered(made, request, later), kind
        assert "说明：" not in rendered(made, request, in_time), kind


def test_a_closing_done_again_by_a_meeting_is_told_but_not_counted(
    make_ledger: MakeLedger,
) -> None:
    made = make_ledger([closed("2017-05-04", 8)], commit=False)
    made.commit("期初", "2017-10-13")
    made.write_task(**closed())
    made.write("data/decisions/2017/DZH-2017-20.yaml", decided("GZ2017-001"))
    facts = facts_of(made, made.commit("本周", "2017-10-20"))
    assert [(e.line.id, e.again) for e in facts.closed] == [("GZ2017-001", True)]
    assert (facts.flow.closed, facts.closed_by) == (0, {})


def test_progress_is_what_came_in_the_week_whatever_its_date(make_ledger: MakeLedger) -> None:
    old = {"date": "2017-10-02", "by": "联络员", "text": "以前的"}
    late = {"date": "2017-10-09", "by": "联络员", "text": "补报的", "percent": 30}
    made = make_ledger([{"progress": [old]}, {}], commit=False)
    made.commit("期初", "2017-10-13")
    made.write_task(progress=[old, late, _event("催办", "向审业部发出督办单")])
    made.write_task(id="GZ2017-003", progress=[old, {**late, "date": "2017-10-17"}])
    facts = facts_of(made, made.commit("本周", "2017-10-20"))
    (group,) = facts.reported
    assert group.key == "审业部"
    assert [(e.line.id, [p.text for p in e.entries]) for e in group.items] == [
        ("GZ2017-001", ["补报的"]),
        ("GZ2017-003", ["补报的"]),
    ]


def test_two_hundred_closings_in_a_week(make_ledger: MakeLedger) -> None:
    ids = [f"GZ2017-{n:03}" for n in range(1, 201)]
    made = make_ledger([{"id": each} for each in ids], commit=False)
    made.commit("期初", "2017-10-13")
    for each in ids:
        made.write_task(id=each, **closed())
    made.write("data/decisions/2017/DZH-2017-20.yaml", decided(*ids))
    text = rendered(made, weekly(), made.commit("销号", "2017-10-19"))
    section = text[text.index("、本周销号\n") : text.index("、本周进展\n")]
    assert len(re.findall(r"^\| GZ2017-\d{3} \|.*〔2017〕20号", section, re.MULTILINE)) == 200
    assert "已销号200项，占100.0%" in text
    assert "期初在办200项 + 新增0项 + 重开0项 − 销号200项 = 期末在办0项" in text
    assert "本周销号200项：" in section


def test_many_overdue_are_summed_up_first(make_ledger: MakeLedger) -> None:
    ids = [f"GZ2017-{n:03}" for n in range(1, 61)]
    due = {"text": "9月", "date": "2017-09-30"}
    made = make_ledger([{"id": each, "due": due} for each in ids])
    made.write_task(id=ids[6], due={"text": "1月", "date": "2017-01-31"}, lead=["规划司"])
    text = rendered(made, weekly(), made.commit("一", "2017-10-20"))
    section = text[text.index("、逾期未完成\n") : text.index("、下周到期\n")]
    assert "逾期未完成60项，逐项情况见附表二。" in section
    assert "| 审业部 | 59 | 22天 | GZ2017-001 事项GZ2017-001 |" in section
    assert "| 规划司 | 1 | 264天 | GZ2017-007 事项GZ2017-007 |" in section
    assert len(section.splitlines()) < 12
    listed = text[text.index("## 附表二") :]
    assert len(re.findall(r"^\| \S+ \| GZ2017-\d{3} \|", listed, re.MULTILINE)) == 60


def test_an_empty_ledger(make_ledger: MakeLedger) -> None:
    made = make_ledger(0, sources=())
    head = made.git("rev-parse", "HEAD").strip()
    for kind in KINDS:
        if kind != "dept":
            request, _ = request_for(kind, None, D(2017, 3, 1))
            for form in ("md", HTML):
                assert rendered(made, replace(request, form=form), head)
    assert "台账中还没有事项" in rendered(made, request_for("weekly", None, NOW)[0], head)


def test_two_files_with_one_id_are_refused(make_ledger: MakeLedger) -> None:
    made = make_ledger(2)
    again = made.path("GZ2017-001").read_bytes()
    made.write("data/tasks/GZ2017/GZ2017-099.yaml", again)
    at_both_ends = made.commit("重复", "2017-10-13")
    for kind in ("weekly", "closing", "scores"):
        request, _ = request_for(kind, None, WEEK.last)
        with pytest.raises(LedgerError, match=r"GZ2017-001\.yaml.*是同一个编号 GZ2017-001"):
            rendered(made, request, at_both_ends)
    made.path("GZ2017-099").unlink()
    with pytest.raises(LedgerError, match=r"2017-10-15 的台账不能用来比较.*是同一个编号"):
        rendered(made, weekly(), made.commit("改好", "2017-10-20"))


def test_numbers_that_disagree_are_no_bulletin() -> None:
    one = Task(id="A-1", status="推进中")
    twice = Snapshot(Config(), (Entry("1.yaml", {}, one), Entry("2.yaml", {}, one)))
    with pytest.raises(LedgerError, match=r"勾稽不平：期初 0 .* ≠ 期末 2"):
        period_facts(beginning(None, twice), roll_of(twice, WEEK.last), WEEK, WEEK.last)


def test_a_file_that_cannot_be_read_is_refused_at_either_end(make_ledger: MakeLedger) -> None:
    made = make_ledger(1, commit=False)
    good = made.path("GZ2017-001").read_bytes()
    made.write("data/tasks/GZ2017/GZ2017-001.yaml", "id: [")
    broken = made.commit("坏", "2017-10-13")
    with pytest.raises(LedgerError, match=r"GZ2017-001\.yaml.*有错"):
        rendered(made, weekly(), broken)
    made.write("data/tasks/GZ2017/GZ2017-001.yaml", good)
    mended = made.commit("好", "2017-10-16")
    with pytest.raises(LedgerError, match=r"2017-10-15 的台账不能用来比较.*GZ2017-001\.yaml"):
        rendered(made, weekly(), mended)


some_tasks = st.dictionaries(
    st.sampled_from([f"A-{n}" for n in range(6)]),
    st.tuples(
        st.sampled_from(STATUSES),
        st.lists(st.sampled_from(["", "重开", "退回"]), max_size=3),
        st.sampled_from([None, D(2017, 5, 4), D(2017, 10, 19)]),
    ),
)


@given(some_tasks, some_tasks)
def test_the_numbers_agree_whatever_happened(before: Any, after: Any) -> None:
    old, new = _snapshot(before), _snapshot(after)
    begun = beginning(old, new, (), WEEK.before)
    facts = period_facts(begun, roll_of(new, WEEK.last), WEEK, WEEK.last)
    assert facts.flow.balanced
    assert sum(round(10 * each.percent) for each in facts.parts) in (0, 1000)
    assert sum(each.number for each in facts.parts) == facts.count.total
    assert sum(e.times for e in facts.closed) == facts.flow.closed
    existing = {each for each, (status, *_) in before.items()}
    told = [e for e in facts.events if e.event == "重开" and e.line.id in existing]
    assert len(told) <= facts.flow.reopened  # and those whose status alone was set back


def _snapshot(told: dict[str, tuple[str, list[str], dt.date | None]]) -> Snapshot:
    tasks = []
    for task_id, (status, events, day) in sorted(told.items()):
        progress = tuple(Progress(date=D(2017, 10, 18), text="一", event=each) for each in events)
        closing = Closing(decision=f"DZH-{day}", date=day) if day else None
        tasks.append(Task(id=task_id, status=status, progress=progress, closing=closing))
    return Snapshot(Config(), tuple(Entry(f"{each.id}.yaml", {}, each) for each in tasks))


# --- what is due ---


def test_nothing_falls_between_this_week_and_the_next(make_ledger: MakeLedger) -> None:
    days = ["2017-10-19", "2017-10-20", "2017-10-22", "2017-10-23", "2017-10-29", "2017-10-30"]
    made = make_ledger([{"due": {"text": "日", "date": day}} for day in days])
    head = made.git("rev-parse", "HEAD").strip()
    facts = facts_of(made, head, Request("weekly", WEEK, D(2017, 10, 20)))  # as typed on Friday
    assert [e.id[-1] for group in facts.overdue for e in group.items] == ["1"]
    assert [e.id[-1] for e in facts.due_rest] == ["2", "3"]
    assert [e.id[-1] for e in facts.due_next] == ["4", "5"]
    text = rendered(made, Request("weekly", WEEK, D(2017, 10, 20)), head)
    assert "本周内（2017年10月20日至22日）到期、尚未销号2项：" in text
    assert "下周（2017年10月23日至29日）到期2项：" in text
    assert [e.id[-1] for e in facts_of(made, head).due_rest] == ["3"]


MEETINGS = {"meetings": [{"body": "党组会", "weekday": "周四"}], "lead_days": 10}


@pytest.mark.parametrize(
    ("due", "status", "expected"),
    [
        ("2017-11-05", "推进中", [("GZ2017-001", "2017-11-02", "2017-10-23", False)]),
        ("2017-11-08", "未启动", [("GZ2017-001", "2017-11-02", "2017-10-23", False)]),
        ("2017-11-09", "推进中", []),  # its last meeting can be applied for until 30 October
        ("2017-10-31", "推进中", [("GZ2017-001", "2017-10-26", "2017-10-16", True)]),
        ("2017-10-25", "推进中", []),  # no meeting is left before it
        ("2017-11-05", "申请销号", []),
        ("2017-11-05", "已销号", []),
        ("2017-10-20", "推进中", []),  # overdue: told elsewhere
    ],
)
def test_what_must_be_applied_for_now(
    make_ledger: MakeLedger, due: str, status: str, expected: list[tuple[str, str, str, bool]]
) -> None:
    made = make_ledger(
        [{"due": {"text": "月底", "date": due}, "status": status}],
        config={"calendar": {"timezone": "Asia/Shanghai"} | MEETINGS},
    )
    facts = facts_of(made, made.git("rev-parse", "HEAD").strip())
    assert [
        (e.line.id, e.sitting.date.isoformat(), e.sitting.apply_by.isoformat(), e.late)
        for e in facts.applications
    ] == expected


def test_only_meetings_that_may_close_the_kind_count(make_ledger: MakeLedger) -> None:
    other = {"meetings": [{"body": "处务会", "weekday": "周四"}], "lead_days": 10}
    made = make_ledger(
        [{"due": {"text": "月底", "date": "2017-11-05"}}],
        config={"calendar": {"timezone": "Asia/Shanghai"} | other},
    )
    facts = facts_of(made, made.git("rev-parse", "HEAD").strip())
    assert facts.applications == ()
    assert [each.body for each in facts.sittings] == ["处务会"]


def test_both_on_time_rates(make_ledger: MakeLedger) -> None:
    june = {"text": "6月", "date": "2017-06-30"}
    moved = {"from": "2017-06-30", "to": "2017-09-30", "reason": "难", "approved_by": "局务会"}
    moved["date"] = "2017-06-01"
    made = make_ledger(
        [
            {"due": june, **closed("2017-06-30", 12)},  # in time by both
            {"due": june, "extensions": [moved], **closed("2017-09-01", 18)},  # by the moved one
            {"due": june, "extensions": [{**moved, "to": "2017-12-20"}]},  # still has time
            {"due": june},  # missed
            {"due": {"text": "长期"}},
            {"due": june, "status": "已中止"},
        ]
    )
    rates = facts_of(made, made.git("rev-parse", "HEAD").strip()).on_time
    assert (rates.judged, rates.original) == (4, 1)
    assert (rates.current_judged, rates.current) == (3, 2)


def test_reported_on_every_checkpoint_is_not_done(make_ledger: MakeLedger) -> None:
    several = {"text": "3月、6月", "dates": ["2017-03-31", "2017-06-30"]}
    told = [{"date": "2017-07-05", "by": "联络员", "text": "补报"}]
    made = make_ledger(
        [
            {"due": several, "progress": told},
            {"due": several, "progress": told, **applied("2017-07-01")},
            {"due": several, "progress": told, **applied("2017-06-30")},
            {"due": several, "progress": told, **closed("2017-06-30", 12)},
        ]
    )
    facts = facts_of(made, made.git("rev-parse", "HEAD").strip())
    assert (facts.count.overdue, facts.on_time.judged, facts.on_time.original) == (2, 3, 1)
    assert [(e.id, e.due) for g in facts.overdue for e in g.items] == [
        ("GZ2017-001", D(2017, 6, 30)),
        ("GZ2017-002", D(2017, 6, 30)),
    ]


def test_what_waits_in_time_is_counted_apart_and_judged_by_its_application(
    make_ledger: MakeLedger,
) -> None:
    june, sooner = {"text": "6月", "date": "2017-06-30"}, {"text": "2月", "date": "2017-02-28"}
    old = closed("2017-10-01", 12)["closing"]
    applied_on = {"applied": {"date": "2017-06-20", "by": "联络员", "summary": "办结"}}
    reviewed = {"reviewed": {"date": "2017-07-03", "by": "督查室", "opinion": "属实"}}
    tasks = [
        {"due": june, **applied("2017-06-30")},
        {"due": june, **applied("2017-07-01")},
        {"due": june, "status": "已销号", "closing": old | applied_on | reviewed},
        {"due": sooner, "status": "已销号", "closing": old | applied_on | reviewed},
    ]
    made = make_ledger(tasks)
    head = made.git("rev-parse", "HEAD").strip()
    facts = facts_of(made, head)
    assert (facts.count.overdue, facts.count.waiting, facts.count.applied) == (1, 1, 2)
    assert (facts.on_time.judged, facts.on_time.original) == (3, 1)
    assert "（其中按时申请、不计逾期的1项）" in rendered(made, weekly(), head)
    strict = make_ledger(tasks, config={"lights": {"waiting_in_time": "否"}}, name="strict")
    facts = facts_of(strict, strict.git("rev-parse", "HEAD").strip())
    assert (facts.count.overdue, facts.count.waiting) == (2, 0)
    assert (facts.on_time.judged, facts.on_time.original) == (4, 0)
