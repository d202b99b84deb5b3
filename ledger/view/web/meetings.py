"""会议: who met and whether enough of them, what was decided on which task, and what counts."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any

from ledger.adapters.http.exchange import Asked
from ledger.errors import NotKnown
from ledger.model.choice import nearest
from ledger.model.decision import Decision
from ledger.usecases.showing.meetings import NEVER, OTHER, SAME, Resolution, meeting, meetings
from ledger.view.problems import sentence
from ledger.view.web.scene import Scene, WebPage
from ledger.view.web.task import rest_of

_CLOSE = 3  # meetings that are named where there is none of an id
_SEEN = {
    SAME: "与登记会议之前的内容一致",
    OTHER: "与登记会议之前的内容对不上",
    NEVER: "没有摘要值，看不出会议看到的是什么",
}


def listing(scene: Scene, key: str, asked: Asked) -> WebPage:
    """Every meeting, by its year, the latest first."""
    every = meetings(scene.ledger, scene.when)
    years = [
        (year, [(each, _results(each.decision)) for each in held])
        for year, held in groupby(every.held, lambda each: _year(each.decision))
    ]
    values = {"years": years, "total": len(every.held)}
    return WebPage("会议", "meetings", values, every.problems, "meetings")


def page(scene: Scene, key: str, asked: Asked) -> WebPage:
    """One meeting.

    Args:
        key: the id of its record.
    """
    try:
        minutes = meeting(scene.ledger, key, scene.when)
    except NotKnown as error:
        near = nearest(key, error.known, most=_CLOSE)
        hint = "是不是下面的会议？" if near else error.hint
        named = {each: each for each in near}
        unknown = {"told": sentence(error.message, hint), "near": named, "page": "meeting"}
        return WebPage("没有这次会议", "unknown", unknown, part="meetings", status=404)
    decision = minutes.decision
    called = " ".join(filter(None, (decision.body, decision.session)))
    values = {
        "minutes": minutes,
        "decision": decision,
        "absent": [(each, rest_of(each.extra)) for each in decision.absent],
        "resolutions": [(each, _digest(each)) for each in minutes.resolutions],
        "rest": rest_of(decision.extra),
    }
    return WebPage(called, "meeting", values, part="meetings")


def _results(decision: Decision) -> str:
    """How many tasks had which result, such as 同意销号 3 项."""
    counted = Counter(each.result for each in decision.items)
    return "，".join(f"{result} {number} 项" for result, number in counted.items())


def _year(decision: Decision) -> int:
    return decision.date.year if decision.date else 0


def _digest(resolution: Resolution) -> dict[str, Any]:
    """What a digest proves, in words, and whether that is a reason to look closer."""
    now = {True: "现在的内容也是这样", False: "后来的内容已有改动", None: ""}
    words = [_SEEN[resolution.seen], now[resolution.unchanged]]
    return {"words": "；".join(filter(None, words)), "odd": resolution.seen == OTHER}
