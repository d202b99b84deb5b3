"""The ledger as it goes through history, step by step: only what a step touches is read anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, MutableMapping
from typing import Any

from ledger.adapters.files.read_snapshot import Version, odd_file
from ledger.adapters.git.walk import Commit, FileDiff, file_commits
from ledger.model.change import Change, difference
from ledger.model.config import Config
from ledger.model.decision import Decision
from ledger.model.layers import Layers
from ledger.model.paths import (
    CONFIG_FILE,
    DECISIONS,
    EVIDENCE,
    SOURCES,
    TASKS,
    TEMPLATES,
    is_below,
    is_config,
    is_ledger_file,
)
from ledger.model.record import dataclass, field, replace
from ledger.model.shared import Parts
from ledger.model.snapshot import Entry, Index, Snapshot, in_order
from ledger.model.source import Source
from ledger.model.task import Task
from ledger.usecases.reading.load import find_entry, named, part_of
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.rest import FOLDERS, Entries, Files, Meetings, Paths, Rest
from ledger.usecases.reading.versions import Versions, read_pairs

_NEW = "new"  # instead of the blob of what is nowhere written yet


@dataclass(frozen=True, slots=True)
class State:
    """The ledger after one commit.

    Attributes:
        commit: empty before the first one.
        files: the ledger's own files, by path.
        others: blob ids of what rules look at besides (templates, evidence), by path.
        templates: those of templates alone.
        paths: id → the paths where it is used, per kind of record; more than one is T010 or D008.
        index: the same as entries, the first path of each id.
        last: what files that cannot be read said as long as they could be, by path.
    """

    commit: str = ""
    files: Mapping[str, Version] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    index: Index = field(default_factory=lambda: Index({}, {}, {}, {}))
    last: Mapping[str, Version] = field(default_factory=dict)

    @property
    def config(self) -> Config:
        """ledger.yaml; where it cannot be read what it said last, else the defaults."""
        version = self.last.get(CONFIG_FILE) or self.files.get(CONFIG_FILE)
        return version.entry.record if version and version.entry else Config()

    def after(self, commit: str, diffs: Iterable[FileDiff], versions: Versions) -> State:
        """The state that a commit makes of this one.

        Args:
            diffs: what it changed.
            versions: every file that it brought, from `read_pairs`.
        """
        own: list[FileDiff] = []
        strange: list[FileDiff] = []
        for diff in diffs:
            (own if is_ledger_file(diff.path) else strange).append(diff)
        state = self._with_others(strange) if strange else self
        if not own:
            return replace(state, commit=commit)
        files, last = Layers.of(state.files), Layers.of(state.last)
        touched: dict[tuple[str, str], set[str]] = {}
        for diff in own:
            version = _version(diff, versions)
            for each in (files.get(diff.path), version):
                if (key := _key(diff.path, each)) is not None:
                    touched.setdefault(key, set()).add(diff.path)
            _set(last, diff.path, _last(state, diff.path, version))
            _set(files, diff.path, version)
        paths = Layers.of(state.paths)
        for key, candidates in touched.items():
            everywhere = {*paths.get(key, ()), *candidates}
            using = (path for path in everywhere if _key(path, files.get(path)) == key)
            _set(paths, key, tuple(sorted(using)))
        index = _indexed(state.index, touched, paths, files)
        return replace(state, commit=commit, files=files, paths=paths, index=index, last=last)

    def _with_others(self, diffs: Iterable[FileDiff]) -> State:
        """The same with other blobs of what is none of the ledger's own files."""
        others, templates = Layers.of(self.others), dict(self.templates)
        for diff in diffs:
            blob = diff.new if diff.is_file() else ""
            _set(others, diff.path, blob)
            if is_below(diff.path, TEMPLATES):
                _set(templates, diff.path, blob)
        return replace(self, others=others, templates=templates)

    def readable(self, diffs: Iterable[FileDiff]) -> State:
        """The same with what broken files said before, so that breaking a file hides no change.

        Args:
            diffs: the files that are looked at.
        """
        lost = {each.path: self.last[each.path] for each in diffs if each.path in self.last}
        if not lost:
            return self
        restored = (FileDiff(path, "", each.blob, "100644") for path, each in lost.items())
        return self.after(
            self.commit, restored, {(path, each.blob): each for path, each in lost.items()}
        )

    def part(self, paths: Collection[str]) -> Snapshot:
        """A snapshot of some files which knows of all."""
        return self._snapshot(sorted(path for path in paths if path in self.files))

    def whole(self) -> Snapshot:
        """The whole ledger."""
        return self._snapshot(sorted(self.files))

    def _snapshot(self, paths: Iterable[str]) -> Snapshot:
        versions = [self.files[path] for path in paths]
        entries = [each.entry for each in versions if each.entry is not None]
        return Snapshot(
            self.config,
            tuple(each for each in entries if isinstance(each.record, Task)),
            tuple(each for each in entries if isinstance(each.record, Source)),
            tuple(each for each in entries if isinstance(each.record, Decision)),
            tuple(problem for each in versions for problem in each.problems),
            self.commit,
            self.templates,
            self._known(),
            CONFIG_FILE in self.files,
        )

    def _known(self) -> Index:
        rest = rest_of(self)
        if rest is None or not isinstance(self.files, Layers):
            return self.index
        return replace(self.index, meetings=Meetings(self.files, rest, self.index.decisions))


