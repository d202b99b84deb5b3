"""What differs between two snapshots."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model.change import (
    ADDED,
    CHANGED,
    REMOVED,
    FieldChange,
    difference,
    field_changes,
    task_change,
)
from ledger.model.config import Config
from ledger.model.decode import encode
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.task import Closing, Due, Progress, Task

TASK = Task(
    id="A-1",
    kind="工作要点",
    title="一",
    source="A",
    status="推进中",
    lead=("办公室",),
    due=Due(text="6月", date=dt.date(2017, 6, 30)),
)


def snapshot(*tasks: Task) -> Snapshot:
    return Snapshot(
        Config(), tuple(Entry(f"data/tasks/A/{n}.yaml", {}, each) for n, each in enumerate(tasks))
    )


def test_nothing_changed() -> None:
    change = difference(snapshot(TASK), snapshot(replace(TASK)))
    assert change.tasks == ()
    assert list(change.pairs()) == []


def test_added_changed_and_removed_in_id_order() -> None:
    two, three = replace(TASK, id="A-2"), replace(TASK, id="A-3")
    older, newer = snapshot(three, TASK), snapshot(two, replace(TASK, title="二"))
    change = difference(older, newer)
    assert [(each.id, each.what) for each in change.tasks] == [
        ("A-1", CHANGED),
        ("A-2", ADDED),
        ("A-3", REMOVED),
    ]
    assert (change.old, change.new) == (older, newer)
    assert list(change.pairs()) == [
        (TASK, replace(TASK, title="二")),
        (None, two),
        (three, None),
    ]


def test_a_file_that_moved_is_no_change() -> None:
    moved = Snapshot(Config(), (Entry("data/tasks/B/1.yaml", {}, TASK),))
    assert difference(snapshot(TASK), moved).tasks == ()


def test_of_two_with_one_id_the_first_counts() -> None:
    twice = snapshot(TASK, replace(TASK, title="二"))
    assert difference(snapshot(TASK), twice).tasks == ()


def test_the_fields_of_an_added_task_are_all_that_it_says() -> None:
    change = task_change("A-1", None, TASK)
    assert change is not None
    assert change.what == ADDED
    assert [(each.field, each.old) for each in change.fields] == [
        (key, None) for key in ("id", "kind", "title", "source", "lead", "due", "status")
    ]
    removed = task_change("A-1", TASK, None)
    assert removed is not None
    assert removed.fields == tuple(
        FieldChange(each.field, each.new, each.old) for each in change.fields
    )


def test_changed_fields_come_in_file_order() -> None:
    entry = Progress(date=dt.date(2017, 7, 1), text="过半")
    new = replace(
        TASK,
        tags=("甲",),
        progress=(entry,),
        status="申请销号",
        title="二",
        closing=Closing(decision="D-1"),
        extra={"zz": "1", "aa": "2"},
    )
    change = task_change("A-1", TASK, new)
    assert change is not None
    assert [each.field for each in change.fields] == [
        *("title", "status", "progress", "closing", "tags", "aa", "zz")
    ]
    assert change.fields[0] == FieldChange("title", "一", "二")
    assert change.fields[2].new == encode((entry,))


def test_plain_data_is_what_stands_in_the_file() -> None:
    change = task_change("A-1", TASK, replace(TASK, due=Due(text="7月", date=dt.date(2017, 7, 31))))
    assert change is not None
    assert [(each.old["date"], each.new["date"]) for each in change.fields] == [
        ("2017-06-30", "2017-07-31")
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"x": "1"}, {"x": "2"}, [("x", "1", "2")]),
        ({}, {"x": "1"}, [("x", None, "1")]),
        ({"x": "1"}, {}, [("x", "1", None)]),
        ({"x": {"a": "1"}}, {"x": {"a": "1"}}, []),
        ({"x": {"a": "1"}}, {"x": {"a": "2"}}, [("x", {"a": "1"}, {"a": "2"})]),
    ],
)
def test_keys_nobody_knows(
    old: dict[str, Any], new: dict[str, Any], expected: list[tuple[str, Any, Any]]
) -> None:
    change = task_change("A-1", replace(TASK, extra=old), replace(TASK, extra=new))
    changed = [(each.field, each.old, each.new) for each in change.fields] if change else []
    assert changed == expected


EMPTY: list[Any] = [None, "", [], {}]


@pytest.mark.parametrize("old", EMPTY)
@pytest.mark.parametrize("new", EMPTY)
@pytest.mark.parametrize("key", ["goal", "tags", "closing", "x-own"])
def test_empty_in_any_form_is_not_there(key: str, old: Any, new: Any) -> None:
    assert field_changes({key: old}, {key: new}) == ()
    assert field_changes({}, {key: new}) == ()
    assert field_changes({key: old}, {}) == ()
    assert field_changes({key: old}, {key: "x"}) == (FieldChange(key, old, "x"),)


@pytest.mark.parametrize("zero", [0, "0", False])
def test_zero_is_something(zero: Any) -> None:
    assert field_changes({}, {"x": zero}) == (FieldChange("x", None, zero),)


values = st.one_of(
    st.none(), st.sampled_from(["", "甲", "乙"]), st.lists(st.just("丙"), max_size=2)
)
plain = st.dictionaries(st.sampled_from(["id", "title", "tags", "status", "b", "a"]), values)


@given(plain, plain)
def test_changes_there_and_back_are_the_same(old: dict[str, Any], new: dict[str, Any]) -> None:
    forth, back = field_changes(old, new), field_changes(new, old)
    assert [(each.field, each.old, each.new) for each in forth] == [
        (each.field, each.new, each.old) for each in back
    ]
    patched = dict(old) | {each.field: each.new for each in forth}
    assert field_changes(patched, new) == ()
    assert field_changes(old, old) == ()
