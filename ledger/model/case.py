"""The case as it is laid before a meeting, and its digest."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ledger.model.decode import compact, encode
from ledger.model.task import Task

# What may still change after the meeting without touching what the meeting saw.
_NOT_PRESENTED = ("status", "closing", "progress", "lookback")


def case(task: Task) -> dict[str, Any]:
    """The task's content without its status, closing and logs, as plain data.

    Nor does a 并入 link belong to it: the closing itself adds it.
    """
    plain = compact(encode(task))
    plain["links"] = [link for link in plain.get("links", []) if link["rel"] != "并入"]
    return {key: value for key, value in plain.items() if value and key not in _NOT_PRESENTED}


def case_digest(task: Task) -> str:
    """`sha256:` and the hash of the case; how the file is laid out does not matter."""
    canonical = json.dumps(case(task), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
