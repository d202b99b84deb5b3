"""GitPython, in its only home: repositories made, tags made, servers spoken with.

Importing it takes 35 ms of processor time and starts git twice: only what people run seldom (init,
seal) or what waits for a server anyway comes here. What of it is left alone, and why, stands in
docs/architecture.md.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.adapters.git.process import SETTINGS, environment, failure, run
from ledger.adapters.git.repo import GitRepo, find_repo

if TYPE_CHECKING:
    from git import Git

_MOST_BYTES = 500_000  # of what git prints: a server may say without end


def create_repo(folder: Path) -> GitRepo:
    """Make a folder a git repository with the branch main; one that is already there is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    # `Repo.init` opens what it has made by a name in which variables are expanded.
    _do(folder, "init", quiet=True, initial_branch="main")
    return find_repo(folder)


def make_tag(repo: GitRepo, name: str, commit: str, message: str, sign: bool) -> None:
    """Make an annotated tag.

    Raises:
        GitError: there is one of that name, or signing fails.
    """
    how = {"sign" if sign else "annotate": True}
    _do(repo.root, "tag", "--", name, commit, cleanup="verbatim", message=message, **how)


def converse(
    folder: Path,
    arguments: Sequence[str],
    settings: Sequence[str],
    more: Mapping[str, str],
    seconds: float,
) -> tuple[int, str, str]:
    """Run a git command that talks to a server: its status, what it printed, what it said beside.

    Both are read as they come, and kept up to a bound.

    Args:
        settings: further `key=value` that this command is to go by.
        more: what its environment has besides.
        seconds: how long it may take.

    Raises:
        TimeoutError: it was not done in time; git is ended then, and what it had started.
    """
    printed, beside = io.BytesIO(), io.BytesIO()
    with _git(folder, settings, more) as git:
        from git.cmd import handle_process_output
        from git.exc import GitCommandError

        process = getattr(git, arguments[0])(*arguments[1:], as_process=True)
        handle_process_output(
            process, _into(printed), _into(beside),
            decode_streams=False, kill_after_timeout=seconds,
        )  # fmt: skip
        if process.proc is None:  # it had to be ended
            raise TimeoutError
        try:
            status = process.wait()
        except GitCommandError as error:
            status = error.status if isinstance(error.status, int) else 1
    return status, _text(printed), _text(beside)


def _into(file: io.BytesIO) -> Callable[[bytes], None]:
    def keep(line: bytes) -> None:
        if file.tell() < _MOST_BYTES:
            file.write(line)

    return keep


def _text(file: io.BytesIO) -> str:
    return file.getvalue()[:_MOST_BYTES].decode(errors="replace")


def _do(folder: Path, name: str, *arguments: str, **options: str | bool) -> None:
    with _git(folder) as git:
        status, _, message = getattr(git, name)(
            *arguments, with_extended_output=True, with_exceptions=False, **options
        )
    if status:
        raise failure(folder, (name,), status, message)


@contextmanager
def _git(
    folder: Path, settings: Sequence[str] = (), more: Mapping[str, str] | None = None
) -> Iterator[Git]:
    """GitPython's git in a folder, by the same environment and settings as all other git here.

    The library starts processes and opens repositories by the environment of this process, so what
    a hook has inherited for its own repository is out of it for so long.
    """
    own, before = environment() | dict(more or {}), dict(os.environ)
    os.environ.clear()
    os.environ.update(own)
    try:
        import logging

        from git import Git

        logging.getLogger("git").addHandler(logging.NullHandler())
        git = Git(folder)
        git.update_environment(**own)
        git.set_persistent_git_options(c=[*SETTINGS, *settings])
        yield git
    except ImportError:
        run(folder, ("--version",))  # which says so when there is no git: GitPython asks for it
        raise
    finally:
        os.environ.clear()
        os.environ.update(before)
