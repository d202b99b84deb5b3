"""What is done from the screen: the same as by commands, shown whole before, never by Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.browsing import Eyes, outlook, watched
from tests.cli.conftest import files_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Invoke, Outcome
    from tests.conftest import LedgerFolder, MakeLedger

EVIDENCE = [{"name": "总结", "archive": "档2017-1", "date": "2017-05-01"}]
APPLIED = {"applied": {"date": "2017-05-20", "by": "联络员", "summary": "办结"}}
TASK, FILE = "GZ2017-001", "报告.txt"
ON = ("--today", "2017-06-01")

# Of each deed its key, the task it can be done to, what is typed, what is shown before, and the
# command line that does the same.
PROGRESS: dict[str, Any] = {"status": "未启动", "indicators": [{"name": "服务中心", "target": 20}]}
DEEDS: dict[str, tuple[dict[str, Any], list[str], list[str], list[str]]] = {
    "p": (
        PROGRESS,
        ["已建十二家", "60％", "服务中心=12"],
        ["填报进展", "进展情况：已建十二家", "完成百分比：60％", "量化指标：服务中心=12"],
        [
            "progress", TASK, "--text", "已建十二家", "--percent", "60",
            "--indicator", "服务中心=12",
        ],
    ),
    "a": (
        {"evidence": EVIDENCE},
        ["全部办结"],
        ["申请销号", "完成情况说明：全部办结"],
        ["apply", TASK, "--summary", "全部办结"],
    ),
    "v": (
        {"status": "申请销号", "closing": APPLIED, "evidence": EVIDENCE},
        ["情况属实"],
        ["审核销号申请", "审核意见：情况属实"],
        ["review", TASK, "--opinion", "情况属实"],
    ),
    "b": (
        {"status": "申请销号", "closing": APPLIED, "evidence": EVIDENCE},
        ["缺少反馈"],
        ["退回销号申请", "退回理由：缺少反馈"],
        ["return", TASK, "--reason", "缺少反馈"],
    ),
    "e": (
        {},
        [FILE, "验收报告", ""],
        ["登记佐证材料", "名称：验收报告"],
        ["evidence", "add", TASK, FILE, "--name", "验收报告"],
    ),
}  # fmt: skip


@pytest.fixture
def report(tmp_path: Path) -> Path:
    place = tmp_path / FILE
    place.write_text("验收合格", "utf-8")
    return place


def twice(
    make_ledger: MakeLedger, task: dict[str, Any], email: str = "other@example.com"
) -> tuple[LedgerFolder, LedgerFolder]:
    """The same ledger twice; somebody else has written all there is, so it may be reviewed."""
    pair = [make_ledger([task], name=name, commit=False) for name in ("one", "two")]
    for each in pair:
        each.git("config", "user.name", "别人")
        each.commit("新建台账", email=email)
        each.git("config", "user.name", "督查室")
    return pair[0], pair[1]


@pytest.mark.parametrize("key", DEEDS)
def test_a_deed_is_that_of_its_command(
    make_ledger: MakeLedger,
    invoke: Invoke,
    report: Path,
    clock: Callable[[str], None],
    key: str,
) -> None:
    """What is written is so to the byte, and the sentence is the same."""
    task, typed, shown, command = DEEDS[key]
    typed, command = (
        [str(report) if word == FILE else word for word in words] for words in (typed, command)
    )
    here, theirs = twice(make_ledger, task)
    clock("2017-06-01")

    async def do(eyes: Eyes) -> None:
        before = here.git("rev-parse", "HEAD")
        await eyes.press(key)
        await eyes.sees(shown[0], TASK)
        for text in typed:
            await eyes.press("ctrl+u")
            await eyes.type(text)
            await eyes.press("enter")
        await eyes.sees("将写入台账", *shown, "办理人：督查室", "日期：2017-06-01", "按 y 写入")
        assert here.git("rev-parse", "HEAD") == before
        assert here.git("status", "--porcelain") == ""
        await eyes.press("y")
        await eyes.until(lambda: "ledger undo" in eyes.text)
        lines = [line.removesuffix("\n") for line in told.err.splitlines()]
        await eyes.sees(*lines)
        assert len(eyes.app.screen_stack) == 1

    told = invoke(theirs, *ON, *command)
    assert told.code == 0, told.err
    watched(outlook(here.root), do)
    assert here.git("rev-parse", "HEAD^{tree}") == theirs.git("rev-parse", "HEAD^{tree}")
    message = "--format=%an <%ae>%n%B"
    assert here.git("log", "-1", message) == theirs.git("log", "-1", message)
    assert invoke(here, *ON, "undo", "--yes").code == 0


@pytest.mark.parametrize("key", DEEDS)
def test_a_deed_that_is_cancelled_leaves_nothing(
    make_ledger: MakeLedger, report: Path, key: str
) -> None:
    """In the form, or before the last word; Enter, a blank and any other key are no yes."""
    task, typed, _, _ = DEEDS[key]
    ledger, _ = twice(make_ledger, task)

    async def do(eyes: Eyes) -> None:
        await eyes.press(key, "escape")
        await eyes.sees("已取消，什么都没有改。")
        await eyes.press(key)
        for text in typed:
            await eyes.type(text)
            await eyes.press("enter")
        for another in ("enter", "escape", "Y") if key == "p" else ("enter",):
            await eyes.sees("将写入台账", "按 y 写入")
            await eyes.press(another)
            await eyes.sees("回车到下一项")
            assert typed[0] in eyes.text  # what was typed is there again
            await eyes.press(*["enter"] * len(typed))
        await eyes.press("n", "escape")
        await eyes.sees("已取消，什么都没有改。")

    before = files_of(ledger.root)
    watched(outlook(ledger.root), do)
    assert files_of(ledger.root) == before


def test_what_a_task_does_not_allow_is_refused_at_once_as_the_command_does(
    make_ledger: MakeLedger, refused: Callable[..., Outcome]
) -> None:
    ledger = make_ledger([{"status": "已销号"}, {"status": "推进中"}])
    cases = (
        ("p", 1, ["progress", "GZ2017-001", "--text", "又"]),
        ("e", 1, ["evidence", "add", "GZ2017-001", "ledger.yaml"]),
        ("a", 1, ["apply", "GZ2017-001", "--summary", "又"]),
        ("b", 1, ["return", "GZ2017-001", "--reason", "又"]),
        ("v", 0, ["review", "GZ2017-002", "--opinion", "同意"]),
        ("a", 0, ["apply", "GZ2017-002", "--summary", "好"]),
    )
    sentences = [
        refused(ledger, "-C", str(ledger.root), *ON, *words, code=1, says="GZ2017").err
        for _, _, words in cases
    ]

    async def do(eyes: Eyes) -> None:
        for (key, place, _), sentence in zip(cases, sentences, strict=True):
            eyes.app._list.choose(place)
            await eyes.press(key)
            await eyes.sees(sentence)
            assert len(eyes.app.screen_stack) == 1

    watched(outlook(ledger.root), do)


def test_what_was_typed_stays_where_it_is_refused(
    make_ledger: MakeLedger, refused: Callable[..., Outcome]
) -> None:
    """What cannot be meant, and what the use case refuses: in the command's own words."""
    ledger = make_ledger([{}])
    sentence = refused(
        ledger, *ON, "progress", TASK, "--text", "电话 13912345678", code=1, says="S002"
    ).err

    async def do(eyes: Eyes) -> None:
        await eyes.press("p", "enter", "enter")
        await eyes.sees("没有写进展情况。请写明进展情况，再按回车。")
        for text, percent, why in (
            ("办了\u202e一半", "", "进展情况里有控制字符（U+202E）。请去掉后再试。"),
            ("办了一半", "一半", "完成百分比“一半”看不懂。请写 0 到 100 之间的整数。"),
            ("办了一半", "101", "完成百分比“101”看不懂"),
        ):
            await eyes.press("ctrl+u")
            await eyes.type(text)
            await eyes.press("enter", "ctrl+u")
            if percent:
                await eyes.type(percent)
            await eyes.press("enter")
            await eyes.sees(why, "回车到下一项")
        await eyes.press("ctrl+u")
        await eyes.type("电话 13912345678")
        await eyes.press("enter", "ctrl+u", "enter")
        await eyes.sees("将写入台账")
        await eyes.press("y")
        await eyes.sees(sentence, "电话 13912345678")
        await eyes.press("escape")

    before = files_of(ledger.root)
    watched(outlook(ledger.root), do, (100, 40))
    assert files_of(ledger.root) == before


