"""The two ways to an answer: what the index gives, and a reading that knows nothing."""

from __future__ import annotations

import datetime as dt
import os
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ledger.adapters.files.cache import Cache
from ledger.adapters.files.index import fresh, look, sync
from ledger.adapters.files.index.look import scan
from ledger.adapters.files.read_snapshot import in_worktree, read_snapshot, with_lines
from ledger.adapters.git.repo import GitRepo, find_repo
from ledger.model.config import Config
from ledger.model.problem import Problem
from ledger.model.snapshot import Snapshot
from ledger.model.standing import Brief
from ledger.rules import ALWAYS, Context, check_snapshot
from ledger.usecases.looking.filters import Filters
from ledger.usecases.looking.list import listed
from ledger.usecases.looking.rows import rows
from ledger.usecases.reading.load import config_of
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger

TODAY = dt.date(2017, 6, 30)
NOW = Moment("", TODAY)
TICK = 0.02  # seconds: longer than the clock of any file system here needs to move on


@dataclass(frozen=True)
class Answer:
    """All that a ledger shows.

    Attributes:
        blobs, odd: its files.
        tasks: in the order of the files.
    """

    blobs: dict[str, str]
    odd: dict[str, str]
    config: Config
    problems: tuple[Problem, ...]
    tasks: tuple[Brief, ...]


@contextmanager
def opened(root: Path, repo: GitRepo | None = None) -> Iterator[Ledger]:
    """A ledger as each command opens it, with nothing remembered but its index."""
    ledger = Ledger(root, repo or find_repo(root), Cache(None))
    try:
        yield ledger
    finally:
        ledger.index.close()
        ledger.cache.close()


def by_index(root: Path, repo: GitRepo | None = None) -> Answer:
    """What the index says, which must be able to."""
    with opened(root, repo) as ledger:
        ledger.index.refresh()
        return answer_of(ledger)


def answer_of(ledger: Ledger) -> Answer:
    """What an opened ledger shows."""
    told = listed(ledger, NOW, Filters(), "")
    blobs, odd = ledger.index.listing()
    return Answer(blobs, odd, config_of(ledger.index.config()), told.problems, tuple(told.tasks))


def by_reading(root: Path) -> Answer:
    """The same by a reading of everything."""
    blobs, odd = scan(root)
    snapshot = snapshot_of(root)
    tasks = tuple(row.brief for row in rows(snapshot, TODAY))
    return Answer(blobs, odd, snapshot.config, snapshot.problems, tasks)


def snapshot_of(root: Path) -> Snapshot:
    """The working tree read without anything remembered, with what every command tells of it."""
    listing = in_worktree(root, *scan(root))
    snapshot = read_snapshot(listing, Cache(None))
    problems = check_snapshot(snapshot, Context(snapshot.config, dt.date.min), ALWAYS)
    located = sorted(
        with_lines(problems, listing),
        key=lambda each: (each.path != "ledger.yaml", each.path, each.line),
    )
    return Snapshot(
        snapshot.config, snapshot.tasks, snapshot.sources, snapshot.decisions, tuple(located)
    )


def settled(patch: pytest.MonkeyPatch, lately: float, long: float | None = None) -> None:
    """Let files count as unchanged after so many seconds, and their times tell all after `long`."""
    for module in (look, sync):
        patch.setattr(module, "LATELY", int(lately * 1e9))
        patch.setattr(module, "SETTLED", int((lately if long is None else long) * 1e9))


def spoil(patch: pytest.MonkeyPatch, **functions: Callable[..., Any]) -> None:
    """Give the modules of the index an `os` in which some functions are others."""
    spoilt = types.ModuleType("os")
    spoilt.__dict__.update(os.__dict__)
    spoilt.__dict__.update(functions)
    for module in (fresh, look, sync):
        patch.setattr(module, "os", spoilt)


def whole_seconds(patch: pytest.MonkeyPatch) -> None:
    """Let the file system keep whole seconds."""
    plain = os.lstat, os.stat, os.fstat
    spoil(
        patch,
        lstat=lambda place: _coarse(plain[0](place)),
        stat=lambda place, **how: _coarse(plain[1](place, **how)),
        fstat=lambda file: _coarse(plain[2](file)),
    )


def _coarse(status: os.stat_result) -> Any:
    names = [name for name in dir(status) if name.startswith("st_")]
    numbers = {name: getattr(status, name) for name in names}
    for name in ("st_mtime_ns", "st_ctime_ns"):
        numbers[name] -= numbers[name] % 10**9
    return types.SimpleNamespace(**numbers)


def put_back(place: Path, status: os.stat_result) -> None:
    """Give a file its old times, as far as that can be done."""
    os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns), follow_symlinks=False)


def exchange(place: Path, old: str, new: str) -> None:
    """Write into a file without changing its size."""
    assert len(old.encode()) == len(new.encode())
    text = place.read_text(encoding="utf-8")
    assert old in text
    with place.open("r+", encoding="utf-8") as file:
        file.write(text.replace(old, new))


def fork(work: Callable[[], object]) -> int:
    """Do something in a child, which ends then; its number."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the suite's own threads wait only
        child = os.fork()
    if child == 0:
        code = 1
        try:
            sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
            work()
            code = 0
        finally:
            os._exit(code)
    return child
