"""What a table may not change in a task that is there: the rules that each change has to keep.

A deadline once set stays (C009), what a meeting has seen stays what it saw (C004), what has ended
takes nothing. What only the ledger says (状态, 事项名称, 现行时限, 亮灯) no table changes either.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator

from ledger.adapters.tables.reading.fieldnames import CURRENT_DUE, LIGHT, normal_name
from ledger.adapters.tables.reading.rows import NOTHING, ImportedRow
from ledger.model.case import case_digest
from ledger.model.config import Config
from ledger.model.plaintext import unguarded
from ledger.model.snapshot import Snapshot
from ledger.model.standing import next_due, standing
from ledger.model.task import (
    APPLIED,
    CANCELLED,
    CLOSED,
    ENDED,
    ONGOING,
    REVIEWED,
    Task,
    full_name,
    label,
)
from ledger.usecases.writing.draft import due_of

_EXPORTED = re.compile(r"截至(\d{4})年(\d{1,2})月(\d{1,2})日")

Bar = tuple[str, str]
"""Why something is left out, and the command that does it properly."""


def barred(task: Task, key: str, drafted: Task, snapshot: Snapshot) -> Bar | None:
    """Why a table may not change a field of a task; None where it may.

    Args:
        key: the field, as the task's file has it.
        drafted: the task as the table has it.
    """
    if task.status in ENDED:
        return _ended(task)
    if key in ("progress", "status"):
        return None
    if task.status == ONGOING:
        return (
            f"{ONGOING}是会议定的，会议看过的内容没有改",
            "确需改的，先由会议决定继续整改，转回推进中",
        )
    if _is_before_meeting(task, snapshot):
        again = f"ledger return {task.id} --reason 理由"
        return "会议已经议过，会议看过的内容没有改", f"确需改的，先用 {again} 退回，改好再上会"
    if key == "due" and (task.due.date or task.due.dates):
        day = drafted.due.date.isoformat() if drafted.due.date else "日期"
        command = f"ledger extend {task.id} --to {day} --reason 理由 --approved-by 谁"
        return f"原定时限没有改成“{drafted.due.text}”", f"经批准延期的用 {command}"
    return None


def _ended(task: Task) -> Bar:
    if task.status == CLOSED:
        again = f"先用 ledger reopen {task.id} --reason 理由 重开"
        return f"{CLOSED}的事项什么都没有改", f"确需改的，{again}"
    return f"{CANCELLED}的事项什么都没有改", "确需继续办的，另立一项"


def _is_before_meeting(task: Task, snapshot: Snapshot) -> bool:
    """Whether a meeting has seen just this and its closing is still to come."""
    if task.status not in (APPLIED, REVIEWED):
        return False
    items = (decision.on(task.id) for decision in snapshot.meetings.get(task.id, ()))
    seen = {item.digest for item in items if item and item.digest}
    return bool(seen) and case_digest(task) in seen


def own_words(
    row: ImportedRow,
    task: Task,
    before: Task | None,
    config: Config,
    days: Collection[dt.date],
) -> Iterator[tuple[str, str, str]]:
    """What columns of the ledger's own say, where it is not what the ledger says.

    Args:
        days: today, and the day on which the table was exported where it says so.
        before: the task as it was; None for a new one, of which an empty cell says nothing.

    Yields:
        The column's name, what is to be told, and the command that does it properly.
    """
    spoken = {normal_name(name): (name, unguarded(text.strip())) for name, text in row.own}
    states = (task, before) if before else (task,)
    stands = [standing(each, day, config.lights) for each in states for day in days]
    expected: dict[str, tuple[set[str], str]] = {
        label("source"): ({task.source}, "事项不能换来源"),
        full_name("title"): (
            {each.title for each in states},
            f"改名称用 ledger edit {task.id} --title 名称",
        ),
        CURRENT_DUE: (
            {_day(day) for day in (*(each.due for each in stands), *map(next_due, states))},
            f"经批准延期的用 ledger extend {task.id} --to 日期 --reason 理由 --approved-by 谁",
        ),
        LIGHT: (
            {each.light for each in stands},
            "亮灯由程序按时限和进展算出",
        ),
    }
    for name, (known, hint) in expected.items():
        if name not in spoken:
            continue
        column, text = spoken[name]
        text = "" if text in NOTHING else text
        if name == CURRENT_DUE and text:  # however a day is written
            text = _day(due_of(text, max(days).year, None, config.calendar)[0].date) or text
        same = "".join(text.split()) in {"".join(each.split()) for each in known}
        if not same and (text or before):
            was = "、".join(sorted(filter(None, known)))
            yield column, f"表里是“{text}”，台账是“{was}”，没有照改", hint


def status_word(row: ImportedRow, task: Task) -> Bar | None:
    """What the status column of an exported table says, where it is not the ledger's own."""
    if row.id != task.id or row.status_text == task.status:
        return None
    return (
        f"表里是“{row.status_text}”，台账是“{task.status}”，没有照改",
        "状态由 ledger progress、apply、review、close、reopen 办理",
    )


def day_of_export(title: str) -> dt.date | None:
    """The day that the title of an exported table says, if there is one."""
    day = _EXPORTED.search(title)
    try:
        return dt.date(*map(int, day.groups())) if day else None
    except ValueError:
        return None


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
