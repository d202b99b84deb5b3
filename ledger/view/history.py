"""A task's history for the terminal, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ledger.usecases.history import Event
from ledger.view.changes import change_lines
from ledger.view.text import markdown, one_line

_UNREADABLE = "（文件读不了，看不出改了什么）"


def text_lines(events: Iterable[Event]) -> Iterator[str]:
    """A line a commit, below it a line a field."""
    for event in events:
        who = f"{event.date[:10]} {event.author} {event.commit[:10]} {event.subject}"
        yield one_line(who)
        yield from (f"  {line}" for line in _lines(event))


def markdown_lines(events: Iterable[Event]) -> Iterator[str]:
    """A list item a commit, below it one a field."""
    for event in events:
        who = f"{event.date[:10]} {event.author} {event.subject}"
        yield f"- {markdown(one_line(who))}（`{event.commit[:10]}`）"
        yield from (f"  - {markdown(line)}" for line in _lines(event))


def as_json(events: Iterable[Event]) -> list[dict[str, Any]]:
    """The contract's keys of `log`."""
    return [
        {
            "commit": event.commit,
            "date": event.date,
            "author": event.author,
            "email": event.email,
            "changes": [
                {"field": each.field, "old": each.old, "new": each.new} for each in event.changes
            ],
        }
        for event in events
    ]


def _lines(event: Event) -> Iterable[str]:
    return [_UNREADABLE] if event.unreadable else change_lines(event.changes)
