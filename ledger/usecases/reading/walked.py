"""Which commits may have changed a file, remembered of those that an audit has looked at.

Git finds the commits of one file by its commit-graph, which names some three in a hundred too many;
to see that they are none costs it, in a long history, more than all the rest of the command.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator

from ledger.adapters.git.walk import Commit, file_commits, those_of_file
from ledger.model.paths import TASKS, is_below
from ledger.usecases.reading.open import Ledger

_MANY = 2_000  # commits of which nothing is known; git itself is faster then


def remember_walked(ledger: Ledger, commits: Iterable[Commit]) -> None:
    """Remember which tasks some commits have changed.

    Args:
        commits: each with all that it changed, compared with its first parent: of a merge that
            is more than what no parent has.
    """
    ids, touched = [], [b""]
    for commit in commits:
        ids.append(commit.id)
        paths = (os.fsencode(each.path) for each in commit.files if is_below(each.path, TASKS))
        touched += (b"%b\0%b" % (path, commit.id.encode()) for path in paths)
    if ids:
        ledger.cache.remember_walked(_root(ledger), "\n".join(ids), b"\n".join([*touched, b""]))


def task_commits(ledger: Ledger, parents: dict[str, str], path: str) -> list[Commit]:
    """As `walk.file_commits` of a task's file.

    Args:
        parents: the ancestry of the last commit, in the order of time.
    """
    known, asked = set[str](), set[str]()
    for commits, touched in ledger.cache.walked(_root(ledger)):
        known.update(commits.split("\n"))
        asked.update(_named_with(touched, path))
    left = parents.keys() - known
    if len(left) > _MANY:
        return file_commits(ledger.repo, next(reversed(parents)), path)
    return those_of_file(ledger.repo, _newest_first(parents, asked | left), path)


def _newest_first(parents: dict[str, str], asked: Collection[str]) -> list[str]:
    return [each for each in reversed(parents) if each in asked]


def _named_with(touched: bytes, path: str) -> Iterator[str]:
    """The commits that are named with a path."""
    mark, at = b"\n%b\0" % os.fsencode(path), 0
    while (at := touched.find(mark, at)) >= 0:
        at += len(mark)
        yield touched[at : touched.index(b"\n", at)].decode()


def _root(ledger: Ledger) -> bytes:
    """Of several ledgers in one repository each has its own paths."""
    return os.fsencode(ledger.repo.prefix())
