"""Bars: as long as their numbers, which are those of status."""

from __future__ import annotations

import datetime as dt
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model.config import Config
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.task import CANCELLED, CLOSED, STATUSES, Due, Task
from ledger.usecases.looking.rows import rows
from ledger.usecases.looking.status import count, counts
from ledger.usecases.picturing.bars import PARTS, Split, bars, splits

D = dt.date
TODAY = D(2017, 10, 22)
SVG = "{http://www.w3.org/2000/svg}"
ALIASES = {"办": "办公室"}

tasks = st.lists(
    st.builds(
        Task,
        status=st.sampled_from(STATUSES),
        lead=st.lists(st.sampled_from(("办公室", "办", "人事司")), max_size=3).map(tuple),
        leader=st.sampled_from(("", "副局长")),
        due=st.builds(Due, date=st.none() | st.dates(D(2017, 10, 1), D(2017, 11, 30))),
    ),
    max_size=12,
)


@given(tasks, st.sampled_from(["lead", "leader", "source"]))
def test_they_count_what_status_counts(told: list[Task], by: str) -> None:
    entries = tuple(Entry(f"{number}.yaml", {}, each) for number, each in enumerate(told))
    briefs = [row.brief for row in rows(Snapshot(Config(), entries), TODAY)]
    lights = Config().lights
    known = {each.key: each for each in counts(briefs, by, lights, ALIASES)}
    shown = splits(briefs, by, ALIASES)
    assert {each.name for each in shown} == {
        key for key, each in known.items() if each.total > each.cancelled
    }
    for each in shown:
        its = known[each.name]
        assert each.total == its.total - its.cancelled
        assert each.numbers[0] == its.closed
        assert each.numbers[2] == its.overdue
    if by == "leader":
        total = count("", briefs, lights)
        assert sum(each.total for each in shown) == total.total - total.cancelled


def widths(svg: str, part: str) -> list[float]:
    return [float(x) for x in re.findall(rf'width="([\d.]+)" height="18" class="part {part}"', svg)]


@given(st.lists(st.tuples(*[st.integers(0, 900)] * len(PARTS)), min_size=1, max_size=9))
def test_lengths_are_to_scale_and_stay_inside(told: list[tuple[int, ...]]) -> None:
    facts = sorted((Split(f"部门{n}", each) for n, each in enumerate(told)), key=lambda e: -e.total)
    shown = bars("b", facts)
    root = ElementTree.fromstring(shown.svg)  # noqa: S314 - our own
    unit = None
    for look, place in ((look, place) for place, (look, _, _) in enumerate(PARTS)):
        drawn = widths(shown.svg, look.key)
        numbers = [each.numbers[place] for each in facts if each.numbers[place]]
        assert len(drawn) == len(numbers)
        for wide, number in zip(drawn, numbers, strict=True):
            unit = unit or wide / number
            assert wide == pytest.approx(number * unit, rel=0.2, abs=0.1)
    boxes = [each.attrib for each in root.iter(f"{SVG}rect")]
    assert all(float(box["x"]) + float(box["width"]) <= 400 for box in boxes)
    assert [row[1:] for row in shown.rows] == [
        tuple(map(str, (*each.numbers, each.total))) for each in facts
    ]


def test_most_tasks_first() -> None:
    told = [Task(lead=("甲",)), Task(lead=("乙",)), Task(lead=("乙",), status=CLOSED)]
    told.append(Task(lead=("丙",), status=CANCELLED))
    entries = tuple(Entry(f"{number}.yaml", {}, each) for number, each in enumerate(told))
    shown = splits([row.brief for row in rows(Snapshot(Config(), entries), TODAY)])
    assert [(each.name, each.total) for each in shown] == [("乙", 2), ("甲", 1)]


def test_of_three_hundred_departments_the_first_are_drawn_and_all_are_in_the_table() -> None:
    facts = [Split(f"部门{number:03}", (300 - number, 0, 0, 0, 0)) for number in range(300)]
    shown = bars("b", facts, hrefs={"部门000": "depts/1"})
    assert len(shown.rows) == 300
    assert len(widths(shown.svg, "closed")) == 60
    assert "另有240组没有画出，表中都有。" in shown.svg
    assert shown.svg.count("<a ") == 1
    assert 'aria-label="部门000：已销号300项"' in shown.svg


def test_the_sentence_says_how_shared_ones_count() -> None:
    facts = [Split("甲", (1, 0, 2, 0, 0))]
    assert bars("b", facts).description == (
        "按牵头部门分1组：已销号1项，逾期2项，合计3项次，共同牵头的各计一次；最多的是甲，3项"
    )
    assert "合计3项；" in bars("b", facts, "各责任领导事项", "责任领导").description
