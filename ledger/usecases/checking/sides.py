"""The two sides of a change: the ledger where a branch began, and what it is now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from ledger.adapters.files.index.kept import Unusable
from ledger.adapters.files.read_snapshot import (
    Listing,
    is_configured,
    lined_at,
    list_worktree,
    versions_of,
    with_lines,
)
from ledger.adapters.git.walk import FileDiff, differences
from ledger.errors import LedgerError
from ledger.model.change import Change
from ledger.model.paths import CONFIG_FILE, EVIDENCE, TASKS, TEMPLATES, is_below
from ledger.model.problem import Problem
from ledger.model.record import replace
from ledger.usecases.checking.near import Near, OwnBlobs, near_change
from ledger.usecases.reading.load import listing_of
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.proofs import Hasher, paths_of
from ledger.usecases.reading.replay import State, blobs_of, differing, moved_from_rest, rest_of
from ledger.usecases.reading.step import States

_TASK_FILES = f"{TASKS}/*.yaml"
_PLAIN, _NEW = "100644", "new"  # a mode; instead of a blob, of which the working tree has none


class Sides:
    """What a branch changed since it began; of what did not change only what leans on it is read.

    Attributes:
        fork: the commit where it began.
        head: the commit that it is now; empty for the working tree.
        states: what has been read on the way.
        old, new: the ledger on both sides.
        diffs: every file that differs; of the working tree's tasks the index knows that better.
        near: the same in the ledger's terms.
        touched: the ledger's own files that differ, or that are none.
    """

    def __init__(self, ledger: Ledger, fork: str, head: str) -> None:
        """Read both."""
        self.ledger, self.fork, self.head = ledger, fork, head
        self.states = States(ledger)
        self.diffs = differences(ledger.repo, fork, head, "" if head else _TASK_FILES)
        self._listing: Listing | None = None
        self.old = self.states.at(fork)
        is_folder = any(each.path.startswith(f"{CONFIG_FILE}/") for each in self.diffs)
        if head and not is_folder:  # which files alone do not show
            self.new = self.states.changed(fork, head, self.diffs)
        else:
            self._listing, was = _listed(ledger, head, self.old)
            self.new = _as_listed(ledger, self.old, was, self._listing, self.diffs)
        self.touched = differing(self.old, self.new)
        self.near = self.between(self.old)

    @property
    def change(self) -> Change:
        """What has become of the older side."""
        return self.near.change

    def between(self, old: State) -> Near:
        """What turned some state into the newer side."""
        near = near_change(old, self.new, differing(old, self.new), self.diffs)
        if self._listing is None:
            return near
        new = replace(
            near.change.new,
            templates=_templates(self.ledger, self.head),
            configured=is_configured(self._listing),
        )
        return replace(near, change=replace(near.change, new=new))

    def own_blobs(self) -> OwnBlobs:
        """The blobs of the ledger's own files on both sides."""
        return OwnBlobs((self.old, self.new))

    def as_stored(self, here: Hasher, before: Hasher) -> Hasher:
        """How evidence of the working tree is looked up: as git would store it, if it is as it was.

        Args:
            here: as it lies there.
            before: as the older side has it.
        """
        changed = {each.path for each in self.diffs}

        def sha256(path: str) -> str | None:
            now, was = here(path), before(path)
            if path in changed or now == was or not was:
                return now
            blobs = {each.path: each.blob for each in self.ledger.repo.files_of(self.fork, [path])}
            return was if _as_stored(self.ledger, blobs) else now

        return sha256

    def lined(self, problems: Sequence[Problem]) -> tuple[Problem, ...]:
        """Problems of the newer side, with their lines."""
        if self._listing is None:
            return lined_at(self.ledger.repo, self.head, problems)
        listing = self._listing
        if not listing.commit:
            paths = {each.path for each in problems}
            listing = list_worktree(self.ledger.root, self.ledger.index, sorted(paths))
        return with_lines(problems, listing)


def wanted_proofs(change: Change, diffs: Iterable[FileDiff]) -> set[str]:
    """Which evidence matters to a change: what it touches, and that of the tasks it touches."""
    paths = paths_of(task for pair in change.pairs() for task in pair)
    paths.update(each.path for each in diffs if is_below(each.path, EVIDENCE))
    return paths


def _listed(ledger: Ledger, commit: str, old: State) -> tuple[Listing, Mapping[str, str]]:
    """The ledger at a commit or in the working tree, and in an older state: files and their blobs.

    Of the working tree folders are left out that are alike, as far as that can be told from what
    the index has of them.
    """
    rest = rest_of(old)
    if commit or rest is None or moved_from_rest(old):
        return listing_of(ledger, commit), blobs_of(old)
    try:
        ledger.index.refresh(rows=False)
        folders, paths = ledger.index.unlike(rest.trees)
    except Unusable:
        return listing_of(ledger, commit), blobs_of(old)
    return list_worktree(ledger.root, ledger.index, paths), rest.blobs(folders)


def _as_listed(
    ledger: Ledger,
    old: State,
    was: Mapping[str, str],
    listing: Listing,
    diffs: Iterable[FileDiff],
) -> State:
    """The ledger that a listing names, made of another state by what differs.

    Args:
        was: the blobs of the older state's files, as far as they may differ.
        diffs: what differs to git, as far as it knows.
    """
    paths = {*was, *listing.blobs, *listing.odd}
    differ = {each for each in paths if was.get(each) != listing.blobs.get(each)} | {*listing.odd}
    if not listing.commit:
        doubtful = differ.difference(listing.odd, (each.path for each in diffs))
        differ -= _as_stored(ledger, {p: was[p] for p in doubtful if p in was})
    versions = versions_of(listing, differ, ledger.cache)
    diffs = [FileDiff(path, "", _NEW if path in versions else "", _PLAIN) for path in differ]
    new = old.after(listing.commit, diffs, {(path, _NEW): v for path, v in versions.items()})
    return replace(new, last={})


def _as_stored(ledger: Ledger, blobs: Mapping[str, str]) -> set[str]:
    """Those files of the working tree that git would store as what they were, path → blob id.

    It may store a file otherwise than it lies there (`core.autocrlf`, filters), and call it by
    another hash than we do (SHA-256).
    """
    paths = [path for path in blobs if (ledger.root / path).is_file()]
    with suppress(LedgerError):  # one has gone meanwhile, or a filter is missing: so it differs
        stored = ledger.repo.hash_files(paths)
        return {path for path, blob in zip(paths, stored, strict=True) if blob == blobs[path]}
    return set()


def _templates(ledger: Ledger, commit: str) -> dict[str, str]:
    if commit:
        return {each.path: each.blob for each in ledger.repo.tree(commit, TEMPLATES)}
    folder = ledger.root / TEMPLATES
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    names = [path.relative_to(ledger.root).as_posix() for path in files]
    return dict(zip(names, ledger.repo.hash_files(names), strict=True))
