"""Bulletins as JSON: every fact under a stable key."""

from __future__ import annotations

from typing import Any

from ledger.model.decode import encode, fields_of
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
        "later": encode(report.later, fields=_facts),
        "stamp": stamp_line(report.request, report.commit, report.digest),
        "facts": encode(report.facts, fields=_facts),
    }


def _facts(record: object) -> dict[str, Any]:
    if isinstance(record, Count):
        return count_json(record)
    computed = {name: getattr(record, name) for name in _COMPUTED if hasattr(record, name)}
    return fields_of(record) | computed
