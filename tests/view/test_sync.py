"""What a sync says: to the person at the terminal, and to those who review a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.model.change import difference
from ledger.model.reconcile import OURS, THEIRS, Conflict, Held
from ledger.usecases.merging.commits import Clash, LeftBehind
from ledger.usecases.sharing.sync import SyncPlan
from ledger.view.sync import clash_table, done_lines, remark_lines, request_body

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

HELD = Held({"status": "推进中"}, {"status": "已销号", "closing": {"decision": "D-1"}}, THEIRS)


def test_a_pull_request_tells_every_change_and_remark(make_ledger: MakeLedger) -> None:
    made = make_ledger([{}])
    old = made.load()
    made.write_task(title="新题 | <b>*")
    plan = SyncPlan(
        "a", "b", "c", None, difference(old, made.load()), 2,
        renumbered=(("GZ2017-003", "GZ2017-004"),),
        left_behind=(LeftBehind("GZ2017-001", HELD, "乙"),),
    )  # fmt: skip
    body = request_body(plan)
    assert "共 2 个提交" in body
    assert "### 修改 GZ2017-001" in body
    assert "<b>" not in body
    assert "改为 GZ2017-004" in body
    assert "乙改为“已销号”" in body
    assert "会议记录 D-1" in body
    assert list(done_lines(plan)) == ["已送出 1 个事项的改动（GZ2017-001），共 2 个提交。"]


def test_a_step_of_one_s_own_is_told_as_such() -> None:
    held = Held(HELD.kept, HELD.lost, OURS)
    plan = SyncPlan("a", "b", "c", left_behind=(LeftBehind("GZ2017-001", held, "甲"),))
    (line,) = remark_lines(plan)
    assert "您改为“已销号”" in line


def test_clashes_are_rows_of_values_and_people() -> None:
    due = {"text": "6月", "date": "2017-06-30"}
    clashes = (
        Clash("GZ2017-001", "x", Conflict(("due",), None, due, due | {"text": "半年"}), "甲", "乙"),
        Clash("README.md", "README.md", Conflict((), None, None, None)),
        Clash("D-1", "y", Conflict(("items", "GZ2017-001", "result"), "", "a\nb", "c"), "甲"),
    )
    rows = [tuple(map(str, row)) for row in clash_table(clashes).rows]
    assert rows == [
        (
            "GZ2017-001.due",
            "完成时限",
            "（没有）",
            "6月（2017-06-30）（甲）",
            "半年（2017-06-30）（乙）",
        ),
        ("README.md", "整个文件", "（没有）", "（没有）", "（没有）"),
        ("D-1.items.GZ2017-001.result", "items GZ2017-001 result", "（没有）", "a b（甲）", "c"),
    ]
