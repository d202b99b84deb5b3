"""One task in full: what `show` prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger.model.decode import compact, encode
from ledger.model.fields import specs
from ledger.model.standing import late_by
from ledger.model.task import Task, label
from ledger.usecases.looking.rows import Row
from ledger.view.rows import remaining
from ledger.view.screen import Screen, folded
from ledger.view.text import clean, markdown, padded, width, wrapped

_LABEL = 10


def task_lines(row: Row, to: Screen) -> Iterator[str]:
    """A task in plain lines: a head line, then label and value."""
    yield from folded(f"{row.task.id}  {row.task.title}", to)
    for _, name, value in (*fields(row), ("path", label("path"), clean(row.entry.path))):
        lines = value.split("\n")
        if to.terminal:
            lines = [part for line in lines for part in wrapped(line, to.columns - _LABEL)]
        fits = width(name) < _LABEL  # a key of the file's own may be long
        yield from [] if fits else folded(name, to)
        for position, line in enumerate(lines):
            yield (padded(name if fits and not position else "", _LABEL) + line).rstrip()


def task_markdown(row: Row) -> Iterator[str]:
    """A task as Markdown."""
    yield f"## {markdown(row.task.id)} {markdown(row.task.title)}"
    yield ""
    for _, name, value in fields(row):
        first, *rest = value.split("\n")
        if rest:
            yield f"- **{markdown(name)}**："
            yield from (f"  - {markdown(line)}" for line in (first, *rest))
        else:
            yield f"- **{markdown(name)}**：{markdown(first)}"


def fields(row: Row) -> Iterator[tuple[str, str, str]]:
    """Key, label and text of everything that is filled in, in file order, unknown keys last."""
    plain = compact(encode(row.task))
    order = [spec.key for spec in specs(Task) if spec.key not in ("id", "title")]
    for key in (*order, *(key for key in plain if key not in {*order, "id", "title"})):
        if key not in plain:
            continue
        value = spelled(plain[key])
        if key == "due" and (left := stands(row)):
            following = f"下一节点 {row.standing.due.isoformat()}，" if row.standing.due else ""
            value += f"（{following}{left}，{row.standing.light}灯）"
        yield key, clean(label(key)), clean(value)


def stands(row: Row) -> str:
    """余期 of one task: how many days are left; how it was applied for, where it waits."""
    if row.standing.in_time:
        applied = row.standing.applied
        return f"{applied.isoformat()} 按时申请" if applied else "已申请"
    late = late_by(row.task)
    words = (remaining(row.standing.days_left), f"申请时已超期{late}天" if late else "")
    return "，".join(filter(None, words))


def spelled(value: Any) -> str:
    """A plain value in words: lists of texts by line, records as 名：值."""
    if isinstance(value, dict):
        if set(value) <= {"text", "start", "date", "dates"} and "text" in value:
            return _deadline(value)
        return "；".join(f"{label(key)} {spelled(each)}" for key, each in value.items())
    if isinstance(value, list):
        if all(isinstance(each, str) and len(each) <= 12 for each in value):
            return "、".join(value)
        return "\n".join(_entry(each) for each in value)
    return str(value)


def _deadline(due: dict[str, Any]) -> str:
    days = "、".join(due.get("dates", [])) or due.get("date", "")
    start = f"{due['start']} 至 " if "start" in due else ""
    return f"{due['text']}（{start}{days}）" if days else str(due["text"])


def _entry(value: Any) -> str:
    if isinstance(value, dict) and "date" in value and "text" in value:
        percent = f" {value['percent']}%" if "percent" in value else ""
        by = f" {value['by']}" if "by" in value else ""
        return f"{value['date']}{by}{percent}：{value['text']}"
    return spelled(value)
