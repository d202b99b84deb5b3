"""`apply` and `review`: two people, and evidence that is where it belongs."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest

from ledger.errors import LedgerError, UsageError
from ledger.model.task import Extension
from ledger.usecases.closing.decide import decide_file
from ledger.usecases.closing.merge_branch import examine_branch
from ledger.usecases.closing.steps import apply_closing, look_back, reopen, review, send_back
from ledger.usecases.writing.act import Act
from ledger.usecases.writing.edit import extend
from tests.conftest import EMAIL

if TYPE_CHECKING:
    from ledger.usecases.reading.open import Ledger
    from ledger.usecases.writing.edit import Done
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


@pytest.mark.parametrize(
    ("status", "step", "first"),
    [
        ("未启动", apply_closing, "ledger progress"),
        ("已销号", apply_closing, "ledger reopen"),
        ("未启动", review, "ledger progress"),
        ("推进中", review, "ledger apply"),
        ("推进中", send_back, "退回的前提是“申请销号”或“待上会”"),
    ],
)
def test_who_is_too_early_is_told_what_comes_first(
    status: str, step: Any, first: str, make_ledger: MakeLedger
) -> None:
    with pytest.raises(LedgerError, match=f"现在是“{status}”") as raised:
        do(make_ledger([{"status": status}]), step, "同意", act("整改办"))
    assert first in raised.value.hint


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


@pytest.mark.parametrize("nothing", ["——", "……", "\u200b", "\u3164", "。"])
def test_words_that_say_nothing(nothing: str, make_ledger: MakeLedger) -> None:
    """A reason, a summary, an opinion, a result: each is asked for in words."""
    folder = make_ledger([ARCHIVED])
    with pytest.raises(UsageError, match="完成情况说明里没有文字"):
        do(folder, apply_closing, nothing, act("联络员"))
    do(folder, apply_closing, "办完", act("联络员"))
    folder.git("config", "user.email", "other@example.com")
    with pytest.raises(UsageError, match="审核意见里没有文字"):
        do(folder, review, nothing, act("审核员"))
    with pytest.raises(UsageError, match="退回理由里没有文字"):
        do(folder, send_back, nothing, act("审核员"))
    for what, called in ((reopen, "重开理由"), (look_back_at, "回头看结论")):
        with pytest.raises(UsageError, match=f"{called}里没有文字"):
            do(folder, what, nothing, act("审核员"))
    for reason, approver in ((nothing, "局务会"), ("等待批复", nothing)):
        extension = Extension(date=DAY, to=DAY, reason=reason, approved_by=approver)
        with pytest.raises(UsageError, match="里没有文字"):
            extend(folder.open(), ID, extension, True, DAY)


def look_back_at(ledger: Ledger, task_id: str, result: str, who: Act) -> Done:
    return look_back(ledger, task_id, result, "", who)


def test_no_review_before_the_application(applied: LedgerFolder) -> None:
    applied.git("config", "user.email", "other@example.com")
    early = Act("审核员", DAY - dt.timedelta(days=1), DAY, True)
    with pytest.raises(UsageError, match="才申请，不能在 2017-02-28 审核"):
        do(applied, review, "同意", early)


def test_a_spare_approval_and_a_backdated_reopening(make_ledger: MakeLedger) -> None:
    closing = {"decision": "DZH-1", "date": "2017-02-20"}
    folder = make_ledger([ARCHIVED | {"status": "已销号", "closing": closing}])
    for name, day in (("DZH-1", "2017-02-20"), ("DZH-2", "2017-02-24")):
        place = folder.write("../会议.yaml", meeting(day) | {"id": name})
        decide_file(folder.open(), place, act("联络员"))
    for day in (22, 24):
        early = Act("巡视办", dt.date(2017, 2, day), DAY, True)
        with pytest.raises(LedgerError, match="DZH-2"):
            do(folder, reopen, "问题反弹", early)
    # What was sent back before the approval, and is recorded only now, is not the last word.
    back = meeting("2017-02-22") | {"id": "DZH-0"}
    back["items"][0]["result"] = "继续整改"
    told = decide_file(folder.open(), folder.write("../会议.yaml", back), act("联络员"))
    assert told.sent_back == ()
    do(folder, reopen, "问题反弹", Act("巡视办", dt.date(2017, 2, 25), DAY, True))
    assert folder.load().by_id[ID].record.status == "推进中"


def meeting(day: str) -> dict[str, Any]:
    item = {"task": ID, "result": "同意销号", "votes": {"for": 8}}
    head = {"id": "DZH-1", "body": "党组会", "date": day, "chair": "委员0", "due_members": 9}
    return head | {"present": [f"委员{n}" for n in range(8)], "items": [item]}
