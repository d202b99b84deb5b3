"""`apply` and `review`: two people, and evidence that is where it belongs."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest

from ledger.errors import LedgerError
from ledger.usecases.merging import examine_branch
from ledger.usecases.workflow import Act, apply_closing, review
from tests.conftest import EMAIL

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

DAY = dt.date(2017, 3, 1)
ID = "GZ2017-001"
ARCHIVED = {"evidence": [{"name": "清单", "archive": "2017-1"}]}
ROLL = [{"name": "党组会", "members": [{"name": "组长", "aliases": ["张三"]}]}]


def act(by: str, commit: bool = True) -> Act:
    return Act(by, DAY, DAY, commit)


@pytest.fixture
def applied(make_ledger: MakeLedger) -> LedgerFolder:
    """A task applied to close by 张三, from the office's account."""
    folder = make_ledger([ARCHIVED], config={"policies": {"bodies": ROLL}})
    do(folder, apply_closing, "办完", act("张三"))
    return folder


def do(folder: LedgerFolder, what: Any, words: str, who: Act) -> None:
    ledger = folder.open()
    try:
        what(ledger, ID, words, who)
    finally:
        ledger.cache.close()


@pytest.mark.parametrize("by", ["张 三", "张三\u200b", "组长"])
def test_the_applicant_by_another_spelling(by: str, applied: LedgerFolder) -> None:
    applied.git("config", "user.email", "other@example.com")
    with pytest.raises(LedgerError, match="不能由同一人审核"):
        do(applied, review, "同意", act(by))


@pytest.mark.parametrize("email", [EMAIL, EMAIL.upper()])
def test_the_applicants_account_under_another_name(email: str, applied: LedgerFolder) -> None:
    applied.write_task(id="GZ2017-002")
    applied.commit("别的事", email="third@example.com")
    applied.git("config", "user.email", email)
    with pytest.raises(LedgerError, match="是用您这个账号") as told:
        do(applied, review, "同意", act("李四"))
    assert "自己的账号" in told.value.hint
    assert applied.load().by_id[ID].record.status == "申请销号"


def test_another_account(applied: LedgerFolder) -> None:
    applied.git("config", "user.email", "other@example.com")
    do(applied, review, "同意", act("李四"))
    assert applied.load().by_id[ID].record.status == "待上会"


def test_an_application_nobody_committed(make_ledger: MakeLedger) -> None:
    folder = make_ledger([ARCHIVED])
    do(folder, apply_closing, "办完", act("张三", commit=False))
    with pytest.raises(LedgerError, match="申请还没有提交"):
        do(folder, review, "同意", act("李四"))


@pytest.mark.parametrize("path", ["README.md", "../材料.txt", "/etc/passwd", "data/evidence/../x"])
def test_evidence_that_lies_elsewhere(path: str, make_ledger: MakeLedger) -> None:
    folder = make_ledger([{"evidence": [{"name": "清单", "path": path}]}], files={"README.md": "x"})
    with pytest.raises(LedgerError, match=re.escape(f"{path} 不在 data/evidence 里")):
        do(folder, apply_closing, "办完", act("张三"))


def test_a_blank_archive_number_is_no_evidence(make_ledger: MakeLedger) -> None:
    folder = make_ledger([{"evidence": [{"name": "清单", "archive": "\u3000"}]}])
    with pytest.raises(LedgerError, match="只有材料名称"):
        do(folder, apply_closing, "办完", act("张三"))


def test_who_proposed_does_not_merge_in_capitals(make_ledger: MakeLedger) -> None:
    folder = make_ledger(1)
    folder.git("switch", "--quiet", "--create", "close/x")
    folder.write_task(tags=["重点"])
    folder.commit("提出")
    folder.git("switch", "--quiet", "main")
    folder.git("config", "user.email", EMAIL.upper())
    ledger = folder.open()
    try:
        with pytest.raises(LedgerError, match="不能由您自己合并"):
            examine_branch(ledger, "close/x", DAY)
    finally:
        ledger.cache.close()
