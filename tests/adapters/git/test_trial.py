"""Merges that are tried out: as git makes them where nothing is configured, and nothing is kept."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.adapters.git.repo import GitRepo, bare_repo, find_repo
from ledger.adapters.git.trial import scratch, try_merge, try_merge_beside
from tests.conftest import LedgerFolder, run_git

TEXT = "".join(f"第 {number} 行\n" for number in range(20))
Act = Callable[[LedgerFolder], object]


def text(path: str, first: str = "", last: str = "") -> Act:
    return lambda folder: folder.write(path, first + TEXT + last)


def gone(path: str) -> Act:
    return lambda folder: (folder.root / path).unlink()


def moved(path: str, to: str, first: str = "") -> Act:
    def act(folder: LedgerFolder) -> None:
        folder.git("mv", path, to)
        folder.write(to, first + TEXT)

    return act


def link(path: str) -> Act:
    def act(folder: LedgerFolder) -> None:
        (folder.root / path).unlink()
        (folder.root / path).symlink_to("b.md")

    return act


def executable(path: str) -> Act:
    return lambda folder: (folder.root / path).chmod(0o755)


def submodule(commit: str) -> Act:
    """As `git submodule add` leaves it in the tree; its repository is not here."""

    def act(folder: LedgerFolder) -> None:
        (folder.root / "sub").mkdir(exist_ok=True)
        folder.git("update-index", "--add", "--cacheinfo", f"160000,{commit},sub")

    return act


def folder_at(path: str) -> Act:
    def act(folder: LedgerFolder) -> None:
        (folder.root / path).unlink()
        folder.write(f"{path}/c.md", "别的\n")

    return act


BOTH = "两边改了同一处"
# What each side does, and what cannot be merged: path → the beginning of why.
CASES: dict[str, tuple[Act, Act, dict[str, str]]] = {
    "two places of one file": (text("a.md", first="甲\n"), text("a.md", last="乙\n"), {}),
    "one place": (text("a.md", first="甲\n"), text("a.md", first="乙\n"), {"a.md": BOTH}),
    "deleted and changed": (gone("a.md"), text("a.md", first="乙\n"), {"a.md": "主分支删除"}),
    "changed and deleted": (text("a.md", first="甲\n"), gone("a.md"), {"a.md": "主分支改了"}),
    "two new ones": (text("n.md"), text("n.md", first="乙\n"), {"n.md": "两边各新增"}),
    "moved and changed": (moved("a.md", "c.md"), text("a.md", last="乙\n"), {}),
    "a link and a text": (link("a.md"), text("a.md", first="乙\n"), {"a.md": ""}),
    "a mode and a text": (executable("a.md"), text("a.md", first="乙\n"), {}),
    "a submodule and none": (submodule("1" * 40), text("b.md"), {}),
    "two submodules": (submodule("1" * 40), submodule("2" * 40), {"sub": ""}),
    "a folder and a file": (folder_at("a.md"), text("a.md", first="乙\n"), {"a.md": ""}),
}


@pytest.fixture
def repository(make_repository: Callable[[str], Path]) -> LedgerFolder:
    return begun(LedgerFolder(make_repository("repo")))


def begun(folder: LedgerFolder) -> LedgerFolder:
    for path in ("a.md", "b.md"):
        folder.write(path, TEXT)
    folder.commit()
    folder.git("branch", "work")
    return folder


def play(folder: LedgerFolder, ours: Act, theirs: Act) -> tuple[list[str], str, str]:
    tips = []
    for branch, act in (("main", ours), ("work", theirs)):
        folder.git("switch", "--quiet", branch)
        act(folder)
        sub = folder.git("ls-files", "-s", "sub").split()
        folder.git("add", "--all", "--", ":!sub")
        folder.git("commit", "--quiet", "--allow-empty", "-m", "改动")
        assert not sub or folder.git("ls-tree", "HEAD", "sub").startswith("160000")
        tips.append(folder.git("rev-parse", "HEAD").strip())
        if sub:
            folder.git("read-tree", "--reset", "HEAD")
    return folder.git("merge-base", "--all", *tips).split(), tips[0], tips[1]


@pytest.mark.parametrize("name", CASES)
def test_both_ways_say_what_git_merge_says(name: str, repository: LedgerFolder) -> None:
    """That of newer git, and that for git before 2.38."""
    ours, theirs, conflicts = CASES[name]
    pair = play(repository, ours, theirs)
    before = state(repository)
    with scratch(find_repo(repository.root)) as repo:
        trial, beside = try_merge(repo, *pair), try_merge_beside(repo, *pair)
    assert state(repository) == before
    for result in (trial, beside):
        assert bool(result.tree) == (not conflicts)
        assert len(result.conflicts) == len(conflicts)
        for path, why in conflicts.items():
            named = [each for each in result.conflicts if each.startswith(path)]
            assert [result.conflicts[each].startswith(why) for each in named] == [True]
    assert trial.tree == beside.tree
    if not conflicts and "submodule" not in name:
        repository.git("switch", "--quiet", "main")
        repository.git("merge", "--quiet", "--no-edit", "work")
        assert trial.tree == repository.git("rev-parse", "HEAD^{tree}").strip()


def state(folder: LedgerFolder) -> tuple[str, ...]:
    """Everything that a merge could touch."""
    return tuple(
        folder.git(*command)
        for command in (
            ("status", "--porcelain"),
            ("for-each-ref",),
            ("ls-files", "-s"),
            ("count-objects", "-v"),
        )
    )


def test_what_a_clone_has_configured_changes_nothing(repository: LedgerFolder) -> None:
    pair = play(repository, text("a.md", first="甲\n"), text("a.md", first="乙\n"))
    repository.write(".gitattributes", "*.md merge=union\n")
    repository.write(".git/info/attributes", "*.md merge=ledger\n")
    for key, value in (
        ("merge.ledger.driver", "true"),
        ("merge.renames", "false"),
        ("merge.conflictStyle", "diff3"),
        ("core.attributesFile", str(repository.root / ".gitattributes")),
    ):
        repository.git("config", key, value)
    with scratch(find_repo(repository.root)) as repo:
        assert try_merge(repo, *pair).conflicts == {"a.md": BOTH}
        assert try_merge_beside(repo, *pair).conflicts == {"a.md": BOTH}


@pytest.mark.parametrize("kind", ["bare", "sha256", "odd folder"])
def test_repositories_of_all_kinds(kind: str, tmp_path: Path) -> None:
    place = tmp_path / ('甲:"乙' if kind == "odd folder" else "repo")
    form = "sha256" if kind == "sha256" else "sha1"
    command = ["git", "init", "--quiet", "--initial-branch=main", f"--object-format={form}"]
    subprocess.run([*command, str(place)], check=True)
    for key, value in (("user.name", "某人"), ("user.email", "a@example.com")):
        run_git(place, "config", key, value)
    pair = play(begun(LedgerFolder(place)), text("a.md", first="甲\n"), text("a.md", last="乙\n"))
    repo = find_repo(place)
    if kind == "bare":
        run_git(tmp_path, "clone", "--quiet", "--bare", str(place), "bare.git")
        repo = bare_repo(tmp_path / "bare.git")
    with scratch(repo) as beside:
        trial, other = try_merge(beside, *pair), try_merge_beside(beside, *pair)
        assert trial.tree == other.tree
        assert content(beside, trial.tree) == f"甲\n{TEXT}乙\n"
    assert subprocess.run(
        ["git", "cat-file", "-e", trial.tree], cwd=repo.root, check=False, capture_output=True
    ).returncode


def content(repo: GitRepo, tree: str) -> str:
    return repo.run("cat-file", "blob", f"{tree}:a.md").decode()
