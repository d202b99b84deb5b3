"""The ledger's days on a machine in another time zone, by the clock that is running.

Midway and Kiritimati are 25 hours apart, so at no time is it the same day in both.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.cli.conftest import Invoke

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

MACHINE, LEDGER = "Pacific/Midway", "Pacific/Kiritimati"


@pytest.fixture(params=[(MACHINE, LEDGER), (LEDGER, MACHINE), ("UTC", "Asia/Shanghai")], ids=str)
def zones(request: pytest.FixtureRequest) -> tuple[str, str]:
    machine, ledger = request.param
    return machine, ledger


@pytest.fixture
def ledger(
    zones: tuple[str, str], make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LedgerFolder]:
    """A ledger of one zone that was begun in 2017 and changed just now, on a machine in another."""
    made = make_ledger(1, config={"calendar": {"timezone": zones[1]}})
    monkeypatch.delenv("GIT_AUTHOR_DATE")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    monkeypatch.setenv("TZ", zones[0])
    time.tzset()
    made.write_task(title="刚刚改过")
    made.commit("刚刚")
    yield made
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def today(zones: tuple[str, str]) -> Iterator[dt.date]:
    """The ledger's day; a test that runs over midnight says nothing."""
    before = dt.datetime.now(ZoneInfo(zones[1])).date()
    yield before
    if dt.datetime.now(ZoneInfo(zones[1])).date() != before:
        pytest.skip("midnight")


def test_looking_back(ledger: LedgerFolder, today: dt.date, invoke: Invoke) -> None:
    """`--at`, `log`, `status --since`, and what is due, all by the same days."""
    yesterday = (today - dt.timedelta(days=1)).isoformat()
    now = today.isoformat()
    assert invoke(ledger, "list", "--at", now, "--json").json()[0]["title"] == "刚刚改过"
    assert invoke(ledger, "list", "--at", yesterday, "--json").json()[0]["title"] != "刚刚改过"
    assert [each["subject"] for each in invoke(ledger, "log", "--json").json()] == ["刚刚"]
    (event,) = invoke(ledger, "log", "--since", now, "--until", now, "--json").json()
    assert event["date"].startswith(now)
    assert invoke(ledger, "log", "--until", yesterday, "--json").json() == []
    assert now in invoke(ledger, "due").out
    assert invoke(ledger, "status", "--since", "HEAD", "--json").json()["since"]["date"] == now
    given = invoke(ledger, "--today", "2017-03-01", "due").out
    assert "2017-03-01" in given


def test_writing(ledger: LedgerFolder, today: dt.date, invoke: Invoke, refused: Invoke) -> None:
    """What is dated today is today's there, and only what comes later is still to come."""
    tomorrow = (today + dt.timedelta(days=1)).isoformat()
    entry = ("progress", "001", "--text", "已完成")
    refused(ledger, *entry, "--date", tomorrow, code=2, says="还没有到")
    assert invoke(ledger, *entry, "--date", today.isoformat()).code == 0
    assert invoke(ledger, "progress", "001", "--text", "再次完成").code == 0
    assert ledger.path("GZ2017-001").read_text("utf-8").count(today.isoformat()) == 2
    assert f"seal/{today.isoformat()}" in invoke(ledger, "seal").out


def test_rules_and_bulletins(ledger: LedgerFolder, today: dt.date, invoke: Invoke) -> None:
    monday = today - dt.timedelta(days=today.weekday())
    printed = invoke(ledger, "report", "weekly").out
    (stamp,) = re.findall(r"--week (\S+)(?: --today (\S+))?", printed)
    year, week, _ = today.isocalendar()
    assert stamp[0] == f"{year}-W{week:02}"
    assert (stamp[1] or (monday + dt.timedelta(days=6)).isoformat()) == today.isoformat()
    items = [{"task": "GZ2017-001", "result": "继续整改"}]
    meeting = {"id": "DZH-1", "body": "党组会", "chair": "甲", "due_members": 1, "present": ["甲"]}
    for days, future in ((0, False), (1, True)):
        held = (today + dt.timedelta(days=days)).isoformat()
        ledger.write("data/decisions/2026/DZH-1.yaml", meeting | {"date": held, "items": items})
        codes = {each["code"] for each in invoke(ledger, "check", "--json").json()["problems"]}
        assert ("D009" in codes) is future
        assert invoke(ledger, "doctor").code == future  # as `check`


def test_what_has_no_ledger_goes_by_the_machine(
    zones: tuple[str, str], ledger: LedgerFolder, invoke: Invoke
) -> None:
    before = dt.datetime.now(ZoneInfo(zones[0])).year
    read = invoke(ledger.root.parent, "deadline", "6月底前", "--json").json()
    after = dt.datetime.now(ZoneInfo(zones[0])).year
    assert read["date"] in (f"{before}-06-30", f"{after}-06-30")


class TestNoSuchZone:
    """A wrong name is a fault of ledger.yaml like any other: named wherever faults are."""

    @pytest.fixture
    def wrong(self, make_ledger: MakeLedger) -> LedgerFolder:
        return make_ledger(1, config={"calendar": {"timezone": "北京时间"}})

    def test_is_told_with_its_line(self, wrong: LedgerFolder, invoke: Invoke) -> None:
        for command in ("list", "due", "status", "check"):
            outcome = invoke(wrong, command)
            told = outcome.err + (outcome.out if command == "check" else "")
            assert outcome.code == 1
            assert re.search(r"ledger\.yaml:\d+.*T002.*timezone.*没有“北京时间”", told)
            assert "Asia/Shanghai" in told
        examined = invoke(wrong, "doctor")
        assert (examined.code, "北京时间" in examined.out) == (1, True)

    @pytest.mark.parametrize(
        "command",
        [("list", "--at", "2017-03-01"), ("log", "--since", "2017-03-01"), ("report", "weekly"),
         ("show", "1", "--at", "HEAD"), ("status", "--since", "2017-03-01")],
    )  # fmt: skip
    def test_what_needs_it_is_refused(
        self, command: tuple[str, ...], wrong: LedgerFolder, refused: Invoke
    ) -> None:
        refused(wrong, *command, code=1, says="没有“北京时间”")

    def test_history_can_still_be_judged(self, wrong: LedgerFolder, invoke: Invoke) -> None:
        wrong.write("ledger.yaml", "organisation: 某局\ndepartments: [{name: 审业部}]\n")
        wrong.commit("改正时区")
        problems = invoke(wrong, "audit", "--json").json()["problems"]
        assert any("没有“北京时间”" in each["message"] for each in problems)
        assert invoke(wrong, "log", "001").code == 0
