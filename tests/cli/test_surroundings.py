"""Whatever state repository and machine are in: the work is done, or one sentence says why."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.copying import copy_folder

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = ("--today", "2017-03-01")
PROGRESS = (*TODAY, "progress", "GZ2017-001", "--text", "已完成初稿")
READ = (*TODAY, "list")


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger(2)


class TestBranches:
    def test_a_detached_head(self, ledger: LedgerFolder, invoke: Invoke, refused: Invoke) -> None:
        ledger.git("switch", "--quiet", "--detach", "HEAD")
        assert invoke(ledger, *READ).code == 0
        refused(ledger, *PROGRESS, code=1, says="不在任何分支上")

    @pytest.mark.parametrize(
        ("arguments", "called"),
        [
            (("rebase", "other"), "变基"),
            (("merge", "other"), "合并"),
            (("cherry-pick", "other"), "拣选"),
            (("revert", "--no-edit", "HEAD~1"), "撤回"),
        ],
    )
    def test_something_unfinished(
        self,
        arguments: tuple[str, ...],
        called: str,
        ledger: LedgerFolder,
        invoke: Invoke,
        refused: Invoke,
    ) -> None:
        ledger.write_task(id="GZ2017-002", title="一")
        ledger.commit("前")
        ledger.git("branch", "other")
        ledger.write_task(id="GZ2017-002", title="二")
        ledger.commit("这边")
        ledger.git("switch", "--quiet", "other")
        ledger.write_task(id="GZ2017-002", title="三")
        ledger.commit("那边")
        ledger.git("switch", "--quiet", "main")
        done = subprocess.run(
            ["git", *arguments], cwd=ledger.root, capture_output=True, check=False
        )
        assert done.returncode != 0
        refused(ledger, *PROGRESS, code=1, says=called)
        told = invoke(ledger, *READ)
        assert (told.code, "T001" in told.err) == (1, True)  # the markers in the file
        ledger.git("checkout", "--quiet", "--force", "HEAD", "--", "data")
        assert invoke(ledger, *READ).code == 0

    def test_another_branch_is_fine(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        ledger.git("switch", "--quiet", "-c", "work")
        assert invoke(ledger, *PROGRESS).code == 0
        assert ledger.git("rev-parse", "work") != ledger.git("rev-parse", "main")


class TestKindsOfRepositories:
    def test_another_work_tree(self, ledger: LedgerFolder, tmp_path: Path, invoke: Invoke) -> None:
        """Each work tree has a branch and an index of its own; lock and cache are shared."""
        ledger.git("worktree", "add", "--quiet", "-b", "second", str(tmp_path / "second"))
        assert invoke(tmp_path / "second", *PROGRESS).code == 0
        assert "已完成初稿" in ledger.git("show", "second:data/tasks/GZ2017/GZ2017-001.yaml")
        assert ledger.git("status", "--porcelain") == ""
        assert invoke(tmp_path / "second", *READ).code == 0
        assert "已完成初稿" not in invoke(ledger, "show", "GZ2017-001").out

    def test_a_submodule(
        self, ledger: LedgerFolder, make_repository: Callable[[str], Path], invoke: Invoke
    ) -> None:
        from tests.conftest import run_git

        outer = make_repository("outer")
        allow = ("-c", "protocol.file.allow=always")
        run_git(outer, *allow, "submodule", "--quiet", "add", str(ledger.root), "台账")
        run_git(outer, "commit", "--quiet", "-m", "子模块")
        inner = outer / "台账"
        for key, value in (("user.name", "某人"), ("user.email", "x@example.com")):
            run_git(inner, "config", key, value)
        assert invoke(inner, *PROGRESS).code == 0
        assert "已完成初稿" in run_git(inner, "show", "HEAD:data/tasks/GZ2017/GZ2017-001.yaml")
        assert invoke(inner, *READ).code == 0

    def test_a_bare_clone(self, ledger: LedgerFolder, tmp_path: Path, refused: Invoke) -> None:
        ledger.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
        refused(tmp_path / "bare.git", *READ, code=1, says="裸仓库")

    def test_a_shallow_clone(self, ledger: LedgerFolder, tmp_path: Path, invoke: Invoke) -> None:
        ledger.write_task(id="GZ2017-002", goal="完成")
        ledger.commit("改")
        ledger.git("clone", "--quiet", "--depth=1", f"file://{ledger.root}", str(tmp_path / "s"))
        for key, value in (("user.name", "某人"), ("user.email", "x@example.com")):
            subprocess.run(["git", "config", key, value], cwd=tmp_path / "s", check=True)
        assert invoke(tmp_path / "s", *READ).code == 0
        assert invoke(tmp_path / "s", *PROGRESS).code == 0
        assert invoke(tmp_path / "s", "log", "GZ2017-001").code == 0

    def test_no_repository(self, ledger: LedgerFolder, refused: Invoke) -> None:
        shutil.rmtree(ledger.root / ".git")
        refused(ledger, *READ, code=1, says="不在 git 仓库里")


class TestMachine:
    @pytest.fixture
    def without_git(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "bin").mkdir()
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    def test_no_git(
        self, ledger: LedgerFolder, without_git: None, invoke: Invoke, refused: Invoke
    ) -> None:
        """What needs no git works: reading the files as they are."""
        refused(ledger, *PROGRESS, code=1, says="没有 git")
        refused(ledger, *READ, "--at", "HEAD", code=1, says="没有 git")
        assert invoke(ledger, *READ).code == 0

    def test_a_repository_of_another_user(
        self, ledger: LedgerFolder, monkeypatch: pytest.MonkeyPatch, refused: Invoke
    ) -> None:
        if os.geteuid() != 0:
            pytest.skip("only root can give a folder to somebody else")
        for path in (ledger.root, *ledger.root.rglob("*")):
            os.chown(path, 12345, 12345)
        refused(ledger, *PROGRESS, code=1, says="另一个系统用户")

    @pytest.fixture
    def small_disk(self, tmp_path: Path) -> Iterator[Path]:
        """A file system of 600 kB."""
        place = tmp_path / "small"
        place.mkdir()
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(place)],
            capture_output=True,
            check=False,
        )
        if made.returncode:
            pytest.skip("no right to mount a small file system")
        try:
            yield place
        finally:
            subprocess.run(["umount", "--lazy", str(place)], check=True)

    def test_a_full_disk(self, ledger: LedgerFolder, small_disk: Path, invoke: Invoke) -> None:
        """At whatever step the disk is full: one sentence, and the ledger is as it was."""
        root = small_disk / "ledger"
        copy_folder(ledger.root, root)
        assert invoke(root, *READ).code == 0
        before = {path: path.read_bytes() for path in root.rglob("data/**/*.yaml")}
        head = (root / ".git/refs/heads/main").read_bytes()
        filler = small_disk / "filler"
        refusals = 0
        for room in range(0, 40_000, 4096):
            free = os.statvfs(small_disk)
            filler.write_bytes(b"x" * max(0, free.f_bavail * free.f_frsize - room))
            outcome = invoke(root, *PROGRESS)
            filler.unlink()
            if outcome.code == 0:
                break
            refusals += 1
            assert (outcome.code, outcome.err.count("\n")) == (1, 1), outcome.err
            assert (root / ".git/refs/heads/main").read_bytes() == head
            assert invoke(root, *READ).code == 0  # puts back what there was no room to put back
            assert {path: path.read_bytes() for path in root.rglob("data/**/*.yaml")} == before
        assert refusals
        assert invoke(root, *PROGRESS).code == 0

    def test_a_read_only_file_system(
        self, ledger: LedgerFolder, small_disk: Path, invoke: Invoke, refused: Invoke
    ) -> None:
        root = small_disk / "ledger"
        copy_folder(ledger.root, root)
        remount = ["mount", "-o", "remount,ro", str(small_disk)]
        subprocess.run(remount, check=True, capture_output=True)
        assert invoke(root, *READ).code == 0
        assert invoke(root, "log", "GZ2017-001").code == 0
        refused(root, *PROGRESS, code=1, says="只读")
