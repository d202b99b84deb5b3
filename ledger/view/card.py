"""One task as a card: what `show` prints on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ledger.model.decode import compact, encode
from ledger.model.task import Indicator, label
from ledger.usecases.looking.rows import Row
from ledger.view.screen import BOLD, GAP, Screen, folded, printed, style_of, styled
from ledger.view.steps import StepTold, steps_of
from ledger.view.task import fields, spelled, stands, task_lines
from ledger.view.text import clean, one_line, padded, width, wrapped

if TYPE_CHECKING:
    from ledger.usecases.looking.background import Background

_PART_OF = {
    "lead": "责任", "assist": "责任", "leader": "责任", "owner": "责任",
    "nature": "时限", "due": "时限", "evidence": "佐证",
}  # fmt: skip
_CONTENT, _WAY = "内容", "过程"
_PARTS = ("责任", "时限", _CONTENT, "佐证", _WAY)
# What the head says, and what is told step by step.
_ELSEWHERE = ("status", "progress", "extensions", "closing", "past_closings", "lookback")
_DIGEST = 8  # characters
_BAR = 10  # characters of an indicator's bar
_PART, _LABEL, _CALLED = 4, 10, 9
_NARROW = 60
Entry = tuple[str, str, list[str]]  # part, label, lines


def card(row: Row, to: Screen, its: Background | None = None) -> Iterator[str]:
    """A task's lines for a screen; in a pipe, or where its log is very long, plain ones.

    Args:
        its: what its file does not say of its course.
    """
    steps = steps_of(row.task, its)
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


def _body(row: Row, steps: Sequence[StepTold], to: Screen) -> Iterator[str]:
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
        lines = _lines(row, key, text)
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


def _lines(row: Row, key: str, text: str) -> list[str]:
    """A field's lines; of the time limit what the head does not say already."""
    if key == "evidence":
        return _evidence(row)
    if key == "due":
        due, of_several = row.standing.due, len(row.task.due.dates) > 1
        following = f"；下一节点 {due.isoformat()}" if due and of_several else ""
        return [clean(spelled(compact(encode(row.task))["due"])) + following]
    return text.split("\n")


def _evidence(row: Row) -> list[str]:
    """A line a piece of evidence; of its hash as much as one compares by eye."""
    lines = []
    for each in row.task.evidence:
        day = each.date.isoformat() if each.date else ""
        archive = f"档案号 {each.archive}" if each.archive else ""
        digest = f"校验值 {each.sha256[:_DIGEST]}…" if each.sha256 else ""
        rest = spelled(compact(dict(each.extra))) if each.extra else ""
        inside = "，".join(filter(None, (day, archive, digest, rest)))
        lines.append(one_line(f"{each.name}（{inside}）" if inside else each.name))
    return lines


def _told(indicator: Indicator, room: int) -> list[str]:
    """How far an indicator is: a bar where it has a target, and the numbers."""
    done, target = indicator.actual or 0, indicator.target
    numbers = f"{done:g}" if target is None else f"{done:g}/{target:g}"
    text = f"{indicator.name} {numbers}{indicator.unit}"
    if not target or target < 0:
        return wrapped(one_line(text), room)
    full = max(0, min(_BAR, int(_BAR * done / target)))
    return wrapped(one_line(f"{'█' * full}{'░' * (_BAR - full)} {text}"), room)


def _way(steps: Sequence[StepTold], room: int, is_wide: bool) -> Iterator[Entry]:
    for step in steps:
        text = one_line(step.told)
        mark = f"{padded(step.named, _CALLED)}  " if is_wide else ""
        yield _WAY, step.day, _hung(mark, text if is_wide else f"{step.named}  {text}", room)


def _hung(mark: str, text: str, columns: int) -> list[str]:
    """A text behind a mark, its further lines below its beginning."""
    first, *others = wrapped(text, columns - width(mark))
    return [mark + first, *(" " * width(mark) + line for line in others)]