def test_nobody_is_registered(
    make_ledger: MakeLedger, refused: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = make_ledger([{}])
    ledger.git("config", "--unset", "user.name")
    ledger.git("config", "--unset", "user.email")
    ledger.git("config", "user.useConfigOnly", "true")
    sentence = refused(ledger, *ON, "progress", TASK, "--text", "好", code=2, says="登记").err

    async def do(eyes: Eyes) -> None:
        await eyes.sees("没有登记是谁")
        await eyes.press("p")
        await eyes.sees(sentence)
        assert len(eyes.app.screen_stack) == 1

    watched(outlook(ledger.root), do)


def test_a_form_may_be_opened_before_the_card_is_there(make_ledger: MakeLedger) -> None:
    """The card of what was chosen last comes while another screen lies upon it."""
    ledger = make_ledger(3)

    async def do(eyes: Eyes) -> None:
        for key in ("p", "d"):
            eyes.app._list.choose(0)
            eyes.app._list.choose(2)
            await eyes.press(key)
            await eyes.pilot.pause(0.4)
            await eyes.press("escape")
        await eyes.sees("GZ2017-003  事项GZ2017-003")

    watched(outlook(ledger.root), do)


def test_the_mouse_agrees_too(make_ledger: MakeLedger) -> None:
    ledger = make_ledger([{}])

    async def do(eyes: Eyes) -> None:
        for button, seen in (("#back", "回车到下一项"), ("#write", "已填报 GZ2017-001")):
            if button == "#back":
                await eyes.press("p")
                await eyes.type("办了一半")
            await eyes.press("enter", "enter")
            await eyes.sees("将写入台账")
            await eyes.pilot.click(button)
            await eyes.sees(seen)

    watched(outlook(ledger.root), do)
    assert ledger.load().by_id[TASK].record.progress[-1].text == "办了一半"


def test_all_of_a_long_text_can_be_read_before_it_is_written(make_ledger: MakeLedger) -> None:
    ledger = make_ledger([{}])
    text = "".join(f"第{number}件事已经办妥，" for number in range(300)) + "末尾"

    async def do(eyes: Eyes) -> None:
        await eyes.press("p")
        await eyes.type(text)
        await eyes.press("enter", "enter")
        await eyes.sees("将写入台账", "第0件事", "按 y 写入", "返回修改")
        for _ in range(60):
            await eyes.press("pagedown")
            if "日期：" in eyes.text:
                break
        await eyes.sees("末尾", "日期：2017-06-01", "按 y 写入", "返回修改")
        await eyes.press("y")
        await eyes.sees("已填报")

    watched(outlook(ledger.root), do)
    assert ledger.load().by_id[TASK].record.progress[-1].text == text


def test_edits_made_by_hand_are_saved(make_ledger: MakeLedger, invoke: Invoke) -> None:
    here, theirs = twice(make_ledger, {"title": "旧名"})
    for each in (here, theirs):
        each.write_task(title="新名")
    told = invoke(theirs, *ON, "save", "-m", "更正名称")

    async def do(eyes: Eyes) -> None:
        await eyes.press("w")
        await eyes.sees("保存手工改过的文件", *told.out.splitlines(), "手工修改 GZ2017-001")
        await eyes.press("escape")
        await eyes.sees("已取消，什么都没有改。")
        assert here.git("status", "--porcelain") != ""
        await eyes.press("w", "ctrl+u")
        await eyes.type("更正名称。")
        await eyes.press("enter")
        await eyes.sees("将写入台账", "保存手工修改：更正名称", *told.out.splitlines())
        await eyes.press("enter")
        await eyes.sees("这次改了什么")
        await eyes.press("enter", "y")
        await eyes.sees(*told.err.splitlines(), "ledger undo")
        await eyes.press("w")
        await eyes.sees("没有要保存的改动。")

    watched(outlook(here.root), do)
    assert here.git("status", "--porcelain") == ""
    assert here.git("log", "-1", "--format=%B") == theirs.git("log", "-1", "--format=%B")


def test_edits_that_break_a_rule_are_not_saved(make_ledger: MakeLedger) -> None:
    ledger = make_ledger([{}])
    ledger.write_task(status="已销号")

    async def do(eyes: Eyes) -> None:
        await eyes.press("w")
        await eyes.sees("手工修改不合规则，没有保存", "C001", "请改好以上各处，再按 w 保存。")
        await eyes.press("y")
        assert len(eyes.app.screen_stack) == 1

    before = files_of(ledger.root)
    watched(outlook(ledger.root), do, (100, 40))
    assert files_of(ledger.root) == before


def test_edits_that_cannot_be_looked_at_are_told(make_ledger: MakeLedger) -> None:
    ledger = make_ledger([{}])
    ledger.git("checkout", "--quiet", "--detach")
    ledger.write_task(title="新名")

    async def do(eyes: Eyes) -> None:
        await eyes.press("w")
        await eyes.until(lambda: "ledger doctor" in eyes.text)
        assert len(eyes.app.screen_stack) == 1

    watched(outlook(ledger.root), do)


def test_the_review_offers_what_the_last_one_said(make_ledger: MakeLedger) -> None:
    task, _, _, _ = DEEDS["v"]
    ledger, _ = twice(make_ledger, task)
    ledger.write_task(id="GZ2017-002", **task)
    ledger.commit(email="other@example.com")

    async def do(eyes: Eyes) -> None:
        await eyes.press("v")
        await eyes.type("情况属实，同意上会")
        await eyes.press("enter", "y")
        await eyes.sees("已审核")
        eyes.app._list.choose(1 if eyes.ids[0] == TASK else 0)
        await eyes.press("v")
        await eyes.sees("情况属实，同意上会")

    watched(outlook(ledger.root), do)
