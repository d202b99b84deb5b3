"""A newcomer's way from a table to a merged closing, by what a terminal asks and tells.

The page docs/manual/trial.md is what the terminal got, to the letter: each of its blocks is one
command of `STEPS`. UPDATE_GOLDEN=1 writes the blocks anew.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import OnTerminal

PAGE = Path(__file__).resolve().parent.parent.parent / "docs/manual/trial.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DAY, COLUMNS = "2026-11-30", 96
Step = tuple[str, tuple[tuple[str, str], ...], int]


def step(command: str, *answers: tuple[str, str], code: int = 0) -> Step:
    return command, answers, code


STEPS = (
    step("init --sample"),
    step(
        "init",
        ("里有别的文件，台账建在哪个文件夹里", "整改台账"),
        ("单位名称", "某某局"),
        ("部门，用、隔开", "整改任务.xlsx"),
        ("哪些会议可以决定销号", ""),
        ("到会不少于", ""),
        ("同意票超过", ""),
        ("什么时候开会", "每月第一个星期三"),
        ("您是谁", "办公室联络员"),
        ("您的邮箱", "bgs@example.org"),
        ("现在导入哪张表", "整改任务.xlsx"),
        ("这张表的来源编号", "ZG2026"),
        ("表里的月份属于哪一年", ""),
        ("照此写入", "是"),
    ),
    step("mine"),
    step("progress 001", ("进展情况", "完成制度梳理，修订稿已经印发")),
    step("apply 001", code=1),
    step("evidence 001 ../印发通知.txt"),
    step("apply 001", ("完成情况说明", "修订稿已印发，目录已建立")),
    step("review 001", code=1),
    step("who 整改办督查组长 --mail s@example.org"),
    step("mine"),
    step("review 001", ("审核意见", "材料齐全，同意上会")),
    step(
        "decide --new",
        ("会议名称", ""),
        ("会议日期", ""),
        ("会议记录编号", ""),
        ("届次", "2026年第31次"),
        ("实到成员", "党组书记、分管副局长、办公室主任"),
        ("应到人数", "4"),
        ("缺席成员", "办公室主任（出差）"),
        ("缺席成员", "人事处处长（出差）"),
        ("列席人员", ""),
        ("主持人", ""),
        ("发言顺序", ""),
        ("记录人", "办公室主任"),
        ("会议结论", "1"),
        ("回避的成员", ""),
        ("同意票数", ""),
        ("不同意票数", ""),
        ("弃权票数", ""),
        ("会议意见", ""),
        ("纪要文号", "〔2026〕31号"),
        ("照此登记", "是"),
    ),
    step("close 001 --decision DZH-2026-1"),
    step("merge close/DZH-2026-1_ZG2026-001", code=1),
    step("who 办公室主任 --mail b@example.org"),
    step("close --list"),
    step("merge close/DZH-2026-1_ZG2026-001", ("合并以上改动", "是")),
    step("audit"),
)


@pytest.fixture
def newcomer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of somebody whom git does not know, on the page's day."""
    (tmp_path / "gitconfig").write_text("[user]\nuseConfigOnly = true\n", "utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(name, f"{DAY}T10:00:00+08:00")
    monkeypatch.setenv("LEDGER_TODAY", DAY)
    home = tmp_path / "home"
    home.mkdir()
    (home / "印发通知.txt").write_text("通知", "utf-8")
    return home


def played(newcomer: Path, on_terminal: OnTerminal) -> list[str]:
    """What the terminal got of each step, as the page has it."""
    shown, folder = [], newcomer
    for command, answers, code in STEPS:
        typed = [(question, f"{answer}\n") for question, answer in answers]
        got = on_terminal(
            folder, shlex.split(command), COLUMNS, typed, environment={"TERM": "dumb"}
        )
        assert got.code == code, got.text
        lines = "\n".join(line.rstrip() for line in got.lines)
        plain = re.sub(r"\b[0-9a-f]{10}\b|\b[0-9a-f]{64}\b", "…", lines)
        shown.append(f"$ ledger {command}\n{plain.replace(str(newcomer), '/home/bgs')}\n")
        if command == "init":
            folder = newcomer / "整改台账"
    return shown


def test_from_a_table_to_a_merged_closing(newcomer: Path, on_terminal: OnTerminal) -> None:
    blocks = played(newcomer, on_terminal)
    text = PAGE.read_text("utf-8")
    if os.environ.get("UPDATE_GOLDEN"):
        fresh = iter(blocks)
        text = BLOCK.sub(lambda _: f"```console\n{next(fresh)}```", text)
        PAGE.write_text(text, "utf-8")
    assert BLOCK.findall(text) == blocks
    assert not re.search(r"(?m)^\$ git ", text)
