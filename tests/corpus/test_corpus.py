"""Documents as bureaus write them: every field right or asked about, none wrong in silence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.errors import LedgerError
from ledger.model.task import NOT_STARTED, Task
from ledger.usecases.reading.open import Ledger
from ledger.usecases.tables.cells import told
from ledger.usecases.tables.plan import ImportRequest, plan_import
from tests.corpus import bureaus, columns, duties, headers, layouts, offices, sheets, struck, words
from tests.corpus.forms import DEPARTMENTS, Document, Row

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

TODAY = dt.date(2021, 6, 1)
DOCUMENTS = (
    *struck.DOCUMENTS,
    *headers.DOCUMENTS,
    *duties.DOCUMENTS,
    *sheets.DOCUMENTS,
    *words.DOCUMENTS,
    *layouts.DOCUMENTS,
    *columns.DOCUMENTS,
    *bureaus.DOCUMENTS,
    *offices.DOCUMENTS,
)
_COMPARED = (
    "section", "key_point", "problem", "goal", "measures", "lead", "assist", "leader", "owner",
)  # fmt: skip


def test_nothing_is_wrong_in_silence(make_ledger: MakeLedger, tmp_path: Path) -> None:
    config = {"departments": [{"name": name} for name in DEPARTMENTS]}
    ledger = make_ledger(sources=(), config=config).open()
    wrong = [
        f"{document.name}：{fault}"
        for document in DOCUMENTS
        for fault in _faults(ledger, document, tmp_path)
    ]
    assert not wrong, "\n".join(wrong)


def test_every_document_has_a_name_of_its_own() -> None:
    assert len({document.name for document in DOCUMENTS}) == len(DOCUMENTS)


def _faults(ledger: Ledger, document: Document, folder: Path) -> list[str]:
    """What differs from what a document's gold rows say."""
    place = folder / f"表{document.suffix}"
    document.write(place)
    try:
        plan = plan_import(ledger, ImportRequest(place, "ZG2021", 2021), "整改办", TODAY)
    except LedgerError as refused:
        reason = f"{refused}；{refused.hint}"
        return [] if document.refused and document.refused in reason else [f"被拒绝：{reason}"]
    if document.refused:
        return ["没有被拒绝"]
    read = [_row(change.after) for change in plan.changes if change.after]
    faults = [
        f"没有问：{words}" for words in document.asked if words not in "\n".join(told(plan.doubts))
    ]
    if not document.asked and plan.doubts:
        faults.append(f"多问了：{'；'.join(told(plan.doubts))}")
    if len(read) != len(document.gold):
        return [*faults, f"读出 {len(read)} 项，应为 {len(document.gold)} 项：{read}"]
    pairs = zip(read, document.gold, strict=True)
    return [*faults, *(f"{one} 应为 {other}" for one, other in pairs if one != other)]


def _row(task: Task) -> Row:
    """A task in the form of gold rows."""
    row: Row = {key: getattr(task, key) for key in _COMPARED}
    row["due"] = task.due.text
    row["dates"] = tuple(str(day) for day in task.due.dates)
    row["status"] = "" if task.status == NOT_STARTED else task.status
    row["progress"] = tuple(entry.text for entry in task.progress)
    row["percent"] = next((e.percent for e in task.progress if e.percent is not None), None)
    row["columns"] = dict(task.columns)
    return {key: value for key, value in row.items() if value not in ("", (), {}, None)}
