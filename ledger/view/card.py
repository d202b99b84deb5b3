"""One task as a card: what `show` prints on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger.model.decode import compact, encode
from ledger.model.task import Indicator, label
from ledger.usecases.looking.rows import Row
from ledger.view.screen import BOLD, GAP, Screen, folded, printed, style_of, styled
from ledger.view.task import fields, spelled, stands, task_lines
from ledger.view.text import one_line, padded, width, wrapped

_PART_OF = {
    "lead": "责任", "assist": "责任", "leader": "责任", "owner": "责任",
    "nature": "时限", "due": "时限", "evidence": "佐证",
}  # fmt: skip
_CONTENT, _WAY = "内容", "过程"
_PARTS = ("责任", "时限", _CONTENT, "佐证", _WAY)
# What the head says, and what is told step by step.
_ELSEWHERE = ("status", "progress", "extensions", "closing", "past_closings", "lookback")
_BAR = 10  # characters of an indicator's bar
_PART, _LABEL, _CALLED = 4, 10, 9
_NARROW = 60
Step = tuple[str, str, str]  # day, what was done, its words
Entry = tuple[str, str, list[str]]  # part, label, lines


def card(row: Row, to: Screen) -> Iterator[str]:
    """A task's lines for a screen; in a pipe, or where its log is very long, plain ones."""
    steps = sorted(_steps(compact(encode(row.task))), key=lambda step: (not step[0], step[0]))
    if not to.holds(len(steps)):
        yield from task_lines(row, to)
        return
    rule = "─" * to.columns
    yield rule
    yield from (styled(line, BOLD, to) for line in folded(f"{row.task.id}  {row.task.title}", to))
    yield from _standing(row, to)
    yield rule
    yield from _body(row, steps, to)


def _standing(row: Row, to: Screen) -> Iterator[str]:
    """The light, the days that are left, the status and how far it is."""
    percents = [each.percent for each in row.task.progress if each.percent is not None]
    words = (
        one_line(row.standing.light),
        stands(row),
        row.task.status,
        f"进度 {percents[-1]}%" if percents else "",
    )
    line = "  ".join(filter(None, words))
    if width(line) > to.columns:  # a light may be called anything
        yield from folded(line, to)
    else:
        yield "  ".join(styled(word, style_of(word), to) for word in words if word)


def _body(row: Row, steps: list[Step], to: Screen) -> Iterator[str]:
    """Part by part, label and text; the steps last."""
    from rich.table import Table
    from rich.text import Text

    room = to.columns - _PART - _LABEL - 2 * GAP
    grid = Table.grid(padding=(0, GAP, 0, 0))
    for size in (_PART, _LABEL, room):
        grid.add_column(width=size, no_wrap=True)
    entries = [*_fields(row, room), *_way(steps, room, to.columns >= _NARROW)]
    before = ""
    for part, name, lines in sorted(entries, key=lambda entry: _PARTS.index(entry[0])):
        heading = Text(part, BOLD) if part != before else Text()
        grid.add_row(heading, Text("\n".join(wrapped(name, _LABEL))), Text("\n".join(lines)))
        before = part
    yield from printed(grid, to)


def _fields(row: Row, room: int) -> Iterator[Entry]:
    for key, name, text in fields(row):
        lines = text.split("\n")
        mark = "· " if len(lines) > 1 else ""
        if key == "indicators":
            yield (
                _CONTENT,
                name,
                [line for each in row.task.indicators for line in _told(each, room)],
            )
        elif key not in _ELSEWHERE:
            hung = [part for line in lines for part in _hung(mark, line, room)]
            yield _PART_OF.get(key, _CONTENT), name, hung
    yield _CONTENT, label("path"), wrapped(one_line(row.entry.path), room)


def _told(indicator: Indicator, room: int) -> list[str]:
    """How far an indicator is: a bar where it has a target, and the numbers."""
    done, target = indicator.actual or 0, indicator.target
    numbers = f"{done:g}" if target is None else f"{done:g}/{target:g}"
    text = f"{indicator.name} {numbers}{indicator.unit}"
    if not target or target < 0:
        return wrapped(one_line(text), room)
    full = max(0, min(_BAR, int(_BAR * done / target)))
    return wrapped(one_line(f"{'█' * full}{'░' * (_BAR - full)} {text}"), room)


def _way(steps: list[Step], room: int, is_wide: bool) -> Iterator[Entry]:
    for day, called, text in steps:
        mark = f"{padded(called, _CALLED)}  " if is_wide else ""
        yield _WAY, day, _hung(mark, text if is_wide else f"{called}  {text}", room)


def _hung(mark: str, text: str, columns: int) -> list[str]:
    """A text behind a mark, its further lines below its beginning."""
    first, *others = wrapped(text, columns - width(mark))
    return [mark + first, *(" " * width(mark) + line for line in others)]


def _steps(plain: dict[str, Any]) -> Iterator[Step]:
    """Day, what was done, its words: of everything in the log and on the way to closing."""
    for entry in plain.get("progress", []):
        percent = f" {entry['percent']}%" if "percent" in entry else ""
        yield _step(f"{entry.get('event', '进展')}{percent}", entry, "text")
    for entry in plain.get("extensions", []):
        yield _step("延期", entry)
    for closing in (*plain.get("past_closings", []), plain.get("closing", {})):
        rest = dict(closing)
        if "applied" in rest:
            yield _step("申请销号", rest.pop("applied"), "summary")
        if "reviewed" in rest:
            yield _step("审核", rest.pop("reviewed"), "opinion")
        if rest:
            yield _step("销号" if "date" in rest else "会议", rest)
    for entry in plain.get("lookback", []):
        yield _step("回头看", entry, "result")


def _step(called: str, entry: dict[str, Any], own: str = "") -> Step:
    """A step of an entry whose own words have the key `own`; any other key is named."""
    told = ("date", "by", "percent", "event", own)
    rest = {key: value for key, value in entry.items() if key not in told}
    words = "；".join(filter(None, (entry.get(own, ""), spelled(rest) if rest else "")))
    by = f"{entry['by']}：" if "by" in entry else ""
    return str(entry.get("date", "")), called, one_line(f"{by}{words}")
