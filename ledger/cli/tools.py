"""`ledger deadline`, `ledger schema`, `ledger doctor`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ledger.cli import options
from ledger.cli.options import argument, flag, option
from ledger.cli.output import emit_result
from ledger.cli.session import day, leave_if, remark, session, year_number


def deadline(
    context: typer.Context,
    text: Annotated[str, argument("时限", "如 6月底前、每季度、30个工作日内")],
    year: Annotated[int | None, option("--year", "年份", "没写年份的按哪一年，默认今年")] = None,
    since: Annotated[str | None, option("--from", "日期", "“若干日内”从哪天起算")] = None,
    form: options.Format = None,
    json: options.Json = False,
) -> None:
    """看一句时限怎样解读。读不懂的如实说是 open，绝不猜。"""
    from ledger.model.deadline import read_deadline
    from ledger.view.deadline import as_json, table

    chosen = options.chosen_format(form, json)
    base = day(since, "--from") if since else None
    base_year = year_number(year, "--year") or session(context).now(None).year
    read = read_deadline(text, base_year, since=base)
    emit_result(chosen, read, as_json, table)
    remark(read.warning)


def schema(
    kind: Annotated[str, argument("种类", "task、source、decision 或 ledger")],
) -> None:
    """输出一种文件的 JSON Schema，供编辑器补全和检查。"""
    from ledger.model.choice import one_of
    from ledger.model.schema import FILES
    from ledger.usecases.setup.init import schema_text

    sys.stdout.write(schema_text(one_of(kind, tuple(FILES), "文件种类")))


def doctor(
    context: typer.Context,
    forge: Annotated[
        bool, flag("--forge", "再问托管平台：保护、检查、批准、合并方式是否都已设好")
    ] = False,
    form: options.Format = None,
    json: options.Json = False,
) -> None:
    """检查运行环境、配置、数据和缓存，有误时退出码为 1。"""
    from ledger.usecases.setup.doctor import BAD, examine
    from ledger.view.doctor import as_json, table

    chosen = options.chosen_format(form, json)
    here = session(context)
    findings = examine(here.folder, here.settled, here.now, forge)
    emit_result(chosen, findings, as_json, table)
    leave_if(any(each.state == BAD for each in findings))
