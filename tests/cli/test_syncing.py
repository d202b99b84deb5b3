"""`sync`, `renumber` and the merge driver as a user has them, git's own merge included."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import LedgerFolder, run_git

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import MakeLedger


@pytest.fixture
def clones(make_ledger: MakeLedger, tmp_path: Path) -> tuple[LedgerFolder, LedgerFolder]:
    one = make_ledger(2, name="one")
    server, two = tmp_path / "server.git", tmp_path / "two"
    run_git(tmp_path, "clone", "--quiet", "--bare", "one", str(server))
    one.git("remote", "add", "origin", str(server))
    run_git(tmp_path, "clone", "--quiet", str(server), str(two))
    run_git(two, "config", "user.name", "乙")
    run_git(two, "config", "user.email", "two@example.com")
    return one, LedgerFolder(two)


def edit(invoke: Invoke, who: LedgerFolder, *fields: str) -> None:
    assert invoke(who, "edit", "001", *fields).code == 0


def test_sync_tells_what_came_and_went(
    clones: tuple[LedgerFolder, LedgerFolder], invoke: Invoke
) -> None:
    one, two = clones
    edit(invoke, one, "--title", "新题")
    done = invoke(one, "sync")
    assert (done.code, done.out) == (0, "")
    assert done.sentences == ["已送出 1 个事项的改动（GZ2017-001），共 1 个提交。"]
    preview = invoke(two, "sync", "--dry-run")
    assert preview.out.splitlines()[:2] == ["将取回（1 项）：", "  修改 GZ2017-001 新题"]
    assert invoke(two, "sync").sentences == ["已取回 1 个事项的改动（GZ2017-001）。"]
    assert invoke(two, "sync").sentences == ["本机和远端一致，没有要同步的。"]
    assert invoke(two, "sync", "--json").json()["conflicts"] == []


def test_what_a_first_sync_would_send_is_a_screenful(
    make_ledger: MakeLedger, invoke: Invoke, tmp_path: Path
) -> None:
    ledger = make_ledger(40)
    run_git(ledger.root, "init", "--quiet", "--bare", str(tmp_path / "空.git"))
    run_git(ledger.root, "remote", "add", "origin", str(tmp_path / "空.git"))
    lines = invoke(ledger, "sync", "--dry-run").out.splitlines()
    assert lines[0] == "将送出（40 项）："
    assert len(lines) < 20
    assert all(line.startswith("  新增 GZ2017-0") for line in lines[1:-1])
    assert lines[-1] == "  ……还有 25 项；全部编号见 ledger sync --dry-run --json"


def test_conflicts_are_shown_with_both_values_and_who_set_them(
    clones: tuple[LedgerFolder, LedgerFolder], invoke: Invoke
) -> None:
    one, two = clones
    edit(invoke, one, "--title", "甲的题", "--goal", "甲的目标")
    edit(invoke, two, "--title", "乙的题", "--owner", "科长")
    assert invoke(one, "sync").code == 0
    refused = invoke(two, "sync")
    assert refused.code == 1
    assert "GZ2017-001.title" in refused.out
    assert "乙的题（乙）" in refused.out
    assert "甲的题（办公室联络员）" in refused.out
    assert "ledger sync --theirs GZ2017-001.title" in refused.err
    (clash,) = invoke(two, "sync", "--json").json()["conflicts"]
    assert (clash["base"], clash["ours"], clash["theirs"]) == ("事项GZ2017-001", "乙的题", "甲的题")
    both = ("--ours", "GZ2017-001.title", "--theirs", "GZ2017-001.title")
    assert invoke(two, "sync", *both).code == 2
    assert invoke(two, "sync", "--theirs", "GZ2017-001.title").code == 0
    text = two.path("GZ2017-001").read_text(encoding="utf-8")
    assert all(each in text for each in ("title: 甲的题", "goal: 甲的目标", "owner: 科长"))


def test_what_the_rules_refuse_is_named(
    clones: tuple[LedgerFolder, LedgerFolder], invoke: Invoke
) -> None:
    one, _ = clones
    one.path("GZ2017-001").unlink()
    one.commit("删了")
    refused = invoke(one, "sync")
    assert refused.code == 1
    assert "C012" in refused.err
    assert refused.sentences[-1] == "没有通过检查，什么都没有动；请改好后再运行一次。"


def test_new_ids_are_told(clones: tuple[LedgerFolder, LedgerFolder], invoke: Invoke) -> None:
    for who in clones:
        assert invoke(who, "add", "--source", "GZ2017", "--title", f"{who.root.name} 的").code == 0
        done = invoke(who, "sync")
    sentence = "注意：编号 GZ2017-003 别人已经用了，您新增的事项改为 GZ2017-004。"
    assert done.sentences[0] == sentence


def test_renumber(clones: tuple[LedgerFolder, LedgerFolder], invoke: Invoke) -> None:
    one, _ = clones
    one.git("fetch", "--quiet", "origin")
    assert invoke(one, "renumber", "001").code == 1
    assert invoke(one, "add", "--source", "GZ2017", "--title", "新的").code == 0
    done = invoke(one, "renumber", "003", "GZ2017-010")
    assert done.err == "GZ2017-003 已改为 GZ2017-010（1 个还没有推送的提交随之改写）。\n"


def test_git_itself_merges_by_meaning_once_the_driver_is_there(
    clones: tuple[LedgerFolder, LedgerFolder], invoke: Invoke
) -> None:
    one, two = clones
    told = {each["subject"]: each["state"] for each in invoke(two, "doctor", "--json").json()}
    assert told["合并驱动"] == "提示"
    assert invoke(two, "merge-driver", "--install").err == "合并驱动装好了。\n"
    assert invoke(two, "merge-driver", "--install").err == "合并驱动已经装了。\n"
    told = {each["subject"]: each["state"] for each in invoke(two, "doctor", "--json").json()}
    assert told["合并驱动"] == "正常"

    for who, text in ((one, "甲报"), (two, "乙报")):
        assert invoke(who, "progress", "001", "--text", text).code == 0
    one.git("push", "--quiet", "origin", "main")
    two.git("pull", "--quiet", "--no-rebase", "--no-edit")
    log = two.path("GZ2017-001").read_text(encoding="utf-8")
    assert "甲报" in log
    assert "乙报" in log
    assert not two.load().problems

    edit(invoke, one, "--title", "甲的题")
    edit(invoke, two, "--title", "乙的题")
    pulled = subprocess.run(
        ["git", "pull", "--no-rebase", "--no-edit", "../one", "main"],
        cwd=two.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert pulled.returncode == 1
    assert "有冲突，请改好标出的几行" in pulled.stderr
    text = two.path("GZ2017-001").read_text(encoding="utf-8")
    assert "<<<<<<< 本方\ntitle: 乙的题\n=======\ntitle: 甲的题\n>>>>>>> 对方\n" in text
    assert text.count("<<<<<<<") == 1


def test_the_driver_runs_nothing_that_the_branch_brings(
    clones: tuple[LedgerFolder, LedgerFolder], invoke: Invoke, tmp_path: Path
) -> None:
    """git starts it at the top of the work tree, where a branch may have put a program."""
    one, two = clones
    trap = tmp_path / "trap"
    for name in ("ledger/__init__.py", "ledger/__main__.py", "runpy.py", "typing.py", "yaml.py"):
        two.write(name, f"open({str(trap)!r}, 'a').write({name!r})\n")
    two.commit("夹带")
    assert invoke(two, "merge-driver", "--install").code == 0
    for who, text in ((one, "甲报"), (two, "乙报")):
        assert invoke(who, "progress", "001", "--text", text).code == 0
    two.git("pull", "--quiet", "--no-rebase", "--no-edit", "../one", "main")
    assert not trap.exists(), trap.read_text(encoding="utf-8")
    log = two.path("GZ2017-001").read_text(encoding="utf-8")
    assert "甲报" in log
    assert "乙报" in log


def test_a_driver_of_an_older_version_is_told_and_made_anew(
    clones: tuple[LedgerFolder, LedgerFolder], invoke: Invoke
) -> None:
    """It would look for its program in the work tree first."""
    _, two = clones
    assert invoke(two, "merge-driver", "--install").code == 0
    new = two.git("config", "merge.ledger.driver").strip()
    two.git("config", "merge.ledger.driver", new.replace(" -P ", " "))
    told = {each["subject"]: each for each in invoke(two, "doctor", "--json").json()}
    assert told["合并驱动"]["state"] == "提示"
    assert "ledger merge-driver --install" in told["合并驱动"]["said"]
    assert invoke(two, "merge-driver", "--install").err == "合并驱动装好了。\n"
    assert two.git("config", "merge.ledger.driver").strip() == new


def test_a_new_ledger_has_the_driver(tmp_path: Path, invoke: Invoke) -> None:
    assert invoke(tmp_path, "init", "new", "--no-commit").code == 0
    told = {e["subject"]: e for e in invoke(tmp_path / "new", "doctor", "--json").json()}
    assert told["合并驱动"]["said"] == "台账文件按内容合并"


def test_the_driver_alone_says_how_it_is_used(tmp_path: Path, invoke: Invoke) -> None:
    done = invoke(tmp_path, "merge-driver")
    assert done.code == 2
    assert "--install" in done.err
