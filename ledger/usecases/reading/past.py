"""A past moment, answered by the index of its commit as the working tree is by its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ledger.adapters.files.index.worktree import TaskIndex
from ledger.adapters.files.read_snapshot import (
    in_commit,
    list_commit,
    parsed_files,
    read_snapshot,
)
from ledger.model.decode import encode
from ledger.model.problem import Problem
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.problems import judged_on_reading, known_problems

if TYPE_CHECKING:
    from ledger.adapters.files.index.past import Content


def index_at(ledger: Ledger, commit: str) -> TaskIndex:
    """The index of a commit."""
    from ledger.adapters.files.index.past import CommitIndex

    def contents() -> Iterator[Content]:
        listing = list_commit(ledger.repo, commit)
        yield from ((path, "", why, None) for path, why in listing.odd.items())
        for path, parsed in parsed_files(listing, ledger.cache):
            yield path, listing.blobs[path], "", parsed

    return CommitIndex(ledger.root, ledger.repo.state_dir(), commit, contents)


def problems_in(ledger: Ledger, index: TaskIndex, commit: str) -> tuple[Problem, ...]:
    """What is wrong with what an index has, as every command that reads it tells.

    Args:
        index: from `index_at`, refreshed.
    """
    paths = index.suspects()
    if (known := known_problems(index, paths)) is not None:
        return known
    listing = in_commit(ledger.repo, commit, *index.listing(paths))
    problems = judged_on_reading(read_snapshot(listing, ledger.cache), listing)
    index.keep_verdict(json.dumps(encode(problems)))  # names may be no UTF-8
    return problems
