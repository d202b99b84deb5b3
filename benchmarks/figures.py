"""What was measured: each case run in turns with others, kept in a file between runs."""

from __future__ import annotations

import datetime as dt
import json
import os
import statistics
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cases import Case, Series
from processes import Ran, run

_LEAST = 3  # runs, whatever they take
_ENOUGH = 15.0  # seconds for all runs of one case


@dataclass
class Figures:
    """How all runs of a case went, the one that warms up apart.

    Attributes:
        wall, processor, first: seconds of each; `first` until the first output.
        memory: KiB, the most of all.
        rows, mark: tasks that the last one printed, by their ids, and which.
        fault: what was wrong; then nothing else counts.
        day, commit, load: when, of which state of the program, and how many processes wanted to
            run then.
    """

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    memory: int = 0
    rows: int = 0
    mark: int = 0
    fault: str = ""
    day: str = ""
    commit: str = ""
    load: float = 0.0

    def add(self, ran: Ran) -> None:
        """Take one run in."""
        self.wall.append(ran.seconds)
        self.processor.append(ran.processor)
        self.first += [] if ran.first is None else [ran.first]
        self.memory = max(self.memory, ran.memory)
        self.rows, self.mark = ran.rows, ran.mark

    def enough(self, case: Case, runs: int) -> bool:
        """Whether a case need not run again."""
        count = len(self.wall)
        long = count >= _LEAST and sum(self.wall) > _ENOUGH
        return bool(self.fault) or long or count >= min(runs, case.runs)


def measured(series: Series, work: Path, runs: int, commit: str) -> dict[str, Figures]:
    """Run a series: everybody once, then everybody again.

    Args:
        work: where ledgers are, or are made.
        runs: of each case, at most.
        commit: the state of the program, to be noted.
    """
    day = dt.datetime.now(dt.UTC).date().isoformat()
    one = series.cases[0]
    wrong = prepared(one, work, series.first)
    load = round(os.getloadavg()[0], 1)
    figures = {
        each.key: Figures(fault=wrong, day=day, commit=commit, load=load) for each in series.cases
    }
    turn = 0
    while due := [each for each in series.cases if not figures[each.key].enough(each, runs)]:
        for case in due:
            _once(case, work, turn, figures[case.key])
        turn += 1
    prepared(one, work, series.last)
    return figures


def prepared(case: Case, work: Path, step: Callable[[Path], object] | None) -> str:
    """Have a case's folder, and do something to it; what went wrong, so that the others go on."""
    try:
        folder = case.world.at(work)
        if step:
            step(folder)
    except (OSError, AssertionError, subprocess.SubprocessError) as error:
        return f"could not be prepared: {type(error).__name__} {error}"[:120]
    return ""


def _once(case: Case, work: Path, turn: int, figures: Figures) -> None:
    figures.fault = prepared(case, work, case.before)
    if figures.fault:
        return
    folder = case.world.at(work)
    settings = case.peer.settings(folder) if case.peer else {}
    ran = run(case.called(turn), folder, case.way, settings)
    figures.fault = fault(case, ran)
    if figures.fault or turn or not case.warm:
        figures.add(ran)


def fault(case: Case, ran: Ran) -> str:
    """What is wrong with a run; empty when nothing is."""
    if ran.code not in case.ok:
        last = ran.complaint.strip().splitlines()[-1:] or [""]
        return f"ended with {ran.code}: {last[0][:100]}"
    return "" if ran.lines or case.silent else "printed nothing"


def median(numbers: Iterable[float]) -> float:
    """The median of some seconds, in milliseconds."""
    return statistics.median(numbers) * 1000


@dataclass
class Kept:
    """What a page is made of.

    Attributes:
        machine: what it was measured on and with; figures of another one cannot be compared.
        peers: key → version, of those that were there.
    """

    machine: dict[str, str] = field(default_factory=dict)
    peers: dict[str, str] = field(default_factory=dict)
    figures: dict[str, Figures] = field(default_factory=dict)


def read(file: Path) -> Kept:
    """What is kept in a file; nothing where there is none."""
    if not file.exists():
        return Kept()
    data = json.loads(file.read_text("utf-8"))
    figures = {key: Figures(**each) for key, each in data["figures"].items()}
    return Kept(data["machine"], data["peers"], figures)


def write(file: Path, kept: Kept) -> None:
    """Keep it, a case a line."""
    lines = ",\n".join(
        f"    {json.dumps(key)}: {json.dumps(_rounded(asdict(each)), ensure_ascii=False)}"
        for key, each in sorted(kept.figures.items())
    )
    machine, peers = json.dumps(kept.machine), json.dumps(kept.peers)
    text = f'{{\n  "machine": {machine},\n  "peers": {peers},\n  "figures": {{\n{lines}\n  }}\n}}\n'
    file.write_text(text, "utf-8")


def _rounded(record: dict[str, object]) -> dict[str, object]:
    return {
        key: [round(each, 4) for each in value] if isinstance(value, list) else value
        for key, value in record.items()
    }
