"""The roll of a commit: what the index knows of it and what is read are the same lines."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from ledger.adapters.files.index.kept import Unusable
from ledger.usecases.bulletins.facts import Scope
from ledger.usecases.bulletins.kinds import KINDS, Request
from ledger.usecases.bulletins.report import report
from ledger.usecases.bulletins.request import request_for
from ledger.usecases.bulletins.roll import roll_at, roll_of, whole
from ledger.usecases.reading import committed
from tests.usecases.bulletins.cases import WEEK, closed, decided, opened

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = dt.date(2017, 10, 20)
LATE: dict[str, Any] = {"due": {"text": "9月", "date": "2017-09-30"}}
REPORTED: dict[str, Any] = {
    "due": {"text": "8月、11月", "dates": ["2017-08-31", "2017-11-30"]},
    "progress": [
        {"date": "2017-09-20", "by": "联络员", "text": "后一次", "percent": 60},
        {"date": "2017-09-10", "by": "联络员", "text": "前一次", "percent": 40},
        {"date": "2017-10-10", "by": "联络员", "text": "没有百分比"},
    ],
    "extensions": [
        {
            "from": "2017-11-30",
            "to": "2017-12-15",
            "date": "2017-10-01",
            "reason": "难",
            "approved_by": "局务会",
        }
    ],
}


@pytest.fixture
def made(make_ledger: MakeLedger) -> LedgerFolder:
    """A ledger whose working tree has some tasks as its last commit has them, and others not."""
    made = make_ledger(
        [LATE, REPORTED, LATE | closed(), {"lead": ["局办公室", "办公室"]}, {}, LATE, {}],
        decisions=[decided("GZ2017-003")],
    )
    made.write_task(id="GZ2017-005", title="改过", lead=["局办公室"])
    made.write("data/tasks/GZ2017/GZ2017-006.yaml", "id: [")
    made.path("GZ2017-007").unlink()
    made.write_task(id="GZ2017-008", **LATE)
    return made


def head_of(made: LedgerFolder) -> str:
    return made.git("rev-parse", "HEAD").strip()


def test_it_is_that_of_a_reading(made: LedgerFolder) -> None:
    head = head_of(made)
    snapshot = made.load(head)
    with opened(made) as ledger:
        roll = roll_at(ledger, head, TODAY)
        assert [each.path[-8:-5] for each in roll.snapshot.tasks] == ["005", "006", "007"]
        assert whole(ledger, roll).tasks == snapshot.tasks
    assert list(roll.lines.items()) == list(roll_of(snapshot, TODAY).lines.items())
    assert roll.snapshot.decisions == snapshot.decisions
    assert (roll.snapshot.config, roll.snapshot.commit) == (snapshot.config, head)


@pytest.mark.parametrize("kind", KINDS)
def test_every_bulletin_is_the_same_with_an_index_and_without(
    made: LedgerFolder, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = head_of(made)
    usual, _ = request_for(kind, None, TODAY)
    department = "局办公室" if KINDS[kind].department else ""
    request = Request(kind, usual.period, TODAY, Scope(("GZ2017",)), department)
    with opened(made) as ledger:
        by_index = report(ledger, request, head)
    with opened(made) as ledger:
        monkeypatch.setattr(ledger.index, "answered", _unusable)
        assert report(ledger, request, head).facts == by_index.facts


def _unusable(answer: object) -> None:
    raise Unusable


def test_of_tasks_that_have_not_changed_no_file_is_read(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by `git cat-file` nor out of the cache, however many they are."""
    made = make_ledger([LATE, REPORTED, {}, {}, {}])
    made.commit("早", "2017-10-01")
    made.write_task(id="GZ2017-004", title="改过")
    made.write_task(id="GZ2017-006", **LATE)
    tip = made.commit("周内", "2017-10-17")
    read: list[str] = []
    plain = committed.read_snapshot
    monkeypatch.setattr(
        committed,
        "read_snapshot",
        lambda listing, cache: read.extend(listing.blobs) or plain(listing, cache),
    )
    with opened(made) as ledger:
        facts = report(ledger, Request("weekly", WEEK, WEEK.last), tip).facts
    assert {path for path in read if path.startswith("data/tasks")} == {
        "data/tasks/GZ2017/GZ2017-004.yaml", "data/tasks/GZ2017/GZ2017-006.yaml",
    }  # fmt: skip
    assert facts.count.total == 6
