"""`ledger report` and `ledger remind`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ledger.cli import options
from ledger.cli.acting import Acting, somebody
from ledger.cli.frame import OptionGroup
from ledger.cli.groups import Moments, Reading
from ledger.cli.options import argument, flag, option
from ledger.cli.output import emit_file
from ledger.cli.session import day, emit, finish, json_text, say, session
from ledger.errors import LedgerError, UsageError
from ledger.model.paths import CONFIG_FILE
from ledger.model.record import dataclass, replace

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from ledger.model.config import Fonts
    from ledger.model.period import Period
    from ledger.usecases.bulletins.kinds import Request
    from ledger.usecases.bulletins.remind import Reminder
    from ledger.usecases.bulletins.report import Report
    from ledger.usecases.reading.open import Ledger

_FORMS = ("md", "html", "docx", "json")

Output = Annotated[
    str | None, typer.Option("-o", "--output", metavar="文件", help="写到哪个文件，默认标准输出")
]
Force = Annotated[bool, flag("--force", "文件已经存在时覆盖它")]


def periods(
    week: Annotated[str | None, option("--week", "周", "如 2017-W42，默认本周")] = None,
    month: Annotated[str | None, option("--month", "月", "如 2017-10，默认本月")] = None,
    quarter: Annotated[str | None, option("--quarter", "季度", "如 2017-Q4，默认本季度")] = None,
    year: Annotated[str | None, option("--year", "年", "如 2017，默认今年")] = None,
    since: Annotated[str | None, option("--since", "日期", "统计期的第一天")] = None,
    until: Annotated[str | None, option("--until", "日期", "统计期的最后一天，或截止日")] = None,
) -> dict[str, str]:
    """What names the period: option → its value."""
    return {name: value for name, value in locals().items() if value}


@dataclass(frozen=True, slots=True)
class About:
    """Whom and what a bulletin is about: options, as typer reads them."""

    dept: Annotated[str, option("--dept", "部门", "dept：哪个部门，名称或别名")] = ""
    explain: Annotated[str, option("--explain", "部门", "scores：只说明这个部门的每一分")] = ""
    source: options.SourceId = None
    task_kind: Annotated[list[str] | None, option("--kind", "类别", "只统计这类事项")] = None
    number: Annotated[int | None, option("--number", "期号", f"第几期，默认按 {CONFIG_FILE}")] = (
        None
    )


@dataclass(frozen=True, slots=True)
class Delivery:
    """In which form a bulletin is wanted, and where.

    Attributes:
        place: None for stdout, or for a place of the program's own when it is opened.
    """

    form: str
    place: Path | None
    force: bool
    opened: bool


def delivery(
    form: Annotated[
        str | None, option("--format", "格式", "md、html、docx、json；默认看 -o 的后缀")
    ] = None,
    json: options.Json = False,
    output: Output = None,
    force: Force = False,
    open_it: Annotated[bool, flag("--open", "写好以后打开文件")] = False,
) -> Delivery:
    """The form that is named, or that the file's name says."""
    place = Path(output) if output else None
    suffix = place.suffix.lower().removeprefix(".") if place else ""
    guessed = suffix if suffix in _FORMS else "html" if open_it and output is None else "md"
    chosen = options.chosen_format(form or ("json" if json else guessed), json, _FORMS)
    return Delivery(chosen, place, force, open_it)


def report(
    context: typer.Context,
    kind: Annotated[
        str,
        argument(
            "种类",
            "weekly 周报、monthly 月报、quarterly 季度通报、annual 年度通报、"
            "closing 整改进展情况、dept 部门清单、scores 考核评分",
        ),
    ],
    *,
    named: Annotated[dict[str, str], OptionGroup(periods)],
    wanting: Annotated[About, OptionGroup(About)],
    to: Annotated[Delivery, OptionGroup(delivery)],
    reading: Moments,
) -> None:
    """出通报：从两个时点之间的变化和期末的状态产生，末行可供验证。"""
    from ledger.usecases.bulletins.report import report as facts_of
    from ledger.usecases.bulletins.report import uncommitted

    fixed = session(context).today is not None
    request, commit = _request(reading, fixed, kind, named, wanting, to.form)
    if not reading.when.commit and uncommitted(reading.ledger):
        say("台账里有还没有提交的改动，它们不在通报里。")
    _hand_over(reading.ledger, facts_of(reading.ledger, request, commit), to)


