"""`ledger log`."""

from __future__ import annotations

from typing import Annotated

import typer

from ledger.cli import options
from ledger.cli.session import emit, emit_json, session
from ledger.errors import UsageError


def log(
    context: typer.Context,
    task: Annotated[str, typer.Argument(metavar="编号", help="事项编号，写末尾几位也可以")],
    form: options.Format = None,
    json: options.Json = False,
    at: options.At = None,
) -> None:
    """一个事项从头到尾的变化：改了什么、谁改的、什么时候，最近的在前。"""
    from ledger.usecases.history import task_history
    from ledger.usecases.reading import moment
    from ledger.view import history as view

    wanted = options.chosen_format(form, json, ("table", "json", "md"))
    here = session(context)
    ledger = here.open()
    commit = moment(ledger, at, here.today, here.now()).commit or ledger.repo.head()
    if not commit:
        raise UsageError("台账还没有任何提交", hint="先用 ledger add 或 ledger import 写入并提交")
    name, events = task_history(ledger, task, commit)
    if not events and wanted != "json":
        raise UsageError(f"{name} 还没有提交过", hint="写入时不要用 --no-commit，或先用 git 提交")
    if wanted == "json":
        emit_json(view.as_json(events))
    else:
        emit(view.markdown_lines(events) if wanted == "md" else view.text_lines(events))
