"""Holds rules to what `RULES` says that they look at; every ledger judged here is a case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

from ledger.model import outline
from ledger.model.problem import Problem
from ledger.model.snapshot import Entry, Index, Snapshot
from ledger.model.task import Task
from ledger.rules import RULES, Context, check_rest
from ledger.rules.base import FILE, LEDGER


def hold_to_scopes(snapshot: Snapshot, context: Context) -> None:
    """A rule on files tells the same of each file by itself, one that asks for no day on any day.

    What is left tells the same of tasks in outline.
    """
    for rule in RULES:
        if rule.snapshot and rule.looks_at != LEDGER:
            today = dt.date.min if rule.looks_at == FILE else context.today
            by_itself = Context(context.config, today, refuse)
            each = (rule.snapshot(alone(entry, snapshot), by_itself) for entry in snapshot.entries)
            assert told(*each) == told(rule.snapshot(snapshot, context)), rule.code
    outlined = replace(snapshot, tasks=tuple(map(in_outline, snapshot.tasks)))
    assert list(check_rest(outlined, context)) == list(check_rest(snapshot, context))


def alone(entry: Entry[Any], snapshot: Snapshot) -> Snapshot:
    """One file, and of the rest of its ledger the settings and its source."""
    source = snapshot.source_by_id.get(getattr(entry.record, "source", ""))
    kinds: dict[str, Any] = {
        kind: (entry,) if entry in getattr(snapshot, kind) else ()
        for kind in ("tasks", "sources", "decisions")
    }
    sources = {source.record.id: source} if source else {}
    return Snapshot(snapshot.config, **kinds, index=Index({}, sources, {}))


def in_outline(entry: Entry[Task]) -> Entry[Task]:
    """A task as rules on the whole ledger see it, when its file was not read."""
    return Entry(entry.path, {}, cast(Task, outline.loaded(outline.dumped(entry.record))))


def told(*problems: Iterable[Problem]) -> list[str]:
    return sorted(repr(each) for some in problems for each in some)


def refuse(path: str) -> str:
    raise AssertionError(f"a rule on one file asks for {path}")
