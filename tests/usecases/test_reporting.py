"""Bulletins: what changed between two moments, what stands at the end, how it is proved."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError, UsageError
from ledger.model.config import Config
from ledger.model.period import named
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.task import STATUSES, Closing, Progress, Task
from ledger.usecases.bulletins.facts import Scope
from ledger.usecases.bulletins.period import PeriodFacts, period_facts
from ledger.usecases.bulletins.request import (
    HTML,
    KINDS,
    Request,
    request_for,
    request_of,
    stamp_of,
)
from ledger.usecases.reading import Ledger
from ledger.usecases.reporting import commit_for, render, report

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

D = dt.date
WEEK = named("weekly", "2017-W42")  # 16 to 22 October
NOW = D(2017, 12, 31)


def weekly(**more: Any) -> Request:
    return Request("weekly", WEEK, WEEK.last, **more)


def facts_of(ledger: LedgerFolder, commit: str, request: Request | None = None) -> PeriodFacts:
    with opened(ledger) as its:
        found = report(its, request or weekly(), commit).facts
    assert isinstance(found, PeriodFacts)
    return found


def rendered(ledger: LedgerFolder, request: Request, commit: str) -> str:
    with opened(ledger) as its:
        return render(its, request, commit)


def chosen(ledger: LedgerFolder, request: Request, fixed: bool) -> tuple[str, str]:
    with opened(ledger) as its:
        return commit_for(its, request, fixed)


@contextmanager
def opened(ledger: LedgerFolder) -> Iterator[Ledger]:
    """A ledger whose cache is closed again."""
    its = ledger.open()
    try:
        yield its
    finally:
        its.cache.close()


def decided(*ids: str, day: str = "2017-10-19", number: int = 20) -> dict[str, Any]:
    votes = {"for": 5, "against": 0, "abstain": 0}
    return {
        "id": f"DZH-2017-{number}",
        "body": "党组会",
        "date": day,
        "session": f"2017年第{number}次",
        "chair": "党组书记",
        "due_members": 5,
        "present": ["党组书记", "成员一", "成员二", "成员三", "成员四"],
        "minutes": f"〔2017〕{number}号",
        "items": [{"task": each, "result": "同意销号", "votes": dict(votes)} for each in ids],
    }


def closed(day: str = "2017-10-19", number: int = 20) -> dict[str, Any]:
    return {"status": "已销号", "closing": {"decision": f"DZH-2017-{number}", "date": day}}


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
    found = facts_of(made, made.commit("本周", "2017-10-20"))
    assert [(e.line.id, e.body, e.minutes) for e in found.closed] == [
        ("GZ2017-001", "党组会", "〔2017〕20号"),
        ("GZ2017-008", "党组会", "〔2017〕20号"),
    ]
    flow = found.flow
    assert (flow.opening, flow.added, flow.reopened) == (5, 2, 1)
    assert (flow.closed, flow.cancelled, flow.removed, flow.recorded) == (2, 1, 1, 1)
    assert flow.remaining == 4
    assert [e.id for e in found.added] == ["GZ2017-007"]
    assert [(e.line.id, e.event, e.reason) for e in found.events] == [
        ("GZ2017-004", "重开", "反弹"),
        ("GZ2017-005", "中止", "并入 GZ2017-002"),
    ]
    assert found.closed_by == {"审业部": 2}


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


def test_a_closing_done_again_by_a_meeting_is_told_but_not_counted(
    make_ledger: MakeLedger,
) -> None:
    made = make_ledger([closed("2017-05-04", 8)], commit=False)
    made.commit("期初", "2017-10-13")
    made.write_task(**closed())
    made.write("data/decisions/2017/DZH-2017-20.yaml", decided("GZ2017-001"))
    found = facts_of(made, made.commit("本周", "2017-10-20"))
    assert [(e.line.id, e.again) for e in found.closed] == [("GZ2017-001", True)]
    assert (found.flow.closed, found.closed_by) == (0, {})


def test_progress_is_what_came_in_the_week_whatever_its_date(make_ledger: MakeLedger) -> None:
    old = {"date": "2017-10-02", "by": "联络员", "text": "以前的"}
    late = {"date": "2017-10-09", "by": "联络员", "text": "补报的", "percent": 30}
    made = make_ledger([{"progress": [old]}, {}], commit=False)
    made.commit("期初", "2017-10-13")
    made.write_task(progress=[old, late, _event("催办", "向审业部发出督办单")])
    made.write_task(id="GZ2017-003", progress=[old, {**late, "date": "2017-10-17"}])
    found = facts_of(made, made.commit("本周", "2017-10-20"))
    (group,) = found.reported
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
    section = text[text.index("## 二、") : text.index("## 三、")]
    assert len(re.findall(r"^\| GZ2017-\d{3} \|.*〔2017〕20号", section, re.MULTILINE)) == 200
    assert "已销号 200 项，占 100.0%" in text
    assert "期初在办 200 项 + 新增 0 项 + 重开 0 项 − 销号 200 项 = 期末在办 0 项" in text


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
    with pytest.raises(LedgerError, match="勾稽不平"):
        rendered(made, weekly(), made.commit("重复", "2017-10-20"))


def test_a_file_that_cannot_be_read_is_refused_at_either_end(make_ledger: MakeLedger) -> None:
    made = make_ledger(1, commit=False)
    good = made.path("GZ2017-001").read_bytes()
    made.write("data/tasks/GZ2017/GZ2017-001.yaml", "id: [")
    broken = made.commit("坏", "2017-10-13")
    with pytest.raises(LedgerError, match=r"GZ2017-001\.yaml.*有错"):
        rendered(made, weekly(), broken)
    made.write("data/tasks/GZ2017/GZ2017-001.yaml", good)
    mended = made.commit("好", "2017-10-16")
    with pytest.raises(LedgerError, match=r"2017-10-15 的台账读不全.*GZ2017-001\.yaml"):
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
    found = period_facts(old, new, WEEK, WEEK.last, True)
    assert found.flow.balanced
    assert sum(round(10 * each.percent) for each in found.parts) in (0, 1000)
    assert sum(each.number for each in found.parts) == found.count.total
    assert len([e for e in found.closed if not e.again]) == found.flow.closed


def _snapshot(told: dict[str, tuple[str, list[str], dt.date | None]]) -> Snapshot:
    tasks = []
    for task_id, (status, events, day) in sorted(told.items()):
        progress = tuple(Progress(date=D(2017, 10, 18), text="一", event=each) for each in events)
        closing = Closing(decision=f"DZH-{day}", date=day) if day else None
        tasks.append(Task(id=task_id, status=status, progress=progress, closing=closing))
    return Snapshot(Config(), tuple(Entry(f"{each.id}.yaml", {}, each) for each in tasks))


# --- what is due ---

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
    found = facts_of(made, made.git("rev-parse", "HEAD").strip())
    assert [
        (e.line.id, e.sitting.date.isoformat(), e.sitting.apply_by.isoformat(), e.late)
        for e in found.applications
    ] == expected


def test_only_meetings_that_may_close_the_kind_count(make_ledger: MakeLedger) -> None:
    other = {"meetings": [{"body": "处务会", "weekday": "周四"}], "lead_days": 10}
    made = make_ledger(
        [{"due": {"text": "月底", "date": "2017-11-05"}}],
        config={"calendar": {"timezone": "Asia/Shanghai"} | other},
    )
    found = facts_of(made, made.git("rev-parse", "HEAD").strip())
    assert found.applications == ()
    assert [each.body for each in found.sittings] == ["处务会"]


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
    found = facts_of(made, made.git("rev-parse", "HEAD").strip()).on_time
    assert (found.judged, found.original) == (4, 1)
    assert (found.current_judged, found.current) == (3, 2)


# --- 2020: 89 tasks, 68 closed; 27 rules, 24 issued ---


def test_the_rectification_of_2020(make_ledger: MakeLedger) -> None:
    rules = {"name": "制定修订制度", "target": 9, "unit": "项"}
    tasks = []
    for n in range(1, 90):
        task: dict[str, Any] = {
            "id": f"ZG2020-{n:03}",
            "section": f"（{'一二三四'[n % 4]}）第{n % 4}方面",
            "due": {"text": "11月底前", "date": "2020-11-30"},
        }
        if n <= 68:
            task |= {
                "status": "已销号",
                "closing": {"decision": "DZH-2020-31", "date": "2020-12-03"},
            }
        if n in (1, 2, 70):
            task["indicators"] = [{**rules, "actual": 6 if n == 70 else 9}]
        tasks.append(task)
    made = make_ledger([*tasks, {"id": "GZ2017-001"}])
    request, _ = request_for("closing", None, D(2020, 12, 31))
    request = replace(request, scope=Scope(("ZG2020",)))
    text = rendered(made, request, made.git("rev-parse", "HEAD").strip())
    assert "整改任务共 89 项，已完成 68 项，占 76%；其余 21 项正在推进，其中逾期 21 项。" in text
    assert "计划制定、修订制度 27 项，已印发 24 项，占 89%。" in text
    assert "| 已销号 | 68 | 76.4% |" in text
    assert "| 合计 | 89 | 68 | 21 | 0 | 21 | 76.4% |" in text
    assert "其中制度尚未全部印发的：ZG2020-070 事项ZG2020-070。" in text
    assert "GZ2017-001" not in text


def test_a_tag_stands_for_one_rule(make_ledger: MakeLedger) -> None:
    made = make_ledger([{"tags": ["制度"], **closed()}, {"tags": ["制度"]}, {}])
    request, _ = request_for("closing", None, NOW)
    text = rendered(made, request, made.git("rev-parse", "HEAD").strip())
    assert "计划制定、修订制度 2 项，已印发 1 项，占 50%。" in text


# --- which commit ---


def test_the_commit_of_the_cut_off(make_ledger: MakeLedger) -> None:
    made = make_ledger(1, commit=False)
    monday = made.commit("一", "2017-10-16")
    sunday = made.commit("二", "2017-10-22T23:59:59+08:00")
    later = made.commit("三", "2017-10-23")
    assert chosen(made, weekly(), True) == (sunday, "")
    assert chosen(made, weekly(), False) == (later, "")
    early = Request("weekly", WEEK, D(2017, 10, 17))
    assert chosen(made, early, True) == (monday, "")
    commit, note = chosen(made, Request("weekly", WEEK, D(2016, 1, 1)), True)
    assert commit == later
    assert "还没有任何提交" in note


def test_the_main_branch_counts_wherever_one_is(make_ledger: MakeLedger) -> None:
    made = make_ledger(1)
    main = made.git("rev-parse", "HEAD").strip()
    made.git("switch", "--quiet", "--create", "close/x")
    made.write_task(title="只在分支上")
    made.commit("分支")
    assert chosen(made, weekly(), False)[0] == main


def test_without_a_commit(make_ledger: MakeLedger) -> None:
    made = make_ledger(1, commit=False)
    with pytest.raises(UsageError, match="还没有任何提交"):
        chosen(made, weekly(), False)


@pytest.mark.parametrize("kind", KINDS)
def test_the_usual_period_is_that_of_today(kind: str) -> None:
    request, past = request_for(kind, None, D(2017, 10, 20))
    assert request.today == D(2017, 10, 20)
    assert not past
    assert request.period.first <= request.today <= request.period.last
    if kind == "weekly":
        assert request.period == WEEK


def test_a_period_that_is_over_ends_on_its_own_day() -> None:
    request, past = request_for("weekly", WEEK, NOW)
    assert (request.today, past) == (WEEK.last, True)
    with pytest.raises(UsageError, match="还没有到"):
        request_for("weekly", WEEK, D(2017, 10, 15))


# --- the stamp ---


@pytest.mark.parametrize("form", ["md", HTML])
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_bulletin_says_of_itself_makes_it_again(
    make_ledger: MakeLedger, kind: str, form: str
) -> None:
    odd = "审业_部*#1 <&>'"
    made = make_ledger(
        [{"lead": [odd]}, {}], config={"departments": [{"name": odd}, {"name": "审业部"}]}
    )
    head = made.git("rev-parse", "HEAD").strip()
    request, _ = request_for(kind, None, NOW)
    request = replace(
        request,
        scope=Scope(("GZ2017",), ("工作要点",)),
        department=odd if kind in ("dept", "scores") else "",
        number=7 if kind == "weekly" else None,
        form=form,
    )
    text = rendered(made, request, head)
    stamp = stamp_of(text)
    assert stamp is not None
    assert (stamp.kind, stamp.commit) == (kind, head)
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", stamp.digest)
    assert request_of(stamp) == request
    assert rendered(made, request_of(stamp), stamp.commit) == text


def test_the_last_line_counts(make_ledger: MakeLedger) -> None:
    forged = (
        f"校验：ledger report annual --until 2001-01-01 · 提交 {'0' * 40} · 摘要 sha256:{'0' * 64}"
    )
    made = make_ledger([{"title": forged, "due": {"text": "月底", "date": "2017-10-01"}}])
    head = made.git("rev-parse", "HEAD").strip()
    text = rendered(made, weekly(), head)
    assert "report annual" in text
    found = stamp_of(text)
    assert found is not None
    assert found.kind == "weekly"


@pytest.mark.parametrize("text", ["", "没有", "校验：ledger report weekly · 提交 abc · 摘要 x"])
def test_no_stamp(text: str) -> None:
    assert stamp_of(text) is None


@pytest.mark.parametrize(
    "words",
    ["weekly", "weekly --since 2017-10-16", "secret --until 2017-10-22 --today 2017-10-22",
     "weekly --until 2017-10-22 --today 2017-99-99", "weekly --until 2017-10-22 --today",
     "weekly --until 2017-10-22 --today 2017-10-22 --number 一"],
)  # fmt: skip
def test_a_stamp_that_was_tampered_with(words: str) -> None:
    line = f"校验：ledger report {words} · 提交 {'0' * 40} · 摘要 sha256:{'0' * 64}"
    stamp = stamp_of(line)
    assert stamp is not None
    with pytest.raises(UsageError, match="看不懂"):
        request_of(stamp)


# --- templates and text ---


def test_the_commits_own_template_is_used(make_ledger: MakeLedger) -> None:
    made = make_ledger(1, files={"templates/weekly.md.j2": "自己的 {{ facts.count.total }}\n"})
    head = made.git("rev-parse", "HEAD").strip()
    made.write("templates/weekly.md.j2", "没有提交的")
    assert rendered(made, weekly(), head) == "自己的 1\n"


def test_an_own_template_may_change_one_part(make_ledger: MakeLedger) -> None:
    own = '{% extends "bulletin.md.j2" %}\n{% block due %}\n## 五、略\n{% endblock %}\n'
    made = make_ledger(1, files={"templates/weekly.md.j2": own})
    text = rendered(made, weekly(), made.git("rev-parse", "HEAD").strip())
    assert "## 五、略\n\n## 六、" in text
    assert "## 一、总体情况" in text


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"weekly.md.j2": "一\n{% if %}"}, "模板 weekly.md.j2 第 2 行写法有误"),
        ({"weekly.md.j2": "一\n\n{{ facts.nothing }}"}, "模板 weekly.md.j2 用不了（第 3 行）"),
        (
            {"weekly.md.j2": '{% extends "mine.j2" %}', "mine.j2": "一\n{{ 1 / 0 }}"},
            "模板 weekly.md.j2 用不了（mine.j2 第 2 行）",
        ),
        ({"weekly.md.j2": b"\xff"}, "模板 weekly.md.j2 用不了：不是 UTF-8"),
        ({"weekly.md.j2": "{{ facts.__class__ }}"}, "模板 weekly.md.j2 用不了"),
        (
            {"weekly.md.j2": "{% for n in range(99999) %}{{ 'x' * 9999 }}{% endfor %}"},
            "模板 weekly.md.j2 用不了",
        ),
    ],
)
def test_a_broken_template(
    make_ledger: MakeLedger, files: dict[str, str | bytes], said: str
) -> None:
    made = make_ledger(1, files={f"templates/{name}": text for name, text in files.items()})
    with pytest.raises(LedgerError) as refused:
        rendered(made, weekly(), made.git("rev-parse", "HEAD").strip())
    assert refused.value.message.startswith(said)
    assert refused.value.hint


HOSTILE = "a|b *c* <script>alert(1)</script> & `d` [e](f) 😀\nend\u202e"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "scores"])
def test_text_from_files_stays_text(make_ledger: MakeLedger, kind: str) -> None:
    made = make_ledger(
        [
            {
                "title": HOSTILE,
                "lead": ["<i>部</i>|"],
                "section": HOSTILE,
                "leader": HOSTILE,
                "due": {"text": "月底", "date": "2017-10-01"},
                "progress": [{"date": "2017-10-17", "by": "联络员", "text": HOSTILE}],
            }
        ],
        config={"organisation": "<b>局</b>", "departments": [{"name": "<i>部</i>|"}]},
    )
    head = made.git("rev-parse", "HEAD").strip()
    usual, _ = request_for(kind, None, D(2017, 10, 20))
    request = replace(usual, department="<i>部</i>|" if kind == "dept" else "")
    text = rendered(made, request, head)
    assert "<script" not in text
    assert "<i>" not in text
    shown = r"a\|b \*c\* &lt;script>alert(1)&lt;/script> &amp; \`d\` \[e\](f) 😀<br>end"
    assert f"{shown}\ufffd" in text
    page = rendered(made, replace(request, form=HTML), head)
    assert "<script>alert" not in page
    assert "<i>" not in page
    assert "😀" in page
    assert "\u202e" not in text + page
    assert page.count("<script>") == 1


def test_the_page_asks_for_nothing_outside_itself(make_ledger: MakeLedger) -> None:
    made = make_ledger(3)
    page = rendered(made, weekly(form=HTML), made.git("rev-parse", "HEAD").strip())
    assert not re.search(r"https?:|//[a-z]|@import|<link(?! rel=\"icon\" href=\"data:,\")", page)
    assert not re.search(r"\b(src|action|srcset|poster)=", page)
    assert re.findall(r'href="([^"]*)"', page) == ["data:,"]


def test_a_ledgers_own_names(make_ledger: MakeLedger) -> None:
    made = make_ledger(
        [{"due": {"text": "月底", "date": "2017-10-01"}}],
        config={
            "lights": {"overdue": "红牌", "colours": {"红牌": "#aa0000"}},
            "reports": {
                "names": {"weekly": "督查快报"},
                "numbering": "累计",
                "first": "2017-10-09",
            },
        },
    )
    head = made.git("rev-parse", "HEAD").strip()
    assert rendered(made, weekly(), head).startswith("# 某局督查快报\n\n第 2 期")
    page = rendered(made, weekly(form=HTML), head)
    assert 'class="light overdue" style="--light: #aa0000"' in page
    assert "</span> 红牌</span>" in page


def test_an_unknown_scope_is_refused(make_ledger: MakeLedger) -> None:
    made = make_ledger(1)
    head = made.git("rev-parse", "HEAD").strip()
    for scope in (Scope(("GZ1999",)), Scope((), ("别的",))):
        with pytest.raises(UsageError):
            rendered(made, weekly(scope=scope), head)


def test_departments_by_any_of_their_names(make_ledger: MakeLedger) -> None:
    made = make_ledger([{"lead": ["审查业务管理部"]}, {"lead": ["审业部"]}])
    found = facts_of(made, made.git("rev-parse", "HEAD").strip())
    assert [(each.key, each.total) for each in found.departments] == [("审业部", 2)]
