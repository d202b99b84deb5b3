"""How long a site takes: 1,000 tasks with their history, then nothing new, one edit, the proof.

Usage: python benchmarks/site.py [--tasks N] [--commits N]

Prints a Markdown table of seconds on the clock, of processor time of both processes together, and
of how many files were written. It fails where a command fails, where the second run writes
anything, or where the first takes more than `MOST` seconds of processor time for 1,000 tasks: two
cores then need half of that. After an edit every page is written that names the commit.
"""

from __future__ import annotations

import argparse
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from histories import make_history
from processes import git

MOST = 40.0
TODAY = "2020-12-31"
_WRITTEN = re.compile(r"共 (\d+) 个文件，写了 (\d+) 个")


def main() -> int:
    """Measure; the exit code says whether all is as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--commits", type=int, default=3000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ledger-") as folder:
        ledger, site = Path(folder) / "ledger", Path(folder) / "site"
        make_history(ledger, given.tasks, given.commits)
        print("| run | seconds | processor | files | written |\n|---|---:|---:|---:|---:|")
        first = measured("first", ledger, "site", "-o", str(site))
        again = measured("nothing new", ledger, "site", "-o", str(site))
        edit(ledger)
        measured("one edit", ledger, "site", "-o", str(site))
        measured("verify", ledger, "verify", str(site))
    return int(again[1] != 0 or first[0] > MOST * max(1, given.tasks / 1000))


def measured(name: str, ledger: Path, *words: str) -> tuple[float, int]:
    """Run a command and print its line; the processor time, and how many files it wrote."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-m", "ledger", "--today", TODAY, *words]
    done = subprocess.run(command, cwd=ledger, check=True, capture_output=True, text=True)
    took, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = _WRITTEN.search(done.stdout)
    files, written = (int(told[1]), int(told[2])) if told else (0, 0)
    print(f"| {name} | {took:.1f} | {used:.1f} | {files} | {written} |")
    return used, written


def edit(ledger: Path) -> None:
    """Change one task, and save that."""
    place = next(iter(sorted((ledger / "data" / "tasks").rglob("*.yaml"))))
    text = place.read_text("utf-8")
    place.write_text(re.sub("^title: .*$", "title: 改了名称", text, flags=re.MULTILINE), "utf-8")
    git(ledger, "-c", "user.name=bench", "-c", "user.email=b@invalid", "commit", "-qam", "改")


if __name__ == "__main__":
    sys.exit(main())
