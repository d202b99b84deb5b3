"""The case as it is laid before a meeting, and its digest."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ledger.model.decode import compact, encode
from ledger.model.task import Task

# What may still change after the meeting without touching what the meeting saw.
NOT_PRESENTED = frozenset({"status", "closing", "past_closings", "progress", "lookback"})


def case(task: Task) -> dict[str, Any]:
    """The task's content without its status, closings and logs, as plain data.

    Keys that nobody knows belong to it at any depth. A 并入 link does not: the closing itself adds
    it, and C003 holds it against what the meeting said.
    """
    plain = compact(encode(task))
    plain["links"] = [link for link in plain.get("links", []) if link["rel"] != "并入"]
    return {key: value for key, value in plain.items() if value and key not in NOT_PRESENTED}


def case_digest(task: Task) -> str:
    """`sha256:` and the hash of the case; how the file is laid out does not matter."""
    canonical = json.dumps(case(task), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
