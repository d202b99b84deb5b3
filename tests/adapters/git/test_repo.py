"""Verbs of git on real repositories: exactly what was asked, nothing of the user's touched."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.adapters.git import index as gitindex
from ledger.adapters.git import objects
from ledger.adapters.git.commit import (
    commit_only,
    delete_branch,
    has_changes,
    keep_up,
    last_move,
    refuse_unfinished,
    set_branch,
)
from ledger.adapters.git.complaints import GitError
from ledger.adapters.git.library import create_repo
from ledger.adapters.git.merge import commit_beside
from ledger.adapters.git.process import MAX_BLOB
from ledger.adapters.git.repo import GitRepo, blob_id, find_repo
from ledger.adapters.git.walk import all_commits, commits_saying, differences
from ledger.errors import LedgerError, UsageError
from ledger.model.zone import zone
from tests.conftest import run_git
from tests.copying import copy_folder

MakeRepository = Callable[[str], Path]
Clock = Callable[[str], None]

NAMES = ["a b.yaml", "事项.yaml", 'it\'s "x".yaml', "-n.yaml", "*.yaml", "[ab]?.yaml", "l\nf.yaml"]
MAGIC = [":(top)x.yaml", ":x.yaml", "tab\t.yaml", "back\\slash.yaml"]


@pytest.fixture
def folder(make_repository: MakeRepository) -> Path:
    """A repository with one commit of `a.yaml`, `b.yaml` and `c.yaml`, each of one line."""
    made = make_repository("repo")
    for name in ("a", "b", "c"):
        (made / f"{name}.yaml").write_text("1\n")
    run_git(made, "add", ".")
    run_git(made, "commit", "-qm", "first")
    return made


def names_in(folder: Path, commit: str) -> list[str]:
    """The files that a commit changes against its first parent."""
    listed = run_git(
        folder, "show", "-m", "--first-parent", "--format=", "--name-only", "-z", commit
    )
    return sorted(listed.split("\0")[:-1])


def state(folder: Path) -> tuple[str, ...]:
    """What the user sees: status, index, branches and stash."""
    return (
        run_git(folder, "status", "--porcelain=v2", "-z", "--untracked-files=all"),
        run_git(folder, "ls-files", "--stage", "-z"),
        run_git(folder, "for-each-ref"),
        run_git(folder, "rev-parse", "HEAD"),
    )


def hook(folder: Path, name: str, script: str) -> None:
    place = folder / ".git" / "hooks" / name
    place.write_text(f"#!/bin/sh\n{script}\n")
    place.chmod(0o755)


def make_busy(folder: Path) -> None:
    """Staged, unstaged, partially staged, added, deleted and untracked files beside `a.yaml`."""
    for name in ("staged", "unstaged", "partly", "deleted", "removed"):
        (folder / name).write_text("1\n")
    run_git(folder, "add", ".")
    run_git(folder, "commit", "-qm", "more")
    for name in ("staged", "partly"):
        (folder / name).write_text("2\n")
    (folder / "added").write_text("1\n")
    run_git(folder, "add", "staged", "partly", "added")
    run_git(folder, "rm", "-q", "deleted")
    (folder / "removed").unlink()
    (folder / "partly").write_text("3\n")
    (folder / "unstaged").write_text("2\n")
    (folder / "untracked").write_text("1\n")


def committed(repo: GitRepo, paths: list[str], message: str) -> str:
    """Commit some files as a write does: under the index's lock, with a copy of it."""
    try:
        with gitindex.locked(repo) as index:
            commit = commit_only(repo, paths, message, index)
            gitindex.put_in_place(repo, index)
    except GitError:
        gitindex.unlock(repo)
        raise
    return commit


def status(folder: Path) -> set[str]:
    listed = run_git(folder, "status", "--porcelain", "-z", "--untracked-files=all")
    return set(listed.split("\0")[:-1])


def test_commits_exactly_its_files(folder: Path) -> None:
    make_busy(folder)
    before = status(folder)
    partly = run_git(folder, "show", ":partly")
    (folder / "a.yaml").write_text("2\n")
    (folder / "data").mkdir()
    (folder / "data" / "new.yaml").write_text("1\n")
    commit = committed(find_repo(folder), ["a.yaml", "data/new.yaml"], "改动")
    assert commit == run_git(folder, "rev-parse", "HEAD").strip()
    assert names_in(folder, commit) == ["a.yaml", "data/new.yaml"]
    assert status(folder) == before
    assert run_git(folder, "show", ":partly") == partly == "2\n"


