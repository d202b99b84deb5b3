"""`ledger list` and `ledger due`."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from ledger.adapters.files.read_snapshot import Narrow
from ledger.cli import options
from ledger.cli.output import emit_table
from ledger.cli.session import day, emit, emit_json, finish, session
from ledger.errors import UsageError
from ledger.usecases.looking.list import Filters, Row, due_rows, grouped, rows, sorted_rows
from ledger.usecases.reading.open import load, moment
from ledger.view import rows as view

_SPAN = re.compile(r"(\d{1,4})([dwm天周月]?)")
_DAYS = {"": 1, "d": 1, "天": 1, "w": 7, "周": 7, "m": 30, "月": 30}


def list_tasks(
    context: typer.Context,
    dept: options.Dept = None,
    lead: options.Lead = None,
    assist: options.Assist = None,
    status: options.Status = None,
    kind: options.Kind = None,
    source: options.SourceId = None,
    leader: options.Leader = None,
    nature: options.Nature = None,
    light: options.Light = None,
    due_before: options.DueBefore = None,
    due_after: options.DueAfter = None,
    text: options.Text = None,
    tag: options.Tag = None,
    sort: Annotated[
        str,
        typer.Option(
            "--sort",
            metavar="字段",
            help="id、due、lead、status、light、kind、source、leader、title；前面加 - 倒排",
        ),
    ] = "",
    group: Annotated[
        str,
        typer.Option(
            "--group",
            metavar="字段",
            help="lead、source、kind、leader、section、nature、status、light",
        ),
    ] = "",
    full: Annotated[bool, typer.Option("--full", help="json 输出文件里的每个字段")] = False,
    form: options.Format = None,
    json: options.Json = False,
    at: options.At = None,
) -> None:
    """列出事项。不同的筛选条件要同时满足，同一个条件写多次满足一个即可。"""
    wanted = options.chosen_format(form, json, options.PICTURES)
    filters = Filters(
        dept=tuple(dept or ()),
        lead=tuple(lead or ()),
        assist=tuple(assist or ()),
        status=tuple(status or ()),
        kind=tuple(kind or ()),
        source=tuple(source or ()),
        leader=tuple(leader or ()),
        nature=tuple(nature or ()),
        light=tuple(light or ()),
        due_before=day(due_before, "--due-before") if due_before else None,
        due_after=day(due_after, "--due-after") if due_after else None,
        text=tuple(text or ()),
        tag=tuple(tag or ()),
    )
    ledger, here = session(context).open(), session(context)
    when = moment(ledger, at, here.today, here.now(ledger))
    snapshot = load(ledger, when.commit)
    found = rows(snapshot, when.today, filters)
    found = sorted_rows(found, sort) if sort else found
    groups = grouped(found, group, snapshot.departments) if group else None
    _print(found, wanted, full, groups)
    finish(snapshot)


def due(
    context: typer.Context,
    dept: options.Dept = None,
    within: Annotated[
        str, typer.Option("--within", metavar="期限", help="多久以内到期：30d、2w、1m；默认 30 天")
    ] = "30d",
    overdue: Annotated[bool, typer.Option("--overdue", help="只看已经逾期的")] = False,
    lead: options.Lead = None,
    assist: options.Assist = None,
    kind: options.Kind = None,
    source: options.SourceId = None,
    leader: options.Leader = None,
    full: Annotated[bool, typer.Option("--full", help="json 输出文件里的每个字段")] = False,
    form: options.Format = None,
    json: options.Json = False,
    at: options.At = None,
) -> None:
    """逾期和将到期的事项，最急的在前。

    有几个时间节点的事项看下一个还没有填报的节点；没有具体日期的不在此列。
    """
    import datetime as dt

    wanted = options.chosen_format(form, json, options.PICTURES)
    span = _span(within)
    filters = Filters(
        dept=tuple(dept or ()),
        lead=tuple(lead or ()),
        assist=tuple(assist or ()),
        kind=tuple(kind or ()),
        source=tuple(source or ()),
        leader=tuple(leader or ()),
    )
    ledger, here = session(context).open(), session(context)
    when = moment(ledger, at, here.today, here.now(ledger))
    horizon = min(when.today.toordinal() + span, dt.date.max.toordinal())
    names = (*filters.dept, *filters.lead, *filters.assist)
    known_by_files = bool(filters.source)  # a source may be known by its tasks alone
    narrow = None if known_by_files else Narrow(dt.date.fromordinal(horizon), names)
    snapshot = load(ledger, when.commit, narrow)
    found = due_rows(rows(snapshot, when.today, filters), None if overdue else span)
    late = sum(row.standing.overdue for row in found)
    scope = f"{'、'.join(dept)} " if dept else ""
    caption = f"{scope}{when.today.isoformat()}：逾期 {late} 项"
    if not overdue:
        caption += f"，{span} 天内到期 {len(found) - late} 项"
    _print(found, wanted, full, None, caption)
    finish(snapshot)


def _span(text: str) -> int:
    found = _SPAN.fullmatch(text.strip().lower())
    if not found:
        raise UsageError(
            f"--within 的值“{text}”看不懂", hint="请写成 30d（天）、2w（周）或 1m（月）"
        )
    return int(found[1]) * _DAYS[found[2]]


def _print(
    found: list[Row],
    form: str,
    full: bool,
    groups: dict[str, list[Row]] | None,
    caption: str = "",
) -> None:
    if form == "json":
        _print_json(found, full, groups)
        return
    if form == "csv":
        emit_table(view.full_table(found), form)
        return
    headed = {f"{key}（{len(part)} 项）": part for key, part in (groups or {}).items()}
    whole = {caption or f"共 {len(found)} 项": found}
    for number, (heading, part) in enumerate((whole if groups is None else headed).items()):
        emit([""] if number else [])
        emit_table(view.list_table(part, heading), form)


def _print_json(found: list[Row], full: bool, groups: dict[str, list[Row]] | None) -> None:
    if groups is None:
        emit_json([view.as_json(row, full) for row in found])
    else:
        parts = groups.items()
        emit_json([{"key": k, "rows": [view.as_json(row, full) for row in p]} for k, p in parts])
