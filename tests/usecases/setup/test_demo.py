"""The demonstration ledger, whatever today is: what its history holds, and that the rules agree."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest

from ledger.model.problem import errors
from ledger.model.workdays import is_workday
from ledger.rules import Context, check_snapshot
from ledger.usecases.setup.deeds import Play
from ledger.usecases.setup.found import Foundation
from ledger.usecases.setup.init import first_files
from ledger.usecases.setup.script import read_script

# A leap day, a year's first day, one amid holidays, and one in a year nobody has arranged yet.
DAYS = ("2024-02-29", "2019-01-01", "2026-02-20", "2041-10-05")


pytestmark = pytest.mark.xdist_group("demo")


@cache
def played(today: dt.date) -> Play:
    play = Play(read_script(today), dict(first_files(Foundation("示例局"))))
    play.perform()
    return play


@pytest.mark.parametrize("text", DAYS)
def test_any_day(text: str) -> None:
    today = dt.date.fromisoformat(text)
    chronicle = played(today).chronicle
    snapshot = chronicle.snapshot()
    broken = errors(check_snapshot(snapshot, Context(snapshot.config, today)))
    elsewhere = ("T005", "T007")  # no source and no evidence is in what a meeting is judged by
    ((code, circulated),) = {(each.code, each.id) for each in broken if each.code not in elsewhere}
    assert code == "D002"
    assert chronicle.tasks[circulated].title == "清查办公用房"
    moments = [each.when[0] for each in chronicle.commits]
    assert moments == sorted(moments)
    days = [dt.datetime.fromtimestamp(each, dt.UTC).date() for each in moments]
    assert today - dt.timedelta(days=400) < days[0] < today - dt.timedelta(days=360)
    assert days[-1] < today
    for day in days:
        off = day.weekday() >= 5 if (at_work := is_workday(day)) is None else not at_work
        assert not off, day


def test_what_a_year_has_seen() -> None:
    play = played(dt.date(2024, 2, 29))
    tasks = play.chronicle.tasks.values()
    held = {each.record.id: each.record for each in play.chronicle.snapshot().decisions}
    assert len(tasks) == 91
    assert [each.body for each in held.values()].count("党组会") == 5
    assert sum(bool(item.recused) for each in held.values() for item in each.items) == 1
    adjourned = {each.date for task in tasks for each in task.progress if "没有开成" in each.text}
    assert len(adjourned) == 1  # what was not opened decides nothing, and has no record
    assert adjourned.isdisjoint(each.date for each in held.values())
    events = [each.event for task in tasks for each in task.progress]
    assert events.count("退回") >= 3
    assert (events.count("重开"), events.count("催办") >= 3) == (1, True)
    assert sum(len(task.extensions) for task in tasks) >= 4
    assert {task.status for task in tasks} == {"未启动", "推进中", "申请销号", "待上会", "已销号"}
    assert {each.result for task in tasks for each in task.lookback} == {"整改到位", "问题反弹"}
    branches = [each.branch for each in play.chronicle.commits if each.branch != "main"]
    assert all(each.startswith(("close/DZH-", "close/QY-")) for each in branches)
    assert branches.count(play.waiting) == 1
