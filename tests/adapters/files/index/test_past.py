"""A past moment is asked of an index of its commit, which says what a reading of it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.adapters.files import database
from ledger.adapters.files.index import past, rows, sync
from ledger.adapters.files.index.kept import Unusable
from ledger.adapters.files.parse_file import Parsed
from ledger.adapters.files.read_snapshot import list_commit
from ledger.model.problem import Problem
from ledger.model.standing import Brief
from ledger.usecases.looking.filters import Filters
from ledger.usecases.looking.list import due, listed
from ledger.usecases.looking.status import Status, status
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.past import index_at
from tests.adapters.files.index.ways import TODAY, opened
from tests.conftest import LedgerFolder, MakeLedger

Shown = tuple[tuple[Problem, ...], tuple[Brief, ...], tuple[Brief, ...], Status]


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    """Two commits: in the second nearly everything is another, and some of it wrong."""
    made = make_ledger([{}, {"due": {"text": "6月", "date": "2017-06-30"}}, {"tags": ["重点"]}])
    made.write_task(id="GZ2017-001", status="未启动", lead=["审业部", "没有这个部门"])
    made.write_task(id="GZ2017-003", source="没有")
    made.write("data/tasks/GZ2017/GZ2017-004.yaml", "id: [")
    made.write("data/tasks/GZ2017/B.yaml", (made.root / made.path("GZ2017-002")).read_text("utf-8"))
    made.commit("第二次")
    return made


def shown(root: Path, commit: str) -> Shown:
    """What is shown of a commit."""
    when = Moment(commit, TODAY)
    with opened(root) as ledger:
        every = listed(ledger, when, Filters(), "")
        pressing = due(ledger, when, Filters(), 60, overdue=False)
        tasks, late = tuple(every.tasks), tuple(pressing.tasks)
        return every.problems, tasks, late, status(ledger, when, "lead")


def by_reading(root: Path, commit: str) -> Shown:
    """The same where no index can be had."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(past.CommitIndex, "_fill", refuse)
        for place in (root / ".git" / "ledger").glob("past-*"):
            place.unlink()
        return shown(root, commit)


def refuse(self: past.CommitIndex) -> None:
    raise Unusable


def commits(ledger: LedgerFolder) -> list[str]:
    return ledger.git("rev-list", "HEAD").split()


def test_it_says_what_a_reading_says_of_one_commit_and_of_another(ledger: LedgerFolder) -> None:
    expected = {commit: by_reading(ledger.root, commit) for commit in commits(ledger)}
    assert len({problems for problems, *_ in expected.values()}) == 2
    for commit in (*expected, *reversed(expected)):
        assert shown(ledger.root, commit) == expected[commit]


def test_what_was_read_once_is_not_read_again(
    ledger: LedgerFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = commits(ledger)[0]
    first = shown(ledger.root, commit)
    monkeypatch.setattr(rows, "told_of", None)
    monkeypatch.setattr(sync, "fill", None)
    assert shown(ledger.root, commit) == first


def test_the_working_tree_is_neither_looked_at_nor_touched(ledger: LedgerFolder) -> None:
    commit = commits(ledger)[1]
    first = shown(ledger.root, commit)
    with opened(ledger.root) as now:
        before = tuple(listed(now, Moment("", TODAY), Filters(), "").tasks)
    (ledger.root / ledger.path("GZ2017-002")).unlink()
    assert shown(ledger.root, commit) == first
    with opened(ledger.root) as now:
        assert len(tuple(listed(now, Moment("", TODAY), Filters(), "").tasks)) == len(before) - 1


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + bytes(5000)])
def test_a_damaged_one_is_made_anew(
    ledger: LedgerFolder, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though somebody has it open still, for whom nobody waits long here."""
    monkeypatch.setattr(database, "WAIT_SECONDS", 0.1)
    commit = commits(ledger)[0]
    first = shown(ledger.root, commit)
    for place in (ledger.root / ".git" / "ledger").glob("past-*"):
        place.write_bytes(content)
    assert shown(ledger.root, commit) == first


def test_there_is_room_for_one(ledger: LedgerFolder) -> None:
    for commit in commits(ledger) * 2:
        shown(ledger.root, commit)
    places = [*(ledger.root / ".git" / "ledger").glob("past-*.sqlite")]
    assert len(places) == 1


def test_two_ask_for_different_moments_at_once(ledger: LedgerFolder) -> None:
    """Each gets its own answer, whoever's index it is that stays."""
    one, other = commits(ledger)
    expected = by_reading(ledger.root, one), by_reading(ledger.root, other)
    with opened(ledger.root) as first:
        held = index_at(first, one)
        held.refresh()
        assert shown(ledger.root, other) == expected[1]
        assert [*held.listing()[0]] == [*list_commit(first.repo, one).blobs]
    assert shown(ledger.root, one) == expected[0]


def test_it_is_right_after_its_maker_was_killed(
    ledger: LedgerFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = commits(ledger)[0]
    expected = by_reading(ledger.root, commit)

    class Killed(BaseException):
        pass

    def dies(path: bytes, parsed: Parsed) -> rows.Told:
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "told_of", dies)
        with pytest.raises(Killed):
            shown(ledger.root, commit)
    assert shown(ledger.root, commit) == expected
