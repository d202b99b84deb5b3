"""What the system or git refuses, interruptions, readers that leave: nothing is half done."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.usecases.reading.identities import REGISTER

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger

PROGRESS = ("progress", "001", "--text", "完成初稿")
WRITING = {
    "progress": PROGRESS,
    "extend": ("extend", "001", "--to", "2017-12-31", "--reason", "x", "--approved-by", "局务会"),
    "edit": ("edit", "001", "--leader", "局长"),
    "add": ("add", "--source", "GZ2017", "--title", "新的一项"),
    "add with a source": ("add", "--source", "GZ2018", "--source-title", "新计划", "--title", "x"),
    "import": ("import", "plan.csv", "--source", "GZ2019", "--year", "2019", "--accept"),
}
NO_ROOM = "没有写完：超出了文件大小的限制。请检查权限、路径和磁盘空间。\n"
TABLE = "序号,具体措施,牵头单位,完成时限\n1,制定方案,审业部,6月\n2,组织实施,统战部,12月\n"


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger(2, files={"plan.csv": TABLE})


def hook(ledger: LedgerFolder, name: str, script: str) -> None:
    place = ledger.root / ".git" / "hooks" / name
    place.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    place.chmod(0o755)


def state(ledger: LedgerFolder) -> tuple[str, str, list[Path]]:
    return (
        ledger.git("rev-parse", "HEAD"),
        ledger.git("status", "--porcelain", "--untracked-files=all"),
        sorted(ledger.root.glob("[!.]*/**/*")),
    )


class TestGitRefuses:
    @pytest.mark.parametrize("command", WRITING.values(), ids=WRITING.keys())
    def test_failing_hook_puts_every_file_back(
        self, command: tuple[str, ...], ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        hook(ledger, "pre-commit", "echo 台账检查没有通过 >&2; exit 1")
        before = state(ledger)
        outcome = invoke(ledger, *command)
        assert outcome.code == 1
        assert len(outcome.sentences) == 1
        assert "台账检查没有通过" in outcome.err
        assert state(ledger) == before

    @pytest.mark.parametrize("command", WRITING.values(), ids=WRITING.keys())
    def test_merge_in_progress(
        self, command: tuple[str, ...], ledger: LedgerFolder, refused: Invoke
    ) -> None:
        ledger.git("switch", "--quiet", "--create", "other")
        ledger.write("other.txt", "x")
        ledger.commit()
        ledger.git("switch", "--quiet", "main")
        ledger.git("merge", "--no-ff", "--no-commit", "--quiet", "other")
        refused(ledger, *command, code=1, says="没有做完的合并")

    @pytest.mark.parametrize("missing", ["user.name", "user.email"])
    @pytest.mark.parametrize("command", WRITING.values(), ids=WRITING.keys())
    def test_nobody_known(
        self, command: tuple[str, ...], missing: str, ledger: LedgerFolder, refused: Invoke
    ) -> None:
        ledger.git("config", "--unset", missing)
        ledger.git("config", "user.useConfigOnly", "true")
        refused(ledger, *command, "--by", "办公室主任", code=1, says=REGISTER)

    @pytest.mark.parametrize(
        "command",
        [("init", "new"), ("doctor",), PROGRESS, ("merge", "work/x", "--local"), ("sync",),
         ("seal", "2017-03")],
        ids=lambda command: command[0],
    )  # fmt: skip
    def test_how_to_register_is_said_in_one_way(
        self, command: tuple[str, ...], ledger: LedgerFolder, invoke: Invoke, tmp_path: Path
    ) -> None:
        ledger.git("switch", "--quiet", "--create", "work/x")
        ledger.write("other.txt", "x")
        ledger.commit()
        ledger.git("switch", "--quiet", "main")
        ledger.git("clone", "--quiet", "--bare", ".", str(tmp_path / "shared.git"))
        ledger.git("remote", "add", "origin", str(tmp_path / "shared.git"))
        ledger.git("config", "--remove-section", "user")
        outcome = invoke(tmp_path if command[0] == "init" else ledger, *command)
        assert REGISTER in outcome.out + outcome.err
        assert "还没有登记" in outcome.out + outcome.err

    def test_another_git_at_work(
        self, ledger: LedgerFolder, refused: Invoke, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ledger.adapters.git.index._PATIENCE_SECONDS", 0.1)
        ledger.write(".git/index.lock", "")
        refused(ledger, *PROGRESS, code=1, says="index.lock")


class TestDisk:
    @pytest.mark.parametrize("command", WRITING.values(), ids=WRITING.keys())
    def test_no_room_changes_nothing(
        self, command: tuple[str, ...], ledger: LedgerFolder, refused: Invoke
    ) -> None:
        before = state(ledger)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))  # no file may grow
        try:
            refused(ledger, *command, code=1, says=NO_ROOM)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert state(ledger) == before

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    @pytest.mark.parametrize("command", WRITING.values(), ids=WRITING.keys())
    def test_read_only_tree_changes_nothing(
        self, command: tuple[str, ...], ledger: LedgerFolder, refused: Invoke
    ) -> None:
        folders = [ledger.root, *(path for path in ledger.root.rglob("*") if path.is_dir())]
        for folder in folders:
            folder.chmod(0o555)
        try:
            told = refused(ledger, *command, code=1, says="没有权限").err
            assert not re.search(r"\.(tmp|lock)\b", told), told  # files of the program's own
        finally:
            for folder in folders:
                folder.chmod(0o755)

    def test_file_where_a_folder_must_be(self, ledger: LedgerFolder, refused: Invoke) -> None:
        ledger.write("data/tasks/GZ2018", "")
        command = WRITING["add with a source"]
        refused(ledger, *command, code=1, says="读写失败")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full here")
    def test_output_to_a_full_disk(self, ledger: LedgerFolder, ledger_command: list[str]) -> None:
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [*ledger_command, "list"],
                cwd=ledger.root,
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        assert done.returncode == 1
        assert done.stderr == "没有写完：磁盘已满。请检查权限、路径和磁盘空间。\n"

    @pytest.mark.parametrize("unbuffered", ["", "1"])
    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full here")
    def test_complaints_to_a_full_disk(
        self, unbuffered: str, ledger: LedgerFolder, ledger_command: list[str]
    ) -> None:
        """Nobody can be told; the exit code is still one of the program's own."""
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [*ledger_command, "show", "没有"],
                cwd=ledger.root,
                env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
                stderr=full,
                check=False,
            )
        assert done.returncode == 1


