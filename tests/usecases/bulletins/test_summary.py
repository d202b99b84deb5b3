"""What longer bulletins say instead of single entries."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.model.period import named
from ledger.usecases.bulletins.kinds import Request
from ledger.usecases.bulletins.report import commit_for, report, text_of
from ledger.usecases.bulletins.request import request_for
from tests.conftest import LedgerFolder
from tests.golden.hundred import REPORTED, make_hundred
from tests.usecases.bulletins.cases import facts_of, opened

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

DAY = dt.date(2017, 12, 31)


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = make_hundred(tmp_path_factory.mktemp("hundred") / "ledger")
    return {kind: _text(folder, kind) for kind in ("monthly", "quarterly", "annual")}


def _text(folder: Path, kind: str) -> str:
    day = dt.date(2017, 11, 30) if kind == "monthly" else DAY
    request = Request(kind, request_for(kind, None, day)[0].period, day)
    with opened(LedgerFolder(folder)) as ledger:
        return text_of(ledger, report(ledger, request, commit_for(ledger, request, True)[0]))


@pytest.mark.parametrize("kind", ["monthly", "quarterly", "annual"])
def test_no_log_is_copied(kind: str, texts: dict[str, str]) -> None:
    """Of a hundred reports each month ten are told, those of the tasks that went on most."""
    text = texts[kind]
    told = [text.count(REPORTED.format(month)) for month in range(2, 12)]
    assert sum(told) == 10
    assert "填报进展" in text


def test_a_year_of_a_hundred_tasks_is_short(texts: dict[str, str]) -> None:
    """Where no LibreOffice counts the pages (`tests/golden/test_paper.py`): rows and lines."""
    rows = re.findall(r"^\| (?!---)", texts["annual"], re.MULTILINE)
    assert len(rows) < 150
    lines = [each for each in texts["annual"].splitlines() if each and not each.startswith("|")]
    assert len(lines) < 60


def test_a_year_tells_meetings_and_sums(texts: dict[str, str]) -> None:
    text = texts["annual"]
    met = re.findall(
        r"^\| 2017年第\d+次党组会 \| 〔2017〕\d+号 \| 12月\d+日 \| 5 \| ", text, re.MULTILINE
    )
    assert len(met) == 10
    assert "| 延期 | 100 | GZ2017-001、GZ2017-002" in text
    assert "### （一）2017年工作要点\n\n共100项，已销号50项，完成率50.0%；本年度销号50项次" in text
    assert "| 分管第0类工作的副局长 | 15 |" in text
    assert "| 家 | 100 | 100 | 80 | 2000 | 4950 | — |" in text


def test_what_came_with_its_log_has_risen_by_what_is_of_the_period(
    make_ledger: MakeLedger,
) -> None:
    """In the first bulletin of a ledger too, whose tasks bring the log of years."""
    days = (("2017-08-01", 60), ("2017-10-20", 75))
    log = [{"date": day, "by": "联络员", "text": f"完成{n}成", "percent": n} for day, n in days]
    made = make_ledger([{"progress": log}, {"progress": log[:1]}], commit=False)
    commit = made.commit("一", "2017-10-25")
    request = Request("monthly", named("monthly", "2017-10"), dt.date(2017, 10, 31))
    summary = facts_of(made, commit, request).summary
    assert summary is not None
    assert [(e.line.id, e.before, e.now) for e in summary.risen] == [("GZ2017-001", 60, 75)]
