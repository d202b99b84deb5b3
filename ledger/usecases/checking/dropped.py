"""What a merge makes of the records of its sides: it may bring them together, not drop them.

Each side by itself only ever adds to what is recorded. Of two lines of history a merge could keep
just one and seem to change nothing of it; what the other one has recorded would be gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ledger.adapters.git.walk import Commit
from ledger.model.change import Change
from ledger.model.decision import Decision
from ledger.model.paths import CONFIG_FILE
from ledger.model.problem import Problem
from ledger.model.snapshot import Entry, Index, Snapshot
from ledger.model.task import LOGS, Task
from ledger.rules.changes import behind
from ledger.usecases.reading.replay import State
from ledger.usecases.reading.versions import Versions, entry_in

RECORDS = frozenset({"C010", "C011"})  # the rules by which what is recorded stays


def is_dropped(
    problem: Problem, side: Change, others: Iterable[Snapshot], bases: Sequence[Index]
) -> bool:
    """Whether a merge has dropped or altered what only one of its sides has recorded.

    What was there where the lines parted, and the other line has dropped, is not the merge's doing.

    Args:
        problem: what a rule says of the merge as a change of that side.
        others: its other parents.
        bases: what was there where they parted.
    """
    if problem.code == "C011":
        return _is_lost_record(problem.id, side, bases)
    key = problem.place[0] if len(problem.place) == 1 else ""
    if problem.code != "C010" or key not in LOGS:
        return False
    was, now = (each.by_id.get(problem.id) for each in (side.old, side.new))
    before = [each.tasks[problem.id].record for each in bases if problem.id in each.tasks]
    if was is None or now is None:
        return False
    if not before and any(problem.id in each.by_id for each in others):
        return False  # two tasks of one id: which of them keeps it has been decided
    return any(
        entry not in getattr(now.record, key)
        and not any(entry in getattr(each, key) for each in before)
        for entry in getattr(was.record, key)
    )


def _is_lost_record(name: str, side: Change, bases: Sequence[Index]) -> bool:
    """Whether a meeting that only this side has recorded is not there any more as it was."""
    was = side.old.decision_by_id.get(name)
    if was is None or any(name in each.decisions for each in bases):
        return False
    return not any(each.record.id == name and each.data == was.data for each in side.new.decisions)


def is_own_record(problem: Problem, changes: Sequence[Change]) -> bool:
    """Whether C004 blames the record of a meeting that a merge itself has written."""
    return problem.code == "C004" and problem.path in own_records(changes)


def own_records(changes: Sequence[Change]) -> set[str]:
    """The records of meetings that a merge has and none of its parents."""
    return {
        entry.path
        for entry in changes[0].new.decisions
        if not any(entry.record.id in each.old.decision_by_id for each in changes)
    }


def may_have_dropped(commits: Iterable[Commit], versions: Versions, after: State) -> bool:
    """Whether anything that some commits have recorded is missing in a merge that brought them.

    Cheap, and right where it says no; where it says yes the merges have to be looked at.
    """
    return any(
        _is_missing(entry_in(versions, file.path, file.old), new, after)
        for commit in commits
        for file in commit.files
        if file.path != CONFIG_FILE and file.is_file()
        if (new := entry_in(versions, file.path, file.new))
    )


def _is_missing(old: Entry[Any] | None, new: Entry[Any], after: State) -> bool:
    """Whether a merge lacks what one commit wrote: how it was before, and after that commit."""
    name = new.record.id
    if isinstance(new.record, Decision):
        meeting = after.index.decisions.get(name)
        return meeting is None or meeting.data != new.data
    entry = after.index.tasks.get(name)
    if not isinstance(new.record, Task) or entry is None or entry.data == new.data:
        return False
    return any(
        logged not in getattr(entry.record, key)
        for key in LOGS
        for logged in behind(getattr(old.record, key) if old else (), getattr(new.record, key))
    )
