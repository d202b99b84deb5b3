"""What a rule is: a code, a name, a severity and one function over a snapshot or a change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from ledger.model.change import Change
from ledger.model.config import Config
from ledger.model.problem import ERROR, Place, Problem
from ledger.model.record import dataclass, field
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.task import Task

# What a rule on snapshots looks at besides ledger.yaml. The first looks at a file and the record of
# its source, and finds there what no other file can change.
FILE = "file"
FILE_AND_DAY = "file and day"
LEDGER = "ledger"

OWN_FILE = "own"  # instead of a hash: a copy of one of the ledger's own files
STRICT_KIND = "巡视整改"  # for which C and D rules cannot be turned down


@dataclass(frozen=True, slots=True)
class Context:
    """What rules judge by, and may not take from what they judge.

    Attributes:
        config: policy and departments; of a change those of its base.
        today: the day of judgement.
        sha256: path of an evidence file → its hash, empty where there is no such file, `OWN_FILE`
            of a copy of the ledger's own; None where nobody asks, because neither the file nor its
            task is touched.
        long_ago: whether history is judged; what earlier versions did then is named as a remark.
    """

    config: Config
    today: dt.date
    sha256: Callable[[str], str | None] = field(default=lambda path: "")
    long_ago: bool = False


ChangeRule = Callable[[Change, Context], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `snapshot` or `change` is set; T001, T002 and much of T008 and D001 are found while
    a file is read.

    Attributes:
        code: permanent; its page is docs/rules/<code>.md.
        title: Chinese, a few words.
        looks_at: what `snapshot` looks at: `FILE`, `FILE_AND_DAY` or `LEDGER`.
        step: what can only be told of a single commit, besides `change`.
        edited: the fields of a task that it goes by. Where nothing but files of tasks was edited,
            and none of these fields, it finds nothing that it had not found before. None where that
            cannot be told by fields.
        severity: `error` or `warning`, unless ledger.yaml says otherwise.
    """

    code: str
    title: str
    snapshot: Callable[[Snapshot, Context], Iterable[Problem]] | None = None
    looks_at: str = LEDGER
    change: ChangeRule | None = None
    step: ChangeRule | None = None
    edited: frozenset[str] | None = None
    severity: str = ERROR


def together(*parts: ChangeRule) -> ChangeRule:
    """A rule on changes that has several parts."""
    return lambda change, context: chain.from_iterable(part(change, context) for part in parts)


def of_file(
    entry: Entry[Any], code: str, message: str, hint: str, place: Place = (), severity: str = ERROR
) -> Problem:
    """A problem of a task's, a source's or a meeting's file."""
    return Problem(entry.path, code, message, hint, severity, entry.record.id, place)


def on_task(
    change: Change, task: Task, code: str, message: str, hint: str, place: Place
) -> Problem:
    """A problem that a change brings to a task, in the file where the task is now."""
    return of_file(change.new.by_id[task.id], code, message, hint, place)