class TestReaderThatLeaves:
    @pytest.mark.parametrize("form", ["table", "json"])
    def test_closed_pipe_ends_quietly(
        self, form: str, make_ledger: MakeLedger, ledger_command: list[str]
    ) -> None:
        ledger = make_ledger([{"title": "很长的名称" * 300}] * 60, commit=False)
        process = subprocess.Popen(
            [*ledger_command, "list", "--format", form],
            cwd=ledger.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline()
        process.stdout.close()
        complaints = process.stderr.read().decode()
        process.stderr.close()
        assert (process.wait(), complaints) == (0, "")

    def test_closed_streams(self, ledger: LedgerFolder, ledger_command: list[str]) -> None:
        for arguments, redirection, code in (
            ("list", ">&-", 0),
            ("list --sort x", ">&- 2>&-", 2),
        ):
            shell = f'"$@" {arguments} {redirection}'
            done = subprocess.run(
                ["sh", "-c", shell, "sh", *ledger_command],
                cwd=ledger.root,
                capture_output=True,
                check=False,
            )
            assert (done.returncode, done.stdout + done.stderr) == (code, b"")

    def test_terminal_that_knows_no_chinese(
        self, ledger: LedgerFolder, ledger_command: list[str]
    ) -> None:
        done = subprocess.run(
            [*ledger_command, "list", "--dept", "没有"],
            cwd=ledger.root,
            env=os.environ | {"PYTHONIOENCODING": "ascii"},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 2
        assert done.stderr.startswith(b"\\u6ca1\\u6709\\u90e8\\u95e8")


class TestEncoding:
    def test_chinese_is_read_where_python_takes_everything_for_ascii(
        self, ledger: LedgerFolder, ledger_command: list[str]
    ) -> None:
        (ledger.root.parent / "报告.txt").write_text("检查情况", encoding="utf-8")
        ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        done = subprocess.run(
            [*ledger_command, "evidence", "add", "GZ2017-001", "../报告.txt", "--name", "检查报告"],
            cwd=ledger.root,
            env=os.environ | ascii_only,
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, b""), done.stderr.decode()
        assert "已登记佐证材料 GZ2017-001" in done.stderr.decode()
        assert ledger.load().by_id["GZ2017-001"].record.evidence[-1].name == "检查报告"


# Not a shell's: dash loses an interrupt that comes while it starts a command.
HELD_UP = """import pathlib, signal, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
pathlib.Path(".git/reached").touch()
time.sleep(60)"""


class TestInterrupted:
    @pytest.mark.parametrize(
        "command",
        [
            PROGRESS,
            WRITING["add with a source"],
        ],
    )
    def test_while_git_commits(
        self, command: tuple[str, ...], ledger: LedgerFolder, ledger_command: list[str]
    ) -> None:
        hook(ledger, "pre-commit", f"exec {sys.executable} -c '{HELD_UP}'")
        before = state(ledger)
        process = subprocess.Popen(
            [*ledger_command, *command],
            cwd=ledger.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        _wait_for(ledger.root / ".git" / "reached")
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        _, complaints = process.communicate(timeout=60)
        assert process.returncode == 130
        assert complaints.decode() == "已中断。\n"
        assert state(ledger) == before

    def test_where_ctrl_c_is_to_be_ignored_the_work_is_done(
        self, ledger: LedgerFolder, ledger_command: list[str]
    ) -> None:
        """Under nohup, from cron, in the background of a script."""
        hook(ledger, "pre-commit", "kill -INT $DEAF && touch .git/reached")
        deaf = ["sh", "-c", "trap '' INT; export DEAF=$$; exec \"$@\"", "sh"]
        done = subprocess.run(
            [*deaf, *ledger_command, *PROGRESS],
            cwd=ledger.root,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        assert (ledger.root / ".git" / "reached").exists()
        assert ledger.git("status", "--porcelain") == ""

    def test_while_it_starts(self, ledger_command: list[str], tmp_path: Path) -> None:
        script = tmp_path / "sitecustomize.py"
        script.write_text(
            "import os, signal, sys\n"
            "class Finder:\n"
            "    def find_spec(self, name, path=None, target=None):\n"
            "        if name == 'ledger.cli.app':\n"
            "            os.kill(os.getpid(), signal.SIGINT)\n"
            "sys.meta_path.insert(0, Finder())\n",
            encoding="utf-8",
        )
        inherited = os.environ.get("PYTHONPATH")
        done = subprocess.run(
            [*ledger_command, "list"],
            env=os.environ
            | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{inherited}" if inherited else str(tmp_path)},
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def _wait_for(place: Path) -> None:
    end = time.monotonic() + 60
    while not place.exists():
        assert time.monotonic() < end, f"{place} never came"
        time.sleep(0.01)
