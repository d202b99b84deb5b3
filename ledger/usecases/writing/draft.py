"""From words to a task's fields: what `add` and `import` share."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from ledger.model.config import CalendarConfig
from ledger.model.deadline import Deadline, read_deadline
from ledger.model.numerals import PART
from ledger.model.task import Due

TITLE_LENGTH = 40
_ENOUGH = 8  # characters without which a first clause tells too little
_HEADING = re.compile(r"\A【(.+?)】(?=[^】])")
_NUMBERING = re.compile(
    rf"\A(?:[（(](?:{PART}|\d+)[)）]|{PART}[是、]|\d{{1,2}}\s*[、．.](?!\d))\s*"
)
_CLAUSE_END = re.compile(r"[。；;：:，,！？\n]")


def due_of(
    text: str, year: int, since: dt.date | None, calendar: CalendarConfig
) -> tuple[Due, Deadline]:
    """A time limit as a task keeps it, and how it was read.

    Args:
        text: as the document has it.
        year: the year that months without one belong to.
        since: the day that periods such as 30个工作日内 begin with.
    """
    read = read_deadline(text, year, since=since, calendar=calendar.work)
    return Due(text=text, start=read.start, date=read.date, dates=read.dates), read


def nature_of(read: Deadline) -> str:
    """时限性质 that a time limit suggests; empty for one that is still open."""
    if read.kind == "dated":
        return "分阶段" if read.dates else "限期"
    return {"recurring": "分阶段", "ongoing": "长期坚持", "immediate": "立行立改"}.get(
        read.kind, ""
    )


def short_title(measure: str) -> str:
    """A measure's first clause, at most 40 characters, its sub-heading 【…】 before it.

    A clause too short to tell anything (机关党委牵头) is joined by the next one. Titles are for
    finding a task again; the measures say it in full.
    """
    heading = _HEADING.match(measure.strip())
    rest = measure.strip()[heading.end() :] if heading else measure.strip()
    clause = _clause(_NUMBERING.sub("", rest).strip())
    title = f"{heading[1]}：{clause}" if heading and clause else clause or measure.strip()
    title = re.sub(r"\s+", " ", title)
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1] + "…"


def _clause(text: str) -> str:
    """The text up to the first sign after which it says enough."""
    for sign in _CLAUSE_END.finditer(text):
        if sign.start() >= _ENOUGH or sign.end() == len(text.rstrip()):
            return text[: sign.start()].strip()
    return text


def next_number(prefix: str, ids: Iterable[str]) -> int:
    """The number after the highest one in use with a prefix."""
    pattern = re.compile(re.escape(prefix) + r"-(\d+)")
    numbers = [int(match[1]) for each in ids if (match := pattern.fullmatch(each))]
    return max(numbers, default=0) + 1


def task_id(prefix: str, number: int) -> str:
    """An id such as GZ2017-031: at least three digits, more where a source has more tasks."""
    return f"{prefix}-{number:03d}"
