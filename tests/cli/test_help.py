"""The help: examples that are true, topics that fit a screen, words that lead to them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from ledger.adapters.pages import topic_page
from ledger.cli.commands import VERBS
from ledger.cli.examples import EXAMPLES
from ledger.usecases.looking.topics import BY_NAME, TOPICS, WORDS
from ledger.usecases.setup.sample import hand_out_sample
from ledger.usecases.showing.serve import counter
from ledger.view.page import page_lines
from ledger.view.screen import Screen
from ledger.view.web import catalogue
from tests.conftest import DEMO_DAY, run_git

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke

ROOT = Path(__file__).resolve().parent.parent.parent
# Who asks on a terminal, or fills it; and what finds the demonstration's old circulation.
_ASKS = {"ledger add", "ledger decide --new", "ledger browse", "ledger browse --dept syb"}
_FINDS = {
    "ledger check",
    "ledger doctor",
    "ledger doctor --fix",
    "ledger audit",
    "ledger audit --format md > 审计.md",
}
_MEETING = """\
id: DZH-2026-48
body: 党组会
date: 2026-11-30
session: 2026年第48次
chair: 党组书记
recorder: 办公室主任
due_members: 9
present: [党组书记, 分管综合的副局长, 分管审查的副局长, 分管公共服务的副局长, 分管国际合作的副局长]
minutes: 党组会纪要〔2026〕48号
items:
  - {task: GZ2026-053, result: 同意销号, votes: {for: 5, against: 0, abstain: 0}}
"""


@pytest.mark.xdist_group("demo")
def test_every_example_is_true(
    demo: Path, invoke: Invoke, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """All of them, one after another, as somebody would who had the files that they name."""
    assert set(EXAMPLES) == set(VERBS)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LEDGER_TODAY", DEMO_DAY)
    for name, text in (
        ("会议.yaml", _MEETING),
        ("工作要点.txt", "一、加强管理。年底前修订制度。\n"),
    ):
        (tmp_path / name).write_text(text, "utf-8")
    for name in ("验收报告.docx", "会议台账.xlsx"):
        (tmp_path / name).write_bytes(b"PK\x03\x04")
    hand_out_sample(tmp_path)
    run_git(demo, "clone", "--quiet", "--bare", ".", str(tmp_path / "远端.git"))
    _serve_nobody(monkeypatch)
    monkeypatch.setattr(catalogue, "issues", lambda ledger, when: ())  # three sites' bulletins
    before: dict[str, Callable[[], object]] = {
        "ledger save --dry-run": lambda: _edited(demo),
        "ledger sync --dry-run": lambda: run_git(demo, "remote", "add", "origin", "../远端.git"),
        "ledger renumber GZ2026-056 GZ2026-060": lambda: _added(demo, invoke),
    }
    for name, examples in EXAMPLES.items():
        assert 1 <= len(examples) <= 3
        for line, told in examples:
            assert line.split()[:2] == ["ledger", name], line
            assert told[-1] not in "。；", line
            before.get(line, lambda: None)()
            files = {each.name for each in tmp_path.iterdir() if each.is_file()}
            place = tmp_path / "别处" if name == "init" else demo
            place.mkdir(exist_ok=True)
            words = shlex.split(line.partition(" > ")[0])[1:]
            done = invoke(place, *(f"../{each}" if each in files else each for each in words))
            assert done.code == (2 if line in _ASKS else line in _FINDS), (
                line,
                done.out[-3000:],
                done.err,
            )


def _serve_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have `serve` end as soon as it begins, on a port that is free, and open no browser."""
    monkeypatch.setattr("ledger.cli.serve.counter", lambda host, port: counter("127.0.0.1", 0))
    monkeypatch.setattr("ledger.cli.serve.hand_out", lambda at, *_: at.place.close())
    monkeypatch.setenv("BROWSER", "true")


def _edited(demo: Path) -> None:
    path = demo / "data/tasks/GZ2026/GZ2026-002.yaml"
    path.write_text(
        re.sub("(?m)^leader: .*", "leader: 办公室主任", path.read_text("utf-8")), "utf-8"
    )


def _added(demo: Path, invoke: Invoke) -> None:
    words = "--source GZ2026 --title 编印手册 --lead 办公室 --due 2027年6月底前 --id GZ2026-056"
    assert invoke(demo, "add", *words.split()).code == 0


def test_help_ends_with_the_examples(invoke: Invoke, tmp_path: Path) -> None:
    for name, examples in EXAMPLES.items():
        shown = invoke(tmp_path, name, "--help").out
        told = shown.partition("\n示例：\n")[2]
        assert [line for line, _ in examples] == re.findall(
            r"^  (ledger .*?)(?:    .*)?$", told, re.M
        )
        assert max(map(cell_len, shown.splitlines())) <= 100, name
        assert not re.search(" $", shown, re.M), name
        assert invoke(tmp_path, "help", name).out == shown


def test_topics_fit_a_screen() -> None:
    assert {topic.page for topic in TOPICS} == {
        each.stem for each in (ROOT / "docs/topics").iterdir()
    }
    assert len(BY_NAME) == len(TOPICS)
    assert all(len(set(topic.others)) == len(topic.others) for topic in TOPICS)
    for topic in TOPICS:
        text = topic_page(topic.page)
        lines = list(page_lines(text, Screen(80, terminal=True, colour=False, lines=24)))
        assert len(lines) <= 26, (topic.name, len(lines))
        assert max(map(cell_len, lines)) <= 80, topic.name
        for name in re.findall(r"\bledger ([a-z][a-z-]*)", text):
            assert name in VERBS, (topic.name, name)
        for name in re.findall(r"`ledger help (\S+)`", text):
            assert name in BY_NAME


def test_words_lead_to_topics(invoke: Invoke, tmp_path: Path) -> None:
    listed = invoke(tmp_path, "help").out
    for topic in TOPICS:
        page = topic_page(topic.page)
        assert f"  {topic.name}" in listed
        for word in (topic.name, *topic.others):
            assert invoke(tmp_path, "help", word).out == page, word
            assert WORDS[word] == topic.name
    for word, meant in (
        ("xh", "销号"),
        ("XiaoHao", "销号"),
        ("huiyi", "会议"),
        ("jiancha", "审计"),
    ):
        assert invoke(tmp_path, "help", word).out == topic_page(BY_NAME[meant].page), word


def test_what_is_none_is_told(refused: Invoke, tmp_path: Path) -> None:
    for word, says in (
        ("合拥", "“合用”"),
        ("stauts", "是否应为“status”"),
        ("天气", "没有主题“天气”。用 ledger help"),
    ):
        refused(tmp_path, "help", word, code=2, says=says)


def test_the_first_page_leads_to_it(invoke: Invoke, tmp_path: Path) -> None:
    shown = invoke(tmp_path, "--help").out
    assert "ledger help 销号" in shown.splitlines()[-1]
    headings = re.findall("^(.*)：$", shown, re.M)
    assert headings[1:3] == ["查看", "办理"]
    assert headings[-1] == "由信息技术人员用"
