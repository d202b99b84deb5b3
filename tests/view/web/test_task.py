"""事项: the page says what `show --json` and `log --json` say, and text stays text."""

from __future__ import annotations

import datetime as dt
import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from ledger.adapters.http.exchange import Asked, Reply
from ledger.cli.app import run
from ledger.usecases.looking.background import background
from ledger.usecases.looking.list import one
from ledger.usecases.reading.moment import Moment
from ledger.view.steps import steps_of
from ledger.view.text import clean
from ledger.view.web.routes import answer
from tests.view.test_card import TASK

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = dt.date(2017, 7, 3)
RICH: dict[str, Any] = {
    **TASK,
    "assist": ["办公室"],
    "leader": "分管副局长",
    "owner": "审业部负责人",
    "goal": "审查质量明显提升",
    "indicators": [{"name": "抽检", "target": 300, "actual": 120, "unit": "件"}],
    "links": [{"rel": "源自", "id": "GZ2017-002"}],
    "tags": ["质量"],
    "columns": {"备注栏": "照原文"},
    "自定": {"甲": "一", "乙": ["二", "三"]},
}
HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% raw %} &amp; &#60;",
    "左\u202e右\u2066\u200f",
)
TAG = re.compile(r"<[^>]*>")


def get(made: LedgerFolder, path: str, **query: str) -> Reply:
    return answer(made.open(), TODAY, Asked(path, {k: (v,) for k, v in query.items()}))


def text(reply: Reply) -> str:
    """What a page says, without its tags; blanks count as one."""
    return " ".join(unescape(TAG.sub(" ", reply.body.decode())).split())


