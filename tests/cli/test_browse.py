"""`ledger browse`, looked at: what is on the screen, and where its keys lead."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
from textual import events

from ledger.model.standing import Brief
from ledger.view.browse.keys import KEYS
from ledger.view.browse.lastline import LastLine
from ledger.view.browse.outlook import Outlook
from ledger.view.text import clean
from tests.cli.browsing import Eyes, outlook, watched

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger

TASKS: list[dict[str, Any]] = [
    {"title": "开展专利检索能力测评", "due": {"text": "3月", "date": "2017-03-31"}},
    {"title": "修订办事指南", "lead": ["办公室"]},
    {"title": "印发采购办法", "lead": ["条法司"], "status": "已销号",
     "closing": {"decision": "DZH-1", "date": "2017-05-01"}},
    {"title": "梳理法规", "lead": ["条法司"], "assist": ["办公室"],
     "due": {"text": "6月10日", "date": "2017-06-10"}},
]  # fmt: skip
ORDER = ["GZ2017-001", "GZ2017-004", "GZ2017-002", "GZ2017-003"]  # the worst light first


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger(TASKS)


def test_a_list_and_a_card(ledger: LedgerFolder) -> None:
    """At every width a row is told from another, and no line is longer than the screen."""

    async def look(eyes: Eyes) -> None:
        for size in ((40, 24), (80, 24), (120, 40)):
            await eyes.resize(*size)
            await eyes.sees("责任", "牵头部门", "审业部", "具体措施")
            assert eyes.ids == ORDER
            for number, name in enumerate(("红", "黄", "绿", "蓝")):
                assert eyes.lines[number + 1].startswith(f"{name} {ORDER[number]} ")
            assert "4 项" in eyes.lines[0]
            await eyes.sees("帮助", "退出", "填报")
            assert ("部门" in eyes.text) == (size[0] >= 40)

    watched(outlook(ledger.root), look, (40, 24))


def test_the_card_follows_the_choice(ledger: LedgerFolder) -> None:
    async def look(eyes: Eyes) -> None:
        await eyes.sees("时限", "2017-03-31")
        await eyes.press("down", "j", "end")
        assert eyes.app._list.chosen
        assert eyes.app._list.chosen.id == ORDER[-1]
        await eyes.sees("GZ2017-003  印发采购办法", "销号")
        await eyes.press("home", "k")
        await eyes.sees("GZ2017-001  开展专利检索能力测评")
        await eyes.pilot.click("#tasks", offset=(5, 2))
        await eyes.sees("GZ2017-002  修订办事指南")

    watched(outlook(ledger.root), look)


def test_letters_narrow_the_list_as_they_are_typed(ledger: LedgerFolder) -> None:
    async def look(eyes: Eyes) -> None:
        await eyes.press("slash")
        for typed, left in (("bs", ["GZ2017-002"]), ("q", [])):
            await eyes.type(typed)
            await eyes.until(lambda left=left: eyes.ids == left)
        await eyes.sees("没有含“bsq”的事项", "0/4 项")
        await eyes.press("escape")
        assert eyes.ids == ORDER
        await eyes.press("slash")
        await eyes.type("专利")
        await eyes.press("enter")
        assert eyes.ids == ["GZ2017-001"]
        assert eyes.app.focused is eyes.app._list
        await eyes.press("enter")  # into the card
        assert eyes.app.focused is eyes.app._pane
        await eyes.press("escape")  # and back, what was sought stays
        assert eyes.ids == ["GZ2017-001"]
        await eyes.press("escape")
        assert eyes.ids == ORDER

    watched(outlook(ledger.root), look)


def test_the_cursor_stands_behind_chinese_where_an_input_method_looks_for_it(
    ledger: LedgerFolder,
) -> None:
    async def stands_at(eyes: Eyes, x: int, y: int) -> None:
        await eyes.until(lambda: eyes.app.cursor_position == (x, y))

    async def look(eyes: Eyes) -> None:
        await eyes.press("slash")
        await stands_at(eyes, 0, 1)
        await eyes.type("专利a")
        await stands_at(eyes, 5, 1)
        await eyes.press("left", "left")
        await stands_at(eyes, 2, 1)
        await eyes.press("escape", "p")
        field = eyes.app.focused
        assert field is not None
        await eyes.type("已经")
        await eyes.resize(60, 30)
        x, y = field.content_region.offset
        await stands_at(eyes, x + 4, y)

    watched(outlook(ledger.root), look)


def test_a_department_by_its_letters(ledger: LedgerFolder, invoke: Invoke) -> None:
    told = invoke(ledger, "--today", "2017-06-01", "list", "--json", "--dept", "bgs")
    listed = [task["id"] for task in json.loads(told.out)]

    async def look(eyes: Eyes) -> None:
        await eyes.press("d")
        await eyes.sees("全部部门", "审业部", "条法司")
        await eyes.type("bgs")
        await eyes.sees("办公室")
        await eyes.press("enter")
        assert sorted(eyes.ids) == listed == ["GZ2017-002", "GZ2017-004"]
        await eyes.sees("2 项", "办公室")
        await eyes.press("d", "escape")
        assert len(eyes.ids) == 2
        await eyes.press("d", "home")
        await eyes.press("up", "up", "up", "up", "up", "up")
        await eyes.type("没有这个部门")
        await eyes.press("enter", "escape")
        assert len(eyes.ids) == 2
        await eyes.press("d", "up", "up", "up", "up", "up", "up")
        while eyes.app.screen.query_one("OptionList").highlighted:  # type: ignore[attr-defined]
            await eyes.press("up")
        await eyes.press("enter")
        assert eyes.ids == ORDER

    watched(outlook(ledger.root), look)


def test_what_is_chosen_is_seen_on_every_background(ledger: LedgerFolder) -> None:
    """Turned round, whatever colours the terminal has: the task, the choice, the cursor."""

    async def look(eyes: Eyes) -> None:
        assert "开展专利检索能力测评"[:6] in eyes.turned
        await eyes.press("d", "down")
        await eyes.sees("> 办公室")
        assert eyes.text.count("> ") == 1
        await eyes.press("escape", "slash")
        assert eyes.turned.startswith("查")  # of what stands there while nothing is typed

    watched(outlook(ledger.root), look)


def test_orders(ledger: LedgerFolder) -> None:
    async def look(eyes: Eyes) -> None:
        for typed, ids in (("编号", sorted(ORDER)), ("编号", sorted(ORDER, reverse=True))):
            await eyes.press("s")
            await eyes.type(typed)
            await eyes.press("enter")
            assert eyes.ids == ids
        await eyes.sees("按编号倒排")

    watched(outlook(ledger.root), look)


def test_any_day_can_only_be_looked_at(ledger: LedgerFolder) -> None:
    ledger.write_task(id="GZ2017-005", title="后来的")
    ledger.commit(moment="2017-05-20")

    async def look(eyes: Eyes) -> None:
        assert len(eyes.ids) == 5
        await eyes.press("t")
        await eyes.sees("看哪一天日终的台账")
        await eyes.type("2011-01-01")
        await eyes.press("enter")
        await eyes.sees("2011-01-01 时台账还没有任何提交。请给出更晚的日期。")
        await eyes.press("ctrl+u")
        await eyes.type("4月1日")
        await eyes.press("enter")
        await eyes.sees("2017-04-01（只能看）")
        assert len(eyes.ids) == 4
        head = ledger.git("rev-parse", "HEAD")
        for key in "peavbw":
            await eyes.press(key)
            await eyes.sees("现在看的是 2017-04-01 的台账，只能看")
            assert len(eyes.app.screen_stack) == 1
        assert ledger.git("rev-parse", "HEAD") == head
        await eyes.press("t", "escape")
        assert len(eyes.ids) == 4
        await eyes.press("t", "ctrl+u", "enter")
        await eyes.until(lambda: len(eyes.ids) == 5)

    watched(outlook(ledger.root), look)


def test_help_tells_of_every_key(ledger: LedgerFolder) -> None:
    async def look(eyes: Eyes) -> None:
        await eyes.press("question_mark")
        await eyes.sees(*(key.words for key in KEYS), "按 Esc 返回")
        await eyes.press("escape")
        assert len(eyes.app.screen_stack) == 1

    watched(outlook(ledger.root), look, (80, 50))


def test_help_scrolls_where_it_does_not_fit(ledger: LedgerFolder) -> None:
    async def look(eyes: Eyes) -> None:
        await eyes.press("question_mark")
        await eyes.sees("按 Esc 返回")
        await eyes.press("pagedown", "pagedown", "pagedown")
        await eyes.sees("ledger undo 撤回", "按 Esc 返回")

    watched(outlook(ledger.root), look, (40, 20))


def test_the_last_lines_can_be_clicked_on(ledger: LedgerFolder) -> None:
    """As many keys as fit stand there; help and the way out always do."""

    async def look(eyes: Eyes) -> None:
        for columns in (40, 60, 80, 100, 140):
            await eyes.resize(columns, 30)
            await look_at(eyes, columns)
            await eyes.press("escape")

    async def look_at(eyes: Eyes, columns: int) -> None:
        line = eyes.app.query_one(LastLine)
        rows = line.rows(columns)
        signs = {key.sign for row in rows for _, key in row}
        assert {"?", "q", "/"} <= signs
        assert (len(signs) == len(KEYS)) == (columns >= 60)
        for number, row in enumerate(rows):
            for place, key in row:
                assert eyes.lines[-len(rows) + number][:columns].count(key.name) == 1
                if key.sign == "?":
                    await eyes.pilot.click(LastLine, offset=(place + 1, number))
        await eyes.sees("按 Esc 返回")

    watched(outlook(ledger.root), look, (40, 30))


def test_what_is_changed_elsewhere_is_seen(ledger: LedgerFolder) -> None:
    async def look(eyes: Eyes) -> None:
        await eyes.press("down")
        ledger.write_task(
            id="GZ2017-000", title="别人新增的", due={"text": "1月", "date": "2017-01-31"}
        )
        await eyes.press("r")
        assert eyes.ids[0] == "GZ2017-000"
        assert eyes.app._list.chosen
        assert eyes.app._list.chosen.id == ORDER[1]  # the choice stays where it was
        ledger.path("GZ2017-000").unlink()
        eyes.app.post_message(events.AppFocus())
        await eyes.until(lambda: eyes.ids == ORDER)

    watched(outlook(ledger.root), look)


def test_a_task_that_is_gone_and_one_that_is_broken(ledger: LedgerFolder) -> None:
    async def look(eyes: Eyes) -> None:
        await eyes.sees("立项")
        ledger.path("GZ2017-004").unlink()
        await eyes.press("down")
        await eyes.sees("台账里没有编号为“GZ2017-004”的事项")
        ledger.path("GZ2017-002").write_text("title: [\n", "utf-8")
        await eyes.press("down")
        await eyes.sees("GZ2017-002.yaml", "读不了")
        await eyes.press("r")
        await eyes.sees("T001")
        assert eyes.ids == ["GZ2017-001", "GZ2017-003"]

    watched(outlook(ledger.root), look)


def test_no_tasks(make_ledger: MakeLedger) -> None:
    async def look(eyes: Eyes) -> None:
        await eyes.sees("没有事项")
        await eyes.press("down", "end", "p", "v", "pageup", "enter", "escape")
        assert len(eyes.app.screen_stack) == 1

    watched(outlook(make_ledger().root), look)


HOSTILE = (
    "<script>alert('x')</script>“引号”'单'\"双\" \\[转义",
    "[bold red]红字[/] [@click=app.quit]点我[/] 左\u202e右\u2066乱\u200f",
    "👩‍👩‍👧家庭🇨🇳旗é",
    "长" * 5000,
)


def test_titles_stay_text_everywhere(make_ledger: MakeLedger) -> None:
    """In the list, the card, the forms, what is sought; at every width."""
    ledger = make_ledger([{"title": title, "lead": ["[/]部"]} for title in HOSTILE])

    async def look(eyes: Eyes) -> None:
        for number, title in enumerate(HOSTILE):
            await eyes.until(
                lambda number=number: eyes.app._carded.endswith(f"00{number + 1}.yaml")
            )
            for columns in (120, 44):
                await eyes.resize(columns, 24)
                strips = eyes.app.screen._compositor.render_strips()
                assert {strip.cell_length for strip in strips} == {columns}
                assert not set("\u202e\u2066\u200f\x07") & set(eyes.text)
            await eyes.press("p")
            await eyes.sees("填报进展", clean(title[:12]))
            await eyes.type("[b]粗[/b]")
            await eyes.press("enter", "enter")
            await eyes.sees("将写入台账", "[b]粗[/b]")
            assert not set("\u202e\u2066\u200f\x07") & set(eyes.text)
            await eyes.press("n", "escape")
            await eyes.press("down")
        await eyes.press("slash")
        await eyes.type("[/]")
        await eyes.sees("含“[/]”的")

    watched(outlook(ledger.root), look, (120, 24))


def many(number: int) -> list[Brief]:
    day = dt.date(2017, 6, 30)
    return [
        Brief(
            f"data/tasks/S/S-{n:05}.yaml", f"S-{n:05}", f"落实整改措施{n}", "工作要点", "S", "",
            ("审业部",), (), "", "推进中", "限期", "6月", day, 29, "绿", "normal",
        )
        for n in range(number)
    ]  # fmt: skip


class ManyTasks(Outlook):
    """Tasks without a ledger."""

    def card(self, *_: Any) -> list[str]:
        return ["卡片"]

    def background(self, *_: Any) -> Any:
        return None


def test_ten_thousand_tasks_are_drawn_a_screen_at_a_time(ledger: LedgerFolder) -> None:
    looked = outlook(ledger.root)
    looked.__class__ = ManyTasks
    looked.tasks = looked.shown = many(10_000)

    async def look(eyes: Eyes) -> None:
        await eyes.sees("S-00000", "卡片")
        rows = eyes.app._list.size.height
        eyes.app._list.drawn = 0
        await eyes.press(
            "down", "down", "up"
        )  # nothing scrolls: the row that was, and the one that is
        assert eyes.app._list.drawn <= 6
        eyes.app._list.drawn = 0
        await eyes.press("end")
        await eyes.sees("S-09999")
        await eyes.press("pageup", "pageup", "up")
        await eyes.sees(f"S-{9999 - 2 * (rows - 1) - 1:05}")
        assert eyes.app._list.drawn <= 10 * rows

    watched(looked, look)


def test_without_colour_all_is_told_by_words_and_marks(
    ledger: LedgerFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def look(eyes: Eyes) -> None:
        await eyes.sees("红 GZ2017-001", "责任")
        assert "开展专利检索能力测评"[:6] in eyes.turned
        for key in ("question_mark", "d", "s", "p", "slash"):
            await eyes.press(key)
            await eyes.press("x")
            strips = eyes.app.screen._compositor.render_strips()
            styles = [part.style for strip in strips for part in strip if part.style]
            assert not [each for each in styles if each.color and not each.color.is_default]
            await eyes.press("escape")

    watched(outlook(ledger.root), look)
