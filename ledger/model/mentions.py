"""What a file of the ledger says of other files, in words by which it can be found from there.

A rule on a change looks at what the change touches, and at what leans on that: the tasks of a
source, the meetings on a task, whoever names a meeting, a task or a piece of evidence, whoever was
closed on the same day. Where a file lies tells most of it; the rest stands in such words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from ledger.model.decision import Decision
from ledger.model.problem import Problem
from ledger.model.task import CLOSED, Task


def mentions(path: str, record: Any, problems: Iterable[Problem]) -> frozenset[str]:
    """The words of one file.

    Args:
        record: a task, a source or a meeting; None where the file cannot be read.
        problems: what is wrong with it by itself; an id that it claims is told there.
    """
    stem = path.rpartition("/")[2].rpartition(".")[0]
    ids = {each.id for each in problems} | ({record.id} if record is not None else set())
    words = {claimed(each) for each in ids if each and each != stem}
    if isinstance(record, Task):
        words.update(_of_task(record))
        if record.source != path.split("/")[2]:
            words.add(record.source)
    elif isinstance(record, Decision):
        words.update(_of_meeting(record))
    return frozenset(filter(None, words))


def claimed(record_id: str) -> str:
    """The word of a file whose id is not what the file is called."""
    return f"={record_id}"


def closed_on(day: dt.date) -> str:
    """The word of a task that was closed on a day."""
    return f"#{day.isoformat()}"


def day_closed(task: Task) -> dt.date | None:
    """The day on which a task was closed, if it is."""
    return task.closing.date if task.status == CLOSED and task.closing else None


def _of_task(task: Task) -> Iterator[str]:
    yield task.meeting
    yield from (each.id for each in task.links)
    yield from (each.path for each in task.evidence)
    if day := day_closed(task):
        yield closed_on(day)


def _of_meeting(meeting: Decision) -> Iterator[str]:
    yield meeting.corrects
    for item in meeting.items:
        yield item.task
        yield item.into
