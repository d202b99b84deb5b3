"""督办单: what each department is reminded of; that it was reminded is recorded only when asked."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ledger.adapters.disk import store
from ledger.adapters.disk.store import FileChange
from ledger.adapters.templates import Own, render
from ledger.adapters.yaml.edit import Edit, edited
from ledger.errors import LedgerError, UsageError
from ledger.model.config import Config
from ledger.model.decode import plain
from ledger.model.paths import TEMPLATES
from ledger.model.plaintext import file_name
from ledger.model.record import dataclass, replace
from ledger.model.task import REMINDED, Progress, Task
from ledger.model.workdays import add_workdays
from ledger.usecases.bulletins.facts import department_order, in_order
from ledger.usecases.bulletins.letter import NO_WISHES, Letter
from ledger.usecases.bulletins.report import FILTERS, one_blank_line, own_templates, text_file
from ledger.usecases.bulletins.roll import Roll
from ledger.usecases.bulletins.state import DeptFacts, depts_facts
from ledger.usecases.reading.load import config_at, find_entry, load
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.act import Operation, alone, record
from ledger.usecases.writing.deliver import deliver, make_folder
from ledger.usecases.writing.edit import ORDER, decoded, refuse_future

_LONGEST = 40  # characters; a file's name has 255 bytes, a character up to 4


@dataclass(frozen=True, slots=True)
class Reminder:
    """One department's 督办单.

    Attributes:
        text: Markdown.
        tasks: ids of what it is reminded of.
    """

    department: str
    text: str
    tasks: tuple[str, ...]

    def file_name(self, day: dt.date, form: str) -> str:
        """What its file is called.

        A name that had to be changed to be a file's carries some of its digest, so that no two
        departments ever share a file.
        """
        fit = file_name(self.department)[:_LONGEST]
        if fit != self.department:
            fit += f"-{hashlib.sha256(self.department.encode()).hexdigest()[:6]}"
        return f"督办单-{fit}-{day.isoformat()}.{form}"


def reminders(
    ledger: Ledger,
    roll: Roll,
    names: Sequence[str],
    today: dt.date,
    commit: str = "",
    letter: Letter = NO_WISHES,
) -> tuple[Reminder, ...]:
    """The 督办单 of every department that leads something overdue, due soon or lagging.

    Of what it has applied for it is not reminded: that waits for others.

    Args:
        names: departments by any of their names; none for all of them.
        commit: whose templates are used; those of the working tree where it is empty.
        letter: its number and what else is asked for.

    Raises:
        UsageError: an unknown department, one number for several letters, or an answer that is
            wanted before the day of the letter.
        LedgerError: a template is broken.
    """
    departments = [roll.department(name) for name in names] or _leading(roll)
    sheets = [each.to_remind for each in depts_facts(roll, dict.fromkeys(departments), today)]
    own = own_templates(ledger, commit) if commit else ledger.root / TEMPLATES
    config = roll.snapshot.config
    wishes = _completed(letter, config, today)
    sent = (_reminder(config, facts, wishes, own) for facts in sheets)
    reminded = tuple(each for each in sent if each.tasks)
    if letter.number and len(reminded) > 1:
        raise UsageError(
            f"有 {len(reminded)} 份督办单，不能用同一个文号", hint="请用 --dept 写明是哪个部门的"
        )
    return reminded


def _completed(letter: Letter, config: Config, today: dt.date) -> Letter:
    """A letter with what ledger.yaml and the calendar of working days know."""
    if letter.reply_by is not None and letter.reply_by < today:
        raise UsageError(
            f"反馈时限 {letter.reply_by.isoformat()} 早于督办单的日期 {today.isoformat()}",
            hint="请核对 --reply-by",
        )
    by = letter.reply_by or add_workdays(today, config.reports.reply_days, config.calendar.work)
    return replace(letter, contact=letter.contact or config.reports.contact, reply_by=by)


def write_reminders(
    ledger: Ledger, sent: Iterable[Reminder], folder: Path, day: dt.date, form: str, overwrite: bool
) -> Iterator[Path]:
    """Write each department's into a file of its own; tell of each when it is written.

    Args:
        folder: made where there is none.

    Raises:
        LedgerError: a file is there already, and must not be overwritten; then none is written.
    """
    files = {folder / each.file_name(day, form): each.text for each in sent}
    taken = [place.name for place in files if place.exists()]
    if taken and not overwrite:
        raise LedgerError(
            f"文件夹 {folder} 里已经有 {taken[0]} 等 {len(taken)} 个文件，一个也没有写",
            hint="请换一个文件夹；确认不要旧文件时加 --force",
        )
    fonts = config_at(ledger).fonts
    if files:
        make_folder(ledger, folder)
    for place, text in files.items():
        deliver(ledger, place, text_file(text, fonts, form), overwrite)
        yield place


@alone
def record_reminders(
    ledger: Ledger, sent: Iterable[Reminder], by: str, day: dt.date, today: dt.date, commit: bool
) -> tuple[str, ...]:
    """Append to the log of every task that its department was reminded of it, in one commit.

    Such an entry is no report: it answers no checkpoint. A task that has the same entry already
    is passed over.

    Returns:
        The ids of the tasks whose log has a new entry.

    Raises:
        LedgerError: a file changed meanwhile, or git refuses.
    """
    refuse_future(day, today)
    to: dict[str, list[str]] = {}
    for reminder in sent:
        for task in reminder.tasks:
            to.setdefault(task, []).append(reminder.department)
    changes, recorded = [], []
    snapshot = load(ledger)
    for task_id, departments in to.items():
        entry = find_entry(snapshot, task_id)
        note = Progress(
            date=day, by=by, text=f"向{'、'.join(departments)}发出督办单", event=REMINDED
        )
        if note not in entry.record.progress:
            changes.append(_appended(ledger, entry.path, note))
            recorded.append(task_id)
    if changes:
        operation = Operation("remind", f"督办 {len(recorded)} 项", tuple(recorded))
        record(ledger, changes, operation, commit)
    return tuple(recorded)


def _appended(ledger: Ledger, path: str, note: Progress) -> FileChange:
    old = store.read(ledger.root, path)
    new = edited(old, [Edit(("progress",), plain(note), append=True)], ORDER)
    if decoded(Task, new, path).progress[-1] != note:
        raise LedgerError(f"{path} 的进展记录没有写对", hint="没有写入任何内容，请检查这个文件")
    return FileChange(path, old, new)


def _leading(roll: Roll) -> list[str]:
    """Every department that leads a task, in the order of ledger.yaml."""
    leading = dict.fromkeys(name for task in roll.lines.values() for name in task.lead)
    return in_order(leading, department_order(roll.snapshot.config))


def _reminder(config: Config, facts: DeptFacts, letter: Letter, own: Own) -> Reminder:
    values = {
        "organisation": config.organisation,
        "facts": facts,
        "lights": config.lights,
        "letter": letter,
        "reply_days": config.reports.reply_days,
    }
    text = render("remind.md.j2", values, own, FILTERS, tidy=True)
    tasks = (*facts.overdue, *facts.due_soon, *facts.lagging)
    return Reminder(facts.department, one_blank_line(text), tuple(each.id for each in tasks))
