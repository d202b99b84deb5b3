"""What `show` and `log` tell on a terminal of a task's course, at two sizes, to the letter."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

from ledger.usecases.looking.background import background
from ledger.usecases.looking.history import history, news
from ledger.usecases.looking.list import one
from ledger.usecases.reading.moment import Moment
from ledger.view.card import card
from ledger.view.screen import Screen
from ledger.view.story import story_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import LedgerFolder, MakeLedger

TODAY = dt.date(2017, 12, 20)
NOW = Moment("", TODAY)
APPLIED = {"date": "2017-12-01", "by": "审业部联络员", "summary": "办完了"}
REVIEWED = {"date": "2017-12-04", "by": "整改办", "opinion": "属实"}
PROGRESS = [{"date": "2017-06-05", "by": "审业部联络员", "text": "印发方案", "percent": 60}]
MEETING: dict[str, Any] = {
    "id": "DZH-2017-31",
    "body": "党组会",
    "chair": "党组书记",
    "date": "2017-12-07",
    "session": "2017年第31次",
    "due_members": 9,
    "present": ["党组书记", "甲副局长", "乙副局长", "丙副局长", "丁副局长"],
    "items": [
        {
            "task": "GZ2017-001",
            "result": "同意销号",
            "votes": {"for": 4, "against": 0, "abstain": 0},
            "recused": ["甲副局长"],
            "opinion": "半年内回头看",
        }
    ],
}
TASK: dict[str, Any] = {"id": "GZ2017-001", "title": "制定方案😀"}
STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("2017-06-05", "进展", {"progress": PROGRESS, "status": "推进中"}),
    ("2017-06-06", "改", {"leader": "分管审查的副局长"}),
    ("2017-12-01", "申请", {"closing": {"applied": APPLIED}, "status": "申请销号"}),
    ("2017-12-04", "审核", {"closing": {"applied": APPLIED, "reviewed": REVIEWED}}),
    (
        "2017-12-08",
        "销号",
        {
            "closing": {
                "applied": APPLIED,
                "reviewed": REVIEWED,
                "decision": "DZH-2017-31",
                "date": "2017-12-08",
            },
            "status": "已销号",
        },
    ),
)


@pytest.fixture
def ledger(make_ledger: MakeLedger, clock: Callable[[str], None]) -> LedgerFolder:
    clock("2017-03-01")
    ledger = make_ledger([TASK | {"status": "未启动"}], decisions=[MEETING])
    fields: dict[str, Any] = {}
    for day, message, changed in STEPS:
        clock(day)
        fields |= changed
        ledger.write_task(**TASK, **fields)
        ledger.commit(message)
    return ledger


def shown(ledger: LedgerFolder, columns: int) -> list[str]:
    opened = ledger.open()
    row = one(opened, "1", NOW)
    to = Screen(columns, terminal=True, colour=False, lines=40)
    return list(card(row, to, background(opened, row, NOW)))


def test_the_course_from_beginning_to_closing(ledger: LedgerFolder) -> None:
    lines = shown(ledger, 80)
    assert lines[[line[:2] for line in lines].index("过程") :] == [
        "过程  2017-03-01  立项       办公室联络员：新建台账",
        "      2017-06-05  进展 60%   审业部联络员：印发方案",
        "      2017-12-01  申请销号   审业部联络员：办完了",
        "      2017-12-04  审核       整改办：属实",
        "      2017-12-08  销号       党组会 2017年第31次（2017-12-07，应到 9 人，实到 5",
        "                             人）；同意销号：同意 4，不同意 0，弃权 0；回避 甲副",
        "                             局长；半年内回头看",
    ]


def test_nothing_is_wider_than_any_screen(ledger: LedgerFolder) -> None:
    events = history(ledger.open(), "1", NOW).events
    for columns in (40, 80, 120):
        to = Screen(columns, terminal=True, colour=False)
        for lines in (shown(ledger, columns), list(story_lines(events, to))):
            assert max(map(cell_len, lines)) <= columns


def test_log_is_a_story(ledger: LedgerFolder) -> None:
    events = history(ledger.open(), "1", NOW).events
    assert list(story_lines(events, Screen(80, terminal=True, colour=False))) == [
        "2017-12-08  办公室联络员按党组会 2017年第31次（2017-12-07）办结",
        "2017-12-04  办公室联络员审核通过：属实",
        "2017-12-01  办公室联络员申请销号：办完了",
        "2017-06-06  办公室联络员改了责任领导：分管审查的副局长",
        "2017-06-05  办公室联络员填报进展，进度 60%：印发方案",
        "2017-03-01  办公室联络员立项：制定方案😀",
    ]


def test_a_time_of_all_tasks_names_them(ledger: LedgerFolder) -> None:
    events = news(ledger.open(), dt.date(2017, 12, 1), dt.date(2017, 12, 4))
    assert list(story_lines(events, Screen(80, terminal=True, colour=False), one_task=False)) == [
        "2017-12-04  GZ2017-001 办公室联络员审核通过：属实",
        "2017-12-01  GZ2017-001 办公室联络员申请销号：办完了",
    ]


def test_what_was_never_committed_has_no_beginning(make_ledger: MakeLedger) -> None:
    ledger = make_ledger([TASK], commit=False)
    assert background(ledger.open(), one(ledger.open(), "1", NOW), NOW).begun == ""
    assert not any("立项" in line for line in shown(ledger, 80))
