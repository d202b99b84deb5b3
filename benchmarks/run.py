"""Measures what people feel and wait for, as whole processes, and writes a page and a plot.

Usage: python benchmarks/run.py [--size full|small] [--only due,audit,…] [--runs N] [--in FOLDER]
                                [--to FOLDER] [--strict] [--list]
       python benchmarks/run.py --count [--only …] [--accept]

`--only` names cases or their first words (`--list` prints all); what was measured before and not
now stays on the page, so it can be measured in parts. `--in` keeps the ledgers for the next time;
without it they are made in the temporary folder and removed. `full` takes 3 GB there and some
twenty-five minutes on a quiet machine, `small` a minute, to see that all of it works. The page of
`full` goes to `docs/`, that of `small` to `build/`. Who of the others is not installed is left out
(`make peers`). `--count` counts on small ledgers instead, see `counts.py`.

The exit code is 1 when a command fails or prints nothing, a count leaves its bound, or, with
`--strict`, a goal is missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from cases import AMOUNTS, Amounts, chosen_series
from counts import compared
from figures import Kept, measured, median, read, write
from goals import all_goals
from page import page, times
from peers import PEERS
from plot import plot

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Measure, write, and say where the page is."""
    given = arguments()
    with ExitStack() as stack:
        work = given.work or Path(stack.enter_context(TemporaryDirectory(prefix="ledger-bench-")))
        work.mkdir(exist_ok=True)
        if given.count:
            return compared(work.resolve(), given.only, given.accept)
        return measure(given, work.resolve())


def measure(given: argparse.Namespace, work: Path) -> int:
    """Measure, and write after every series, so that what is cut off is not lost."""
    amounts = AMOUNTS[given.size]
    chosen = chosen_series(amounts, given.only)
    if given.list:
        print("\n".join(case.key for series in chosen for case in series.cases))
        return 0
    folder = given.to or ROOT / ("docs" if given.size == "full" else "build")
    folder.mkdir(exist_ok=True)
    file = folder / "benchmarks.json"
    kept = fitting(read(file))
    state = commit()
    for series in chosen:
        new = measured(series, work, given.runs, state)
        kept.figures |= new
        for key, each in new.items():
            print(f"{key:32} {each.fault or f'{median(each.wall):8.0f} ms'}", flush=True)
        write(file, kept)
        show(kept, amounts, folder)
    print(f"{folder / 'benchmarks.md'} is written.")
    failed = any(each.fault for each in kept.figures.values())
    return 1 if failed or (given.strict and missed(kept, amounts)) else 0


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=list(AMOUNTS), default="full")
    parser.add_argument("--only", default="")
    parser.add_argument("--runs", type=int, default=0)
    parser.add_argument("--in", dest="work", type=Path)
    parser.add_argument("--to", type=Path)
    for name in ("list", "strict", "count", "accept"):
        parser.add_argument(f"--{name}", action="store_true")
    given = parser.parse_args()
    given.runs = given.runs or {"full": 9, "small": 3}[given.size]
    return given


def fitting(kept: Kept) -> Kept:
    """What was measured on this machine, and with what it is now."""
    here = machine()
    peers = {peer.key: peer.told() for peer in PEERS if peer.path()}
    if kept.machine and kept.machine != here:
        print("This is another machine than before: all old figures are dropped.", file=sys.stderr)
        return Kept(here, peers)
    return Kept(here, kept.peers | peers, kept.figures)


def machine() -> dict[str, str]:
    """What a figure depends on besides the program, without a name that tells whose it is."""
    git = subprocess.run(["git", "--version"], check=True, capture_output=True, text=True).stdout
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": str(os.cpu_count()),
        "memory": f"{pages / 1024**3:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release().partition('-')[0]}",
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
        "git": git.split()[2],
        "SQLite": sqlite3.sqlite_version,
    }


def commit() -> str:
    """The state of the program: the commit, and whether files differ from it."""
    command = ["git", "describe", "--always", "--dirty=, changed", "--exclude=*", "--abbrev=9"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    return done.stdout.strip() or "not in git"


def show(kept: Kept, amounts: Amounts, folder: Path) -> None:
    """Write the page and the plot of what there is by now."""
    (folder / "benchmarks.md").write_text(page(kept, amounts), "utf-8")
    by_name = times(kept.figures, amounts.tasks)
    if any(len(each) > 1 for each in by_name.values()):
        (folder / "benchmarks.svg").write_text(plot(by_name), "utf-8")


def missed(kept: Kept, amounts: Amounts) -> bool:
    """Whether a goal does not hold; what was not measured counts for nothing."""
    pairs = ((goal, goal.reached(kept.figures)) for goal in all_goals(amounts))
    return any(reached is not None and not goal.holds(reached.value) for goal, reached in pairs)


if __name__ == "__main__":
    sys.exit(main())
