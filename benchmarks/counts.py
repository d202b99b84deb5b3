"""What each measured command does, counted on small ledgers: no clock, so a busy machine may do it.

`benchmarks/counts.json` has what it did when that was last accepted. Rows have to be the same; git
processes may not be more, files of the ledger that are read not but for those that are read again
because they are young, modules and calls of functions written in Python not by a twentieth, if
Python is of the same version as then. Who makes a command do less has it accepted, so that it stays
so.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from cases import Amounts, Case, Series, chosen_series
from figures import fault
from processes import LEDGER, run

HERE = Path(__file__).resolve().parent
ACCEPTED = HERE / "counts.json"
AMOUNTS = Amounts((100, 300, 1_000), 50, (100, 200, 400), (100, 200), 50, 60)
_SLACK = 1.05
_YOUNG = (
    40  # files that are read again on purpose while they are not a minute old, which time tells
)
_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


class Counts(NamedTuple):
    """What one command did.

    Attributes:
        rows: tasks that it printed, by their ids.
        git: processes of git that it started.
        read: files of the ledger that it opened.
        modules: those beyond a bare interpreter's.
        calls: of functions written in Python, those that import modules left out.
    """

    rows: int
    git: int
    read: int
    modules: int
    calls: int

    def beyond(self, accepted: Counts, slack: float = _SLACK) -> list[str]:
        """What leaves its bound, in words."""
        read = accepted.read + _YOUNG
        most = (*accepted[:2], read, accepted.modules * slack, accepted.calls * slack)
        rows = [f"rows: {self.rows}, not {accepted.rows}"] if self.rows != accepted.rows else []
        return rows + [
            f"{name}: {value}, not more than {bound:.0f}"
            for name, value, bound in zip(self._fields, self, most, strict=True)
            if name != "rows" and value > bound
        ]


def counted(work: Path, only: str) -> Iterator[tuple[str, Counts | str]]:
    """Every command of ours: its key, and what it did or what was wrong with it."""
    for series in chosen_series(AMOUNTS, only):
        cases = tuple(case for case in series.cases if case.program == LEDGER)
        yield from counted_series(Series(cases, series.first, series.last), work)


def counted_series(series: Series, work: Path) -> Iterator[tuple[str, Counts | str]]:
    """The same of some commands."""
    home = series.cases[0].world.at(work)
    if series.first:
        series.first(home)
    for case in series.cases:
        turns = (0, 1) if case.warm else (0,)
        *_, last = [_once(case, work, turn) for turn in turns]
        yield case.key, last
    if series.last:
        series.last(home)


def _once(case: Case, work: Path, turn: int) -> Counts | str:
    folder = case.world.at(work)
    if case.before:
        case.before(folder)
    with TemporaryDirectory() as place:
        noted = Path(place, "counts")
        more = {
            "PYTHONPATH": str(HERE / "counting"),
            "LEDGER_COUNTED": str(noted),
        }
        ran = run(case.called(turn), folder, case.way, more)
        if wrong := fault(case, ran):
            return wrong
        lines = [list(map(int, line.split())) for line in noted.read_text("ascii").splitlines()]
    git, read, modules, calls = zip(*lines, strict=True)
    return Counts(ran.rows, sum(git), sum(read), max(modules), sum(calls))


def accepted() -> tuple[str, dict[str, Counts]]:
    """With which Python, and what is accepted, by key."""
    data = json.loads(ACCEPTED.read_text("utf-8"))
    return data["python"], {key: Counts(*each) for key, each in data["counts"].items()}


def accept(counts: Mapping[str, Counts]) -> None:
    """Keep what was counted as what is right."""
    lines = ",\n".join(f"    {json.dumps(key)}: {list(each)}" for key, each in counts.items())
    head = f'  "python": "{_PYTHON}",\n  "fields": {json.dumps(Counts._fields)},\n'
    ACCEPTED.write_text(f'{{\n{head}  "counts": {{\n{lines}\n  }}\n}}\n', "utf-8")


def compared(work: Path, only: str, accepting: bool) -> int:
    """Print the table; 1 where something leaves its bound.

    Args:
        only: first words of cases, as `chosen_series` takes them.
        accepting: whether what is counted now is kept instead, if nothing went wrong.
    """
    python, bounds = accepted()
    slack = _SLACK if python == _PYTHON else math.inf
    counts, wrong = dict[str, Counts](), 0
    print(f"{'':24}{''.join(f'{name:>9}' for name in Counts._fields)}")
    for key, each in counted(work, only):
        if isinstance(each, str):
            faults = [each]
        else:
            counts[key] = each
            new = not accepting and key not in bounds
            faults = ["new"] if new else [] if accepting else each.beyond(bounds[key], slack)
        wrong += bool(faults)
        values = each if isinstance(each, Counts) else ()
        print(
            f"{key:24}{''.join(f'{value:9}' for value in values)}  {'; '.join(faults)}", flush=True
        )
    if accepting and not wrong:
        accept(bounds | counts)
    return 1 if wrong else 0