def remind(
    *,
    dept: options.Dept = None,
    form: Annotated[str | None, option("--format", "格式", "md 或 docx，默认 md")] = None,
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="文件夹", help="每个部门一个文件，写到这个文件夹"),
    ] = None,
    force: Force = False,
    record: Annotated[bool, flag("--record", "在每个事项的进展里记下已经督办")] = False,
    by: options.By = None,
    no_commit: options.NoCommit = False,
    reading: Moments,
) -> None:
    """出督办单：各部门牵头的逾期、将到期和进度滞后的事项。"""
    from ledger.usecases.bulletins.remind import reminders
    from ledger.usecases.reading.open import load

    chosen = _reminder_form(form, output)
    if record and reading.when.commit:
        raise UsageError("--record 不能和 --at 一起用", hint="过去的台账不能再登记")
    when = reading.when
    snapshot = load(reading.ledger, when.commit)
    reminded = reminders(reading.ledger, snapshot, dept or (), when.today, when.commit)
    _hand_out(reading, reminded, Path(output) if output else None, chosen, force)
    if record:
        _record(somebody(reading.ledger, by, reading.now, not no_commit), reminded)
    finish(snapshot)


def _reminder_form(form: str | None, output: str | None) -> str:
    chosen = options.chosen_format(form or "md", False, ("md", "docx"))
    if chosen == "docx" and output is None:
        raise UsageError("docx 要写成文件", hint="请用 -o 写明文件夹")
    return chosen


def _hand_out(
    reading: Reading, reminders: Sequence[Reminder], folder: Path | None, form: str, force: bool
) -> None:
    if folder is None:
        emit("\n".join(each.text for each in reminders).splitlines())
    else:
        _write_reminders(reading.ledger, reminders, folder, reading.when.today, form, force)
    if not reminders:
        say("没有需要督办的事项。")


def _hand_over(ledger: Ledger, bulletin: Report, to: Delivery) -> None:
    content = _content(ledger, bulletin, to.form)
    if to.place is None and not to.opened:
        if to.form == "docx":
            emit_file(content, to.form)
        else:
            sys.stdout.write(content.decode())
        return
    place = to.place or _default_place(bulletin, to.form)
    _deliver(ledger, place, content, to.force or to.place is None)
    if to.opened:
        typer.launch(str(place))


def _request(
    reading: Reading, fixed: bool, kind: str, named: dict[str, str], about: About, form: str
) -> tuple[Request, str]:
    """What the options ask for, and the commit that it is made of.

    Args:
        fixed: whether today was given.
    """
    from ledger.model.choice import one_of
    from ledger.usecases.bulletins.facts import Scope
    from ledger.usecases.bulletins.kinds import HTML, KINDS, MARKDOWN
    from ledger.usecases.bulletins.report import commit_for
    from ledger.usecases.bulletins.request import request_for

    one_of(kind, tuple(KINDS), "通报种类")
    when = reading.when
    until = day(named["until"], "--until") if "until" in named else None
    request, past = request_for(kind, _period(kind, named, when.today), when.today, until)
    request = replace(
        request,
        scope=Scope(tuple(about.source or ()), tuple(about.task_kind or ())),
        department=_department(kind, about.dept, about.explain),
        number=about.number,
        form=HTML if form == "html" else MARKDOWN,
    )
    if request.number is not None and not KINDS[kind].takes_number:
        raise UsageError(f"{KINDS[kind].title}没有期号", hint="请去掉 --number")
    if when.commit:
        return request, when.commit
    commit, note = commit_for(reading.ledger, request, past or fixed)
    if note:
        say(note)
    return request, commit


