"""`doctor`: what goes wrong in offices is named, each thing, and mended by `--fix` where it may."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.adapters.git import own_hook
from ledger.cli.app import run
from ledger.model.config import Fonts
from ledger.usecases.setup.completion import SCRIPTS
from ledger.usecases.setup.finding import mended
from ledger.usecases.setup.machine import fonts, habits, time_zone
from tests.conftest import LedgerFolder, run_git

if TYPE_CHECKING:
    from tests.conftest import MakeClone, MakeLedger

TASK = "data/tasks/GZ2017/GZ2017-001.yaml"
Findings = dict[str, dict[str, Any]]
Doctor = Callable[..., Findings]


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str]) -> Doctor:
    """What `doctor` finds in a folder, by subject."""

    def examined(folder: LedgerFolder | Path, *options: str) -> Findings:
        root = folder.root if isinstance(folder, LedgerFolder) else folder
        capsys.readouterr()
        code = run(["-C", str(root), "--today", "2017-10-20", "doctor", "--json", *options])
        findings = json.loads(capsys.readouterr().out)
        assert code == any(each["state"] == "有误" for each in findings)
        assert all({*each} == {"subject", "state", "said", "fixed"} for each in findings)
        assert all(bool(each["fixed"]) == (each["state"] == "已修好") for each in findings)
        return {each["subject"]: each for each in findings}

    return examined


def whole(ledger: LedgerFolder) -> None:
    """What `init` brings and a ledger of the tests has not."""
    run(["-C", str(ledger.root), "doctor", "--fix"])


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    made: LedgerFolder = make_ledger([{}])
    whole(made)
    return made


def is_mended(
    doctor: Doctor, ledger: LedgerFolder | Path, subject: str, state: str, text: str
) -> None:
    """It is named, nothing is touched by looking; `--fix` mends it, and then there is nothing."""
    for _ in range(2):
        looked = doctor(ledger)[subject]
        assert (looked["state"], text in looked["said"]) == (state, True), looked
        assert "--fix" in looked["said"] or "--install" in looked["said"], looked
    assert doctor(ledger, "--fix")[subject]["state"] == "已修好"
    assert doctor(ledger).get(subject, {"state": "正常"})["state"] == "正常"


# -- the branch ----------------------------------------------------------------------------------


def test_another_branch(ledger: LedgerFolder, doctor: Doctor) -> None:
    ledger.git("switch", "--quiet", "--create", "试一试")
    is_mended(doctor, ledger, "仓库状态", "提示", "现在不在主分支 main 上")
    assert ledger.git("branch", "--show-current").strip() == "main"


def test_an_old_version(ledger: LedgerFolder, doctor: Doctor) -> None:
    ledger.git("checkout", "--quiet", "--detach", "HEAD~1")
    is_mended(doctor, ledger, "仓库状态", "有误", "现在不在任何分支上（正在看历史版本）")
    ledger.git("checkout", "--quiet", "--detach")
    ledger.write("说明.md", "1")
    lost = ledger.commit("哪个分支上都没有的")
    looked = doctor(ledger, "--fix")["仓库状态"]
    assert (looked["state"], "哪个分支上都没有" in looked["said"]) == ("有误", True)
    assert ledger.git("rev-parse", "HEAD").strip() == lost


def test_unsaved_work_stays_where_it_is(ledger: LedgerFolder, doctor: Doctor) -> None:
    ledger.git("switch", "--quiet", "--create", "b")
    before = ledger.path("GZ2017-001").read_text("utf-8") + "tags: [重点]\n"
    ledger.write(TASK, before)
    looked = doctor(ledger, "--fix")["仓库状态"]
    assert looked["state"] == "提示"
    assert "没有修好：有还没有保存的改动" in looked["said"]
    assert ledger.git("branch", "--show-current").strip() == "b"
    assert ledger.path("GZ2017-001").read_text("utf-8") == before


def test_a_main_branch_that_is_called_otherwise(
    ledger: LedgerFolder, doctor: Doctor, tmp_path: Path
) -> None:
    ledger.git("branch", "--move", "master")
    run_git(tmp_path, "clone", "--quiet", "--bare", str(ledger.root), "server.git")
    is_mended(doctor, ledger, "仓库状态", "提示", "分支叫 master，主分支应叫 main")
    ledger.git("branch", "--move", "master")
    ledger.git("remote", "add", "origin", "../server.git")
    ledger.git("fetch", "--quiet", "origin")
    looked = doctor(ledger, "--fix")["仓库状态"]  # others have it under that name
    assert (looked["state"], "forge.base" in looked["said"]) == ("有误", True)


def test_a_merge_that_is_not_finished(ledger: LedgerFolder, doctor: Doctor) -> None:
    (ledger.root / ".git" / "MERGE_HEAD").write_text(ledger.git("rev-parse", "HEAD"))
    looked = doctor(ledger, "--fix")["仓库状态"]
    assert looked["state"] == "有误"
    assert "ledger sync --continue" in looked["said"]
    assert "ledger sync --abort" in looked["said"]


# -- what keeps a ledger from being opened -------------------------------------------------------


def test_a_server_whose_own_branch_is_another(
    ledger: LedgerFolder, doctor: Doctor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A clone is empty then; nobody is sent to `init`, and `init` refuses."""
    run_git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=master", "server.git")
    ledger.git("push", "--quiet", "../server.git", "main")
    run_git(tmp_path, "clone", "--quiet", "server.git", "同事")
    clone = tmp_path / "同事"
    for command in ("list", "init"):
        capsys.readouterr()
        assert run(["-C", str(clone), command]) == 1
        told = capsys.readouterr().err
        assert "台账在服务器的 main 分支上" in told
        assert "ledger doctor --fix" in told
        assert "ledger init" not in told
    assert doctor(clone)["台账"]["state"] == "有误"
    doctor(clone, "--fix")
    assert doctor(clone)["台账"]["state"] == "正常"
    assert run_git(clone, "status", "--short", "--branch").strip() == "## main...origin/main"


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give a folder away")
def test_a_folder_of_another_account(
    ledger: LedgerFolder, doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named in full, and trusted alone."""
    settings = tmp_path / "gitconfig"
    settings.write_text("[user]\n  name = 办公室联络员\n  email = bgs@example.org\n", "utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    for place in (ledger.root, ledger.root / ".git"):
        os.chown(place, 12345, 12345)
    looked = doctor(ledger)["台账"]
    assert looked["state"] == "有误"
    assert f"{ledger.root} 的仓库属于另一个系统用户" in looked["said"]
    doctor(ledger, "--fix")
    assert doctor(ledger)["台账"]["state"] == "正常"
    trusted = run_git(tmp_path, "config", "--global", "--get-all", "safe.directory")
    assert trusted.splitlines() == [str(ledger.root)]


def test_a_configuration_under_another_name(ledger: LedgerFolder, doctor: Doctor) -> None:
    (ledger.root / "ledger.yaml").rename(ledger.root / "ledger.yml")
    assert doctor(ledger)["台账"]["state"] == "有误"
    doctor(ledger, "--fix")
    assert doctor(ledger)["台账"]["state"] == "正常"
    assert ledger.git("status", "--porcelain") == ""


# -- the repository ------------------------------------------------------------------------------


def test_what_a_clone_lacks(make_ledger: MakeLedger, doctor: Doctor) -> None:
    """The driver that merges, line ends, schemas: each as `init` has it."""
    plain: LedgerFolder = make_ledger([{}])
    plain.git("config", "core.autocrlf", "true")
    looked = doctor(plain)
    assert {each: looked[each]["state"] for each in ("合并驱动", "换行", "编辑器提示")} == {
        "合并驱动": "提示",
        "换行": "提示",
        "编辑器提示": "提示",
    }
    assert "core.autocrlf 是 true" in looked["换行"]["said"]
    fixed = doctor(plain, "--fix")
    assert all(fixed[each]["state"] == "已修好" for each in ("合并驱动", "换行", "编辑器提示"))
    looked = doctor(plain)
    assert all(looked[each]["state"] == "正常" for each in ("合并驱动", "换行", "编辑器提示"))
    assert "*.yaml text eol=lf" in (plain.root / ".gitattributes").read_text("utf-8")
    assert plain.git("status", "--porcelain") == ""


def test_a_lock_that_was_left(ledger: LedgerFolder, doctor: Doctor) -> None:
    lock = ledger.root / ".git" / "index.lock"
    lock.write_bytes(b"")
    assert "锁" not in doctor(ledger, "--fix")  # somebody may be at work
    long_ago = dt.datetime(2017, 1, 1, tzinfo=dt.UTC).timestamp()
    os.utime(lock, (long_ago, long_ago))
    is_mended(doctor, ledger, "锁", "有误", str(lock))
    assert not lock.exists()


def test_caches_of_before(ledger: LedgerFolder, doctor: Doctor) -> None:
    state = ledger.root / ".git" / "ledger"
    (state / "cache-8.sqlite").touch()
    assert doctor(ledger)["缓存"]["state"] == "提示"
    is_mended(doctor, ledger, "缓存", "提示", "旧版留下的还有")
    assert not (state / "cache-1.sqlite").exists()


def test_a_history_that_is_cut_off(make_clone: MakeClone, doctor: Doctor, tmp_path: Path) -> None:
    clone: LedgerFolder = make_clone([{}], {})
    clone.write("说明.md", "1")
    clone.commit("又一个")
    clone.git("push", "--quiet", "origin", "main")
    server = clone.git("remote", "get-url", "origin").strip()
    url = f"file://{(clone.root / server).resolve()}"
    run_git(tmp_path, "clone", "--quiet", "--depth=1", url, "浅的")
    is_mended(doctor, tmp_path / "浅的", "历史", "提示", "只有最近一段（浅克隆）")
    assert len(run_git(tmp_path / "浅的", "rev-list", "HEAD").split()) > 1


def test_names_that_nothing_reads(ledger: LedgerFolder, doctor: Doctor) -> None:
    place = ledger.path("GZ2017-001")
    place.rename(place.with_suffix(".yml"))
    is_mended(doctor, ledger, "文件名", "有误", "GZ2017-001.yml")
    assert ledger.git("status", "--porcelain") == ""
    other = place.with_suffix(".yml")
    other.write_text("id: GZ2017-001\n", "utf-8")
    looked = doctor(ledger, "--fix")["文件名"]
    assert looked["state"] == "有误"
    assert "请删去一个" in looked["said"], looked
    assert other.read_text("utf-8") == "id: GZ2017-001\n"


def test_a_hook_of_somebody_else(make_ledger: MakeLedger, doctor: Doctor) -> None:
    """Whether it runs is told; it stays as it is, and so does one that others have as well."""
    ledger: LedgerFolder = make_ledger([{}])
    hook = ledger.root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    for content in ("#!/bin/sh\n", own_hook.script(sys.executable, "").decode() + "lint\n"):
        hook.write_text(content)
        hook.chmod(0o644)
        assert "没有执行权限" in doctor(ledger, "--fix")["提交前检查"]["said"]
        hook.chmod(0o755)
        assert doctor(ledger, "--fix")["提交前检查"]["state"] == "正常"
        assert hook.read_text() == content
    hook.unlink()
    ledger.git("config", "core.hooksPath", "../大家的")
    looked = doctor(ledger, "--fix")["提交前检查"]
    assert (looked["state"], "别的仓库也用" in looked["said"]) == ("提示", True)
    assert not (ledger.root.parent / "大家的").exists()


def test_a_hook_that_is_not_there(make_ledger: MakeLedger, doctor: Doctor) -> None:
    """It is put in, and anew where the program has moved or it may not run."""
    ledger: LedgerFolder = make_ledger([{}])
    hook = ledger.root / ".git" / "hooks" / "pre-commit"
    is_mended(doctor, ledger, "提交前检查", "提示", "没有装：")
    hook.chmod(0o644)
    is_mended(doctor, ledger, "提交前检查", "提示", "没有执行权限")
    hook.write_bytes(own_hook.script("/opt/以前的 ledger/bin/python", "台账"))
    is_mended(doctor, ledger, "提交前检查", "提示", "换了地方")


def test_what_the_hook_does(
    make_ledger: MakeLedger, doctor: Doctor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It keeps other programs from committing what is wrong; this one's commits it lets pass."""
    ledger: LedgerFolder = make_ledger([{}])
    doctor(ledger, "--fix")
    monkeypatch.setenv("LEDGER_TODAY", "2017-10-20")
    text = ledger.path("GZ2017-001").read_text("utf-8")
    ledger.write(TASK, text.replace("status: 推进中", "status: 已销号"))
    with pytest.raises(AssertionError, match="C00"):
        ledger.git("commit", "--quiet", "--all", "-m", "直接改的")
    ledger.write(TASK, text + "tags: [重点]\n")
    ledger.git("commit", "--quiet", "--all", "-m", "直接改的")

    judge = tmp_path / "judge"
    judge.write_text("#!/bin/sh\nexit 1\n")
    judge.chmod(0o755)
    (ledger.root / ".git/hooks/pre-commit").write_bytes(own_hook.script(str(judge), ""))
    for setting in ("user.email", "core.sparseCheckout"):  # with the latter git itself commits
        ledger.git("config", setting, "false")
        assert run(["-C", str(ledger.root), "progress", "001", "--text", f"启动 {setting}"]) == 0
    judge.unlink()
    ledger.write("说明.md", "1")
    ledger.commit("程序不在了")


def test_hand_edits_that_break_rules(ledger: LedgerFolder, doctor: Doctor) -> None:
    """What `save` would refuse is no note; what it would take is."""
    text = ledger.path("GZ2017-001").read_text("utf-8")
    ledger.write(TASK, text.replace("status: 推进中", "status: 已销号"))
    looked = doctor(ledger, "--fix")["没有提交的改动"]
    assert looked["state"] == "有误"
    assert f"保存不了：{TASK}：C" in looked["said"]
    assert "ledger save --dry-run" in looked["said"]
    ledger.write(TASK, text + "tags: [重点]\n")
    looked = doctor(ledger)["没有提交的改动"]
    assert (looked["state"], "ledger save" in looked["said"]) == ("提示", True)
    ledger.write(TASK, text.replace("GZ2017-001", "GZ2017-00一"))
    looked = doctor(ledger)
    assert looked["数据"]["state"] == "有误"
    assert "ledger check" in looked["数据"]["said"]


# -- the remote and the clock --------------------------------------------------------------------


class _Late(BaseHTTPRequestHandler):
    """A server that has nothing, and whose clock is an hour slow."""

    def do_GET(self) -> None:
        self.send_response_only(404)
        late = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
        self.send_header("Date", late.strftime("%a, %d %b %Y %H:%M:%S GMT"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def late() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Late)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/unit/ledger.git"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_remote_that_does_not_answer_and_a_clock(
    make_clone: MakeClone, doctor: Doctor, late: str
) -> None:
    clone: LedgerFolder = make_clone([{}], {})
    looked = doctor(clone)
    assert (looked["远端"]["state"], looked["时钟"]["state"]) == ("正常", "正常")
    assert "连得上" in looked["远端"]["said"]
    clone.git("remote", "set-url", "origin", late)
    looked = doctor(clone)
    assert looked["远端"]["state"] == "提示"
    assert "git remote -v" in looked["远端"]["said"]  # a remedy, which is shown here alone
    assert (looked["时钟"]["state"], "和服务器差得多" in looked["时钟"]["said"]) == ("有误", True)
    clone.git("remote", "set-url", "origin", "../没有这个.git")
    clone.write("说明.md", "1")
    clone.commit("以后的", moment=(dt.datetime.now(dt.UTC) + dt.timedelta(days=2)).isoformat())
    looked = doctor(clone)
    assert (looked["时钟"]["state"], "比这台电脑的时间还晚" in looked["时钟"]["said"]) == (
        "提示",
        True,
    )


def test_what_is_said_elsewhere_is_told_here_with_its_remedy(
    make_clone: MakeClone, doctor: Doctor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command that sends somebody to `doctor` is right: there the remedy is."""
    clone: LedgerFolder = make_clone([{}], {})
    run_git(tmp_path, "init", "--quiet", "--initial-branch=main", "另一个")
    known = ("-c", "user.name=办公室联络员", "-c", "user.email=bgs@example.org")
    run_git(tmp_path / "另一个", *known, "commit", "--quiet", "--allow-empty", "-m", "另一个")
    for url, told, remedy in (
        (str(tmp_path / "另一个"), "没有共同的历史", "git remote -v"),
        ("https://[远端/台账.git", "远端地址写法有误", "git remote -v"),
        (str(tmp_path / "没有"), "远端没有这个仓库", "git remote -v"),
    ):
        clone.git("remote", "set-url", "origin", url)
        capsys.readouterr()
        assert run(["-C", str(clone.root), "sync"]) == 1
        error = capsys.readouterr().err
        assert "git remote" not in error
        looked = doctor(clone)["远端"]
        assert looked["state"] != "正常"
        assert told in looked["said"]
        assert remedy in looked["said"]
        if "https" not in url:
            assert (told in error, "请运行 ledger doctor，看怎样处理" in error) == (True, True)
    clone.git("remote", "rename", "origin", "别的")
    assert run(["-C", str(clone.root), "sync"]) == 1
    assert "请运行 ledger doctor，看怎样处理" in capsys.readouterr().err
    assert "forge.remote" in doctor(clone)["远端"]["said"]
    clone.git("config", "core.fileMode", "也许")
    capsys.readouterr()
    assert run(["-C", str(clone.root), "progress", "001", "--text", "启动"]) == 1
    assert "请运行 ledger doctor，看怎样处理" in capsys.readouterr().err
    assert "git config --unset-all core.filemode" in doctor(clone)["台账"]["said"]


# -- the machine ---------------------------------------------------------------------------------


def test_the_command_and_completion(tmp_path: Path) -> None:
    around = {"PATH": str(tmp_path), "HOME": str(tmp_path), "SHELL": "/bin/bash"}
    command, completion = habits(around)
    assert (command.state, "~/.profile" in command.text) == ("提示", True)
    assert (completion.state, "没有装" in completion.text) == ("提示", True)
    program = tmp_path / "ledger"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert [each.state for each in mended(habits(around))] == ["正常", "已修好"]
    assert [each.state for each in habits(around)] == ["正常", "正常"]
    script = tmp_path / ".local/share/bash-completion/completions/ledger"
    script.write_text(SCRIPTS["bash"].replace("local", "  local"))
    assert "是旧版的" in list(habits(around))[1].text
    assert "补全脚本已写入" in list(mended(habits(around)))[1].fixed
    assert script.read_text() == SCRIPTS["bash"]
    assert (tmp_path / ".bashrc").read_text().count("bash-completion/completions/ledger") == 2
    script.write_text("complete -W 'bal reg' ledger\n")  # another program is called so, too
    _, completion = mended(habits(around))
    assert (completion.state, "ledger completion bash --install" in completion.text) == (
        "提示",
        True,
    )
    assert script.read_text() == "complete -W 'bal reg' ledger\n"
    assert len(list(habits(around | {"SHELL": "/bin/sh"}))) == 1  # which completes nothing


def test_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the machine's own list has them; where nobody can be asked, nothing is said."""
    program = tmp_path / "fc-list"
    names = ("方正小标宋简体", "黑体,SimHei", "楷体_GB2312", "宋体", "times new roman")
    lines = " ".join(f"'{each}'" for each in names)
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' {lines}\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (looked,) = fonts(Fonts())
    assert (looked.state, "没有仿宋_GB2312，" in looked.text) == ("提示", True)
    (looked,) = fonts(Fonts(body="宋体"))
    assert looked.state == "正常"
    monkeypatch.setenv("PATH", str(tmp_path / "无"))
    assert not list(fonts(Fonts()))


def test_time_zones() -> None:
    instant = dt.datetime(2017, 10, 20, tzinfo=dt.UTC)
    own = instant.astimezone().utcoffset()
    states = {
        name: time_zone(instant, name).state for name in ("Asia/Shanghai", "America/New_York")
    }
    assert "提示" in states.values()  # no machine stands in both
    assert (states["Asia/Shanghai"] == "正常") == (own == dt.timedelta(hours=8))


def test_hand_edits_are_not_mended_away(ledger: LedgerFolder, doctor: Doctor) -> None:
    """Neither overwritten nor committed along."""
    ledger.git("config", "core.autocrlf", "true")
    ledger.git("config", "--unset", "merge.ledger.driver")
    own = {".gitattributes": "*.md text\n", "data/schemas/task.json": "{}\n"}
    for path, text in own.items():
        ledger.write(path, text)
    head = ledger.git("rev-parse", "HEAD")
    fixed = doctor(ledger, "--fix")
    for subject in ("合并驱动", "换行", "编辑器提示"):
        assert "没有修好" in fixed[subject]["said"], fixed[subject]
        assert "里有还没有保存的改动" in fixed[subject]["said"]
    assert {path: (ledger.root / path).read_text("utf-8") for path in own} == own
    assert ledger.git("rev-parse", "HEAD") == head
