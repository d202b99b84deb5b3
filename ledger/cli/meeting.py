"""Asking for a meeting step by step: `ledger decide --new`."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from ledger.cli.asking import number, on_terminal, optional, required
from ledger.cli.session import day, say
from ledger.errors import UsageError
from ledger.model.decision import (
    APPROVE_EXTENSION,
    MERGE_INTO,
    RESULTS,
    Absence,
    Decision,
    DecisionItem,
    Votes,
)
from ledger.model.people import names_in
from ledger.model.task import CLOSED

if TYPE_CHECKING:
    from ledger.model.task import Task
    from ledger.usecases.reading.open import Ledger


def asked_meeting(ledger: Ledger, today: dt.date) -> Decision:
    """The meeting that a person at the terminal describes.

    The tasks 待上会 are offered, and those that were closed without a meeting (圈阅).

    Raises:
        UsageError: there is no terminal, or no task waits for a meeting.
    """
    from ledger.usecases.closing.decide import waiting
    from ledger.usecases.reading.load import load

    if not on_terminal():
        raise UsageError(
            "这里没有终端可以询问", hint="请把会议写成 YAML 文件，用 ledger decide 文件"
        )
    snapshot = load(ledger)
    tasks = waiting(snapshot)
    if not tasks:
        raise UsageError(
            "没有待上会的事项", hint="先要申请销号（ledger apply）并审核（ledger review）"
        )
    body = required(None, "会议", "会议名称，如 党组会")
    held = day(required(None, "日期", f"会议日期，如 {today.isoformat()}"), "会议日期")
    present = names_in(required(None, "实到", "实到成员，用、隔开"))
    due = number("应到人数", len(present))
    absent = names_in(optional(None, "缺席成员，用、隔开"))
    chair = required(None, "主持人", "主持人")
    items = [item for task in tasks if (item := _asked_item(task, len(present))) is not None]
    if not items:
        raise UsageError("这次会议没有议任何事项", hint="没有登记")
    return Decision(
        id=required(None, "编号", "会议记录编号，如 DZH-2020-31"),
        body=body,
        date=held,
        session=optional(None, "届次，如 2020年第31次"),
        chair=chair,
        recorder=optional(None, "记录人"),
        due_members=due,
        present=present,
        absent=tuple(Absence(name=name) for name in absent),
        minutes=optional(None, "纪要文号"),
        items=tuple(items),
    )


def _asked_item(task: Task, voters: int) -> DecisionItem | None:
    again = "（没有经过会议就已销号，请补议）" if task.status == CLOSED else ""
    say(f"{task.id} {task.title}{again}")
    say(f"  可选结论：{'、'.join(RESULTS)}；没有议的直接回车")
    result = optional(None, "  会议结论")
    if not result:
        return None
    if result not in RESULTS:
        raise UsageError(f"没有“{result}”这种结论", hint=f"可用的有：{'、'.join(RESULTS)}")
    votes = Votes(
        for_=number("  同意票数", voters),
        against=number("  不同意票数", 0),
        abstain=number("  弃权票数", 0),
    )
    until = required(None, "延期", "  同意延至哪一天") if result == APPROVE_EXTENSION else ""
    into = required(None, "并入", "  并入的事项编号") if result == MERGE_INTO else ""
    return DecisionItem(
        task=task.id,
        result=result,
        votes=votes,
        opinion=optional(None, "  会议意见"),
        into=into,
        until=day(until, "延至的日期") if until else None,
    )
