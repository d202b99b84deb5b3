"""`ledger audit`, `ledger seal`, `ledger verify`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ledger.cli import options
from ledger.cli.output import emit_table
from ledger.cli.session import emit, emit_json, say, session
from ledger.errors import UsageError
from ledger.model.paths import CONFIG_FILE, DATA


def audit(
    context: typer.Context,
    since: Annotated[
        str, typer.Option("--since", metavar="版本", help="只审计这个版本以后的历史")
    ] = "",
    until: Annotated[str, typer.Option("--until", metavar="版本", help="审计到这个版本为止")] = "",
    restart: Annotated[
        bool, typer.Option("--restart", help="不接着上次，从头审计，重新记进度")
    ] = False,
    form: options.Telling = None,
    json: options.Json = False,
) -> None:
    """按全部规则重放历史的每一步：谁在哪个提交里违反了什么，每次销号依据哪次会议。"""
    from ledger.usecases.checking.audit import audit as run
    from ledger.view import audit as view
    from ledger.view.progress import progress

    wanted = options.chosen_format(form, json, options.TELLINGS)
    ledger = session(context).open()
    with progress("审计历史") as told:
        found = run(ledger, since, until, restart, told)
    if wanted == "json":
        emit_json(view.as_json(found))
    else:
        for table in view.tables(found):
            emit_table(table, wanted)
            emit([""])
        emit([view.summary(found)])
    if found.has_errors():
        raise typer.Exit(1)


def seal(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="名称", help="封存的名称，默认是今天的日期")] = "",
    note: Annotated[str, typer.Option("--note", metavar="说明", help="封存的用途，一句话")] = "",
    at: options.At = None,
) -> None:
    """封存：把台账此刻（或 --at 那时）的摘要记成标签，以后可以验证当时的台账就是这样。"""
    from ledger.usecases.checking.seal import seal as make
    from ledger.usecases.reading.open import config_at, moment

    here = session(context)
    ledger = here.open()
    commit = moment(ledger, at, here.today, here.now(ledger)).commit or ledger.repo.head()
    if not commit:
        raise UsageError("台账还没有任何提交，没有可封存的", hint="请先写入并提交")
    if not at and ledger.repo.has_changes([CONFIG_FILE, DATA]):
        say("提示：没有提交的改动不在封存之内。")
    made = make(ledger, commit, name or here.now(ledger).isoformat(), note)
    emit([f"已封存 {made.name}", f"提交 {made.commit}", f"摘要 {made.digest}"])
    remote = config_at(ledger, commit).forge.remote
    say(f"要让别人也能验证，请运行 git push {remote} {made.name}。")


def verify(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="文件|封存", help="快报文件，或封存的名称")],
) -> None:
    """验证快报或封存：按它写明的提交重新计算，一致，或指出哪里不同。"""
    from ledger.usecases.checking.seal import verify_seal
    from ledger.usecases.checking.verify import verify_file

    ledger = session(context).open()
    path = Path(what)
    verdict = verify_file(ledger, path) if path.is_file() else verify_seal(ledger, what)
    emit([*verdict.lines, "一致。" if verdict.agrees else "不一致。"])
    if not verdict.agrees:
        raise typer.Exit(1)
