"""What is wrong with a ledger, as every command that reads it tells: mostly nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ledger.adapters.files.index.kept import Unusable
from ledger.adapters.files.index.worktree import TaskIndex
from ledger.model.paths import CONFIG_FILE
from ledger.usecases.reading.open import Ledger

if TYPE_CHECKING:
    from ledger.adapters.files.read_snapshot import Listing
    from ledger.model.problem import Problem
    from ledger.model.snapshot import Snapshot


def problems_now(ledger: Ledger, snapshot: Snapshot | None = None) -> tuple[Problem, ...]:
    """What is wrong with the working tree, as every command that reads it tells.

    Args:
        snapshot: of the working tree, where it has been read.
    """
    index = ledger.index
    try:
        index.refresh()
        paths = index.suspects()
        if (known := known_problems(index, paths)) is not None:
            return known
    except Unusable:
        from ledger.adapters.files.read_snapshot import list_worktree, read_snapshot

        listing = list_worktree(ledger.root, index)
        return judged_on_reading(snapshot or read_snapshot(listing, ledger.cache), listing)
    return _judged_now(ledger, paths)


def _judged_now(ledger: Ledger, paths: Sequence[str]) -> tuple[Problem, ...]:
    """What the rules say of some files of the working tree, which the index keeps."""
    import json

    from ledger.adapters.files.read_snapshot import in_worktree, read_snapshot, watching
    from ledger.model.decode import encode

    index = ledger.index
    listing = in_worktree(ledger.root, *index.listing(paths))
    watched, changed = watching(listing)
    problems = judged_on_reading(read_snapshot(watched, ledger.cache), watched)
    if not changed:
        index.keep_verdict(json.dumps(encode(problems)))  # names may be no UTF-8
    return problems


def known_problems(index: TaskIndex, suspects: Sequence[str]) -> tuple[Problem, ...] | None:
    """What is wrong with what an index has; None where its suspects have to be judged for that."""
    if not suspects:
        return ()
    if (known := index.verdict()) is None:
        return None
    import json

    from ledger.model.problem import Problem

    plain = [each | {"place": tuple(each["place"])} for each in json.loads(known)]
    return tuple(Problem(**each) for each in plain)


def judged_on_reading(snapshot: Snapshot, listing: Listing) -> tuple[Problem, ...]:
    """What the rules on every reading say, causes first."""
    from ledger.adapters.files.read_snapshot import with_lines
    from ledger.rules import ALWAYS, Context, check_snapshot  # not where nobody is suspected

    context = Context(snapshot.config, dt.date.min)  # none of these rules asks for the day
    unsorted = with_lines(check_snapshot(snapshot, context, ALWAYS), listing)
    return tuple(sorted(unsorted, key=causes_first))


def causes_first(problem: Problem) -> tuple[bool, str, int]:
    """What is wrong with ledger.yaml comes first: much of the rest may follow from it."""
    return problem.path != CONFIG_FILE, problem.path, problem.line
