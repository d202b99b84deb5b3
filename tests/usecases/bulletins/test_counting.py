"""Every number of every kind of bulletin over a year, counted a second time by a naive program."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.adapters.tables.writing.official import text_lines
from ledger.usecases.bulletins.closing import ClosingFacts
from ledger.usecases.bulletins.facts import Line, OnTime
from ledger.usecases.bulletins.kinds import HTML, KINDS, Request
from ledger.usecases.bulletins.period import PeriodFacts
from ledger.usecases.bulletins.report import commit_for, file_of, report, text_of
from ledger.usecases.bulletins.request import request_for
from ledger.usecases.bulletins.scores import ScoreFacts
from ledger.usecases.bulletins.state import DeptFacts
from ledger.usecases.looking.status import Count
from tests.conftest import LedgerFolder
from tests.usecases.bulletins import naive
from tests.usecases.bulletins.cases import opened
from tests.usecases.bulletins.eventful import make_eventful_year

D = dt.date
ENDS = [D(2017, month, 1) - naive.DAY for month in range(2, 13)] + [D(2017, 12, 31)]
STATUSES = {
    "total": "总数", "closed": "已销号", "in_progress": "推进中", "not_started": "未启动",
    "applied": "申请销号", "reviewed": "待上会", "ongoing": "长期坚持", "cancelled": "已中止",
    "overdue": "逾期", "due_soon": "临期", "waiting": "按时申请",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_eventful_year(tmp_path_factory.mktemp("eventful") / "ledger")


@pytest.fixture(scope="module")
def steps(folder: Path) -> list[naive.Step]:
    return naive.walk(folder)


def facts_of(folder: Path, kind: str, day: dt.date, department: str = "") -> Any:
    usual, _ = request_for(kind, None, day)
    request = Request(kind, usual.period, day, department=department)
    with opened(LedgerFolder(folder)) as ledger:
        return report(ledger, request, commit_for(ledger, request, True)[0]).facts


def numbers(count: Count) -> dict[str, int]:
    told = {name: getattr(count, field) for field, name in STATUSES.items()}
    return {name: number for name, number in told.items() if number}


def rates(told: OnTime) -> tuple[int, int, int, int]:
    return told.judged, told.original, told.current_judged, told.current


def ids(lines: Any) -> list[str]:
    return sorted(each.id for each in lines)


def of_which(tasks: list[naive.Task], holds: Any) -> list[str]:
    return sorted(each["id"] for each in tasks if holds(each))


def agrees(facts: PeriodFacts, steps: list[naive.Step]) -> None:
    """Hold a periodic bulletin's numbers against the second program's."""
    period, today = facts.period, facts.today
    old = list(naive.at(steps, period.before).values())
    tasks = list(naive.at(steps, today).values())
    assert numbers(facts.count) == naive.counted(tasks, today)
    assert numbers(facts.before) == naive.counted(old, period.before)
    assert rates(facts.on_time) == naive.on_time(tasks, today)
    assert {e.key: numbers(e) for e in facts.departments} == naive.by_lead(tasks, today)
    happened = naive.happened(steps, period.first, today)
    flow = facts.flow
    for name in ("added", "reopened", "closed", "cancelled", "removed", "recorded"):
        assert getattr(flow, name) == happened[name], (period, name)
    assert flow.opening == sum(each["status"] not in naive.ENDED for each in old)
    assert flow.remaining == sum(each["status"] not in naive.ENDED for each in tasks)
    departments = set(naive.by_lead(tasks, today))
    assert facts.closed_by == {name: happened[name] for name in departments if happened[name]}
    entries = sum(len(each.entries) for group in facts.reported for each in group.items)
    assert entries == happened["reported"]
    assert len(facts.extensions) == happened["extended"]
    for event in ("退回", "重开"):
        assert sum(each.event == event for each in facts.events) == happened[event]
    overdue = [each for each in tasks if naive.late(each, today)]
    assert {group.key: ids(group.items) for group in facts.overdue} == {
        name: of_which(overdue, lambda each, name=name: naive.leads(each)[0] == name)
        for name in {naive.leads(each)[0] for each in overdue}
    }
    for told, first, last in (
        (facts.due_rest, today, period.last),
        (facts.due_next, facts.next.first, facts.next.last),
    ):
        days = {each["id"]: naive.due(each) for each in tasks}
        assert ids(told) == sorted(
            name for name, day in days.items() if day and first <= day <= last
        )

    front_agrees(facts, steps, old, tasks)
    sums_agree(facts, steps, old, tasks)


def front_agrees(
    facts: PeriodFacts, steps: list[naive.Step], old: list[naive.Task], tasks: list[naive.Task]
) -> None:
    """The first page's numbers."""
    front, today, period = facts.front, facts.today, facts.period
    its = front.judgement
    told = (its.word, its.live, its.overdue, its.lagging)
    assert told == naive.judged(tasks, today), period
    now, before = naive.places(tasks, today), naive.places(old, period.before)
    ranked = {each.department: (each.place, each.before) for each in front.ranks}
    assert ranked == {name: (place, before.get(name)) for name, place in now.items()}
    assert [each.place for each in front.ranks] == sorted(now.values())
    assert [each.id for each in front.worst] == naive.longest(tasks, today)
    heard = naive.reported_on(steps, period.first, today)
    assert {each.department: each.number for each in front.silent} == naive.silent(tasks, heard)
    numbers = Counter[str]()
    for ask in front.asks:
        numbers[ask.about] += ask.number
    open_due = [each for each in tasks if naive.due(each) and not naive.waits(each)]
    falls = [day for each in open_due if (day := naive.due(each)) and day >= today]
    assert numbers["overdue"] == sum(naive.late(each, today) for each in open_due)
    assert numbers["silent"] == len(front.silent)
    assert numbers["due"] == sum(day <= facts.next.last for day in falls)
    told_then = {each.line.id: each.sitting for each in facts.applications}
    then = naive.applications(tasks, today, facts.next.last)
    assert {name: (its.apply_by, its.date) for name, its in told_then.items()} == then
    assert all(each.late is (each.sitting.apply_by < today) for each in facts.applications)
    asked = Counter(sitting for sitting in then.values() if sitting[0] >= today)
    assert [(each.by, each.meeting, each.number) for each in front.asks if each.meeting] == [
        (by, (day, "党组会"), number) for (by, day), number in sorted(asked.items())[:2]
    ]
    shown = {each.about: each for each in front.highlights}
    assert len(shown) == len(front.highlights) <= 3
    gained = naive.gained_rules(old, tasks)
    assert (shown["regulations"].number if "regulations" in shown else 0) == gained
    now_closed = {each["id"] for each in tasks if each["status"] == "已销号"}
    by_meeting = {
        name: [each for each in closed if each in now_closed]
        for name, closed in naive.met(steps, period.first, today).items()
    }
    most = max(map(len, by_meeting.values()), default=0)
    assert ("meeting" in shown) is (most > 0)
    if most:
        best = shown["meeting"]
        assert (best.number, ids(best.lines)) == (most, by_meeting[best.name])
    if "in time" in shown:
        ends = {each["id"]: (naive.limits(each)[-1], naive.closing_day(each)) for each in tasks
                if naive.closing_day(each) and naive.limits(each)}  # fmt: skip
        early = [(ends[e.id][0] - (ends[e.id][1] or today)).days for e in shown["in time"].lines]
        assert min(early) > 0
        assert max(early) == shown["in time"].number


