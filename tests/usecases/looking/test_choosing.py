"""Which tasks a command can do something with, and which of them a query means."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from ledger.errors import LedgerError
from ledger.model.task import STATUSES
from ledger.usecases.looking.choosing import choices, meant_by
from ledger.usecases.reading.moment import Moment

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

NOW = Moment("", date(2017, 3, 1))
TASKS = [
    {"status": status, "title": f"办理{status}", "due": {"text": "x", "date": f"2017-0{9 - n}-01"}}
    for n, status in enumerate(STATUSES)
]


@pytest.mark.parametrize(
    ("command", "statuses"),
    [
        ("show", set(STATUSES)),
        ("progress", set(STATUSES) - {"已销号", "已中止"}),
        ("apply", {"推进中"}),
        ("review", {"申请销号"}),
        ("return", {"申请销号", "待上会"}),
        ("reopen", {"已销号"}),
        ("lookback", {"已销号", "长期坚持"}),
    ],
)
def test_only_what_fits_is_offered(
    command: str, statuses: set[str], make_ledger: MakeLedger
) -> None:
    offered = choices(make_ledger(TASKS, commit=False).open(), NOW, command)
    assert {each.task.status for each in offered} == statuses
    if command == "progress":
        days = [each.task.due for each in offered if each.task.due]
        assert days == sorted(days)


def test_nothing_to_offer(make_ledger: MakeLedger) -> None:
    ledger = make_ledger([{"status": "推进中"}], commit=False).open()
    for command, says in (
        ("review", "没有状态是申请销号的事项"),
        ("close", "没有会议同意了还没有办结的事项"),
    ):
        with pytest.raises(LedgerError, match=says):
            choices(ledger, NOW, command)


def test_what_a_query_means(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(
        [
            {"title": "修订管理办法", "lead": ["条法司"], "status": "未启动"},
            {"title": "开展质量测评", "lead": ["审业部"], "status": "推进中"},
            {"title": "质量保障 ABC", "lead": ["办公室"], "status": "未启动"},
        ],
        commit=False,
    )
    offered = choices(ledger.open(), NOW, "show")
    for query, expected in {
        "": "123", "002": "2", "gz2017-": "123", "质量": "23", "zl": "23", "zlcp": "2",
        "zhiliang": "23", "syb": "2", "审业": "2", "质量 bgs": "3", "bgs 质量": "3",
        "推进中": "2", "ＡＢＣ": "3", "abc": "3", "没有": "", "glbf 条法": "1",
    }.items():  # fmt: skip
        ids = "".join(each.task.id[-1] for each in meant_by(query, offered))
        assert ids == expected, query
