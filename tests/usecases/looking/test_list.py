"""Selecting, ordering and grouping, against the plainest way of doing the same."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import UsageError
from ledger.model.choice import department, one_of
from ledger.model.config import Config, Department, Lights
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.source import Source
from ledger.model.standing import LIGHTS
from ledger.model.task import KINDS, NATURES, STATUSES, Due, Extension, Progress, Task
from ledger.usecases.looking.list import (
    GROUPS,
    SORTS,
    UNSET,
    Filters,
    Row,
    due_rows,
    grouped,
    rows,
    sorted_rows,
)

TODAY = dt.date(2017, 6, 15)
ALIASES = {"局办公室": "办公室", "审查业务管理部": "审业部"}
NAMED = ("办公室", "局办公室", "审业部", "审查业务管理部", "条法司")
IN_FILES = (*NAMED, "外单位")
CONFIG = Config(
    departments=(
        Department(name="办公室", aliases=("局办公室",)),
        Department(name="审业部", aliases=("审查业务管理部",)),
        Department(name="条法司"),
    ),
    lights=Lights(due_soon_days=15),
)
SOURCES = ("GZ2017", "ZG2020")
WORDS = ("专利", "PCT申请", "ＰＣＴ", "检索ABC", "abc", "１２月", "")
LEADERS = ("", "王局长", "分管副局长", "局长")

days = st.integers(-80, 80).map(lambda n: TODAY + dt.timedelta(days=n))
names = st.lists(st.sampled_from(IN_FILES), max_size=3).map(tuple)
words = st.sampled_from(WORDS)


@st.composite
def dues(draw: st.DrawFn) -> Due:
    several = draw(st.lists(days, max_size=3, unique=True).map(sorted))
    if len(several) > 1:
        return Due(text="分阶段", date=several[-1], dates=tuple(several))
    return Due(text="某日", date=several[0]) if several else Due(text="待定")


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    due = draw(dues())
    known = due.dates or ((due.date,) if due.date else ())
    extensions = ()
    if known and draw(st.booleans()):
        day = draw(st.sampled_from(known))
        extensions = (
            Extension(
                date=TODAY, from_=day, to=day + dt.timedelta(days=40), reason="x", approved_by="y"
            ),
        )
    return Task(
        id="placeholder",
        kind=draw(st.sampled_from(KINDS)),
        title=draw(words) or "无题",
        source=draw(st.sampled_from(SOURCES)),
        section=draw(words),
        key_point=draw(words),
        goal=draw(words),
        measures=draw(st.lists(words, max_size=2).map(tuple)),
        lead=draw(names),
        assist=draw(names),
        leader=draw(st.sampled_from(LEADERS)),
        nature=draw(st.sampled_from(("", *NATURES))),
        due=due,
        status=draw(st.sampled_from(STATUSES)),
        progress=draw(st.lists(st.builds(Progress, date=days, text=words), max_size=2).map(tuple)),
        extensions=extensions,
        tags=draw(st.lists(st.sampled_from(("宣传", "重点")), max_size=2).map(tuple)),
    )


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    found = draw(st.lists(tasks(), max_size=30))
    entries = []
    for number, task in enumerate(found):
        values = {name: getattr(task, name) for name in Task.__slots__}
        numbered = Task(**values | {"id": f"{task.source}-{number:03}"})
        path = f"data/tasks/{task.source}/{numbered.id}.yaml"
        entries.append(Entry(path, {}, numbered))
    sources = tuple(
        Entry(f"data/sources/{each}.yaml", {}, Source(id=each, title=each, kind=KINDS[0]))
        for each in SOURCES
    )
    return Snapshot(CONFIG, tuple(entries), sources)


asked: dict[str, st.SearchStrategy[Any]] = {
    "dept": st.sampled_from(NAMED),
    "lead": st.sampled_from(NAMED),
    "assist": st.sampled_from(NAMED),
    "status": st.sampled_from(STATUSES),
    "kind": st.sampled_from(KINDS),
    "source": st.sampled_from(SOURCES),
    "leader": st.sampled_from(("局长", "副", "王")),
    "nature": st.sampled_from(NATURES),
    "light": st.sampled_from(("红", "黄灯", "绿", "蓝灯", "灰")),
    "text": st.sampled_from(("pct", "ＡＢＣ", "12月", "专利", "没有")),
    "tag": st.sampled_from(("宣传", "重点", "没有")),
}


# A snapshot of thirty tasks is many cases at once.
some = settings(max_examples=max(1, settings.default.max_examples // 3))


@st.composite
def filters(draw: st.DrawFn) -> Filters:
    """One or two kinds of filter, as people use them; more would leave nothing to compare."""
    names = draw(st.lists(st.sampled_from((*asked, "due_before", "due_after")), max_size=2))
    values = {
        name: draw(
            st.lists(asked[name], min_size=1, max_size=2).map(tuple) if name in asked else days
        )
        for name in names
    }
    return Filters(**values)


# -- the plainest way -----------------------------------------------------------------------


def plain_due(task: Task) -> dt.date | None:
    if task.status in ("已销号", "已中止"):
        return None
    points = list(task.due.dates) or ([task.due.date] if task.due.date else [])
    for extension in task.extensions:
        points.remove(extension.from_)
        points.append(extension.to)
    points = sorted(set(points))
    if len(points) > 1:
        last = max((entry.date for entry in task.progress), default=dt.date.min)
        points = [point for point in points if point > last]
    return points[0] if points else None


def plain_light(task: Task) -> str:
    if task.status == "已销号":
        return "蓝"
    if task.status == "已中止":
        return "灰"
    due = plain_due(task)
    if due is None or (due - TODAY).days > 15:
        return "绿"
    return "红" if due < TODAY else "黄"


def width_and_case_aside(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def plain_match(task: Task, wanted: Filters) -> bool:
    def among(found: tuple[str, ...], asked: tuple[str, ...]) -> bool:
        canonical = {ALIASES.get(name, name) for name in found}
        return not asked or bool(canonical & {ALIASES.get(name, name) for name in asked})

    def says(texts: list[str], asked: tuple[str, ...]) -> bool:
        found = [width_and_case_aside(text) for text in texts]
        return not asked or any(width_and_case_aside(a) in text for a in asked for text in found)

    due = plain_due(task)
    texts = [task.id, task.title, task.section, task.key_point, task.goal, *task.measures]
    return (
        among((*task.lead, *task.assist), wanted.dept)
        and among(task.lead, wanted.lead)
        and among(task.assist, wanted.assist)
        and task.status in (wanted.status or STATUSES)
        and task.kind in (wanted.kind or KINDS)
        and task.source in (wanted.source or SOURCES)
        and (not wanted.nature or task.nature in wanted.nature)
        and (not wanted.light or plain_light(task) in {name[0] for name in wanted.light})
        and says([task.leader], wanted.leader)
        and (wanted.due_before is None or (due is not None and due <= wanted.due_before))
        and (wanted.due_after is None or (due is not None and due >= wanted.due_after))
        and says([*texts, *(entry.text for entry in task.progress)], wanted.text)
        and (not wanted.tag or any(tag in wanted.tag for tag in task.tags))
    )


# -- the comparison -------------------------------------------------------------------------


@some
@given(snapshots(), filters())
def test_filters_select_what_the_plainest_way_selects(snapshot: Snapshot, wanted: Filters) -> None:
    expected = [e.record.id for e in snapshot.tasks if plain_match(e.record, wanted)]
    assert [row.task.id for row in rows(snapshot, TODAY, wanted)] == expected


@some
@given(snapshots())
def test_standing_is_that_of_the_plainest_way(snapshot: Snapshot) -> None:
    for row in rows(snapshot, TODAY):
        due = plain_due(row.task)
        assert row.standing.due == due
        assert row.standing.days_left == ((due - TODAY).days if due else None)
        assert row.standing.light == plain_light(row.task)


@some
@given(snapshots(), st.none() | st.integers(0, 60))
def test_due_is_overdue_first_and_worst_first(snapshot: Snapshot, within: int | None) -> None:
    found = due_rows(rows(snapshot, TODAY), within)
    limit = TODAY + dt.timedelta(days=-1 if within is None else within)
    expected = {
        e.record.id for e in snapshot.tasks if (due := plain_due(e.record)) and due <= limit
    }
    assert {row.task.id for row in found} == expected
    order = [(row.standing.days_left, row.task.id) for row in found]
    assert order == sorted(order)


@some
@given(snapshots(), st.sampled_from(tuple(SORTS)), st.booleans())
def test_order_puts_the_empty_last_both_ways(snapshot: Snapshot, name: str, reverse: bool) -> None:
    value: Callable[[Row], Any] = {
        "id": lambda row: row.task.id,
        "due": lambda row: plain_due(row.task),
        "lead": lambda row: row.task.lead,
        "status": lambda row: STATUSES.index(row.task.status),
        "light": lambda row: LIGHTS.index(plain_light(row.task)),
        "kind": lambda row: KINDS.index(row.task.kind),
        "source": lambda row: row.task.source,
        "leader": lambda row: row.task.leader,
        "title": lambda row: row.task.title,
    }[name]
    found = sorted_rows(rows(snapshot, TODAY), f"{'-' if reverse else ''}{name}")
    assert {row.task.id for row in found} == {e.record.id for e in snapshot.tasks}
    empty = [value(row) in (None, "", ()) for row in found]
    assert empty == sorted(empty)
    filled = [value(row) for row, nothing in zip(found, empty, strict=True) if not nothing]
    assert filled == sorted(filled, reverse=reverse)
    for one, other in pairwise(found):
        if value(one) == value(other):
            assert one.task.id < other.task.id


@some
@given(snapshots(), st.sampled_from(tuple(GROUPS)))
def test_groups_hold_every_row_under_each_of_its_keys(snapshot: Snapshot, by: str) -> None:
    found = rows(snapshot, TODAY)
    groups = grouped(found, by, snapshot.departments)
    keys: Callable[[Row], tuple[str, ...]] = {
        "lead": lambda row: tuple(ALIASES.get(name, name) for name in row.task.lead),
        "source": lambda row: (row.task.source,),
        "kind": lambda row: (row.task.kind,),
        "leader": lambda row: (row.task.leader,),
        "section": lambda row: (row.task.section,),
        "nature": lambda row: (row.task.nature,),
        "status": lambda row: (row.task.status,),
        "light": lambda row: (plain_light(row.task),),
    }[by]
    for key, part in groups.items():
        wanted = "" if key == UNSET else key
        expected = [r.task.id for r in found if wanted in (keys(r) or ("",))]
        assert [row.task.id for row in part] == expected
    assert sum(len(part) for part in groups.values()) == sum(
        len(set(keys(row))) or 1 for row in found
    )


class TestNames:
    def test_near_names_are_offered(self) -> None:
        with pytest.raises(UsageError) as refused:
            one_of("dew", ("due", "id"), "排序方式")
        assert refused.value.exit_code == 2
        assert refused.value.hint == "是否应为“due”？可用的有：due、id"

    def test_nothing_to_choose_from(self) -> None:
        with pytest.raises(UsageError) as refused:
            one_of("GZ2017", (), "来源")
        assert refused.value.hint == "台账里还没有来源"

    def test_department_by_any_name(self) -> None:
        snapshot = Snapshot(CONFIG)
        assert department(snapshot, "局办公室") == "办公室"
        assert department(snapshot, "条法司") == "条法司"

    def test_department_that_only_files_know(self) -> None:
        task = Task(
            id="A-1", kind=KINDS[0], title="x", source="A", status="推进中", lead=("外单位",)
        )
        snapshot = Snapshot(CONFIG, (Entry("data/tasks/A/A-1.yaml", {}, task),))
        assert department(snapshot, "外单位") == "外单位"

    @pytest.mark.parametrize("name", ["", " ", "审业", "xyz"])
    def test_unknown_department(self, name: str) -> None:
        with pytest.raises(UsageError) as refused:
            department(Snapshot(CONFIG), name)
        assert f"“{name}”" in refused.value.message
        assert ("审业部" in refused.value.hint) == (name == "审业")
