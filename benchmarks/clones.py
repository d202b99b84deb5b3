"""How long people wait who push at once: clones of one server that write and sync side by side.

Usage: python benchmarks/clones.py [--clones 10] [--writes 50] [--between 5]

Every clone reports on tasks that the others report on too, and syncs after some of its reports. It
prints a Markdown table: how many syncs there were and how many gave up, how long they took, and
whether every report is at the server, once.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import shutil
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from generator import make_ledger
from processes import git

from ledger.errors import LedgerError
from ledger.model.task import IN_PROGRESS, Progress
from ledger.usecases.reading.load import load
from ledger.usecases.reading.open import open_ledger
from ledger.usecases.sharing.sync import SyncPlan, sync
from ledger.usecases.writing.edit import report_progress

TODAY = dt.date(2017, 10, 20)
TASKS = 20


class Synced(NamedTuple):
    """One sync: how long it took, how often it tried, whether it came to its end."""

    seconds: float
    attempts: int
    done: bool


def main() -> None:
    """Read the command line, run, print the table."""
    parser = argparse.ArgumentParser()
    for name, default in (("clones", 10), ("writes", 50), ("between", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ledger-clones-") as folder:
        print_table(given, *measured(Path(folder), given))


def measured(folder: Path, given: argparse.Namespace) -> tuple[list[Synced], Counter[str], float]:
    """All syncs, how often each report is in the end, and how long it took altogether."""
    first = folder / "0"
    make_ledger(first, 100)
    git(folder, "clone", "--quiet", "--bare", str(first), "server.git")
    for number in range(given.clones):
        clone = folder / f"clone{number}"
        git(folder, "clone", "--quiet", "server.git", str(clone))
        git(clone, "config", "user.name", f"{number} 号")
        git(clone, "config", "user.email", f"{number}@example.com")
    shutil.rmtree(first)
    begun = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(given.clones) as pool:
        work = [(folder / f"clone{n}", n, given.writes, given.between) for n in range(given.clones)]
        syncs = [each for some in pool.starmap(write_and_sync, work) for each in some]
    seconds = time.monotonic() - begun
    last = open_ledger(folder / "clone0")
    sync(last, TODAY, "0 号", described, {})
    texts = (each.text for entry in load(last).tasks for each in entry.record.progress)
    return syncs, Counter(text for text in texts if text.startswith("第")), seconds


def write_and_sync(folder: Path, who: int, writes: int, between: int) -> list[Synced]:
    """What one person does."""
    ledger = open_ledger(folder)
    tasks = (entry.record for entry in load(ledger).tasks)
    ids = sorted(task.id for task in tasks if task.status == IN_PROGRESS)[:TASKS]
    syncs = []
    for turn in range(1, writes + 1):
        day = TODAY - dt.timedelta(days=(turn * 7 + who) % 30)
        entry = Progress(date=day, by=f"{who} 号", text=f"第 {who} 人第 {turn} 次")
        report_progress(ledger, ids[(turn + who) % len(ids)], entry, True, TODAY)
        if turn % between == 0 or turn == writes:
            begun = time.monotonic()
            try:
                attempts, done = sync(ledger, TODAY, f"{who} 号", described, {}).attempts, True
            except LedgerError:
                attempts, done = 0, False
            syncs.append(Synced(time.monotonic() - begun, attempts, done))
    return syncs


def described(plan: SyncPlan) -> str:
    """No request is opened: the main branch takes pushes."""
    raise AssertionError(plan)


def print_table(
    given: argparse.Namespace, syncs: list[Synced], counts: Counter[str], seconds: float
) -> None:
    """Print what was measured."""
    times = sorted(each.seconds for each in syncs)
    expected = given.clones * given.writes
    rows = (
        ("克隆 × 写", f"{given.clones} × {given.writes}，每 {given.between} 次同步一次"),
        ("同步", f"{len(syncs)} 次，放弃 {sum(not each.done for each in syncs)} 次"),
        ("同步用时 中位数 / 95% / 最长", " / ".join(f"{each:.1f} 秒" for each in spread(times))),
        ("尝试 最多", f"{max(each.attempts for each in syncs)} 次"),
        ("记录", f"{len(counts)} / {expected}，重复 {sum(n > 1 for n in counts.values())}"),
        ("全部用时", f"{seconds:.0f} 秒"),
    )
    print("| | |\n|---|---|")
    print("\n".join(f"| {name} | {value} |" for name, value in rows))


def spread(times: list[float]) -> tuple[float, float, float]:
    """The median, the 95th percentile and the longest of some sorted times."""
    return statistics.median(times), times[int(len(times) * 0.95)], times[-1]


if __name__ == "__main__":
    main()