def change_of(old: State, new: State, diffs: Collection[FileDiff]) -> Change:
    """What one step did, as snapshots of the touched files; of everything when much hangs on it.

    Departments, sources, meetings and evidence may matter to tasks that were not touched.
    """
    touched = [each.path for each in diffs]
    if any(_is_far_reaching(each) for each in diffs):
        return whole_change(old, new, touched)
    return part_change(old, new, touched)


def part_change(old: State, new: State, touched: Iterable[str]) -> Change:
    """What turned one state into another, as snapshots of the touched files.

    Args:
        touched: the files that differ.
    """
    paths = {path for path in touched if is_ledger_file(path)}
    keys = _keys(old, new, paths)
    for key in keys:  # of two with one id either may hide the other
        paths.update(*(state.paths.get(key, ()) for state in (old, new)))
    return difference(old.part(paths), new.part(paths), _tasks(keys))


def whole_change(old: State, new: State, touched: Iterable[str]) -> Change:
    """What turned one state into another, as snapshots of everything.

    Args:
        touched: the files that differ.
    """
    keys = _keys(old, new, filter(is_ledger_file, touched))
    return difference(old.whole(), new.whole(), _tasks(keys))


def _keys(old: State, new: State, paths: Iterable[str]) -> set[tuple[str, str]]:
    """Under which ids some files are known in two states."""
    known = (_key(path, state.files.get(path)) for path in paths for state in (old, new))
    return {key for key in known if key is not None}


def _tasks(keys: Iterable[tuple[str, str]]) -> set[str]:
    return {name for kind, name in keys if kind == TASKS}


def differing(old: State, new: State) -> frozenset[str]:
    """The ledger's own files whose content is not the same in two states, or that are odd."""
    rest = rest_of(new)
    if rest and rest is rest_of(old):
        paths = {*moved_from_rest(old), *moved_from_rest(new), *rest.odd()}
    else:
        paths = {*old.files, *new.files}
    pairs = ((path, old.files.get(path), new.files.get(path)) for path in paths)
    return frozenset(
        path
        for path, was, now in pairs
        if (was.blob if was else "") != ((now and now.blob) or None)
    )


def rest_of(state: State) -> Rest | None:
    """The commit of which a state has no more than was asked for; None where it has everything."""
    below = state.files.below if isinstance(state.files, Layers) else state.files
    return below.rest if isinstance(below, Files) else None


def blobs_of(state: State) -> dict[str, str]:
    """The blobs of all of the ledger's own files, by path; empty where it is no regular file."""
    if (rest := rest_of(state)) is None:
        return {path: version.blob for path, version in state.files.items()}
    blobs = rest.blobs()
    for path in moved_from_rest(state):
        version = state.files.get(path)
        _set(blobs, path, None)
        blobs |= {path: version.blob} if version else {}
    return blobs


def moved_from_rest(state: State) -> Collection[str]:
    """The files in which a state differs from the commit that it was made from."""
    return state.files.above if isinstance(state.files, Layers) else ()


def state_at(
    ledger: Ledger, commit: str, paths: Collection[str], parts: Parts | None = None
) -> State:
    """The state at a commit, read from its tree.

    Args:
        paths: files and folders to be known of.
        parts: as `read_pairs` has them.
    """
    listed = ledger.repo.tree(commit, *paths, also=is_config)
    diffs = [FileDiff(each.path, "", each.blob, each.mode) for each in listed]
    return moved(ledger, State(), commit, diffs, parts)


def seen_at(ledger: Ledger, commit: str, paths: Collection[str]) -> State:
    """The same, of which the ledger's own files are read only where somebody asks for them."""
    listed = ledger.repo.tree(
        commit, *(each for each in paths if each not in FOLDERS), also=is_config
    )
    if any(each.path.startswith(f"{CONFIG_FILE}/") for each in listed):
        return state_at(ledger, commit, paths)  # a folder: what it hides is told file by file
    top = [each for each in listed if is_ledger_file(each.path)]
    files = Files(Rest(ledger, commit, top))
    known = Paths(files)
    tasks, sources, decisions = (Layers.over(Entries(kind, known, files)) for kind in FOLDERS)
    others = {
        each.path: each.blob
        for each in listed
        if each.mode.startswith("100") and not is_ledger_file(each.path)
    }
    return State(
        commit,
        Layers.over(files),
        others,
        {path: blob for path, blob in others.items() if is_below(path, TEMPLATES)},
        Layers.over(known),
        Index(tasks, sources, decisions),
    )


def with_entries(state: State, entries: Iterable[Entry[Any]]) -> State:
    """A state with other records at some of its paths, as nothing has them yet."""
    versions = {(each.path, _NEW): Version(each, (), _NEW) for each in entries}
    diffs = [FileDiff(path, "", _NEW, "100644") for path, _ in versions]
    return state.after(state.commit, diffs, versions)