def sums_agree(
    facts: PeriodFacts, steps: list[naive.Step], old: list[naive.Task], tasks: list[naive.Task]
) -> None:
    """制度, indicators, and the sums of longer bulletins."""
    rules, told = naive.rules(tasks), facts.regulations
    assert told.planned == sum(n for name, n in rules.items() if "计划" in name)
    assert told.issued == sum(n for name, n in rules.items() if "印发" in name)
    for made, name in ((told.new, "新建"), (told.amended, "修订")):
        own = rules.get(f"{name}计划", 0), rules.get(f"{name}印发", 0)
        assert (made.planned, made.issued) == own
    units = naive.by_unit(tasks)
    assert {each.unit for each in facts.unit_sums} == set(units)
    for each in facts.unit_sums:
        own_unit = units[each.unit]
        assert [each.number, each.aimed, each.reached] == own_unit[:3]
        if each.unit in ("%", "个月"):
            assert each.target is each.actual is each.beside is None
        else:
            assert [each.target, each.actual, each.beside] == own_unit[3:]
    sums, today, period = facts.summary, facts.today, facts.period
    assert (sums is None) == (period.kind == "weekly")
    if sums is None:
        return
    closed = naive.closings(steps, period.first, today)
    titles = {"2017年工作要点": "GZ2017", "巡视反馈意见": "ZG2017"}
    for groups, keys in ((sums.sources, ("source",)), (sums.parts, ("source", "section")),
                         (sums.leaders, ("leader",))):  # fmt: skip
        counted = naive.groups(tasks, today, *keys)
        assert len(groups) == len(counted)
        for group in groups:
            names = [titles.get(group.source, ""), group.name]
            key = tuple(name for name in names if name)
            assert numbers(group.count) == counted[key]
            own_tasks = [e for e in tasks if tuple(e.get(k) or "（未填）" for k in keys) == key]
            assert group.closed == sum(closed[each["id"]] for each in own_tasks)
    heard = naive.reported_on(steps, period.first, today)
    assert (sums.entries, sums.heard) == (heard.total(), len(heard))
    idle = naive.idle(tasks, heard)
    for own in sums.reporting:
        own_heard = [heard[e["id"]] for e in tasks if own.department in naive.leads(e)]
        assert own.entries == sum(own_heard)
        assert own.tasks == sum(number > 0 for number in own_heard)
        assert own.idle == idle.get(own.department, 0)
    then = {each["id"]: each for each in old}
    rises = {
        each["id"]: naive.percent_of(each) - naive.percent_of(then.get(each["id"]))
        for each in tasks
        if each["status"] not in naive.ENDED
    }
    highest = sorted((rise for rise in rises.values() if rise > 0), reverse=True)[:10]
    assert [each.now - each.before for each in sums.risen] == highest
    assert all(rises[each.line.id] == each.now - each.before for each in sums.risen)
    assert {each.meeting: ids(each.lines) for each in sums.meetings} == naive.met(
        steps, period.first, today
    )


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.whole])
def test_periods(kind: str, folder: Path, steps: list[naive.Step]) -> None:
    weeks = [D(2017, 1, 15) + 14 * n * naive.DAY for n in range(26)]
    for day in weeks if kind == "weekly" else ENDS + [each - 3 * naive.DAY for each in ENDS[::4]]:
        facts = facts_of(folder, kind, day)
        assert isinstance(facts, PeriodFacts)
        agrees(facts, steps)


