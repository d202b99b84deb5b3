"""What GitPython is used for: by our environment and settings, bounded, and leaving nothing."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.adapters.git.complaints import GitError
from ledger.adapters.git.library import converse, create_repo, make_tag
from ledger.adapters.git.remote import NEW, fetch, offer, remote_refs
from ledger.adapters.git.repo import find_repo
from ledger.adapters.git.signing import tags
from tests.conftest import run_git

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

PATIENCE = 60.0


@pytest.fixture
def folder(make_ledger: MakeLedger) -> Path:
    return make_ledger().root


def script(folder: Path, text: str, seconds: float = PATIENCE) -> tuple[int, str, str]:
    """Have git run a shell script as one of its commands."""
    return converse(folder, ("told",), (f"alias.told=!{text}",), {"WORD": "对"}, seconds)


@pytest.mark.parametrize("name", ["$HOME", "${PATH}~", "~root", "台账 一"])
def test_a_folder_of_any_name(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a hook of another repository calls: git would go there by what it inherits."""
    other = create_repo(tmp_path / "other")
    for variable in ("GIT_DIR", "GIT_COMMON_DIR"):
        monkeypatch.setenv(variable, str(other.git_dir))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.root))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(tmp_path / "objects"))
    before = dict(os.environ)
    made = create_repo(tmp_path / name)
    assert made.git_dir == tmp_path / name / ".git"
    assert (made.branch(), made.head()) == ("main", None)
    assert dict(os.environ) == before
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(("other", name))


def test_settings_of_a_repository_that_is_there_survive(tmp_path: Path) -> None:
    create_repo(tmp_path)
    place = tmp_path / ".git/config"
    place.write_text(f"{place.read_text()}\n# 不要改\n[user]\n\tname = 某人 ; 我\n", "utf-8")
    before = place.read_bytes()
    create_repo(tmp_path)
    assert place.read_bytes() == before


def test_long_object_ids(tmp_path: Path) -> None:
    """GitPython's objects have ids of 20 bytes; nothing here goes by them."""
    run_git(tmp_path, "init", "--quiet", "--bare", "--object-format=sha256", "server")
    place = tmp_path / "mine"
    run_git(tmp_path, "init", "--quiet", "--object-format=sha256", "--initial-branch=main", "mine")
    run_git(place, "config", "user.name", "某人")
    run_git(place, "config", "user.email", "one@example.com")
    run_git(place, "commit", "--quiet", "--allow-empty", "-m", "一")
    run_git(place, "remote", "add", "origin", "../server")
    repo = create_repo(place)
    commit = repo.resolve("main")
    assert len(commit) == 64
    assert offer(repo, "origin", commit, "refs/heads/main").outcome == NEW
    assert fetch(repo, "origin", "main") == commit
    assert remote_refs(repo, "origin") == {"refs/heads/main": commit}
    make_tag(repo, "seal/a", commit, "-第一行\n\n第二行\n", sign=False)
    assert [(tag.commit, tag.message) for tag in tags(repo, "seal/")] == [
        (commit, "-第一行\n\n第二行\n")
    ]


def test_a_tag_that_is_there_stays(folder: Path) -> None:
    repo = find_repo(folder)
    make_tag(repo, "seal/a", "HEAD", "封存", sign=False)
    with pytest.raises(GitError, match="already exists"):
        make_tag(repo, "seal/a", "HEAD", "再封存", sign=False)


def test_the_environment_and_settings_of_all_git(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere")
    monkeypatch.setenv("GIT_TRACE", "1")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.setenv("GIT_PYTHON_GIT_EXECUTABLE", "/bin/false")
    run_git(folder, "config", "core.quotePath", "true")
    told = 'echo "$LC_ALL $LANGUAGE- $WORD ${GIT_INDEX_FILE-} $GIT_NO_REPLACE_OBJECTS"'
    status, printed, beside = script(folder, f"{told}; git config core.quotePath; exit 7")
    assert (status, printed, beside) == (7, "C.UTF-8 - 对  1\nfalse\n", "")


def test_more_than_anybody_reads(folder: Path) -> None:
    """On both sides at once, which a reader of one after the other would never see the end of."""
    lines = "head -c 3000000 /dev/zero | tr '\\0' a | fold"
    status, printed, beside = script(folder, f"({lines}) & ({lines}) >&2; wait")
    assert status == 0
    assert (len(printed), len(beside)) == (500_000, 500_000)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells what runs")
def test_what_takes_too_long_is_ended_with_all_it_has_started(folder: Path) -> None:
    with pytest.raises(TimeoutError):
        script(folder, "sleep 261.5; true", 0.3)
    end = time.monotonic() + PATIENCE
    while any(map(_sleeps, Path("/proc").glob("[0-9]*"))):
        assert time.monotonic() < end
        time.sleep(0.02)


def _sleeps(process: Path) -> bool:
    try:
        return b"261.5" in (process / "cmdline").read_bytes()
    except OSError:
        return False
