"""Holds rules to what `RULES` says of edits; every change judged in `tests/rules` is a case."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import combinations

from ledger.model.change import Change, difference
from ledger.model.snapshot import Entry, Index, Snapshot
from ledger.model.task import Task
from ledger.rules import RULES, Context
from tests.rules.scopes import told

_MOST = 2  # fields that are taken over together


def hold_to_edits(change: Change, context: Context) -> None:
    """What edits fields that a rule does not go by brings nothing that it had not found before.

    Of the fields that differ each is taken over alone, some together, and all that a rule does not
    go by.
    """
    change = among_all(change)
    fields = sorted(change.edited or ())
    some = [{*each} for n in range(1, _MOST + 1) for each in combinations(fields, n)]
    for rule in RULES:
        others = {*fields} - rule.edited if rule.edited is not None else set()
        for taken in [others, *(each for each in some if each < others)] if others else ():
            new = _with(change.old, change.new, taken)
            for find in filter(None, (rule.change, rule.step)):
                assert told(find(difference(change.old, new), context)) == [], rule.code
            if rule.snapshot:
                known = {each.what for each in rule.snapshot(change.old, context)}
                assert {each.what for each in rule.snapshot(new, context)} <= known, rule.code


def among_all(change: Change) -> Change:
    """A change of tasks as history is judged: their files alone, and an index of everything."""
    old, new = (
        Snapshot(
            change.old.config,
            each.tasks,
            index=Index(each.by_id, each.source_by_id, each.decision_by_id),
        )
        for each in (change.old, change.new)
    )
    return difference(old, new)


def _with(old: Snapshot, new: Snapshot, fields: Collection[str]) -> Snapshot:
    """A ledger with some fields of its tasks as another one has them."""
    pairs = zip(old.tasks, new.tasks, strict=True)
    tasks = tuple(replace(was, record=_mixed(was, now, fields)) for was, now in pairs)
    by_id = {each.record.id: each for each in reversed(tasks)}
    return replace(old, tasks=tasks, index=Index(by_id, old.source_by_id, new.decision_by_id))


def _mixed(old: Entry[Task], new: Entry[Task], fields: Collection[str]) -> Task:
    return replace(old.record, **{name: getattr(new.record, name) for name in fields})
