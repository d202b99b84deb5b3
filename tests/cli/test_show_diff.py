"""`ledger show ID --diff [REV]`: one task's changes in the ledger's terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    """Two tasks; the first was started by the last commit, its title is being changed."""
    made = make_ledger([{"status": "未启动"}, {}])
    made.write_task(id="GZ2017-001", status="推进中")
    made.commit("启动")
    made.write_task(id="GZ2017-001", status="推进中", title="改过的名称")
    return made


def test_what_is_not_committed(ledger: LedgerFolder, invoke: Invoke) -> None:
    shown = invoke(ledger, "show", "1", "--diff")
    assert (shown.code, shown.err) == (0, "")
    assert shown.out == "修改 GZ2017-001 改过的名称\n  事项：事项GZ2017-001 → 改过的名称\n"


def test_since_a_revision(ledger: LedgerFolder, invoke: Invoke) -> None:
    for arguments in (("1", "--diff", "HEAD~1"), ("--diff", "1", "HEAD~1")):
        shown = invoke(ledger, "show", *arguments)
        assert "  状态：未启动 → 推进中\n" in shown.out
        assert "  事项：事项GZ2017-001 → 改过的名称\n" in shown.out
    committed = invoke(ledger, "show", "1", "--diff", "HEAD~1", "--at", "HEAD")
    assert committed.out == "修改 GZ2017-001 事项GZ2017-001\n  状态：未启动 → 推进中\n"


def test_forms(ledger: LedgerFolder, invoke: Invoke) -> None:
    (difference,) = invoke(ledger, "show", "1", "--diff", "--json").json()
    change = {"field": "title", "old": "事项GZ2017-001", "new": "改过的名称"}
    assert difference == {"id": "GZ2017-001", "what": "changed", "changes": [change]}
    markdown = invoke(ledger, "show", "1", "--diff", "--format", "md").out
    assert markdown.startswith("### 修改 GZ2017-001 改过的名称\n")


def test_nothing_new_and_gone(ledger: LedgerFolder, invoke: Invoke) -> None:
    assert invoke(ledger, "show", "2", "--diff").out == "没有变化。\n"
    ledger.path("GZ2017-002").unlink()
    assert invoke(ledger, "show", "2", "--diff").out.startswith("删除 GZ2017-002 ")
    ledger.write_task(id="GZ2017-003")
    assert invoke(ledger, "show", "3", "--diff").out.startswith("新增 GZ2017-003 ")


def test_refused(ledger: LedgerFolder, refused: Invoke) -> None:
    refused(ledger, "show", "9", "--diff", code=2, says="没有编号为“9”的事项")
    refused(ledger, "show", "1", "--diff", "没有的版本", code=2, says="找不到版本“没有的版本”")
    refused(ledger, "show", "1", "HEAD", code=2, says="--diff")
    refused(ledger, "show", "1", "--diff", "--format", "csv", code=2, says="没有输出格式“csv”")
    ledger.path("GZ2017-001").write_text("id: [\n", encoding="utf-8")
    refused(ledger, "show", "1", "--diff", code=1, says="GZ2017-001.yaml")