def test_a_partly_staged_file_is_committed_as_it_is_on_disk(folder: Path) -> None:
    (folder / "a.yaml").write_text("2\n")
    run_git(folder, "add", "a.yaml")
    (folder / "a.yaml").write_text("3\n")
    commit = committed(find_repo(folder), ["a.yaml"], "改动")
    assert run_git(folder, "show", f"{commit}:a.yaml") == "3\n"
    assert status(folder) == set()


def test_many_files_are_committed_as_one_pack(folder: Path) -> None:
    (folder / ".gitattributes").write_text("*.txt text eol=lf\n")
    (folder / ".gitignore").write_text("ignored*\n")
    run_git(folder, "add", ".gitattributes", ".gitignore")
    run_git(folder, "commit", "-qm", "settings")
    (folder / "staged.yaml").write_text("staged\n")
    run_git(folder, "add", "staged.yaml")
    (folder / "many").mkdir()
    contents = {f"many/{number} [a]*.yaml": b"%d\n" % number for number in range(505)}
    contents |= {"a.yaml": b"changed\n", "many/empty.yaml": b"", "many/ignored.yaml": b"x: 1\n"}
    for path, content in contents.items():
        (folder / path).write_bytes(content)
    (folder / "many/windows.txt").write_bytes(b"one\r\ntwo\r\n")
    (folder / "b.yaml").unlink()
    before = {place for place in (folder / ".git/objects").rglob("*") if place.is_file()}
    committed(find_repo(folder), [*contents, "many/windows.txt", "b.yaml"], "many")
    made = {place for place in (folder / ".git/objects").rglob("*") if place.is_file()} - before
    assert len(made) < 20
    repo = find_repo(folder)
    (tree, was) = ({each.path: each.blob for each in repo.tree(at)} for at in ("HEAD", "HEAD~1"))
    expected = {path: blob_id(content) for path, content in contents.items()}
    expected["many/windows.txt"] = blob_id(b"one\ntwo\n")
    assert tree == {p: b for p, b in (was | expected).items() if p != "b.yaml"}
    assert run_git(folder, "status", "--porcelain").splitlines() == ["A  staged.yaml"]
    run_git(folder, "fsck", "--strict")


def test_a_refusing_hook_leaves_everything_as_it_was(folder: Path) -> None:
    make_busy(folder)
    hook(folder, "pre-commit", "echo 不许 >&2; exit 1")
    (folder / "a.yaml").write_text("2\n")
    (folder / "new.yaml").write_text("1\n")
    before = state(folder)
    with pytest.raises(GitError, match="不许"):
        committed(find_repo(folder), ["a.yaml", "new.yaml"], "改动")
    assert state(folder) == before


def test_an_ignored_file_is_committed(folder: Path) -> None:
    (folder / ".git" / "info").mkdir(exist_ok=True)
    (folder / ".git" / "info" / "exclude").write_text("*.log.yaml\n")
    (folder / "x.log.yaml").write_text("1\n")
    commit = committed(find_repo(folder), ["x.log.yaml"], "改动")
    assert names_in(folder, commit) == ["x.log.yaml"]


def test_the_first_commit(make_repository: MakeRepository) -> None:
    folder = make_repository("new")
    (folder / "a.yaml").write_text("1\n")
    (folder / "staged").write_text("1\n")
    run_git(folder, "add", "staged")
    repo = find_repo(folder)
    assert repo.head() is None
    commit = committed(repo, ["a.yaml"], "第一次")
    assert repo.head() == commit
    assert names_in(folder, commit) == ["a.yaml"]
    assert status(folder) == {"A  staged"}


def test_a_refused_first_commit_stages_nothing(make_repository: MakeRepository) -> None:
    folder = make_repository("new")
    hook(folder, "pre-commit", "exit 1")
    (folder / "a.yaml").write_text("1\n")
    with pytest.raises(GitError):
        committed(find_repo(folder), ["a.yaml"], "第一次")
    assert status(folder) == {"?? a.yaml"}


