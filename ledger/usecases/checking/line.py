"""The line of history that an audit follows: listed, and judged by one process or by two."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

from ledger.adapters.disk.beside import Count, Send, beside
from ledger.adapters.disk.both import can_fork
from ledger.adapters.files.cache import Cache
from ledger.adapters.git.walk import Commit, ancestry, brought_by, line_of, these_commits
from ledger.errors import LedgerError
from ledger.model.paths import CONFIG_FILE, PLACES, is_ledger_file
from ledger.model.record import dataclass, replace
from ledger.model.telling import Tell
from ledger.usecases.checking.findings import Audited, Judged
from ledger.usecases.checking.judge import Judge
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.replay import State, recalled, seen_at, state_at
from ledger.usecases.reading.step import STEP_PLACES
from ledger.usecases.reading.versions import BATCH, batches, versions_of

Part = tuple[int, int]  # steps of the line: the first one, and the one behind the last

# Measured in steps of a small ledger: what it costs to read a file, to judge one that a first
# commit brings, and to have git hold each file of a folder against itself at every step.
_READ, _FIRST, _COMPARED = 0.15, 0.2, 0.00014
_LEAST = 2 * BATCH  # steps for which a second process is worth it


@dataclass(frozen=True, slots=True)
class MainLine:
    """The commits to be audited: the main line, oldest first, and what its merges brought.

    What each of them has changed is only asked of those that are judged.

    Attributes:
        line: ids.
        inside: a merge of the main line → the other commits that it brought.
        before: the parent of the first one; empty for the beginning of history.
        beginnings: first commits that merges brought from elsewhere, each with its merge.
    """

    line: Sequence[str]
    inside: Mapping[str, Sequence[str]]
    before: str
    since: str
    commits: int
    beginnings: Sequence[tuple[str, str]]

    def listed(
        self, ledger: Ledger, line: Sequence[str], remembering: bool = False
    ) -> tuple[list[Commit], dict[str, list[Commit]]]:
        """Some steps of the main line, and what each brought, with what they changed.

        Of a merge within it is not told; it is looked at as a whole where that matters.

        Args:
            remembering: whether it is remembered which commits may have changed a task.
        """
        inner = [each for step in line for each in self.inside.get(step, ())]
        told = {each.id: each for each in these_commits(ledger.repo, (*line, *inner), STEP_PLACES)}
        if remembering:
            from ledger.usecases.reading.walked import remember_walked  # the gate does not

            remember_walked(ledger, told.values())
        inside = {
            step: [
                replace(each, files=()) if len(each.parents) > 1 else each
                for each in map(told.__getitem__, self.inside.get(step, ()))
            ]
            for step in line
        }
        return [told[step] for step in line], inside

    def parent(self, number: int) -> str:
        """The commit before a step; empty before the beginning of history."""
        return self.line[number - 1] if number else self.before


def history_of(ledger: Ledger, since: str, until: str) -> MainLine:
    """List history by one git call, however long it is."""
    parents = ancestry(ledger.repo, until, since)
    line, brought = line_of(parents, until), brought_by(parents, until)
    inside: dict[str, list[str]] = {}
    for commit in parents:
        if commit in brought:
            inside.setdefault(brought[commit], []).append(commit)
    before = parents[line[0]].partition(" ")[0] if line else ""
    first = line[0] if line and not since else ""
    beginnings = [
        (commit, brought.get(commit, commit))
        for commit, its in parents.items()
        if not its and commit != first
    ]
    return MainLine(line, inside, before, since, len(parents), beginnings)


def judge_line(
    ledger: Ledger, history: MainLine, start: int, progress: Tell, pushed: bool = False
) -> Iterator[tuple[int, Audited]]:
    """Judge the steps from a position on; yield how many are done and what the last ones show."""
    end = len(history.line)
    if start == end:
        return
    judge = Judge(ledger, pushed)
    middle = end if pushed else _middle(ledger, history, start)
    if middle == end:
        begun = _pushed_onto(ledger, history, start) if pushed else None
        for done, judged, _ in _judged(ledger, history, judge, (start, end), progress, begun):
            yield done, judge.settled(judged)
        return
    state = None
    with beside(lambda send, count: _second(ledger, history, start, middle, send, count)) as second:
        tell: Tell = lambda done, whole: progress(done + second.count(), whole)  # noqa: E731
        for done, judged, after in _judged(ledger, history, judge, (start, middle), tell):
            yield done, judge.settled(judged)
            state = after
        results = second.results(lambda: tell(middle, end))
    if results is not None:
        progress(end, end)
        for done, judged in results:
            yield done, judge.settled(judged)
        return
    # It has died, or could not do it.
    for done, judged, _ in _judged(ledger, history, judge, (middle, end), progress, state):
        yield done, judge.settled(judged)


def _judged(
    ledger: Ledger,
    history: MainLine,
    judge: Judge,
    part: Part,
    progress: Tell,
    state: State | None = None,
) -> Iterator[tuple[int, Judged, State]]:
    """Judge some steps; yield how many of all are done, what the last ones show, the state then.

    Args:
        state: before them, where it is known.
    """
    done, end = part
    if state is None:
        before = history.parent(done)  # whatever commit was named to begin after
        state = recalled(ledger, state_at(ledger, before, STEP_PLACES)) if before else State()
    for some in batches(history.line[done:end]):
        tell = lambda number, before=done: progress(before + number, len(history.line))  # noqa: E731
        listed = history.listed(ledger, some, remembering=not judge.pushed)
        state, judged = judge.judge(*listed, state, tell)
        done += len(some)
        yield done, judged, state


def _pushed_onto(ledger: Ledger, history: MainLine, start: int) -> State | None:
    """The ledger before a push, of which only what is touched by its commits is read."""
    if not (before := history.parent(start)):
        return None
    steps, inside = history.listed(ledger, history.line[start:])
    paths = {file.path for each in chain(steps, *inside.values()) for file in each.files}
    return recalled(ledger, seen_at(ledger, before, STEP_PLACES), paths)


def _middle(ledger: Ledger, history: MainLine, start: int) -> int:
    """From where on a second process judges; the end where one is enough.

    It has to read the ledger as it is there, and the first commit may bring as much as many others;
    so the shares are not of one length.
    """
    end = len(history.line)
    if end - start < _LEAST or not can_fork():
        return end
    files, first = (
        len(ledger.repo.tree(commit, *PLACES)) if commit else 0
        for commit in (history.line[-1], "" if history.parent(start) else history.line[start])
    )
    step = 1 + files * _COMPARED
    own = (end - start + (files * _READ - first * _FIRST) / step) / 2
    middle = start + max(1, round(own / BATCH)) * BATCH
    return middle if end - middle >= BATCH else end


def _second(
    ledger: Ledger, history: MainLine, start: int, middle: int, send: Send, count: Count
) -> None:
    """What the second process does: all from a step on, with everything of its own.

    Raises:
        LedgerError: the ledger there is such that what was before has to be known.
    """
    own = replace(ledger, repo=replace(ledger.repo), cache=Cache(ledger.repo.state_dir()))
    judge = Judge(own, own=_Before(own, history, start, middle))
    state = state_at(own, history.parent(middle), STEP_PLACES, judge.parts)
    if CONFIG_FILE not in state.files or any(each.entry is None for each in state.files.values()):
        raise LedgerError("还要看以前")
    part = (middle, len(history.line))
    tell: Tell = lambda done, _: count(done - middle)  # noqa: E731
    for done, judged, _ in _judged(own, history, judge, part, tell, state):
        send((done, judged))


class _Before(Container[object]):
    """What the ledger's own files have been up to a step, listed once somebody asks."""

    def __init__(self, ledger: Ledger, history: MainLine, start: int, middle: int) -> None:
        """As far as an audit looks back: from a step on."""
        self._ledger, self._history, self._part = ledger, history, (start, middle)

    def __contains__(self, blob: object) -> bool:
        return blob in self._blobs

    @cached_property
    def _blobs(self) -> set[str]:
        start, middle = self._part
        before = self._history.parent(start)
        listed = self._ledger.repo.tree(before, *PLACES) if before else ()
        blobs = {each.blob for each in listed if is_ledger_file(each.path)}
        for some in batches(self._history.line[start:middle]):
            steps, inside = self._history.listed(self._ledger, some)
            commits = (*steps, *(each for inner in inside.values() for each in inner))
            blobs.update(blob for _, blob in versions_of(commits))
        return blobs
