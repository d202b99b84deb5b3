"""查看: `ledger list`, `due`, `show`, `status`, `log`, `blame`, `diff`, and today's picture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

from ledger.cli import options
from ledger.cli.filters import FewFilters, Filtered
from ledger.cli.groups import Comparing, Pictures, Reading, Tables, Tellings
from ledger.cli.options import argument, flag, option
from ledger.cli.output import emit_lines, emit_result, emit_table
from ledger.cli.session import Session, day, emit, emit_json, emit_json_list, finish
from ledger.errors import UsageError
from ledger.usecases.looking.list import DueTasks, Listed, listed, whole
from ledger.usecases.looking.list import due as tasks_due
from ledger.view import rows as view

if TYPE_CHECKING:
    from ledger.model.change import Change
    from ledger.model.standing import Brief
    from ledger.usecases.looking.history import Event
    from ledger.usecases.looking.rows import Row
    from ledger.usecases.reading.open import Ledger
    from ledger.view.screen import Screen

_WITHIN, _WITHIN_DAYS = "30d", 30
_NEWS_DAYS = 7

Full = Annotated[bool, flag("--full", "json 输出文件里的每个字段")]


def list_tasks(
    *,
    filters: Filtered,
    sort: Annotated[
        str,
        option(
            "--sort",
            "字段",
            "id、due、lead、status、light、kind、source、leader、title，或者编号、时限、部门、状态……；"
            "前面加 - 倒排",
            "order",
            options.ORDERS,
        ),
    ] = "",
    group: Annotated[
        str,
        option(
            "--group",
            "字段",
            "lead、source、kind、leader、section、nature、status、light，或者部门、来源……",
            "field",
            options.FIELDS,
        ),
    ] = "",
    full: Full = False,
    reading: Pictures,
) -> None:
    """列出事项。不同的筛选条件要同时满足，同一个条件写多次满足一个即可。"""
    listing = listed(reading.ledger, reading.when, filters, sort, group)
    _print_listed(listing, reading, full)
    finish(listing.problems)


def due(
    *,
    filters: FewFilters,
    within: Annotated[
        str, option("--within", "期限", "多久以内到期：30d、2w、1m、两周、一个月；默认 30 天")
    ] = _WITHIN,
    overdue: Annotated[bool, flag("--overdue", "只看已经逾期的")] = False,
    coming: Annotated[bool, flag("--coming", "只看将到期的，逾期的不列")] = False,
    full: Full = False,
    reading: Pictures,
) -> None:
    """逾期和将到期的事项，最急的在前。

    有几个时间节点的事项看下一个还没有填报的节点；没有具体日期的不在此列。
    """
    if overdue and coming:
        raise UsageError("--overdue 和 --coming 不能同时用", hint="两样都要看的，都不写")
    due_tasks = tasks_due(reading.ledger, reading.when, filters, _span(within), overdue, coming)
    _print_tasks(due_tasks.tasks, reading, full, _due_caption(due_tasks))
    finish(due_tasks.problems)


def mine(
    *,
    who: Annotated[
        str, option("--as", "谁", "看别人的：姓名、部门，或角色（联络员、督查、全部）")
    ] = "",
    reading: Tellings,
) -> None:
    """等我办的：被退回、待填报、待审核、待上会、待合并、待督办，每行末尾是办理的命令。

    我是谁、哪个部门、什么角色，用 ledger who 登记。联络员看本部门的，督查看全单位的。
    """
    from ledger.usecases.looking.mine import mine as waiting
    from ledger.usecases.setup.who import meant
    from ledger.view import mine as view

    name, department, role = meant(reading.ledger, who)
    its = waiting(reading.ledger, reading.when, name, department, role)
    if reading.form == "json":
        emit_json(view.as_json(its))
    else:
        for table in view.tables(its):
            emit_table(table, reading.form, its.total)
            emit([""])
        emit_lines([f"{its.whose}：{view.summary(its)}。"])
    finish(its.problems)


def show(
    task: options.TaskId,
    since: Annotated[
        str, argument("版本|日期", "和 --diff 一起用：从哪时算起，默认是上次提交")
    ] = "",
    *,
    diff: Annotated[bool, flag("--diff", "只看还没有提交的（或从某个版本以来的）变化")] = False,
    reading: Tables,
) -> None:
    """显示一个事项的全部内容；--diff 只显示它的变化。"""
    if diff:
        _show_change(task, since, reading)
    elif since:
        raise UsageError(f"多写了“{since}”", hint="要看从那时以来的变化，请加 --diff")
    else:
        _show_task(task, reading)


def status(
    *,
    by: Annotated[
        str,
        option(
            "--by",
            "字段",
            "分组：lead、source、kind、leader、section、nature，或者部门、来源……",
            "field",
            options.FIELDS,
        ),
    ] = "lead",
    since: Annotated[str, option("--since", "版本|日期", "和那时的情况并排比较", "moment")] = "",
    reading: Pictures,
) -> None:
    """总数、完成率、逾期和临期，默认按牵头部门分组。"""
    from ledger.usecases.looking.status import status as counted

    now = counted(reading.ledger, reading.when, by)
    then = counted(reading.ledger, reading.moment(since), by) if since else None
    emit_result(reading.form, (now, then), view.status_json, view.status_table)
    finish(now.problems)


def log(
    task: Annotated[
        str, argument("编号", f"事项编号，{options.SHORTER}；不写则看全部事项", "task")
    ] = "",
    *,
    since: Annotated[str | None, option("--since", "日期", "从哪天起，默认最近七天", "day")] = None,
    until: Annotated[str | None, option("--until", "日期", "到哪天为止，默认今天", "day")] = None,
    reading: Tellings,
    at: options.At = None,
) -> None:
    """一个事项从头到尾的变化，或一段时间里全部事项的变化；最近的在前。"""
    from ledger.usecases.looking.history import history, news

    if task and (since or until):
        raise UsageError("编号和 --since、--until 不能同时用", hint="请去掉其中一个")
    if not task and at:
        raise UsageError("--at 要和编号一起用", hint="看一段时间请用 --since 和 --until")
    if task:
        _print_events(history(reading.ledger, task, reading.when).events, reading.form, True)
    else:
        first, last = _span_of_days(since, until, reading.now)
        _print_events(news(reading.ledger, first, last), reading.form, False)


def blame(task: options.TaskId, *, reading: Tables) -> None:
    """一个事项的每一项内容，最后是谁、什么时候、在哪个提交里写成现在这样的。"""
    from ledger.usecases.looking.history import blame as last_set
    from ledger.view import history as view

    fields = last_set(reading.ledger, task, reading.when)
    emit_result(reading.form, fields, view.blame_json, view.blame_table)


def diff(
    old: Annotated[str, argument("版本", "从哪个版本或日期", "moment")],
    new: Annotated[str, argument("版本", "到哪个版本或日期，默认是工作区", "moment")] = "",
    *,
    reading: Comparing,
) -> None:
    """两个版本之间台账有哪些变化，用台账的话说。"""
    from ledger.usecases.looking.diff import ledger_difference

    before = reading.moment(old).commit
    after = reading.moment(new).commit if new else ""
    _print_change(ledger_difference(reading.ledger, before, after), reading.form)


def browse(*, dept: options.Dept = None, at: options.At = None, here: Session) -> None:
    """占满终端窗口查看和办理：左边清单，右边卡片，边打边找，? 是帮助。

    能填报、登记佐证、申请、审核、退回、保存；写入以前都列出全部内容，按 y 才写。
    """
    from ledger.cli.browsing import on_full_screen

    on_full_screen(here, dept or (), at)


def picture(here: Session) -> None:
    """Today's picture: what `ledger` alone prints."""
    from ledger.usecases.looking.status import today_picture
    from ledger.usecases.reading.moment import Moment
    from ledger.view.screen import screen

    ledger = here.open()
    ledger.index.begin()
    today = here.now(ledger)
    numbers = today_picture(ledger, Moment("", today))
    emit(view.picture(numbers, today, screen(), _mine_line(ledger, today)))
    finish(numbers.problems)


