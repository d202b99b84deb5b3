"""A bulletin's JSON: plain values under stable keys."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

from ledger.usecases.bulletins.report import report
from ledger.usecases.bulletins.request import request_for
from ledger.view.report import as_json

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

STABLE = {
    "weekly": {
        "period", "next", "today", "existed", "count", "before", "flow", "parts", "on_time",
        "added", "closed", "reported", "overdue", "due_next", "due_rest", "sittings",
        "applications", "extensions", "events", "departments", "closed_by", "lines",
        "front", "regulations", "unit_sums", "summary",
    },
    "closing": {
        "today", "sources", "count", "parts", "on_time", "regulations", "areas", "lines",
        "organisation", "upcoming",
    },
    "scores": {"period", "today", "rules", "scores", "explained"},
}  # fmt: skip


def test_keys_and_plain_values(make_ledger: MakeLedger) -> None:
    made = make_ledger(2)
    ledger = made.open()
    for kind, keys in STABLE.items():
        request, _ = request_for(kind, None, dt.date(2017, 7, 10))
        document = as_json(report(ledger, request, made.git("rev-parse", "HEAD").strip()))
        assert set(document["facts"]) == keys
        assert json.loads(json.dumps(document, ensure_ascii=False)) == document
        assert document["stamp"].endswith(document["digest"])
    ledger.cache.close()
