"""`-i`: a task picked from a list, with search where a terminal can, else line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from ledger.cli import picking
from tests.cli.test_mine import TASKS

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke, OnTerminal, Screenful
    from tests.conftest import LedgerFolder, MakeLedger

KEYS = "打字查找"
UP, DOWN, END, ESC = "\x1b[A", "\x1b[B", "\x1b[F", "\x1b"
TAKEN = "哪个事项："


@pytest.fixture
def ledger(make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch) -> LedgerFolder:
    monkeypatch.setenv("LEDGER_TODAY", "2017-06-20")
    titles = ("修订管理办法", "质量保障", "开展质量测评", "长名称" * 60, "😀网上办事")
    named = [task | {"title": title} for task, title in zip(TASKS, titles, strict=False)]
    return make_ledger([*named, *TASKS[len(titles) :]])


def taken(shown: Screenful) -> str:
    """The id of the task that was picked: of the last line that says so."""
    lines = [line.rpartition(TAKEN)[2] for line in shown.lines if TAKEN in line]
    return lines[-1].split()[0]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("\r", "GZ2017-001"),
        (f"{DOWN}{DOWN}{UP}\n", "GZ2017-002"),
        (f"{END}\n", "GZ2017-010"),
        ("zlcp\n", "GZ2017-003"),
        ("质量\x0e\n", "GZ2017-003"),
        ("质量x\x7f\n", "GZ2017-002"),
        ("没有\n\x15-009\n", "GZ2017-009"),
        ("tiaofs\n", "GZ2017-009"),
        ("\x1b[Z网上\n", "GZ2017-005"),
    ],
)
def test_keys(typed: str, expected: str, ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    shown = on_terminal(ledger, ["show", "-i"], answers=[(KEYS, typed)])
    assert (shown.code, taken(shown)) == (0, expected)
    assert f"{expected}  " in shown.text.rpartition("\x1b[J")[2]


@pytest.mark.parametrize("key", [ESC, "\x04", "\x03"], ids=["Esc", "Ctrl-D", "Ctrl-C"])
def test_leaving(key: str, ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    """Nothing is written, and of the list nothing is left on the screen."""
    head = ledger.git("rev-parse", "HEAD")
    command = ["progress", "-i", "--text", "办了"]
    answers = [(KEYS, "zl"), ("zl", key)]
    shown = on_terminal(ledger, command, answers=answers, itself=key == "\x03")
    assert (shown.code, "Traceback" in shown.text) == (130, False)
    assert shown.text.rpartition("\x1b[J")[2] == "已取消，什么都没有改。\r\n"
    assert ledger.git("rev-parse", "HEAD") == head
    assert ledger.git("status", "--porcelain") == ""


def test_the_terminal_is_as_it_was(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    """Questions come after the list as ever: what is typed is shown, and a line is a line."""
    answers = [(KEYS, "质量\n"), ("进展情况", "办好了x\x7f\n")]
    shown = on_terminal(ledger, ["progress"], answers=answers)
    assert shown.code == 0
    assert ledger.load().by_id["GZ2017-002"].record.progress[-1].text == "办好了"


def test_what_is_typed_ahead_is_not_lost(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    shown = on_terminal(ledger, ["progress"], answers=[(KEYS, "zlbz\n已办好\n")])
    assert shown.code == 0
    assert ledger.load().by_id["GZ2017-002"].record.progress[-1].text == "已办好"


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_every_line_fits(columns: int, ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    answers = [(KEYS, DOWN * 3), ("\x1b[J", "长名\n")]
    shown = on_terminal(ledger, ["show", "-i"], columns, answers=answers)
    assert taken(shown) == "GZ2017-004"
    drawn = shown.text.rpartition("\x1b[J")[0].split("\x1b[J")
    lines = [line for each in drawn for line in each.split("\x1b[")[0].split("\r\n")]
    assert max(map(cell_len, lines)) < columns


def test_a_list_longer_than_the_screen(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    small = {"LINES": "7", "COLUMNS": "60"}
    answers = [(KEYS, DOWN * 6 + "\n")]
    shown = on_terminal(ledger, ["show", "-i"], answers=answers, environment=small)
    assert (shown.code, taken(shown)) == (0, "GZ2017-007")
    assert "GZ2017-006" not in shown.text.split("\x1b[J")[1]


def test_what_was_typed_is_searched_first(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    shown = on_terminal(ledger, ["log", "zlcp", "-i"], answers=[("1/10", "\n")])
    assert (shown.code, taken(shown)) == (0, "GZ2017-003")


def test_only_what_fits_is_offered(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    answers = [("2/2", "\n"), ("审核意见", "同意\n")]
    shown = on_terminal(ledger, ["review", "-i", "--by", "督查组长"], answers=answers)
    assert taken(shown) == "GZ2017-006"
    shown = on_terminal(ledger, ["reopen"])
    assert (shown.code, shown.lines) == (
        1, ["没有状态是已销号的事项。全部事项用 ledger list 看。"],
    )  # fmt: skip


def test_closing_takes_the_meeting_along(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    meeting = {
        "id": "DZH-2017-1", "body": "党组会", "date": "2017-06-10", "chair": "书记",
        "due_members": 1, "present": ["书记"],
        "items": [{"task": "GZ2017-008", "result": "同意销号", "votes": {"for": 1}}],
    }  # fmt: skip
    ledger.write("data/decisions/2017/DZH-2017-1.yaml", meeting)
    ledger.commit("会议")
    shown = on_terminal(ledger, ["close", "-i", "--dry-run"], answers=[("1/1", "\n")])
    assert taken(shown) == "GZ2017-008"
    assert "缺少" not in shown.text


@pytest.mark.parametrize("words", [["-i", "材料.txt"], ["add", "材料.txt", "-i"], ["材料.txt"]])
def test_evidence_of_a_picked_task(
    words: list[str], ledger: LedgerFolder, on_terminal: OnTerminal
) -> None:
    (ledger.root / "材料.txt").write_text("一", "utf-8")
    shown = on_terminal(ledger, ["evidence", *words], answers=[(KEYS, "zlbz\n")])
    assert shown.code == 0, shown.text
    assert ledger.load().by_id["GZ2017-002"].record.evidence[-1].name == "材料"


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"LINES": "4", "COLUMNS": "80"}])
def test_line_by_line(
    environment: dict[str, str], ledger: LedgerFolder, on_terminal: OnTerminal
) -> None:
    answers = [
        ("选第几个（1–10）", "没有\n"),
        ("没有这样的事项", "质量\n"),
        ("选第几个（1–2）", "2\n"),
    ]
    shown = on_terminal(ledger, ["show"], answers=answers, environment=environment)
    assert (shown.code, taken(shown)) == (0, "GZ2017-003")
    assert "\x1b" not in shown.text or "TERM" not in environment
    answers = [("选第几个", "\n")]
    shown = on_terminal(ledger, ["show", "-i"], answers=answers, environment=environment)
    assert (shown.code, shown.lines[-1]) == (130, "已取消，什么都没有改。")


def test_nobody_to_pick(ledger: LedgerFolder, invoke: Invoke) -> None:
    for command in (["show", "-i"], ["review", "--interactive"], ["log", "-i"], ["close", "-i"]):
        done = invoke(ledger, *command)
        assert (done.code, done.out) == (2, "")
        assert done.sentences == ["-i 要在终端上用。请写明编号。"]
    assert invoke(ledger, "show").sentences == ["缺少参数 编号。用 --help 可查看用法。"]


def test_the_end_of_what_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a character is none yet; Esc alone is a key; the terminal's end is the end."""
    typed = iter([b"\xe5", b"\x8a", b"\x9e", b"\x1b", b""])
    monkeypatch.setattr(picking, "wait_for_input", lambda: None)
    assert list(picking._keys(lambda: next(typed), lambda: False)) == ["办", "leave"]