def _department(kind: str, dept: str, explain: str) -> str:
    from ledger.usecases.bulletins.kinds import KINDS

    option = KINDS[kind].department
    if KINDS[kind].asks and not dept:
        raise UsageError("没有写是哪个部门", hint="请用 --dept 写明，如 --dept 办公室")
    if dept and option != "--dept":
        raise UsageError("--dept 只用于 dept", hint="请写成 ledger report dept --dept 部门")
    if explain and option != "--explain":
        raise UsageError(
            "--explain 只用于 scores", hint="请写成 ledger report scores --explain 部门"
        )
    return dept or explain


def _period(kind: str, named: dict[str, str], today: dt.date) -> Period | None:
    """The period that is named; None for the one of today.

    Raises:
        UsageError: more than one is named, or one that does not go with the kind.
    """
    from ledger.model.period import named as period_named
    from ledger.model.period import period_of, span
    from ledger.usecases.bulletins.kinds import KINDS

    names = [name for name in named if name != "until"]
    own, usual, whole = KINDS[kind].named_by, KINDS[kind].period, KINDS[kind].whole
    if len(names) > 1 or ("until" in named and names and names != ["since"]):
        raise UsageError("统计期写重了", hint="只用一种写法：--week 等，或 --since 和 --until")
    if names and names[0] not in (own, "since" if own else ""):
        raise UsageError(f"--{names[0]} 不能用于 {kind}", hint="见 ledger report --help")
    if not names and not ("until" in named and whole):
        return None
    if names and names != ["since"]:
        return period_named(usual, named[own])
    if "since" not in named or (whole and "until" not in named):
        raise UsageError(
            "--since 和 --until 要一起写", hint="例如 --since 2017-10-16 --until 2017-10-22"
        )
    last = day(named["until"], "--until") if "until" in named else period_of(usual, today).last
    return span(usual, day(named["since"], "--since"), last)


def _content(ledger: Ledger, bulletin: Report, form: str) -> bytes:
    """A report in one of `_FORMS`."""
    from ledger.usecases.bulletins.report import text_of
    from ledger.view.report import as_json

    if form == "json":
        return json_text(as_json(bulletin)).encode()
    text = text_of(ledger, bulletin)
    return _docx(text, bulletin.snapshot.config.fonts) if form == "docx" else text.encode()


def _docx(text: str, fonts: Fonts) -> bytes:
    from ledger.adapters.tables.writing.official import official_docx

    return official_docx(text, fonts)


def _default_place(bulletin: Report, form: str) -> Path:
    """Where `--open` alone puts the file: among what git does not keep."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="ledger-"))
    return folder / f"{bulletin.request.kind}-{bulletin.request.today.isoformat()}.{form}"


def _deliver(ledger: Ledger, place: Path, content: bytes, force: bool) -> None:
    from ledger.usecases.tables.export import deliver

    deliver(ledger, place, content, force)
    say(f"已写入 {place}")


def _write_reminders(
    ledger: Ledger,
    reminders: Sequence[Reminder],
    folder: Path,
    today: dt.date,
    form: str,
    force: bool,
) -> None:
    from ledger.usecases.reading.open import load

    places = [folder / each.file_name(today, form) for each in reminders]
    taken = [place.name for place in places if place.exists()]
    if taken and not force:
        raise LedgerError(
            f"文件夹 {folder} 里已经有 {taken[0]} 等 {len(taken)} 个文件，一个也没有写",
            hint="请换一个文件夹；确认不要旧文件时加 --force",
        )
    fonts = load(ledger).config.fonts
    for place, reminder in zip(places, reminders, strict=True):
        content = _docx(reminder.text, fonts) if form == "docx" else reminder.text.encode()
        _deliver(ledger, place, content, force)


def _record(acting: Acting, reminders: Sequence[Reminder]) -> None:
    from ledger.usecases.bulletins.remind import record_reminders

    act = acting.act
    recorded = record_reminders(acting.ledger, reminders, act.by, act.date, act.today, act.commit)
    if recorded:
        say(f"已在 {len(recorded)} 个事项的进展里记下督办。")
    elif reminders:
        say("这些事项当天都已记过督办，没有再记。")
