"""清单: what an address asks for is what `list` gives for the same options, page by page."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import openpyxl
import pytest

from ledger.cli.app import run
from tests.conftest import DEMO_DAY
from tests.view.web.reading import Read, get, ids, printed

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

TODAY = dt.date(2017, 7, 3)
DAY = dt.date.fromisoformat(DEMO_DAY)
VALUES: dict[str, Sequence[str]] = {
    "dept": ("审业部", "办公室", "条法司", "运用司", "syb", "bgs"),
    "lead": ("审业部", "办公室", "人事司"),
    "assist": ("办公室", "规划司"),
    "status": ("推进中", "未启动", "待上会", "已销号"),
    "kind": ("工作要点", "巡视整改"),
    "source": ("GZ2026", "ZG2025"),
    "leader": ("副局长", "审查"),
    "nature": ("限期", "长期坚持", "分阶段"),
    "light": ("红", "黄灯", "绿", "青"),
    "due_before": ("2026-12-31", "2027年2月28日"),
    "due_after": ("2026-11-01", "2026.12.01"),
    "text": ("审查", "制度", "PCT", "%"),
    "tag": (),
}
SORTS = ("", "id", "-due", "due", "light", "-title", "lead", "status", "source", "leader", "kind")
HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% raw %} &amp; &#60;",
    "左\u202e右\u2066\u200f",
    "长" * 5000,
)


def drawn(chance: random.Random) -> list[tuple[str, str]]:
    """Some filters, each with one value or two."""
    names = [name for name, values in VALUES.items() if values]
    pairs = []
    for name in chance.sample(names, chance.choice((0, 1, 1, 2, 3))):
        most = 1 if name.startswith("due_") else 2
        some = chance.sample(VALUES[name], chance.randint(1, most))
        pairs += [(name, value) for value in some]
    return pairs


def listed_ids(root: Path, pairs: Sequence[tuple[str, str]], today: dt.date) -> list[str]:
    reply = get(root, f"/list?{urlencode(pairs)}", today)
    assert reply.status == 200, reply.body.decode()
    return Read(reply.body).column("编号")


def test_every_filter_and_order_as_list_has_it(
    demo_made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(16)  # noqa: S311
    seen: set[int] = set()
    for turn in range(40):
        pairs, sort = drawn(chance), chance.choice(SORTS)
        words = [word for name, value in pairs for word in (f"--{name.replace('_', '-')}", value)]
        shown = printed(capsys, demo_made, DAY, "list", *words, *["--sort", sort] * bool(sort))
        asked = [*pairs, *[("sort", sort)] * bool(sort)]
        assert listed_ids(demo_made, asked, DAY) == ids(shown), (turn, asked)
        seen.add(len(shown))
    assert len(seen) > 8  # it was not all or nothing


def test_rows_say_what_list_says(demo_made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(capsys, demo_made, DAY, "list", "--status", "推进中")
    read = Read(get(demo_made, "/list?status=推进中", DAY).body)
    assert read.column("事项") == [each["title"] for each in shown]
    assert read.column("时限") == [each["due"] or each["due_text"] for each in shown]
    assert read.column("牵头部门") == ["、".join(each["lead"]) for each in shown]
    assert [light.split()[-1] for light in read.column("亮灯")] == [e["light"] for e in shown]
    assert f"共 {len(shown)} 项" in read.text


@pytest.mark.parametrize("at", ["2026-06-30", "HEAD~5"])
def test_another_moment(demo_made: Path, capsys: pytest.CaptureFixture[str], at: str) -> None:
    shown = printed(capsys, demo_made, DAY, "list", "--at", at, "--light", "黄")
    read = Read(get(demo_made, f"/list?at={at}&light=黄", DAY).body)
    assert read.column("编号") == ids(shown)
    assert all(
        f"at={at}" in href
        for text, href in read.links.items()
        if text and "看今天的" not in text and href.startswith("/")
    )


def test_tables_are_those_of_export(
    demo_made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the same filters and order; a search has no command, and gives its tasks alone."""
    words = ["--status", "推进中", "--dept", "审业部", "--sort", "-due"]
    for form in ("csv", "xlsx"):
        place = tmp_path / f"台账.{form}"
        command = ["-C", str(demo_made), "--today", DEMO_DAY, "export", form, "-o", str(place)]
        assert run([*command, *words]) == 0
        reply = get(demo_made, f"/list.{form}?status=推进中&dept=syb&sort=-due&page=7", DAY)
        assert reply.download == f"台账-{DEMO_DAY}.{form}"
        assert cells(reply.body, form) == cells(place.read_bytes(), form)
    capsys.readouterr()
    asked = "q=zl&light=绿"
    found_ids = Read(get(demo_made, f"/list?{asked}", DAY).body).column("编号")
    table = cells(get(demo_made, f"/list.csv?{asked}", DAY).body, "csv")
    assert [row[1] for row in table[1:]] == found_ids != []


def cells(content: bytes, form: str) -> Any:
    if form == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [[cell.value for row in sheet.iter_rows() for cell in row] for sheet in book]


def test_formulas_are_no_formulas(make_ledger: MakeLedger) -> None:
    made = make_ledger([{"title": "=1+1", "measures": ["@x", "+y"]}])
    table = cells(get(made.root, "/list.csv", TODAY).body, "csv")
    every = [cell for row in table for cell in row]
    assert any("=1+1" in cell for cell in every)
    assert not [cell for cell in every if cell.startswith(("=", "@", "+"))]


