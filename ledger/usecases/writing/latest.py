"""The latest entry of a kind, which is offered where the next one is asked for."""

from __future__ import annotations

from ledger.adapters.git.process import MAX_BLOB
from ledger.adapters.git.walk import latest_saying, these_commits
from ledger.errors import LedgerError
from ledger.model.paths import TASKS
from ledger.model.task import Task
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.edit import decoded


def latest(ledger: Ledger, operation: str) -> Task | None:
    """The task that somebody last did something to, as it was then; None where nobody has.

    Args:
        operation: as the trailer `Ledger-Op` has it, such as `review`.
    """
    commit = latest_saying(ledger.repo, f"Ledger-Op: {operation}")
    for changed in these_commits(ledger.repo, [commit], (TASKS,)) if commit else ():
        for file in changed.files:
            content = ledger.repo.file_at(commit, file.path, MAX_BLOB) if file.is_file() else None
            try:
                return decoded(Task, content, file.path) if content is not None else None
            except LedgerError:  # nothing to offer
                return None
    return None


def review_opinion(ledger: Ledger) -> str:
    """What the last review said; empty for nothing."""
    task = latest(ledger, "review")
    reviewed = task.closing.reviewed if task and task.closing else None
    return reviewed.opinion if reviewed else ""


def lookback_result(ledger: Ledger) -> str:
    """What the last 回头看 came to."""
    task = latest(ledger, "lookback")
    return task.lookback[-1].result if task and task.lookback else ""


def approver(ledger: Ledger) -> str:
    """Who approved the last extension."""
    task = latest(ledger, "extend")
    return task.extensions[-1].approved_by if task and task.extensions else ""