def _mine_line(ledger: Ledger, today: dt.date) -> str:
    """What waits for who is typing, in one line; empty where nobody is registered."""
    from ledger.usecases.looking.mine import mine as waiting
    from ledger.usecases.reading.moment import Moment
    from ledger.usecases.setup.who import meant
    from ledger.view.mine import summary

    name, department, role = meant(ledger, "")
    if not (department or role):
        return ""
    its = waiting(ledger, Moment("", today), name, department, role)
    return f"等您办的（{its.whose}）：{summary(its)}；见 ledger mine" if its.total else ""


def _print_listed(listing: Listed, reading: Reading, full: bool) -> None:
    if listing.groups is None or reading.form == "csv":
        _print_tasks(listing.tasks, reading, full, f"共 {len(listing.tasks)} 项")
        return
    if reading.form == "json":
        parts = listing.groups.items()
        emit_json([{"key": k, "rows": _documents(part, reading, full)} for k, part in parts])
        return
    for number, (key, part) in enumerate(listing.groups.items()):
        emit([""] if number else [])
        table = view.list_table(part, f"{key}（{len(part)} 项）")
        emit_table(table, reading.form, len(listing.tasks))


def _print_tasks(tasks: Collection[Brief], reading: Reading, full: bool, caption: str) -> None:
    if reading.form == "json" and full:
        emit_json(_documents(tasks, reading, full))
    elif reading.form == "json":
        emit_json_list(view.json_rows(tasks))
    elif reading.form == "csv":
        emit_table(view.full_table(tasks), reading.form)
    else:
        emit_table(view.list_table(tasks, caption), reading.form)


