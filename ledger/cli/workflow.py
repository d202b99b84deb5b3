"""`ledger apply`, `review`, `return`, `reopen`, `lookback`."""

from __future__ import annotations

from typing import Annotated

import typer

from ledger.cli import options
from ledger.cli.asking import optional, required
from ledger.cli.session import day, session
from ledger.cli.writing import TaskId, report, who
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.act import Act

Reason = Annotated[str | None, typer.Option("--reason", metavar="理由", help="为什么")]


def apply(
    context: typer.Context,
    task: TaskId,
    summary: Annotated[
        str | None, typer.Option("--summary", metavar="说明", help="完成情况说明")
    ] = None,
    by: options.By = None,
    on: options.On = None,
    no_commit: options.NoCommit = False,
) -> None:
    """申请销号。要有佐证材料和完成情况说明。"""
    from ledger.usecases.closing.steps import apply_closing

    ledger = session(context).open()
    act = _act(context, ledger, by, on, no_commit)
    done = apply_closing(ledger, task, required(summary, "--summary", "完成情况说明"), act)
    report(done, f"已申请销号 {done.task.id} {done.task.title}")


def review(
    context: typer.Context,
    task: TaskId,
    opinion: Annotated[
        str | None, typer.Option("--opinion", metavar="意见", help="审核意见")
    ] = None,
    by: options.By = None,
    on: options.On = None,
    no_commit: options.NoCommit = False,
) -> None:
    """审核销号申请，通过后待上会。申请人自己不能审核。"""
    from ledger.usecases.closing.steps import review as review_task

    ledger = session(context).open()
    act = _act(context, ledger, by, on, no_commit)
    done = review_task(ledger, task, required(opinion, "--opinion", "审核意见"), act)
    report(done, f"已审核 {done.task.id} {done.task.title}，待上会")


def send_back(
    context: typer.Context,
    task: TaskId,
    reason: Reason = None,
    by: options.By = None,
    on: options.On = None,
    no_commit: options.NoCommit = False,
) -> None:
    """退回销号申请或待上会的事项，理由记入进展。"""
    from ledger.usecases.closing.steps import send_back as send_task_back

    ledger = session(context).open()
    act = _act(context, ledger, by, on, no_commit)
    done = send_task_back(ledger, task, required(reason, "--reason", "退回理由"), act)
    report(done, f"已退回 {done.task.id} {done.task.title}")


def reopen(
    context: typer.Context,
    task: TaskId,
    reason: Reason = None,
    by: options.By = None,
    on: options.On = None,
    no_commit: options.NoCommit = False,
) -> None:
    """重开已销号的事项，理由记入进展。"""
    from ledger.usecases.closing.steps import reopen as reopen_task

    ledger = session(context).open()
    act = _act(context, ledger, by, on, no_commit)
    done = reopen_task(ledger, task, required(reason, "--reason", "重开理由"), act)
    report(done, f"已重开 {done.task.id} {done.task.title}")


def lookback(
    context: typer.Context,
    task: TaskId,
    result: Annotated[
        str | None, typer.Option("--result", metavar="结论", help="如 巩固、反弹")
    ] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="说明", help="补充说明")] = None,
    by: options.By = None,
    on: options.On = None,
    no_commit: options.NoCommit = False,
) -> None:
    """登记回头看。"""
    from ledger.usecases.closing.steps import look_back

    ledger = session(context).open()
    act = _act(context, ledger, by, on, no_commit)
    conclusion = required(result, "--result", "回头看结论")
    done = look_back(ledger, task, conclusion, optional(note, "说明"), act)
    report(done, f"已登记回头看 {done.task.id} {done.task.title}")


def _act(
    context: typer.Context, ledger: Ledger, by: str | None, on: str | None, no_commit: bool
) -> Act:
    now = session(context).now(ledger)
    return Act(who(ledger, by), day(on, "--date") if on else now, now, not no_commit)
