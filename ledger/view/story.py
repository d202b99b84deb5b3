"""History as a terminal tells it: day by day, who did what, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ledger.model.change import ADDED, REMOVED, FieldChange, TaskChange
from ledger.model.decision import Decision
from ledger.model.decode import compact
from ledger.usecases.looking.history import Event
from ledger.view.changes import change_lines
from ledger.view.screen import BOLD, GAP, Screen, styled
from ledger.view.text import one_line, padded, wrapped

_DAY = 10
_SINGLY = 5  # new tasks of one commit that are named one by one
# What says of itself why the status has changed.
_TELLING = frozenset({"progress", "closing", "past_closings"})


def story_lines(events: Iterable[Event], to: Screen, one_task: bool = True) -> Iterator[str]:
    """Sentences beside their day, which is told once; newest first, as the events are.

    Args:
        one_task: whether all events are of one task, which then needs no naming.
    """
    before = ""
    for event in events:
        day = event.date[:_DAY]
        for sentence in sentences(event, one_task):
            lines = wrapped(one_line(sentence), to.columns - _DAY - 2 * GAP)
            margin = padded("" if day == before else day, _DAY)
            yield styled(margin, BOLD, to) + " " * GAP + lines[0]
            yield from (" " * (_DAY + 2 * GAP) + line for line in lines[1:])
            before = day


def sentences(event: Event, one_task: bool) -> Iterator[str]:
    """What one commit did, in sentences without the day."""
    new = [task for task in event.tasks if task.what == ADDED]
    if len(new) > _SINGLY:
        yield f"{event.author}立项 {len(new)} 项，{new[0].id} 至 {new[-1].id}（{event.subject}）"
    tasks = [task for task in event.tasks if len(new) <= _SINGLY or task not in new]
    for task in tasks:
        named = "" if one_task else f"{task.id} "
        yield f"{named}{event.author}{'；'.join(_deeds(task, event))}"
    yield from (f"{name}：文件读不了，看不出改了什么" for name in event.unreadable)
    if not event.tasks:
        yield from (f"{event.author}登记会议 {_meeting(each)}" for each in event.meetings)


def _deeds(task: TaskChange, event: Event) -> Iterator[str]:
    """What somebody did to a task, one after another."""
    if task.what == ADDED:
        title = next((each.new for each in task.fields if each.field == "title"), "")
        yield f"立项：{title}"
        return
    if task.what == REMOVED:
        yield "删除"
        return
    changed = {each.field for each in task.fields}
    for change in task.fields:
        if change.field == "status" and changed & _TELLING:
            continue
        yield from _deed(change, event)


def _deed(change: FieldChange, event: Event) -> Iterator[str]:
    old, new = compact(change.old) or [], compact(change.new) or []
    if change.field == "closing":
        yield from _closing(dict(old), dict(new), event)
    elif change.field == "past_closings":
        return
    elif change.field == "indicators":
        before = {entry.get("name"): entry for entry in old}
        changed = (entry for entry in new if entry not in old)
        yield from (_indicator(entry, before.get(entry.get("name"), {})) for entry in changed)
    elif change.field in _GROWING and isinstance(new, list) and new[: len(old)] == old:
        yield from (_GROWING[change.field](entry) for entry in new[len(old) :])
    else:
        yield from (f"改了{line}" for line in change_lines([change]))


def _closing(old: dict[str, Any], new: dict[str, Any], event: Event) -> Iterator[str]:
    if (applied := new.get("applied")) and applied != old.get("applied"):
        yield _with("申请销号", applied.get("summary"))
    if (reviewed := new.get("reviewed")) and reviewed != old.get("reviewed"):
        yield _with("审核通过", reviewed.get("opinion"))
    if (basis := new.get("decision")) and basis != old.get("decision"):
        held = next((each for each in event.meetings if each.id == basis), None)
        yield f"按{_meeting(held) if held else f'会议 {basis} '}办结"


def _progress(entry: dict[str, Any]) -> str:
    percent = f"，进度 {entry['percent']}%" if "percent" in entry else ""
    return _with(entry.get("event") or f"填报进展{percent}", entry.get("text"))


def _extension(entry: dict[str, Any]) -> str:
    approved = f"（{entry['approved_by']}批准）" if entry.get("approved_by") else ""
    return _with(f"延期到 {entry.get('to', '')}{approved}", entry.get("reason"))


def _evidence(entry: dict[str, Any]) -> str:
    return f"登记佐证材料“{entry.get('name', '')}”"


def _indicator(entry: dict[str, Any], before: dict[str, Any]) -> str:
    deed = "定下" if entry.get("actual") == before.get("actual") else "填报"
    done, target = entry.get("actual", 0), entry.get("target")
    numbers = f"{done:g}" if target is None else f"{done:g}/{target:g}"
    return f"{deed}指标 {entry.get('name', '')} {numbers}{entry.get('unit', '')}"


def _lookback(entry: dict[str, Any]) -> str:
    return _with(f"回头看，{entry.get('result', '')}", entry.get("note"))


# Lists that only grow → how a new entry is told.
_GROWING = {
    "progress": _progress,
    "extensions": _extension,
    "evidence": _evidence,
    "lookback": _lookback,
}


def _with(deed: str, words: object) -> str:
    return f"{deed}：{words}" if words else deed


def _meeting(meeting: Decision) -> str:
    day = meeting.date.isoformat() if meeting.date else ""
    inside = "，".join(filter(None, (day, meeting.minutes)))
    return f"{meeting.body} {meeting.session or meeting.id}（{inside}）"
