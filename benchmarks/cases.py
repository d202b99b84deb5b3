"""What is measured: commands on generated ledgers, as whole processes, in series."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

import floors
import worlds
from generator import IN_PROGRESS, made_tasks, task_id
from peers import DEPARTMENT, PEERS, TODAY, Peer
from processes import HEAD, LEDGER, PIPE, TERMINAL
from sizes import AGREED, closable_ids
from worlds import EVER, World

THIS_YEAR = ("--today", TODAY.isoformat())
LATER = ("--today", "2020-06-30")
DUE = (*THIS_YEAR, "due", "--dept", DEPARTMENT)
LIST = (*THIS_YEAR, "list")
OPEN = tuple(
    word for each in ("未启动", IN_PROGRESS, "申请销号", "待上会") for word in ("--status", each)
)
FILTERS: Mapping[str, tuple[str, ...]] = {
    "department": ("--dept", DEPARTMENT, "--status", "待上会"),
    "status": ("--status", IN_PROGRESS),
    "light": ("--light", "红"),
    "source": ("--source", "S000"),
    "leader": ("--leader", "分管"),
    "text": ("--text", "专利审查"),
    "before": ("--due-before", "2017-03-01", "--sort", "due"),
    "title": ("--lead", DEPARTMENT, "--sort", "title"),
}
_CUT = (0, 141, -13)  # how somebody ends to whom nobody listens any more


@dataclass(frozen=True)
class Amounts:
    """How large the ledgers are.

    Attributes:
        tasks: of three ledgers.
        count: tasks of the ledgers with a long history, whose `commits` are three.
        other: (tasks, commits) of a history of more tasks.
        rows: of a table to import.
        bulletin: tasks whose bulletin lists some three quarters of them.
    """

    tasks: tuple[int, int, int]
    count: int
    commits: tuple[int, int, int]
    other: tuple[int, int]
    rows: int
    bulletin: int


AMOUNTS = {
    "full": Amounts(
        (1_000, 10_000, 100_000), 1_000, (5_000, 20_000, 100_000), (10_000, 5_000), 10_000, 1_750
    ),
    "small": Amounts((50, 100, 200), 50, (50, 100, 200), (100, 50), 30, 50),
}


@dataclass(frozen=True)
class Case:
    """One command that is run again and again.

    Attributes:
        key: a word, and the size; `--only` and the goals name it so.
        words: its arguments; where there are `turns`, these are added in each.
        way: who reads what it prints.
        before: what is done to its folder first, and does not count.
        ok: exit codes that are as they should be.
        runs: so many at most, whatever was asked for.
        warm: whether a run goes before that does not count.
        silent: whether it may print nothing.
        peer: whose it is, if not ours.
    """

    key: str
    words: tuple[str, ...]
    world: World
    program: tuple[str, ...] = LEDGER
    way: str = PIPE
    before: Callable[[Path], object] | None = None
    ok: tuple[int, ...] = (0,)
    runs: int = 99
    warm: bool = True
    silent: bool = False
    turns: tuple[tuple[str, ...], ...] = ((),)
    peer: Peer | None = None

    def called(self, turn: int) -> tuple[str, ...]:
        """The command line of a turn."""
        return (*self.program, *self.words, *self.turns[turn % len(self.turns)])


@dataclass(frozen=True)
class Series:
    """Cases that run in turns, so that a slow minute hits all of them.

    Attributes:
        first, last: what is done to the first one's folder before all and after all.
    """

    cases: tuple[Case, ...]
    first: Callable[[Path], object] | None = None
    last: Callable[[Path], object] | None = None


def all_series(amounts: Amounts) -> Iterator[Series]:
    """Everything that is measured, in its order."""
    yield Series(
        (
            Case("python", ("-c", "pass"), worlds.nowhere(), (sys.executable,), silent=True),
            Case("help", ("--help",), worlds.nowhere()),
        )
    )
    for size in amounts.tasks:
        yield from _asked(size)
    yield from _listed(amounts)
    for size in amounts.tasks[1:]:
        yield _edited(size)
    yield _cold(amounts.tasks[2])
    yield from _written(amounts.tasks[2])
    yield _checked(amounts.tasks[1])
    yield from _history(amounts)
    yield from _papers(amounts)


def chosen_series(amounts: Amounts, only: str) -> list[Series]:
    """Those that have some cases, whole: what is compared has to run in turns.

    Args:
        only: keys of cases, or their first words, with commas between them; empty for all series.
    """
    words = {each for each in only.split(",") if each}
    series = list(all_series(amounts))
    if unknown := words - {name for each in series for name in _names(each)}:
        raise SystemExit(f"There is no such case: {', '.join(sorted(unknown))}")
    return [each for each in series if not words or words & _names(each)]


def _names(series: Series) -> set[str]:
    return {name for case in series.cases for name in (case.key, case.key.split()[0])}


def _asked(size: int) -> Iterator[Series]:
    """The questions that others are asked too."""
    world = worlds.tasks(size)
    ours = (
        Case(f"due {size}", DUE, world),
        Case(f"due-terminal {size}", DUE, world, way=TERMINAL),
        Case(f"show {size}", ("show", task_id(size // 2)), world),
        Case(f"complete {size}", ("complete", "bash", "show", task_id(size // 2)[:-1]), world),
    )
    least = _floor(f"look {size}", world)
    yield Series((*ours, least, *_peers(world, size, "due")), first=worlds.settle)
    opened = Case(f"open {size}", (*LIST, *OPEN), world, runs=5)
    yield Series((opened, *_peers(world, size, "open")))


def _floor(key: str, world: World, *more: str, runs: int = 5) -> Case:
    """The least that something costs: what `floors` calls by the first word of a key."""
    return Case(
        f"floor-{key}", (*floors.PROGRAM[1:], key.split()[0], *more), world,
        floors.PROGRAM[:1], runs=runs,
    )  # fmt: skip


def _peers(world: World, size: int, question: str) -> Iterator[Case]:
    for peer in PEERS:
        program = peer.path()
        if program is not None and size <= peer.most:
            own = World(f"{peer.key}-{size}", peer.make, (size,)) if peer.make else world
            words = peer.due() if question == "due" else peer.opened()
            key = f"{peer.key}-{question} {size}"
            yield Case(key, words, own, (program,), runs=5, peer=peer)


def _listed(amounts: Amounts) -> Iterator[Series]:
    size = amounts.tasks[2]
    world = worlds.tasks(size)
    filtered = tuple(
        Case(f"screen-{name} {size}", (*LIST, *words), world, way=HEAD, ok=_CUT)
        for name, words in FILTERS.items()
    )
    status = Case(f"status {size}", (*THIS_YEAR, "status"), world)
    yield Series((status, *filtered), first=worlds.settle)
    for each in amounts.tasks[1:]:
        world = worlds.tasks(each)
        yield Series(
            (
                Case(f"all {each}", LIST, world, runs=5),
                Case(f"all-json {each}", (*LIST, "--json"), world, runs=5),
                _floor(f"rows {each}", world),
            ),
            first=worlds.settle,
        )


def _edited(size: int) -> Series:
    world = worlds.tasks(size)
    touch = partial(worlds.touch, number=size // 2)
    return Series(
        (
            Case(f"settled {size}", DUE, world, before=worlds.settle),
            Case(f"edited {size}", DUE, world, before=touch),
        ),
        last=worlds.back,
    )


def _cold(size: int) -> Series:
    once = partial(Case, words=DUE, world=worlds.tasks(size), before=worlds.forget, warm=False)
    least = _floor(f"read {size}", worlds.tasks(size), runs=3)
    return Series(
        (once(f"cold {size}", runs=3), once(f"cold-terminal {size}", runs=1, way=TERMINAL), least)
    )


def _written(size: int) -> Iterator[Series]:
    world = worlds.tasks(size)
    going = (n for n, task in enumerate(made_tasks(size)) if task.status == IN_PROGRESS)
    ids = [task_id(number) for number in islice(going, EVER)]
    progress = tuple((each, "--text", "办理中") for each in ids)
    check = (*LATER, "check", "--base", "main~1")
    yield Series(
        (
            Case(
                f"progress {size}",
                (*LATER, "progress"),
                world,
                before=worlds.settle,
                turns=progress,
                runs=EVER - 1,
                silent=True,
            ),
            Case(f"check-base {size}", check, world, before=worlds.settle),
        )
    )
    how = ("--decision", AGREED, "--via", "local")
    closed = tuple((each, *how) for each in closable_ids(EVER))
    yield Series(
        (Case(f"close {size}", (*LATER, "close"), world, turns=closed, runs=EVER - 1),),
        first=worlds.agree,
        last=worlds.back,
    )


def _checked(size: int) -> Series:
    check = partial(Case, words=(*THIS_YEAR, "check"), world=worlds.tasks(size), ok=(0, 1))
    return Series(
        (
            check(f"check-cold {size}", before=worlds.forget, runs=3, warm=False),
            check(f"check {size}", runs=5),
        )
    )


def _history(amounts: Amounts) -> Iterator[Series]:
    for count, commits in (*((amounts.count, each) for each in amounts.commits), amounts.other):
        size, runs = f"{count}/{commits}", 1 if commits == amounts.commits[2] else 3
        case = Case(
            f"audit {size}",
            ("audit",),
            worlds.history(count, commits),
            before=worlds.forget,
            ok=(0, 1),
            runs=runs,
            warm=False,
        )
        yield Series((case, _floor(f"audit {size}", case.world, runs=runs)))
    commits = amounts.commits[1]
    words = ("log", f"ZG2020-{amounts.count // 2:04d}")
    long = worlds.history(amounts.count, commits)
    least = _floor(f"log {commits}", long, words[1])
    yield Series((Case(f"log {commits}", words, long), least), first=worlds.audit)
    now, then = ("--today", "2021-02-01"), ("--at", "2020-02-01")
    due = (*now, "due", "--dept", "办公室", "--within", "12m", *then)
    yield Series((Case(f"then {amounts.other[0]}", due, worlds.history(*amounts.other)),))


def _papers(amounts: Amounts) -> Iterator[Series]:
    """Tables in, bulletins out."""
    rows = amounts.rows
    how = ("--source", "ZG2020", "--year", "2020", "--kind", "工作要点", "--accept")
    words = ("import", f"../table-{rows}/table.xlsx", *how)
    world = worlds.tasks(amounts.tasks[0])
    case = Case(f"import {rows}", words, world, before=worlds.back, runs=3, warm=False, silent=True)
    least = _floor(f"sheet {rows}", world, words[1], runs=3)
    least = replace(least, before=worlds.back, warm=False)
    yield Series(
        (case, least), first=partial(worlds.beside, world=worlds.table(rows)), last=worlds.back
    )
    for key, size, kind, name in (
        ("weekly", amounts.tasks[2], "weekly", "weekly.md"),
        ("word", amounts.bulletin, "monthly", "monthly.docx"),
    ):
        report = (*THIS_YEAR, "report", kind, "-o", f"../{name}", "--force")
        case = Case(f"{key} {size}", report, worlds.tasks(size), runs=5, silent=True)
        yield Series((case,), first=worlds.settle)
