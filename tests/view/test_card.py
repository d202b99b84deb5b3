"""The card of a task: what `show` prints on a terminal of any width."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

from ledger.usecases.looking.list import one
from ledger.usecases.looking.rows import Row
from ledger.usecases.reading.moment import Moment
from ledger.view.card import card
from ledger.view.screen import Screen

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

TODAY = dt.date(2017, 7, 3)
TASK: dict[str, Any] = {
    "title": "制定专利审查质量提升方案",
    "assist": ["办公室"],
    "measures": ["制定方案，报局务会审议以后印发各部门执行，按季度检查", "组织实施"],
    "status": "待上会",
    "progress": [
        {"date": "2017-03-10", "by": "联络员", "text": "方案已经印发", "percent": 60},
        {"date": "2017-05-02", "by": "整改办", "text": "材料不全", "event": "退回"},
    ],
    "extensions": [
        {"date": "2017-04-20", "to": "2017-06-30", "reason": "任务调整", "approved_by": "局领导"}
    ],
    "past_closings": [
        {"applied": {"date": "2017-04-28", "by": "联络员", "summary": "办完了"}},
    ],
    "closing": {
        "applied": {"date": "2017-06-01", "by": "联络员", "summary": "补齐了材料"},
        "reviewed": {"date": "2017-06-02", "by": "整改办", "opinion": "属实"},
    },
    "lookback": [{"date": "2017-07-01", "result": "巩固"}],
    "联系人": "[red]张[/red]\u202e三",
}


def row(make_ledger: MakeLedger, **fields: Any) -> Row:
    ledger = make_ledger([TASK | fields], commit=False)
    return one(ledger.open(), "1", Moment("", TODAY))


def lines(of: Row, columns: int = 80, colour: bool = False, height: int = 24) -> list[str]:
    return list(card(of, Screen(columns, terminal=True, colour=colour, lines=height)))


def test_head_parts_and_steps_by_day(make_ledger: MakeLedger) -> None:
    shown = lines(row(make_ledger))
    assert shown == [
        "─" * 80,
        "GZ2017-001  制定专利审查质量提升方案",
        "青  2017-06-01 按时申请  待上会  进度 60%",
        "─" * 80,
        "责任  牵头部门    审业部",
        "      配合部门    办公室",
        "时限  时限性质    限期",
        "      完成时限    6月（2017-06-30）",
        "内容  类别        工作要点",
        "      来源        GZ2017",
        "      具体措施    · 制定方案，报局务会审议以后印发各部门执行，按季度检查",
        "                  · 组织实施",
        "      联系人      [red]张[/red]\ufffd三",
        "      文件        data/tasks/GZ2017/GZ2017-001.yaml",
        "过程  2017-03-10  进展 60%   联络员：方案已经印发",
        "      2017-04-20  延期       延至 2017-06-30；理由 任务调整；批准 局领导",
        "      2017-04-28  申请销号   联络员：办完了",
        "      2017-05-02  退回       整改办：材料不全",
        "      2017-06-01  申请销号   联络员：补齐了材料",
        "      2017-06-02  审核       整改办：属实",
        "      2017-07-01  回头看     巩固",
    ]


@pytest.mark.parametrize("columns", [40, 59, 80, 120])
def test_nothing_is_wider_than_the_screen_or_lost(columns: int, make_ledger: MakeLedger) -> None:
    long = "协调国务院新闻办公室（PCT专栏），安排发布😀" * 6
    task = row(
        make_ledger,
        title=long,
        goal=long,
        progress=[{"date": "2017-03-10", "by": "联络员", "text": long}],
        自己的一个很长的键名也要写得下=long,
    )
    shown = lines(task, columns)
    assert max(cell_len(line) for line in shown) <= columns
    assert "".join("".join(shown).split()).count("😀") == 4 * 6
    assert not any(line.strip()[:1] in set("，。）、") for line in shown if line.strip())


def test_colours(make_ledger: MakeLedger) -> None:
    applied = {"date": "2017-07-01", "by": "联络员", "summary": "补齐了材料"}
    task = row(make_ledger, closing=TASK["closing"] | {"applied": applied})
    coloured = lines(task, colour=True)
    assert coloured[1] == "\x1b[1mGZ2017-001  制定专利审查质量提升方案\x1b[0m"
    assert (
        coloured[2]
        == "\x1b[1;97;41m红\x1b[0m  \x1b[1;91m超期3天，申请时已超期1天\x1b[0m  待上会  进度 60%"
    )
    assert coloured[4].startswith("\x1b[1m责任\x1b[0m  牵头部门")
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in coloured]
    assert plain == lines(task)


def test_a_light_may_be_called_anything(make_ledger: MakeLedger) -> None:
    called = "超过了完成时限的\x1b[31m长名字" * 3
    ledger = make_ledger([TASK], config={"lights": {"waiting": called}}, commit=False)
    shown = lines(one(ledger.open(), "1", Moment("", TODAY)), 40)
    assert max(cell_len(line) for line in shown) <= 40
    assert "\x1b" not in "".join(shown)


def test_a_very_long_log_is_told_plainly(make_ledger: MakeLedger) -> None:
    progress = [{"date": "2017-03-10", "by": "联络员", "text": f"第{n}次"} for n in range(50)]
    task = row(make_ledger, progress=progress)
    assert lines(task, height=24)[0] == "GZ2017-001  制定专利审查质量提升方案"
    assert lines(task, height=40)[0] == "─" * 80


def test_what_a_closing_says_besides_is_told(make_ledger: MakeLedger) -> None:
    closing = {
        "applied": {"date": "2017-06-01", "by": "联络员", "summary": "办完", "电话": "内线"},
        "decision": "DZH-2017-01",
    }
    shown = lines(row(make_ledger, closing=closing))
    assert "      2017-06-01  申请销号   联络员：办完；电话 内线" in shown
    assert shown[-1] == "                  会议       会议记录 DZH-2017-01"
