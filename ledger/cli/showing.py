"""`ledger show`, `ledger status` and today's picture."""

from __future__ import annotations

from typing import Annotated

import typer

from ledger.cli import options
from ledger.cli.output import emit_table
from ledger.cli.session import Session, emit, emit_json, finish, session
from ledger.usecases.counting import STATUS_GROUPS, count, counts, today_picture
from ledger.usecases.listing import Row, one_of, rows
from ledger.usecases.reading import load, load_task, moment
from ledger.view import rows as view
from ledger.view.table import draw, folded, screen

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
    form: options.Format = None,
    json: options.Json = False,
    at: options.At = None,
) -> None:
    """显示一个事项的全部内容。"""
    from ledger.model.standing import standing
    from ledger.view.task import task_lines, task_markdown

    wanted = options.chosen_format(form, json)
    ledger, here = session(context).open(), session(context)
    when = moment(ledger, at, here.today, here.now())
    snapshot, entry = load_task(ledger, task, when.commit)
    row = Row(entry, standing(entry.record, when.today, snapshot.config.lights))
    if wanted == "json":
        emit_json(view.as_json(row, full=True))
    elif wanted == "csv":
        emit_table(view.full_table([row]), wanted)
    else:
        emit(task_markdown(row) if wanted == "md" else task_lines(row, screen()))


def status(
    context: typer.Context,
    by: Annotated[
        str,
        typer.Option(
            "--by", metavar="字段", help="分组：lead、source、kind、leader、section、nature"
        ),
    ] = "lead",
    form: options.Format = None,
    json: options.Json = False,
    at: options.At = None,
) -> None:
    """总数、完成率、逾期和临期，默认按牵头部门分组。"""
    wanted = options.chosen_format(form, json, options.PICTURES)
    one_of(by, STATUS_GROUPS, "分组方式")
    ledger, here = session(context).open(), session(context)
    when = moment(ledger, at, here.today, here.now())
    snapshot = load(ledger, when.commit)
    found = rows(snapshot, when.today)
    lights = snapshot.config.lights
    total, groups = count("", found, lights), counts(found, by, lights, snapshot.departments)
    if wanted == "json":
        emit_json(view.status_json(total, groups))
    else:
        emit_table(view.status_table(_CALLED[by], total, groups), wanted)
    finish(snapshot)


def picture(here: Session) -> None:
    """Today's picture: what `ledger` alone prints."""
    ledger = here.open()
    snapshot = load(ledger)
    today = here.now()
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
