"""量化指标 by command: what is to be reached, and how much of it is."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.adapters.yaml.edit import Edit
from ledger.errors import UsageError
from ledger.model.decode import plain
from ledger.model.figures import Figure, read_figure
from ledger.model.task import Indicator, Task

_HOW = "请写成 名称=数值单位，如 服务中心=20家"


def indicators_of(texts: Sequence[str]) -> tuple[Indicator, ...]:
    """New indicators, each with its target.

    Raises:
        UsageError: a text has no name or no number, or one names another's indicator.
    """
    figures = [_figure(text) for text in texts]
    names = [figure.called for figure in figures]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise UsageError(f"指标“{twice}”写了两次", hint="每个指标只写一次")
    return tuple(Indicator(name=each.called, target=each.value, unit=each.unit) for each in figures)


def target_edits(task: Task, texts: Sequence[str]) -> list[Edit]:
    """Targets of a task's indicators set anew, or further indicators; what is done stays.

    Raises:
        UsageError: as `indicators_of`.
    """
    edits: list[Edit] = []
    for each in indicators_of(texts):
        place = place_of(task, each.name)
        if place is None:
            edits.append(Edit(("indicators",), plain(each), append=True))
            continue
        edits.append(Edit(("indicators", place, "target"), each.target))
        if each.unit:
            edits.append(Edit(("indicators", place, "unit"), each.unit))
    return edits


def actual_edits(task: Task, texts: Sequence[str]) -> list[Edit]:
    """How much of a task's indicators is done.

    Raises:
        UsageError: the task has no such indicator, or it counts in another unit.
    """
    edits = []
    for each in map(_figure, texts):
        place = place_of(task, each.called)
        if place is None:
            names = "、".join(indicator.name for indicator in task.indicators)
            known = f"现有指标：{names}；" if names else ""
            raise UsageError(
                f"{task.id} 没有指标“{each.called}”",
                hint=f"{known}新的指标用 ledger edit 编号 --indicator 名称=目标 登记",
            )
        unit = task.indicators[place].unit
        if each.unit and each.unit != unit:
            raise UsageError(
                f"指标“{task.indicators[place].name}”的单位是“{unit}”，不是“{each.unit}”",
                hint="请换算后再填，单位可以不写",
            )
        edits.append(Edit(("indicators", place, "actual"), each.value))
    return edits


def _figure(text: str) -> Figure:
    figure = read_figure(text)
    if figure is None:
        raise UsageError(f"指标“{text}”看不懂", hint=_HOW)
    return figure


def place_of(task: Task, name: str) -> int | None:
    """Which of a task's indicators is called so, what it says in brackets aside."""
    names = [indicator.name for indicator in task.indicators]
    if name in names:
        return names.index(name)
    bare = [each.partition("（")[0] for each in names]
    return bare.index(name) if bare.count(name) == 1 else None
