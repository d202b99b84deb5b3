"""History in the ledger's terms: what changed, who did it, when, and how it came in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from ledger.adapters.git.walk import (
    Commit,
    FileDiff,
    ancestry,
    brought_by,
    file_commits,
    last_touch,
    news_commits,
    subjects_of,
)
from ledger.errors import LedgerError, UsageError
from ledger.model.change import FieldChange, TaskChange, task_change
from ledger.model.decision import Decision
from ledger.model.decode import encode
from ledger.model.fields import specs
from ledger.model.paths import DECISIONS, TASKS, anywhere, is_ledger_file
from ledger.model.record import dataclass, replace
from ledger.model.snapshot import Entry
from ledger.model.task import Task
from ledger.model.zone import local
from ledger.usecases.reading.load import config_at, decisions_at, load_task, task_path
from ledger.usecases.reading.moment import Moment, zone_of
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.versions import Versions, batches, read_pairs
from ledger.usecases.reading.walked import task_commits


@dataclass(frozen=True, slots=True)
class Event:
    """What one commit did to tasks.

    Attributes:
        date: when it was made, ISO 8601 in the ledger's time zone; empty where nobody can tell.
        subject: the first line of the commit's message.
        tasks: what it did to each task, in id order.
        merge: the merge commit by which it came to the main line; empty where it was made there.
        request: the first line of that merge's message, which names the pull request.
        meetings: the meetings that were recorded, or by which tasks were closed.
        unreadable: ids of tasks whose file could not be read before or after.
    """

    commit: str
    date: str
    author: str
    email: str
    subject: str
    tasks: tuple[TaskChange, ...]
    merge: str = ""
    request: str = ""
    meetings: tuple[Decision, ...] = ()
    unreadable: tuple[str, ...] = ()

    @property
    def changes(self) -> tuple[FieldChange, ...]:
        """The changed fields, where one task is looked at."""
        return tuple(field for task in self.tasks for field in task.fields)


@dataclass(frozen=True, slots=True)
class LastSet:
    """Who last set a field: its value as plain data, and the event; None while uncommitted."""

    field: str
    value: object
    event: Event


@dataclass(frozen=True, slots=True)
class History:
    """A task's events, newest first, and the commit at which its history ends."""

    id: str
    commit: str
    events: list[Event]


def history(ledger: Ledger, task_id: str, when: Moment) -> History:
    """What was committed of a task up to a moment, newest first, side branches included.

    Args:
        task_id: the task's id or a unique ending of it; one that is gone now by its full id.

    Raises:
        UsageError: no such task, now or ever; nothing of it, or nothing at all, was committed.
    """
    commit = when.commit or ledger.repo.head()
    if not commit:
        raise UsageError("台账还没有任何提交", hint="先用 ledger add 或 ledger import 写入并提交")
    try:
        path = task_path(ledger, task_id)
    except UsageError:
        _, files = last_touch(ledger.repo, commit, anywhere(task_id))
        if not files:
            raise
        path = files[0].path
    name, parents = _name(path), ancestry(ledger.repo, commit, order="date")
    events = _events(ledger, _followed(ledger, parents, path), commit, parents)
    if not events:
        raise UsageError(f"{name} 还没有提交过", hint="写入时不要用 --no-commit，或先用 git 提交")
    return History(name, commit, events)


def histories(ledger: Ledger, commit: str) -> Mapping[str, Sequence[Event]]:
    """The events of every task by id up to a commit, newest first, looked up in one walk.

    `history` looks up those of one task by itself.
    """
    commits = news_commits(ledger.repo, "", commit, (TASKS,))
    merges = _merges(ledger, commits, commit, ancestry(ledger.repo, commit, order="date"))
    here = config_at(ledger, commit).calendar.zone
    events: dict[str, list[Event]] = {}
    for batch in batches(commits):
        versions = read_pairs(ledger, batch)
        known = _bases(ledger, commit, versions)
        for each in batch:
            files: dict[str, list[FileDiff]] = {}
            for file in each.files:
                files.setdefault(_name(file.path), []).append(file)
            merged = merges.get(each.id, ("", ""))
            dated = replace(each, date=local(each.date, here))
            for name, own in files.items():
                event = _event(replace(dated, files=tuple(own)), versions, merged, known)
                if _tells(event):
                    events.setdefault(name, []).append(event)
    return events


def news(ledger: Ledger, since: dt.date, until: dt.date) -> list[Event]:
    """What happened to all tasks between two days of the ledger (both included), newest first.

    Raises:
        UsageError: nothing was committed yet.
    """
    if ledger.repo.head() is None:
        raise UsageError("台账还没有任何提交", hint="先用 ledger add 或 ledger import 写入并提交")
    here = zone_of(ledger)
    end = ledger.repo.commit_at(until, here)
    if not end:  # history begins later
        return []
    eve = since - dt.timedelta(days=1) if since > dt.date.min else since
    start = ledger.repo.commit_at(eve, here)
    commits = news_commits(ledger.repo, start, end, (TASKS, DECISIONS))
    return _events(ledger, commits, end, ancestry(ledger.repo, end) if commits else {})


def blame(ledger: Ledger, task_id: str, when: Moment) -> list[LastSet]:
    """Who last set each field of a task, in file order; as for `history`."""
    past = history(ledger, task_id, when)
    return _last_set(past.events, _task_now(ledger, past.id, past.commit))


