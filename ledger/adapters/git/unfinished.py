"""What somebody's git has begun here and not brought to its end: a merge, a rebase and the like."""

from __future__ import annotations

import os
from collections.abc import Sequence

from ledger.adapters.git.repo import LITERAL, GitRepo
from ledger.model.record import dataclass

_SILENT = {"GIT_EDITOR": "true", "GIT_SEQUENCE_EDITOR": "true"}  # messages stay as they are


@dataclass(frozen=True, slots=True)
class Unfinished:
    """One such thing.

    Attributes:
        mark: the file or folder by which git knows.
        called: in Chinese.
        command: git's, which can `--abort` and `--continue` it.
    """

    mark: str
    called: str
    command: str


_ALL = (
    Unfinished("MERGE_HEAD", "合并", "merge"),
    Unfinished("rebase-merge", "变基", "rebase"),
    Unfinished("rebase-apply", "变基", "rebase"),
    Unfinished("CHERRY_PICK_HEAD", "拣选", "cherry-pick"),
    Unfinished("REVERT_HEAD", "撤回", "revert"),
)


def unfinished(repo: GitRepo) -> Unfinished | None:
    """What is unfinished here; None where nothing is."""
    where = repo.own_dir()
    return next((each for each in _ALL if (where / each.mark).exists()), None)


def unmerged(repo: GitRepo) -> list[str]:
    """The files that both sides have changed and nobody has settled, relative to the root."""
    listed = repo.run("diff", "--name-only", "--diff-filter=U", "--relative", "-z")
    return [os.fsdecode(each) for each in dict.fromkeys(listed.split(b"\0")) if each]


def abort(repo: GitRepo, what: Unfinished) -> None:
    """Give it up: everything is as it was before it began.

    Raises:
        GitError: git cannot, such as for hand edits in the way.
    """
    repo.run(what.command, "--abort")


def proceed(repo: GitRepo, what: Unfinished) -> None:
    """Bring it to its end, with the messages that it has.

    Raises:
        GitError: git cannot, such as for the next conflict of a rebase.
    """
    repo.run(what.command, "--continue", environment=_SILENT)


def settle(repo: GitRepo, paths: Sequence[str]) -> None:
    """Take files as they are in the work tree for settled."""
    if paths:
        listed = "\0".join(paths).encode(errors="surrogateescape")
        how = ("--pathspec-from-file=-", "--pathspec-file-nul")
        repo.run("add", *how, stdin=listed, environment=LITERAL)
