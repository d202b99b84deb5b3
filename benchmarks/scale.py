"""Runs whole commands on ledgers that are large in every way, and prints a Markdown table.

Usage: python benchmarks/scale.py [--size small|full|huge] [--only tasks,table,…]

It fails when a command dies, says something else than it should, or takes more memory than its
bound. Times depend on the machine; the first command on each ledger finds no cache. Memory is the
largest resident set of the command and the processes it starts. `small` takes a minute, `full` goes
to 100,000 tasks, `huge` to 300,000.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import sizes
from generator import add_commit, make_ledger, task_path
from histories import make_history
from processes import Ran, aside, git, run

TODAY = "2020-06-30"
LEDGER = (sys.executable, "-m", "ledger", "--today", TODAY)
BASE = 120  # MB that any command may take, whatever the size


@dataclass(frozen=True)
class Amounts:
    """How much of everything there is."""

    tasks: int
    rows: int
    meetings: int
    waiting: int
    evidence: int
    entries: int
    departments: int
    commits: int


AMOUNTS = {
    "small": Amounts(2_000, 300, 50, 20, 100, 200, 300, 300),
    "full": Amounts(100_000, 20_000, 5_000, 500, 10_000, 2_000, 300, 20_000),
    "huge": Amounts(300_000, 20_000, 5_000, 500, 10_000, 2_000, 300, 20_000),
}


@dataclass(frozen=True)
class Case:
    """One command on one ledger.

    Attributes:
        most: bound of its memory, in MB.
        ok: exit codes that are as they should be.
        program: what is called with the arguments.
    """

    arguments: tuple[str, ...]
    most: int = BASE
    ok: tuple[int, ...] = (0,)
    program: tuple[str, ...] = LEDGER

    def __str__(self) -> str:
        own = () if self.program == LEDGER else self.program
        words = [*own, *(Path(each).name if "/" in each else each for each in self.arguments)]
        return " ".join(words) if len(words) < 9 else f"{' '.join(words[:2])} … ({len(words)})"


def fault(ran: Ran, case: Case) -> str:
    """What is wrong with how a command went; empty when nothing is."""
    if ran.code not in case.ok:
        last = ran.complaint.strip().splitlines()[-1:] or [""]
        return f"ended with {ran.code}: {last[0][:100]}"
    return f"more than {case.most} MB" if ran.memory // 1000 > case.most else ""


World = Callable[[Path, Amounts], tuple[str, list[Case]]]


def per_task(amounts: Amounts, kilobytes: int) -> int:
    """A bound that grows with the tasks, in MB."""
    return BASE + amounts.tasks * kilobytes // 1000


def tasks(root: Path, amounts: Amounts) -> tuple[str, list[Case]]:
    """Very many tasks."""
    aside(make_ledger, root, amounts.tasks)
    server(root)
    paths = (task_path(root, number) for number in range(amounts.tasks // 2, amounts.tasks))
    one = next(path.stem for path in paths if "status: 推进中" in path.read_text("utf-8"))
    read, much = per_task(amounts, 9), per_task(amounts, 14)
    return f"{amounts.tasks:,} tasks", [
        Case(("status",), read),
        Case(("status",), read),
        Case(("due", "--dept", "业务7处"), read),
        Case(("list",), read),
        Case(("list", "--json"), much),
        Case(("check",), much, (0, 1)),
        Case(("report", "weekly"), much),
        Case(("show", one), per_task(amounts, 1)),
        Case(("due", "--at", "HEAD"), read),
        Case(("progress", one, "--text", "办理中"), read),
        Case(("log", one), read),
        Case(("sync",), much),
    ]


def table(root: Path, amounts: Amounts) -> tuple[str, list[Case]]:
    """A very long table, imported as xlsx, then again, then changed as csv."""
    make_ledger(root, 50)
    first, second = root.parent / "first.xlsx", root.parent / "second.csv"
    aside(sizes.write_xlsx, first, amounts.rows)
    aside(sizes.write_csv, second, amounts.rows, 2)
    most = BASE + amounts.rows * 40 // 1000
    how = ("--source", "ZG2020", "--year", "2020", "--kind", "工作要点", "--accept")
    return f"{amounts.rows:,} rows", [
        Case(("import", str(first), *how), most),
        Case(("import", str(first), *how), most),
        Case(("import", str(second), *how), most),
    ]


def meetings(root: Path, amounts: Amounts) -> tuple[str, list[Case]]:
    """Very many meetings, and one on very many tasks."""
    record = sizes.make_meetings(root, amounts.meetings, amounts.waiting)
    server(root)
    ids = sizes.waiting_ids(amounts.meetings, amounts.waiting)
    most = BASE + (amounts.meetings * 20 + amounts.waiting * 50) // 1000
    size = f"{amounts.meetings:,} meetings, one on {amounts.waiting}"
    return size, [
        Case(("list",), most),
        Case(("check",), most, (0, 1)),
        Case(("decide", str(record)), most),
        Case(("close", *ids, "--decision", "DZH-2020-99999", "--via", "local"), most),
        Case(("report", "closing"), most),
    ]


def evidence(root: Path, amounts: Amounts) -> tuple[str, list[Case]]:
    """Very much evidence."""
    aside(sizes.make_evidence, root, amounts.evidence)
    return f"{amounts.evidence:,} evidence files", [
        Case(("check",), BASE, (0, 1)),
        Case(("check", "--base", "HEAD", "--head", "HEAD"), BASE, (0, 1)),
        Case(("evidence", "add", "ZG2020-0001", str(root / "ledger.yaml"))),
        Case(("audit",), BASE + amounts.evidence * 5 // 1000, (0, 1)),
    ]


def entries(root: Path, amounts: Amounts) -> tuple[str, list[Case]]:
    """One task with a very long log, to which two people add."""
    sizes.make_long_log(root, amounts.entries)
    server(root)
    other = (root / f"data/tasks/ZG2020/{sizes.LONG}.yaml").read_text("utf-8")
    added = "  - {date: 2020-06-01, by: 联络员, text: 别人的进展}\n"
    before, last, after = other.rpartition(f"text: 第{amounts.entries - 1}次报告进展}}\n")
    aside(others, root, f"data/tasks/ZG2020/{sizes.LONG}.yaml", before + last + added + after)
    return f"{amounts.entries:,} entries", [
        Case(("show", sizes.LONG)),
        Case(("progress", sizes.LONG, "--text", "自己的进展"), BASE + amounts.entries // 10),
        Case(("sync",), BASE + amounts.entries // 10),
        Case(("log", sizes.LONG)),
        Case(("check",), BASE, (0, 1)),
    ]


def departments(root: Path, amounts: Amounts) -> tuple[str, list[Case]]:
    """Very many departments."""
    sizes.make_departments(root, amounts.departments, amounts.departments * 5)
    named = f"业务{amounts.departments // 2}处"
    (root.parent / "reminders").mkdir()
    return f"{amounts.departments:,} departments", [
        Case(("status",)),
        Case(("report", "weekly")),
        Case(("report", "scores")),
        Case(("report", "dept", "--dept", named)),
        Case(("remind", "-o", str(root.parent / "reminders"))),
    ]


def commits(root: Path, amounts: Amounts) -> tuple[str, list[Case]]:
    """A very long history."""
    count = amounts.commits
    aside(make_history, root, min(1000, count), count)
    most = BASE + count * 15 // 1000
    return f"{count:,} commits", [
        Case(("log", "--since", "2020-01-01"), most * 2),
        Case(("log", "ZG2020-0005"), most),
        Case(("list", "--at", f"HEAD~{count // 4}"), most),
        Case(("report", "scores"), most * 2),
        Case(("audit", "--since", f"HEAD~{count // 4}"), most, (0, 1)),
        Case(("audit",), most, (0, 1)),
    ]


def push(root: Path, amounts: Amounts) -> tuple[str, list[Case]]:
    """Very many files in one push, to a server with the gate; then one."""
    count = min(amounts.tasks, 100_000)
    aside(make_ledger, root, count)
    place = root.parent / f"{root.name}.git"
    git(root, "init", "--quiet", "--bare", "--initial-branch=main", str(place))
    git(root, "remote", "add", "origin", str(place))
    install = [*LEDGER, "gate", "install", "--hook", str(place)]
    subprocess.run(install, check=True, capture_output=True)
    aside(add_commit, root, [("data/evidence/清单.txt", b"1\n")], "佐证材料")
    most = BASE + count * 14 // 1000
    return f"{count:,} files pushed", [
        Case(("push", "--quiet", "origin", "main~1:refs/heads/main"), most, program=("git",)),
        Case(("push", "--quiet", "origin", "main"), most, program=("git",)),
    ]


WORLDS: dict[str, World] = {
    world.__name__: world
    for world in (tasks, table, meetings, evidence, entries, departments, commits, push)
}


def server(root: Path) -> None:
    """Give a ledger a server to sync with."""
    place = root.parent / f"{root.name}.git"
    git(root, "clone", "--quiet", "--bare", str(root), str(place))
    git(root, "remote", "add", "origin", str(place))
    git(root, "fetch", "--quiet", "origin")


def others(root: Path, path: str, content: str) -> None:
    """A commit that somebody else has pushed to the server."""
    add_commit(root.parent / f"{root.name}.git", [(path, content.encode())], "别人的改动")


def measured(folder: Path, amounts: Amounts, names: Sequence[str]) -> Iterator[str]:
    """Print the table; what is wrong in it."""
    print("| ledger | command | seconds | MB | bound | exit | |\n|---|---|---:|---:|---:|---:|---|")
    for name in names:
        size, cases = WORLDS[name](folder / name, amounts)
        for case in cases:
            ran = run((*case.program, *case.arguments), folder / name)
            wrong = fault(ran, case)
            print(
                f"| {size} | `{case}` | {ran.seconds:.1f} | {ran.memory // 1000} | {case.most} | "
                f"{ran.code} | {wrong or 'good'} |",
                flush=True,
            )
            if wrong:
                yield f"{size}: {case}: {wrong}"


def main() -> int:
    """Print the table; 1 when something is wrong in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=list(AMOUNTS), default="full")
    parser.add_argument("--only", default=",".join(WORLDS))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ledger-scale-") as name:
        faults = list(measured(Path(name), AMOUNTS[given.size], given.only.split(",")))
    print("\n".join(faults), file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