def _last_set(events: list[Event], now: Mapping[str, object]) -> list[LastSet]:
    """Who last set each field.

    Args:
        events: the task's history, newest first.
        now: what the task says at its end, as plain data; empty where that cannot be told. Of two
            people who set a field at a time, he counts whose value was kept.
    """
    last: dict[str, LastSet] = {}
    settled = set()
    for event in events:
        for change in event.changes:
            value = now.get(change.field, change.new)
            if change.field not in last or (change.new == value and change.field not in settled):
                last[change.field] = LastSet(change.field, value, event)
            if change.new == value:
                settled.add(change.field)
    rank = {spec.key: place for place, spec in enumerate(specs(Task))}
    filled = (each for each in last.values() if each.value not in (None, "", [], {}))
    return sorted(filled, key=lambda each: rank.get(each.field, len(rank)))


def _task_now(ledger: Ledger, name: str, commit: str) -> Mapping[str, object]:
    """What a task says at a commit, as plain data; empty where it is gone or cannot be read."""
    try:
        return dict(encode(load_task(ledger, name, commit)[1].record))
    except LedgerError:
        return {}


def _followed(ledger: Ledger, parents: dict[str, str], path: str) -> list[Commit]:
    """The commits that changed a task's file, in whatever folder it has been."""
    commits = task_commits(ledger, parents, path)
    seen = {path}
    while commits and not commits[-1].files[0].old:
        first = commits[-1]
        step, files = last_touch(ledger.repo, first.id, anywhere(_name(path)))
        moved = next((each for each in files if not each.new and step == first.id), None)
        if moved is None or moved.path in seen or not first.parents:
            break
        path = moved.path
        seen.add(path)
        commits[-1] = replace(first, files=(*first.files, moved))
        commits.extend(file_commits(ledger.repo, first.parents[0], path))
    return commits


def _events(
    ledger: Ledger, commits: list[Commit], head: str, parents: Mapping[str, str]
) -> list[Event]:
    versions = read_pairs(ledger, commits)
    merges = _merges(ledger, commits, head, parents)
    known = _bases(ledger, head, versions)
    here = config_at(ledger, head).calendar.zone
    commits = [replace(each, date=local(each.date, here)) for each in commits]
    events = (_event(each, versions, merges.get(each.id, ("", "")), known) for each in commits)
    return [each for each in events if _tells(each)]


def _tells(event: Event) -> bool:
    """Whether it did anything that is told."""
    return bool(event.tasks or event.unreadable or event.meetings)


def _bases(ledger: Ledger, head: str, versions: Versions) -> Mapping[str, Entry[Decision]]:
    """The meetings that some versions of tasks rest on, as they are at the end."""
    records = (each.entry.record for each in versions.values() if each.entry)
    return decisions_at(ledger, head, {_basis(each) for each in records} - {""})


def _merges(
    ledger: Ledger, commits: list[Commit], head: str, parents: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """By which merge each commit came to the main line, and what that says; others are left out."""
    brought = brought_by(parents, head) if commits else {}
    merges = {each.id: brought[each.id] for each in commits if each.id in brought}
    subjects = subjects_of(ledger.repo, sorted(set(merges.values())))
    return {commit: (merge, subjects[merge]) for commit, merge in merges.items()}


def _event(
    commit: Commit, versions: Versions, merge: tuple[str, str], known: Mapping[str, Entry[Decision]]
) -> Event:
    before, after = _records(commit, versions, False), _records(commit, versions, True)
    tasks: list[TaskChange] = []
    meetings: dict[str, Decision] = {}
    unreadable = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if isinstance(new, Decision):
            meetings[name] = new
        elif (name in before and old is None) or (name in after and new is None):
            unreadable.append(name)
        elif change := _own(commit, versions, task_change(name, _task(old), _task(new))):
            tasks.append(change)
            basis = _basis(new)
            if basis in known and basis != _basis(old):
                meetings[basis] = known[basis].record
    return Event(
        commit.id, commit.date, commit.author, commit.email, commit.subject,
        tuple(tasks), *merge, tuple(meetings.values()), tuple(unreadable),
    )  # fmt: skip


def _own(commit: Commit, versions: Versions, change: TaskChange | None) -> TaskChange | None:
    """What a commit did to a task; of a merge only what none of its parents says."""
    if change is None or not any(each.also for each in commit.files):
        return change
    sides: list[Mapping[str, Any]] = [{each.field: each.old for each in change.fields}]
    for file in commit.files:
        parents = (versions.get((file.path, blob)) for blob in file.also)
        if _name(file.path) == change.id:
            sides += [encode(one.entry.record) if one and one.entry else {} for one in parents]
    hidden = {
        each.field
        for each in change.fields
        if _is_put_together(each.new, [side.get(each.field) for side in sides])
    }
    own = replace(change, hidden=frozenset(hidden))
    return own if own.fields else None


def _is_put_together(value: Any, sides: Sequence[Any]) -> bool:
    """Whether a value is one of the sides', or a list or record of nothing but their entries."""
    if isinstance(value, list):
        return all(any(each in (side or ()) for side in sides) for each in value)
    if isinstance(value, dict):
        return all(
            any(isinstance(side, dict) and side.get(key) == each for side in sides)
            for key, each in value.items()
        )
    return value in sides


def _basis(record: object) -> str:
    """The meeting that a task rests on."""
    return record.meeting if isinstance(record, Task) else ""


def _records(commit: Commit, versions: Versions, after: bool) -> dict[str, object]:
    """The records of a commit's files before or after it, by file name; None is unreadable."""
    records: dict[str, object] = {}
    for file in commit.files:
        blob = file.new if after else file.old
        if blob and is_ledger_file(file.path):  # what else lies there, `.gitkeep`, says nothing
            version = versions.get((file.path, blob))
            records[_name(file.path)] = version.entry.record if version and version.entry else None
    return records


def _task(record: object) -> Task | None:
    return record if isinstance(record, Task) else None


def _name(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]
