"""Ten people at once: ten processes write to ten clones of one server, and nothing is lost.

`LEDGER_LONG=1` has each of them write 200 times instead of 8.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import warnings
from collections import Counter
from pathlib import Path

import pytest

from ledger.model.task import Progress
from ledger.usecases.checking.audit import audit
from ledger.usecases.reading.open import open_ledger
from ledger.usecases.sharing.sync import SyncPlan, sync
from ledger.usecases.writing.add import TaskDraft, add_task
from ledger.usecases.writing.edit import edit_task, report_progress
from tests.conftest import CONFIG, SOURCES, LedgerFolder, run_git
from tests.copying import copy_folder

pytestmark = pytest.mark.xdist_group("story")  # it has all the machine to itself

CLONES = 10
WRITES = 200 if os.environ.get("LEDGER_LONG") else 8
BETWEEN_SYNCS = 20 if os.environ.get("LEDGER_LONG") else 8
ADDING = range(0, CLONES, 3)  # who add a task, all with the same id at first
TASKS = [f"GZ2017-{number:03}" for number in range(1, 5)]
TODAY = dt.date(2017, 3, 1)
SECONDS = 3600 if os.environ.get("LEDGER_LONG") else 600
PATIENCE = 600.0  # of one sync, on a machine that has other things to do


def write_and_sync(folder: Path, who: int, writes: int, between: int) -> None:
    """What one person does: reports on tasks that all report on, an own field, an own new task."""
    ledger = open_ledger(folder)
    for turn in range(1, writes + 1):
        if turn == between and who in ADDING:
            draft = TaskDraft(
                source="GZ2017", title=f"{who} 号新增的事项", measures=(f"措施{who}",)
            )
            add_task(ledger, draft, f"{who} 号", TODAY, commit=True)
        elif turn == 1:
            edit_task(
                ledger, TASKS[0], {"tags": [f"标签{who}"]}, None, TODAY, f"{who} 号", commit=True
            )
        else:
            day = TODAY - dt.timedelta(days=(turn * 7 + who) % 30)
            entry = Progress(date=day, by=f"{who} 号", text=f"{who} 号第 {turn} 次")
            task = TASKS[(turn + who) % len(TASKS)]
            if turn % 10:
                by_hand(LedgerFolder(folder), task, entry)
            else:
                report_progress(ledger, task, entry, True, TODAY)
        if turn % between == 0 or turn == writes:
            done = sync(ledger, TODAY, f"{who} 号", _described, {}, patience=PATIENCE)
            assert not done.plan.refused(), done.plan


def by_hand(folder: LedgerFolder, task: str, entry: Progress) -> None:
    """As people do who edit the file and commit it with git: a line below the last entry."""
    lines = folder.path(task).read_text(encoding="utf-8").splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if line.startswith("- {date"))
    lines.insert(last + 1, f"- {{date: {entry.date}, by: {entry.by}, text: {entry.text}}}\n")
    folder.path(task).write_text("".join(lines), encoding="utf-8")
    folder.git("commit", "--quiet", "--all", "-m", f"进展 {task}")


def _described(plan: SyncPlan) -> str:
    raise AssertionError("the main branch takes pushes")


@pytest.fixture
def clones(tmp_path: Path) -> list[LedgerFolder]:
    first = LedgerFolder(tmp_path / "clone0")
    first.root.mkdir()
    run_git(first.root, "init", "--quiet", "--template=", "--initial-branch=main")
    first.write("ledger.yaml", CONFIG)
    first.write("data/sources/GZ2017.yaml", SOURCES[0])
    for task in TASKS:
        first.write_task(id=task, progress=[{"date": "2017-01-01", "by": "甲", "text": "启动"}])
    run_git(first.root, "config", "user.name", "0 号")
    run_git(first.root, "config", "user.email", "0@example.com")
    first.commit("新建台账")
    run_git(tmp_path, "clone", "--quiet", "--bare", "--template=", "clone0", "server.git")
    run_git(first.root, "remote", "add", "origin", "../server.git")
    run_git(first.root, "fetch", "--quiet", "origin")
    made = [first]
    for who in range(1, CLONES):
        folder = LedgerFolder(tmp_path / f"clone{who}")
        copy_folder(first.root, folder.root)
        run_git(folder.root, "config", "user.name", f"{who} 号")
        run_git(folder.root, "config", "user.email", f"{who}@example.com")
        made.append(folder)
    return made


def test_nothing_is_lost(clones: list[LedgerFolder], tmp_path: Path) -> None:
    server = tmp_path / "server.git"
    context = multiprocessing.get_context("fork")
    people = [
        context.Process(
            target=write_and_sync, args=(each.root, who, WRITES, BETWEEN_SYNCS), daemon=True
        )
        for who, each in enumerate(clones)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the suite's own threads wait only
        for each in people:
            each.start()
    for each in people:
        each.join(SECONDS)
    assert [each.exitcode for each in people] == [0] * CLONES

    ledger = clones[0].open()
    sync(ledger, TODAY, "0 号", _described, {})
    head = run_git(server, "rev-parse", "main").strip()
    assert clones[0].git("rev-parse", "HEAD").strip() == head
    assert clones[0].git("status", "--porcelain") == ""
    snapshot = clones[0].load()
    assert not snapshot.problems

    logs = (each.text for entry in snapshot.tasks for each in entry.record.progress)
    wrote = (
        f"{who} 号第 {turn} 次"
        for who in range(CLONES)
        for turn in range(2, WRITES + 1)
        if turn != BETWEEN_SYNCS or who not in ADDING
    )
    assert Counter(logs) == Counter(wrote) + Counter({"启动": len(TASKS)})
    added = {entry.record.title: entry.record.id for entry in snapshot.tasks[len(TASKS) :]}
    assert set(added) == {f"{who} 号新增的事项" for who in ADDING}
    assert len(set(added.values())) == len(ADDING)
    assert set(snapshot.by_id[TASKS[0]].record.tags) == {f"标签{who}" for who in range(CLONES)}

    audited = audit(ledger, "", "", restart=True, progress=lambda done, steps: None)
    assert audited.head == head
    assert audited.commits > CLONES * WRITES
    assert not audited.has_errors()
    run_git(server, "fsck", "--strict", "--no-progress")