def test_the_whole_year_is_the_sum_of_its_months(folder: Path) -> None:
    year = facts_of(folder, "annual", ENDS[-1])
    months = [facts_of(folder, "monthly", day) for day in ENDS]
    for name in ("reopened", "closed", "cancelled"):
        assert getattr(year.flow, name) == sum(getattr(each.flow, name) for each in months)
        assert getattr(year.flow, name) > 0


@pytest.mark.parametrize("day", ENDS[1::3])
def test_closing(day: dt.date, folder: Path, steps: list[naive.Step]) -> None:
    facts = facts_of(folder, "closing", day)
    assert isinstance(facts, ClosingFacts)
    tasks = list(naive.at(steps, day).values())
    assert numbers(facts.count) == naive.counted(tasks, day)
    assert rates(facts.on_time) == naive.on_time(tasks, day)
    sources = {"2017年工作要点": "GZ2017", "巡视反馈意见": "ZG2017"}
    areas = {(each["source"], each["section"]) for each in tasks}
    assert len(facts.areas) == len(areas)
    for area in facts.areas:
        of_area = (sources[area.source], area.name)
        own = [each for each in tasks if (each["source"], each["section"]) == of_area]
        assert numbers(area.count) == naive.counted(own, day)
        assert sorted(e.line.id for e in area.done) == of_which(
            own, lambda each: each["status"] == "已销号"
        )
        assert ids(area.open) == of_which(own, lambda each: each["status"] not in naive.ENDED)
        assert sorted(e.line.id for e in area.lasting) == of_which(
            own, lambda each: each["status"] == "长期坚持"
        )
        going = [each.line.id for each in (*area.going, *area.lasting)]
        assert sorted(going) == ids(area.open)
    lasting = [each for each in tasks if each["status"] == "长期坚持"]
    assert facts.late_lasting == sum(naive.late(each, day) for each in lasting)
    assert facts.late_going + facts.late_lasting == sum(naive.late(each, day) for each in tasks)
    falls = [each for each in tasks if naive.due(each) and not naive.late(each, day)]
    assert dict(facts.upcoming) == Counter(naive.due(each) for each in falls)
    rules = naive.rules(tasks)
    assert facts.regulations.planned == sum(n for name, n in rules.items() if "计划" in name)
    assert facts.regulations.issued == sum(n for name, n in rules.items() if "印发" in name)


@pytest.mark.parametrize("day", ENDS[2::3])
def test_departments(day: dt.date, folder: Path, steps: list[naive.Step]) -> None:
    tasks = list(naive.at(steps, day).values())
    for name in naive.by_lead(tasks, day):
        facts = facts_of(folder, "dept", day, name)
        assert isinstance(facts, DeptFacts)
        led = [each for each in tasks if name in naive.leads(each)]
        helped = [each for each in tasks if name in naive.called(each.get("assist"))]
        assert numbers(facts.count) == naive.counted(led, day)
        assert rates(facts.on_time) == naive.on_time(led, day)
        assert ids(facts.overdue) == of_which(led, lambda each: naive.late(each, day))
        lists: list[tuple[Line, ...]] = [
            facts.overdue, facts.due_soon, facts.lagging, facts.waiting, facts.others,
        ]  # fmt: skip
        still_open = of_which(led, lambda each: each["status"] not in naive.ENDED)
        assert sorted(each for part in lists for each in ids(part)) == still_open
        only = [each for each in helped if name not in naive.leads(each)]
        rest = of_which(only, lambda each: each["status"] not in naive.ENDED)
        assert ids([*facts.assisting, *facts.helping]) == rest


