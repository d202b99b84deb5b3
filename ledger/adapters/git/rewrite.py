"""Writing commits anew that nobody else has: with some files as another commit has them.

What they were stays reachable below `refs/ledger/`, which git neither pushes nor collects.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

from ledger.adapters.git.index import put_entries
from ledger.adapters.git.repo import GitRepo

FOLDED = "refs/ledger/folded/"
_SHORT = 12

Kept = tuple[str, str]  # a ref's whole name and its commit; empty where nothing is to be kept


def kept_ref(tip: str) -> str:
    """Where a line of commits stays that another one has replaced."""
    return f"{FOLDED}{tip[:_SHORT]}"


def kept_lines(repo: GitRepo) -> int:
    """How many lines of commits were replaced in this clone."""
    return len(repo.run("for-each-ref", "--format=%(refname)", FOLDED).split())


def work_trees(repo: GitRepo) -> dict[str, str]:
    """The branches that are checked out in some work tree, and where that is."""
    form = "--format=%(refname)%00%(worktreepath)"
    listed = repo.run("for-each-ref", form, "refs/heads/").decode(errors="replace")
    pairs = (line.split("\0") for line in listed.splitlines())
    return {ref.removeprefix("refs/heads/"): place for ref, place in pairs if place}


def tree_with(repo: GitRepo, commit: str, paths: Collection[str], source: str) -> str:
    """A commit's tree with some files as another commit has them, or lacks them.

    Args:
        repo: seen from the top of its work tree.
        paths: relative to there.

    Raises:
        GitError: a file would have to be a folder, too.
    """
    with tempfile.TemporaryDirectory(prefix="ledger-") as folder:
        index = Path(folder) / "index"
        own = {"GIT_INDEX_FILE": str(index)}
        repo.run("read-tree", commit, environment=own)
        put_entries(repo, index, source, sorted(paths))
        return repo.text("write-tree", environment=own)


def independent(repo: GitRepo, commits: Sequence[str]) -> list[str]:
    """Those of some commits that none of the others has in its history, in the order given."""
    if len(commits) < 2:
        return list(commits)
    tips = set(repo.run("merge-base", "--independent", *commits).decode().split())
    return [each for each in commits if each in tips]


def shift(repo: GitRepo, old: str, new: str, subject: str, kept: Kept) -> None:
    """Move the current branch; if a ref is named, it holds what the branch leaves.

    Raises:
        GitError: the branch has moved on.
    """
    ref = repo.branch_ref()
    lines = [f"update {kept[0]} {kept[1]}"] if kept[0] else []
    updates = "".join(f"{line}\n" for line in (*lines, f"update {ref} {new} {old}"))
    repo.run("update-ref", "-m", subject, "--stdin", stdin=updates.encode())
