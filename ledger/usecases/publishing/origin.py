"""What a site is made from: a commit, as bulletins are, and never what is not saved yet."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ledger import __version__
from ledger.adapters.git.commit import has_changes
from ledger.model.choice import department
from ledger.model.paths import DATA, PLACES, TEMPLATES
from ledger.usecases.bulletins.report import main_tip
from ledger.usecases.publishing.manifest import Origin
from ledger.usecases.publishing.stamp import Provenance
from ledger.usecases.reading.digest import snapshot_digest
from ledger.usecases.reading.load import load
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger


def origin_of(
    ledger: Ledger, when: Moment, dept: str, *, evidence: bool
) -> tuple[Origin, tuple[str, ...]]:
    """The origin of a site, and what the user is to know of it (Chinese sentences).

    Args:
        when: of a working tree the main branch's tip is meant.
        dept: whose tasks alone are wanted, by any of its names; empty for all.

    Raises:
        UsageError: nothing was committed yet, or there is no such department.
    """
    commit = when.commit or main_tip(ledger)
    called = department(load(ledger, commit), dept) if dept else ""
    origin = Origin(
        commit,
        snapshot_digest(ledger, commit),
        when.today.isoformat(),
        called,
        __version__,
        evidence,
    )
    newer = not when.commit and has_changes(ledger.repo, (*PLACES, DATA, TEMPLATES))
    return origin, ("台账里有还没有保存的改动，它们不在网页里。",) if newer else ()


def led_to(ledger: Ledger, origin: Origin) -> Callable[[Provenance], bool]:
    """Tells whether a state that a page names is an older one of what a site was made from.

    It is where its commit has led to the origin's and has just that digest, on no later day.
    """
    hashes: dict[str, str] = {}

    @cache
    def digest(commit: str) -> str:
        known = ledger.repo.has(commit) and ledger.repo.is_ancestor(commit, origin.commit)
        return snapshot_digest(ledger, commit, hashes) if known else ""

    def leads(stamp: Provenance) -> bool:
        earlier = stamp != origin.stamp and stamp.day <= origin.day
        return earlier and digest(stamp.commit) == stamp.digest

    return leads
