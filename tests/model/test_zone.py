"""Instants become days by the ledger's time zone, and by nothing of the machine's."""

from __future__ import annotations

import ast
import datetime as dt
import io
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model import zone as zone_module
from ledger.model.zone import day_of, end_of, is_zone, local, zone
from tests.sources import READS_SOURCES, nodes

MACHINES = ["UTC", "Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati"]


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Puts the machine into a time zone."""

    def move(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2017-06-30T15:59:59+00:00", "2017-06-30"),
        ("2017-06-30T16:00:00+00:00", "2017-07-01"),
        ("2017-06-30T17:00:00+00:00", "2017-07-01"),
        ("2017-06-30T03:00:00+00:00", "2017-06-30"),
    ],
)
def test_the_machine_does_not_matter(
    machine: str, instant: str, day: str, stand: Callable[[str], None]
) -> None:
    stand(machine)
    seconds = dt.datetime.fromisoformat(instant).timestamp()
    assert day_of(seconds, zone("Asia/Shanghai")) == dt.date.fromisoformat(day)


@pytest.mark.parametrize("machine", MACHINES)
def test_without_a_ledger_it_is_the_machines_day(
    machine: str, stand: Callable[[str], None]
) -> None:
    stand(machine)
    for hour in (3, 17):
        instant = dt.datetime(2017, 6, 30, hour, tzinfo=dt.UTC)
        assert day_of(instant.timestamp(), None) == instant.astimezone(ZoneInfo(machine)).date()


# Where clocks are set back at midnight, a day has its last hour twice; set forward, none begins.
CHANGING = ["America/Asuncion", "America/Havana", "America/Santiago", "Pacific/Apia", "Asia/Beirut"]


@given(
    st.dates(dt.date(1971, 1, 1), dt.date(9998, 1, 1)) | st.dates(dt.date(2010, 1, 1)),
    st.sampled_from([*MACHINES, *CHANGING]),
)
def test_the_end_of_a_day_is_its_last_second(day: dt.date, name: str) -> None:
    where = zone(name)
    end = end_of(day, where)
    assert day_of(min(end, 253_370_000_000), where) <= day
    if day < dt.date(9998, 1, 1):
        assert day_of(end + 1, where) == day + dt.timedelta(days=1)


def test_every_zone_is_as_zoneinfo_has_it() -> None:
    """Also one without summer time, which is read by ourselves."""
    names = zone_module._names()
    assert len(names) > 500
    own = 0
    for name in names:
        ours = zone(name)
        content = zone_module._published(f"zoneinfo/{name}")
        whole = ZoneInfo.from_file(io.BytesIO(content), name)
        own += not isinstance(ours, ZoneInfo)
        for day in (0, 1, 9_000, 17_450, 17_451, 20_000, 30_000, 80_000, -9_000, -40_000):
            for hour in (0, 7, 13, 23):
                moment = dt.datetime(1970, 1, 1, hour, tzinfo=dt.UTC) + dt.timedelta(days=day)
                one, other = moment.astimezone(ours), moment.astimezone(whole)
                assert one.replace(tzinfo=None) == other.replace(tzinfo=None), (name, moment)
                assert one.fold == other.fold
                for tell in (dt.datetime.utcoffset, dt.datetime.dst, dt.datetime.tzname):
                    assert tell(one) == tell(other), (name, moment, tell)
                assert one.astimezone(dt.UTC) == moment
    assert own > 200


def test_a_zone_that_changed_last_is_asked_of_zoneinfo_before() -> None:
    where = zone("Asia/Pyongyang")  # 2018-05-04T15:00Z: half an hour forward
    for instant, shown in (("2018-05-04T14:59", "23:29"), ("2018-05-04T15:00", "00:00")):
        moment = dt.datetime.fromisoformat(f"{instant}+00:00")
        assert f"{moment.astimezone(where):%H:%M}" == shown


def test_today_in_china_needs_no_zoneinfo() -> None:
    code = (
        "import sys, time; from ledger.model.zone import day_of, zone;"
        "day_of(time.time(), zone('Asia/Shanghai')); sys.exit('zoneinfo' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", ["Asia/Shanghai", "UTC", "America/Argentina/Ushuaia", "Etc/GMT+8"])
def test_names_that_there_are(name: str) -> None:
    assert is_zone(name)
    assert zone(name).utcoffset(dt.datetime(2017, 6, 30, tzinfo=dt.UTC)) is not None


@pytest.mark.parametrize(
    "name", ["Mars/Base", "", "Asia", "asia/shanghai", "localtime", "right/UTC", "../../etc/passwd",
             f"{os.sep}etc{os.sep}localtime", "北京时间", "CST-8", "x\0y"],
)  # fmt: skip
def test_names_that_are_none_anywhere(name: str) -> None:
    """Also those that mean another zone on every machine, or a file."""
    assert not is_zone(name)


PACKAGE = Path(__file__).resolve().parents[2] / "ledger"
# What makes an instant a day, or knows a zone of its own, and who else may: git's commits carry
# their own offsets, and the clock is asked where a command or the server's hook begins.
OF_ZONES = re.compile(r"ZoneInfo|astimezone|fromtimestamp|localtime|datetime\.now|date\.today")
ELSEWHERE = {
    ("adapters/git/walk.py", "fromtimestamp"),
    ("cli/session.py", "datetime.now"),
    ("cli/check.py", "datetime.now"),
    ("usecases/setup/chronicle.py", "astimezone"),  # how git writes a moment
    # doctor holds this machine's clock and zone against others'
    ("usecases/setup/clone.py", "astimezone"),
    ("usecases/setup/clone.py", "fromtimestamp"),
    ("usecases/setup/machine.py", "astimezone"),
}


@READS_SOURCES
def test_nobody_has_an_answer_of_his_own() -> None:
    asked = {
        (path.relative_to(PACKAGE).as_posix(), asks[0])
        for path in PACKAGE.rglob("*.py")
        for node in nodes(path)
        if isinstance(node, ast.Call) and (asks := OF_ZONES.search(ast.unparse(node.func)))
    }
    assert {each for each in asked if each[0] != "model/zone.py"} == ELSEWHERE


def test_a_moment_is_told_by_the_ledgers_clocks(stand: Callable[[str], None]) -> None:
    stand("America/Los_Angeles")
    assert local("2017-06-30T16:00:00+00:00", zone("Asia/Shanghai")) == "2017-07-01T00:00:00+08:00"
    assert local("", zone("Asia/Shanghai")) == ""
