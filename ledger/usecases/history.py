"""A task's history in the ledger's terms: what changed, who did it, when, in which commit."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.adapters.gitrepo import FileStep
from ledger.adapters.snapshots import TASKS
from ledger.adapters.yamlread import YamlFault, parse
from ledger.errors import UsageError
from ledger.model.change import FieldChange, task_change
from ledger.model.decode import decode
from ledger.model.task import Task
from ledger.usecases.reading import Ledger, task_path


@dataclass(frozen=True, slots=True)
class Event:
    """One commit's change of a task.

    Attributes:
        date: when it was made, ISO 8601 with its time zone.
        subject: the first line of the commit's message.
        changes: what changed, in file order; empty where a state cannot be read.
        unreadable: whether the file could not be read before or after.
    """

    commit: str
    date: str
    author: str
    email: str
    subject: str
    changes: tuple[FieldChange, ...]
    unreadable: bool = False


def task_history(ledger: Ledger, wanted: str, commit: str) -> tuple[str, list[Event]]:
    """Every change of a task up to a commit, newest first, side branches included.

    Args:
        wanted: the task's id or a unique ending of it; one that is gone now by its full id.
        commit: the end of history that is looked at.

    Returns:
        The task's id and its events.

    Raises:
        UsageError: no such task, now or ever.
    """
    try:
        name = task_path(ledger, wanted).rpartition("/")[2].rpartition(".")[0]
    except UsageError:
        if not ledger.repo.file_steps(commit, f"{TASKS}/**/{wanted}.yaml"):
            raise
        name = wanted
    steps = ledger.repo.file_steps(commit, f"{TASKS}/**/{name}.yaml")
    blobs = {blob for step in steps for blob in (step.old, step.new) if blob}
    contents = dict(ledger.repo.blobs(sorted(blobs)))
    return name, [event for step in steps if (event := _event(name, step, contents))]


def _event(name: str, step: FileStep, contents: dict[str, bytes]) -> Event | None:
    old, new = (_task(contents.get(blob)) for blob in (step.old, step.new))
    unreadable = (old is None and bool(step.old)) or (new is None and bool(step.new))
    change = None if unreadable else task_change(name, old, new)
    if change is None and not unreadable:
        return None  # only its layout changed
    fields = change.fields if change else ()
    return Event(step.commit, step.date, step.author, step.email, step.subject, fields, unreadable)


def _task(content: bytes | None) -> Task | None:
    if content is None:
        return None
    try:
        return decode(Task, parse(content), [])
    except YamlFault:
        return None
