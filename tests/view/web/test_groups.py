"""部门, 领导, 来源: the numbers of `status`, the tasks of `list`, and the last month's end."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from ledger.usecases.looking.status import COUNTED
from tests.conftest import DEMO_DAY
from tests.view.web.reading import Read, get, ids, printed

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

DAY = dt.date.fromisoformat(DEMO_DAY)
TODAY = dt.date(2017, 7, 3)
HOSTILE = "<script>alert(1)</script>\"'\u202e" + "长" * 5000
GROUPINGS = (
    ("lead", "depts", "dept"),
    ("leader", "leaders", "leader"),
    ("source", "sources", "source"),
)


@pytest.mark.parametrize(("by", "every", "one"), GROUPINGS)
@pytest.mark.parametrize("at", ["", "2026-06-30"])
def test_numbers_are_those_of_status(
    demo_made: Path, capsys: pytest.CaptureFixture[str], by: str, every: str, one: str, at: str
) -> None:
    moment = ["--at", at] if at else []
    shown = printed(capsys, demo_made, DAY, "status", "--by", by, *moment)
    read = Read(get(demo_made, f"/{every}?at={at}", DAY).body)
    called = {"lead": "部门", "leader": "领导", "source": "来源"}[by]
    lines = {row[called].split()[0]: row for row in read.rows if called in row}
    for row in shown["rows"]:
        line = lines.pop(row["key"])
        for field, head in COUNTED.items():
            assert line.get(head, "0").rstrip("%") == str(row[field]), (row["key"], head)
    assert {line["总数"] for line in lines.values()} <= {"0"}  # sources that no task has
    assert f"{shown['rate']}%" in read.text


@pytest.mark.parametrize(("by", "every", "one"), GROUPINGS)
def test_each_has_its_numbers_and_its_tasks(
    demo_made: Path, capsys: pytest.CaptureFixture[str], by: str, every: str, one: str
) -> None:
    groups = printed(capsys, demo_made, DAY, "status", "--by", by)["rows"]
    then = printed(capsys, demo_made, DAY, "status", "--by", by, "--at", last_month())["rows"]
    before = {row["key"]: row for row in then}
    tasks = printed(capsys, demo_made, DAY, "list", "--sort", "light")
    for row in groups:
        read = Read(get(demo_made, f"/{one}/{quote(row['key'])}", DAY).body)
        own = [t for t in tasks if row["key"] in (t[by] if by == "lead" else [t[by]])]
        assert read.column("编号") == ids(own)
        assert read.cards["事项"] == str(row["total"])
        assert read.cards["已销号"] == f"{row['closed']} {row['rate']}%"
        assert read.cards["逾期"] == str(row["overdue"])
        assert read.cards["15 天内到期"] == str(row["due_soon"])
        if old := before.get(row["key"]):
            assert last_month() in read.text
            assert f"总数 {old['total']} {row['total']} " in read.text
            assert f"完成率 {old['rate']}% {row['rate']}% " in read.text
            assert f"逾期 {old['overdue']} {row['overdue']} " in read.text


def last_month() -> str:
    return (DAY.replace(day=1) - dt.timedelta(days=1)).isoformat()


def test_sorted_by_a_number(demo_made: Path) -> None:
    read = Read(get(demo_made, "/depts", DAY).body)
    down = [int(n) for n in Read(get(demo_made, read.links["总数"], DAY).body).column("总数")[:-1]]
    assert down == sorted(down, reverse=True)
    assert len(set(down)) > 2
    names = Read(get(demo_made, "/depts?sort=name", DAY).body).column("部门")
    assert names == sorted(names)
    assert get(demo_made, "/depts?sort=别的", DAY).status == 404


def test_numbers_lead_to_their_tasks(demo_made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each card's link lists as many tasks as the card says."""
    for address in ("/", "/dept/审业部", "/source/GZ2026"):
        page = get(demo_made, address, DAY).body.decode()
        read = Read(page)
        links = [href for text, href in read.links.items() if href.startswith("/list?")]
        assert len(links) > 5
        for label, number in read.cards.items():
            href = next((h for t, h in read.links.items() if t == number), "")
            if href and number != "0":
                told = Read(get(demo_made, href, DAY).body).text
                assert f"共 {number.split()[0]} 项" in told, (address, label, href)


def test_names_that_mean_one(make_ledger: MakeLedger) -> None:
    made = make_ledger([{"lead": ["审业部"], "leader": "分管副局长"}, {"lead": ["局办公室"]}])
    for address, title in (
        ("/dept/审查业务管理部", "审业部"),
        ("/dept/syb", "审业部"),
        ("/dept/局办公室", "办公室"),
        ("/dept/条法司", "条法司"),  # which has no task
        ("/leader/fgfjz", "分管副局长"),
        ("/source/gz2017", "GZ2017"),
        ("/source/2017年工作要点", "GZ2017"),
    ):
        reply = get(made.root, address, TODAY)
        assert reply.status == 200, address
        assert f"<h1>{title}</h1>" in reply.body.decode()
    for address, told in (
        ("/dept/审查部", "没有部门“审查部”"),
        ("/dept/", "没有部门“”"),
        ("/leader/书记", "没有责任领导“书记”"),
        ("/source/GZ1999", "没有来源“GZ1999”"),
        ("/source/../../ledger.yaml", "没有来源"),
    ):
        reply = get(made.root, address, TODAY)
        assert reply.status == 404, address
        assert told in Read(reply.body).text
    assert "是否应为“审业部" in Read(get(made.root, "/dept/审查部", TODAY).body).text


def test_a_leader_is_nobody_else(make_ledger: MakeLedger) -> None:
    """局长 is a part of 副局长, whose tasks another page has; that the list has both, is said."""
    made = make_ledger([{"leader": "局长"}, {"leader": "副局长"}])
    read = Read(get(made.root, "/leader/局长", TODAY).body)
    assert read.column("编号") == ["GZ2017-001"]
    assert "也会列出副局长的" in read.text


def test_nobody_leads(make_ledger: MakeLedger) -> None:
    made = make_ledger([{"lead": []}])
    read = Read(get(made.root, "/depts", TODAY).body)
    assert read.column("部门") == ["（未填）"]
    assert "（未填）" not in read.links


def test_names_stay_text(make_ledger: MakeLedger) -> None:
    name = "<script>\"'&/\u202e处"
    made = make_ledger([{"lead": [name], "leader": name}])
    for address in ("/depts", "/leaders", "/"):
        reply = get(made.root, address, TODAY)
        assert reply.status == 200
        assert "<script>" not in reply.body.decode().replace('<script src="/pages.js" defer>', "")
        assert "\u202e" not in reply.body.decode()
    link = next(h for t, h in Read(get(made.root, "/depts", TODAY).body).links.items() if "处" in t)
    assert Read(get(made.root, link, TODAY).body).column("编号") == ["GZ2017-001"]


def test_how_tasks_have_gone_on(demo_made: Path, make_ledger: MakeLedger) -> None:
    """The first of them are drawn, each with a link to its page, and said in a table."""
    page = get(demo_made, "/leader/分管审查的副局长", DAY).body.decode()
    assert "画出前 15 项" in page
    drawn = re.findall(
        r'href="/task/([^"]*)"', page[page.index('<figure class="pictured" id="ways">') :]
    )
    assert drawn == Read(page).column("编号")[:15]
    made = make_ledger([{"title": HOSTILE}, {"status": "未启动", "due": {"text": "长期"}}])
    page = get(made.root, "/dept/审业部", TODAY).body.decode()
    assert "画出这 2 项" in page
    assert "<script>alert" not in page
