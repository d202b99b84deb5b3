"""The page of figures, docs/benchmarks.md, made of what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cases import Amounts
from figures import Figures, Kept, median
from goals import Goal, Reached, all_goals
from peers import PEERS

OURS = "ledger"
QUESTIONS = {"due": "due for a department", "open": "all that is open"}
_HEAD = """\
# Benchmarks

Whole processes on generated ledgers: `make bench` measures every line and writes this page and its
plot. Tasks of about 1 kB, 1,000 a folder, in a git repository; the page cache and Python's bytecode
are warm. Each figure is the median of some runs after one that does not count, in brackets the
shortest; commands that are compared run in turns. Processor time is that of the process and of all
that it waited for: where it is much less than the time on the clock, others kept the machine busy,
or the disk; where it is more, both cores worked. Memory is the largest resident set of one process.
“× bare” is how many times as long as `python -c pass` it takes. The floor is what an answer cannot
do without, measured in the same minutes by a program that does nothing else
(`benchmarks/floors.py`): every file's times, taken by two processes and compared with nothing; each
file read and passed through libyaml; each row of the index printed; the changes of a history and
their files as git gives them; a file's commits as git finds them; a workbook read, and as many
files committed.
"""


def page(kept: Kept, amounts: Amounts) -> str:
    """The whole page, in Markdown."""
    parts = [_HEAD, *_circumstances(kept), "\n## Goals\n", *_goals(kept.figures, amounts)]
    parts += ["\n## Others\n", *_others(kept, amounts)]
    faults = [f"- `{key}`: {each.fault}" for key, each in kept.figures.items() if each.fault]
    if faults:
        parts += ["\n## What went wrong\n", *faults]
    return "\n".join(parts) + "\n"


def _circumstances(kept: Kept) -> Iterator[str]:
    figures = kept.figures.values()
    days = sorted({each.day for each in figures})
    loads = sorted(each.load for each in figures)
    commits = sorted({each.commit for each in figures})
    names = {peer.key: peer.name for peer in PEERS}
    peers = (f"{names[key]} {version}" for key, version in kept.peers.items() if key in names)
    yield "| | |\n|---|---|"
    yield f"| measured | {_span(days)} |"
    yield f"| state of the program | {', '.join(commits)} |"
    yield f"| load when it began | {loads[0]} to {loads[-1]} |" if loads else ""
    for name, value in (*kept.machine.items(), ("others", ", ".join(peers) or "none")):
        yield f"| {name} | {value} |"


def _span(days: list[str]) -> str:
    return " to ".join(dict.fromkeys((days[0], days[-1]))) if days else "never"


def _goals(figures: Mapping[str, Figures], amounts: Amounts) -> Iterator[str]:
    goals = list(all_goals(amounts))
    measured = [goal.reached(figures) for goal in goals]
    pairs = list(zip(goals, measured, strict=True))
    holding = sum(reached is not None and goal.holds(reached.value) for goal, reached in pairs)
    bare = figures.get("python", Figures()).wall
    yield f"{holding} of {len(goals)} hold.\n"
    yield "| what | size | goal | floor | measured | processor | × bare | holds |"
    yield "|---|---|---:|---:|---:|---:|---:|---|"
    for goal, reached in pairs:
        cells = _cells(goal, reached, median(bare)) if reached and bare else (_gap(goal, figures),)
        bound = goal.spelled(goal.bound, bound=True)
        yield _row(goal.what, goal.size, bound, goal.least(figures), *cells)


def _cells(goal: Goal, reached: Reached, bare: float) -> Iterator[str]:
    """What was measured, its processor time, its ratio to bare Python, whether the goal holds."""
    beside = "" if reached.shortest is None else f" ({goal.spelled(reached.shortest)})"
    beside = beside if reached.memory is None else f" ({reached.memory:.0f} MiB)"
    yield goal.spelled(reached.value) + beside
    yield "" if reached.processor is None else goal.spelled(reached.processor)
    yield "" if reached.shortest is None else f"{reached.value / bare:.1f}"
    yield "yes" if goal.holds(reached.value) else "**no**"


def _gap(goal: Goal, figures: Mapping[str, Figures]) -> str:
    """Why there is no figure."""
    wrong = any(key in figures and figures[key].fault for key in goal.keys)
    return "went wrong, see below" if wrong else "not measured"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


# -- other programs ------------------------------------------------------------------------------


def times(figures: Mapping[str, Figures], sizes: tuple[int, ...]) -> dict[str, dict[int, float]]:
    """Milliseconds of the first question by size, of everybody who was asked."""
    names = {"due": OURS} | {f"{peer.key}-due": peer.name for peer in PEERS}
    measured = {
        name: {
            size: median(good.wall)
            for size in sizes
            if (good := figures.get(f"{key} {size}")) and good.wall and not good.fault
        }
        for key, name in names.items()
    }
    return {name: each for name, each in measured.items() if each}


def _others(kept: Kept, amounts: Amounts) -> Iterator[str]:
    yield "Everybody has the same tasks, with as many of their fields as there is a place for, and"
    yield "is asked what of one department is overdue or due within 30 days, and what is open.\n"
    for peer in PEERS:
        told = f"{peer.remark}." if peer.key in kept.peers else "not installed here, left out."
        yield f"- {peer.name}: {told}"
    yield "\n![time over size](benchmarks.svg)\n"
    yield "| question | size | who | time | processor | times ours | rows | same tasks as ours |"
    yield "|---|---|---|---:|---:|---:|---:|---|"
    for question, words in QUESTIONS.items():
        for size in amounts.tasks:
            yield from _answers(kept.figures, words, question, size)


def _answers(figures: Mapping[str, Figures], words: str, question: str, size: int) -> Iterator[str]:
    names = {f"{question} {size}": OURS}
    names |= {f"{peer.key}-{question} {size}": peer.name for peer in PEERS}
    ours = figures.get(f"{question} {size}")
    for key, name in names.items():
        one = figures.get(key)
        if one is None or one.fault or not one.wall:
            continue
        time = f"{median(one.wall):.0f} ms ({min(one.wall) * 1000:.0f})"
        ratio, same = "", ""
        if ours and ours.wall and one is not ours:
            ratio = f"{median(one.wall) / median(ours.wall):.2g}"
            same = "yes" if (one.rows, one.mark) == (ours.rows, ours.mark) else "no"
        processor = f"{median(one.processor):.0f} ms"
        yield _row(words, f"{size:,}", name, time, processor, ratio, f"{one.rows:,}", same)
