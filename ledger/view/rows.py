"""Rows of tasks as tables and as stable JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ledger.model.task import APPLIED, REVIEWED, heading, label
from ledger.view.screen import BOLD, Screen, folded, styled
from ledger.view.table import LAST, Column, RowsOf, Table, draw
from ledger.view.text import one_line, width

if TYPE_CHECKING:
    from ledger.model.standing import Brief
    from ledger.usecases.looking.rows import Row
    from ledger.usecases.looking.status import Count, Status, Today

_LIST = (
    Column("灯"),
    Column(heading("id")),
    Column(heading("title"), flexible=True, share=4),
    Column(heading("lead"), flexible=True, share=2),
    Column(heading("due"), flexible=True, least=10),  # a date, or the words of one still open
    Column("余期", right=True),
    Column(heading("status")),
)
_WAITS = {APPLIED: "待审", REVIEWED: "待上会"}
# Which counts a narrow terminal may leave out, the greatest first.
_SPARE = {
    "cancelled": 8, "ongoing": 7, "applied": 6, "waiting": 5, "not_started": 4, "reviewed": 3,
    "in_progress": 2, "due_soon": LAST,
}  # fmt: skip
_FIELDS = (
    "id", "kind", "source", "section", "title", "lead", "assist", "leader", "status", "nature",
)  # fmt: skip


def as_json(task: Brief) -> dict[str, Any]:
    """One task with the contract's keys."""
    return {
        "id": task.id,
        "title": task.title,
        "kind": task.kind,
        "source": task.source,
        "section": task.section,
        "lead": list(task.lead),
        "assist": list(task.assist),
        "leader": task.leader,
        "status": task.status,
        "nature": task.nature,
        "due": _iso(task.due),
        "due_text": task.due_text,
        "days_left": task.days_left,
        "light": task.light,
        "path": task.path,
    }


def full_json(row: Row) -> dict[str, Any]:
    """The same with every field of the file, unknown ones too."""
    from ledger.model.decode import encode

    brief, everything = as_json(row.brief), encode(row.task)
    original = {"deadline": everything.pop("due")}  # `due` is the next open date in every row
    return brief | original | {key: each for key, each in everything.items() if key not in brief}


def json_rows(tasks: Iterable[Brief]) -> Iterator[str]:
    """The tasks as `json.dumps` would write a list of `as_json`, as they come."""
    from json.encoder import encode_basestring as text

    def names(listed: tuple[str, ...]) -> str:
        return "[\n      " + ",\n      ".join(map(text, listed)) + "\n    ]" if listed else "[]"

    comma = ""
    for task in tasks:
        days = "null" if task.days_left is None else task.days_left
        day = "null" if task.due is None else f'"{task.due.isoformat()}"'
        yield (
            f'{comma}  {{\n    "id": {text(task.id)},\n    "title": {text(task.title)},\n'
            f'    "kind": {text(task.kind)},\n    "source": {text(task.source)},\n'
            f'    "section": {text(task.section)},\n    "lead": {names(task.lead)},\n'
            f'    "assist": {names(task.assist)},\n    "leader": {text(task.leader)},\n'
            f'    "status": {text(task.status)},\n    "nature": {text(task.nature)},\n'
            f'    "due": {day},\n    "due_text": {text(task.due_text)},\n'
            f'    "days_left": {days},\n    "light": {text(task.light)},\n'
            f'    "path": {text(task.path)}\n  }}'
        )
        comma = ",\n"


def list_table(tasks: Collection[Brief], caption: str = "", notes: tuple[str, ...] = ()) -> Table:
    """The table of `list` and `due`."""
    return Table(_LIST, RowsOf(_cells, tasks, partial(_widest, tasks)), caption, notes)


def full_table(tasks: Collection[Brief]) -> Table:
    """Every column of a task, for CSV."""
    titles = {key: heading(key) for key in _FIELDS} | {
        "due_text": "时限原文",
        "due": "截止日期",
        "days_left": "余期（天）",
        "light": "亮灯",
        "path": label("path"),
    }

    def cells(task: Brief) -> tuple[str, ...]:
        values = as_json(task)
        return tuple(_cell(values[key]) for key in titles)

    return Table(tuple(Column(title) for title in titles.values()), RowsOf(cells, tasks))


def left(task: Brief) -> str:
    """余期 of a row: how many days are left, or for what a task waits since when."""
    if not task.in_time:
        return remaining(task.days_left)
    word, day = _WAITS[task.status], task.applied
    return f"{word} {day.month:02}-{day.day:02}" if day else word


def remaining(days_left: int | None) -> str:
    """余期 in words: 超期 3 天, 今天, 还有 3 天."""
    if days_left is None:
        return ""
    if days_left < 0:
        return f"超期{-days_left}天"
    return f"{days_left}天" if days_left else "今天"


def count_json(count: Count) -> dict[str, Any]:
    """One group's numbers with the contract's keys."""
    from ledger.model.decode import encode

    return {**encode(count), "rate": count.rate}


