"""The benchmarks: what they measure exists, others have the same tasks, a fault is never hidden."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import counts
import figures
import floors
import pytest
import worlds
from cases import AMOUNTS, DUE, OPEN, Case, Series, all_series
from counts import Counts
from figures import Figures, Kept, measured
from goals import Goal, all_goals
from page import page, times
from peers import PEERS, Peer
from plot import plot
from processes import HEAD, LEDGER, TERMINAL, run

FULL = AMOUNTS["full"]
MACHINE = {"cores": "2"}


def timed(*seconds: float, rows: int = 3, mark: int = 7, fault: str = "") -> Figures:
    times = list(seconds)
    return Figures(times, times, times, 30 * 1024, rows, mark, fault, "2017-10-20", "abc", 0.1)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Ledgers need not be old enough to be trusted, but where it is counted what is read."""
    if request.function is not test_a_command_is_counted:
        monkeypatch.setattr(worlds, "_SETTLED", 0)


@pytest.mark.parametrize("size", list(AMOUNTS))
def test_goals_are_about_what_is_measured(size: str) -> None:
    amounts = AMOUNTS[size]
    cases = [case for series in all_series(amounts) for case in series.cases]
    keys = {case.key for case in cases} | {
        f"{peer.key}-due {n}" for peer in PEERS for n in amounts.tasks
    }
    assert len({case.key for case in cases}) == len(cases)
    for goal in all_goals(amounts):
        assert {*goal.keys, *([goal.floor] if goal.floor else [])} <= keys, goal


def test_what_is_counted_is_what_is_measured() -> None:
    cases = [case for series in all_series(counts.AMOUNTS) for case in series.cases]
    assert list(counts.accepted()[1]) == [case.key for case in cases if case.program == LEDGER]


def test_a_page_says_whether_a_goal_holds() -> None:
    kept = {"python": timed(0.01), "due 1000": timed(0.07, 0.08, 0.06), "help": timed(0.061)}
    kept |= {"floor-look 1000": timed(0.02), "floor-audit 1000/5000": timed(0.5)}
    kept |= {"floor-look 100000": timed(0.1, fault="ended with 1: ")}
    text = page(Kept(MACHINE, {}, kept), FULL)
    assert "pipe | 1,000 tasks | ≤ 75 ms | 20 ms | 70 ms (60 ms) | 70 ms | 7.0 | yes |" in text
    assert "| `ledger --help` |  | ≤ 60 ms |  | 61 ms (61 ms) | 61 ms | 6.1 | **no** |" in text
    assert "| `status` warm | 100,000 tasks | ≤ 500 ms |  | not measured |" in text
    assert "1,000 tasks, 5,000 commits | ≤ 600 ms | 100 ms | not measured |" in text
    assert "not installed here, left out" in text


def test_a_fault_is_said_and_holds_nothing() -> None:
    kept = {"python": timed(0.01), "due 1000": timed(0.07, fault="ended with -6: ")}
    text = page(Kept(MACHINE, {}, kept), FULL)
    assert "| 1,000 tasks | ≤ 75 ms |  | went wrong, see below |" in text
    assert "- `due 1000`: ended with -6" in text
    assert times(kept, FULL.tasks) == {}


def test_others_that_answer_something_else_are_told() -> None:
    peers = {peer.key: "1.0" for peer in PEERS}
    kept = {"python": timed(0.01), "due 1000": timed(0.1)}
    kept |= {"taskwarrior-due 1000": timed(0.2), "backlog-due 1000": timed(0.4, rows=4, mark=9)}
    text = page(Kept(MACHINE, peers, kept), FULL)
    assert "| 1,000 | Taskwarrior | 200 ms (200) | 200 ms | 2 | 3 | yes |" in text
    assert "| 1,000 | Backlog.md | 400 ms (400) | 400 ms | 4 | 4 | no |" in text


@pytest.mark.parametrize(
    ("measure", "value", "spelled"),
    [
        ("wall", 75.0, "≤ 75 ms"),
        ("wall", 9_000.0, "≤ 9.00 s"),
        ("over", 60.0, "≤ +60 ms"),
        ("ahead", 4.0, "≥ 4.0 ×"),
        ("memory", 60.0, "≤ 60 MiB"),
    ],
)
def test_bounds(measure: str, value: float, spelled: str) -> None:
    goal = Goal("", "", measure, value, ("a",))
    assert goal.spelled(value, bound=True) == spelled
    assert goal.holds(value)
    assert goal.holds(value + 1) is (measure == "ahead")


def test_figures_are_kept(tmp_path: Path) -> None:
    kept = Kept(MACHINE, {"grep": "3.8"}, {"due 1000": timed(0.07), "help": timed(fault="坏了")})
    figures.write(tmp_path / "kept.json", kept)
    assert figures.read(tmp_path / "kept.json") == kept
    assert figures.read(tmp_path / "none.json") == Kept()


