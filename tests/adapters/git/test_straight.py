"""Commits made straight from their parts: what `git commit` makes, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.adapters.git import index as gitindex
from ledger.adapters.git import straight
from ledger.adapters.git.commit import commit_only, has_changes, is_changed
from ledger.adapters.git.complaints import GitError
from ledger.adapters.git.repo import GitRepo, find_repo
from tests.conftest import run_git
from tests.copying import copy_folder

MESSAGE = "进展 GZ2017-001 一项\n\n  正文。\n\nLedger-Op: progress\n"
MARK = "ledger 0123456789abcdef"


@pytest.fixture
def folder(make_repository: Callable[[str], Path], clock: Callable[[str], None]) -> Path:
    """A busy repository: files of several folders, staged, changed and new ones beside them."""
    made = make_repository("repo")
    names = ("a.yaml", "d/a.yaml", "d/a/一.yaml", "d/a-.yaml", "d.yaml", "staged", "unstaged")
    for name in (*names, "deleted", "both"):
        place = made / name
        place.parent.mkdir(exist_ok=True, parents=True)
        place.write_text("1\n")
    (made / "run.sh").write_text("1\n")
    (made / "run.sh").chmod(0o755)
    run_git(made, "add", ".")
    run_git(made, "commit", "-qm", "first")
    (made / "staged").write_text("2\n")
    (made / "both").write_text("2\n")
    run_git(made, "add", "staged", "both")
    run_git(made, "rm", "-q", "deleted")
    (made / "unstaged").write_text("2\n")
    (made / "both").write_text("3\n")
    (made / "untracked").write_text("1\n")
    clock("2017-03-01 09:00:00 +0800")
    return made


def committed(repo: GitRepo, paths: list[str]) -> str:
    try:
        with gitindex.locked(repo) as index:
            made = commit_only(repo, paths, MESSAGE, index, MARK)
            gitindex.put_in_place(repo, index)
    except GitError:
        gitindex.unlock(repo)
        raise
    return made


def state(folder: Path) -> list[str]:
    """All that anybody can see of a repository."""
    asked = (
        ("status", "--porcelain=v2", "-z", "--untracked-files=all"),
        ("ls-files", "--stage", "-z"),
        ("for-each-ref",),
        ("log", "--format=raw", "--raw", "--no-abbrev"),
        *(("log", "-g", "--format=%H %gd %gs %gn", ref) for ref in ("HEAD", "main")),
        ("fsck", "--strict", "--no-dangling"),
    )
    return [run_git(folder, *each) for each in asked]


def by_both(
    folder: Path, paths: list[str], monkeypatch: pytest.MonkeyPatch
) -> tuple[list[str], list[str], list[str]]:
    """What is seen after a commit by git, and after one made straight; what git was asked then."""
    other = folder.with_name("other")
    copy_folder(folder, other)
    with monkeypatch.context() as patch:
        patch.setattr(straight, "straight", lambda *_: "")
        committed(find_repo(folder), paths)
    asked: list[str] = []
    run = GitRepo.run

    def noted(self: GitRepo, *arguments: str, **others: object) -> bytes:
        asked.append(next(each for each in arguments if each != "-c" and "=" not in each))
        return run(self, *arguments, **others)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(GitRepo, "run", noted)
        committed(find_repo(other), paths)
    return state(folder), state(other), asked


@pytest.mark.parametrize(
    "paths",
    [
        ["a.yaml"],
        ["d/a/一.yaml", "d/a-.yaml", "d.yaml"],
        ["run.sh"],
        ["staged"],
        ["both", "unstaged"],
        ["untracked"],
        ["d/a0.yaml", "d/a.b/new.yaml", "e/f/new.yaml"],
        ["*.yaml", ":x.yaml", "l\nf.yaml"],
    ],
)
def test_it_is_the_commit_that_git_makes(
    folder: Path, paths: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the id, with the same index, status and reflog; no `git commit` is started."""
    for path in paths:
        place = folder / path
        place.parent.mkdir(exist_ok=True, parents=True)
        place.write_text("9\n")
    by_git, by_us, asked = by_both(folder, paths, monkeypatch)
    assert by_us == by_git
    assert "commit" not in asked
    assert asked.count("update-ref") == 1


