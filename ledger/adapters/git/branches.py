"""Branches of a remote by the beginning of their names; what commits of a branch say."""

from __future__ import annotations

from ledger.adapters.git.remote import fetch, offer, remote_refs, remotes
from ledger.adapters.git.repo import LITERAL, GitRepo

_HEADS = "refs/heads/"


def remote_branches(repo: GitRepo, remote: str, prefix: str) -> dict[str, str]:
    """The branches of a remote below a prefix such as `close/`, and their commits.

    What is not here yet is fetched. None where there is no remote.

    Raises:
        LedgerError: it cannot be reached.
    """
    if remote not in remotes(repo):
        return {}
    commits = {}
    for name, commit in remote_refs(repo, remote, f"{_HEADS}{prefix}*").items():
        branch = name.removeprefix(_HEADS)
        commits[branch] = commit if repo.has(commit) else fetch(repo, remote, branch)
    return commits


def remove_remote_branch(repo: GitRepo, remote: str, branch: str, commit: str) -> None:
    """Delete a branch at a remote, if it still is where it is thought to be."""
    offer(repo, remote, "", f"{_HEADS}{branch}", expected=commit)


def changed_since(repo: GitRepo, base: str, commit: str, below: str) -> tuple[str, ...]:
    """The files below a folder that a commit changes, compared with where it left `base`."""
    listed = repo.run(
        "diff", "--name-only", "-z", "--no-renames", "--relative", f"{base}...{commit}", "--", below
    )
    return tuple(listed.decode(errors="surrogateescape").split("\0")[:-1])


def trailer(repo: GitRepo, commit: str, key: str, *paths: str) -> str:
    """The value of a trailer of a commit's message; empty where it has none.

    Args:
        paths: the commit that is meant is the last of its history to have changed one of them.
    """
    form = f"--format=%(trailers:key={key},valueonly)"
    return repo.text("log", "-1", form, commit, "--", *paths, environment=LITERAL)
