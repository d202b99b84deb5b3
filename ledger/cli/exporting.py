"""`ledger export`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ledger.cli import options
from ledger.cli.session import day, finish, say, session
from ledger.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from ledger.usecases.looking.list import Filters, Row
    from ledger.usecases.tables.export import Export

_SEVERAL = (
    "dept", "lead", "assist", "status", "kind", "source", "leader", "nature", "light", "text",
    "tag",
)  # fmt: skip
_BINARY = ("xlsx", "docx")
_JSON = ("json", "jsonl")
_MOST_DAYS = 3650


def export(
    context: typer.Context,
    form: Annotated[
        str, typer.Argument(metavar="格式", help="xlsx、docx、csv、ics、json 或 jsonl")
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="文件",
            help="写到哪个文件；“-”为标准输出。xlsx、docx 默认写到当前文件夹",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="文件已经存在时覆盖它")] = False,
    encoding: Annotated[
        str, typer.Option("--encoding", metavar="编码", help="csv 的编码：utf-8 或 gb18030")
    ] = "utf-8",
    remind: Annotated[
        int | None,
        typer.Option("--remind", metavar="天数", help="ics：提前几天提醒，默认同黄灯的天数"),
    ] = None,
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
        str, typer.Option("--sort", metavar="字段", help="同 ledger list；默认按编号")
    ] = "",
    at: options.At = None,
) -> None:
    """把台账导出为 Excel、Word、csv、日历或 JSON。筛选条件同 ledger list。"""
    from ledger.model.choice import one_of
    from ledger.usecases.looking.list import rows, sorted_rows
    from ledger.usecases.reading.open import load, moment
    from ledger.usecases.tables.export import FORMS, Export, deliver

    one_of(form, FORMS, "导出格式")
    if remind is not None and not 0 <= remind <= _MOST_DAYS:
        raise UsageError(f"--remind 的值 {remind} 不对", hint=f"请写 0 到 {_MOST_DAYS} 之间的天数")
    here = session(context)
    ledger = here.open()
    when = moment(ledger, at, here.today, here.now(ledger))
    snapshot = load(ledger, when.commit)
    found = rows(snapshot, when.today, _filters(context))
    found = sorted_rows(found, sort) if sort else found
    content = _content(Export(found, when.today, snapshot.config), form, encoding, remind)
    place = _place(output, form, when.today)
    if place is None:
        _print(content, form)
    else:
        deliver(ledger, place, content, force)
        say(f"已导出 {len(found)} 项：{place}")
    finish(snapshot)


def _filters(context: typer.Context) -> Filters:
    """The filters among the command's options, which are named as those of `Filters`."""
    from ledger.usecases.looking.list import Filters

    given = context.params
    before, after = given["due_before"], given["due_after"]
    return Filters(
        **{name: tuple(given[name] or ()) for name in _SEVERAL},
        due_before=day(before, "--due-before") if before else None,
        due_after=day(after, "--due-after") if after else None,
    )


def _content(export: Export, form: str, encoding: str, remind: int | None) -> bytes:
    from ledger.usecases.tables.export import exported
    from ledger.view.progress import progress

    if form in _JSON:
        return "".join(f"{line}\n" for line in _json_lines(export.rows, form)).encode()
    with progress("正在导出") as tell:
        return exported(export, form, encoding, remind, tell)


def _json_lines(found: Sequence[Row], form: str) -> Iterator[str]:
    """The rows of `list --full --json`: as one document, or one on each line."""
    import json

    from ledger.view.rows import as_json
    from ledger.view.text import escaped

    rows = (as_json(row, full=True) for row in found)
    if form == "json":
        yield escaped(json.dumps(list(rows), ensure_ascii=False, indent=2))
    else:
        yield from (escaped(json.dumps(row, ensure_ascii=False)) for row in rows)


def _place(output: str | None, form: str, today: dt.date) -> Path | None:
    """Where the file goes; None for stdout."""
    if output is None:
        return Path(f"台账-{today.isoformat()}.{form}") if form in _BINARY else None
    return None if output == "-" else Path(output)


def _print(content: bytes, form: str) -> None:
    if form in _BINARY and sys.stdout.isatty():
        raise UsageError(f"{form} 不能显示在终端上", hint="请用 -o 写明文件名")
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