def test_search(make_ledger: MakeLedger) -> None:
    made = make_ledger(
        [
            {"title": "开展专利检索能力测评", "lead": ["审业部"], "leader": "分管副局长"},
            {"title": "修订审查指南", "lead": ["条法司"], "assist": ["审业部"]},
            {"title": "整改第2批问题", "lead": ["规划司"], "measures": ["开展专项督查"]},
        ]
    )
    first, second, third = "GZ2017-001", "GZ2017-002", "GZ2017-003"
    for words, expected in {
        "zljs": [first],
        "jiansuo": [first],
        "syb": [first, second],  # leads and assists
        "审查业务": [first, second],  # a part of its alias
        "002": [second],
        "gz2017-00": [first, second, third],
        "专项督查": [third],
        "ＦＧ": [first],  # the leader
        "分管": [first],
        "审业部 指南": [second],  # both words
        "zgd2p": [third],
        "没有这样的": [],
        "k": [],  # one letter spells nothing
        "%": [],
    }.items():
        assert listed_ids(made.root, [("q", words)], TODAY) == expected, words
    assert "没有符合条件的事项" in get(made.root, "/list?q=没有这样的", TODAY).body.decode()


def test_what_was_meant_is_taken_and_what_was_not_is_told(
    make_ledger: MakeLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the command does, with its own sentence; the form stays filled."""
    made = make_ledger([{"lead": ["审业部"]}, {"lead": ["条法司"]}])
    read = Read(get(made.root, "/list?lead=syb&dept=审查业务管理部&status=tjz", TODAY).body)
    assert read.values("lead") == ["审业部"]
    assert read.values("dept") == ["审查业务管理部"]
    for query in ("dept=没有", "status=不知道", "source=GZ1999", "light=紫", "sort=别的", "kind=x"):
        name, _, value = query.partition("=")
        run(["-C", str(made.root), "list", f"--{name}", value])
        told = capsys.readouterr().err.strip().rstrip("。")
        reply = get(made.root, f"/list?{query}&q=审", TODAY)
        read = Read(reply.body)
        assert reply.status == 400
        assert told.split("：", 1)[-1].split("。")[0] in read.text, (told, read.text)
        assert read.values("q") == ["审"]
        assert name == "sort" or read.values(name) == [value]
    assert Read(get(made.root, "/list?due_before=2017-02-30", TODAY).body).values("due_before") == [
        "2017-02-30"
    ]


def test_pages_of_a_hundred(make_ledger: MakeLedger) -> None:
    made = make_ledger([{"title": f"第{n}件"} for n in range(250)])
    every: list[str] = []
    address = "/list?status=推进中&sort=id"
    query = Read(get(made.root, address, TODAY).body)
    for number, size in ((1, 100), (2, 100), (3, 50)):
        read = Read(get(made.root, address, TODAY).body)
        assert len(read.column("编号")) == size
        assert f"第 {100 * number - 99}–{100 * number - 100 + size} 项" in read.text
        every += read.column("编号")
        address = read.links.get("下一页", "")
        assert ("sort=id" in address) == (number < 3)
    assert every == sorted(set(every)) == [f"GZ2017-{n:03}" for n in range(1, 251)]
    assert query.links["3"].endswith("page=3")
    assert "上一页" not in query.links
    for page, told in (
        ("4", "一共 3 页"),
        ("0", "没有第“0”页"),
        ("x", "没有第“x”页"),
        ("9" * 99, "没有第"),
    ):
        reply = get(made.root, f"/list?page={page}", TODAY)
        assert reply.status == 400
        assert told in Read(reply.body).text


def test_titles_stay_text(make_ledger: MakeLedger) -> None:
    made = make_ledger(
        [{"title": text, "lead": [text[:90]], "tags": [text[:9]]} for text in HOSTILE]
    )
    for address in (
        "/list",
        "/list?q=<script>",
        f"/list?dept={HOSTILE[0]}",
        "/list?tag=<b>&text=%22",
    ):
        reply = get(made.root, address, TODAY)
        read, page = Read(reply.body), reply.body.decode()
        assert "\u202e" not in page
        assert {tag for tag, _ in read.tags}.isdisjoint({"img", "b"})
        assert [given for tag, given in read.tags if tag == "script"] == [
            {"src": "/pages.js", "defer": None}
        ]
        assert not [name for _, given in read.tags for name in given if name.startswith("on")]


def test_an_empty_ledger(make_ledger: MakeLedger) -> None:
    read = Read(get(make_ledger([]).root, "/list", TODAY).body)
    assert "没有符合条件的事项" in read.text


def test_nobody_asks_for_so_much(make_ledger: MakeLedger) -> None:
    made = make_ledger([{}])
    for address, told in (
        ("/list?q=" + "+".join(f"a{n}" for n in range(11)), "查找的词太多"),
        ("/list?" + "&".join(f"text=a{n}" for n in range(51)), "同一个条件的值太多"),
    ):
        reply = get(made.root, address, TODAY)
        assert reply.status == 400
        assert told in Read(reply.body).text
    assert get(made.root, "/list?q=" + "+".join(["syb"] * 10), TODAY).status == 200
