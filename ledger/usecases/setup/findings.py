"""What `doctor` says of one thing it looked at."""

from __future__ import annotations

from ledger.model.record import dataclass

GOOD, NOTE, BAD = "正常", "提示", "有误"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `state` is one of `GOOD`, `NOTE`, `BAD`."""

    subject: str
    state: str
    text: str