def test_filters_are_gits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".gitattributes").write_text("d.yaml text\na.yaml ident\n")
    (folder / "d.yaml").write_bytes(b"1\r\n2\r\n")
    (folder / "a.yaml").write_text("$Id: 1 $\n")
    by_git, by_us, asked = by_both(folder, ["d.yaml", "a.yaml"], monkeypatch)
    assert by_us == by_git
    assert "commit" not in asked


def a_hook(folder: Path) -> None:
    place = folder / ".git" / "hooks" / "post-commit"
    place.parent.mkdir(exist_ok=True)
    place.write_text("#!/bin/sh\n: > ran\n")
    place.chmod(0o755)


def is_assumed(folder: Path) -> None:
    run_git(folder, "update-index", "--assume-unchanged", "a.yaml")


def is_squashing(folder: Path) -> None:
    (folder / ".git" / "SQUASH_MSG").write_text("x\n")


def is_configured(folder: Path) -> None:
    run_git(folder, "config", "core.hooksPath", "hooks")


@pytest.mark.parametrize("how", [a_hook, is_assumed, is_squashing, is_configured])
def test_what_is_out_of_the_ordinary_is_left_to_git(
    folder: Path, how: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    how(folder)
    (folder / "a.yaml").write_text("9\n")
    by_git, by_us, asked = by_both(folder, ["a.yaml"], monkeypatch)
    assert by_us == by_git
    assert "commit" in asked
    assert (folder / "ran").exists() == (folder.with_name("other") / "ran").exists()
    assert not (folder.with_name("other") / ".git" / "SQUASH_MSG").exists()


def test_a_signature_is_left_to_git(folder: Path) -> None:
    run_git(folder, "config", "commit.gpgSign", "true")
    run_git(folder, "config", "gpg.program", "false")
    (folder / "a.yaml").write_text("9\n")
    before = state(folder)
    with pytest.raises(GitError):
        committed(find_repo(folder), ["a.yaml"])
    assert state(folder) == before


def test_where_a_folder_stands_in_the_way_git_says_so(folder: Path) -> None:
    (folder / "d.yaml").unlink()
    (folder / "d.yaml").mkdir()
    (folder / "d.yaml" / "new.yaml").write_text("1\n")
    made = committed(find_repo(folder), ["d.yaml/new.yaml"])
    assert run_git(folder, "show", f"{made}:d.yaml/new.yaml") == "1\n"


@pytest.mark.parametrize("skipped", [False, True])
def test_nothing_to_commit_is_an_error(folder: Path, skipped: bool) -> None:
    if skipped:  # then git sees nothing
        (folder / "a.yaml").write_text("9\n")
        run_git(folder, "update-index", "--skip-worktree", "a.yaml")
    before = state(folder)
    with pytest.raises(GitError):
        committed(find_repo(folder), ["a.yaml"])
    assert state(folder) == before


def test_a_branch_that_moved_meanwhile_is_followed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's commit comes between the tree and the branch: git commits on top of it."""
    made, their_tree = [], run_git(folder, "rev-parse", "HEAD^{tree}").strip()

    def tree_of(*arguments: object) -> str:
        tree = original(*arguments)  # type: ignore[arg-type]
        if not made:
            made.append(
                run_git(folder, "commit-tree", their_tree, "-p", "HEAD", "-m", "theirs").strip()
            )
            run_git(folder, "update-ref", "HEAD", made[0])
        return tree

    original = straight.tree_of
    monkeypatch.setattr(straight, "tree_of", tree_of)
    (folder / "a.yaml").write_text("9\n")
    commit = committed(find_repo(folder), ["a.yaml"])
    assert run_git(folder, "rev-parse", "HEAD", "HEAD~").split() == [commit, made[0]]
    assert run_git(folder, "show", "--format=", "--name-only", "HEAD") == "a.yaml\n"


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        *(("a.yaml", False), ("run.sh", False), ("staged", True), ("unstaged", True)),
        *(("both", True), ("untracked", True), ("deleted", True), ("none", False), ("d", False)),
    ],
)
def test_a_file_is_changed_as_git_sees_it(folder: Path, path: str, changed: bool) -> None:
    (folder / "a.yaml").touch()
    repo = find_repo(folder)
    assert is_changed(repo, path) == has_changes(repo, [path]) == changed


def test_a_mode_alone_is_a_change(folder: Path) -> None:
    (folder / "a.yaml").chmod(0o755)
    repo = find_repo(folder)
    assert is_changed(repo, "a.yaml")
    assert has_changes(repo, ["a.yaml"])
