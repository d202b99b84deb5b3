"""The two sides of a change: the ledger where a branch began, and what it is now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger.adapters.files.read_snapshot import Listing, list_commit, read_snapshot, with_lines
from ledger.adapters.git.walk import FileDiff, differences
from ledger.model.change import Change, difference
from ledger.model.paths import CONFIG_FILE, EVIDENCE, TEMPLATES, is_below
from ledger.model.problem import Problem
from ledger.model.record import replace
from ledger.usecases.reading.open import Ledger, listing_of
from ledger.usecases.reading.proofs import paths_of
from ledger.usecases.reading.replay import differing, whole_change
from ledger.usecases.reading.step import States


class Sides:
    """What a branch changed since it began; what did not change is read once for both sides.

    Attributes:
        fork: the commit where it began.
        head: the commit that it is now; empty for the working tree.
        states: what has been read on the way.
        diffs: every file that differs.
        change: the same in the ledger's terms.
        touched: the ledger's own files that differ, or that are none.
    """

    def __init__(self, ledger: Ledger, fork: str, head: str) -> None:
        """Read both."""
        self.ledger, self.fork, self.head = ledger, fork, head
        self.states = States(ledger)
        self.diffs = differences(ledger.repo, fork, head)
        old = self.states.at(fork)
        is_folder = any(each.path.startswith(f"{CONFIG_FILE}/") for each in self.diffs)
        if head and not is_folder:  # which files alone do not show
            new = self.states.changed(fork, head, self.diffs)
            self._listing: Listing | None = None
            self.touched = differing(old, new)
            self.change = whole_change(old, new, self.touched)
        else:
            self._listing = listing_of(ledger, head)
            read = read_snapshot(self._listing, ledger.cache)
            was, now = {p: each.blob for p, each in old.files.items()}, self._listing
            self.touched = frozenset(
                path
                for path in {*was, *now.blobs, *now.odd}
                if (was.get(path) or None) != now.blobs.get(path) or path in now.odd
            )
            self.change = difference(old.whole(), replace(read, templates=_templates(ledger, head)))

    def own_blobs(self) -> set[str]:
        """The blobs of the ledger's own files on both sides."""
        own = {each.blob for each in self.states.at(self.fork).files.values()}
        if self._listing is not None:
            own.update(self._listing.blobs.values())
        elif self.head:
            files = self.states.at(self.head).files
            own.update(files[path].blob for path in self.touched if path in files)
        return own

    def lined(self, problems: Sequence[Problem]) -> tuple[Problem, ...]:
        """Problems of the newer side, with their lines."""
        if problems and self._listing is None:
            self._listing = list_commit(self.ledger.repo, self.head)
        return with_lines(problems, self._listing) if self._listing else ()


def wanted_proofs(change: Change, diffs: Iterable[FileDiff]) -> set[str]:
    """Which evidence matters to a change: what it touches, and that of the tasks it touches."""
    paths = paths_of(task for pair in change.pairs() for task in pair)
    paths.update(each.path for each in diffs if is_below(each.path, EVIDENCE))
    return paths


def _templates(ledger: Ledger, commit: str) -> dict[str, str]:
    if commit:
        return {each.path: each.blob for each in ledger.repo.tree(commit, TEMPLATES)}
    folder = ledger.root / TEMPLATES
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    names = [path.relative_to(ledger.root).as_posix() for path in files]
    return dict(zip(names, ledger.repo.hash_files(names), strict=True))
