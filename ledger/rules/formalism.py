"""F: signs of formalism. Warnings: a person has to look."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from ledger.model.problem import WARNING, Problem
from ledger.model.regulations import names_of
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.task import CANCELLED, CLOSED, ENDED, NOT_STARTED, Task
from ledger.rules.base import Context, of_file


def f001_silence(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """F001: work goes on, but nobody has reported for some periods, or ever since it was set.

    A reminder is no report.
    """
    policy = context.config.policies.formalism
    most = policy.period_days * policy.silent_periods
    for entry in snapshot.tasks:
        task = entry.record
        source = snapshot.source_by_id.get(task.source)
        begun = source.record.issued if source else None
        last = task.heard or begun
        if task.status in ENDED or task.status == NOT_STARTED or last is None:
            continue
        silent = (context.today - last).days
        if silent > most:
            message = f"{task.id} 已 {silent} 天没有填报进展"
            yield of_file(entry, "F001", message, "请督促填报", ("progress",), WARNING)


def f002_same_text(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """F002: the same text is reported again; what 退回 and 催办 write is no report."""
    for entry in snapshot.tasks:
        seen: dict[str, dt.date | None] = {}
        for position, progress in enumerate(entry.record.progress):
            text = "" if progress.event else "".join(progress.text.split())
            if text and text in seen:
                day = seen[text]
                when = day.isoformat() if day else "以前"
                message = f"{entry.record.id} 的进展与 {when} 的一字不差"
                hint, place = "请填写这段时间的实际进展", ("progress", position)
                yield of_file(entry, "F002", message, hint, place, WARNING)
            seen.setdefault(text, progress.date)


def f003_old_evidence(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """F003: evidence is older than the task it is to prove."""
    for entry in snapshot.tasks:
        source = snapshot.source_by_id.get(entry.record.source)
        begun = source.record.issued if source else None
        for evidence in entry.record.evidence:
            if begun and evidence.date and evidence.date < begun:
                message = f"{entry.record.id} 的佐证材料“{evidence.name}”早于任务下达"
                yield of_file(entry, "F003", message, "请核对是不是旧材料", ("evidence",), WARNING)


def f004_mass_closing(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """F004: many tasks are closed on one day."""
    by_day: dict[dt.date, list[Entry[Task]]] = defaultdict(list)
    for entry in snapshot.tasks:
        day = entry.record.closed_on
        if entry.record.status == CLOSED and day:
            by_day[day].append(entry)
    for day, entries in sorted(by_day.items()):
        if len(entries) >= context.config.policies.formalism.mass_closing:
            message = f"{day.isoformat()} 一天销号 {len(entries)} 项"
            yield of_file(entries[0], "F004", message, "请核对是否逐项审议", ("closing",), WARNING)


def f005_counted_twice(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """F005: two tasks count the same rule (制度), so that bulletins count it twice."""
    word = context.config.reports.regulation
    first: dict[str, Entry[Task]] = {}
    for entry in snapshot.tasks:
        marks = entry.record.marks
        if not marks or entry.record.status == CANCELLED:
            continue
        for name in dict.fromkeys(names_of(marks, word)):
            other = first.setdefault(name, entry)
            if other is not entry:
                message = f"{entry.record.id} 和 {other.record.id} 都把“{name}”计入{word}建设"
                hint = "请核对是不是同一项，是的只在一个事项里登记"
                place = ("indicators",) if any(a == b for a, b in marks) else ("tags",)
                yield of_file(entry, "F005", message, hint, place, WARNING)
