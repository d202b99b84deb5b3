"""From words to fields: titles, numbers, natures; and which row is which task."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model.deadline import read_deadline
from ledger.usecases.tables.pair_rows import Candidate, match
from ledger.usecases.writing.draft import (
    nature_of,
    next_number,
    task_id,
)


def test_numbers_go_on_from_the_highest() -> None:
    assert next_number("GZ2017", []) == 1
    assert next_number("GZ2017", ["GZ2017-009", "GZ2017-1041", "ZG2020-999", "GZ2017-x"]) == 1042
    assert next_number("GZ", ["GZ2017-009"]) == 1
    assert (task_id("GZ2017", 7), task_id("GZ2017", 1042)) == ("GZ2017-007", "GZ2017-1042")


@pytest.mark.parametrize(
    ("text", "nature"),
    [
        ("6月", "限期"),
        ("3月、6月", "分阶段"),
        ("每季度", "分阶段"),
        ("持续推进", "长期坚持"),
        ("立行立改", "立行立改"),
        ("待定", ""),
    ],
)
def test_nature_follows_from_the_time_limit(text: str, nature: str) -> None:
    assert nature_of(read_deadline(text, 2017)) == nature


wordings = st.tuples(
    st.text(st.sampled_from("制定方案组织实施开展检查"), min_size=1, max_size=12),
    st.sampled_from(("甲", "乙")),
)
candidates = st.lists(wordings, max_size=12).map(
    lambda drawn: [Candidate(f"A-{n:03}", wording) for n, wording in enumerate(drawn, 1)]
)


@given(candidates)
def test_unchanged_table_is_matched_row_by_row(tasks: list[Candidate]) -> None:
    assert match(tasks, tasks) == {n: task.id for n, task in enumerate(tasks)}


@given(candidates, st.randoms(use_true_random=False))
def test_order_does_not_matter_where_wordings_differ(
    tasks: list[Candidate], random: object
) -> None:
    different = list({task.wording: task for task in tasks}.values())
    moved = different.copy()
    random.shuffle(moved)  # type: ignore[attr-defined]
    rows = [Candidate(f"A-{n:03}", task.wording) for n, task in enumerate(moved, 1)]
    assert match(rows, different) == {n: task.id for n, task in enumerate(moved)}


@given(candidates, candidates)
def test_no_task_is_matched_twice(rows: list[Candidate], tasks: list[Candidate]) -> None:
    pairs = match(rows, tasks)
    assert len(set(pairs.values())) == len(pairs)
    assert set(pairs.values()) <= {task.id for task in tasks}
    assert set(pairs) <= set(range(len(rows)))


def test_same_measures_are_found_far_away_and_at_another_place() -> None:
    tasks = [Candidate(f"A-{n:03}", (f"制定第{n}号方案并印发", "甲")) for n in range(1, 31)]
    moved = tasks[15:] + tasks[:15]
    rows = [Candidate(f"A-{n:03}", (task.wording[0], "乙")) for n, task in enumerate(moved, 1)]
    assert match(rows, tasks) == {n: task.id for n, task in enumerate(moved)}


def test_blanks_do_not_matter() -> None:
    rows = [Candidate("A-001", ("制定 方案\n印发", "甲 部分"))]
    assert match(rows, [Candidate("A-009", ("制定方案印发", "甲部分"))]) == {0: "A-009"}


def test_reworded_measures_are_found_nearby_and_strangers_are_not() -> None:
    tasks = [Candidate("A-001", ("制定年度学习计划并印发", "甲"))]
    assert match([Candidate("A-007", ("制定年度学习计划并印发执行", "乙"))], tasks) == {0: "A-001"}
    assert match([Candidate("A-007", ("开展专利检索能力测评", "甲"))], tasks) == {}


def test_same_number_at_the_same_place_is_the_same_task_reworded() -> None:
    tasks = [Candidate("A-001", ("制定年度学习计划并印发", "甲"))]
    assert match([Candidate("A-001", ("开展专利检索能力测评", "甲"))], tasks) == {0: "A-001"}
    assert match([Candidate("A-001", ("开展专利检索能力测评", "乙"))], tasks) == {}
