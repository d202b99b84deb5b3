"""History for the terminal, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ledger.model.change import ADDED, REMOVED, TaskChange
from ledger.model.decision import Decision
from ledger.model.decode import compact
from ledger.model.task import label
from ledger.usecases.looking.history import Event, LastSet
from ledger.view.changes import change_lines, words
from ledger.view.table import Column, Table
from ledger.view.text import markdown, one_line

_WHAT = {ADDED: "新增", REMOVED: "删除"}
_BLAME = (
    Column("字段"),
    Column("现值", flexible=True, share=3, least=20),
    Column("谁", flexible=True, least=12),
    Column("日期"),
    Column("提交", spare=2),
    Column("缘由", flexible=True, least=20, spare=1),
)


def text_lines(events: Iterable[Event], one_task: bool = True) -> Iterator[str]:
    """A line a commit, below it a line a field.

    Args:
        one_task: whether all events are of one task, which then needs no naming.
    """
    for event in events:
        who = f"{event.date[:10]} {event.author} {event.commit[:10]} {event.subject}"
        yield one_line(who)
        yield from (f"  {line}" for line in _lines(event, one_task))


def markdown_lines(events: Iterable[Event], one_task: bool = True) -> Iterator[str]:
    """A list item a commit, below it one a field; as for `text_lines`."""
    for event in events:
        who = f"{event.date[:10]} {event.author} {event.subject}"
        yield f"- {markdown(one_line(who))}（`{event.commit[:10]}`）"
        yield from (f"  - {markdown(line.strip())}" for line in _lines(event, one_task))


def as_json(events: Iterable[Event]) -> list[dict[str, Any]]:
    """The contract's keys of `log`; each change also has its task's id."""
    return [
        _made(event)
        | {
            "subject": event.subject,
            "merge": event.merge or None,
            "request": event.request or None,
            "meetings": [meeting.id for meeting in event.meetings],
            "changes": [
                {"id": task.id, "field": change.field, "old": change.old, "new": change.new}
                for task in event.tasks
                for change in task.fields
            ],
        }
        for event in events
    ]


def blame_table(fields: Sequence[LastSet]) -> Table:
    """Who last set each field."""
    rows = [
        (
            label(last.field), one_line(words(compact(last.value))),
            last.event.author, last.event.date[:10], last.event.commit[:10], last.event.subject,
        )
        for last in fields
    ]  # fmt: skip
    return Table(_BLAME, rows)


def blame_json(fields: Iterable[LastSet]) -> list[dict[str, Any]]:
    """One object a field."""
    return [{"field": last.field, "value": last.value} | _made(last.event) for last in fields]


def _made(event: Event) -> dict[str, str]:
    """Which commit it was, when and by whom it was made."""
    return {key: getattr(event, key) for key in ("commit", "date", "author", "email")}


def _lines(event: Event, one_task: bool) -> Iterator[str]:
    for task in event.tasks:
        if not one_task:
            yield f"{_WHAT.get(task.what, '')}{task.id}：{_brief(task)}"
        else:
            yield from change_lines(task.fields)
    yield from (f"{name}：文件读不了，看不出改了什么" for name in event.unreadable)
    yield from (one_line(_meeting(each)) for each in event.meetings)
    if event.merge:
        yield one_line(f"经合并进入主分支：{event.merge[:10]} {event.request}")


def _brief(task: TaskChange) -> str:
    """One line for a task: of a new one only its title."""
    if task.what == ADDED:
        return next((one_line(str(each.new)) for each in task.fields if each.field == "title"), "")
    return "；".join(change_lines(task.fields))


def _meeting(meeting: Decision) -> str:
    day = meeting.date.isoformat() if meeting.date else ""
    details = " ".join(filter(None, (meeting.body, day, meeting.session, meeting.minutes)))
    return f"会议：{meeting.id}（{details}）"
