"""Committing just some files on the current branch, and what its own log tells; other branches."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ledger.adapters.git.complaints import GitError
from ledger.adapters.git.repo import FEW, HEADS, LITERAL, GitRepo
from ledger.errors import LedgerError

# Upkeep would go on in the background, with the lock of the writer that started it.
_NO_UPKEEP = ("-c", "gc.auto=0", "-c", "maintenance.auto=false")
_OF_UPKEEP, _NOT_ITS_TIME = ("gc.", "maintenance."), ("gc.auto", "maintenance.auto")
_LOOSE, _FOLDERS, _PACKS = "6700", 256, 50  # when git packs by itself, where nothing is set
_FROM_STDIN = ("--pathspec-from-file=-", "--pathspec-file-nul")
# What is large goes into a pack of its own: one file instead of thousands.
_IN_ONE_PACK = ("-c", "core.bigFileThreshold=1")
_LOGGED = ("-c", "core.logAllRefUpdates=true")  # the branch's log tells a commit from any other


def refuse_unfinished(repo: GitRepo) -> str:
    """The full name of the current branch's ref, which a commit would move.

    Raises:
        LedgerError: it would go astray: amid a merge or rebase, or on no branch at all.
    """
    from ledger.adapters.git.unfinished import unfinished  # the gate needs no more than is above

    if what := unfinished(repo):
        raise LedgerError(
            f"仓库里有一次没有做完的{what.called}，现在写入会混在一起",
            hint="改好冲突的，运行 ledger sync --continue；不要它的，运行 ledger sync --abort",
        )
    ref = repo.branch_ref()
    if not ref.startswith(HEADS):
        raise LedgerError(
            "现在不在任何分支上（正在看历史版本），写入以后会找不到",
            hint="请运行 ledger doctor --fix 回到主分支",
        )
    return ref


_STATUS = ("status", "--porcelain", "-z", "--untracked-files=all", "--")


def has_changes(repo: GitRepo, paths: Iterable[str]) -> bool:
    """Whether any of the paths differs from the last commit (untracked counts)."""
    return bool(repo.run(*_STATUS, *paths, environment=LITERAL))


def had_changes(repo: GitRepo, paths: Iterable[str]) -> bool:
    """The same, asked only once as long as what else git has answered is remembered.

    Git looks at every file for it: where one state of a ledger is shown many times, once is enough.
    """
    return bool(repo.fixed((), *_STATUS, *paths, environment=LITERAL))


def is_changed(repo: GitRepo, path: str) -> bool:
    """The same of one file, for which git does not look at what lies beside it."""
    from ledger.adapters.git.straight import indexed  # the gate needs no more than is above

    files = indexed(repo, (path,), LITERAL, unlike=True)
    if files and files == repo.files_of("HEAD", (path,)):
        return False
    return has_changes(repo, (path,))


def restore(repo: GitRepo, paths: Sequence[str]) -> None:
    """Make files of the work tree and of the index what the last commit has."""
    if not paths:
        return
    listed = "\0".join(paths).encode(errors="surrogateescape")
    repo.run(
        "restore", "--source=HEAD", "--staged", "--worktree",
        "--pathspec-from-file=-", "--pathspec-file-nul", stdin=listed, environment=LITERAL,
    )  # fmt: skip


def editor(repo: GitRepo) -> str:
    """The command git would edit a message with.

    Raises:
        GitError: none is set, and the terminal is none that vi can draw on (no TERM).
    """
    if command := repo.text("var", "GIT_EDITOR", ok=(0, 1, 128)):
        return command
    raise GitError(
        "没有可用的编辑器",
        hint="请用 --title 等选项直接写明要改的内容",
    )


def commit_only(
    repo: GitRepo, paths: Sequence[str], message: str, index: Path, mark: str = "commit"
) -> str:
    """Commit exactly these files as they are in the working tree; return the commit's id.

    What else is staged in the index stays staged. Hooks and signing are git's own; without them
    and in the ordinary case the commit is made straight from its parts, see `straight`.

    Args:
        index: the index to work on; it has what was committed afterwards. The message is kept
            beside it as long as git works.
        mark: what the branch's log in this clone calls it, see `marked`.

    Raises:
        GitError: when git refuses (a hook, a missing identity, a lock).
    """
    from ledger.adapters.git.straight import straight  # likewise

    if made := straight(repo, paths, message, index, mark, _LOGGED):
        return made
    from ledger.adapters.git.own_hook import PASSING

    listed = "\0".join(paths).encode(errors="surrogateescape")
    own = LITERAL | {"GIT_INDEX_FILE": str(index)}
    _make_known(repo, paths, own)
    text = index.with_name("message")
    text.write_text(message, encoding="utf-8")
    repo.run(
        *_NO_UPKEEP, *_LOGGED, "commit", "--quiet", "--only", "--cleanup=verbatim",
        "--file", str(text), *_FROM_STDIN, stdin=listed,
        environment=own | PASSING | {"GIT_REFLOG_ACTION": mark},
    )  # fmt: skip
    text.unlink(missing_ok=True)
    return repo.resolve("HEAD")


def keep_up(repo: GitRepo) -> None:
    """Let git pack what has gathered, when it thinks it is time; it does so on its own.

    Where nothing is set it goes by one folder of loose objects and by the number of packs, which
    are seen without starting it (git help gc).
    """
    with suppress(GitError, OSError):  # nothing hangs on it, whatever ends it
        if _is_much(repo):
            repo.run("maintenance", "run", "--auto", "--quiet")


def _is_much(repo: GitRepo) -> bool:
    """Whether git may find that it is time."""
    settings = repo.settings()
    if any(name.startswith(_OF_UPKEEP) and name not in _NOT_ITS_TIME for name in settings):
        return True
    if not (loose := settings.get("gc.auto", _LOOSE)).isdecimal():
        return True
    objects = repo.git_dir / "objects"
    in_one, packed = (
        len(list(folder.glob(pattern)))
        for folder, pattern in ((objects / "17", "*"), (objects / "pack", "*.pack"))
    )
    return int(loose) > 0 and (in_one * _FOLDERS > int(loose) or packed > _PACKS)


def last_move(repo: GitRepo) -> str:
    """Why the current branch moved the last time, as its log in this clone has it.

    Its own log: git writes that before it moves the branch, and HEAD's after.
    """
    name = repo.branch_ref() or "HEAD"
    return repo.text("log", "-g", "-1", "--format=%gs", name, "--", ok=(0, 128))


def marked(repo: GitRepo, ref: str, mark: str) -> list[str]:
    """The commits that a branch's log in this clone calls by a mark, newest first.

    Git writes that log before it moves the branch: the branch need not have them.
    """
    listed = repo.run("log", "-g", "--format=%H %gs", ref, "--", ok=(0, 128))
    lines = (line.split(" ", 1) for line in listed.decode(errors="replace").splitlines())
    return [line[0] for line in lines if line[-1].startswith(f"{mark}: ")]


def trailer(repo: GitRepo, commit: str, key: str, *paths: str) -> str:
    """The value of a trailer of a commit's message; empty where it has none.

    Args:
        paths: the commit that is meant is the last of its history to have changed one of them.
    """
    form = f"--format=%(trailers:key={key},valueonly)"
    return repo.text("log", "-1", form, commit, "--", *paths, environment=LITERAL)


def branches(repo: GitRepo, prefix: str) -> dict[str, str]:
    """The local branches below a prefix such as `close/`, and their commits."""
    form = "--format=%(refname)%00%(objectname)"
    listed = repo.run("for-each-ref", form, f"{HEADS}{prefix}").decode(errors="surrogateescape")
    pairs = (line.split("\0") for line in listed.splitlines())
    return {name.removeprefix(HEADS): commit for name, commit in pairs}


def set_branch(repo: GitRepo, branch: str, commit: str) -> None:
    """Point a local branch at a commit; never the branch that is checked out.

    Raises:
        GitError: the branch is checked out somewhere, or its name is none.
    """
    _refuse_checked_out(repo, branch)
    repo.run("update-ref", f"{HEADS}{branch}", commit)


def delete_branch(repo: GitRepo, branch: str) -> None:
    """Remove a local branch; what it has beside others is found by its commit only, for a while.

    Raises:
        GitError: the branch is checked out somewhere.
    """
    repo.run("worktree", "prune")  # of folders that are gone
    _refuse_checked_out(repo, branch)
    repo.run("update-ref", "-d", f"{HEADS}{branch}")


def _refuse_checked_out(repo: GitRepo, branch: str) -> None:
    listed = repo.run("worktree", "list", "--porcelain").decode(errors="surrogateescape")
    if f"branch refs/heads/{branch}" in listed.splitlines():
        raise GitError(
            f"分支 {branch} 正在使用，没有动它",
            hint="请先运行 ledger doctor --fix 回到主分支；别的文件夹在用的，先移走它",
        )


def _make_known(repo: GitRepo, paths: Sequence[str], own: Mapping[str, str]) -> None:
    """Have git know the files that it does not follow yet; of many it takes the contents at once.

    Args:
        own: names the index to work on.
    """
    many = len(paths) > FEW
    existing = (path for path in paths if os.path.lexists(repo.root / path))
    if new := list(existing) if many else _untracked(repo, paths, own):
        how = (*_IN_ONE_PACK, "add") if many else ("add", "--intent-to-add")
        content = "\0".join(new).encode(errors="surrogateescape")
        repo.run(*how, "-f", *_FROM_STDIN, stdin=content, environment=own)


def _untracked(repo: GitRepo, paths: Sequence[str], own: Mapping[str, str]) -> list[str]:
    known = repo.run("ls-files", "-z", "--", *paths, environment=own)
    tracked = set(known.decode(errors="surrogateescape").split("\0"))
    return [path for path in paths if path not in tracked]
