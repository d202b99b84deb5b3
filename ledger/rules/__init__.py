"""The ledger's rules: one function a rule, listed in one literal tuple."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ledger.model.problem import Problem
from ledger.model.snapshot import Snapshot
from ledger.rules import tasks

SnapshotRule = Callable[[Snapshot], Iterable[Problem]]

SNAPSHOT_RULES: tuple[SnapshotRule, ...] = (
    tasks.t003_file_name,
    tasks.t004_department,
    tasks.t005_source,
    tasks.t010_duplicate,
)


def check_snapshot(snapshot: Snapshot) -> tuple[Problem, ...]:
    """Every snapshot rule's problems, in the order of the rules; reading problems not included."""
    return tuple(problem for rule in SNAPSHOT_RULES for problem in rule(snapshot))
