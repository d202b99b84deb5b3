"""What grows with a ledger: memory and time in proportion, processes and command lines not at all.

Counted, not timed; `make scale` runs the whole commands on ledgers of full size.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sizes import make_evidence, make_meetings, waiting_ids

from ledger.adapters.files.cache import Cache
from ledger.adapters.files.read_snapshot import Listing
from ledger.adapters.git import commit as gitcommit
from ledger.adapters.git import repo as gitrepo
from ledger.adapters.git.commit import commit_only
from ledger.adapters.git.repo import find_repo
from ledger.cli.app import run
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.source import Source
from ledger.model.task import Task
from ledger.usecases.bulletins.remind import record_reminders, reminders
from ledger.usecases.bulletins.roll import roll_of, roll_when
from ledger.usecases.bulletins.state import depts_facts
from ledger.usecases.checking.check import check_between
from ledger.usecases.closing.close import propose
from ledger.usecases.closing.decide import decide_file
from ledger.usecases.reading import load as load_module
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger, open_ledger
from ledger.usecases.tables import pair_rows as matching
from ledger.usecases.tables.again import last_said
from ledger.usecases.tables.compare import _Numbers
from ledger.usecases.writing.act import Act
from tests.conftest import EMAIL, NAME, run_git
from tests.usecases.closing.test_decide import meeting

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

DAY = dt.date(2020, 6, 30)
Started = Callable[[], list[int]]


def known(root: Path) -> Ledger:
    """A ledger of the generator's, opened by somebody who has a name."""
    run_git(root, "config", "user.name", NAME)
    run_git(root, "config", "user.email", EMAIL)
    return open_ledger(root)


def test_processes_do_not_grow_with_what_is_closed(tmp_path: Path, started: Started) -> None:
    counts = []
    for waiting in (3, 9):
        root = tmp_path / str(waiting)
        record = make_meetings(root, 2, waiting)
        ledger = known(root)
        started()
        decide_file(ledger, record, Act(NAME, DAY, DAY, commit=True))
        made = propose(
            ledger, waiting_ids(2, waiting), "DZH-2020-99999", ledger.repo.resolve("HEAD"), DAY, ""
        )
        counts.append(len(started()))
        assert len(made.tasks) == waiting
        assert [each.code for each in made.warnings] == []
        ledger.cache.close()
    assert counts[0] == counts[1]


def test_processes_do_not_grow_with_the_evidence(tmp_path: Path, started: Started) -> None:
    """Nor with the templates: each file once had one of its own, or three."""
    counts = []
    for files in (10, 40):
        root = tmp_path / str(files)
        make_evidence(root, files)
        (root / "templates").mkdir()
        for number in range(files):
            (root / f"templates/{number}.md.j2").write_text(f"{number}", "utf-8")
        (root / "data/evidence/ZG2020-0001/材料3.txt").write_text("换过", "utf-8")
        run_git(root, "add", "data")
        run_git(root, "-c", "user.name=a", "-c", "user.email=b", "commit", "-qm", "换")
        ledger = open_ledger(root)
        started()
        committed = check_between(ledger, "HEAD~1", "HEAD", DAY).problems
        beside = check_between(ledger, "HEAD~1", "", DAY).problems
        counts.append(len(started()))
        for problems in (committed, beside):
            assert [each.code for each in problems if each.code == "T007"] == ["T007"]
        ledger.cache.close()
    assert counts[0] == counts[1]


