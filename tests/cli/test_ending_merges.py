"""`sync --continue`, `sync --abort`: what somebody's git has begun; clashes put as questions."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import TODAY, LedgerFolder, run_git

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke, OnTerminal
    from tests.conftest import MakeLedger

VERBS = ("merge", "rebase", "cherry-pick")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_TODAY", TODAY)


def retitle(ledger: LedgerFolder, title: str) -> None:
    place = ledger.path("GZ2017-001")
    lines = place.read_text("utf-8").splitlines(keepends=True)
    text = "".join(f"title: {title}\n" if line.startswith("title:") else line for line in lines)
    place.write_text(text, "utf-8")


def begun(ledger: LedgerFolder, verb: str) -> None:
    """Two lines have given a task two titles; somebody's git stopped amid making them one."""
    ledger.git("switch", "--quiet", "-c", "side")
    retitle(ledger, "旁边的题")
    ledger.commit("旁边")
    ledger.git("switch", "--quiet", "main")
    retitle(ledger, "主线的题")
    ledger.commit("主线")
    done = subprocess.run(["git", verb, "side"], cwd=ledger.root, capture_output=True, check=False)
    assert done.returncode
    assert "<<<<<<<" in ledger.path("GZ2017-001").read_text("utf-8")


def test_it_is_given_up(make_ledger: MakeLedger, invoke: Invoke) -> None:
    for verb, called in zip(VERBS, ("合并", "变基", "拣选"), strict=True):
        ledger = make_ledger(2, name=verb)
        begun(ledger, verb)
        refused = invoke(ledger, "progress", "002", "--text", "办了")
        assert refused.code == 1
        assert f"没有做完的{called}" in refused.err
        assert "ledger sync --continue" in refused.err
        assert "ledger sync --abort" in refused.err
        done = invoke(ledger, "sync", "--abort")
        assert (done.code, done.sentences) == (0, [f"已放弃没有做完的{called}，一切照旧。"])
        assert ledger.git("status", "--porcelain") == ""
        assert invoke(ledger, "progress", "002", "--text", "办了").code == 0
        assert invoke(ledger, "sync", "--abort").code == 1


def test_it_is_brought_to_its_end(make_ledger: MakeLedger, invoke: Invoke) -> None:
    for verb in VERBS:
        ledger = make_ledger(2, name=verb)
        begun(ledger, verb)
        marked = invoke(ledger, "sync", "--continue")
        assert (marked.code, len(marked.sentences)) == (1, 1)
        assert "data/tasks/GZ2017/GZ2017-001.yaml里还有没有定下来的地方" in marked.err
        place = ledger.path("GZ2017-001")
        lines = [line for line in place.read_text("utf-8").splitlines() if "主线的题" not in line]
        text = "\n".join(
            line for line in lines if line[:7] not in ("<" * 7, "=" * 7, ">" * 7, "|" * 7)
        )
        text = text.replace("title: 事项GZ2017-001\n", "")
        place.write_text(text.replace("status: 推进中", "status: 已销号") + "\n", "utf-8")
        wrong = invoke(ledger, "sync", "--continue")
        assert wrong.code == 1
        assert "C002" in wrong.err
        place.write_text(text + "\n", "utf-8")
        done = invoke(ledger, "sync", "--continue")
        assert done.code == 0, done.err
        assert done.sentences[-1].endswith("做完了。")
        assert ledger.git("status", "--porcelain") == ""
        assert "旁边的题" in place.read_text("utf-8")
        assert ledger.git("branch", "--show-current").strip() == "main"
        assert len(ledger.git("log", "-1", "--format=%P").split()) == (2 if verb == "merge" else 1)
    assert "没有做到一半的合并" in invoke(ledger, "sync", "--continue").err


def test_a_clash_is_a_question_with_both_values(
    make_ledger: MakeLedger, tmp_path: Path, invoke: Invoke, on_terminal: OnTerminal
) -> None:
    one = make_ledger(2, name="one")
    server, two = tmp_path / "server.git", tmp_path / "two"
    run_git(tmp_path, "clone", "--quiet", "--bare", "one", str(server))
    one.git("remote", "add", "origin", str(server))
    run_git(tmp_path, "clone", "--quiet", str(server), str(two))
    run_git(two, "config", "user.name", "条法司联络员")
    run_git(two, "config", "user.email", "two@example.com")
    for who, title, goal in ((one, "甲的题", "甲的目标"), (two, "乙的题", "乙的目标")):
        root = who if isinstance(who, Path) else who.root
        assert invoke(root, "edit", "001", "--title", title, "--goal", goal).code == 0
    assert invoke(one, "sync").code == 0
    left = on_terminal(two, ["sync"], answers=[("用哪一个", "3\n"), ("用哪一个", "\n")])
    assert left.code == 1
    shown = "\n".join(left.lines)
    assert "GZ2017-001 事项：两边改得不一样，原来是 事项GZ2017-001" in shown
    assert "1 本方：乙的题（条法司联络员，2017-03-01）" in shown
    assert "2 对方：甲的题（办公室联络员，2017-03-01）" in shown
    assert "请输入 1、2，或直接回车。" in shown
    done = on_terminal(two, ["sync"], answers=[("用哪一个", "2\n"), ("用哪一个", "1\n")])
    assert done.code == 0, done.text
    text = LedgerFolder(two).path("GZ2017-001").read_text("utf-8")
    assert "title: 甲的题" in text
    assert "goal: 乙的目标" in text


def test_a_seal_is_sent_along(make_ledger: MakeLedger, tmp_path: Path, invoke: Invoke) -> None:
    ledger = make_ledger(2)
    server = tmp_path / "server.git"
    alone = invoke(ledger, "seal", "一")
    assert (alone.code, alone.sentences) == (0, [])
    lost = invoke(ledger, "seal", "一", "--push")
    assert (lost.code, len(lost.sentences)) == (1, 1)
    run_git(tmp_path, "clone", "--quiet", "--bare", str(ledger.root), str(server))
    ledger.git("remote", "add", "origin", str(server))
    assert invoke(ledger, "seal", "二").sentences == [
        "要让别人也能验证，请运行 ledger seal --push。"
    ]
    for name in ("一", "二", "二", "三"):
        done = invoke(ledger, "seal", name, "--push")
        assert (done.code, done.sentences[-1]) == (0, "已送到远端 origin。"), done.err
        own = ledger.git("rev-parse", f"refs/tags/seal/{name}")
        assert run_git(server, "rev-parse", f"refs/tags/seal/{name}") == own
    assert invoke(ledger, "seal", "二").code == 1
    invoke(ledger, "progress", "001", "--text", "办了")
    moved = invoke(ledger, "seal", "二", "--push")
    assert (moved.code, len(moved.sentences)) == (1, 1)
    assert "已经有封存 seal/二" in moved.err
