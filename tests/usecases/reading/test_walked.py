"""The commits of a task as an audit has remembered them are those that git finds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ledger.adapters.git.repo import GitRepo
from ledger.adapters.git.walk import ancestry, file_commits
from ledger.model.paths import TASKS
from ledger.usecases.checking.audit import audit
from ledger.usecases.looking.history import history
from ledger.usecases.reading import walked
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger, open_ledger
from ledger.usecases.reading.walked import task_commits
from tests.conftest import LedgerFolder, MakeLedger

PATHS = ("data/tasks/GZ2017/GZ2017-001.yaml", "data/tasks/GZ2017/GZ2017-002.yaml")


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    """Lines that part, cross and are merged with and without changes of the merge's own."""
    made = make_ledger(2)
    for number, branch in enumerate(("one", "two", "main", "one", "two", "main")):
        made.git("switch", "--quiet", *(() if branch in made.git("branch") else ("-c",)), branch)
        made.write_task(id=f"GZ2017-00{1 + number % 2}", title=f"第{number}次")
        made.commit(f"{branch} {number}", moment=f"2017-01-{20 - number:02} 09:00")
    for branch, title in (("one", "合并的"), ("two", "")):
        made.git("switch", "--quiet", "main")
        made.git("merge", "--quiet", "--no-commit", "--strategy=ours", branch)
        if title:
            made.write_task(id="GZ2017-001", title=title)
        made.commit(f"merge {branch}")
    made.write_task(id="GZ2017-002", title="最后")
    made.commit("last")
    return made


def audited(folder: LedgerFolder) -> Ledger:
    ledger = folder.open()
    audit(ledger, "", "", False, lambda *_: None)
    return ledger


def is_the_same(ledger: Ledger) -> bool:
    head = ledger.repo.resolve("HEAD")
    parents = ancestry(ledger.repo, head, order="date")
    paths = [each.path for each in ledger.repo.tree(head, TASKS)]
    ours = {path: task_commits(ledger, parents, path) for path in paths}
    return ours == {path: file_commits(ledger.repo, head, path) for path in paths}


def test_an_audit_remembers_all(ledger: LedgerFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = audited(ledger)
    monkeypatch.setattr(walked, "file_commits", None)  # nobody has to ask git for all
    monkeypatch.setattr(walked, "_MANY", 0)
    assert is_the_same(opened)


def test_what_no_audit_has_seen_is_asked_too(
    ledger: LedgerFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = audited(ledger)
    for title in ("再改", "又改"):
        ledger.write_task(id="GZ2017-001", title=title)
        ledger.commit(title)
    monkeypatch.setattr(walked, "file_commits", None)
    monkeypatch.setattr(walked, "_MANY", 2)
    assert is_the_same(opened)


@pytest.mark.parametrize("many", [0, 2_000])
def test_without_an_audit_it_is_the_same(
    ledger: LedgerFolder, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walked, "_MANY", many)
    assert is_the_same(ledger.open())


def test_a_history_written_anew_is_another_one(ledger: LedgerFolder) -> None:
    opened = audited(ledger)
    ledger.git("reset", "--quiet", "--hard", "HEAD~1")
    ledger.write_task(id="GZ2017-001", title="另一个")
    ledger.commit("another")
    assert is_the_same(opened)


def test_each_of_two_ledgers_has_its_own(ledger: LedgerFolder, tmp_path: Path) -> None:
    other = ledger.root / "另一本"
    ledger.git("read-tree", "--prefix=另一本/", "-u", "HEAD")
    ledger.git("commit", "--quiet", "--message=另一本")
    (other / PATHS[0]).write_text((other / PATHS[1]).read_text("utf-8"), "utf-8")
    ledger.commit("only there")
    second = open_ledger(other)
    for each in (ledger.open(), second):
        audit(each, "", "", False, lambda *_: None)
    assert second.repo.prefix() == "另一本/"
    assert is_the_same(second)
    assert is_the_same(ledger.open())


def test_restarting_an_audit_does_not_add_up(ledger: LedgerFolder) -> None:
    opened = audited(ledger)
    before = list(opened.cache.walked(b""))
    audit(opened, "", "", True, lambda *_: None)
    assert before
    assert list(opened.cache.walked(b"")) == before


def test_log_walks_history_once(ledger: LedgerFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, asked = audited(ledger), []
    run = GitRepo.run

    def noted(self: GitRepo, *arguments: str, **others: object) -> bytes:
        asked.append(arguments[:2])
        return run(self, *arguments, **others)  # type: ignore[arg-type]

    monkeypatch.setattr(GitRepo, "run", noted)
    assert history(opened, "GZ2017-001", Moment("", dt.date(2017, 3, 1))).events
    assert asked.count(("rev-list", "--reverse")) == 1
    assert not [each for each in asked if each == ("log", "--full-history")]
