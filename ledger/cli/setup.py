"""建账: `ledger init`, `ledger import`, `ledger draft`, `ledger export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from ledger.cli import options
from ledger.cli.acting import Acts
from ledger.cli.filters import Filtered
from ledger.cli.founding import Founds
from ledger.cli.founding import carry_out as found_ledger
from ledger.cli.frame import OptionGroup
from ledger.cli.groups import Moments
from ledger.cli.options import argument, flag, option
from ledger.cli.output import BINARY, emit_file
from ledger.cli.session import Session, day, emit, finish, json_text, say, year_number
from ledger.errors import UsageError
from ledger.usecases.tables.plan import ImportRequest

if TYPE_CHECKING:
    import datetime as dt

    from ledger.usecases.reading.open import Ledger
    from ledger.usecases.tables.export import Export

_MOST_DAYS = 3650


def init(
    here: Session,
    folder: Annotated[str, argument("文件夹", "默认是当前文件夹", "folder")] = "",
    *,
    given: Founds,
    no_commit: options.NoCommit = False,
    demo: Annotated[bool, flag("--demo", "建一个示例台账：近百个事项、一年的历史，随便试")] = False,
    sample: Annotated[
        bool, flag("--sample", "只写一张示例表格 整改任务.xlsx，供照着手册导入")
    ] = False,
) -> None:
    """新建台账：配置、文件夹、编辑器提示用的格式说明，并做第一次提交。已有的文件不动。

    在终端上逐项问：单位、部门、哪些会议怎样决定销号、什么时候开会、您是谁、现在导入哪张表；
    写成选项的不问。不在终端上的什么都不问。
    """
    if demo or sample:
        _to_try(here, folder, demo, sample, given.any() or no_commit)
    else:
        found_ledger(given, here, folder, not no_commit)


def _to_try(here: Session, folder: str, demo: bool, sample: bool, more: bool) -> None:
    from ledger.cli.trying import show_demo, write_sample

    if more or (demo and sample):
        called = "--demo" if demo else "--sample"
        raise UsageError(f"{called} 不和 init 的其他选项一起用", hint="请去掉其他选项")
    (show_demo if demo else write_sample)(here, folder)


def request(
    file: Annotated[str, argument("文件", "xlsx、docx、pdf 或 csv 里的表格", "file")],
    source: Annotated[str, option("--source", "来源", "来源编号，如 GZ2017", "new source")],
    year: Annotated[int | None, option("--year", "年份", "没写年份的月份属于哪一年")] = None,
    kind: Annotated[str, option("--kind", "类别", "事项类别，默认看表头判断", "kind")] = "",
    issued: Annotated[
        str | None, option("--issued", "日期", "印发日期，“若干日内”从这天起算", "day")
    ] = None,
    title: Annotated[str, option("--title", "名称", "来源文件名称，默认取表格标题")] = "",
    mapping: Annotated[
        list[str] | None,
        option("--map", "列名=字段", "表头认不出时指定，列名=不要 略去一列；可写多次"),
    ] = None,
    sheet: Annotated[
        str | None, option("--sheet", "工作表", "只导入这个工作表；docx、pdf 里是表1、表2……")
    ] = None,
    header_row: Annotated[int | None, option("--header-row", "行号", "表头在第几行")] = None,
) -> ImportRequest:
    """Which table is to be imported, and how it is to be read."""
    return ImportRequest(
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


def import_file(
    *,
    table: Annotated[ImportRequest, OptionGroup(request)],
    yes: Annotated[bool, flag("--yes", "不列出整个方案，只问没有把握的地方")] = False,
    accept: Annotated[bool, flag("--accept", "没有把握的地方已经核对，照此写入")] = False,
    dry_run: Annotated[bool, flag("--dry-run", "只看会有什么变化，不写入")] = False,
    json: options.Json = False,
    acting: Acts,
) -> None:
    """把表格导入为事项。再次导入只改表格里改过的内容，表里删掉的行不会从台账删除。"""
    from ledger.cli.importing import carry_out, preview
    from ledger.usecases.tables.plan import plan_import
    from ledger.view.progress import progress

    with progress("正在读取和比对") as tell:
        plan = plan_import(acting.ledger, table, acting.by, acting.date, tell, acting.today)
    if dry_run:
        preview(plan, json)
    else:
        carry_out(acting, plan, table.file, yes, accept, json)


def draft(
    here: Session,
    file: Annotated[str, argument("文件", "txt、md、docx 或 pdf 的文件正文", "file")],
    *,
    output: Annotated[
        str | None, options.output("文件", "分解表写到哪里，默认是当前文件夹的“分解表-文件名.xlsx”")
    ] = None,
    force: options.Force = False,
) -> None:
    """把一份文件的正文拆成分解表：一句一行，分出任务和背景。在 Excel 里改好，再用 import 导入。"""
    from ledger.usecases.tables.draft import hand_out
    from ledger.view.draft import draft_lines, draft_notes
    from ledger.view.progress import progress

    ledger, source = here.open(), Path(file)
    place = Path(output or f"分解表-{source.stem}.xlsx")
    with progress("正在拆分") as tell:
        made = hand_out(ledger, source, place, force, here.now(ledger), tell)
    emit(draft_lines(made, place))
    say(*draft_notes(made))


def export(
    form: Annotated[
        str, argument("格式", "xlsx、docx、csv、ics、json 或 jsonl", "export", options.FORMS)
    ],
    *,
    output: Annotated[
        str | None,
        options.output("文件", "写到哪个文件；“-”为标准输出。xlsx、docx 默认写到当前文件夹"),
    ] = None,
    force: options.Force = False,
    encoding: Annotated[
        str, option("--encoding", "编码", "csv 的编码：utf-8 或 gb18030")
    ] = "utf-8",
    remind: Annotated[
        int | None, option("--remind", "天数", "ics：提前几天提醒，默认同黄灯的天数")
    ] = None,
    filters: Filtered,
    sort: Annotated[
        str, option("--sort", "字段", "同 ledger list；默认按编号", "order", options.ORDERS)
    ] = "",
    reading: Moments,
) -> None:
    """把台账导出为 Excel、Word、csv、日历或 JSON。筛选条件同 ledger list。"""
    from ledger.usecases.looking.rows import chosen
    from ledger.usecases.tables.export import Export

    _refuse_unknown(form, remind)
    when = reading.when
    snapshot, rows = chosen(reading.ledger, when, filters, sort)
    table = Export(rows, when.today, snapshot.config)
    content = _content(table, form, encoding, remind)
    _hand_over(reading.ledger, content, table, form, output, force)
    finish(snapshot.problems)


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


def _refuse_unknown(form: str, remind: int | None) -> None:
    from ledger.model.choice import one_of
    from ledger.usecases.tables.export import FORMS

    one_of(form, FORMS, "导出格式")
    if remind is not None and not 0 <= remind <= _MOST_DAYS:
        raise UsageError(f"--remind 的值 {remind} 不对", hint=f"请写 0 到 {_MOST_DAYS} 之间的天数")


def _hand_over(
    ledger: Ledger, content: bytes, table: Export, form: str, output: str | None, force: bool
) -> None:
    from ledger.usecases.writing.deliver import deliver

    place = _place(output, form, table.day)
    if place is None:
        emit_file(content, form)
    else:
        deliver(ledger, place, content, force)
        say(f"已导出 {len(table.rows)} 项：{place}")


def _content(export: Export, form: str, encoding: str, remind: int | None) -> bytes:
    from ledger.usecases.tables.export import exported
    from ledger.view.progress import progress
    from ledger.view.rows import full_json

    if form in ("json", "jsonl"):
        rows = (full_json(row) for row in export.rows)  # as `list --full --json` has them
        documents = (
            [json_text(list(rows))] if form == "json" else (json_text(r, None) for r in rows)
        )
        return "".join(documents).encode()
    with progress("正在导出") as tell:
        return exported(export, form, encoding, remind, tell)


def _place(output: str | None, form: str, today: dt.date) -> Path | None:
    """Where the file goes; None for stdout."""
    if output is None:
        return Path(f"台账-{today.isoformat()}.{form}") if form in BINARY else None
    return None if output == "-" else Path(output)
