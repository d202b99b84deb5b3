"""A ledger that is written commit by commit, in memory: what its files say after each of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from ledger.adapters.git.history import WrittenCommit
from ledger.adapters.yaml.edit import Edit, edited
from ledger.adapters.yaml.read import parse
from ledger.model.config import Config
from ledger.model.decision import Decision
from ledger.model.paths import CONFIG_FILE, DECISIONS, TASKS, is_below, is_record, path_of_task
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.task import Task
from ledger.usecases.writing.act import Operation, message_of
from ledger.usecases.writing.edit import ORDER, decoded

Files = Mapping[str, bytes]

_MAIN = "main"
_BEGIN, _BETWEEN = dt.time(9), dt.timedelta(minutes=4)  # of a day's work; from deed to deed


class Chronicle:
    """What was done, in order.

    Attributes:
        files: path → content, as the main branch has them now.
        tasks: id → task, likewise.
        commits: all that there are, of which the number is the place, from 1.
    """

    def __init__(self, where: dt.tzinfo) -> None:
        """A history that begins now, in the time of a zone."""
        self.files: dict[str, bytes] = {}
        self.tasks: dict[str, Task] = {}
        self.commits: list[WrittenCommit] = []
        self._where = where
        self._main = 0
        self._now = dt.datetime.min.replace(tzinfo=dt.UTC)

    @property
    def config(self) -> Config:
        """ledger.yaml as it is now."""
        return decoded(Config, self.files[CONFIG_FILE], CONFIG_FILE)

    def snapshot(self) -> Snapshot:
        """The ledger as it is now."""
        tasks = tuple(self.entry(task) for task in self.tasks)
        meetings = (
            Entry(path, parse(content), decoded(Decision, content, path))
            for path, content in self.files.items()
            if is_below(path, DECISIONS) and is_record(path)
        )
        return Snapshot(self.config, tasks, decisions=tuple(meetings))

    def entry(self, task_id: str) -> Entry[Task]:
        """A task and its file."""
        task = self.tasks[task_id]
        path = path_of_task(task.source, task.id)
        return Entry(path, parse(self.files[path]), task)

    def changed(self, task_id: str, edits: Iterable[Edit]) -> dict[str, bytes]:
        """A task's file after some edits."""
        path = self.entry(task_id).path
        return {path: edited(self.files[path], edits, ORDER)}

    def commit(
        self,
        person: tuple[str, str],
        day: dt.date,
        files: Files,
        operation: Operation,
        every_task: bool = False,
    ) -> None:
        """Write files on the main branch."""
        self._write(_MAIN, (self._main,) if self._main else (), person, day, files,
                    message_of(operation, every_task))  # fmt: skip
        self._main = len(self.commits)
        self._took(files)

    def propose(
        self,
        person: tuple[str, str],
        day: dt.date,
        branch: str,
        files: Files,
        operation: Operation,
    ) -> int:
        """Write files on a branch off the main one; the commit's number."""
        self._write(branch, (self._main,), person, day, files, message_of(operation, True))
        return len(self.commits)

    def merge(
        self, person: tuple[str, str], day: dt.date, proposed: int, operation: Operation
    ) -> None:
        """Merge what was proposed into the main branch."""
        files = self.commits[proposed - 1].files
        parents = (self._main, proposed)
        self._write(_MAIN, parents, person, day, files, message_of(operation, True))
        self._main = len(self.commits)
        self._took(files)

    def _write(
        self,
        branch: str,
        parents: Sequence[int],
        person: tuple[str, str],
        day: dt.date,
        files: Files,
        message: str,
    ) -> None:
        morning = dt.datetime.combine(day, _BEGIN, self._where)
        self._now = max(self._now + _BETWEEN, morning)
        when = int(self._now.timestamp()), self._now.astimezone(self._where).strftime("%z")
        self.commits.append(WrittenCommit(branch, tuple(parents), person, when, message, files))

    def _took(self, files: Files) -> None:
        self.files.update(files)
        for path, content in files.items():
            if is_below(path, TASKS) and is_record(path):
                task = decoded(Task, content, path)
                self.tasks[task.id] = task
