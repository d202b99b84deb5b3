"""Times the commands people feel, as whole processes, and prints a Markdown table.

Usage: python benchmarks/run.py [--sizes 1000,10000,100000] [--commits 1000,20000] [--runs 5]

Each figure is the median of some runs after one that is not counted; absolute times depend on the
machine, so compare figures of one run with each other. `cold` means without the cache.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from generator import make_ledger, task_path
from histories import make_history

LEDGER = [sys.executable, "-m", "ledger"]
DUE = ["--today", "2017-10-20", "due", "--dept", "业务7处", "--format", "json"]


def timed(arguments: list[str], folder: Path, prepare: Callable[[], object]) -> float:
    """Milliseconds one call takes; `prepare` comes before and does not count."""
    prepare()
    start = time.perf_counter()
    subprocess.run(arguments, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def median(
    arguments: list[str], folder: Path, runs: int, prepare: Callable[[], object] = lambda: None
) -> float:
    """The median of some runs after a warm-up."""
    timed(arguments, folder, prepare)
    return statistics.median(timed(arguments, folder, prepare) for _ in range(runs))


def row(name: str, milliseconds: float, base: float) -> None:
    """Print a line: what, milliseconds, how many times bare Python."""
    print(f"| {name} | {milliseconds:.0f} | {milliseconds / base:.1f} |", flush=True)


def measure_size(folder: Path, size: int, runs: int, base: float) -> None:
    """Everything that depends on how large a ledger is."""
    root = folder / f"ledger-{size}"
    make_ledger(root, size)
    cache = root / ".git/ledger"
    few = max(1, min(runs, 200_000 // size))
    row(
        f"due, {size:,} tasks, cold",
        median([*LEDGER, *DUE], root, few if size < 50_000 else 1, lambda: drop(cache)),
        base,
    )
    time.sleep(2.1)  # files changed within the last two seconds are hashed again on purpose
    row(f"due, {size:,} tasks, warm", median([*LEDGER, *DUE], root, runs), base)
    row(
        f"due, {size:,} tasks, warm, one file edited",
        median([*LEDGER, *DUE], root, runs, lambda: touch(task_path(root, size // 2))),
        base,
    )
    if size <= 10_000:
        row(f"list, {size:,} tasks, warm", median([*LEDGER, "list"], root, runs), base)
        row(f"status, {size:,} tasks, warm", median([*LEDGER, "status"], root, runs), base)
    row(
        f"show, {size:,} tasks",
        median([*LEDGER, "show", task_path(root, 0).stem], root, runs),
        base,
    )
    row(
        f"due --at HEAD, {size:,} tasks, warm",
        median([*LEDGER, *DUE, "--at", "HEAD"], root, few), base,
    )  # fmt: skip
    shutil.rmtree(root)


def measure_history(folder: Path, commits: int, runs: int, base: float) -> None:
    """Everything that depends on how long a history is: 1,000 tasks, so many commits."""
    root = folder / f"history-{commits}"
    make_history(root, 1000, commits)
    cache = root / ".git/ledger"
    audit = [*LEDGER, "audit"]
    start = time.perf_counter()
    subprocess.run(audit, cwd=root, check=True, stdout=subprocess.DEVNULL)
    cold = (time.perf_counter() - start) * 1000
    row(f"audit, {commits:,} commits, cold, per 1,000", cold * 1000 / commits, base)
    row(f"audit, {commits:,} commits, nothing new", median(audit, root, runs), base)
    task = [*LEDGER, "log", "ZG2020-0500"]
    row(f"log of one task, {commits:,} commits", median(task, root, runs), base)
    then = [
        *LEDGER,
        "--today",
        "2020-06-01",
        "due",
        "--dept",
        "办公室",
        "--at",
        f"HEAD~{commits // 4}",
    ]
    row(f"due --at, {commits:,} commits, cold", median(then, root, runs, lambda: drop(cache)), base)
    row(f"due --at, {commits:,} commits, warm", median(then, root, runs), base)
    shutil.rmtree(root)


def drop(cache: Path) -> None:
    """Throw the cache away."""
    shutil.rmtree(cache, ignore_errors=True)


def touch(path: Path) -> None:
    """An edit that keeps the size: what a cache is most easily fooled by."""
    content = path.read_bytes()
    old, new = (b"percent: 0}", b"percent: 1}")
    path.write_bytes(content.replace(old, new) if old in content else content.replace(new, old))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--commits", default="1000,20000")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    print("| what | ms (median) | × bare Python |\n| --- | ---: | ---: |")
    with tempfile.TemporaryDirectory(prefix="ledger-bench-") as name:
        folder = Path(name)
        base = median([sys.executable, "-c", "pass"], folder, given.runs)
        row("bare Python", base, base)
        row("ledger --help", median([*LEDGER, "--help"], folder, given.runs), base)
        for size in (int(each) for each in given.sizes.split(",") if each):
            measure_size(folder, size, given.runs, base)
        for commits in (int(each) for each in given.commits.split(",") if each):
            measure_history(folder, commits, given.runs, base)


if __name__ == "__main__":
    main()