def entry_meant(state: State, task_id: str) -> Entry[Task]:
    """The task of a state that an id or its unique ending names.

    Raises:
        UsageError: no such task, or more than one.
    """
    tasks = state.index.tasks
    rest = rest_of(state)
    if task_id in tasks or rest is None:
        return find_entry(state.whole(), task_id) if rest is None else tasks[task_id]
    ids = {*rest.ids_like(part_of(task_id))}
    entries = sorted((entry for each in ids if (entry := tasks.get(each))), key=lambda e: e.path)
    meant = named({entry.path: entry.record.id for entry in entries}, task_id)
    return next(entry for entry in entries if entry.path == meant)


def moved(
    ledger: Ledger,
    state: State,
    commit: str,
    diffs: Iterable[FileDiff],
    parts: Parts | None = None,
) -> State:
    """The state that a commit, or a tree, makes of another one by some changes.

    Args:
        parts: as `read_pairs` has them.
    """
    files = tuple(diffs)
    versions = read_pairs(ledger, [Commit(commit, files=files)], parts=parts)
    return state.after(commit, files, versions)


def recalled(ledger: Ledger, state: State, paths: Collection[str] | None = None) -> State:
    """A state that was read from its tree, with what its unreadable files said before.

    Args:
        paths: the files that will be looked at, beside ledger.yaml; all by default.
    """
    last: dict[str, Version] = {}
    asked = state.files if paths is None else {*paths, CONFIG_FILE}
    known = ((path, state.files.get(path)) for path in asked)
    broken = [path for path, each in known if each and each.entry is None]
    if state.commit and CONFIG_FILE not in state.files:
        broken.append(CONFIG_FILE)
    for path in broken:
        commits = file_commits(ledger.repo, state.commit, path)
        versions = read_pairs(ledger, commits)
        before = (versions.get((path, diff.old)) for each in commits for diff in each.files)
        _set(last, path, next((each for each in before if each and each.entry), None))
    return replace(state, last=last) if last else state


def _version(diff: FileDiff, versions: Versions) -> Version | None:
    if not diff.new:
        return None
    if not diff.is_file():
        return Version(None, (odd_file(diff.path, diff.mode),))
    return versions[diff.path, diff.new]


def _last(state: State, path: str, version: Version | None) -> Version | None:
    """What a file said last, where it cannot be read from now on; ledger.yaml even when gone."""
    if (version is None and path != CONFIG_FILE) or (version and version.entry is not None):
        return None
    before = state.files.get(path)
    return before if before and before.entry else state.last.get(path)


def _key(path: str, version: Version | None) -> tuple[str, str] | None:
    """Under which id a file is known; None where it has none."""
    if version is None or version.entry is None or path == CONFIG_FILE:
        return None
    kind = next(place for place in FOLDERS if is_below(path, place))
    return kind, version.entry.record.id


def _indexed(
    index: Index,
    ids: Collection[tuple[str, str]],
    paths: Mapping[tuple[str, str], tuple[str, ...]],
    files: Mapping[str, Version],
) -> Index:
    """The index with the entries of some ids made anew."""
    kinds: dict[str, Layers[str, Entry[Any]]] = {}
    known: dict[str, Mapping[str, Entry[Any]]] = {
        TASKS: index.tasks, SOURCES: index.sources, DECISIONS: index.decisions,
    }  # fmt: skip
    for kind, name in ids:
        if kind not in kinds:
            kinds[kind] = Layers.of(known[kind])
        first = paths.get((kind, name), ())[:1]
        _set(kinds[kind], name, files[first[0]].entry if first else None)
    made = {**known, **kinds}
    meetings = index.meetings
    if meetings is not None and DECISIONS in kinds:
        names = {name for kind, name in ids if kind == DECISIONS}
        meetings = _met(meetings, names, index.decisions, kinds[DECISIONS])
    return Index(made[TASKS], made[SOURCES], made[DECISIONS], meetings)


def _met(
    meetings: Mapping[str, tuple[Decision, ...]],
    names: Iterable[str],
    before: Mapping[str, Entry[Decision]],
    after: Mapping[str, Entry[Decision]],
) -> Mapping[str, tuple[Decision, ...]]:
    """The meetings on each task, where some of the records are not what they were."""
    made = Layers.of(meetings)
    for name in names:
        old, new = (each[name].record if name in each else None for each in (before, after))
        for task in old.discussed if old else ():
            _set(made, task, tuple(each for each in made.get(task, ()) if each.id != name))
        if new is not None:
            for task in new.discussed:
                made[task] = in_order((*made.get(task, ()), new))
    return made


def _set(mapping: MutableMapping[Any, Any], key: Any, value: Any) -> None:
    """Set a key, or remove it where there is nothing to be set."""
    if value:
        mapping[key] = value
    else:
        mapping.pop(key, None)


def _is_far_reaching(diff: FileDiff) -> bool:
    if diff.path == CONFIG_FILE or is_below(diff.path, EVIDENCE):
        return bool(diff.old)
    return not diff.new and is_ledger_file(diff.path)
