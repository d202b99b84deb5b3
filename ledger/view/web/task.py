"""事项: one task with all that its file, its meetings and its history say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from ledger.adapters.http.exchange import Asked
from ledger.errors import LedgerError, NotKnown
from ledger.model.decode import compact, encode
from ledger.model.record import dataclass
from ledger.model.task import Indicator, Progress
from ledger.usecases.looking.course import REPORTED
from ledger.usecases.looking.history import Event
from ledger.usecases.looking.list import one
from ledger.usecases.looking.rows import Row
from ledger.usecases.picturing.way import way
from ledger.usecases.picturing.ways import way_of
from ledger.usecases.reading.load import config_at
from ledger.usecases.showing.exhibits import exhibits
from ledger.usecases.showing.near import tasks_near
from ledger.usecases.showing.past import past_of
from ledger.usecases.showing.relatives import relatives
from ledger.view.problems import sentence
from ledger.view.steps import StepTold, steps_of
from ledger.view.story import sentences
from ledger.view.task import fields, spelled, stands
from ledger.view.web.scene import Scene, WebPage

_SHORT = 10  # characters of a commit's name
_TITLE = 120  # characters of a heading; a longer title stands whole among the content
_LOG, _HISTORY = 30, 100  # entries of the log that stand open, commits that are told
# What a section of its own shows; every other key of the file is shown as it is.
_TOLD = frozenset({
    "kind", "source", "section", "key_point", "problem", "goal", "measures", "lead", "assist",
    "leader", "owner", "nature", "due", "indicators", "status", "progress", "extensions",
    "evidence", "closing", "past_closings", "lookback", "links", "tags", "columns",
})  # fmt: skip
_BACK = {"并入": "被并入", "源自": "派生出", "子任务": "上级事项"}


@dataclass(frozen=True, slots=True)
class Stop:
    """One line of the time line: a step, or several reports one after another."""

    day: str
    until: str
    step: StepTold
    count: int


@dataclass(frozen=True, slots=True)
class CommitTold:
    """One commit in the ledger's terms."""

    day: str
    sentences: tuple[str, ...]
    commit: str
    came_by: str


def page(scene: Scene, key: str, asked: Asked) -> WebPage:
    """The page.

    Args:
        key: the task's id, or a unique ending of it.
    """
    try:
        row = (scene.row and scene.row(key)) or one(scene.ledger, key, scene.when)
    except NotKnown as error:
        return _unknown(scene, error)
    except LedgerError as error:  # its file is broken; the others are not
        told = sentence(error.message, error.hint)
        return WebPage(f"事项 {key} 读不出来", "refusal", {"told": told}, part="list")
    own = "" if key == row.task.id else scene.to("task", row.task.id)
    values = {
        **_of_file(row),
        **_of_ledger(scene, row),
        **_of_history(scene, row),
        "own": own,
        "whole": "",
    }
    title = row.task.title
    if len(title) > _TITLE:
        title, values["whole"] = f"{title[:_TITLE]}……", title
    return WebPage(title, "task", values, part="list")


def _unknown(scene: Scene, error: NotKnown) -> WebPage:
    """That there is no such task, and which may have been meant."""
    near = tasks_near(scene.ledger, error, scene.when)
    hint = "是不是下面的事项？" if near else error.hint
    named = {name: f"{name} {title}" for name, title in near.items()}
    values = {"told": sentence(error.message, hint), "near": named, "page": "task"}
    return WebPage("没有这个事项", "unknown", values, part="list", status=404)


def _of_file(row: Row) -> dict[str, Any]:
    """What the task's own file says."""
    task = row.task
    percents = [each.percent for each in task.progress if each.percent is not None]
    return {
        "row": row,
        "task": task,
        "stands": stands(row),
        "percent": percents[-1] if percents else None,
        "due": spelled(compact(encode(task.due))),
        "indicators": [_indicator(each) for each in task.indicators],
        "log": [(each, rest_of(each.extra)) for each in _newest_first(task.progress)],
        "log_open": _LOG,
        "others": [(name, text) for key, name, text in fields(row) if key not in _TOLD],
    }


def _of_ledger(scene: Scene, row: Row) -> dict[str, Any]:
    """What other files say of it, and the files that it names."""
    proofs = exhibits(scene.ledger, row, scene.when)
    notes = {each.id: rest_of(each.extra) for each in row.task.links}
    return {
        "exhibits": [(each, rest_of(each.evidence.extra)) for each in proofs],
        "relatives": relatives(scene.ledger, row.task, scene.when),
        "notes": notes,
        "back": _BACK,
    }


def _of_history(scene: Scene, row: Row) -> dict[str, Any]:
    """Its course, and every commit that changed it."""
    past = scene.past(row) if scene.past else past_of(scene.ledger, row, scene.when)
    lights = config_at(scene.ledger, scene.when.commit).lights
    drawn = way_of(row.task, past.background, lights)
    return {
        "picture": way("way", [drawn], scene.when.today) if drawn.stages else None,
        "stops": [*_stops(steps_of(row.task, past.background))],
        "history": [_told(each) for each in past.events[:_HISTORY]],
        "history_all": len(past.events),
        "no_history": past.missing,
    }


def _newest_first(log: Iterable[Progress]) -> list[Progress]:
    """Reports by their day; of one day the one that was written last."""
    ordered = sorted(log, key=lambda each: each.date or dt.date.min)
    return ordered[::-1]


def _stops(steps: Iterable[StepTold]) -> Iterator[Stop]:
    """The steps, with reports that follow one another as one: the log tells them singly."""
    for is_report, run in groupby(steps, lambda step: step.called == REPORTED and bool(step.day)):
        some = list(run)
        if is_report and len(some) > 1:
            yield Stop(some[0].day, some[-1].day, some[-1], len(some))
        else:
            yield from (Stop(each.day, each.day, each, 1) for each in some)


def _indicator(indicator: Indicator) -> dict[str, Any]:
    """How far an indicator is; a share in percent where it has a target to be held against."""
    done, target = indicator.actual or 0, indicator.target
    numbers = f"{done:g}" if target is None else f"{done:g}/{target:g}"
    share = max(0, min(100, 100 * done / target)) if target and target > 0 else None
    return {
        "name": indicator.name,
        "numbers": f"{numbers}{indicator.unit}",
        "share": None if share is None else f"{share:.0f}",
        "rest": rest_of(indicator.extra),
    }


def _told(event: Event) -> CommitTold:
    came_by = f"经合并进入主分支：{event.request}" if event.merge else ""
    return CommitTold(event.date[:10], (*sentences(event, True),), event.commit[:_SHORT], came_by)


def rest_of(extra: Mapping[str, Any]) -> str:
    """Keys that nobody knows, as they are; empty for none."""
    return spelled(compact(dict(extra))) if extra else ""
