"""Numbers of the last month: those of `status`, counted once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from ledger.usecases.looking import earlier
from ledger.usecases.looking.earlier import last_month, status_then
from ledger.usecases.looking.status import status
from ledger.usecases.reading.moment import moment

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

DAY = dt.date(2017, 6, 30)


def test_counted_once(make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_ledger([{}, {"lead": ["条法司"]}])
    made.write_task(id="GZ2017-003")
    made.commit(moment="2017-07-02")
    ledger = made.open()
    then = moment(ledger, DAY.isoformat(), None, DAY)
    first = status_then(ledger, DAY, "lead")
    assert first == status(ledger, then, "lead")
    assert first is not None
    assert first.total.total == 2
    calls: list[object] = []
    monkeypatch.setattr(earlier, "status", lambda *asked: calls.append(asked) or first)
    assert status_then(made.open(), DAY, "lead") is first
    assert not calls
    status_then(ledger, DAY, "source")
    status_then(ledger, dt.date(2017, 7, 2), "lead")
    assert len(calls) == 2  # grouped otherwise, and of another commit


def test_before_the_ledger_was_there(make_ledger: MakeLedger) -> None:
    assert status_then(make_ledger([{}]).open(), dt.date(2017, 2, 28), "lead") is None


def test_no_more_is_remembered_than_needed(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = make_ledger([{}]).open()
    monkeypatch.setattr(earlier, "_known", {})
    for number in range(40):
        status_then(ledger, DAY + dt.timedelta(days=number), "lead")
    assert len(earlier._known) == 32


def test_the_month_before() -> None:
    assert last_month(dt.date(2017, 3, 31)) == dt.date(2017, 2, 28)
    assert last_month(dt.date(2017, 1, 1)) == dt.date(2016, 12, 31)
    assert last_month(dt.date.min) == dt.date.min
