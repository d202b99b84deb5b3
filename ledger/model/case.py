"""The case as it is laid before a meeting, and its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ledger.model.decision import MERGE_INTO
from ledger.model.decode import compact, encode, fields_of
from ledger.model.record import replace
from ledger.model.task import CLOSED, ONGOING, Task

# What may still change after the meeting without touching what the meeting saw.
_NOT_PRESENTED = frozenset({"status", "closing", "past_closings", "progress", "lookback"})
_AT_ONCE = 20  # entries that may have come since the meeting, where only a digest tells what it saw


def case(task: Task) -> dict[str, Any]:
    """The task's content as a meeting sees it, as plain data."""
    told = {key: each for key, each in fields_of(task).items() if key not in _NOT_PRESENTED}
    return presented(compact(encode(told | dict(task.extra))))


def presented(plain: Mapping[str, Any]) -> dict[str, Any]:
    """A task's compact data without its status, closings and logs.

    Keys that nobody knows belong to the case at any depth. A 并入 link does not: the closing itself
    adds it, and C003 holds it against what the meeting said.
    """
    links = plain.get("links")
    if isinstance(links, list):
        links = [each for each in links if not _is_merging(each)]
    shown = {**plain, "links": links}
    return {key: value for key, value in shown.items() if value and key not in _NOT_PRESENTED}


def _is_merging(link: Any) -> bool:
    return isinstance(link, Mapping) and link.get("rel") == MERGE_INTO


def case_digest(task: Task) -> str:
    """`sha256:` and the hash of the case; how the file is laid out does not matter."""
    canonical = json.dumps(case(task), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def goes_on_as(old: Task, new: Task) -> bool:
    """Whether a task's case is what it was.

    What is not 已销号 may have got other tags, 长期坚持 also more evidence and extensions.
    """
    kept = new if new.status == CLOSED else replace(new, tags=old.tags)
    if new.status == ONGOING:
        for key in ("evidence", "extensions"):
            before, now = getattr(old, key), getattr(new, key)
            if now[: len(before)] != before:
                return False
        kept = replace(kept, evidence=old.evidence, extensions=old.extensions)
    return case_digest(kept) == case_digest(old)


def is_as_seen(task: Task, digest: str) -> bool:
    """Whether a digest is that of a task's case; of 长期坚持 also of what it was before it grew."""
    return any(case_digest(each) == digest for each in _before(task))


def _before(task: Task) -> Iterator[Task]:
    """A task, and if it is 长期坚持 what it was without its last evidence and extensions."""
    more = _AT_ONCE if task.status == ONGOING else 0
    proofs, delays = len(task.evidence), len(task.extensions)
    for delay in range(delays, max(delays - more // 4, 0) - 1, -1):
        for proof in range(proofs, max(proofs - more, 0) - 1, -1):
            yield replace(task, evidence=task.evidence[:proof], extensions=task.extensions[:delay])
