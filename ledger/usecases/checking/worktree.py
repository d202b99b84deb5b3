"""`check` without a base: every rule on the ledger as the working tree has it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping

from ledger.adapters.files.read_snapshot import Listing, list_worktree, read_snapshot, with_lines
from ledger.model.change import Change
from ledger.model.outline import line_of
from ledger.model.paths import TASKS, is_below
from ledger.model.problem import Problem, in_order
from ledger.model.record import dataclass, replace
from ledger.rules import Context, check_rest, judged
from ledger.usecases.checking.by_file import FileFindings, judge_files
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.proofs import worktree_hashes


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found, and in which state.

    Attributes:
        problems: sorted by place, lines filled in.
        change: what was judged, when it was a change.
    """

    problems: tuple[Problem, ...]
    change: Change | None = None


def check_worktree(ledger: Ledger, today: dt.date, paths: Collection[str] = ()) -> Checked:
    """Every snapshot rule on the working tree.

    Args:
        paths: files or folders relative to the ledger's root; only their problems are returned.
    """
    listing = list_worktree(ledger.root, ledger.index)
    others = {path: blob for path, blob in listing.blobs.items() if not is_below(path, TASKS)}
    around = read_snapshot(replace(listing, blobs=others), ledger.cache)
    files = judge_files(listing, around, ledger.cache)
    tasks = (findings.entry(path) for path, findings in files.items())
    snapshot = replace(around, tasks=tuple(entry for entry in tasks if entry))
    own = frozenset(listing.blobs.values())
    hashes = worktree_hashes(ledger, snapshot.config, own, next(iter(own), ""))
    context = Context(snapshot.config, today, hashes)
    problems = [each for each in around.problems if each.path in listing.odd]
    problems += (each for findings in files.values() for each in findings.problems)
    problems += _lined(check_rest(snapshot, context), files, listing)
    told = judged(problems, snapshot.config, snapshot)
    return Checked(in_order(_below(paths, told)))


def _lined(
    problems: Iterable[Problem], files: Mapping[str, FileFindings], listing: Listing
) -> Iterator[Problem]:
    """Problems with their lines; a file is asked only where nothing was kept of such a place."""
    unknown = []
    for each in problems:
        findings = files.get(each.path)
        line = line_of(each.place, findings.lines) if findings and findings.task else None
        if line is None:
            unknown.append(each)
        else:
            yield each.at(line)
    yield from with_lines(unknown, listing)


def _below(paths: Collection[str], problems: Iterable[Problem]) -> Iterable[Problem]:
    if not paths:
        return problems
    return [
        problem
        for problem in problems
        if any(problem.path == path or problem.path.startswith(f"{path}/") for path in paths)
    ]
