"""What a task's own file does not say of its course: how it began, and the meetings it rests on."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.adapters.git.walk import file_commits
from ledger.model.decision import Decision
from ledger.model.record import dataclass, field
from ledger.model.task import Task
from ledger.model.zone import local
from ledger.usecases.looking.rows import Row
from ledger.usecases.reading.load import config_at, decisions_at
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger


@dataclass(frozen=True, slots=True)
class Background:
    """What history and meetings say of a task.

    Attributes:
        begun: the day on which it came into the ledger; empty where nothing was committed.
        author: who brought it.
        subject: the first line of that commit's message.
        meetings: those by which it was closed, by id.
    """

    begun: str = ""
    author: str = ""
    subject: str = ""
    meetings: Mapping[str, Decision] = field(default_factory=dict)


def background(ledger: Ledger, row: Row, when: Moment) -> Background:
    """The background of a task up to a moment."""
    commit = when.commit or ledger.repo.head()
    if not commit:
        return Background()
    meetings = closed_by(ledger, row, commit)
    commits = file_commits(ledger.repo, commit, row.entry.path)
    if not commits:
        return Background(meetings=meetings)
    first = commits[-1]
    day = local(first.date, config_at(ledger, commit).calendar.zone)[:10]
    return Background(day, first.author, first.subject, meetings)


def closed_by(ledger: Ledger, row: Row, commit: str) -> Mapping[str, Decision]:
    """The meetings by which a task was closed, now or before, that are on record, by id."""
    names = bases(row.task)
    known = decisions_at(ledger, commit, names) if names else {}
    return {name: known[name].record for name in names & known.keys()}


def bases(task: Task) -> set[str]:
    """The ids of the meetings that a task's closings rest on."""
    closings = (*task.past_closings, task.closing)
    return {each.decision for each in closings if each and each.decision}
