"""Columns that only together say something: periods of a year, statuses to be ticked.

时间进度安排 over 一季度…四季度 is one column: its checkpoints are the quarters in which something
is written. 完成情况 over 已完成、正在推进、未启动 is one as well: it says the name that is ticked.
Such names may stand under a merged name, under one that is not merged, or under none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ledger.adapters.tables.grid import Cell, Grid, GridRow
from ledger.adapters.tables.reading.assigning import AssignedColumn
from ledger.adapters.tables.reading.duty_words import TICKS
from ledger.adapters.tables.reading.fieldnames import EXTRA, field_of, normal_name
from ledger.model.numerals import PART

_PERIOD = re.compile(
    rf"(\d{{4}}年)?(第?(?:{PART}|[1-4])季度|[上下]半年|年[底内]|"
    rf"(\d{{1,2}}([-—~至]\d{{1,2}})?|{PART})月份?)[底末]?前?(完成)?"
)
_TASKS = "(?:工作)?(?:目标|任务|计划|安排|节点|重点|工作|要求)"
_TOLD = "(?:工作)?(?:进展|完成|推进|落实|办理)(?:情况)?"
_NAMED_PERIOD = re.compile(rf"(?P<period>{_PERIOD.pattern})(?:{_TASKS}|(?P<told>{_TOLD}))?")
_STATUS_WORDS = (
    "已完成 完成 全部完成 基本完成 部分完成 阶段性完成 未完成 尚未完成 正在推进 推进中 持续推进 "
    "进行中 正在进行 正在整改 整改中 未启动 未开始 未开展 尚未启动 尚未开展 未整改 已整改 整改完成 "
    "整改到位 已办结 未办结 办结 正在办理 办理中 已销号 未销号 长期坚持 是 否"
)
_STATUS = frozenset(_STATUS_WORDS.split())
_PLAN_OR_DONE = frozenset({"计划", "实际"})
_YEAR = re.compile(r"\d{4}年")
PERIODS, STATUSES, TOLD = "periods", "statuses", "+told"


def joined(
    grid: Grid, first: int, last: int, groups: Sequence[AssignedColumn]
) -> list[AssignedColumn]:
    """The columns of a header from row `first` to row `last`, those that belong together as one."""
    rows = grid.rows[first : last + 1]
    names = [_names(rows, column) for column in range(len(rows[0].cells))]
    below = grid.rows[last + 1 :]
    made: list[AssignedColumn] = []
    single = [(index, group) for group in groups for index in group.indexes]
    for kind, run in groupby(single, key=lambda each: _kind(names[each[0]], each[0], below)):
        members = list(run)
        if not kind:
            made += _as_they_were([group for _, group in members], names)
        else:
            made += _as_one(kind, [index for index, _ in members], names)
    return made


def _as_one(
    kind: str, indexes: Sequence[int], names: Sequence[Sequence[str]]
) -> Iterator[AssignedColumn]:
    """Neighbouring columns of one kind; where a name comes twice, one for each name over them."""
    if len({_dated(names[index]) for index in indexes}) < len(indexes):
        runs = [list(run) for _, run in groupby(indexes, key=lambda index: names[index][:-1])]
        if len(runs) > 1:
            for run in runs:
                yield from _as_one(kind, run, names)
            return
    tops = dict.fromkeys(names[index][0] for index in indexes if len(names[index]) > 1)
    header = "、".join(tops) or f"{names[indexes[0]][-1]}—{names[indexes[-1]][-1]}"
    if len(indexes) == 1 and not tops:
        yield AssignedColumn((indexes[0],), names[indexes[0]][-1], EXTRA)
        return
    parts = tuple(_dated(names[index]) for index in indexes)
    shape = kind.removesuffix(TOLD)
    yield AssignedColumn(tuple(indexes), header, EXTRA, parts=parts, shape=shape)


def lower_row(grid: Grid, last: int, cells: Sequence[Cell]) -> bool:
    """Whether the row under a header belongs to it though nothing is merged.

    Its texts are periods or statuses, under a name and the empty cells to the right of that.
    """
    if last + 1 >= len(grid.rows):
        return False
    row = grid.rows[last + 1]
    own = [index for index, cell in enumerate(row.cells) if cell.own]
    return len(own) > 1 and all(
        _is_part(normal_name(row.cells[index].text))
        and (not cells[index].text or (index + 1 < len(cells) and not cells[index + 1].text))
        for index in own
    )


def parts_said(column: AssignedColumn, cells: Iterable[Cell]) -> Iterator[tuple[str, str]]:
    """(name, text) of the cells of a joined column in which something is written."""
    for name, cell in zip(column.parts, cells, strict=True):
        if cell.text and not cell.left:
            yield name, cell.text


def schedule_text(column: AssignedColumn, cells: Iterable[Cell]) -> str:
    """What the parts of a column say, each with its name: 一季度：形成提纲; of ticks the names."""
    filled = list(parts_said(column, cells))
    if all(text in TICKS for _, text in filled):
        return "、".join(name for name, _ in filled)
    return "\n".join(f"{name}：{text}" for name, text in filled)


def _names(rows: Sequence[GridRow], column: int) -> tuple[str, ...]:
    """The names over a column, from the highest to the lowest."""
    texts = (_shown(row, column, row is rows[0] and len(rows) > 1) for row in rows)
    return tuple(dict.fromkeys(" ".join(text.split()) for text in texts if text)) or ("",)


def _shown(row: GridRow, column: int, top: bool) -> str:
    """The name over a column in a row; in the upper row it reaches over empty cells."""
    text = row.cells[column].text
    while top and not text and column > 0:
        column -= 1
        text = row.cells[column].text
    return text


def _as_they_were(
    groups: Sequence[AssignedColumn], names: Sequence[Sequence[str]]
) -> Iterator[AssignedColumn]:
    """Columns without more to them, under a merged name with what stands below it."""
    for group in dict.fromkeys(groups):
        lowest = tuple(names[index][-1] for index in group.indexes)
        under = _under(group.header, lowest)
        if len(lowest) == 1 or len(set(lowest)) < len(lowest):
            yield group
        elif any(map(field_of, under)):
            for index, name in zip(group.indexes, under, strict=True):
                yield AssignedColumn((index,), name, EXTRA)
        else:
            yield AssignedColumn(group.indexes, group.header, EXTRA, parts=lowest)


def _under(upper: str, names: Sequence[str]) -> list[str]:
    """The names under a merged one; what stands for it, or means less under it, says so.

    The only unknown one is what the upper name says, where no other one is: 具体表现 under
    反馈问题. A day under 完成情况 is none by which anything is to be done, 实际 is not 计划.
    """
    field, fields = field_of(upper), [field_of(name) for name in names]
    if field == "progress":
        return [
            f"{upper}的{name}" if each == "due" else name
            for name, each in zip(names, fields, strict=True)
        ]
    if field == "due":
        names = [f"{name}{upper}" if name in _PLAN_OR_DONE else name for name in names]
        fields = [field_of(name) for name in names]
    if field is None or field in fields or fields.count(None) != 1:
        return list(names)
    return [
        f"{upper}（{name}）" if each is None else name
        for name, each in zip(names, fields, strict=True)
    ]


def _kind(names: Sequence[str], index: int, below: Sequence[GridRow]) -> str:
    name = normal_name(names[-1])
    if match := _NAMED_PERIOD.fullmatch(name):
        return f"{PERIODS}{TOLD}" if match["told"] else PERIODS
    texts = {row.cells[index].text for row in below if row.cells[index].own}
    return STATUSES if name in _STATUS and texts <= TICKS else ""


def _is_part(name: str) -> bool:
    return bool(_PERIOD.fullmatch(name)) or name in _STATUS


def _dated(names: Sequence[str]) -> str:
    """A period with the year that stands over it."""
    name = normal_name(names[-1])
    if match := _NAMED_PERIOD.fullmatch(name):
        name = match["period"]
    year = next((match[0] for upper in names[:-1] if (match := _YEAR.match(upper))), "")
    return name if _YEAR.match(name) else f"{year}{name}"
