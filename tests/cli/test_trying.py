"""`init --demo` and `init --sample`: what is made to be tried, and every command of its tour."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import DEMO_DAY as TODAY
from tests.conftest import run_git

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke

pytestmark = pytest.mark.xdist_group("demo")  # made once
Refused = Callable[..., Any]


@pytest.fixture
def at(invoke: Invoke, demo: Path) -> Callable[..., Any]:
    """Runs a command in the demonstration ledger, on its day."""
    return lambda *words: invoke(demo, "--today", TODAY, *words)


def test_the_audit_names_the_old_circulation_and_nothing_else(at: Callable[..., Any]) -> None:
    told = at("audit", "--json").json()
    assert {each["code"] for each in told["problems"]} == {"C003", "D002"}
    ((circulated, commit),) = {(each["id"], each["commit"]) for each in told["problems"]}
    assert told["commits"] > 400
    assert commit
    checked = at("check", "--json")
    (problem,) = checked.json()["problems"]
    assert (checked.code, problem["code"], problem["id"]) == (1, "D002", circulated)
    assert at("show", circulated).code == 0


def test_every_command_has_something_to_show(at: Callable[..., Any], demo: Path) -> None:
    overdue = at("due", "--overdue", "--json").json()
    coming = at("due", "--within", "14d", "--json").json()
    assert len(overdue) > 4
    assert len(coming) > len(overdue) + 4
    assert {each["light"] for each in at("list", "--json").json()} == {"红", "黄", "绿", "青", "蓝"}
    for kind in ("monthly", "quarterly", "annual", "closing", "scores"):
        told = at("report", kind)
        assert (told.code, "清查办公用房" in told.out or len(told.out) > 1500) == (0, True), kind
    assert at("report", "monthly", "-o", "月报.md").code == 0
    assert at("verify", "月报.md").code == 0
    assert at("remind").out.count("督办单\n") > 4
    assert at("seal").code == 0
    assert at("verify", f"seal/{TODAY}").code == 0
    assert len(at("list", "--at", "2026-06-30", "--status", "已销号", "--json").json()) < 30
    assert "待督办" in at("mine").out
    assert "被退回" in at("mine", "--as", "国际司").out
    assert run_git(demo, "status", "--porcelain").split() == [
        "??",
        '"\\346\\234\\210\\346\\212\\245.md"',
    ]


def test_the_tour(
    invoke: Invoke, tmp_path: Path, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command of it, by somebody whom git knows, in a folder that was there."""
    config = tmp_path / "gitconfig"
    config.write_text("[user]\nname = 督查员\nemail = d@example.com\n", "utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    root, program = tmp_path / "又 一个", Path(sys.executable).with_name("ledger")
    root.mkdir()
    rest = [each for each in os.get_exec_path() if not Path(each, "ledger").exists()]
    monkeypatch.setenv("PATH", os.pathsep.join(rest))
    told = invoke(root, "--today", TODAY, "init", "--demo")
    where, way, *tour = told.out.splitlines()
    assert "名义" not in told.err
    assert "督查员" in invoke(root, "who").out
    assert shlex.split(where) == ["cd", str(root)]
    assert len(tour) == 10
    assert shlex.split(way)[1] == f"PATH={program.parent}:$PATH"
    assert told.sentences[0].startswith(f"示例台账建好了：{root}（91 个事项，")
    # It is the same that was made before it, on the same day.
    assert run_git(root, "rev-parse", "HEAD") == run_git(demo, "rev-parse", "HEAD")
    closed = len(invoke(root, "list", "--status", "已销号", "--json").json())
    for line in tour:
        command, _, shows = line.partition("  #")
        done = invoke(root, *shlex.split(command)[1:])
        assert done.code == (" audit" in command), f"{command}\n{done.err}"
        assert len((done.out + done.err).splitlines()) > (" merge" not in command), command
        assert shows.strip()
    assert len(invoke(root, "list", "--status", "已销号", "--json").json()) == closed + 1
    told = invoke(root, "--today", TODAY, "audit", "--json").json()
    assert len(told["problems"]) == 2  # as before: the merge was in order
    assert run_git(root, "branch", "--format=%(refname:short)").split() == ["main"]


def test_work_goes_on_in_it(at: Callable[..., Any], demo: Path) -> None:
    """Who is not known to git works under a post that has done nothing yet, and so may review."""
    waiting = at("list", "--status", "申请销号", "--json").json()[0]["id"]
    assert at("review", waiting, "--opinion", "材料齐全").code == 0
    assert at("progress", "GZ2026-011", "--text", "又办结 30 件").code == 0
    authors = run_git(demo, "log", "-2", "--format=%an <%ae>").splitlines()
    assert set(authors) == {"整改办主任 <zgbzr@example.org>"}
    looked = {each["subject"] for each in at("doctor", "--json").json() if each["state"] == "有误"}
    assert looked == {"数据"}  # the old closing by circulation, as `check` has it


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--demo", "有文件"], 1, "有文件 里已经有文件"),
        (["--demo", "有文件/a.txt"], 1, "是文件，不是文件夹"),
        (["--demo", "台账/里面"], 1, "已经在台账"),
        (["--demo", "新的", "--sample"], 2, "不和 init 的其他选项一起用"),
        (["--demo", "新的", "--organisation", "某局"], 2, "不和 init 的其他选项一起用"),
        (["--sample", "有文件/a.txt"], 1, "是文件，不是文件夹"),
        (["--sample", "有表格"], 1, "已经存在，没有覆盖"),
    ],
)
def test_refused(refused: Refused, tmp_path: Path, words: list[str], code: int, says: str) -> None:
    for name in ("有文件/a.txt", "台账/ledger.yaml", "有表格/整改任务.xlsx"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("x", "utf-8")
    refused(tmp_path, "init", *words, code=code, says=says)


def test_a_day_or_a_git_that_will_not_do_leaves_nothing(
    refused: Refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in ("0001-01-01", "9999-12-31"):
        refused(tmp_path, "--today", day, "init", "--demo", "新的", code=2, says="示例台账只能按")
    (tmp_path / "gitconfig").write_text("[user\n", "utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    refused(tmp_path, "--today", TODAY, "init", "--demo", "新的/更新的", code=1, says="gitconfig")


def test_the_sample_is_imported_as_the_manual_does(invoke: Invoke, tmp_path: Path) -> None:
    told = invoke(tmp_path, "init", "--sample", "下载")
    table = tmp_path / "下载" / "整改任务.xlsx"
    assert (told.code, told.out, told.err) == (0, "", "示例表格写好了：下载/整改任务.xlsx\n")
    assert invoke(tmp_path, "init", "台账").code == 0
    words = ("--source", "ZG2020", "--year", "2020", "--dry-run", "--json")
    plan = invoke(tmp_path / "台账", "import", str(table), *words)
    assert (plan.code, "督促三个支部完成换届" in plan.out) == (0, True)
