"""Bulletins as JSON: every fact under a stable key."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from ledger.usecases.bulletins.report import Report
from ledger.usecases.bulletins.request import stamp_line
from ledger.usecases.looking.count import Count
from ledger.view.rows import count_json

_COMPUTED = ("days_over", "rate", "spelled")  # properties that readers of the JSON want too


def as_json(found: Report) -> dict[str, Any]:
    """A report's facts: dates as YYYY-MM-DD, records by their field names."""
    return {
        "kind": found.request.kind,
        "title": found.title,
        "number": found.number,
        "organisation": found.organisation,
        "commit": found.commit,
        "digest": found.digest,
        "later": _plain(found.later),
        "stamp": stamp_line(found.request, found.commit, found.digest),
        "facts": _plain(found.facts),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Count):
        return count_json(value)
    if dataclasses.is_dataclass(value):
        names = [each.name for each in _fields(value) if each.name != "extra"]
        fields = {name.rstrip("_"): getattr(value, name) for name in names}
        computed = {name: getattr(value, name) for name in _COMPUTED if hasattr(value, name)}
        return {key: _plain(each) for key, each in (fields | computed).items()}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _fields(value: Any) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(value)
