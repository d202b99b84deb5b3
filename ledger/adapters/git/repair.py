"""What is mended in a clone: whom git trusts, which branch is checked out, what of history is here.

Nothing here takes away what somebody has changed and not committed: git refuses, and says why.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ledger.adapters.git.process import run
from ledger.adapters.git.remote import check_branch, exchange, remote_url
from ledger.adapters.git.repo import HEADS, GitRepo

_OLD_SECONDS = 600  # no git keeps a lock of its index for as long


def trust(folder: Path) -> None:
    """Have git open the repository of a folder that belongs to another account."""
    run(Path("/"), ("config", "--global", "--add", "safe.directory", str(folder)))


def switch(repo: GitRepo, branch: str) -> None:
    """Check a local branch out.

    Raises:
        GitError: uncommitted changes are in the way.
    """
    check_branch(branch)
    repo.run("switch", "--quiet", "--no-guess", branch)
    repo.answers.clear()


def check_out_of(repo: GitRepo, remote: str, branch: str) -> None:
    """Have the branch that a remote has, and check it out.

    Raises:
        GitError: files that git does not know are in the way.
    """
    remote_url(repo, remote)
    check_branch(branch)
    repo.run("switch", "--quiet", "--create", branch, "--track", f"{remote}/{branch}")
    repo.answers.clear()


def rename_branch(repo: GitRepo, name: str) -> None:
    """Give the current branch another name, which no branch has.

    Raises:
        GitError: some branch has it.
    """
    check_branch(name)
    if repo.head() is None:
        repo.run("symbolic-ref", "HEAD", f"{HEADS}{name}")
    else:
        repo.run("branch", "--move", name)
    repo.answers.clear()


def is_on_a_branch(repo: GitRepo, commit: str) -> bool:
    """Whether some branch here, or as last fetched, has a commit."""
    return bool(repo.run("for-each-ref", f"--contains={commit}", HEADS, "refs/remotes/"))


def unshallow(repo: GitRepo, remote: str) -> None:
    """Fetch the older part of history, which is missing here.

    Raises:
        LedgerError: no such remote, or it cannot be reached.
    """
    remote_url(repo, remote)
    exchange(repo, "fetch", "--quiet", "--unshallow", "--no-tags", "--no-prune", "--", remote)
    repo.answers.clear()


def put_back(repo: GitRepo, path: str, source: str) -> None:
    """Have a file that is gone from the work tree again, as a commit has it."""
    how = ("--staged", "--worktree") if source == "HEAD" else ("--worktree",)
    repo.run("restore", f"--source={source}", *how, "--", path)


def text_attributes(repo: GitRepo, *paths: str) -> list[tuple[str, str]]:
    """What .gitattributes says of the lines of some files: `text` and `eol`."""
    listed = repo.run("check-attr", "-z", "text", "eol", "--", *paths).decode(errors="replace")
    values = listed.split("\0")[2::3]
    return list(zip(values[::2], values[1::2], strict=True))


def old_locks(repo: GitRepo) -> list[Path]:
    """Locks of the index and of HEAD that no git at work can still hold."""
    places = [repo.own_dir() / name for name in ("index.lock", "HEAD.lock")]
    old = []
    for place in places:
        with suppress(FileNotFoundError):
            if time.time() - place.stat().st_mtime > _OLD_SECONDS:
                old.append(place)
    return old


def newest(repo: GitRepo, names: Sequence[str]) -> int:
    """When the newest of some commits was made, in seconds of the epoch; 0 for none."""
    if not names:
        return 0
    listed = repo.run("log", "--no-walk", "--format=%ct", *names, "--", ok=(0, 128)).split()
    return max((int(each) for each in listed), default=0)


def hook(repo: GitRepo, name: str) -> Path:
    """Where git looks for a hook of this repository."""
    path = repo.run("rev-parse", "--git-path", f"hooks/{name}").decode(errors="surrogateescape")
    return repo.root / path.rstrip("\n")
