"""`ledger import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ledger.cli import options
from ledger.cli.session import date_of, day, emit, say, session, year_number
from ledger.errors import UsageError
from ledger.view.table import draw, screen


def import_file(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="文件", help="xlsx 或 csv 表格")],
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
        str | None, typer.Option("--sheet", metavar="工作表", help="只导入这个工作表")
    ] = None,
    header_row: Annotated[
        int | None, typer.Option("--header-row", metavar="行号", help="表头在第几行")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会有什么变化，不写入")] = False,
    by: options.By = None,
    on: options.On = None,
    no_commit: options.NoCommit = False,
) -> None:
    """把表格导入为事项。再次导入只改表格里改过的内容，表里删掉的行不会从台账删除。"""
    from ledger.usecases.importing import Request, plan_import, write_import
    from ledger.view import importing as view

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
    plan = plan_import(ledger, request, agent, date_of(here, on))
    commit = "" if dry_run else write_import(ledger, plan, request.file, not no_commit)
    emit([view.summary(plan)])
    table = view.new_table(plan, everything=dry_run)
    emit(draw(table, screen()) if table.rows else ())
    emit(view.changed_lines(plan))
    for note in view.notes(plan):
        say(note)
    if dry_run:
        say("以上只是预览，没有写入。")
    elif not plan.files:
        say("没有变化，不需要写入。")
    else:
        say("已导入并提交。" if commit else "已导入，没有提交。")


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
