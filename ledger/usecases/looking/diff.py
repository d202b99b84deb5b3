"""`diff` and `show --diff`: what became of the ledger, or of one task, between two states."""

from __future__ import annotations

from ledger.model.change import Change, difference
from ledger.model.record import replace
from ledger.usecases.reading.load import find_entry, load, refuse_broken
from ledger.usecases.reading.open import Ledger


def ledger_difference(ledger: Ledger, before: str, after: str) -> Change:
    """What changed between two commits; an empty one is the working tree."""
    return difference(load(ledger, before), load(ledger, after))


def task_difference(ledger: Ledger, task_id: str, before: str, after: str) -> Change:
    """What changed in one task.

    Args:
        task_id: the task's id or a unique ending of it; one of the two states has it.
        before, after: commits; an empty one is the working tree.

    Raises:
        UsageError: neither state has such a task.
        LedgerError: its file is broken in one of them.
    """
    old, new = load(ledger, before), load(ledger, after)
    gone = tuple(entry for entry in old.tasks if entry.record.id not in new.by_id)
    entry = find_entry(replace(new, tasks=(*new.tasks, *gone)), task_id)
    for snapshot in (new, old):
        refuse_broken(snapshot, entry.path)
    return difference(old, new, {entry.record.id})
