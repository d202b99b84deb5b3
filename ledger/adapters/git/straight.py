"""A commit of some files made straight from its parts, where it comes to what `git commit` makes.

`git commit --only` reads and writes the whole index several times and looks at every file of the
work tree: of a hundred thousand files that takes four times as long as what there is to be done.
Where hooks, signatures or a merge are in play, or anything is out of the ordinary, git does it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ledger.adapters.git.complaints import GitError
from ledger.adapters.git.newtree import tree_of
from ledger.adapters.git.objects import TreeFile
from ledger.adapters.git.repo import LITERAL, GitRepo

_FEW = 20  # files; of more git has to look at many anyway
# What `git commit` runs, or what could see that it is not `git commit` (githooks(5)).
_HOOKS = (
    *("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"),
    *("post-index-change", "reference-transaction"),
)
# What `git commit` brings to an end, beside what nobody writes amid (`commit.refuse_unfinished`).
_UNFINISHED = ("MERGE_MSG", "MERGE_MODE", "MERGE_RR", "SQUASH_MSG", "AUTO_MERGE", "sequencer")
_SETTINGS = ("hook.", "core.hookspath", "core.sparsecheckout", "commit.gpgsign")
_PLAIN = ("100644", "100755")
_PLAINLY = "H"  # how git lists a file of the index of which it believes no more than it sees


def straight(
    repo: GitRepo,
    paths: Sequence[str],
    message: str,
    index: Path,
    mark: str,
    settings: Sequence[str],
) -> str:
    """Commit files as they are in the work tree; the commit, or empty where git itself has to.

    Then nothing but an index may have changed, to what `git commit` does to it.

    Args:
        index: the index to work on, see `commit.commit_only`.
        mark: what the branch's log calls it.
        settings: of git, for moving the branch.
    """
    head = repo.head()
    if not head or not 0 < len(paths) <= _FEW or not _is_ordinary(repo):
        return ""
    own = LITERAL | {"GIT_INDEX_FILE": str(index)}
    with suppress(GitError):  # git itself says why
        asked = b"".join(b"%b\0" % os.fsencode(path) for path in paths)
        repo.run("update-index", "--add", "-z", "--stdin", stdin=asked, environment=own)
        files = indexed(repo, paths, own)
        if files is None or not (tree := tree_of(repo, head, files)) or tree == repo.tree_of(head):
            return ""
        commit = repo.run("commit-tree", tree, "-p", head, stdin=message.encode()).decode().strip()
        reason = f"{mark}: {message.partition(chr(10))[0]}"
        repo.run(*settings, "update-ref", "-m", reason, "HEAD", commit, head)
        return commit
    return ""


def indexed(
    repo: GitRepo,
    paths: Sequence[str],
    environment: Mapping[str, str],
    unlike: bool = False,
) -> list[TreeFile] | None:
    """Some files as an index has them, if it has just these, each plainly and as a plain file.

    Args:
        environment: names the index; patterns in paths have no meaning in it.
        unlike: whether one that is not the same in the work tree is too much, too.
    """
    how = ("-z", "-v", "--stage", *(("--cached", "--modified") if unlike else ()))
    listed = repo.run("ls-files", *how, "--", *paths, environment=environment)
    files = []
    for line in listed.decode(errors="surrogateescape").split("\0")[:-1]:
        words, _, path = line.partition("\t")
        tag, mode, blob, stage = words.split(" ")
        if tag != _PLAINLY or mode not in _PLAIN or stage != "0":
            return None
        files.append(TreeFile(path, blob, mode))
    return files if sorted(each.path for each in files) == sorted({*paths}) else None


def _passes(hook: Path) -> bool:
    """Whether a hook lets this program's own commits pass without a look."""
    from ledger.adapters.git.own_hook import NAME, is_own

    return hook.name == NAME and is_own(hook)


def _is_ordinary(repo: GitRepo) -> bool:
    """Whether `git commit` would do nothing but commit."""
    hooks, own = repo.git_dir / "hooks", repo.own_dir()
    if any(os.access(hooks / name, os.X_OK) and not _passes(hooks / name) for name in _HOOKS):
        return False
    if any((own / name).exists() for name in _UNFINISHED):
        return False
    return not any(name.startswith(_SETTINGS) for name in repo.settings())