def printed(capsys: pytest.CaptureFixture[str], made: LedgerFolder, *words: str) -> Any:
    """What a command says as JSON."""
    capsys.readouterr()
    assert run(["-C", str(made.root), "--today", TODAY.isoformat(), *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def texts_in(value: Any) -> list[str]:
    """Every text of plain data."""
    if isinstance(value, dict):
        return [one for each in value.values() for one in texts_in(each)]
    if isinstance(value, list):
        return [one for each in value for one in texts_in(each)]
    return [value] if isinstance(value, str) and value else []


def test_says_all_that_show_says(
    make_ledger: MakeLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every text of the task's file, known key or not, stands on its page."""
    made = make_ledger([RICH, {"title": "源头"}])
    shown = printed(capsys, made, "show", "GZ2017-001")
    told = text(get(made, "task/GZ2017-001"))
    for each in texts_in(shown):
        assert " ".join(clean(each).split()) in told, each
    for word in ("60%", "120/300件", "GZ2017-002 源头", "自定", "备注栏"):
        assert word in told


def test_tells_the_steps_of_the_card(make_ledger: MakeLedger) -> None:
    made = make_ledger([RICH, {"title": "源头"}])
    ledger, when = made.open(), Moment("", TODAY)
    row = one(ledger, "GZ2017-001", when)
    page = text(get(made, "task/GZ2017-001"))
    steps = steps_of(row.task, background(ledger, row, when))
    assert steps
    for step in steps:
        for word in (step.day, step.called, *clean(f"{step.by} {step.words}").split()):
            assert word in page, step


def test_history_is_that_of_log(
    make_ledger: MakeLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    made = make_ledger([{}])
    for number in range(3):
        made.write_task(goal=f"目标{number}")
        made.commit(f"改目标{number}", f"2017-05-0{number + 1}T09:00:00+08:00")
    log = printed(capsys, made, "log", "GZ2017-001")
    page = get(made, "task/GZ2017-001").body.decode()
    assert re.findall(r"<code>([0-9a-f]{10})</code>", page) == [e["commit"][:10] for e in log]
    assert f"共 {len(log)} 次改动" in page
    assert "目标0 → 目标1" in text(get(made, "task/GZ2017-001"))


@pytest.mark.parametrize(("spared", "late"), [("是", False), ("否", True)])
def test_its_way_is_late_as_the_ledgers_lights_say(
    make_ledger: MakeLedger, spared: str, late: bool
) -> None:
    waiting = {
        "status": "申请销号",
        "due": {"text": "六月底", "date": "2017-06-30"},
        "closing": {"applied": {"date": "2017-06-20", "by": "甲", "summary": "做完了"}},
    }
    made = make_ledger([waiting], config={"lights": {"waiting_in_time": spared}})
    assert ("2017-06-30起逾期" in text(get(made, "task/GZ2017-001"))) is late


def test_of_a_day_is_as_it_was(make_ledger: MakeLedger) -> None:
    made = make_ledger([{"goal": "原来的目标"}])
    made.write_task(goal="后来的目标")
    made.commit("改", "2099-01-01T09:00:00+08:00")
    old = made.git("rev-parse", "HEAD~1").strip()
    assert "后来的目标" in text(get(made, "task/GZ2017-001"))
    page = get(made, "task/GZ2017-001", at=old)
    assert "原来的目标" in text(page)
    assert "后来的目标" not in text(page)
    assert f"?at={old}" in page.body.decode()


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ("001", 200, "事项GZ2017-001"),
        ("GZ2017-101", 404, "是不是下面的事项"),
        ("GZ2017-101", 404, "GZ2017-001 事项GZ2017-001"),
        ("不像任何编号", 404, "没有编号为“不像任何编号”的事项"),
        ("", 404, "没有编号为“”的事项"),
        ("../../ledger.yaml", 404, "没有编号为"),
        ("GZ2017-001/2", 404, "没有编号为"),
        ("<script>" * 999, 404, "没有编号为"),
    ],
)
def test_which_task(make_ledger: MakeLedger, asked: str, status: int, told: str) -> None:
    reply = get(make_ledger([{}]), f"task/{asked}")
    assert reply.status == status
    assert told in text(reply)
    assert b"<script>" not in reply.body


def test_an_ending_leads_to_the_whole_id(make_ledger: MakeLedger) -> None:
    made = make_ledger([{}])
    assert '<a href="/task/GZ2017-001">GZ2017-001</a>' in get(made, "task/001").body.decode()
    assert 'href="/task/' not in get(made, "task/GZ2017-001").body.decode()


def test_a_broken_file_says_what_is_wrong(make_ledger: MakeLedger) -> None:
    made = make_ledger([{}, {}])
    made.path("GZ2017-001").write_text("id: GZ2017-001\nstatus: 好了\n", "utf-8")
    reply = get(made, "task/GZ2017-001")
    assert (reply.status, "读不出来" in text(reply)) == (200, True)
    assert "GZ2017-001.yaml" in text(reply)
    assert "事项GZ2017-002" in text(get(made, "task/GZ2017-002"))


def test_uncommitted(make_ledger: MakeLedger) -> None:
    made = make_ledger([{}], commit=False)
    reply = get(made, "task/GZ2017-001")
    assert reply.status == 200
    assert "台账还没有任何提交" in text(reply)


def test_text_stays_text(make_ledger: MakeLedger) -> None:
    """In every field: markup, templates, marks that turn text around, 5,000 characters."""
    word = "".join(HOSTILE)
    made = make_ledger(
        [
            {
                "title": word * 40,
                "section": word,
                "goal": word,
                "problem": word,
                "measures": [word],
                "leader": word,
                "owner": word,
                "lead": [word],
                "indicators": [{"name": word, "target": 3, "actual": 1, "unit": word}],
                "progress": [{"date": "2017-02-20", "by": word, "text": word}],
                "evidence": [{"name": word, "archive": word}],
                "extensions": [
                    {"date": "2017-04-20", "to": "2017-06-30", "reason": word, "approved_by": word}
                ],
                "lookback": [{"date": "2017-04-20", "by": word, "result": word}],
                "tags": [word],
                "columns": {word: word},
                word: {word: word},
            }
        ]
    )
    page = get(made, "task/GZ2017-001").body.decode()
    for barred in ("<script>", "<img", "\u202e", "\u2066", "\u200f", "onerror=alert(1)>"):
        assert barred not in page, barred
    assert "{{ 7 * 7 }}{% raw %}" in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_title_that_is_a_text_is_no_heading(make_ledger: MakeLedger) -> None:
    made = make_ledger([{"title": "很长的标题" * 1000}, {"title": "标题" * 60}])
    page = get(made, "task/GZ2017-001").body.decode()
    assert f"<h1>{'很长的标题' * 24}……</h1>" in page
    assert f"事项 {'很长的标题' * 1000} " in text(get(made, "task/GZ2017-001"))
    assert f"<h1>{'标题' * 60}</h1>" in get(made, "task/GZ2017-002").body.decode()


def test_a_long_log_is_shown_in_part(make_ledger: MakeLedger) -> None:
    log = [
        {"date": str(dt.date(2012, 1, 1) + dt.timedelta(days=n)), "by": "某", "text": f"第{n}条"}
        for n in (*range(0, 2000, 2), *range(1, 2000, 2))  # as two people wrote it
    ]
    page = get(make_ledger([{"progress": log}]), "task/GZ2017-001").body.decode()
    opened, _, rest = page.partition("更早的 1970 条")
    shown = [int(each) for each in re.findall(r"第(\d+)条", opened)]
    assert shown == [*range(1999, 1969, -1)]
    assert "第0条" in rest
