"""On a real terminal: nothing wider than the screen, nothing lost, nothing that steers it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from ledger.view.screen import style_of

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke, OnTerminal
    from tests.conftest import LedgerFolder, MakeLedger

LONG = "协调国务院新闻办公室安排规划发布活动，约请专家撰写解读稿，在主要媒体（含PCT专栏）刊登"
DEPARTMENTS = ["办公室", "审业部", "条法司", "规划司", "巡视办"]
HOSTILE = r'"\u202e[red]红[/red]😀\u200f\u2067尾巴"'  # as a file can spell it
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
TODAY = ("--today", "2017-06-15")


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger(
        [
            {"title": LONG, "lead": DEPARTMENTS, "due": {"text": "6月", "date": "2017-01-31"}},
            {"title": "短", "due": {"text": "根据上级统一部署适时启动，另行通知"}, "nature": None},
            {"title": "长名称" * 60, "status": "已销号", "section": "一、部分" * 20},
        ],
        commit=False,
    )


@pytest.fixture
def hostile(make_ledger: MakeLedger) -> LedgerFolder:
    """A ledger with a file that is out to steer the terminal."""
    text = (
        f"id: GZ2017-001\nkind: 工作要点\ntitle: {HOSTILE}\nsource: GZ2017\nlead: [审业部]\n"
        f"status: 推进中\nleader: {HOSTILE}\n联系人: {HOSTILE}\nmeasures: [{HOSTILE}]\n"
    )
    return make_ledger(files={"data/tasks/GZ2017/GZ2017-001.yaml": text}, commit=False)


def together(lines: Sequence[str]) -> str:
    return "".join("".join(lines).split())


@pytest.mark.parametrize("columns", [40, 80, 120, 200])
def test_everything_fits_and_nothing_is_lost(
    columns: int, ledger: LedgerFolder, on_terminal: OnTerminal
) -> None:
    shown = on_terminal(ledger, [*TODAY, "list"], columns)
    assert shown.code == 0
    assert max(cell_len(line) for line in shown.lines) <= columns
    every = together(shown.lines)
    assert "…" not in every
    titles = (LONG, "短", "长名称" * 60)
    assert all(
        sorted(every).count(character) >= title.count(character)
        for title in titles
        for character in set(title)
    )
    if columns == 200:
        assert LONG in every
    assert every.count("GZ2017-00") == 3
    assert not any(line.lstrip()[:1] in "，。）、" for line in shown.lines if line.strip())


@pytest.mark.parametrize(
    "command", [["due"], ["show", "1"], ["show", "3"], ["status"], ["rule", "C004"], []]
)
def test_every_table_fits_a_narrow_screen(
    command: list[str], ledger: LedgerFolder, on_terminal: OnTerminal
) -> None:
    columns = 40
    shown = on_terminal(ledger, [*TODAY, *command], columns)
    assert shown.code == 0
    too_wide = [line for line in shown.lines if cell_len(line) > columns]
    assert too_wide == []
    if command[:1] == ["show"]:
        title = LONG if command[1] == "1" else "长名称" * 60
        assert title in together(shown.lines)


def test_narrow_screen_gets_label_and_value(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    lines = on_terminal(ledger, [*TODAY, "list"], 40).lines
    assert lines[:4] == [
        "共 3 项",
        "灯    红",
        "编号  GZ2017-001",
        "事项  协调国务院新闻办公室安排规划发布活",
    ]
    assert lines[4].startswith("      ")
    counts = on_terminal(ledger, [*TODAY, "status"], 40).lines
    assert counts[0] == "牵头部门  总数  已销号  完成率  逾期"
    assert counts[-1].startswith("窗口不够宽，没有列出")
    assert "━" not in "".join(counts)


def test_colour_only_where_it_is_wanted(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    printed = on_terminal(ledger, [*TODAY, "list"], itself=True).text
    assert "\x1b[1;97;41m红\x1b[0m" in printed  # readable on any ground
    assert "\x1b[1;91m超期135天\x1b[0m" in printed
    for command in (["list"], ["show", "1"], ["status"], ["rule", "C004"]):
        shown = {
            on_terminal(ledger, [*TODAY, *command], 110, environment=environment).text
            for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"})
        }
        (text,) = shown  # a dumb terminal is as wide as another
        assert "\x1b" not in text
        assert "──" in text


# What a terminal's colours are: of xterm, the Linux console, Windows, GNOME (old and new), macOS.
PALETTES = (
    {"black": "000000", "red": "cd0000", "green": "00cd00", "yellow": "cdcd00", "blue": "0000ee",
     "cyan": "00cdcd", "bright_black": "7f7f7f", "bright_red": "ff0000", "bright_white": "ffffff"},
    {"black": "000000", "red": "aa0000", "green": "00aa00", "yellow": "aa5500", "blue": "0000aa",
     "cyan": "00aaaa", "bright_black": "555555", "bright_red": "ff5555", "bright_white": "ffffff"},
    {"black": "0c0c0c", "red": "c50f1f", "green": "13a10e", "yellow": "c19c00", "blue": "0037da",
     "cyan": "3a96dd", "bright_black": "767676", "bright_red": "e74856", "bright_white": "f2f2f2"},
    {"black": "2e3436", "red": "cc0000", "green": "4e9a06", "yellow": "c4a000", "blue": "3465a4",
     "cyan": "06989a", "bright_black": "555753", "bright_red": "ef2929", "bright_white": "eeeeec"},
    {"black": "171421", "red": "c01c28", "green": "26a269", "yellow": "a2734c", "blue": "12488b",
     "cyan": "2aa1b3", "bright_black": "5e5c64", "bright_red": "f66151", "bright_white": "ffffff"},
    {"black": "000000", "red": "990000", "green": "00a600", "yellow": "999900", "blue": "0000b2",
     "cyan": "00a6b2", "bright_black": "666666", "bright_red": "e50000", "bright_white": "e5e5e5"},
)  # fmt: skip


def contrast(one: str, other: str) -> float:
    """How much two colours differ, as WCAG 2 counts: from 1 to 21."""

    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4)]
        red, green, blue = (
            part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_colours_are_read_on_any_ground() -> None:
    """A lamp's letter on its lamp; what is late on a dark screen and on a white one."""
    for colours in PALETTES:
        for lamp in "红黄绿青蓝灰":
            ink, _, ground = style_of(lamp).removeprefix("bold ").partition(" on ")
            assert contrast(colours[ink], colours[ground]) >= 3, (lamp, colours)
        ink = style_of("超期3天").removeprefix("bold ")
        for ground in (colours["black"], "ffffff"):
            assert contrast(colours[ink], ground) >= 2.95, colours


