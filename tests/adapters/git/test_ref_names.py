"""Names of refs are whole: a tag never passes for the branch of its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.adapters.git.refs import branch_in
from ledger.adapters.git.repo import HEADS, find_repo
from tests.conftest import run_git


@pytest.fixture
def folder(make_repository: Callable[[str], Path]) -> Path:
    """Two commits: main and origin/main are at the second, tags of all their names at the first.

    `refs/heads/refs/tags/main` and `refs/tags/refs/heads/gone` are there as well.
    """
    made = make_repository("refs")
    for message in ("first", "second"):
        run_git(made, "commit", "-q", "--allow-empty", "-m", message)
    for tag in ("main", "HEAD", "origin/main", "heads/main", "refs/heads/gone", "v1"):
        run_git(made, "update-ref", f"refs/tags/{tag}", "HEAD~1")
    run_git(made, "update-ref", "refs/remotes/origin/main", "HEAD")
    run_git(made, "update-ref", "refs/main", "HEAD~1")
    return made


@pytest.mark.parametrize(
    ("revision", "message", "remarks"),
    [
        ("main", "second", 1),
        ("main~0", "second", 1),
        ("main^{commit}", "second", 1),
        ("main@{0}", "second", 1),
        ("main~1", "first", 1),
        ("origin/main", "second", 1),
        ("HEAD", "second", 0),
        ("HEAD~1", "first", 0),
        ("@", "second", 0),
        ("@~1", "first", 0),
        ("v1", "first", 0),
        ("refs/tags/main", "first", 0),
        ("refs/heads/main", "second", 0),
        ("refs/remotes/origin/main", "second", 0),
    ],
)
def test_what_a_name_means(folder: Path, revision: str, message: str, remarks: int) -> None:
    told: list[str] = []
    commit = find_repo(folder, told.append).resolve(revision)
    assert run_git(folder, "log", "-1", "--format=%s", commit).strip() == message
    assert len(told) == remarks
    assert all("refs/tags/" in each for each in told)


def test_a_branch_named_like_a_remotes_wins_and_that_is_said(folder: Path) -> None:
    run_git(folder, "update-ref", "refs/heads/origin/main", "HEAD~1")
    told: list[str] = []
    commit = find_repo(folder, told.append).resolve("origin/main")
    assert run_git(folder, "log", "-1", "--format=%s", commit).strip() == "first"
    assert told == [
        "“origin/main”有几个意思，按分支读；要看远端分支请写 refs/remotes/origin/main。"
    ]


def test_what_the_program_names_itself(folder: Path) -> None:
    repo = find_repo(folder)
    assert repo.branch() == "main"
    assert repo.branch_commit("main") == repo.branch_commit("main", "origin") == repo.head()
    assert repo.branch_commit("gone") == ""  # a tag is called refs/heads/gone
    run_git(folder, "symbolic-ref", "HEAD", "refs/heads/heads/x")
    assert repo.branch() == "heads/x"
    run_git(folder, "symbolic-ref", "HEAD", "refs/other/x")
    assert repo.branch() == ""
    run_git(folder, "update-ref", "--no-deref", "HEAD", "refs/heads/main")
    assert repo.branch() == ""


def test_a_short_id_stays_one(folder: Path) -> None:
    repo = find_repo(folder)
    head = repo.resolve("HEAD")
    assert repo.resolve(head[:10]) == repo.resolve(head) == head
    run_git(folder, "update-ref", f"refs/tags/{head[:10]}", "HEAD~1")
    run_git(folder, "update-ref", f"refs/tags/{head}", "HEAD~1")
    told: list[str] = []
    assert find_repo(folder, told.append).resolve(head[:10]) == repo.resolve(head) == head
    (remark,) = told
    assert "按提交号读" in remark


def test_no_name_is_taken_for_a_branch_that_git_itself_does_not_find(folder: Path) -> None:
    """Where there is none of the name, git would look among the other refs."""
    run_git(folder, "branch", "close/X", "HEAD~1")
    for name in (
        "refs/heads/refs/heads/lost",
        "refs/refs/heads/lost2",
        "refs/remotes/refs/heads/y",
    ):
        run_git(folder, "update-ref", name, "HEAD~1")
    run_git(folder, "update-ref", "refs/remotes/refs/heads/z/HEAD", "HEAD~1")
    run_git(folder, "update-ref", "refs/heads/-odd", "HEAD~1")
    run_git(folder, "update-ref", "refs/heads/@", "HEAD~1")
    run_git(folder, "pack-refs", "--all")
    run_git(folder, "update-ref", "refs/heads/loose", "HEAD")
    run_git(folder, "symbolic-ref", "refs/heads/other", "refs/heads/main")
    plain = ("main", "close/X", "gone", "lost", "lost2", "y", "z", "loose", "other", "-odd", "@")
    odd = ("", "main~1", "main^", "main^{tree}", "main@{0}", "main:a", "a..b", "HEAD", "../HEAD")
    repo = find_repo(folder)
    for name in (*plain, *odd, "heads/main", "refs/heads/main", "main\n", "main/", ".", "主 线"):
        known = run_git(folder, "show-ref").splitlines()
        (expected,) = [each[:40] for each in known if each[41:] == f"refs/heads/{name}"] or [""]
        assert repo.branch_commit(name) == expected, name
    assert repo.branch_commit("main", "origin") == repo.head()
    assert repo.branch_commit("main~1", "origin") == repo.branch_commit("main", "none") == ""


def test_which_branch_is_checked_out_is_seen_as_git_sees_it(folder: Path, tmp_path: Path) -> None:
    repo, head = find_repo(folder), folder / ".git" / "HEAD"

    def seen(by_itself: bool) -> str:
        named = repo.text("symbolic-ref", "--quiet", "HEAD", ok=(0, 1))
        assert repo.branch_ref() == named
        assert branch_in(folder / ".git", HEADS) == (named if by_itself else "")
        return named

    assert seen(True) == "refs/heads/main"
    run_git(folder, "pack-refs", "--all")
    assert seen(True) == "refs/heads/main"
    for name in ("未生/一", "a.b"):
        run_git(folder, "symbolic-ref", "HEAD", f"refs/heads/{name}")
        assert seen(True) == f"refs/heads/{name}"
    run_git(folder, "symbolic-ref", "refs/heads/other", "refs/heads/main")
    run_git(folder, "symbolic-ref", "HEAD", "refs/heads/other")
    assert seen(False) == "refs/heads/main"
    head.write_text("ref:  refs/heads/main \n")
    assert seen(False) == "refs/heads/main"
    head.write_text("ref: refs/heads/main")
    assert seen(False) == "refs/heads/main"
    head.unlink()
    head.symlink_to("refs/heads/main")
    assert seen(False) == "refs/heads/main"
    head.unlink()
    head.write_text("ref: refs/heads/main\n")
    run_git(folder, "checkout", "-q", "--detach")
    assert seen(False) == ""
    run_git(
        folder, "worktree", "add", "-q", "-b", "beside", str(tmp_path / "beside"), "refs/heads/main"
    )
    assert find_repo(tmp_path / "beside").branch_ref() == "refs/heads/beside"
    head.write_text("ref: refs/heads/.invalid\n")  # as git writes it where refs are no files
    assert branch_in(folder / ".git", HEADS) == ""
