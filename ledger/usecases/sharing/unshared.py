"""What was committed here and is nowhere else yet, and which of it breaks a rule by itself.

The gate judges every commit of a push, so a mistake that a later commit has mended still refuses.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Collection, Iterator
from functools import cache

from ledger.adapters.files.read_snapshot import list_commit, read_snapshot
from ledger.adapters.git.remote import remotes
from ledger.adapters.git.walk import first_parents, these_commits
from ledger.model.config import Config
from ledger.model.paths import CONFIG_FILE
from ledger.model.problem import Problem, errors
from ledger.model.record import dataclass
from ledger.model.zone import day_of
from ledger.usecases.reading.load import config_at
from ledger.usecases.reading.open import Ledger

_PROBES = 12  # looks into a line of commits: enough for some thousand


@dataclass(frozen=True, slots=True)
class Misstep:
    """A commit that breaks rules.

    Attributes:
        commit: its id.
        day: when it was committed, in the ledger's time zone, ISO 8601.
        author, subject: who made it, and the first line of its message.
        problems: the rules it breaks; errors only.
        within: whether it is refused by itself, however the files are now.
    """

    commit: str
    day: str
    author: str
    subject: str
    problems: tuple[Problem, ...]
    within: bool = True


def missteps(ledger: Ledger, base: str, tip: str, today: dt.date) -> tuple[Misstep, ...]:
    """The commits of a range that the gate refuses by themselves, oldest first."""
    from ledger.usecases.checking.check import check_steps  # not where nothing waits to be sent

    wrong: dict[str, tuple[Problem, ...]] = {}
    for step, problems in check_steps(ledger, base, tip, today):
        if refusing := errors(problems):
            wrong[step.commit.id] = refusing
    return tuple(_told(ledger, base, wrong, within=True))


def unshared_missteps(ledger: Ledger, today: dt.date) -> tuple[Misstep, ...]:
    """The same of what is here and not at the remote, as it was fetched the last time."""
    head = ledger.repo.head()
    if not head:
        return ()
    forge = (shared_config(ledger) or config_at(ledger, head)).forge
    shared = ledger.repo.branch_commit(forge.base, forge.remote)
    base = ledger.repo.merge_base(head, shared) if shared else ""
    return missteps(ledger, base, head, today) if base and base != head else ()


def shared_config(ledger: Ledger) -> Config | None:
    """ledger.yaml as the remote had it the last time, by which what is not shared is judged.

    None where there is no such branch, or its ledger.yaml cannot be read either.
    """
    branch, head = ledger.repo.branch(), ledger.repo.head()
    for remote in remotes(ledger.repo) if branch and head else ():
        shared = ledger.repo.branch_commit(branch, remote)
        base = ledger.repo.merge_base(head or "", shared) if shared else ""
        if not base:
            continue
        snapshot = read_snapshot(list_commit(ledger.repo, base, (CONFIG_FILE,)), ledger.cache)
        faults = (each.path for each in errors(snapshot.problems))
        broken = CONFIG_FILE in faults or not snapshot.configured
        forge = snapshot.config.forge
        if not broken and (forge.remote, forge.base) == (remote, branch):
            return snapshot.config
    return None


def blamed(ledger: Ledger, base: str, tip: str, today: dt.date) -> tuple[Misstep, ...]:
    """The commits of a range that the gate refuses, and those since which the files are wrong."""
    from ledger.usecases.checking.check import check_whole

    wrong = missteps(ledger, base, tip, today)
    known = {problem.what for each in wrong for problem in each.problems}
    whole = errors(check_whole(ledger, base, tip, today))
    rest = [each for each in whole if each.what not in known]
    return (*wrong, *_culprits(ledger, base, tip, today, rest))


def _culprits(
    ledger: Ledger, base: str, tip: str, today: dt.date, problems: Collection[Problem]
) -> tuple[Misstep, ...]:
    """The commits since which the files are wrong, for problems that the newest files have."""
    from ledger.usecases.checking.check import check_whole

    line = first_parents(ledger.repo, base, tip, most=1 << _PROBES)[::-1]

    @cache
    def broken(commit: str) -> frozenset[tuple[str, str, str]]:
        return frozenset(each.what for each in check_whole(ledger, base, commit, today))

    def culprit(problem: Problem) -> str:
        is_broken = lambda commit: problem.what in broken(commit)  # noqa: E731
        return line[bisect_left(line, True, hi=len(line) - 1, key=is_broken)]

    blamed: dict[str, tuple[Problem, ...]] = {}
    for problem in problems if line else ():
        commit = culprit(problem)
        blamed[commit] = (*blamed.get(commit, ()), problem)
    return tuple(_told(ledger, base, blamed, within=False))


def _told(
    ledger: Ledger, base: str, wrong: dict[str, tuple[Problem, ...]], *, within: bool
) -> Iterator[Misstep]:
    if not wrong:
        return
    zone = config_at(ledger, base).calendar.zone
    for commit in these_commits(ledger.repo, list(wrong), ()):
        day = day_of(commit.time, zone).isoformat()
        yield Misstep(commit.id, day, commit.author, commit.subject, wrong[commit.id], within)