def test_a_ledger_in_a_subfolder(folder: Path) -> None:
    below = folder / "部门" / "台 账"
    below.mkdir(parents=True)
    (below / "a.yaml").write_text("1\n")
    repo = find_repo(below)
    assert repo.git_dir == folder / ".git"
    commit = committed(repo, ["a.yaml"], "改动")
    assert names_in(folder, commit) == ["部门/台 账/a.yaml"]
    assert [each.path for each in repo.tree(commit, "a.yaml")] == ["a.yaml"]
    assert repo.file_at(commit, "a.yaml", 10) == b"1\n"


def test_a_linked_work_tree(folder: Path, tmp_path: Path) -> None:
    run_git(folder, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    repo = find_repo(tmp_path / "side")
    assert repo.git_dir == folder / ".git"
    (tmp_path / "side" / "a.yaml").write_text("2\n")
    before = state(folder)[1], state(folder)[3]
    commit = committed(repo, ["a.yaml"], "改动")
    assert repo.branch() == "side"
    assert repo.branch_commit("side") == commit
    assert (state(folder)[1], state(folder)[3]) == before


def test_where_git_would_be_sent_elsewhere(
    folder: Path, make_repository: MakeRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_repository("other")
    with monkeypatch.context() as patch:
        patch.setenv("GIT_DIR", str(other / ".git"))
        patch.setenv("GIT_WORK_TREE", str(other))
        patch.setenv("GIT_INDEX_FILE", str(other / "index"))
        patch.setenv("GIT_OBJECT_DIRECTORY", str(other / ".git" / "objects"))
        (folder / "a.yaml").write_text("2\n")
        commit = committed(find_repo(folder), ["a.yaml"], "改动")
    assert run_git(folder, "rev-parse", "HEAD").strip() == commit
    assert find_repo(other).head() is None
    assert not (other / "index").exists()


@pytest.mark.parametrize("name", NAMES + MAGIC)
def test_any_file_name_is_taken_literally(folder: Path, name: str) -> None:
    (folder / "data").mkdir()
    (folder / "data" / name).write_text("1\n")
    (folder / "data" / "abc.yaml").write_text("1\n")
    (folder / "data" / "ax.yaml").write_text("1\n")
    path = f"data/{name}"
    repo = find_repo(folder)
    assert has_changes(repo, [path])
    commit = committed(repo, [path], "改动")
    assert names_in(folder, commit) == [path]
    assert not has_changes(repo, [path])
    assert [each.path for each in repo.tree(commit, path)] == [path]
    assert repo.file_at(commit, path, 10) == b"1\n"
    beside = commit_beside(repo, commit, {path: b"2\n"}, "改动")
    assert names_in(folder, beside) == [path]
    assert repo.hash_files([path]) == [blob_id(b"1\n")]


def test_files_below_the_top_are_hashed_where_they_lie(folder: Path) -> None:
    below = folder / "台账"
    below.mkdir()
    for name in ("1.yaml", '"2.yaml'):
        (below / name).write_text(f"{name}\n")
    repo = replace(find_repo(folder), root=below)
    hashed = [blob_id(f"{name}\n".encode()) for name in ("1.yaml", '"2.yaml')]
    assert repo.hash_files(["1.yaml"]) == hashed[:1]
    assert repo.hash_files(["1.yaml", '"2.yaml']) == hashed


@pytest.mark.parametrize("name", NAMES)
def test_any_file_name_at_the_top(folder: Path, name: str) -> None:
    (folder / name).write_text("9\n")
    repo = find_repo(folder)
    commit = committed(repo, [name], "改动")
    assert names_in(folder, commit) == [name]
    assert repo.file_at(commit, name, 10) == b"9\n"


@pytest.mark.parametrize(
    "revision",
    [
        "",
        " ",
        "a b",
        "-h",
        "--all",
        "--upload-pack=x",
        "HEAD\nHEAD",
        "HEAD\n",
        "none",
        "..",
        "HEAD..",
        "HEAD:a.yaml",
        "HEAD^{tree}",
        "0" * 40,
        "$(touch x)",
        "\udcff",
        "../x",
        "@{99}",
        "^HEAD",
    ],
)
def test_what_names_no_commit_is_said(folder: Path, revision: str) -> None:
    with pytest.raises(UsageError, match="找不到版本"):
        find_repo(folder).resolve(revision)


@pytest.mark.parametrize("revision", ["HEAD", "@", "main", "v 1", "refs/heads/main", "HEAD~0"])
def test_what_names_a_commit(folder: Path, revision: str) -> None:
    repo = find_repo(folder)
    if revision == "v 1":
        run_git(folder, "tag", "-a", "-m", "封存", "v1")
        revision = "v1"
    assert repo.resolve(revision) == repo.head()


def test_the_commit_at_the_end_of_a_day(make_repository: MakeRepository, clock: Clock) -> None:
    folder = make_repository("days")
    repo = find_repo(folder)

    def commit_on(moment: str) -> str:
        clock(moment)
        run_git(folder, "commit", "-qm", moment, "--allow-empty")
        return repo.resolve("HEAD")

    first = commit_on("2017-06-29T23:59:59+08:00")
    second = commit_on("2017-06-30T00:00:00+08:00")
    third = commit_on("2017-06-30T23:59:59+08:00")
    fourth = commit_on("2017-06-30T16:00:00+00:00")  # midnight in Shanghai
    shanghai = zone("Asia/Shanghai")
    assert repo.commit_at(dt.date(2017, 6, 29), shanghai) == first
    assert repo.commit_at(dt.date(2017, 6, 30), shanghai) == third
    assert repo.commit_at(dt.date(2017, 7, 1), shanghai) == fourth
    assert repo.commit_at(dt.date(2017, 6, 29), dt.UTC) == second
    assert repo.commit_at(dt.date(2017, 6, 30), dt.UTC) == fourth
    assert repo.commit_day(fourth, shanghai) == dt.date(2017, 7, 1)
    assert repo.commit_day(fourth, dt.UTC) == dt.date(2017, 6, 30)


@pytest.mark.parametrize("day", [dt.date(2017, 2, 28), dt.date(1972, 1, 1), dt.date(1949, 10, 1)])
def test_a_day_before_history(folder: Path, day: dt.date) -> None:
    assert find_repo(folder).commit_at(day, zone("Asia/Shanghai")) == ""


def test_a_day_without_any_history(make_repository: MakeRepository) -> None:
    assert find_repo(make_repository("new")).commit_at(dt.date(2017, 3, 1), dt.UTC) == ""


@pytest.mark.parametrize("year", [2037, 2100, 9999])
def test_a_day_far_ahead(folder: Path, year: int) -> None:
    repo = find_repo(folder)
    assert repo.commit_at(dt.date(year, 12, 31), zone("Pacific/Kiritimati")) == repo.head()


def test_a_side_branch_does_not_count_before_its_merge(folder: Path, clock: Clock) -> None:
    clock("2017-03-05")
    run_git(folder, "checkout", "-q", "-b", "side")
    run_git(folder, "commit", "-qm", "side", "--allow-empty")
    run_git(folder, "checkout", "-q", "main")
    clock("2017-03-10")
    run_git(folder, "merge", "-q", "--no-ff", "-m", "合并", "side")
    repo = find_repo(folder)
    merged = repo.head()
    assert repo.commit_at(dt.date(2017, 3, 7), dt.UTC) == repo.resolve("HEAD^1")
    assert repo.commit_at(dt.date(2017, 3, 10), dt.UTC) == merged


def test_why_a_branch_moved_is_known_though_git_died_before_it_told_head(folder: Path) -> None:
    """git writes the log of HEAD after it has moved the branch that HEAD names."""
    log = folder / ".git" / "logs" / "HEAD"
    before = log.read_bytes()
    empty = run_git(folder, "commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "x").strip()
    run_git(folder, "update-ref", "-m", "合并 close/X", "refs/heads/main", empty)
    log.write_bytes(before)
    assert last_move(find_repo(folder)) == "合并 close/X"
    run_git(folder, "switch", "--quiet", "--detach", "main~1")
    assert last_move(find_repo(folder)).startswith("checkout: moving from main")


def test_git_tidies_up_when_it_is_time(folder: Path, started: Callable[[], list[int]]) -> None:
    def starts(*settings: str) -> int:
        for each in settings:
            run_git(folder, "config", *each.split("=", 1))
        repo = find_repo(folder)
        repo.settings()
        started()
        keep_up(repo)
        return len(started())

    crowded = folder / ".git" / "objects" / "17"
    crowded.mkdir(exist_ok=True)
    for number in range(40):
        (crowded / f"{number:038x}").touch()
    assert starts() == 0  # it is switched off
    assert starts("gc.auto=6700") == 1
    assert starts("gc.auto=67000") == 0
    assert starts("gc.auto=10k") == 1  # which it reads itself
    assert starts("gc.auto=0", "maintenance.commit-graph.enabled=true") == 1


def test_settings_are_switches_as_git_reads_them(folder: Path) -> None:
    config = folder / ".git" / "config"
    before = config.read_text("utf-8")
    values = (
        "true",
        "Yes",
        "ON",
        "1",
        "2",
        "0",
        "off",
        "False",
        "no",
        "-1",
        "1k",
        "true\n x = off",
    )
    for words in ("", "x", "x =", *(f"x = {value}" for value in values)):
        config.write_text(f"{before}[test]\n {words}\n", "utf-8")
        repo = find_repo(folder)
        expected = repo.text("config", "--bool", "test.x", ok=(0, 1)) == "true"
        assert repo.is_on("test.X") is expected, words
    config.write_text(f"{before}[test]\n x = maybe\n", "utf-8")
    with pytest.raises(LedgerError):
        find_repo(folder).is_on("test.x")


def test_the_day_of_a_commit(folder: Path, clock: Clock) -> None:
    for time, day in (("2017-06-30T23:59:59+00:00", 1), ("2017-06-30T15:59:59+00:00", 30)):
        clock(time)
        run_git(folder, "commit", "-q", "--allow-empty", "-m", "committer x <y> 1 +0000")
        repo = find_repo(folder)
        local = repo.commit_day(repo.resolve("HEAD"), zone("Asia/Shanghai"))
        assert local == dt.date(2017, 7 if day == 1 else 6, day)
    odd = run_git(folder, "cat-file", "commit", "HEAD").replace(" +0000\n", "\n")
    how = ("-t", "commit", "-w", "--literally", "--stdin")
    made = run_git(folder, "hash-object", *how, stdin=odd.encode()).strip()
    assert run_git(folder, "show", "-s", "--format=%ct", made).strip() == ""
    assert find_repo(folder).commit_day(made, dt.UTC) == dt.date(1970, 1, 1)


def stored(folder: Path, content: bytes) -> str:
    return run_git(folder, "hash-object", "-w", "--stdin", stdin=content).strip()


@pytest.mark.parametrize("bytes_told", [10, 60, 1000, 1_500_000])
def test_a_git_that_dies_while_it_answers_ends_the_reading(
    bytes_told: int, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither is half a content taken for a whole one, nor is the rest waited for."""
    blob = stored(folder, b"x" * 3_000_000)
    place = tmp_path / "bin" / "git"
    place.parent.mkdir()
    git = shutil.which("git")
    place.write_text(
        f'#!/bin/sh\ncase "$*" in *cat-file*) {git} "$@" | head -c {bytes_told};;\n'
        f'*) exec {git} "$@";; esac\n'
    )
    place.chmod(0o755)
    monkeypatch.setenv("PATH", f"{place.parent}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(GitError):
        list(find_repo(folder).blobs([blob], 1_000_000))


def test_blobs_come_in_the_order_asked(folder: Path) -> None:
    contents = {stored(folder, b"%d\n" % n): b"%d\n" % n for n in range(60)}
    contents[stored(folder, b"")] = b""
    contents[stored(folder, b"no line end")] = b"no line end"
    ids = list(contents)
    asked = [*reversed(ids), *ids[:5], *ids * 40]
    assert list(find_repo(folder).blobs(asked)) == [(each, contents[each]) for each in asked]
    assert list(find_repo(folder).blobs([])) == []


def test_a_missing_blob_is_an_error_after_those_before_it(folder: Path) -> None:
    known = stored(folder, b"1\n")
    read = find_repo(folder).blobs([known, "1" * 40, known])
    assert next(read) == (known, b"1\n")
    with pytest.raises(GitError, match="1" * 40):
        next(read)


def test_a_large_blob_is_cut(folder: Path) -> None:
    large = stored(folder, b"x" * (3 * MAX_BLOB + 7))
    small = stored(folder, b"1\n")
    contents = list(find_repo(folder).blobs([large, small]))
    assert contents == [(large, b"x" * MAX_BLOB), (small, b"1\n")]


def test_a_reader_may_stop_early(folder: Path) -> None:
    ids = [stored(folder, b"x" * 100_000)] * 5000
    read = find_repo(folder).blobs(ids)
    assert next(read)[0] == ids[0]
    read.close()  # type: ignore[attr-defined]


def test_a_repository_with_longer_object_ids(tmp_path: Path) -> None:
    folder = tmp_path / "sha256"
    run_git(tmp_path, "init", "-q", "--object-format=sha256", "-b", "main", str(folder))
    for key, value in (("user.name", "办公室联络员"), ("user.email", "office@example.com")):
        run_git(folder, "config", key, value)
    (folder / "a.yaml").write_text("1\n")
    repo = find_repo(folder)
    commit = committed(repo, ["a.yaml"], "改动")
    (file,) = repo.tree(commit, "a.yaml")
    assert file.blob == blob_id(b"1\n", "sha256")
    assert list(repo.blobs([file.blob])) == [(file.blob, b"1\n")]
    beside = commit_beside(repo, commit, {"a.yaml": b"2\n"}, "改动")
    assert repo.file_at(beside, "a.yaml", 10) == b"2\n"


@pytest.mark.parametrize("below", ["", "台账", "a/b c"])
def test_a_commit_beside_touches_nothing(folder: Path, below: str) -> None:
    root = folder / below
    root.mkdir(parents=True, exist_ok=True)
    (root / "t.yaml").write_text("1\n")
    run_git(folder, "add", ".")
    run_git(folder, "commit", "-qm", "ledger")
    make_busy(folder)
    (root / "t.yaml").write_text("mine\n")
    before = state(folder)
    repo = find_repo(root)
    parent = repo.resolve("HEAD")
    commit = commit_beside(
        repo, parent, {"t.yaml": b"2\n", "data/n.yaml": b"3\n"}, "销号\n\n# 一\n"
    )
    assert state(folder) == before
    assert repo.parent_of(commit) == parent
    prefix = f"{below}/" if below else ""
    assert names_in(folder, commit) == [f"{prefix}data/n.yaml", f"{prefix}t.yaml"]
    assert repo.file_at(commit, "t.yaml", 10) == b"2\n"
    assert run_git(folder, "show", "-s", "--format=%B", commit).rstrip() == "销号\n\n# 一"


def test_every_line_of_a_message_is_kept(folder: Path) -> None:
    (folder / "a.yaml").write_text("2\n")
    message = "# 一\n\n#二：〔2020〕31号\n  三\n"
    repo = find_repo(folder)
    commit = committed(repo, ["a.yaml"], message)
    assert run_git(folder, "cat-file", "commit", commit).partition("\n\n")[2] == message
    assert commits_saying(repo, "#二：〔2020〕31号") == [commit]
    assert commits_saying(repo, "#二：.2020.31号") == []


def diverged(folder: Path, path: str = "a.yaml") -> None:
    """A branch `side` and main, each with a change of its own; the side's is in `path`."""
    run_git(folder, "checkout", "-q", "-b", "side")
    (folder / path).write_text("side\n")
    run_git(folder, "add", ".")
    run_git(folder, "commit", "-qm", "side")
    run_git(folder, "checkout", "-q", "main")
    (folder / "a.yaml").write_text("main\n")
    run_git(folder, "commit", "-qam", "main")


def test_an_unfinished_merge_is_said(folder: Path) -> None:
    diverged(folder)
    subprocess.run(["git", "merge", "-q", "side"], cwd=folder, capture_output=True, check=False)
    with pytest.raises(LedgerError, match="没有做完的合并"):
        refuse_unfinished(find_repo(folder))


def test_branches(folder: Path) -> None:
    repo = find_repo(folder)
    head = repo.resolve("HEAD")
    set_branch(repo, "销号/GZ2017-001", head)
    assert repo.branch_commit("销号/GZ2017-001") == head
    with pytest.raises(GitError):
        set_branch(repo, "main", head)
    with pytest.raises(GitError):
        set_branch(repo, "a..b", head)
    delete_branch(repo, "销号/GZ2017-001")
    assert repo.branch_commit("销号/GZ2017-001") == ""
    assert repo.branch() == "main"
    run_git(folder, "checkout", "-q", "--detach")
    assert repo.branch() == ""


def test_a_files_content_at_a_commit(folder: Path) -> None:
    (folder / "link.yaml").symlink_to("a.yaml")
    (folder / "data").mkdir()
    (folder / "data" / "x.yaml").write_text("1\n")
    run_git(folder, "add", ".")
    run_git(folder, "commit", "-qm", "more")
    repo = find_repo(folder)
    head = repo.resolve("HEAD")
    assert repo.file_at(head, "a.yaml", 2) == b"1\n"
    for path, most in (("a.yaml", 1), ("link.yaml", 9), ("data", 9), ("none", 9)):
        assert repo.file_at(head, path, most) is None


def test_the_whole_tree(folder: Path) -> None:
    repo = find_repo(folder)
    files = repo.tree(repo.resolve("HEAD"))
    assert [each.path for each in files] == ["a.yaml", "b.yaml", "c.yaml"]


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="不在 git 仓库里"):
        find_repo(tmp_path)


def test_making_a_repository_keeps_the_one_that_is_there(folder: Path, tmp_path: Path) -> None:
    head = find_repo(folder).head()
    assert create_repo(folder).head() == head
    made: GitRepo = create_repo(tmp_path / "new")
    assert made.branch() == "main"
    assert made.head() is None
    assert made.git_dir.samefile(tmp_path / "new" / ".git")


def test_what_cannot_change_is_asked_once(folder: Path, started: Callable[[], list[int]]) -> None:
    repo = find_repo(folder)
    first = repo.resolve("HEAD")
    asked: tuple[Callable[[], object], ...] = (
        lambda: repo.merge_bases(first, first),
        lambda: differences(repo, first, first),
        lambda: all_commits(repo, "", first, ()),
    )
    for ask in asked:
        started()
        answer = ask()
        assert len(started()) == 1
        assert ask() == answer
        assert started() == []
    assert [each.path for each in repo.tree(first, "a.yaml")] == ["a.yaml"]
    assert repo.tree(first, "none.yaml") == []


def test_objects_are_read_by_one_process(folder: Path, started: Callable[[], list[int]]) -> None:
    repo = find_repo(folder)
    first = repo.resolve("HEAD")
    (blob,) = [each.blob for each in repo.tree(first, "a.yaml")]
    started()
    repo.tree(first)
    repo.tree(first, "none.yaml")
    repo.entries(first)
    repo.resolve("main")
    repo.head()
    repo.tree_of(first)
    repo.parent_of(first)
    dict(repo.blobs([blob]))
    repo.file_at(first, "a.yaml", 100)
    assert len(started()) == 1  # to see which refs are called main
    assert len(started_with(folder, "cat-file")) == 1
    del repo
    assert started_with(folder, "cat-file") == []


def test_folders_in_themselves_come_to_an_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty trees, each twice in the next: a thousand million files in some hundred bytes."""
    monkeypatch.setattr(objects, "_MOST_ENTRIES", 1000)
    tree = run_git(folder, "rev-parse", "HEAD^{tree}").strip()
    for _ in range(30):
        both = "".join(f"040000 tree {tree}\t{name}\n" for name in "ab")
        tree = run_git(folder, "mktree", stdin=both.encode()).strip()
    commit = run_git(folder, "commit-tree", tree, "-m", "x").strip()
    with pytest.raises(GitError, match="1000 个以上的文件"):
        find_repo(folder).entries(commit)


def test_a_damaged_tree_is_no_missing_commit(folder: Path) -> None:
    (folder / "below").mkdir()
    (folder / "below" / "d.yaml").write_text("1\n")
    run_git(folder, "add", "below")
    run_git(folder, "commit", "-qm", "second")
    for name in ("HEAD:below", "HEAD^{tree}"):
        tree = run_git(folder, "rev-parse", name).strip()
        place = folder / ".git/objects" / tree[:2] / tree[2:]
        place.chmod(0o644)
        place.write_bytes(b"damaged")
        with pytest.raises(GitError, match=f"{tree[:10]} 坏了") as caught:
            find_repo(folder).tree("HEAD")
        assert "克隆" in caught.value.hint


def test_who_reads_on_while_others_ask_gets_all(folder: Path) -> None:
    repo = find_repo(folder)
    blobs = [each.blob for each in repo.tree("HEAD")]
    contents = dict(repo.blobs(blobs))
    reading = repo.blobs(blobs)
    met = [next(reading)]
    assert repo.head() == repo.resolve("main")
    assert dict([*met, *reading]) == contents
    next(repo.blobs(blobs))  # and nobody reads the rest
    assert dict(repo.blobs(blobs)) == contents


def test_a_process_that_was_ended_is_started_anew(folder: Path) -> None:
    """As Ctrl-C on a terminal does, which all of a command's processes hear."""
    repo = find_repo(folder)
    first = repo.head()
    for process in started_with(folder, "cat-file"):
        os.kill(process, signal.SIGINT)
    assert repo.head() == first
    for process in started_with(folder, "cat-file"):
        os.kill(process, signal.SIGKILL)
    assert len(repo.tree("HEAD")) == 3


def started_with(folder: Path, word: str) -> list[int]:
    """Numbers of the processes that run in a folder with a word in their command line."""
    numbers = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            if word.encode() in words and (process / "cwd").readlink() == folder.resolve():
                numbers.append(int(process.name))
    return numbers


def test_what_a_name_stands_for_is_asked_every_time(folder: Path) -> None:
    repo = find_repo(folder)
    first = repo.resolve("main")
    assert len(repo.tree("main")) == 3
    assert differences(repo, "main", "") == ()
    (folder / "a.yaml").unlink()
    assert [each.path for each in differences(repo, first, "")] == ["a.yaml"]
    run_git(folder, "commit", "-qam", "second")
    assert repo.resolve("main") != first
    assert len(repo.tree("main")) == 2
    assert len(all_commits(repo, "", "main", ())) == 2
    assert len(all_commits(repo, first, "HEAD", ())) == 1


@pytest.mark.parametrize("root", ["", "data"])
@pytest.mark.parametrize(
    "paths",
    [(), ("data",), ("data/a",), ("data/a", "b.yaml"), ("data/a/1.yaml", "a"), ("a",), ("none",)],
)
def test_parts_of_a_listing_that_is_there(
    folder: Path, root: str, paths: tuple[str, ...], started: Callable[[], list[int]]
) -> None:
    """As git lists them: a name is a file, or a folder with all in it, never a mere beginning."""
    for name in ("data/a/1.yaml", "data/a/b/2.yaml", "data/a b.yaml", "data/ab.yaml", "b.yaml"):
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(name, "utf-8")
    (folder / "data/a/link").symlink_to("1.yaml")
    run_git(folder, "add", "--all")
    run_git(folder, "commit", "-qm", "second")
    repo = replace(find_repo(folder), root=folder / root)
    tip = repo.resolve("HEAD")
    asked = replace(repo).tree(tip, *paths)
    repo.entries(tip)
    started()
    assert repo.tree(tip, *paths) == asked
    assert started() == []


def test_a_commit_that_comes_later_is_found(folder: Path) -> None:
    repo = find_repo(folder)
    with pytest.raises(UsageError):
        repo.resolve("0" * 40)
    tree = repo.tree_of("HEAD")
    when = {f"GIT_{who}_DATE": "@1 +0000" for who in ("AUTHOR", "COMMITTER")}
    ahead = ("commit-tree", tree, "-m", "x")
    copy = folder.with_name("copy")
    copy_folder(folder, copy)
    later = find_repo(copy).run(*ahead, environment=when).decode().strip()
    with pytest.raises(UsageError):
        repo.resolve(later)
    assert repo.run(*ahead, environment=when).decode().strip() == later
    assert repo.resolve(later) == later


def test_only_the_latest_answers_are_kept(folder: Path, started: Callable[[], list[int]]) -> None:
    repo = find_repo(folder)
    first = repo.resolve("HEAD")

    def ask(number: int) -> None:
        repo.fixed([first], "rev-list", f"--max-count={number}", first)

    for number in range(50):
        ask(number)
    started()
    ask(49)
    assert started() == []
    ask(0)
    assert len(started()) == 1


def test_another_root_of_a_repository_has_answers_of_its_own(folder: Path) -> None:
    (folder / "below").mkdir()
    (folder / "below" / "d.yaml").write_text("1\n")
    run_git(folder, "add", "below")
    run_git(folder, "commit", "-qm", "second")
    repo = find_repo(folder)
    tip = repo.resolve("HEAD")
    assert len(repo.tree(tip)) == 4
    below = replace(repo, root=folder / "below")
    assert [each.path for each in below.tree(tip)] == ["d.yaml"]