def status_json(statuses: tuple[Status, Status | None]) -> dict[str, Any]:
    """What `status --json` prints: now, and what it was at another moment, where that is asked."""
    now, then = statuses
    since = {"since": _numbers(then) | {"date": then.today.isoformat()}} if then else {}
    return _numbers(now) | since


def _numbers(status: Status) -> dict[str, Any]:
    return {
        "total": status.total.total,
        "closed": status.total.closed,
        "rate": status.total.rate,
        "rows": [count_json(each) for each in status.groups],
    }


def status_table(statuses: tuple[Status, Status | None]) -> Table:
    """The table of `status`, the whole ledger last, beside what it was at another moment.

    Columns that are zero all over are left out.
    """
    from ledger.usecases.looking.status import COUNTED

    now, then = statuses
    called = label(now.by)
    old, new = ({each.key: each for each in s.groups} for s in (then or now, now))
    pairs = [(key, (old.get(key), new.get(key))) for key in dict.fromkeys((*new, *old))]
    pairs.append(("全部事项", ((then or now).total, now.total)))
    shown = [
        (field, title)
        for field, title in COUNTED.items()
        if field in {"total", "closed", "rate", "overdue"}
        or any(getattr(each, field) for _, pair in pairs for each in pair if each)
    ]
    numbers = (Column(title, right=True, spare=_SPARE.get(field, 0)) for field, title in shown)
    columns = (Column(called, flexible=True, least=12), *numbers)
    body = [(key, *(_moved(pair, field) for field, _ in shown)) for key, pair in pairs]
    if then:
        days = f"箭头左边是 {then.today.isoformat()}，右边是 {now.today.isoformat()}"
        return Table(columns, body, notes=(f"{days}，不变的只写一个数",), total=True)
    twice = f"按{called}分组时，几个部门共同牵头的事项在各部门各计一次"
    notes = (twice,) if now.by == "lead" else ()
    shares = [each.rate for each in (*new.values(), now.total)]
    return Table(columns, body, notes=notes, total=True, shares=shares)


def _moved(pair: tuple[Count | None, Count | None], field: str) -> str:
    before, after = (_number(each, field) if each else "0" for each in pair)
    return before if before == after else f"{before} → {after}"


def picture(numbers: Today, day: dt.date, to: Screen, mine: str = "") -> Iterator[str]:
    """Today's picture: the numbers, then what is late, due this week or waiting for a meeting.

    Args:
        mine: what waits for who is typing, in one line; empty for nothing.
    """
    count = numbers.count
    title = f"{numbers.organisation} 台账 · {day.isoformat()}".strip()
    yield from (styled(line, BOLD, to) for line in folded(title, to))
    yield from folded(mine, to) if mine else ()
    yield from folded(
        f"共 {count.total} 项，已销号 {count.closed} 项（{count.rate}%），"
        f"逾期 {count.overdue} 项，本周到期 {numbers.this_week.count} 项，"
        f"待上会 {numbers.waiting.count} 项"
        + (f"，按时申请等审核、上会 {count.waiting} 项" if count.waiting else ""),
        to,
    )
    for called, part in (
        ("逾期", numbers.overdue),
        ("本周到期", numbers.this_week),
        ("待上会", numbers.waiting),
    ):
        if part.count:
            rest = part.count - len(part.tasks)
            more = (f"……还有 {rest} 项（ledger due、ledger list）",) if rest > 0 else ()
            yield ""
            yield from draw(list_table(part.tasks, f"{called}（{part.count} 项）", more), to)


def _number(count: Count, key: str) -> str:
    value = getattr(count, key)
    return f"{value}%" if key == "rate" else str(value)


def _widest(tasks: Collection[Brief]) -> Sequence[int] | None:
    """How wide the cells of each column of a long list are, as the index knows it."""
    from ledger.usecases.looking.asking import Briefs

    if not isinstance(tasks, Briefs) or (widest := tasks.widest()) is None:
        return None
    lights = {width(one_line(light)) for light in tasks.lights}
    if len(lights) > 1:
        lights = {width(one_line(light)) for light in tasks.lit()}
    days = [width(remaining(days)) for days in (widest.least, widest.most)]
    waiting = zip(_WAITS.values(), (widest.applied, widest.reviewed), strict=True)
    days += [width(f"{word} 01-01") for word, is_there in waiting if is_there]
    sizes = [
        max(lights), widest.id, widest.title, widest.lead, widest.due, max(days),
        2 * widest.status,  # a status consists of Chinese characters
    ]  # fmt: skip
    for task in tasks.odd() if widest.odd else ():
        sizes = list(map(max, sizes, map(width, map(one_line, _cells(task)))))
    return sizes


def _cells(task: Brief) -> tuple[str, ...]:
    return (
        task.light,
        task.id,
        task.title,
        "、".join(task.lead),
        _iso(task.due) or task.due_text,
        left(task),
        task.status,
    )


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(value)
    return "" if value is None else str(value)


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