def _documents(tasks: Iterable[Brief], reading: Reading, full: bool) -> list[dict[str, Any]]:
    if not full:
        return [view.as_json(task) for task in tasks]
    return [view.full_json(row) for row in whole(reading.ledger, reading.when, tasks)]


def _due_caption(due_tasks: DueTasks) -> str:
    scope = f"{'、'.join(due_tasks.departments)} " if due_tasks.departments else ""
    late = f"逾期 {due_tasks.late} 项"
    soon = f"{due_tasks.within} 天内到期 {len(due_tasks.tasks) - due_tasks.late} 项"
    shown = (late, soon)[due_tasks.coming :] if due_tasks.within is not None else (late,)
    return f"{scope}{due_tasks.today.isoformat()}：{'，'.join(shown)}"


def _span(text: str) -> int:
    if text == _WITHIN:
        return _WITHIN_DAYS
    from ledger.model.daytext import read_span

    if (days := read_span(text)) is None:
        raise UsageError(
            f"--within 的值“{text}”看不懂", hint="请写成 30d（天）、2w（周）、1m（月）或 两周"
        )
    return days


def _show_task(task: str, reading: Reading) -> None:
    from ledger.usecases.looking.list import one
    from ledger.view.task import task_markdown

    row = one(reading.ledger, task, reading.when)
    if reading.form == "json":
        emit_json(view.full_json(row))
    elif reading.form == "csv":
        emit_table(view.full_table([row.brief]), reading.form)
    else:
        emit(task_markdown(row) if reading.form == "md" else _card(row, reading))


def _card(row: Row, reading: Reading) -> Iterator[str]:
    from ledger.view.screen import screen

    to = screen()
    if not to.terminal:
        from ledger.view.task import task_lines

        return task_lines(row, to)
    from ledger.usecases.looking.background import background  # a pipe is told nothing of it
    from ledger.view.card import card

    return card(row, to, background(reading.ledger, row, reading.when))


def _show_change(task: str, since: str, reading: Reading) -> None:
    from ledger.usecases.looking.diff import task_difference

    form = options.chosen_format(reading.form, False, options.TELLINGS)
    before = reading.moment(since or "HEAD").commit
    _print_change(task_difference(reading.ledger, task, before, reading.when.commit), form)


def _print_change(change: Change, form: str) -> None:
    from ledger.view import changes as view

    if form == "json":
        emit_json(view.change_json(change))
    elif form == "md":
        emit(view.markdown_lines(change))
    else:
        emit_lines(view.text_lines(change))


def _print_events(events: list[Event], form: str, one_task: bool) -> None:
    from ledger.view import history as view
    from ledger.view.screen import screen

    if form == "json":
        emit_json(view.as_json(events))
    elif form == "md":
        emit(view.markdown_lines(events, one_task))
    else:
        to = screen()
        emit(_story(events, to, one_task) if to.terminal else view.text_lines(events, one_task))
        emit([] if events else ["这段时间没有变化。"])


def _story(events: list[Event], to: Screen, one_task: bool) -> Iterator[str]:
    from ledger.view.story import story_lines

    return story_lines(events, to, one_task)


def _span_of_days(since: str | None, until: str | None, now: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day that `log` is asked for."""
    last = day(until, "--until") if until else now
    first = day(since, "--since") if since else last - dt.timedelta(days=_NEWS_DAYS - 1)
    if first > last and not until:
        raise UsageError(f"--since {first.isoformat()} 还没有到", hint="请写今天或更早的日期")
    if first > last:
        raise UsageError("--since 晚于 --until", hint="请把起止日期对调")
    return first, last
