"""`ledger show`, `ledger status` and today's picture."""

from __future__ import annotations

from typing import Annotated

import typer

from ledger.cli import options
from ledger.cli.output import emit_table
from ledger.cli.session import Session, emit, emit_json, finish, session
from ledger.errors import UsageError
from ledger.model.choice import one_of
from ledger.model.snapshot import Snapshot
from ledger.usecases.looking.count import STATUS_GROUPS, Count, count, counts, today_picture
from ledger.usecases.looking.list import Row, rows
from ledger.usecases.reading.open import Moment, load, load_task, moment
from ledger.view import rows as view
from ledger.view.table import draw, folded, screen

_CHANGES = ("table", "json", "md")
_CALLED = {
    "lead": "牵头部门",
    "source": "来源",
    "kind": "类别",
    "leader": "责任领导",
    "section": "部分",
    "nature": "时限性质",
}


def show(
    context: typer.Context,
    task: Annotated[str, typer.Argument(metavar="编号", help="事项编号，写末尾几位也可以")],
    since: Annotated[
        str,
        typer.Argument(metavar="版本|日期", help="和 --diff 一起用：从哪时算起，默认是上次提交"),
    ] = "",
    diff: Annotated[
        bool, typer.Option("--diff", help="只看还没有提交的（或从某个版本以来的）变化")
    ] = False,
    form: options.Format = None,
    json: options.Json = False,
    at: options.At = None,
) -> None:
    """显示一个事项的全部内容；--diff 只显示它的变化。"""
    from ledger.model.standing import standing
    from ledger.view.task import task_lines, task_markdown

    if diff:
        _show_changes(
            session(context), task, since, at, options.chosen_format(form, json, _CHANGES)
        )
        return
    if since:
        raise UsageError(f"多写了“{since}”", hint="要看从那时以来的变化，请加 --diff")
    wanted = options.chosen_format(form, json)
    ledger, here = session(context).open(), session(context)
    when = moment(ledger, at, here.today, here.now(ledger))
    snapshot, entry = load_task(ledger, task, when.commit)
    row = Row(entry, standing(entry.record, when.today, snapshot.config.lights))
    if wanted == "json":
        emit_json(view.as_json(row, full=True))
    elif wanted == "csv":
        emit_table(view.full_table([row]), wanted)
    else:
        emit(task_markdown(row) if wanted == "md" else task_lines(row, screen()))


def _show_changes(here: Session, task: str, since: str, at: str | None, wanted: str) -> None:
    """One task's changes in the ledger's terms."""
    from ledger.usecases.looking.diff import task_difference
    from ledger.view import diff as view

    ledger = here.open()
    before = moment(ledger, since or "HEAD", here.today, here.now(ledger)).commit
    after = moment(ledger, at, here.today, here.now(ledger)).commit
    change = task_difference(ledger, task, before, after)
    if wanted == "json":
        emit_json(view.change_json(change))
    else:
        emit(view.markdown_lines(change) if wanted == "md" else view.text_lines(change))


def status(
    context: typer.Context,
    by: Annotated[
        str,
        typer.Option(
            "--by", metavar="字段", help="分组：lead、source、kind、leader、section、nature"
        ),
    ] = "lead",
    since: Annotated[
        str, typer.Option("--since", metavar="版本|日期", help="和那时的情况并排比较")
    ] = "",
    form: options.Format = None,
    json: options.Json = False,
    at: options.At = None,
) -> None:
    """总数、完成率、逾期和临期，默认按牵头部门分组。"""
    wanted = options.chosen_format(form, json, options.PICTURES)
    one_of(by, STATUS_GROUPS, "分组方式")
    here = session(context)
    ledger = here.open()
    when = moment(ledger, at, here.today, here.now(ledger))
    snapshot = load(ledger, when.commit)
    total, groups = _counted(snapshot, when, by)
    if since:
        start = moment(ledger, since, None, here.now(ledger))
        before, parts = _counted(load(ledger, start.commit), start, by)
        days = (start.today.isoformat(), when.today.isoformat())
        table = view.compared_table(_CALLED[by], (*parts, before), (*groups, total), days)
        then = {"since": view.status_json(before, parts) | {"date": days[0]}}
    else:
        table = view.status_table(_CALLED[by], total, groups)
        then = {}
    if wanted == "json":
        emit_json(view.status_json(total, groups) | then)
    else:
        emit_table(table, wanted)
    finish(snapshot)


def _counted(snapshot: Snapshot, when: Moment, by: str) -> tuple[Count, tuple[Count, ...]]:
    """The whole ledger's numbers at a moment, and those of each group."""
    found = rows(snapshot, when.today)
    lights = snapshot.config.lights
    return count("", found, lights), counts(found, by, lights, snapshot.departments)


def picture(here: Session) -> None:
    """Today's picture: what `ledger` alone prints."""
    ledger = here.open()
    snapshot = load(ledger)
    today = here.now(ledger)
    found = today_picture(rows(snapshot, today), today, snapshot.config.lights)
    for line in view.today_lines(found, today, snapshot.config.organisation):
        emit(folded(line, screen()))
    parts = (("逾期", found.overdue), ("本周到期", found.this_week), ("待上会", found.waiting))
    for heading, part in parts:
        if part:
            shown = part[:10]
            more = (f"……还有 {len(part) - 10} 项（ledger due、ledger list）",) if part[10:] else ()
            emit([""])
            emit(draw(view.list_table(shown, f"{heading}（{len(part)} 项）", more), screen()))
    finish(snapshot)
