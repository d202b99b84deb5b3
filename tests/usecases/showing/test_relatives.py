"""Links of tasks in both directions: by the index of now and of a commit, and without one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from ledger.adapters.files.index.kept import Unusable
from ledger.adapters.files.index.worktree import TaskIndex
from ledger.usecases.looking.list import one
from ledger.usecases.reading.moment import Moment
from ledger.usecases.showing.relatives import Relative, relatives

if TYPE_CHECKING:
    import pytest

    from tests.conftest import LedgerFolder, MakeLedger

TODAY = dt.date(2017, 7, 3)
LINKED = [
    {"links": [{"rel": "源自", "id": "GZ2017-002"}, {"rel": "子任务", "id": "GZ2017-009"}]},
    {"title": "源头", "status": "未启动"},
    {"links": [{"rel": "源自", "id": "GZ2017-002"}, {"rel": "并入", "id": "GZ2017-001"}]},
]


def told(made: LedgerFolder, name: str, commit: str = "") -> list[Relative]:
    ledger, when = made.open(), Moment(commit, TODAY)
    return [*relatives(ledger, one(ledger, name, when).task, when)]


def test_both_directions(make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_ledger(LINKED)
    wanting = {
        "GZ2017-001": [
            Relative("源自", "GZ2017-002", "源头", "未启动"),
            Relative("子任务", "GZ2017-009"),
            Relative("并入", "GZ2017-003", "事项GZ2017-003", "推进中", names=True),
        ],
        "GZ2017-002": [
            Relative("源自", "GZ2017-001", "事项GZ2017-001", "推进中", names=True),
            Relative("源自", "GZ2017-003", "事项GZ2017-003", "推进中", names=True),
        ],
    }
    commit = made.git("rev-parse", "HEAD").strip()
    for name, expected in wanting.items():
        assert told(made, name) == expected
        assert told(made, name, commit) == expected

    def unusable(*_: object) -> None:
        raise Unusable

    monkeypatch.setattr(TaskIndex, "answered", unusable)
    for name, expected in wanting.items():
        assert told(made, name) == expected
        assert told(made, name, commit) == expected


def test_edits_are_seen(make_ledger: MakeLedger) -> None:
    made = make_ledger(LINKED)
    assert len(told(made, "GZ2017-002")) == 2
    made.write_task(id="GZ2017-003", links=[])
    assert len(told(made, "GZ2017-002")) == 1
    made.path("GZ2017-001").unlink()
    assert told(made, "GZ2017-002") == []
