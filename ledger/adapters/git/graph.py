"""The commit-graph: what each commit changed, kept by git so that it need not look.

With it the commits of one file are found without comparing all trees of a history. Git itself uses
and checks it, and it can be deleted at any time (git help commit-graph).
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from ledger.adapters.disk.store import replace_file
from ledger.adapters.git.repo import GitRepo
from ledger.errors import LedgerError

_FEW = 500  # commits without it cost a command a twentieth of a second
_MOST = 20_000  # more of them take seconds, for which only an audit has time
# Who has switched any of it off wants none; from a partial clone trees would be fetched for it.
_SETTINGS = (
    r"^(core\.commitgraph|(fetch|gc)\.writecommitgraph"
    r"|extensions\.partialclone|remote\..*\.promisor)$"
)
_KINDS = ("commit-graph", "commit-graphs/commit-graph-chain")


def write_graph(repo: GitRepo, tip: str, at_leisure: bool = False) -> None:
    """Have git add what is new in a history to its commit-graph, where it and its user allow that.

    Where history is cut off git writes none by itself, and where it is replaced it reads none.
    Nothing that goes wrong is told: all that is lost is time.

    Args:
        tip: the last commit of the history.
        at_leisure: whether as many commits may be new as there are.
    """
    place = repo.state_dir() / "commit-graph"
    with suppress(LedgerError, OSError, ValueError):
        last = place.read_text(errors="replace").strip() if _is_written(repo, place) else ""
        if tip == last or not os.access(repo.git_dir / "objects", os.W_OK):
            return
        without = (f"^{last}",) if last and repo.has(last) else ()
        most = f"--max-count={_MOST + 1}"
        new = int(repo.run("rev-list", "--count", most, tip, *without, "--"))
        if new < _FEW or (new > _MOST and not at_leisure) or _is_unwanted(repo):
            return
        how = ("--split", "--changed-paths", "--no-progress", "--stdin-commits")
        repo.run("commit-graph", "write", *how, stdin=f"{tip}\n".encode())
        place.parent.mkdir(parents=True, exist_ok=True)
        replace_file(place, f"{tip}\n".encode())


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
