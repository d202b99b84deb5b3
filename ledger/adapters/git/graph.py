"""The commit-graph: what each commit changed, kept by git so that it need not look.

With it the commits of one file are found without comparing all trees of a history. Git itself uses
and checks it, and it can be deleted at any time (git help commit-graph).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.adapters.disk.store import replace_file
from ledger.adapters.git.process import converse
from ledger.adapters.git.repo import GitRepo
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from ledger.adapters.git.process import Process

_FEW = 500  # commits without it cost a command a twentieth of a second
_MOST = 20_000  # more of them take seconds, for which only an audit has time
_ALL = 2**31 - 2  # what git can count
# Who has switched any of it off wants none; from a partial clone trees would be fetched for it.
_SETTINGS = (
    r"^(core\.commitgraph|(fetch|gc)\.writecommitgraph"
    r"|extensions\.partialclone|remote\..*\.promisor)$"
)
_WRITE = (
    *("commit-graph", "write"),
    *("--split", "--changed-paths", "--no-progress", "--stdin-commits"),
)
_KINDS = ("commit-graph", "commit-graphs/commit-graph-chain")


def write_graph(repo: GitRepo, tip: str) -> None:
    """Have git add what is new in a history to its commit-graph, where it and its user allow that.

    Where history is cut off git writes none by itself, and where it is replaced it reads none.
    Nothing that goes wrong is told: all that is lost is time.

    Args:
        tip: the last commit of the history.
    """
    with suppress(LedgerError, OSError, ValueError):
        if _is_due(repo, tip, _MOST):
            repo.run(*_WRITE, stdin=f"{tip}\n".encode())
            _note(repo, tip)


@contextmanager
def writing_graph(repo: GitRepo, tip: str) -> Iterator[None]:
    """The same, however much is new, while something else is done that takes its time, too."""
    writing = None
    with suppress(LedgerError, OSError, ValueError):
        writing = _begun(repo, tip) if _is_due(repo, tip, _ALL) else None
    if writing is None:
        yield
        return
    with writing:
        try:
            yield
        except BaseException:
            writing.terminate()  # which has git take its locks away
            raise
    if writing.returncode == 0:
        with suppress(OSError):
            _note(repo, tip)


def _begun(repo: GitRepo, tip: str) -> Process:
    writing = converse(repo.root, _WRITE, repo.inherited)
    if writing.stdin is not None:
        writing.stdin.write(f"{tip}\n".encode())
        writing.stdin.close()
    return writing


def _is_due(repo: GitRepo, tip: str, most: int) -> bool:
    """Whether so much is new, and no more than that, that it is worth while; and is wanted.

    Raises:
        LedgerError, OSError, ValueError: that cannot be known.
    """
    place = _place(repo)
    last = place.read_text(errors="replace").strip() if _is_written(repo, place) else ""
    if tip == last or not os.access(repo.git_dir / "objects", os.W_OK):
        return False
    without = (f"^{last}",) if last and repo.has(last) else ()
    new = int(repo.run("rev-list", "--count", f"--max-count={most + 1}", tip, *without, "--"))
    return _FEW <= new <= most and not _is_unwanted(repo)


def _note(repo: GitRepo, tip: str) -> None:
    place = _place(repo)
    place.parent.mkdir(parents=True, exist_ok=True)
    replace_file(place, f"{tip}\n".encode())


def _place(repo: GitRepo) -> Path:
    """Where it is noted how far it goes."""
    return repo.state_dir() / "commit-graph"


def _is_written(repo: GitRepo, noted: Path) -> bool:
    return noted.exists() and any(
        (repo.git_dir / "objects" / "info" / kind).exists() for kind in _KINDS
    )


def _is_unwanted(repo: GitRepo) -> bool:
    """Whether the user's settings speak against it; one that is no switch at all makes git fail."""
    listed = repo.run("config", "--type=bool", "--get-regexp", _SETTINGS, ok=(0, 1))
    switches = dict(line.rpartition(" ")[::2] for line in listed.decode().splitlines())
    return any(
        (value == "true") if "promisor" in name else (value != "true")
        for name, value in switches.items()
    )
