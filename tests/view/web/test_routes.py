"""Which page an address asks for, and what comes back where there is none."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from ledger.adapters.http.exchange import Asked
from ledger.view.web.routes import answer

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

TODAY = dt.date(2017, 7, 3)


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        (Asked(""), 200, "事项 1 项"),
        (Asked("没有的"), 404, "没有“没有的”这个网页"),
        (Asked("../ledger.yaml"), 404, "没有“../ledger.yaml”这个网页"),
        (Asked("", {"at": ("2017-02-30",)}), 400, "2017-02-30 不是真实存在的日期"),
        (Asked("", {"at": ("--help",)}), 400, "--help"),
    ],
)
def test_answers(make_ledger: MakeLedger, asked: Asked, status: int, told: str) -> None:
    answered = answer(make_ledger([{}]).open(), TODAY, asked)
    assert answered.status == status
    assert told in answered.body.decode()


def test_text_stays_text(make_ledger: MakeLedger) -> None:
    ledger = make_ledger([{}], config={"organisation": '<script>"\u202e'})
    page = answer(ledger.open(), TODAY, Asked("")).body.decode()
    assert "<script>" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;" in page


def test_a_broken_ledger_is_no_fault_of_the_program(make_ledger: MakeLedger) -> None:
    made = make_ledger([{}])
    made.write("ledger.yaml", "organisation: [\n")
    reply = answer(made.open(), TODAY, Asked("", {"at": ("2017-01-01",)}))
    assert reply.status == 503
    assert "ledger.yaml" in reply.body.decode()


def test_what_is_no_longer_in_history_is_nobodys(make_ledger: MakeLedger) -> None:
    ledger = make_ledger([{}])
    kept = ledger.git("rev-parse", "HEAD").strip()
    ledger.write_task(id="GZ2017-001", title="不该写的")
    ledger.commit("写了", "2017-06-01")
    gone = ledger.git("rev-parse", "HEAD").strip()
    ledger.git("update-ref", "refs/ledger/folded/1", gone)
    ledger.git("reset", "-q", "--hard", kept)
    for at in (gone, gone[:10], "refs/ledger/folded/1"):
        refused = answer(ledger.open(), TODAY, Asked("list", {"at": (at,)}))
        assert refused.status == 400
        assert f"现在的历史里没有版本“{at}”" in refused.body.decode()
        assert "不该写的" not in refused.body.decode()
    assert answer(ledger.open(), TODAY, Asked("list", {"at": (kept,)})).status == 200
