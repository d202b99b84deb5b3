"""`ledger evidence`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ledger.cli import options
from ledger.cli.session import date_of, session
from ledger.cli.writing import TaskId, report, who
from ledger.errors import UsageError


def evidence(
    context: typer.Context,
    action: Annotated[str, typer.Argument(metavar="add", help="add：登记")],
    task: TaskId,
    file: Annotated[str, typer.Argument(metavar="文件", help="佐证材料")],
    name: Annotated[
        str | None, typer.Option("--name", metavar="名称", help="材料名称，默认取文件名")
    ] = None,
    archive: Annotated[
        str,
        typer.Option("--archive", metavar="档案号", help="敏感材料：文件不入台账，只登记校验值"),
    ] = "",
    hash_only: Annotated[
        bool,
        typer.Option("--hash-only", help="文件不入台账，只登记校验值，也没有档案号"),
    ] = False,
    by: options.By = None,
    on: options.On = None,
    no_commit: options.NoCommit = False,
) -> None:
    """登记佐证材料：复制进台账，记下校验值。"""
    from ledger.usecases.writing.act import Act
    from ledger.usecases.writing.evidence import Material, add_evidence

    if action != "add":
        raise UsageError(f"没有“evidence {action}”", hint="请写 ledger evidence add 编号 文件")
    here = session(context)
    ledger = here.open()
    act = Act(who(ledger, by), date_of(here, ledger, on), here.now(ledger), not no_commit)
    material = Material(Path(file), name or "", archive.strip(), hash_only)
    done = add_evidence(ledger, task, material, act)
    kept = done.task.evidence[-1]
    where = f"存放在 {kept.path}" if kept.path else "只记校验值，文件没有放进台账"
    report(done, f"已登记佐证材料 {done.task.id} {done.task.title}，{where}")
