"""An audit by two processes finds what one finds, in the same order, and keeps the same of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from histories import OFFENCES, make_history

from ledger.errors import LedgerError
from ledger.usecases.checking import line
from ledger.usecases.checking.audit import Audit, audit
from ledger.usecases.reading import versions
from ledger.usecases.reading.open import open_ledger
from tests.conftest import LedgerFolder, MakeLedger

pytestmark = pytest.mark.xdist_group("two processes")
Audited = tuple[Audit, bytes]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("two") / "history"
    make_history(root, 12, 120, OFFENCES[::2])
    return root


@pytest.fixture(autouse=True)
def short_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty steps are worth a process, whatever else runs in this one."""
    for place in (line, versions):
        monkeypatch.setattr(place, "BATCH", 10)
    monkeypatch.setattr(line, "_LEAST", 20)
    monkeypatch.setattr(line, "_FIRST", 0)
    monkeypatch.setattr(line, "can_fork", lambda: True)


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The processes that there have been beside this one."""
    made, fork = [], os.fork

    def noted() -> int:
        made.append(fork())
        return made[-1]

    monkeypatch.setattr(os, "fork", noted)
    return made


def audited(root: Path, progress: Callable[[int, int], None] = lambda done, total: None) -> Audited:
    """What an audit from the beginning finds, and what it keeps."""
    place = root / ".git" / "ledger" / "audit.jsonl"
    place.unlink(missing_ok=True)
    ledger = open_ledger(root)
    try:
        report = audit(ledger, "", "", False, progress)
    finally:
        ledger.cache.close()
    return report, place.read_bytes()


def by_one(root: Path) -> Audited:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line, "can_fork", lambda: False)
        return audited(root)


def test_two_find_what_one_finds(history: Path, forks: list[int]) -> None:
    told: list[tuple[int, int]] = []
    assert audited(history, lambda *numbers: told.append(numbers)) == by_one(history)
    assert len(forks) == 1
    done = [done for done, _ in told]
    assert done == sorted(done)
    assert (done[-1], {total for _, total in told}) == (told[0][1], {done[-1]})


@pytest.mark.parametrize("how", ["killed", "fails"])
def test_what_the_second_did_not_do_is_done_here(
    history: Path, forks: list[int], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    whole = line._second

    def dies(done: int) -> None:
        if done > 15 and how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if done > 15:
            raise LedgerError("")

    monkeypatch.setattr(line, "_second", lambda *given: whole(*given[:-1], dies))
    assert audited(history) == by_one(history)
    assert len(forks) == 1


def test_interrupted_it_leaves_no_process_and_keeps_what_it_has(
    history: Path, forks: list[int]
) -> None:
    def interrupt(done: int, total: int) -> None:
        if done > 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audited(history, interrupt)
    (child,) = forks
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def grown(make_ledger: MakeLedger, broken: bool) -> LedgerFolder:
    """Twenty steps and more; an application before the middle is reviewed by one's own after it,
    and a task's proof is a copy of what the ledger's own file was before."""
    ledger = make_ledger(2)
    applied = {"applied": {"date": "2017-03-01", "by": "甲", "summary": "已完成"}}
    ledger.write_task(id="GZ2017-001", status="申请销号", closing=applied)
    ledger.commit("申请", email="one@example.com")
    old = (ledger.root / ledger.path("GZ2017-002")).read_text("utf-8")
    if broken:
        (ledger.root / ledger.path("GZ2017-002")).write_text("id: [", "utf-8")
    for number in range(22):
        ledger.write("data/evidence/说明.txt", f"{number}")
        ledger.commit(f"{number}")
    reviewed = applied | {"reviewed": {"date": "2017-03-02", "by": "乙", "opinion": "同意"}}
    ledger.write_task(id="GZ2017-001", status="待上会", closing=reviewed)
    ledger.commit("审核", email="one@example.com")
    ledger.write("data/evidence/副本.txt", old)
    proof = {"name": "副本", "path": "data/evidence/副本.txt"}
    ledger.write_task(id="GZ2017-002", title="改过的", evidence=[proof])
    ledger.commit("佐证")
    return ledger


@pytest.mark.parametrize("broken", [False, True])
def test_the_second_knows_what_was_before_its_share(
    make_ledger: MakeLedger, forks: list[int], broken: bool
) -> None:
    ledger = grown(make_ledger, broken)
    report, kept = audited(ledger.root)
    assert (report, kept) == by_one(ledger.root)
    assert len(forks) == 1
    codes = {each.problem.code for each in report.findings}
    assert "C006" in codes  # one account has applied and reviewed
    assert "T007" in codes  # a copy of a file of the ledger's own is no proof


def test_few_steps_and_a_push_are_judged_by_one(
    history: Path, forks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger(history)
    tip = ledger.repo.resolve("HEAD")
    whole = line.history_of(ledger, "", tip)
    quiet = partial(line.judge_line, ledger, whole, progress=lambda done, total: None)
    assert list(quiet(start=0, pushed=True))
    monkeypatch.setattr(line, "_LEAST", len(whole.line) + 1)
    assert list(quiet(start=0))
    assert forks == []
    ledger.cache.close()