STEERING = re.compile(
    r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\u061c\u200e\u200f]"
)


@pytest.mark.parametrize(
    "command",
    [
        ["list"],
        ["list", "--json"],
        ["show", "1"],
        ["progress", "1", "--text", "照办", "--no-commit"],
        ["edit", "1", "--title", "\u202e倒写", "--no-commit"],
    ],
)
def test_nothing_from_a_file_or_an_argument_steers_the_terminal(
    command: list[str], hostile: LedgerFolder, on_terminal: OnTerminal
) -> None:
    printed = COLOUR.sub("", on_terminal(hostile, command).text)
    assert re.search("[一-鿿]", printed)
    assert not STEERING.search(printed), printed
    if command[0] in ("list", "show") and "不存在" not in command[-1]:
        assert "😀" in printed
        assert "[red]" in printed.replace("\\", "")


def test_a_long_list_looks_as_a_short_one(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    short = on_terminal(ledger, [*TODAY, "list"]).lines
    long = on_terminal(ledger, [*TODAY, "list"], environment={"LINES": "1", "COLUMNS": "80"}).lines
    assert short == [line.rstrip() for line in long]


def test_status_has_bars_where_there_is_room(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    *_, total, _ = on_terminal(ledger, [*TODAY, "status"], 120).lines
    assert re.fullmatch(r"全部事项  .*33\.3%.*  ━{6}╸", total)
    assert "━" in on_terminal(ledger, [*TODAY, "status"], 60).text


def test_a_page_is_laid_out(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    shown = on_terminal(ledger, ["rule", "C004"], 60)
    assert shown.lines[:4] == ["C004 内容与上会时不一样", "─" * 60, "", "管什么"]
    assert "`" not in shown.text
    assert "\x1b[1mledger.yaml\x1b[0m" in shown.text


@pytest.mark.parametrize("columns", [40, 80])
def test_what_is_told_in_lines_fits(
    columns: int, make_ledger: MakeLedger, on_terminal: OnTerminal
) -> None:
    """What goes on is set in; in a pipe a line stays a line."""
    ledger = make_ledger([{"title": LONG, "measures": [LONG]}])
    measures = [LONG, f"{LONG}13800138000"]
    ledger.write_task(id="GZ2017-001", title=LONG, measures=measures)
    for words in (["diff", "HEAD"], ["show", "1", "--diff"], ["check"]):
        lines = on_terminal(ledger, words, columns).lines
        assert any(line.startswith("  ") for line in lines), words
        assert max(map(cell_len, lines)) <= columns, words


def test_a_bulletin_is_read_as_a_page(
    ledger: LedgerFolder, on_terminal: OnTerminal, invoke: Invoke
) -> None:
    """Its tables are tables; in a form that was asked for it is the document itself."""
    ledger.commit("导入")
    for words in (["report", "weekly", "--week", "2017-W24"], ["remind"]):
        written = invoke(ledger, *TODAY, *words).out
        assert written.startswith("# ")
        assert "| --- |" in written
        for columns in (40, 80, 120):
            shown = on_terminal(ledger, [*TODAY, *words], columns)
            assert max(map(cell_len, shown.lines)) <= columns
            assert not any("|" in line or line.startswith("#") for line in shown.lines)
            assert "审业部" in together(shown.lines)
        asked_for = on_terminal(ledger, [*TODAY, *words, "--format", "md"], 80)
        assert asked_for.text.replace("\r", "") == written


def test_commands_that_do_not_fit_stand_below(
    make_ledger: MakeLedger, on_terminal: OnTerminal
) -> None:
    """Whole, to be copied: the names of branches can be long."""
    due = {"text": "1月底前", "date": "2017-01-31"}
    ledger = make_ledger([{"title": LONG, "due": due, "lead": ["审业部"]}])
    branch = "close/DZH-2017-1_GZ2017-001-and-12-more-0123456789"
    ledger.git("switch", "--quiet", "-c", branch)
    ledger.write_task(id="GZ2017-001", title="改")
    ledger.git("commit", "--quiet", "-a", "-m", "销号\n\nLedger-Decision: DZH-2017-1")
    ledger.git("switch", "--quiet", "main")
    for columns in (40, 60, 80):
        lines = on_terminal(ledger, [*TODAY, "mine", "--as", "全部"], columns).lines
        for command in ("progress GZ2017-001 --text 进展", f"merge {branch}"):
            assert f"  ledger {command}" in lines, columns
        others = [line for line in lines if not line.startswith("  ledger")]
        assert max(map(cell_len, others)) <= columns
    beside = on_terminal(ledger, [*TODAY, "mine", "--as", "督查"], 200).text
    assert "提出了，还没有合并  ledger merge" in beside


def test_hundreds_of_rows_wrap_as_well(make_ledger: MakeLedger, on_terminal: OnTerminal) -> None:
    ledger = make_ledger([{"title": f"{LONG}{n}"} for n in range(320)], commit=False)
    shown = on_terminal(ledger, [*TODAY, "list"], 80)
    assert shown.code == 0
    assert max(cell_len(line) for line in shown.lines) <= 80
    assert sum("GZ2017-" in line for line in shown.lines) == 320
    assert together(shown.lines).count("协调") == 320
