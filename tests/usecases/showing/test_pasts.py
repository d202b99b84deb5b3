"""The past of all tasks looked up at once is what is told of each by itself."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from ledger.usecases.looking.rows import rows
from ledger.usecases.reading.load import load
from ledger.usecases.reading.moment import Moment
from ledger.usecases.showing.past import past_of, pasts

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = dt.date(2017, 12, 1)
MEETING = {
    "id": "DZH-2017-01", "body": "党组会", "date": "2017-05-03", "chair": "党组书记",
    "due_members": 9, "present": ["党组书记"],
    "items": [{"task": "GZ2017-002", "result": "同意销号"}],
}  # fmt: skip


def lived(ledger: LedgerFolder) -> None:
    """Edits, a closing by a meeting, a move, a break, a merge with a change of its own."""
    ledger.write_task(id="GZ2017-001", title="改了名称")
    ledger.write_task(id="GZ2017-002", status="申请销号")
    ledger.commit("两个事项", "2017-04-01")
    ledger.write("data/decisions/2017/DZH-2017-01.yaml", MEETING)
    closing = {"decision": "DZH-2017-01", "date": "2017-05-03"}
    ledger.write_task(id="GZ2017-002", status="已销号", closing=closing)
    ledger.commit("销号", "2017-05-03")
    ledger.git("mv", "data/tasks/GZ2017/GZ2017-003.yaml", "data/tasks/GZ2017-003.yaml")
    ledger.commit("换个文件夹", "2017-06-01")
    ledger.path("GZ2017-004").write_text("id: [", "utf-8")
    ledger.commit("写坏了", "2017-06-02")
    ledger.write_task(id="GZ2017-004", title="修好了")
    ledger.commit("修好", "2017-06-03")
    ledger.git("checkout", "-q", "-b", "side")
    ledger.write_task(id="GZ2017-001", title="改了名称", leader="旁边改的")
    ledger.commit("旁边", "2017-07-01")
    ledger.git("checkout", "-q", "main")
    ledger.write_task(id="GZ2017-001", title="又改了名称")
    ledger.commit("主线", "2017-07-02")
    ledger.git("merge", "-q", "--no-ff", "--no-commit", "-s", "ours", "side")
    ledger.write_task(id="GZ2017-001", title="合并时改的", leader="旁边改的")
    ledger.commit("合并", "2017-07-03")
    ledger.write_task(id="GZ2017-006")
    ledger.commit("新的", "2017-08-01")


def test_of_every_task_the_same(make_ledger: MakeLedger) -> None:
    folder = make_ledger([{"title": f"事项{n}"} for n in range(5)])
    lived(folder)
    ledger = folder.open()
    commit = folder.git("rev-parse", "HEAD").strip()
    snapshot = load(ledger, commit)
    past = pasts(ledger, commit, snapshot)
    listed = rows(snapshot, TODAY)
    assert len(listed) == 6
    for row in listed:
        alone = past_of(ledger, row, Moment(commit, TODAY))
        assert past(row) == alone, row.task.id
        assert alone.events
    by_id = {row.task.id: past(row) for row in listed}
    assert by_id["GZ2017-002"].background.meetings
    assert any(event.unreadable for event in by_id["GZ2017-004"].events)
    assert any(event.merge for event in by_id["GZ2017-001"].events)
    assert len(by_id["GZ2017-003"].events) >= 1
