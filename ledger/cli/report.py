"""`ledger report` and `ledger remind`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from ledger.cli import options
from ledger.cli.acting import Acting, somebody
from ledger.cli.frame import OptionGroup
from ledger.cli.groups import Moments, Reading
from ledger.cli.options import argument, flag, option
from ledger.cli.output import emit_file, emit_page
from ledger.cli.session import Session, day, finish, json_text, say
from ledger.errors import UsageError
from ledger.model.paths import CONFIG_FILE
from ledger.model.record import dataclass
from ledger.usecases.bulletins.facts import Scope
from ledger.usecases.bulletins.kinds import KINDS, kind_with
from ledger.usecases.bulletins.letter import Letter
from ledger.usecases.bulletins.request import Wish

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.usecases.bulletins.remind import Reminder
    from ledger.usecases.bulletins.report import Report
    from ledger.usecases.reading.open import Ledger

_FORMS = ("md", "html", "docx", "json")

_BULLETINS = {kind.short: name for name, kind in KINDS.items()} | {
    "季报": "quarterly",
    "季度": "quarterly",
    "年报": "annual",
    "年度": "annual",
    "整改进展": "closing",
    "部门": "dept",
    "考核": "scores",
    "评分": "scores",
}
_WHICH = "、".join(f"{name} {kind.short}" for name, kind in KINDS.items())


def wish(
    kind: Annotated[str, argument("种类", _WHICH, "bulletin", _BULLETINS)],
    week: Annotated[str | None, option("--week", "周", "如 2017-W42，默认本周", "week")] = None,
    month: Annotated[str | None, option("--month", "月", "如 2017-10，默认本月", "month")] = None,
    quarter: Annotated[
        str | None, option("--quarter", "季度", "如 2017-Q4，默认本季度", "quarter")
    ] = None,
    year: Annotated[str | None, option("--year", "年", "如 2017，默认今年", "year")] = None,
    since: Annotated[str | None, option("--since", "日期", "统计期的第一天", "day")] = None,
    until: Annotated[
        str | None, option("--until", "日期", "统计期的最后一天，或截止日", "day")
    ] = None,
    dept: Annotated[
        str, option("--dept", "部门", f"{kind_with('--dept')}：哪个部门，名称或别名", "department")
    ] = "",
    explain: Annotated[
        str,
        option(
            "--explain", "部门", f"{kind_with('--explain')}：只说明这个部门的每一分", "department"
        ),
    ] = "",
    source: options.SourceId = None,
    task_kind: Annotated[
        list[str] | None, option("--kind", "类别", "只统计这类事项", "kind")
    ] = None,
    number: Annotated[int | None, option("--number", "期号", f"第几期，默认按 {CONFIG_FILE}")] = (
        None
    ),
) -> Wish:
    """Which bulletin, of what period, about whom."""
    periods = {"week": week, "month": month, "quarter": quarter, "year": year}
    return Wish(
        kind,
        {name: value for name, value in periods.items() if value},
        day(since, "--since") if since else None,
        day(until, "--until") if until else None,
        {"--dept": dept, "--explain": explain},
        Scope(tuple(source or ()), tuple(task_kind or ())),
        number,
    )


@dataclass(frozen=True, slots=True)
class Delivery:
    """In which form a bulletin is wanted, and where.

    Attributes:
        place: None for stdout, or for a place of the program's own when it is opened.
        read: whether it is only to be read, in no form that was asked for.
    """

    form: str
    place: Path | None
    force: bool
    opened: bool
    read: bool


def delivery(
    form: Annotated[
        str | None,
        option("--format", "格式", "md、html、docx、json；默认看 -o 的后缀", "form", options.FORMS),
    ] = None,
    json: options.Json = False,
    output: Annotated[str | None, options.output("文件", "写到哪个文件，默认标准输出")] = None,
    force: options.Force = False,
    open_it: Annotated[bool, flag("--open", "写好以后打开文件")] = False,
) -> Delivery:
    """The form that is named, or that the file's name says."""
    place = Path(output) if output else None
    suffix = place.suffix.lower().removeprefix(".") if place else ""
    guessed = suffix if suffix in _FORMS else "html" if open_it and output is None else "md"
    chosen = options.chosen_format(form or ("json" if json else guessed), json, _FORMS)
    return Delivery(chosen, place, force, open_it, not form and chosen == "md")


def report(
    here: Session,
    *,
    wanting: Annotated[Wish, OptionGroup(wish)],
    to: Annotated[Delivery, OptionGroup(delivery)],
    reading: Moments,
) -> None:
    """出通报：从两个时点之间的变化和期末的状态产生，末行可供验证。"""
    from ledger.usecases.bulletins.report import asked
    from ledger.usecases.bulletins.report import report as facts_of

    ledger, fixed = reading.ledger, here.today is not None
    request, commit, notes = asked(ledger, wanting, to.form, reading.when, fixed)
    made = facts_of(ledger, request, commit)
    say(*notes)
    _hand_over(ledger, made, to)


