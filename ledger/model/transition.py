"""Which status may follow which, and what each step needs."""

from __future__ import annotations

from ledger.model.decision import APPROVE_CANCELLING, APPROVE_CLOSING, MAKE_ONGOING, MERGE_INTO
from ledger.model.task import (
    APPLIED,
    CANCELLED,
    CLOSED,
    IN_PROGRESS,
    NOT_STARTED,
    ONGOING,
    REVIEWED,
    STATUSES,
)

# From → to. Ending (已销号, 已中止) and 长期坚持 also need a decision (`NEEDED`).
STEPS: frozenset[tuple[str, str]] = frozenset(
    {
        (NOT_STARTED, IN_PROGRESS),
        (IN_PROGRESS, APPLIED),
        (APPLIED, REVIEWED),
        (REVIEWED, CLOSED),
        (APPLIED, IN_PROGRESS),  # 退回
        (REVIEWED, IN_PROGRESS),  # 退回
        (CLOSED, IN_PROGRESS),  # 重开
        (IN_PROGRESS, ONGOING),
        (ONGOING, IN_PROGRESS),
        *((status, CANCELLED) for status in STATUSES if status != CANCELLED),
    }
)

# A status that only a meeting can give → the results that give it.
NEEDED: dict[str, tuple[str, ...]] = {
    CLOSED: (APPROVE_CLOSING,),
    CANCELLED: (APPROVE_CANCELLING, MERGE_INTO),
    ONGOING: (MAKE_ONGOING,),
}

# A result → the status it gives.
GIVEN: dict[str, str] = {result: status for status, results in NEEDED.items() for result in results}


def is_return(old: str, new: str) -> bool:
    """退回: an application or a reviewed case goes back to work."""
    return old in (APPLIED, REVIEWED) and new == IN_PROGRESS