def test_no_command_line_holds_every_path(
    make_ledger: MakeLedger, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (gitrepo, gitcommit):
        monkeypatch.setattr(module, "FEW", 5)
    ledger = make_ledger(20)
    paths = [str(path.relative_to(ledger.root)) for path in ledger.root.glob("data/tasks/*/*")]
    new = [f"data/tasks/GZ2017/新 {number}.yaml" for number in range(60)]
    for path in (*paths, *new):
        ledger.write(path, "1\n")
    ledger.write("data/tasks/GZ2017/别人的.yaml", "1\n")
    started()
    repo = find_repo(ledger.root)
    commit = commit_only(repo, [*paths, *new], "改动", repo.git_dir / "index")
    assert max(started()) < 60
    listed = run_git(ledger.root, "diff-tree", "-r", "-z", "--name-only", f"{commit}~", commit)
    assert set(listed.split("\0")) - {""} == {*paths, *new}


class Asked(Cache):
    """A cache that counts how many files it is asked for, and how often for all folders."""

    count = 0
    scans = 0

    def folders(self) -> dict[str, str]:
        self.scans += 1
        return super().folders()

    def files(self, keys: Iterable[str]) -> Iterator[list[tuple[str, str]]]:
        listed = list(keys)
        self.count += len(listed)
        return super().files(listed)


def test_what_a_table_said_is_found_without_the_rest(make_ledger: MakeLedger) -> None:
    """Only what the imports themselves have written is read of history."""
    folder = make_ledger([{"id": f"GZ2017-{n:03}"} for n in range(1, 31)])
    source = Source(id="ZG2020", title="2020年巡视反馈意见", kind="巡视整改", year=2020)
    trailers = "\n\nLedger-Op: import\nLedger-Source: ZG2020"
    folder.write_task(id="ZG2020-001", goal="第一稿")
    folder.write_task(id="ZG2020-002", goal="甲")
    folder.commit(f"导入{trailers}")
    folder.write_task(id="ZG2020-001", goal="人改的")
    folder.commit("改动")
    folder.write_task(id="ZG2020-001", goal="第二稿")
    folder.commit(f"再导入{trailers}")
    opened = folder.open()
    asked = Asked(None)
    fields_by_id = last_said(Ledger(opened.root, opened.repo, asked), source)
    assert {key: fields["goal"] for key, fields in fields_by_id.items()} == {
        "ZG2020-001": "第二稿",
        "ZG2020-002": "甲",
    }
    assert fields_by_id["ZG2020-001"]["measures"] == ["制定方案", "组织实施"]
    assert asked.count == 4  # two new files, and one before and after


def test_ids_are_looked_through_once() -> None:
    class Counting(set[str]):
        times = 0

        def __iter__(self) -> Iterator[str]:
            self.times += 1
            return super().__iter__()

    taken = Counting({"GZ-001", "GZ-002", "GZ-050"})
    numbers = _Numbers(Source(id="GZ", title="", kind="工作要点"), taken, 3)
    wished = ["GZ-001", "GZ-003", "GZ-090", "GZ-001", "GZ-002"]
    given = [
        numbers.given(Task(id=each, kind="工作要点", title="", source="GZ", status="")).id
        for each in wished
    ]
    assert given == ["GZ-051", "GZ-003", "GZ-090", "GZ-091", "GZ-092"]
    assert taken.times == 1


@given(st.sets(st.integers(0, 60)).map(sorted), st.integers(0, 60))
def test_the_nearest_are_those_of_all(places: list[int], position: int) -> None:
    every = sorted(places, key=lambda place: abs(place - position))
    assert matching._nearest(places, position) == every[: matching._NEAREST]


def test_rows_that_all_say_the_same_are_paired_in_order() -> None:
    tasks = [matching.Candidate(f"A-{n:03}", ("督促落实", "甲")) for n in range(1, 41)]
    rows = [matching.Candidate(f"A-{n:03}", ("督促落实", "甲")) for n in range(5, 60)]
    paired = matching.match(rows, tasks)
    numbered = {place: row.id for place, row in enumerate(rows) if row.id <= "A-040"}
    assert {place: key for place, key in paired.items() if place in numbered} == numbered
    assert [paired[place] for place in sorted(paired) if place not in numbered] == [
        "A-001", "A-002", "A-003", "A-004",
    ]  # fmt: skip


def test_all_departments_are_reminded_in_one_pass(make_ledger: MakeLedger) -> None:
    class Counting(tuple[Entry[Task], ...]):
        times = 0

        def __iter__(self) -> Iterator[Entry[Task]]:
            Counting.times += 1
            return super().__iter__()

    names = ["办公室", "审业部", "条法司", "规划司", "巡视办"]
    folder = make_ledger([{"lead": [name], "assist": ["审业部"]} for name in names * 2])
    snapshot = folder.load()
    counted = replace(snapshot, tasks=Counting(snapshot.tasks))
    sheets = depts_facts(roll_of(counted, DAY), names, DAY)
    assert Counting.times == 1
    assert [each.department for each in sheets] == names
    assert [len(each.lines) for each in sheets] == [2, 10, 2, 2, 2]
    assert list(sheets) == [depts_facts(roll_of(snapshot, DAY), [name], DAY)[0] for name in names]


def test_reminders_are_recorded_in_one_reading(make_ledger: MakeLedger) -> None:
    scans = []
    for tasks in (2, 8):
        opened = make_ledger(tasks, name=f"ledger{tasks}").open()
        ledger = Ledger(opened.root, opened.repo, cache := Asked(None))
        sent = reminders(ledger, roll_when(ledger, Moment("", DAY)), (), DAY)
        assert len(record_reminders(ledger, sent, "督查室", DAY, DAY, commit=False)) == tasks
        scans.append(cache.scans)
    assert scans[0] == scans[1]


@pytest.mark.parametrize(
    "words",
    [
        ("edit", "GZ2017-001", "--title", "改了"),
        ("add", "--source", "GZ2017", "--title", "新事项", "--lead", "审业部", "--due", "6月底前"),
        ("progress", "GZ2017-001", "--text", "办理中"),
        ("reopen", "GZ2017-002", "--reason", "没有整改到位"),
        ("decide", "会议.yaml"),
    ],
)
def test_who_writes_one_task_reads_no_others(
    make_ledger: MakeLedger, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = make_ledger(30)
    ledger.write_task(id="GZ2017-002", status="已销号", closing={"date": "2017-01-03"})
    ledger.commit("closed")
    ledger.write("会议.yaml", meeting("DZH-2017-1", "2017-02-01", {"result": "继续整改"}))
    monkeypatch.chdir(ledger.root)
    assert run(["list"]) == 0
    read: list[int] = []
    original = load_module.read_snapshot

    def counted(listing: Listing, known: Cache) -> Snapshot:
        read.append(len(listing.blobs))
        return original(listing, known)

    monkeypatch.setattr(load_module, "read_snapshot", counted)
    assert run(["--today", "2017-03-01", *words]) == 0
    assert read
    assert max(read) <= 3  # ledger.yaml, a source or a meeting, the task
