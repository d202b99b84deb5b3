"""`ledger save`: hand edits become part of the record, in the ledger's terms and by its rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.conftest import run_git

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke, OnTerminal
    from tests.conftest import LedgerFolder, MakeLedger


def replaced(place: Path, old: str, new: str) -> None:
    text = place.read_text("utf-8")
    assert old in text
    place.write_text(text.replace(old, new), "utf-8")


def committed(ledger: LedgerFolder) -> list[str]:
    listed = ledger.git("show", "--name-only", "--format=%s%n%(trailers:key=Ledger-Task)", "HEAD")
    return [line for line in listed.splitlines() if line]


def test_it_commits_exactly_what_is_the_ledgers(make_ledger: MakeLedger, invoke: Invoke) -> None:
    ledger = make_ledger(2)
    replaced(ledger.path("GZ2017-001"), "title: 事项GZ2017-001", "title: 新题")
    replaced(
        ledger.root / "data/sources/GZ2017.yaml", "year: 2017", "year: 2017, issued: 2017-02-01"
    )
    ledger.write("笔记.txt", "我的笔记")
    done = invoke(ledger, "save")
    assert done.code == 0, done.err
    assert done.out.splitlines() == [
        "修改 GZ2017-001 新题",
        "  事项：事项GZ2017-001 → 新题",
        "修改 data/sources/GZ2017.yaml",
    ]
    assert done.sentences == [
        "不属于台账的 1 个文件没有动：笔记.txt。",
        "已保存：手工修改 GZ2017-001。",
    ]
    assert committed(ledger) == [
        "手工修改 GZ2017-001",
        "Ledger-Task: GZ2017-001",
        "data/sources/GZ2017.yaml",
        "data/tasks/GZ2017/GZ2017-001.yaml",
    ]
    assert ledger.git("status", "--porcelain", "-z") == "?? 笔记.txt\0"
    assert invoke(ledger, "save").sentences[-1] == "没有要保存的改动。"


def test_new_and_removed_files_are_saved(make_ledger: MakeLedger, invoke: Invoke) -> None:
    ledger = make_ledger(2)
    ledger.write_task(id="GZ2017-009", title="新增的事")
    ledger.write("templates/weekly.md.j2", "周报")
    done = invoke(ledger, "save", "-m", "补一件事。")
    assert (done.code, done.sentences) == (0, ["已保存：补一件事。"])
    assert done.out.splitlines()[0] == "新增 GZ2017-009 新增的事"
    (ledger.root / "templates/weekly.md.j2").unlink()
    assert invoke(ledger, "save").out.splitlines() == ["删除 templates/weekly.md.j2"]
    assert ledger.git("status", "--porcelain") == ""


def test_what_breaks_a_rule_is_not_saved(make_ledger: MakeLedger, invoke: Invoke) -> None:
    ledger = make_ledger(2)
    head = ledger.git("rev-parse", "HEAD")
    for old, new, code in (
        ("status: 推进中", "status: 已销号", "C002"),
        ("title: 事项GZ2017-001", "title: 联系电话13800138000", "S002"),
        ("title: 事项GZ2017-001", "title: [", "T001"),
    ):
        place = ledger.path("GZ2017-001")
        before = place.read_bytes()
        replaced(place, old, new)
        edited = place.read_bytes()
        done = invoke(ledger, "save")
        assert done.code == 1, (code, done.out)
        assert code in done.err
        assert done.sentences[-1] == "没有保存：请改好以上各处，再运行 ledger save。"
        assert place.read_bytes() == edited
        assert ledger.git("rev-parse", "HEAD") == head
        place.write_bytes(before)
    ledger.path("GZ2017-002").unlink()
    assert "C012" in invoke(ledger, "save").err


def test_a_look_saves_nothing(make_ledger: MakeLedger, invoke: Invoke) -> None:
    ledger = make_ledger(2)
    head = ledger.git("rev-parse", "HEAD")
    replaced(ledger.path("GZ2017-001"), "title: 事项GZ2017-001", "title: 新题")
    done = invoke(ledger, "save", "--dry-run")
    assert done.out.splitlines()[0] == "修改 GZ2017-001 新题"
    assert done.sentences == ["以上只是预览，什么也没有动。"]
    assert ledger.git("rev-parse", "HEAD") == head


def test_what_is_staged_elsewhere_stays_staged(make_ledger: MakeLedger, invoke: Invoke) -> None:
    ledger = make_ledger(2)
    ledger.write("笔记.txt", "我的笔记")
    ledger.git("add", "笔记.txt")
    replaced(ledger.path("GZ2017-001"), "title: 事项GZ2017-001", "title: 新题")
    assert invoke(ledger, "save").code == 0
    assert ledger.git("status", "--porcelain", "-z") == "A  笔记.txt\0"


def test_it_is_the_first_commit_where_none_could_be_made(tmp_path: Path, invoke: Invoke) -> None:
    root = tmp_path / "台账"
    assert invoke(tmp_path, "init", "台账", "--organisation", "某局").code == 0
    refused = invoke(root, "save")
    assert refused.code == 1
    assert "还没有登记您是谁" in refused.err
    run_git(root, "config", "user.name", "办公室联络员")
    run_git(root, "config", "user.email", "office@example.com")
    assert invoke(root, "save", "-m", "新建台账").code == 0
    assert run_git(root, "status", "--porcelain") == ""


def test_a_ledger_below_the_top_saves_its_own_files(tmp_path: Path, invoke: Invoke) -> None:
    run_git(tmp_path, "init", "--quiet", "--initial-branch=main")
    run_git(tmp_path, "config", "user.name", "办公室联络员")
    run_git(tmp_path, "config", "user.email", "office@example.com")
    (tmp_path / "旁边.txt").write_text("旁边", "utf-8")
    (tmp_path / "台账").mkdir()
    assert invoke(tmp_path, "init", "台账").code == 0
    source = tmp_path / "台账/data/sources/GZ2017.yaml"
    source.write_text("id: GZ2017\ntitle: 工作要点\nkind: 工作要点\nyear: 2017\n", "utf-8")
    done = invoke(tmp_path / "台账", "save")
    assert (done.code, done.out) == (0, "新增 data/sources/GZ2017.yaml\n")
    assert run_git(tmp_path, "status", "--porcelain", "-z") == "?? 旁边.txt\0"


def test_on_a_terminal_it_asks_what_it_was(
    make_ledger: MakeLedger, on_terminal: OnTerminal
) -> None:
    ledger = make_ledger(2)
    for typed, subject in (("\n", "手工修改 GZ2017-001"), ("改题目\n", "改题目")):
        place = ledger.path("GZ2017-001")
        place.write_text(place.read_text("utf-8").replace("title: ", "title: 改"), "utf-8")
        assert on_terminal(ledger, ["save"], answers=[("这次改了什么", typed)]).code == 0
        assert ledger.git("log", "-1", "--format=%s").strip() == subject
