"""Merging trees beside the work tree, and moving a branch with its work tree along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ledger.adapters.git.complaints import GitError
from ledger.adapters.git.merge import (
    UNION,
    Unmerged,
    driver,
    drivers_of,
    last_change,
    make_commit,
    merge_texts,
    message_of_commit,
    refuse_blocked,
    set_driver,
    tree_merge,
)
from ledger.adapters.git.newtree import put_blobs, tree_with
from ledger.adapters.git.repo import blob_id
from ledger.errors import LedgerError
from ledger.usecases.writing.act import held, move
from tests.conftest import TODAY

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    """Two branches: `main` and `side`, both of which changed `both.txt`."""
    made = make_ledger(files={"both.txt": "1", "mine.txt": "1", "gone.txt": "1"}, below="台账")
    made.write("../top.txt", "1")
    made.commit("起点")
    made.git("switch", "--quiet", "-c", "side")
    for name in ("both.txt", "../top.txt"):
        made.write(name, "side")
    made.write("new.txt", "side")
    (made.root / "gone.txt").unlink()
    made.commit("旁支")
    made.git("switch", "--quiet", "main")
    for name in ("both.txt", "mine.txt", "../top.txt"):
        made.write(name, "main")
    made.commit("主线")
    return made


def moved(folder: LedgerFolder, old: str, new: str) -> None:
    ledger = folder.open()
    with held(ledger):
        move(ledger, old, new, "测试")


def test_git_decides_what_it_can_and_leaves_the_rest(ledger: LedgerFolder) -> None:
    repo = ledger.open().repo
    base = ledger.git("merge-base", "main", "side").strip()
    status = ledger.git("status", "--porcelain")
    with tree_merge(repo) as merge:
        merge.begin(base, "main", "side")
        assert merge.unmerged() == [
            Unmerged("top:top.txt", b"1", b"main", b"side"),
            Unmerged("both.txt", b"1", b"main", b"side"),
        ]
        with pytest.raises(GitError):
            merge.tree()
        merge.settle({"both.txt": b"both", "top:top.txt": None})
        tree = merge.tree()
    commit = make_commit(repo, tree, ("main", "side"), "合并\n\n说明\n")
    names = ledger.git("ls-tree", "-r", "--name-only", "--full-tree", "-z", commit).split("\0")
    assert "top.txt" not in names
    assert not any(each.endswith("gone.txt") for each in names)
    assert repo.file_at(commit, "both.txt", 100) == b"both"
    assert repo.file_at(commit, "mine.txt", 100) == b"main"
    assert message_of_commit(repo, commit) == "合并\n\n说明\n"
    assert ledger.git("status", "--porcelain") == status


def test_a_link_is_told_from_a_file(ledger: LedgerFolder) -> None:
    base = ledger.git("rev-parse", "HEAD").strip()
    for branch in ("one", "two"):
        ledger.git("switch", "--quiet", "-C", branch, base)
        (ledger.root / "mine.txt").unlink()
        (ledger.root / "mine.txt").symlink_to(branch)
        ledger.commit(branch)
    with tree_merge(ledger.open().repo) as merge:
        merge.begin(base, "one", "two")
        assert [(each.path, each.regular) for each in merge.unmerged()] == [("mine.txt", False)]


def test_a_commit_may_take_after_another_one(ledger: LedgerFolder) -> None:
    repo = ledger.open().repo
    ledger.git("-c", "user.name=乙", "commit", "--quiet", "--amend", "--reset-author", "--no-edit")
    copy = make_commit(repo, repo.tree_of("HEAD"), (), "新的", like="HEAD")
    form = ("show", "-s", "--format=%an %ae %ad %cn %ce %cd")
    assert ledger.git(*form, copy) == ledger.git(*form, "HEAD")


def test_contents_become_blobs_in_their_order(ledger: LedgerFolder) -> None:
    contents = [b"b\r\n", b"", b"a", b"b\r\n"]
    assert put_blobs(ledger.open().repo, contents) == [blob_id(each) for each in contents]
    assert put_blobs(ledger.open().repo, []) == []


def test_texts_are_merged_as_git_does() -> None:
    assert merge_texts(b"1\n2\n3\n", b"one\n2\n3\n", b"1\n2\nthree\n") == (b"one\n2\nthree\n", 0)
    labels = ("甲", "起点", "乙")
    text, left = merge_texts(b"1\n", b"2\n", b"3\n", labels=labels)
    assert left == 1
    assert text.decode() == "<<<<<<< 甲\n2\n=======\n3\n>>>>>>> 乙\n"
    assert merge_texts(b"1\n", b"1\n2\n", b"1\n3\n", UNION) == (b"1\n2\n3\n", 0)
    with pytest.raises(GitError):
        merge_texts(b"\0", b"\0a", b"\0b")


def test_moving_leaves_staged_and_changed_work_alone(ledger: LedgerFolder) -> None:
    repo = ledger.open().repo
    old = repo.resolve("HEAD")
    ledger.write("mine.txt", "提交了")
    ledger.git("commit", "--quiet", "--all", "-m", "新的")
    new = repo.resolve("HEAD")
    ledger.git("reset", "--quiet", "--hard", old)
    ledger.write("both.txt", "改着")
    ledger.write("staged.txt", "暂存")
    ledger.git("add", "staged.txt")
    status = ledger.git("status", "--porcelain")
    refuse_blocked(repo, old, new)
    moved(ledger, old, new)
    assert ledger.git("status", "--porcelain") == status
    assert repo.resolve("main") == new
    assert (ledger.root / "mine.txt").read_text(encoding="utf-8") == "提交了"


def test_moving_goes_over_nobody_s_work(ledger: LedgerFolder) -> None:
    repo = ledger.open().repo
    old, new = repo.resolve("main"), repo.resolve("side")
    ledger.write("both.txt", "改着")
    with pytest.raises(LedgerError, match=r"both\.txt里有还没有保存的改动"):
        refuse_blocked(repo, old, new)
    with pytest.raises(LedgerError):
        moved(ledger, old, new)
    assert (ledger.root / "both.txt").read_text(encoding="utf-8") == "改着"
    assert repo.resolve("main") == old


@pytest.mark.parametrize("staged", [False, True])
def test_an_interrupted_move_is_carried_on(ledger: LedgerFolder, staged: bool) -> None:
    """Killed before the branch was set, or even before git had written its index."""
    repo = ledger.open().repo
    old, new = repo.resolve("main"), repo.resolve("side")
    ledger.git("restore", "--source", new, "--worktree", *(["--staged"] if staged else []), ":/")
    assert ledger.git("status", "--porcelain")
    refuse_blocked(repo, old, new)
    moved(ledger, old, new)
    assert ledger.git("status", "--porcelain") == ""
    assert repo.resolve("main") == new


def test_moving_a_branch_that_has_moved_on_changes_nothing(ledger: LedgerFolder) -> None:
    repo = ledger.open().repo
    wrong, side = repo.resolve("main~1"), repo.resolve("side")
    ledger.git("reset", "--quiet", "--hard", "main")
    with pytest.raises(GitError):
        moved(ledger, wrong, side)
    assert ledger.git("status", "--porcelain") == ""
    assert (ledger.root / "mine.txt").read_text(encoding="utf-8") == "main"


def test_who_changed_a_file(ledger: LedgerFolder) -> None:
    repo = ledger.open().repo
    base = repo.merge_base("main", "side")
    assert last_change(repo, base, "main", "both.txt") == ("办公室联络员", TODAY)
    assert last_change(repo, base, "main", "gone.txt") == ("", "")


def test_merge_drivers(ledger: LedgerFolder) -> None:
    repo = ledger.open().repo
    assert driver(repo, "ledger") == ""
    set_driver(repo, "ledger", "台账", "x %O")
    assert driver(repo, "ledger") == "x %O"
    ledger.write(".gitattributes", "data/**/*.yaml merge=ledger\n*.bin -merge\n")
    paths = ("data/tasks/A/A-1.yaml", "data/a.yaml", "x.yaml", "x.bin")
    assert drivers_of(repo, *paths) == ["ledger", "ledger", "", ""]


def test_a_tree_is_made_as_an_index_would_make_it(ledger: LedgerFolder) -> None:
    """Modes of plain files become plain; what else is there is not looked at, let alone changed."""
    for path in ("a/b/c/一.txt", "a/b-c.txt", "a/b.txt", "a/x.sh", "a b/二.txt"):
        ledger.write(path, path)
    (ledger.root / "a/x.sh").chmod(0o755)
    (ledger.root / "a/b/link").symlink_to("c")
    ledger.commit("folders")
    repo = ledger.open().repo
    head = repo.resolve("HEAD")
    files = dict.fromkeys(("a/b/c/一.txt", "a/b-c.txt", "a/x.sh", "both.txt"), b"new")
    with tree_merge(repo) as beside:
        beside.begin(head)
        beside.settle(files)
        expected = beside.tree()
    assert tree_with(repo, head, files) == expected
    repo.run("fsck", "--strict", expected)


@pytest.mark.parametrize("path", ["a/none.txt", "none/x.txt", "both.txt/x.txt", "a/b/link", "a/b"])
def test_a_tree_that_needs_more_is_left_to_git(ledger: LedgerFolder, path: str) -> None:
    ledger.write("a/b/一.txt", "x")
    (ledger.root / "a/b/link").symlink_to("一.txt")
    ledger.commit("folders")
    repo = ledger.open().repo
    assert tree_with(repo, repo.resolve("HEAD"), {path: b"new"}) == ""
