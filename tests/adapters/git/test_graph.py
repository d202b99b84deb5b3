"""The commit-graph: written where git and its user allow it, and when there is something new."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.adapters.git import graph
from ledger.adapters.git.graph import write_graph, writing_graph
from ledger.adapters.git.repo import find_repo
from tests.conftest import run_git

MakeRepository = Callable[[str], Path]
Started = Callable[[], list[int]]


@pytest.fixture
def folder(make_repository: MakeRepository, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with five commits, where three new ones are worth a graph and six take time."""
    monkeypatch.setattr(graph, "_FEW", 3)
    monkeypatch.setattr(graph, "_MOST", 5)
    made = make_repository("repo")
    grow(made, 5)
    return made


def grow(folder: Path, commits: int) -> None:
    for number in range(commits):
        run_git(folder, "commit", "-q", "--allow-empty", "-m", f"{number}")


def layers(folder: Path) -> list[bytes]:
    place = folder / ".git" / "objects" / "info" / "commit-graphs"
    return [each.read_bytes() for each in sorted(place.glob("*.graph"))]


def write(folder: Path) -> None:
    write_graph(find_repo(folder), run_git(folder, "rev-parse", "HEAD").strip())


def test_it_says_which_paths_each_commit_changed(folder: Path) -> None:
    write(folder)
    (layer,) = layers(folder)
    assert b"BIDX" in layer  # the chunk of changed paths (gitformat-commit-graph)
    run_git(folder, "commit-graph", "verify")


def test_what_is_known_is_not_asked_for_again(folder: Path, started: Started) -> None:
    write(folder)
    started()
    tip = run_git(folder, "rev-parse", "HEAD").strip()
    started()
    write_graph(find_repo(folder), tip)
    assert started() == []


def test_some_new_commits_are_added_and_a_few_are_not_worth_it(folder: Path) -> None:
    write(folder)
    grow(folder, 2)
    before = layers(folder)
    write(folder)
    assert layers(folder) == before
    grow(folder, 1)
    write(folder)
    assert layers(folder) != before
    run_git(folder, "commit-graph", "verify")


def test_a_long_history_is_left_to_who_has_time(folder: Path) -> None:
    grow(folder, 1)
    write(folder)
    assert layers(folder) == []
    with writing_graph(find_repo(folder), run_git(folder, "rev-parse", "HEAD").strip()):
        pass
    assert len(layers(folder)) == 1
    run_git(folder, "commit-graph", "verify")


def test_what_is_written_beside_other_work_is_known_as_well(folder: Path, started: Started) -> None:
    repo, tip = find_repo(folder), run_git(folder, "rev-parse", "HEAD").strip()
    with writing_graph(repo, tip):
        pass
    started()
    with writing_graph(repo, tip):
        write_graph(repo, tip)
    assert started() == []


def test_work_that_fails_leaves_no_git_behind(folder: Path) -> None:
    repo, tip = find_repo(folder), run_git(folder, "rev-parse", "HEAD").strip()
    with pytest.raises(KeyError), writing_graph(repo, tip):
        raise KeyError
    write(folder)  # no lock is left
    assert len(layers(folder)) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("core.commitGraph", "false"),
        ("fetch.writeCommitGraph", "false"),
        ("gc.writeCommitGraph", "no"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
    ],
)
def test_who_wants_none_gets_none(folder: Path, name: str, value: str) -> None:
    run_git(folder, "config", name, value)
    write(folder)
    assert layers(folder) == []


@pytest.mark.parametrize("name", ["core.commitGraph", "fetch.writeCommitGraph"])
def test_who_wants_it_gets_it(folder: Path, name: str) -> None:
    run_git(folder, "config", name, "true")
    write(folder)
    assert len(layers(folder)) == 1


def test_a_history_that_is_replaced_stays_replaced(folder: Path) -> None:
    run_git(folder, "replace", "HEAD~1", "HEAD~3")
    before = run_git(folder, "log", "--format=%s", "HEAD")
    write(folder)
    assert run_git(folder, "log", "--format=%s", "HEAD") == before


def test_a_history_that_was_cut_off_has_none(folder: Path) -> None:
    (folder / ".git" / "shallow").write_text(run_git(folder, "rev-parse", "HEAD~3"))
    write(folder)
    assert layers(folder) == []


def test_another_git_at_work_is_no_fault(folder: Path) -> None:
    place = folder / ".git" / "objects" / "info" / "commit-graphs"
    place.mkdir()
    (place / "commit-graph-chain.lock").touch()
    write(folder)
    assert layers(folder) == []


@pytest.mark.parametrize("kept", ["", "no id\n", f"{'0' * 40}\n", "é\n"])
def test_a_note_that_says_nothing_is_passed_over(folder: Path, kept: str) -> None:
    place = folder / ".git" / "ledger"
    place.mkdir()
    (folder / ".git" / "objects" / "info" / "commit-graph").touch()
    (place / "commit-graph").write_text(kept, "utf-8")
    write(folder)
    assert len(layers(folder)) == 1


def test_a_graph_that_was_deleted_is_written_again(folder: Path) -> None:
    write(folder)
    for each in (folder / ".git" / "objects" / "info" / "commit-graphs").iterdir():
        each.unlink()
    write(folder)
    assert len(layers(folder)) == 1
