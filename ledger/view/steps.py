"""A task's course step by step, in words: what the card of `show` and its web page tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledger.model.decode import compact, encode
from ledger.model.record import dataclass
from ledger.model.task import EVENTS
from ledger.usecases.looking.course import (
    ASKED_FOR,
    BEGUN,
    DECIDED,
    DISCUSSED,
    LOOKED_BACK,
    LOOKED_OVER,
    REPORTED,
    CourseStep,
    course,
)
from ledger.view.task import spelled

if TYPE_CHECKING:
    from ledger.model.decision import Decision
    from ledger.model.task import Task
    from ledger.usecases.looking.background import Background

_OWN = {
    REPORTED: "text", **dict.fromkeys(EVENTS, "text"), ASKED_FOR: "summary",
    LOOKED_OVER: "opinion", LOOKED_BACK: "result",
}  # fmt: skip
"""What happened → the key of its own words."""


@dataclass(frozen=True, slots=True)
class StepTold:
    """One thing that was done on the way of a task.

    Attributes:
        day: as it was written, empty where nobody wrote it.
        called: what was done, such as 申请销号.
        by: who did it; empty where nobody wrote it.
        words: what was said of it, and every key of its entry that nothing else tells.
        percent: how far the task was by then; None where it does not say.
        meeting: the id of the meeting that it rests on; empty for none, and for one that is not
            recorded.
    """

    day: str
    called: str
    by: str = ""
    words: str = ""
    percent: int | None = None
    meeting: str = ""

    @property
    def named(self) -> str:
        """What was done, with how far it has come."""
        return self.called if self.percent is None else f"{self.called} {self.percent}%"

    @property
    def told(self) -> str:
        """Who and what, as one text."""
        return f"{self.by}：{self.words}" if self.by else self.words


def steps_of(task: Task, its: Background | None = None) -> tuple[StepTold, ...]:
    """Everything from the beginning up to closing and after it, by its day; undated steps last.

    Args:
        its: what the task's file does not say of its course.
    """
    return tuple(_step(each, task.id, its) for each in course(task, its))


def _step(step: CourseStep, task: str, its: Background | None) -> StepTold:
    """What happened, in words.

    Args:
        task: its id.
    """
    if its and step.called == BEGUN:
        return StepTold(its.begun, BEGUN, its.author, its.subject.partition("：")[0])
    entry = compact(encode(step.entry))
    own, held = _OWN.get(step.called, ""), ""
    if step.called in (DECIDED, DISCUSSED):
        entry = {key: each for key, each in entry.items() if key not in ("applied", "reviewed")}
        meeting = its.meetings.get(entry.get("decision", "")) if its else None
        if meeting is not None:
            own, held, entry["decision"] = "decision", meeting.id, _resolved(meeting, task)
    day = step.day.isoformat() if step.day else ""
    by, percent = entry.get("by", ""), entry.get("percent")
    return StepTold(day, step.called, by, _spelled(entry, own), percent, held)


def _resolved(meeting: Decision, task: str) -> str:
    """What a meeting decided on a task: who met, how many were there, how they voted."""
    day = meeting.date.isoformat() if meeting.date else ""
    attendance = f"应到 {meeting.due_members} 人，实到 {len(meeting.present)} 人"
    words = [f"{meeting.body} {meeting.session or meeting.id}（{day}，{attendance}）"]
    if decided := meeting.on(task):
        if decided.votes:
            votes = decided.votes
            cast = f"同意 {votes.for_}，不同意 {votes.against}，弃权 {votes.abstain}"
            words.append(f"{decided.result}：{cast}")
        else:
            words.append(decided.result)
        words += [f"回避 {'、'.join(decided.recused)}"] if decided.recused else []
        words += [decided.opinion] if decided.opinion else []
    return "；".join(words)


def _spelled(entry: dict[str, Any], own: str) -> str:
    """The words of an entry whose own ones have the key `own`; any other key is named."""
    elsewhere = ("date", "by", "percent", "event", own)
    rest = {key: value for key, value in entry.items() if key not in elsewhere}
    return "；".join(filter(None, (entry.get(own, ""), spelled(rest) if rest else "")))
