"""`ledger log` and `ledger blame`."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from ledger.cli import options
from ledger.cli.output import emit_table
from ledger.cli.session import Session, day, emit, emit_json, session
from ledger.errors import UsageError

if TYPE_CHECKING:
    from ledger.usecases.looking.history import Event
    from ledger.usecases.reading.open import Ledger

_NEWS_DAYS = 7


def log(
    context: typer.Context,
    task: Annotated[
        str, typer.Argument(metavar="编号", help="事项编号，写末尾几位也可以；不写则看全部事项")
    ] = "",
    since: Annotated[
        str | None, typer.Option("--since", metavar="日期", help="从哪天起，默认最近七天")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="日期", help="到哪天为止，默认今天")
    ] = None,
    form: options.Telling = None,
    json: options.Json = False,
    at: options.At = None,
) -> None:
    """一个事项从头到尾的变化，或一段时间里全部事项的变化；最近的在前。"""
    from ledger.view import history as view

    wanted = options.chosen_format(form, json, options.TELLINGS)
    here = session(context)
    ledger = here.open()
    if task and (since or until):
        raise UsageError("编号和 --since、--until 不能同时用", hint="请去掉其中一个")
    if not task and at:
        raise UsageError("--at 要和编号一起用", hint="看一段时间请用 --since 和 --until")
    events = _history(here, ledger, task, at)[2] if task else _news(here, ledger, since, until)
    if wanted == "json":
        emit_json(view.as_json(events))
    elif wanted == "md":
        emit(view.markdown_lines(events, bool(task)))
    else:
        emit(view.text_lines(events, bool(task)))
        if not events:
            emit(["这段时间没有变化。"])


def blame(
    context: typer.Context,
    task: Annotated[str, typer.Argument(metavar="编号", help="事项编号，写末尾几位也可以")],
    form: options.Format = None,
    json: options.Json = False,
    at: options.At = None,
) -> None:
    """一个事项的每一项内容，最后是谁、什么时候、在哪个提交里写成现在这样的。"""
    from ledger.usecases.looking.history import blame as last_set
    from ledger.usecases.looking.history import task_now
    from ledger.view import history as view

    wanted = options.chosen_format(form, json)
    here = session(context)
    ledger = here.open()
    name, commit, events = _history(here, ledger, task, at)
    fields = last_set(events, task_now(ledger, name, commit))
    if wanted == "json":
        emit_json(view.blame_json(fields))
    else:
        emit_table(view.blame_table(fields), wanted)


def _history(
    here: Session, ledger: Ledger, task: str, at: str | None
) -> tuple[str, str, list[Event]]:
    """The task's id, the commit at which its history ends, and what happened to it."""
    from ledger.usecases.looking.history import task_history
    from ledger.usecases.reading.open import moment

    commit = moment(ledger, at, here.today, here.now(ledger)).commit or ledger.repo.head()
    if not commit:
        raise UsageError("台账还没有任何提交", hint="先用 ledger add 或 ledger import 写入并提交")
    name, events = task_history(ledger, task, commit)
    if not events:
        raise UsageError(f"{name} 还没有提交过", hint="写入时不要用 --no-commit，或先用 git 提交")
    return name, commit, events


def _news(here: Session, ledger: Ledger, since: str | None, until: str | None) -> list[Event]:
    from ledger.usecases.looking.history import news

    last = day(until, "--until") if until else here.now(ledger)
    first = day(since, "--since") if since else last - dt.timedelta(days=_NEWS_DAYS - 1)
    if first > last and not until:
        raise UsageError(
            f"--since {first.isoformat()} 还没有到",
            hint="请写今天或更早的日期",
        )
    if first > last:
        raise UsageError("--since 晚于 --until", hint="请把起止日期对调")
    return news(ledger, first, last)
