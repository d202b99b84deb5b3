"""Starting git: one environment, one way to fail."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.adapters.git.complaints import GitError, SettingError, known, refusal
from ledger.errors import LedgerError

if TYPE_CHECKING:  # a command that asks git nothing need not be able to (4 ms)
    import subprocess

    Process = subprocess.Popen[bytes]

MAX_BLOB = 1_000_001  # one byte more than a ledger file may have: enough to know it is too large
_KEPT = ("GIT_ASKPASS", "GIT_EDITOR", "GIT_EXEC_PATH")
_KEPT_PREFIXES = (
    "GIT_CONFIG_",
    "GIT_AUTHOR_",
    "GIT_COMMITTER_",
    "GIT_TERMINAL_",
    "GIT_SSH",  # with _COMMAND and _VARIANT
    "GIT_SSL_",  # these say how servers are reached, as `http.*` does
    "GIT_HTTP_",
    "GIT_PROXY_",
)
# History as its hashes have it: what `git replace` and grafts put in its place is one clone's own.
_ALWAYS = {
    "LC_ALL": "C.UTF-8",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": f"{os.devnull}/none",
    "LANGUAGE": "",  # it would translate what is read, even where LC_ALL is C.UTF-8
}
# What users configure for their own eyes, or for git's other commands, set back to what git's
# answers are read by. What says how a machine keeps its files, who commits and signs, and where
# servers are is theirs and stays.
SETTINGS = (
    "core.quotePath=false",
    "core.fsmonitor=false",
    "core.safecrlf=false",  # line ends are git's and the user's business, no reason to refuse
    "i18n.commitEncoding=UTF-8",
    "i18n.logOutputEncoding=UTF-8",
    "color.ui=false",
    "color.diff=false",
    "color.status=false",
    "log.abbrevCommit=false",
    "log.decorate=false",
    "log.diffMerges=separate",
    "log.follow=false",
    "log.showRoot=true",
    "log.showSignature=false",
    "diff.ignoreSubmodules=none",
    f"diff.orderFile={os.devnull}",
    "diff.relative=false",
    "diff.renames=false",
    "merge.conflictStyle=merge",
    "status.renames=false",
    "status.submoduleSummary=false",
    "submodule.recurse=false",
)
_GIT = ("git", *(part for each in SETTINGS for part in ("-c", each)))
_REFUSING = ("pre-commit", "prepare-commit-msg", "commit-msg")  # githooks(5)
_NOTHING = r"nothing (?:added )?to commit|no changes added to commit|empty commit message"


def environment() -> dict[str, str]:
    """The process's environment without what a calling git hook set for its own repository.

    Source: git sets GIT_DIR, GIT_INDEX_FILE and others for hooks; inherited, they redirect every
    command to that repository.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _KEPT or name.startswith(_KEPT_PREFIXES)
    }
    return kept | _ALWAYS


def run(
    folder: Path,
    arguments: Sequence[str],
    *,
    stdin: bytes | None = None,
    environment: Mapping[str, str] | None = None,
    ok: Sequence[int] = (0,),
    beside: bool = False,
) -> bytes:
    """What `git arguments…` prints, run in a folder; see `GitRepo.run`."""
    import subprocess

    from ledger.adapters.disk.lock import inherited

    with _git_is_there(folder):
        done = subprocess.run(
            [*_GIT, *arguments],
            cwd=folder,
            env=_surroundings(environment),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if beside else subprocess.PIPE,
            pass_fds=inherited(),
            check=False,
        )
    if done.returncode:
        message = (done.stderr or done.stdout).decode(errors="replace").strip()
        if done.returncode not in ok or isinstance(known(folder, message), SettingError):
            raise failure(folder, arguments, done.returncode, message)
    return done.stdout


def converse(folder: Path, arguments: Sequence[str], more: Mapping[str, str]) -> Process:
    """A git process that answers questions from its standard input on its standard output."""
    import subprocess

    with _git_is_there(folder):
        return subprocess.Popen(
            [*_GIT, *arguments],
            cwd=folder,
            env=_surroundings(more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )


def git_version() -> str:
    """What `git --version` says.

    Raises:
        LedgerError: when there is no git.
    """
    return run(Path("/"), ("--version",)).decode().strip().removeprefix("git version ")


def failure(folder: Path, arguments: Sequence[str], status: int, message: str) -> GitError:
    """The error for what git said; also for what nobody foresaw, and for hooks that say nothing."""
    if error := known(folder, message):
        return error
    name = _named(arguments)
    hooks = _hooks(folder) if name == "commit" and status == 1 else ()
    if hooks and not re.search(_NOTHING, message):
        from ledger.adapters.git.words import shortened

        return refusal(" 或 ".join(hooks), shortened(message))
    return GitError(f"git 没有成功：{message or f'{name} {status}'}")


def _named(arguments: Sequence[str]) -> str:
    """The name of a git command: what stands behind the settings."""
    rest = list(arguments)
    while rest[:1] == ["-c"] and len(rest) > 2:
        del rest[:2]
    return rest[0]


def _hooks(folder: Path) -> tuple[str, ...]:
    """The hooks of a repository that may keep git from committing."""
    named = run(folder, ("rev-parse", "--git-path", "hooks"), ok=range(256)).rstrip(b"\n")
    place = folder / os.fsdecode(named)
    return tuple(each for each in _REFUSING if named and os.access(place / each, os.X_OK))


def _surroundings(more: Mapping[str, str] | None) -> dict[str, str]:
    return environment() | dict(more or {})


@contextmanager
def _git_is_there(folder: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise LedgerError(
            "这台电脑上没有 git" if folder.is_dir() else f"文件夹 {folder} 不存在",
            hint="请先安装 git（2.30 以上）" if folder.is_dir() else "请检查路径",
        ) from None
