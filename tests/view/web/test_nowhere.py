"""Pages of a site that has no other page: what would lead nowhere is text, and no form is there."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest

from ledger.adapters.http.exchange import Asked
from ledger.usecases.reading.moment import Moment
from ledger.view.web.frame import html
from ledger.view.web.routes import made_by
from ledger.view.web.scene import Scene, WebPage
from tests.view.web.test_meetings import record
from tests.view.web.test_task import RICH

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

TODAY = dt.date(2017, 7, 3)
PATHS = (
    "task/GZ2017-001", "meetings", "meeting/D-1", "rules", "rule/C009", "audit", "reports",
    "report/weekly", "report/dept", "task/GZ2017-101",
)  # fmt: skip


def nowhere(page: str, key: str = "", /, **query: Any) -> str:
    """As `Links`, of no page at all."""
    return ""


@pytest.mark.parametrize("path", PATHS)
def test_nothing_leads_nowhere(make_ledger: MakeLedger, path: str) -> None:
    held = record("D-1", "2017-06-01", ("GZ2017-001", "不同意"), ("GZ2017-002", "不同意"))
    made = make_ledger([RICH, {}], decisions=[held, held | {"id": "D-2", "corrects": "D-1"}])
    scene = Scene(made.open(), TODAY, "", Moment("", TODAY), nowhere, is_live=False)
    page = made_by(scene, Asked(path))
    assert isinstance(page, WebPage)
    main = html(page, scene).decode().partition("<main")[2].partition("</main>")[0]
    assert set(re.findall(r'(?:href|src|action)="([^"]*)"', main)) <= {"#log"}
    assert "<form" not in main
    assert 'class="button"' not in main