def test_a_plot_is_sound_and_its_names_do_not_touch() -> None:
    three = {1_000: 70.0, 10_000: 95.0, 100_000: 270.0}
    text = plot({"ledger": three, "other": {1_000: 16.0, 100_000: 275.0}, "few": {1_000: 5.0}})
    root = ElementTree.fromstring(text)  # noqa: S314 - our own
    names = [
        each for each in root.iter("{http://www.w3.org/2000/svg}text") if ", " in (each.text or "")
    ]
    heights = sorted(float(each.attrib["y"]) for each in names if each.attrib["x"] == "532.0")
    assert len(heights) == 2
    assert heights[1] - heights[0] >= 18
    for line in root.iter("{http://www.w3.org/2000/svg}polyline"):
        for point in line.attrib["points"].split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= 520
            assert 0 <= y <= 380


def test_a_program_is_run_to_its_end(tmp_path: Path) -> None:
    ran = run([sys.executable, "-c", "print('S001-0002'); print('S001-0003'); exit(3)"], tmp_path)
    assert (ran.code, ran.lines, ran.rows) == (3, 2, 2)
    assert ran.processor > 0
    assert 1_000 < ran.memory < 60_000
    assert ran.first is not None
    assert ran.first <= ran.seconds
    many = "for n in range(100_000): print(f'S001-{n % 10_000:04d}')"
    assert run([sys.executable, "-c", many], tmp_path, HEAD).lines == 40
    ask = "import os, sys; print(os.get_terminal_size(), sys.stderr.isatty())"
    assert run([sys.executable, "-c", ask], tmp_path, TERMINAL).code == 0
    assert run([sys.executable, "-c", ask], tmp_path).code == 1


def test_what_fails_or_is_silent_is_a_fault(tmp_path: Path) -> None:
    world = worlds.World("here", Path.mkdir)
    python = Case("", (), world, (sys.executable,))
    cases = (
        replace(python, key="fails", words=("-c", "raise SystemExit('no')")),
        replace(python, key="silent", words=("-c", "")),
        replace(python, key="unready", words=("-c", "print(1)"), before=Path.rmdir),
        replace(python, key="good", words=("-c", "print(1)")),
    )
    (tmp_path / "here.made").touch()
    (tmp_path / "here").mkdir()
    (tmp_path / "here/file").touch()
    results = measured(Series(cases), tmp_path, 2, "abc")
    assert results["fails"].fault == "ended with 1: no"
    assert results["silent"].fault == "printed nothing"
    assert results["unready"].fault.startswith("could not be prepared: OSError")
    assert not results["good"].fault
    assert len(results["good"].wall) == 2


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger of 200 tasks."""
    work = tmp_path_factory.mktemp("work")
    worlds.tasks(200).at(work)
    return work


@pytest.mark.parametrize("peer", PEERS, ids=[peer.key for peer in PEERS])
def test_others_have_the_same_tasks(work: Path, peer: Peer) -> None:
    program = peer.path()
    if program is None:
        pytest.skip(f"needs {peer.name}")
    root = work / "tasks-200"
    folder = worlds.World(peer.key, peer.make, (200,)).at(work) if peer.make else root
    settings = peer.settings(folder)
    ours = run((*LEDGER, "list", *OPEN), root)
    theirs = run((program, *peer.opened()), folder, more=settings)
    assert (theirs.rows, theirs.mark) == (ours.rows, ours.mark)
    ours = run((*LEDGER, *DUE), root)
    theirs = run((program, *peer.due()), folder, more=settings)
    assert ours.rows > 1
    assert theirs.rows >= ours.rows
    assert ((theirs.rows, theirs.mark) == (ours.rows, ours.mark)) is (peer.key != "backlog")


def test_what_nobody_can_do_without_can_be_measured(work: Path) -> None:
    folder = work / "tasks-200"
    run((*LEDGER, *DUE), folder)
    for words in (("look",), ("read",), ("rows",), ("audit",), ("log", "S000-0007")):
        ran = run((*floors.PROGRAM, *words), folder)
        assert (ran.code, ran.complaint) == (0, "")
        assert ran.lines == (200 if words == ("rows",) else 1)


def test_a_command_is_counted(work: Path) -> None:
    world = worlds.tasks(200)
    cold = Case("cold", DUE, world, before=worlds.forget, warm=False)
    results = dict(counts.counted_series(Series((cold, Case("warm", DUE, world))), work))
    assert isinstance(results["cold"], Counts)
    assert isinstance(results["warm"], Counts)
    assert results["cold"].read > 200
    assert results["warm"].git == 0
    assert results["warm"].read <= 40  # twenty that changed within the last minute, twice at most
    assert 30 < results["warm"].modules < results["cold"].modules
    assert 0 < results["warm"].calls < results["cold"].calls


def test_a_count_may_not_leave_its_bound() -> None:
    accepted = Counts(rows=3, git=1, read=2, modules=100, calls=1_000)
    assert not Counts(3, 0, 2, 105, 1_050).beyond(accepted)
    for worse in (Counts(2, 1, 2, 100, 1_000), Counts(3, 2, 2, 100, 1_000)):
        assert worse.beyond(accepted)
    assert Counts(3, 1, 43, 100, 1_000).beyond(accepted)
    assert Counts(3, 1, 2, 106, 1_000).beyond(accepted) == ["modules: 106, not more than 105"]
