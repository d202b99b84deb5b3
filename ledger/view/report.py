"""Bulletins as JSON: every fact under a stable key."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from ledger.usecases.bulletins.report import Report
from ledger.usecases.bulletins.request import stamp_line
from ledger.usecases.looking.status import Count
from ledger.view.rows import count_json

_COMPUTED = ("days_over", "rate", "spelled")  # properties that readers of the JSON want too


def as_json(report: Report) -> dict[str, Any]:
    """A report's facts: dates as YYYY-MM-DD, records by their field names."""
    return {
        "kind": report.request.kind,
        "title": report.title,
        "number": report.number,
        "organisation": report.organisation,
        "commit": report.commit,
        "digest": report.digest,
        "later": _plain(report.later),
        "stamp": stamp_line(report.request, report.commit, report.digest),
        "facts": _plain(report.facts),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Count):
        return count_json(value)
    if dataclasses.is_dataclass(value):
        names = [each.name for each in dataclasses.fields(value) if each.name != "extra"]
        fields = {name.rstrip("_"): getattr(value, name) for name in names}
        computed = {name: getattr(value, name) for name in _COMPUTED if hasattr(value, name)}
        return {key: _plain(each) for key, each in (fields | computed).items()}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, dt.date) else value
