"""What a change may make right or wrong: what it touches, and whatever leans on that.

A rule on the ledger as it stands looks at one file and at what that file leans on. What neither
is touched nor leans on anything that is, is as it was, and so is what a rule says of it: of two
states it is not looked at in either. How a file leans on another is told by `model.mentions`, by
ids, and by the folders of sources.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Container, Iterable, Iterator, Sequence

from ledger.adapters.git.walk import FileDiff
from ledger.model.change import Change, difference
from ledger.model.decision import Decision
from ledger.model.mentions import closed_on, day_closed
from ledger.model.paths import (
    CONFIG_FILE,
    DECISIONS,
    EVIDENCE,
    SOURCES,
    TASKS,
    is_below,
    is_ledger_file,
)
from ledger.model.record import dataclass, replace
from ledger.model.snapshot import Snapshot
from ledger.model.task import Task
from ledger.usecases.reading.replay import State, moved_from_rest, rest_of, whole_change
from ledger.usecases.reading.rest import FOLDERS, Rest


@dataclass(frozen=True, slots=True)
class Near:
    """A change, with just as much of both sides as it may concern.

    Attributes:
        change: of partial snapshots, which know of all.
        same_days: the same of all that was closed on the days on which something that is touched
            was: how many there are says a rule. None where `change` has everything.
    """

    change: Change
    same_days: tuple[Snapshot, Snapshot] | None = None


def near_change(
    old: State, new: State, touched: Collection[str], diffs: Iterable[FileDiff]
) -> Near:
    """What turned one state into another.

    Args:
        touched: the ledger's own files that differ.
        diffs: all files that do.
    """
    rest = rest_of(new)
    if rest is None or rest is not rest_of(old) or CONFIG_FILE in touched:
        return Near(whole_change(old, new, touched))
    both = _Both(old, new, rest)
    evidence = {each.path for each in diffs if is_below(each.path, EVIDENCE)}
    paths = both.around(touched, evidence)
    rest.read(paths)
    tasks = {name for kind, name in both.keys(touched) if kind == TASKS}
    change = difference(old.part(paths), new.part(paths), tasks)
    return Near(change, both.of_days({*both.days(touched)}))


class OwnBlobs(Container[object]):
    """Whether a blob is one of the ledger's own files in some states."""

    def __init__(self, states: Sequence[State]) -> None:
        """Of states with everything, or of such as know no more than was asked for."""
        self._rests = {rest for each in states if (rest := rest_of(each))}
        self._known = {
            version.blob
            for state in states
            for path in (moved_from_rest(state) if rest_of(state) else state.files)
            if (version := state.files.get(path))
        }

    def __contains__(self, blob: object) -> bool:
        known = isinstance(blob, str) and any(each.has_blob(blob) for each in self._rests)
        return known or blob in self._known


class _Both:
    """Two states that were made from one commit."""

    def __init__(self, old: State, new: State, rest: Rest) -> None:
        self._states = (old, new)
        self._rest = rest
        self._moved = {*moved_from_rest(old), *moved_from_rest(new)}

    def around(self, touched: Collection[str], evidence: Collection[str]) -> set[str]:
        """The paths of what is touched and of what leans on it."""
        keys = self.keys(touched)
        ids = {name for _, name in keys}
        paths = {*touched, *self._of(ids), *self._mentioning({*ids, *evidence})}
        for kind, name in keys:
            if kind == SOURCES:
                paths.update(self._rest.below(f"{TASKS}/{name}"))
        paths |= self._around_meetings({name for kind, name in keys if kind == DECISIONS})
        return paths

    def keys(self, paths: Iterable[str]) -> set[tuple[str, str]]:
        """Kind and id of the records at some paths."""
        return {
            (kind, version.entry.record.id)
            for path in paths
            for state in self._states
            if (version := state.files.get(path)) and version.entry
            for kind in FOLDERS
            if is_below(path, kind)
        }

    def days(self, paths: Iterable[str]) -> Iterator[dt.date]:
        """The days on which tasks at some paths were closed."""
        for task in self._records(paths):
            if isinstance(task, Task) and (day := day_closed(task)):
                yield day

    def of_days(self, days: Collection[dt.date]) -> tuple[Snapshot, Snapshot]:
        """All that was closed on some days, in either state."""
        paths = self._mentioning(map(closed_on, days)) if days else set()
        self._rest.read(paths)
        old, new = (
            replace(
                snapshot,
                tasks=tuple(each for each in snapshot.tasks if day_closed(each.record) in days),
                sources=(),
                decisions=(),
                problems=(),
            )
            for snapshot in (state.part(paths) for state in self._states)
        )
        return old, new

    def _around_meetings(self, meetings: set[str]) -> set[str]:
        """What leans on some meetings: on whatever they have said, and what others say of them.

        A meeting that corrects another one counts as long as that one is what it was; so those
        that correct them are looked at as if they were touched, too.
        """
        paths: set[str] = set()
        known: set[str] = set()
        while left := meetings - known:
            known |= left
            again = self._mentioning(left)
            paths |= again
            meetings = meetings | {
                each.id
                for each in self._records(again)
                if isinstance(each, Decision) and each.corrects in left
            }
        tasks = {
            item.task
            for each in self._records(self._of(known))
            if isinstance(each, Decision)
            for item in each.items
        }
        return paths | self._of({*known, *tasks}) | self._mentioning(tasks)

    def _of(self, ids: Iterable[str]) -> set[str]:
        """The files that are known by some ids, or may be, though they cannot be read."""
        names = {*ids}
        paths = {path for name in names for path in self._rest.called(name)}
        for name in names:
            for state in self._states:
                for kind in FOLDERS:
                    paths.update(state.paths.get((kind, name), ()))
        return paths

    def _mentioning(self, words: Iterable[str]) -> set[str]:
        """The files that have any of some words, and all that are other than in the rest."""
        return {*self._rest.mentioning(words), *filter(is_ledger_file, self._moved)}

    def _records(self, paths: Iterable[str]) -> Iterator[object]:
        for path in paths:
            for state in self._states:
                if (version := state.files.get(path)) and version.entry:
                    yield version.entry.record
