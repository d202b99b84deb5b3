"""Ledgers, and data of others, that are made once; and what is done to them before a run."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import sizes
from generator import DEPARTMENTS, make_ledger, task_path
from histories import make_history
from processes import LEDGER, aside, git, run

_SETTLED = 2.1  # seconds; what is younger is hashed again on purpose
EVER = 16  # turns for which there is a task that only one of them can close


class World(NamedTuple):
    """A folder beside the others: its name, what makes it, of what size."""

    name: str
    make: Callable[..., object]
    arguments: tuple[int, ...] = ()

    def at(self, work: Path) -> Path:
        """Its folder, which is made now if it is not there; one that was cut off is made anew."""
        place, done = work / self.name, work / f"{self.name}.made"
        if not done.exists():
            shutil.rmtree(place, ignore_errors=True)
            aside(self.make, place, *self.arguments)
            time.sleep(_SETTLED)
            done.touch()
        return place


def tasks(size: int) -> World:
    """A ledger of so many tasks in one commit."""
    return World(f"tasks-{size}", make_tasks, (size,))


def history(count: int, commits: int) -> World:
    """A ledger of so many tasks with a long history."""
    return World(f"history-{count}-{commits}", make_history, (count, commits))


def table(rows: int) -> World:
    """A folder with a table to import, `table.xlsx`."""
    return World(f"table-{rows}", make_table, (rows,))


def nowhere() -> World:
    """An empty folder."""
    return World("nowhere", Path.mkdir)


def make_tasks(root: Path, size: int) -> None:
    """The ledger of `tasks`; its commit is called `made`."""
    make_ledger(root, size)
    git(root, "tag", "made", "main")


def make_table(root: Path, rows: int) -> None:
    """The folder of `table`."""
    root.mkdir()
    sizes.write_xlsx(root / "table.xlsx", rows)


def beside(root: Path, world: World) -> None:
    """Have another folder made beside a ledger, and the ledger remembered."""
    world.at(root.parent)
    settle(root)


def settle(root: Path) -> None:
    """Wait until files are old enough to be trusted, and have the ledger remembered."""
    time.sleep(_SETTLED)
    run((*LEDGER, "status"), root)


def audit(root: Path) -> None:
    """Have a ledger audited, which has git remember which commits touch which paths."""
    run((*LEDGER, "audit"), root)


def forget(root: Path) -> None:
    """Throw the cache away."""
    shutil.rmtree(root / ".git/ledger", ignore_errors=True)


def back(root: Path) -> None:
    """Put a ledger of `tasks` back to how it was made."""
    git(root, "checkout", "--quiet", "--force", "-B", "main", "made")
    git(root, "clean", "--quiet", "--force", "-d")
    branches = git(root, "branch", "--format=%(refname:short)").split()
    if others := [each for each in branches if each != "main"]:
        git(root, "branch", "--quiet", "--delete", "--force", *others)


def agree(root: Path) -> None:
    """Put tasks into a ledger of `tasks` that may be closed."""
    aside(sizes.add_closable, root, EVER, DEPARTMENTS[0])
    git(root, "reset", "--quiet", "--hard", "main")
    settle(root)


def touch(root: Path, number: int) -> None:
    """An edit of a task's file that keeps its size: what a cache is most easily fooled by."""
    place = task_path(root, number)
    content = place.read_bytes()
    old, new = (b"percent: 0}", b"percent: 1}")
    place.write_bytes(content.replace(old, new) if old in content else content.replace(new, old))