@pytest.mark.parametrize("day", [D(2017, 5, 31), D(2017, 10, 20), D(2017, 12, 31)])
def test_scores(day: dt.date, folder: Path, steps: list[naive.Step]) -> None:
    facts = facts_of(folder, "scores", day)
    assert isinstance(facts, ScoreFacts)
    expected = naive.points(_until(steps, day), D(2017, 1, 1), facts.period.last, day)
    assert {each.department: each.total for each in facts.scores} == {
        name: naive.total(counts) for name, counts in expected.items()
    }
    for score in facts.scores:
        for reason in naive.LEADS:
            led = sum(each.reason == reason and each.role == "牵头" for each in score.points)
            assert led == expected[score.department][reason], (score.department, reason)


def _until(steps: list[naive.Step], day: dt.date) -> list[naive.Step]:
    return [each for each in steps if each[0] <= day]


# --- the forms of one bulletin ---


@pytest.mark.parametrize("kind", KINDS)
def test_text_table_and_chart_agree(kind: str, folder: Path) -> None:
    """The same words have the same numbers in Markdown, Word and the web page."""
    usual, _ = request_for(kind, None, D(2017, 12, 10))
    request = Request(kind, usual.period, D(2017, 12, 10), department="")
    if kind == "dept":
        request = replace(request, department="审业部")
    with opened(LedgerFolder(folder)) as ledger:
        commit, _ = commit_for(ledger, request, True)
        made = report(ledger, request, commit)
        text = text_of(ledger, made)
        page = text_of(ledger, replace(made, request=replace(request, form=HTML)))
        word = "\n".join(text_lines(file_of(ledger, made, "docx")))
    assert tables(text) == tables_of_page(page)
    assert tables(text)
    assert re.findall(r"\d+(?:\.\d+)?", plain(text)) == re.findall(r"\d+(?:\.\d+)?", word)
    if kind == "scores":
        return
    count = made.facts.count
    cards = dict(re.findall(r"<dt>(\S+?)</dt><dd><strong>(\d+)</strong>", page))
    assert cards == {
        ("牵头事项" if kind == "dept" else "事项"): str(count.total),
        "已销号": str(count.closed),
        "推进中": str(count.in_progress),
        "申请销号、待上会": str(count.applied + count.reviewed),
        "未启动": str(count.not_started),
        "长期坚持": str(count.ongoing),
        "逾期": str(count.overdue),
        "将到期": str(len(made.facts.due_soon) if kind == "dept" else count.due_soon),
    }
    live = str(count.total - count.cancelled)
    assert re.search(rf"累计销号{count.closed}项，时限已到\d+项，共{live}项</desc>", page)
    heads, *drawn = rows_of(page[page.index('<figure class="pictured" id="departments">') :])
    led = [each for each in made.facts.lines if kind != "dept" or "审业部" in each.lead]
    assert drawn
    for name, *numbers_drawn in drawn:
        own = [each for each in led if name in each.lead and each.status != "已中止"]
        parts = dict(zip(heads[1:], map(int, numbers_drawn), strict=True))
        assert parts.pop("合计") == len(own) == sum(parts.values())
        assert parts["逾期"] == sum(each.days_over > 0 for each in own)
        assert parts["已销号"] == sum(each.status == "已销号" for each in own)


def tables(text: str) -> list[list[str]]:
    """The rows of all tables of a Markdown text."""
    rows = [row for row in re.findall(r"^\|(.*)\|$", text, re.MULTILINE) if "---" not in row]
    cells = [re.split(r"(?<!\\)\|", row) for row in rows]
    return [[html.unescape(cell.strip().replace("\\", "")) for cell in row] for row in cells]


def tables_of_page(page: str) -> list[list[str]]:
    """The same of a page, but for its table of all tasks and those behind its pictures."""
    text = re.sub(r"<figure.*?</figure>", "", page, flags=re.DOTALL)
    return [
        row
        for table in re.findall(r"<table(?! id).*?</table>", text, re.DOTALL)
        for row in rows_of(table)
    ]


def rows_of(page: str) -> list[list[str]]:
    """The rows of the first table in a page or its part."""
    table = page.partition("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows)
    return [[html.unescape(cell) for cell in row] for row in cells]


def plain(text: str) -> str:
    """Markdown as the Word file says it: without the rules of tables and the marks of headings."""
    lines = [line for line in text.splitlines() if "---" not in line]
    return "\n".join(lines).replace("\\", "")