def letter(
    number: Annotated[
        str, option("--number", "文号", "如 督办〔2017〕12号，只出一份时用；不写留空待填")
    ] = "",
    reply_by: Annotated[
        str | None,
        option("--reply-by", "日期", f"请在哪天以前反馈，默认按 {CONFIG_FILE} 的工作日数", "day"),
    ] = None,
    contact: Annotated[
        str, option("--contact", "联系人", f"联系人和电话，默认按 {CONFIG_FILE}，没有的留空待填")
    ] = "",
) -> Letter:
    """What a letter says besides its tasks."""
    by = day(reply_by, "--reply-by") if reply_by else None
    return Letter(" ".join(number.split()), " ".join(contact.split()), by)


def remind(
    *,
    dept: options.Dept = None,
    form: Annotated[
        str | None, option("--format", "格式", "md 或 docx，默认 md", "form", options.FORMS)
    ] = None,
    output: Annotated[
        str | None, options.output("文件夹", "每个部门一个文件，写到这个文件夹")
    ] = None,
    force: options.Force = False,
    record: Annotated[bool, flag("--record", "在每个事项的进展里记下已经督办")] = False,
    by: options.By = None,
    no_commit: options.NoCommit = False,
    saying: Annotated[Letter, OptionGroup(letter)],
    reading: Moments,
) -> None:
    """出督办单：各部门牵头的逾期、将到期和进度滞后的事项。"""
    from ledger.usecases.bulletins.remind import reminders
    from ledger.usecases.bulletins.roll import roll_when

    chosen = _reminder_form(form, output)
    if record and reading.when.commit:
        raise UsageError("--record 不能和 --at 一起用", hint="过去的台账不能再登记")
    when = reading.when
    roll = roll_when(reading.ledger, when)
    reminded = reminders(reading.ledger, roll, dept or (), when.today, when.commit, saying)
    _hand_out(reading, reminded, Path(output) if output else None, chosen, force, not form)
    if record:
        _record(somebody(reading.ledger, by, reading.now, not no_commit), reminded)
    finish(roll.snapshot.problems)


def _reminder_form(form: str | None, output: str | None) -> str:
    chosen = options.chosen_format(form or "md", False, ("md", "docx"))
    if chosen == "docx" and output is None:
        raise UsageError("docx 要写成文件", hint="请用 -o 写明文件夹")
    return chosen


def _hand_out(
    reading: Reading,
    reminders: Sequence[Reminder],
    folder: Path | None,
    form: str,
    force: bool,
    read: bool,
) -> None:
    from ledger.usecases.bulletins.remind import write_reminders

    if folder is None:
        _print("\n".join(each.text for each in reminders), read)
    else:
        today = reading.when.today
        for place in write_reminders(reading.ledger, reminders, folder, today, form, force):
            say(f"已写入 {place}")
    if not reminders:
        say("没有需要督办的事项。")


def _hand_over(ledger: Ledger, bulletin: Report, to: Delivery) -> None:
    content = _content(ledger, bulletin, to.form)
    if to.place is None and not to.opened:
        if to.form == "docx":
            emit_file(content, to.form)
        else:
            _print(content.decode(), to.read)
        return
    from ledger.usecases.writing.deliver import deliver

    place = to.place or _default_place(bulletin, to.form)
    deliver(ledger, place, content, to.force or to.place is None)
    say(f"已写入 {place}")
    if to.opened:
        import typer

        typer.launch(str(place))


def _print(text: str, read: bool) -> None:
    """Print a document as it is, or as a page where it is to be read."""
    (emit_page if read else sys.stdout.write)(text)


def _content(ledger: Ledger, bulletin: Report, form: str) -> bytes:
    """A report in one of `_FORMS`."""
    from ledger.usecases.bulletins.report import file_of
    from ledger.view.report import as_json

    if form == "json":
        return json_text(as_json(bulletin)).encode()
    return file_of(ledger, bulletin, form)


def _default_place(bulletin: Report, form: str) -> Path:
    """Where `--open` alone puts the file: among what git does not keep."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="ledger-"))
    return folder / f"{bulletin.request.kind}-{bulletin.request.today.isoformat()}.{form}"


def _record(acting: Acting, reminders: Sequence[Reminder]) -> None:
    from ledger.usecases.bulletins.remind import record_reminders

    act = acting.act
    recorded = record_reminders(acting.ledger, reminders, act.by, act.date, act.today, act.commit)
    if recorded:
        say(f"已在 {len(recorded)} 个事项的进展里记下督办。")
    elif reminders:
        say("这些事项当天都已记过督办，没有再记。")
