"""One task at a time: add, edit, progress, extend."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from ledger.adapters.disk import store
from ledger.adapters.disk.store import FileChange
from ledger.adapters.editor import open_editor
from ledger.adapters.git.commit import editor, is_changed
from ledger.adapters.yaml.edit import Edit, edited, written
from ledger.adapters.yaml.read import YamlFault, parse
from ledger.errors import AlreadyDone, LedgerError, UsageError
from ledger.model.change import FieldChange, task_change
from ledger.model.choice import department
from ledger.model.decode import Fault, decode, plain
from ledger.model.fields import specs
from ledger.model.paths import CONFIG_FILE, SOURCES, path_of_task
from ledger.model.people import worded
from ledger.model.record import dataclass, replace
from ledger.model.snapshot import Snapshot
from ledger.model.standing import checkpoints, extensible
from ledger.model.task import ENDED, IN_PROGRESS, NOT_STARTED, Extension, Progress, Task
from ledger.usecases.reading.load import load_parts, load_task, refuse_broken, task_path
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.act import Operation, alone, record
from ledger.usecases.writing.draft import due_of

R = TypeVar("R")

ORDER = tuple(spec.key for spec in specs(Task))
SCHEMA_LINE = "# yaml-language-server: $schema=../../schemas/task.json"

# Fields with a command of their own, because the audit trail needs to know why they change.
_OWN_COMMANDS = {
    "id": "编号不能修改；确实编错的请新增一个事项",
    "due": "原定时限不能修改；经批准的延期用 ledger extend 登记",
    "progress": "进展只增不改；填报进展用 ledger progress",
    "extensions": "延期记录只增不改；登记延期用 ledger extend",
    "evidence": "佐证材料用 ledger evidence add 登记",
    "closing": "销号要经申请、审核和集体决策，不能直接填写",
    "past_closings": "以前的销号过程由 ledger reopen 移入，不能直接填写",
    "lookback": "回头看记录用 ledger lookback 登记",
}


@dataclass(frozen=True, slots=True)
class Done:
    """What a writing command did.

    Attributes:
        task: the task as it is now.
        changes: what changed in it, in the ledger's terms.
        commit: the commit's id, empty without one.
        along: whether the file had uncommitted changes before, which went into the same commit.
    """

    task: Task
    changes: tuple[FieldChange, ...]
    commit: str
    along: bool = False


def task_file(task: Task) -> FileChange:
    """A new task's file: fields in canonical order, what is empty left out.

    Raises:
        LedgerError: a field breaks the schema.
    """
    path = path_of_task(task.source, task.id)
    content = written(plain(task), SCHEMA_LINE)
    decoded(Task, content, path)
    return FileChange(path, None, content)


def report_progress(
    ledger: Ledger,
    task_id: str,
    entry: Progress,
    commit: bool,
    today: dt.date,
    reached: Sequence[str] = (),
) -> Done:
    """Append to a task's work log; the first entry starts a task that was not started.

    Args:
        reached: how much of the task's indicators is done, each as name=number.

    Raises:
        UsageError: the task has no such indicator.
        LedgerError: the task has ended, or the entry's day is still to come.
    """

    def edits(task: Task) -> list[Edit]:
        refuse_future(entry.date, today)
        if entry in task.progress:
            raise AlreadyDone(f"{task.id} 这一天已经填报过同样的进展，没有重复登记")
        refuse_ended(task)
        started = [Edit(("status",), IN_PROGRESS)] if task.status == NOT_STARTED else []
        return [
            *started,
            *_reached(task, reached),
            Edit(("progress",), plain(entry), append=True),
        ]

    return change_task(ledger, task_id, edits, Operation("progress", "进展"), commit)


def _reached(task: Task, texts: Sequence[str]) -> list[Edit]:
    if not texts:
        return []
    from ledger.usecases.writing.indicators import actual_edits

    return actual_edits(task, texts)


def extend(
    ledger: Ledger, task_id: str, extension: Extension, commit: bool, today: dt.date
) -> Done:
    """Record an approved extension of the next open checkpoint; the original deadline stays.

    Raises:
        LedgerError: no date to extend, not later than it, the task has ended, a day to come.
    """

    def edits(task: Task) -> list[Edit]:
        refuse_future(extension.date, today)
        refuse_unsaid(extension.reason, "延期理由", "--reason")
        refuse_unsaid(extension.approved_by, "批准人或批准会议", "--approved-by")
        if any(replace(each, from_=extension.from_) == extension for each in task.extensions):
            raise AlreadyDone(f"{task.id} 已经登记过同样的延期，没有重复登记")
        refuse_ended(task)
        current = day_to_move(task, extension.to, " --to ")
        return [Edit(("extensions",), plain(replace(extension, from_=current)), append=True)]

    operation = Operation("extend", "延期", body=f"理由：{extension.reason}")
    return change_task(ledger, task_id, edits, operation, commit)


def day_to_move(task: Task, until: dt.date | None, place: str) -> dt.date:
    """The day that an extension moves.

    Args:
        until: what it is moved to.
        place: where that is written, in Chinese.

    Raises:
        LedgerError: there is none, or `until` is not after it.
    """
    current = extensible(task)
    if current is None:
        raise LedgerError(f"{task.id} 没有截止日期，谈不上延期", hint="请先确定它的完成时限")
    if until is None or until <= current:
        raise LedgerError(
            f"{task.id} 延至日期不晚于现在的截止日期 {current.isoformat()}",
            hint=f"请检查{place}的日期",
        )
    return current


def edit_task(
    ledger: Ledger,
    task_id: str,
    values: Mapping[str, Any],
    due: str | None,
    today: dt.date,
    by: str,
    commit: bool,
) -> Done:
    """Set some fields of a task.

    Args:
        values: plain data by key; of `indicators` texts, each as name=number and unit.
        due: a time limit in words for a task that has no date yet; None leaves it.

    Raises:
        UsageError: an unknown department.
        LedgerError: a field has a command of its own, or nothing would change.
    """
    snapshot = load_parts(ledger, SOURCES)
    refuse_broken(snapshot, CONFIG_FILE)
    named = {
        key: [department(snapshot, name) for name in value] if key in ("lead", "assist") else value
        for key, value in values.items()
    }

    def edits(task: Task) -> list[Edit]:
        changes = [Edit((key,), value) for key, value in named.items() if key != "indicators"]
        changes += _targets(task, named.get("indicators", ()))
        return (
            changes if due is None else [*changes, Edit(("due",), _due(snapshot, task, due, today))]
        )

    operation = Operation("edit", "修改", body=f"办理人：{by}")
    return change_task(ledger, task_id, edits, operation, commit, guarded=True)


def _targets(task: Task, texts: Sequence[str]) -> list[Edit]:
    if not texts:
        return []
    from ledger.usecases.writing.indicators import target_edits

    return target_edits(task, texts)


def _due(snapshot: Snapshot, task: Task, text: str, today: dt.date) -> Any:
    source = snapshot.source_by_id.get(task.source)
    year = source.record.year if source else None
    since = source.record.issued if source else None
    due, _ = due_of(text, year or today.year, since, snapshot.config.calendar)
    return plain(due)


@dataclass(frozen=True, slots=True)
class Draft:
    """A task's file while it is open in an editor.

    Attributes:
        path: the task's file, relative to the ledger's root.
        old: its content when editing began.
        place: the copy that the editor changes, outside the ledger's data.
        editor: the command git would use.
    """

    path: str
    old: bytes
    place: Path
    editor: str

    def open(self) -> None:
        """Have the copy edited until its editor is closed.

        Raises:
            LedgerError: the editor failed.
        """
        open_editor(self.editor, self.place)

    def changed(self) -> bool:
        """Whether the copy says anything new."""
        return self.place.read_bytes() != self.old

    def discard(self) -> None:
        """Remove the copy."""
        self.place.unlink(missing_ok=True)


def begin_editing(ledger: Ledger, task_id: str) -> Draft:
    """Copy a task's file for an editor.

    Raises:
        UsageError: no such task.
        LedgerError: its file is broken, so that nobody could tell what an editor changed in it.
    """
    path = task_path(ledger, task_id)
    old = store.read(ledger.root, path)
    decoded(Task, old, path)
    program = editor(ledger.repo)
    place = ledger.repo.state_dir() / PurePosixPath(path).name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(old)
    return Draft(path, old, place, program)


def replace_text(ledger: Ledger, draft: Draft, commit: bool) -> Done:
    """Take a task's file as an editor left it, under the same guard as `edit_task`.

    Raises:
        LedgerError: broken, or a guarded field was changed, or the file changed meanwhile.
    """
    new = draft.place.read_bytes()
    before, after = (decoded(Task, text, draft.path) for text in (draft.old, new))
    change = FileChange(draft.path, draft.old, new)
    operation = Operation("edit", f"修改 {after.id} {after.title}")
    return _recorded(ledger, [change], before, after, operation, commit, guarded=True)


@alone
def change_task(
    ledger: Ledger,
    task_id: str,
    edits: Callable[[Task], Sequence[Edit]],
    operation: Operation,
    commit: bool,
    guarded: bool = False,
    more: Sequence[FileChange] = (),
) -> Done:
    """Edit one task's file and commit it.

    Args:
        task_id: the task's id or a unique ending of it.
        edits: what to change, given the task as it is now; may refuse by raising.
        operation: its subject is a word, which the task's id and title follow.
        guarded: whether fields that have a command of their own are refused.
        more: files to be written in the same commit.

    Raises:
        UsageError: no such task.
        LedgerError: its file is broken, would be, or changed meanwhile; nothing would change.
    """
    _, entry = load_task(ledger, task_id)
    old = store.read(ledger.root, entry.path)
    before = decoded(Task, old, entry.path)
    new = edited(old, edits(before), ORDER)
    after = decoded(Task, new, entry.path)
    change = FileChange(entry.path, old, new)
    operation = replace(operation, subject=f"{operation.subject} {before.id} {before.title}")
    return _recorded(ledger, [change, *more], before, after, operation, commit, guarded)


def _recorded(
    ledger: Ledger,
    changes: Sequence[FileChange],
    before: Task,
    after: Task,
    operation: Operation,
    commit: bool,
    guarded: bool,
) -> Done:
    change = task_change(before.id, before, after)
    if change is None:
        raise AlreadyDone(f"{before.id} 没有任何改动：要改的内容和现在的一样")
    if guarded:
        _refuse_guarded(before, after, change.fields)
    along = commit and is_changed(ledger.repo, changes[0].path)
    done = record(ledger, changes, replace(operation, tasks=(before.id,)), commit)
    return Done(after, change.fields, done, along)


def decoded(kind: type[R], content: bytes, path: str) -> R:
    """The record of some kind that a file's content says.

    Raises:
        LedgerError: it cannot be read or breaks the schema.
    """
    faults: list[Fault] = []
    try:
        record = decode(kind, parse(content), faults)
    except YamlFault as fault:
        place = f"{path}:{fault.line}" if fault.line else path
        raise LedgerError(f"{place} 读不了：{fault.message}", hint="请先改好这个文件") from None
    if record is None:
        first = next(each for each in faults if not each.unknown)
        where = f" 的 {'.'.join(str(step) for step in first.place)}" if first.place else ""
        raise LedgerError(f"{path}{where}：{first.message}", hint="没有写入任何内容")
    return record


def _refuse_guarded(before: Task, after: Task, changes: Sequence[FieldChange]) -> None:
    for change in changes:
        if change.field == "status" and (before.status, after.status) != (NOT_STARTED, IN_PROGRESS):
            raise LedgerError(
                f"{before.id} 的状态不能直接从“{before.status}”改为“{after.status}”",
                hint="直接修改只能把“未启动”改为“推进中”，其余状态由各自的办理环节产生",
            )
        first_date = change.field == "due" and not checkpoints(before)
        if change.field in _OWN_COMMANDS and not first_date:
            raise LedgerError(f"{before.id} 没有修改", hint=_OWN_COMMANDS[change.field])


def refuse_ended(task: Task) -> None:
    """Raise when a task has ended (已销号, 已中止)."""
    if task.status in ENDED:
        raise LedgerError(f"{task.id} {task.status}，不能再填报", hint="确需继续的，请先按程序重开")


def refuse_unsaid(text: str, called: str, option: str) -> None:
    """Raise where a text that is required has no letter or digit: nobody could read anything."""
    if not worded(text):
        raise UsageError(f"{called}里没有文字", hint=f"请用 {option} 写明{called}")


def refuse_future(day: dt.date | None, today: dt.date) -> None:
    """Raise when a day is still to come."""
    if day is not None and day > today:
        raise UsageError(
            f"日期 {day.isoformat()} 还没有到（今天是 {today.isoformat()}）", hint="请检查 --date"
        )
