"""`ledger import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ledger.cli import options
from ledger.cli.asking import agreed, on_terminal
from ledger.cli.session import date_of, day, emit, say, session, year_number
from ledger.errors import UsageError
from ledger.view.table import draw, screen

if TYPE_CHECKING:
    from ledger.usecases.reading.open import Ledger
    from ledger.usecases.tables.plan import Plan


def import_file(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="文件", help="xlsx、docx、pdf 或 csv 里的表格")],
    source: Annotated[str, typer.Option("--source", metavar="来源", help="来源编号，如 GZ2017")],
    year: Annotated[
        int | None, typer.Option("--year", metavar="年份", help="没写年份的月份属于哪一年")
    ] = None,
    kind: Annotated[
        str, typer.Option("--kind", metavar="类别", help="事项类别，默认看表头判断")
    ] = "",
    issued: Annotated[
        str | None,
        typer.Option("--issued", metavar="日期", help="印发日期，“若干日内”从这天起算"),
    ] = None,
    title: Annotated[
        str, typer.Option("--title", metavar="名称", help="来源文件名称，默认取表格标题")
    ] = "",
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="列名=字段", help="表头认不出时指定；可写多次"),
    ] = None,
    sheet: Annotated[
        str | None,
        typer.Option(
            "--sheet", metavar="工作表", help="只导入这个工作表；docx、pdf 里是表1、表2……"
        ),
    ] = None,
    header_row: Annotated[
        int | None, typer.Option("--header-row", metavar="行号", help="表头在第几行")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问，直接写入")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会有什么变化，不写入")] = False,
    by: options.By = None,
    on: options.On = None,
    no_commit: options.NoCommit = False,
) -> None:
    """把表格导入为事项。再次导入只改表格里改过的内容，表里删掉的行不会从台账删除。"""
    from ledger.usecases.tables.plan import Request, plan_import
    from ledger.view.progress import progress

    here = session(context)
    ledger = here.open()
    request = Request(
        file=Path(file),
        source=source,
        year=year_number(year, "--year"),
        kind=kind,
        title=title,
        mapping=_mapping(mapping),
        issued=day(issued, "--issued") if issued else None,
        sheet=sheet,
        header_row=header_row,
    )
    agent = (by or ledger.repo.identity()).strip()
    with progress("正在读取和比对") as tell:
        plan = plan_import(ledger, request, agent, date_of(here, ledger, on), tell)
    asks = bool(plan.doubts and plan.files) and not (dry_run or yes) and on_terminal()
    if asks:
        _show(plan, everything=True)
        plan = _agreed(ledger, plan)
    commit = "" if dry_run else _written(ledger, plan, request.file, not no_commit)
    if not asks:
        _show(plan, everything=dry_run)
    if dry_run:
        say("以上只是预览，没有写入。")
    elif not plan.files:
        say("没有变化，不需要写入。")
    else:
        say("已导入并提交。" if commit else "已导入，没有提交。")


def _show(plan: Plan, everything: bool) -> None:
    """Print what an import brings; `everything` with all new tasks and what columns became."""
    from ledger.view import importing as view

    emit([view.summary(plan)])
    table = view.new_table(plan, everything)
    emit(draw(table, screen()) if table.rows else ())
    emit(view.changed_lines(plan))
    emit(draw(view.column_table(plan), screen()) if everything else ())
    for note in view.notes(plan):
        say(note)


def _written(ledger: Ledger, plan: Plan, file: Path, commit: bool) -> str:
    """Write what the plan says; return the commit, empty without one."""
    from ledger.usecases.tables.plan import write_import
    from ledger.view.progress import progress

    with progress("正在写入") as tell:
        return write_import(ledger, plan, file, commit, tell)


def _agreed(ledger: Ledger, plan: Plan) -> Plan:
    """The plan, once the person agrees to what is doubtful in it; guesses are remembered.

    Raises:
        typer.Exit: with 1 when the person does not agree.
    """
    from ledger.usecases.tables.plan import remembering
    from ledger.view import importing as view

    say("写入以前请确认：")
    for line in view.question(plan):
        say(line)
    if not agreed("照此写入"):
        say("没有写入。列认错了的，用 --map 列名=字段 指明后再导入。")
        raise typer.Exit(1)
    return remembering(ledger, plan, plan.guesses())


def _mapping(given: list[str] | None) -> dict[str, str] | None:
    if not given:
        return None
    pairs = [each.partition("=") for each in given]
    for name, equals, field in pairs:
        if not (name.strip() and equals and field.strip()):
            raise UsageError(
                f"--map 的值“{name}{equals}{field}”看不懂",
                hint="请写成 列名=字段，如 --map 承办=lead",
            )
    return {name.strip(): field.strip() for name, _, field in pairs}
