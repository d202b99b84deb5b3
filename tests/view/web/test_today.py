"""今天: the numbers of `ledger`, `due` and `list` of the same day."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import DEMO_DAY
from tests.view.web.reading import Read, get, ids, printed

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

DAY = dt.date.fromisoformat(DEMO_DAY)
TODAY = dt.date(2017, 7, 3)


@pytest.mark.parametrize("at", ["", "2026-06-30"])
def test_what_presses_as_commands_have_it(
    demo_made: Path, capsys: pytest.CaptureFixture[str], at: str
) -> None:
    moment = ["--at", at] if at else []
    day = dt.date.fromisoformat(at) if at else DAY
    read = Read(get(demo_made, f"/?at={at}", DAY).body)
    late = printed(capsys, demo_made, DAY, "due", "--overdue", *moment)
    sunday = day + dt.timedelta(days=7 - day.isoweekday())
    span = ["--due-after", day.isoformat(), "--due-before", sunday.isoformat(), "--sort", "due"]
    week = printed(capsys, demo_made, DAY, "list", *span, *moment)
    waiting = printed(capsys, demo_made, DAY, "list", "--status", "待上会", *moment)
    closed = closed_since(printed(capsys, demo_made, DAY, "list", "--full", *moment), day)
    parts = (late, week, waiting, closed)
    assert read.column("编号") == [name for part in parts for name in ids(part)[:10]]
    for called, part in zip(("逾期", "本周到期", "待上会", "本月销号"), parts, strict=True):
        assert (f"{called} {len(part)} 项" in read.text) == bool(part), called
    every = printed(capsys, demo_made, DAY, "list", *moment)
    for light, number in Counter(task["light"] for task in every).items():
        assert f" {light} {number} 项" in read.text
    status = printed(capsys, demo_made, DAY, "status", *moment)
    assert read.cards["事项"] == str(status["total"]) == str(len(every))
    assert read.cards["已销号"] == f"{status['closed']} {status['rate']}%"
    assert read.cards["逾期"] == str(len(late))


def closed_since(tasks: list[dict[str, object]], day: dt.date) -> list[dict[str, object]]:
    first = day.replace(day=1).isoformat()
    return [
        task
        for task in tasks
        if task["status"] == "已销号"
        and isinstance(task["closing"], dict)
        and first <= str(task["closing"].get("date") or "") <= day.isoformat()
    ]


def test_hundreds_are_late(make_ledger: MakeLedger) -> None:
    """Ten of them are shown, the worst first; all of them are a click away."""
    days = [f"2017-0{1 + n % 6}-{1 + n % 28:02}" for n in range(300)]
    made = make_ledger(
        [{"title": f"第{n}件", "due": {"text": "某日", "date": day}} for n, day in enumerate(days)]
    )
    read = Read(get(made.root, "/", TODAY).body)
    assert len(read.column("编号")) == 10
    assert read.column("时限") == sorted(read.column("时限"))
    every = Read(get(made.root, read.links["全部 300 项"], TODAY).body)
    assert "共 300 项" in every.text
    assert every.column("时限")[0] == min(days)


def test_an_empty_ledger_says_what_to_do(make_ledger: MakeLedger) -> None:
    read = Read(get(make_ledger([]).root, "/", TODAY).body)
    assert "台账里还没有事项" in read.text
    assert "ledger import" in read.text
    assert not read.cards


def test_lights_have_the_ledgers_own_names_and_colours(make_ledger: MakeLedger) -> None:
    lights = {"overdue": "超期", "colours": {"超期": "#b45309"}}
    made = make_ledger(
        [{"due": {"text": "六月底前", "date": "2017-06-30"}}], config={"lights": lights}
    )
    assert "超期 1 项" in Read(get(made.root, "/", TODAY).body).text
    assert (
        ".light.overdue { --light: #b45309; }" in get(made.root, "/style.css", TODAY).body.decode()
    )
    assert get(made.root, "/pages.js", TODAY).media == "text/javascript"


def test_the_first_and_the_last_day(make_ledger: MakeLedger) -> None:
    made = make_ledger([{"due": {"text": "六月底前", "date": "2017-06-30"}}])
    for day in (dt.date(1, 2, 1), dt.date.max):
        for address in ("/", "/depts", "/dept/审业部", "/list"):
            assert get(made.root, address, day).status == 200


def test_what_is_wrong_is_told(make_ledger: MakeLedger) -> None:
    made = make_ledger([{}, {}])
    made.write("data/tasks/GZ2017/GZ2017-002.yaml", "title: [")
    for address in ("/", "/list", "/depts", "/source/GZ2017"):
        assert "GZ2017-002.yaml" in Read(get(made.root, address, TODAY).body).text


def test_another_day_of_the_same_page(demo_made: Path) -> None:
    """What was asked for is kept by both forms: the one that goes to a day, and the one back."""
    page = get(demo_made, "/list?status=推进中&q=zl&at=2026-06-30", DAY).body.decode()
    assert "这是 2026-06-30 的台账" in page
    assert page.count('<input type="hidden" name="status" value="推进中">') == 2
    assert page.count('<input type="hidden" name="q" value="zl">') == 2
    assert page.count('<input type="hidden" name="at"') == 1  # of the filters
