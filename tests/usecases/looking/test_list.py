"""Selecting, ordering and grouping: eight tasks, and which of them each question brings."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ledger.errors import UsageError
from ledger.model.choice import department, one_of
from ledger.model.config import Config, Department
from ledger.model.lights import Lights
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.source import Source
from ledger.model.task import KINDS, Due, Extension, Progress, Task
from ledger.usecases.looking.rows import (
    GROUPS,
    SORTS,
    UNSET,
    Filters,
    due_rows,
    grouped,
    rows,
    sorted_rows,
)

TODAY = dt.date(2017, 6, 15)
CONFIG = Config(
    departments=(
        Department(name="办公室", aliases=("局办公室",)),
        Department(name="审业部", aliases=("审查业务管理部",)),
        Department(name="条法司"),
    ),
    lights=Lights(due_soon_days=15),
)


def day(month: int, number: int) -> dt.date:
    return dt.date(2017, month, number)


def task(name: str, status: str, due: Due, **values: Any) -> Task:
    kind = "工作要点" if name.startswith("A") else "巡视整改"
    return Task(
        **{"id": name, "kind": kind, "title": f"事项{name}", "source": name[0], "status": status}
        | {"due": due}
        | values
    )


TASKS = (
    # overdue by two weeks
    task(
        "A-1", "推进中", Due(text="5月底前", date=day(6, 1)), lead=("审业部",), assist=("条法司",),
        leader="王局长", nature="限期", tags=("重点", "宣传"), measures=("组织ＰＣＴ申请研讨",),
    ),
    # the last day of the yellow light; departments by their aliases
    task(
        "A-2", "未启动", Due(text="6月", date=day(6, 30)), lead=("审查业务管理部",),
        assist=("局办公室",), leader="分管副局长", section="一、业务", nature="限期",
    ),
    # the first of three checkpoints was reported, the second is due in five days
    task(
        "A-3", "推进中",
        Due(text="每季度", date=day(12, 20), dates=(day(3, 31), day(6, 20), day(12, 20))),
        lead=("办公室", "条法司"), section="一、业务", nature="分阶段", tags=("宣传",),
        progress=(Progress(date=day(4, 1), text="１２月前检索ABC"),),
    ),
    # no day, nobody; it waits, and can be late for nothing
    task("A-4", "待上会", Due(text="待定"), goal="专利", title="一件小事"),
    # ended: what was due is so no more
    task("A-5", "已销号", Due(text="4月", date=day(5, 1)), lead=("条法司",), leader="王局长"),
    # overdue but for an extension
    task(
        "B-1", "推进中", Due(text="6月10日", date=day(6, 10)), lead=("外单位",), section="二、作风",
        extensions=(
            Extension(
                date=day(6, 9), from_=day(6, 10), to=day(7, 20), reason="x", approved_by="局务会"
            ),
        ),
    ),
    task("B-2", "已中止", Due(text="6月1日", date=day(6, 1)), lead=("外单位",), key_point="PCT"),
    # due today
    task("B-3", "未启动", Due(text="今天", date=TODAY), lead=("局办公室",), problem="专利质量"),
)  # fmt: skip
SNAPSHOT = Snapshot(
    CONFIG,
    tuple(Entry(f"data/tasks/{each.source}/{each.id}.yaml", {}, each) for each in TASKS),
    tuple(
        Entry(f"data/sources/{name}.yaml", {}, Source(id=name, title=name, kind=KINDS[0]))
        for name in ("A", "B", "C")
    ),
)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, "A-1 A-2 A-3 A-4 A-5 B-1 B-2 B-3"),
        # departments by any name, leading and assisting
        ({"dept": ("办公室",)}, "A-2 A-3 B-3"),
        ({"dept": ("局办公室",)}, "A-2 A-3 B-3"),
        ({"lead": ("审业部",)}, "A-1 A-2"),
        ({"lead": ("办公室", "条法司")}, "A-3 A-5 B-3"),
        ({"lead": ("外单位",)}, "B-1 B-2"),
        ({"assist": ("条法司",)}, "A-1"),
        ({"assist": ("审业部",)}, ""),
        ({"status": ("推进中", "待上会")}, "A-1 A-3 A-4 B-1"),
        ({"kind": ("巡视整改",)}, "B-1 B-2 B-3"),
        ({"source": ("A",)}, "A-1 A-2 A-3 A-4 A-5"),
        ({"source": ("C",)}, ""),
        ({"leader": ("局长",)}, "A-1 A-2 A-5"),
        ({"leader": ("副",)}, "A-2"),
        ({"nature": ("限期",)}, "A-1 A-2"),
        # lights, with and without 灯
        ({"light": ("红",)}, "A-1"),
        ({"light": ("黄灯",)}, "A-2 A-3 B-3"),
        ({"light": ("绿",)}, "B-1"),
        ({"light": ("青灯",)}, "A-4"),
        ({"light": ("蓝", "灰灯")}, "A-5 B-2"),
        # both ends of a span belong to it; a task without a day is in none
        ({"due_before": day(6, 20)}, "A-1 A-3 B-3"),
        ({"due_after": day(6, 20)}, "A-2 A-3 B-1"),
        ({"due_after": day(6, 16), "due_before": day(6, 30)}, "A-2 A-3"),
        # width and case aside, in every text of a task
        ({"text": ("pct",)}, "A-1 B-2"),
        ({"text": ("ＡＢＣ",)}, "A-3"),
        ({"text": ("12月",)}, "A-3"),
        ({"text": ("专利", "a-2")}, "A-2 A-4 B-3"),
        ({"tag": ("重点",)}, "A-1"),
        ({"tag": ("重点", "宣传")}, "A-1 A-3"),
        # different filters narrow each other
        ({"lead": ("审业部",), "light": ("黄",)}, "A-2"),
        ({"dept": ("办公室",), "status": ("未启动",), "kind": ("工作要点",)}, "A-2"),
    ],
)  # fmt: skip
def test_filters_select(filters: dict[str, Any], expected: str) -> None:
    selected = rows(SNAPSHOT, TODAY, Filters(**filters))
    assert [row.task.id for row in selected] == expected.split()


def test_standing_of_each_row() -> None:
    standings = {row.task.id: row.standing for row in rows(SNAPSHOT, TODAY)}
    assert {name: (each.due, each.days_left, each.light) for name, each in standings.items()} == {
        "A-1": (day(6, 1), -14, "红"),
        "A-2": (day(6, 30), 15, "黄"),
        "A-3": (day(6, 20), 5, "黄"),
        "A-4": (None, None, "青"),
        "A-5": (None, None, "蓝"),
        "B-1": (day(7, 20), 35, "绿"),
        "B-2": (None, None, "灰"),
        "B-3": (TODAY, 0, "黄"),
    }


@pytest.mark.parametrize(
    ("within", "expected"),
    [(None, "A-1"), (0, "A-1 B-3"), (15, "A-1 B-3 A-3 A-2"), (35, "A-1 B-3 A-3 A-2 B-1")],
)
def test_due_is_overdue_first_and_worst_first(within: int | None, expected: str) -> None:
    assert [row.task.id for row in due_rows(rows(SNAPSHOT, TODAY), within)] == expected.split()


# The order, and the order reversed: equal ones by their ids and empty ones last in both.
ORDERS = {
    "id": ("A-1 A-2 A-3 A-4 A-5 B-1 B-2 B-3", "B-3 B-2 B-1 A-5 A-4 A-3 A-2 A-1"),
    "due": ("A-1 B-3 A-3 A-2 B-1 A-4 A-5 B-2", "B-1 A-2 A-3 B-3 A-1 A-4 A-5 B-2"),
    "lead": ("A-3 B-1 B-2 A-1 A-2 B-3 A-5 A-4", "A-5 B-3 A-2 A-1 B-1 B-2 A-3 A-4"),
    "status": ("A-2 B-3 A-1 A-3 B-1 A-4 A-5 B-2", "B-2 A-5 A-4 A-1 A-3 B-1 A-2 B-3"),
    "light": ("A-1 A-2 A-3 B-3 B-1 A-4 A-5 B-2", "B-2 A-5 A-4 B-1 A-2 A-3 B-3 A-1"),
    "kind": ("B-1 B-2 B-3 A-1 A-2 A-3 A-4 A-5", "A-1 A-2 A-3 A-4 A-5 B-1 B-2 B-3"),
    "source": ("A-1 A-2 A-3 A-4 A-5 B-1 B-2 B-3", "B-1 B-2 B-3 A-1 A-2 A-3 A-4 A-5"),
    "leader": ("A-2 A-1 A-5 A-3 A-4 B-1 B-2 B-3", "A-1 A-5 A-2 A-3 A-4 B-1 B-2 B-3"),
    "title": ("A-4 A-1 A-2 A-3 A-5 B-1 B-2 B-3", "B-3 B-2 B-1 A-5 A-3 A-2 A-1 A-4"),
}


@pytest.mark.parametrize("name", SORTS)
def test_order_puts_the_empty_last_both_ways(name: str) -> None:
    up, down = ORDERS[name]
    listed = rows(SNAPSHOT, TODAY)[::-1]
    assert [row.task.id for row in sorted_rows(listed, name)] == up.split()
    assert [row.task.id for row in sorted_rows(listed, f"-{name}")] == down.split()


GROUPED = {
    "lead": {
        "审业部": "A-1 A-2", "办公室": "A-3 B-3", "条法司": "A-3 A-5", UNSET: "A-4",
        "外单位": "B-1 B-2",
    },
    "source": {"A": "A-1 A-2 A-3 A-4 A-5", "B": "B-1 B-2 B-3"},
    "kind": {"工作要点": "A-1 A-2 A-3 A-4 A-5", "巡视整改": "B-1 B-2 B-3"},
    "leader": {"王局长": "A-1 A-5", "分管副局长": "A-2", UNSET: "A-3 A-4 B-1 B-2 B-3"},
    "section": {UNSET: "A-1 A-4 A-5 B-2 B-3", "一、业务": "A-2 A-3", "二、作风": "B-1"},
    "nature": {"限期": "A-1 A-2", "分阶段": "A-3", UNSET: "A-4 A-5 B-1 B-2 B-3"},
    "status": {
        "推进中": "A-1 A-3 B-1", "未启动": "A-2 B-3", "待上会": "A-4", "已销号": "A-5",
        "已中止": "B-2",
    },
    "light": {
        "红": "A-1", "黄": "A-2 A-3 B-3", "青": "A-4", "蓝": "A-5", "绿": "B-1", "灰": "B-2",
    },
}  # fmt: skip


@pytest.mark.parametrize("by", GROUPS)
def test_groups_hold_every_row_under_each_of_its_keys(by: str) -> None:
    briefs = [row.brief for row in rows(SNAPSHOT, TODAY)]
    groups = grouped(briefs, by, SNAPSHOT.departments)
    texts = {key: " ".join(task.id for task in part) for key, part in groups.items()}
    assert texts == GROUPED[by]
    assert list(texts) == list(GROUPED[by])


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
