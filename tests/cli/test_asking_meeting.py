"""`ledger decide --new`: a whole meeting, answer by answer on a terminal."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from ledger.model.case import case_digest

if TYPE_CHECKING:
    from tests.cli.conftest import OnTerminal
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = ("--today", "2017-12-10")
CLOSING = {
    "applied": {"date": "2017-12-01", "by": "联络员", "summary": "已完成"},
    "reviewed": {"date": "2017-12-02", "by": "整改办", "opinion": "同意上会"},
}
WAITING: dict[str, Any] = {"status": "待上会", "closing": CLOSING}
HEAD = [
    ("会议名称，如 党组会 [党组会]", "\n"),
    ("会议日期 [2017-12-10]", "2017年13月3日\n"),
    ("不是日期", ""),
    ("会议日期 [2017-12-10]", "12月3日\n"),
    ("会议记录编号 [DZH-2017-1]", "DZH-2017-9\n"),
    ("届次，如 2017年第31次（可不填）", "2017年第9次\n"),
    ("实到成员，用、隔开", "书记、甲，乙,丙\n"),
    ("应到人数 [4]", "五\n"),
    ("“五”不是人数", ""),
    ("应到人数 [4]", "5\n"),
    ("缺席成员，用、隔开，原因写在括号里（可不填）", "丁（出差）\n"),
    ("列席人员（没有表决权），用、隔开（可不填）", "财务处处长\n"),
    ("主持人 [书记]", "\n"),
    ("发言顺序，用、隔开，主持人在最后（可不填）", "甲、乙、丙、书记\n"),
    ("记录人（可不填）", "办公室主任\n"),
]
TAIL = [("纪要文号（可不填）", "〔2017〕9号\n"), ("照此登记（是/否）", "是\n")]


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    """Four tasks wait for a meeting, one was closed without any, one is at work."""
    return make_ledger([*([WAITING] * 4), {"status": "已销号"}, {}])


def votes(for_: int, against: int, recused: str = "") -> list[tuple[str, str]]:
    voters = 4 - bool(recused)
    return [
        ("回避的成员，用、隔开（可不填）", f"{recused}\n"),
        (f"同意票数 [{voters}]", f"{for_}\n"),
        (f"不同意票数 [{voters - for_}]", f"{against}\n"),
        (f"弃权票数 [{voters - for_ - against}]", "\n"),
    ]


def test_a_meeting_typed_whole(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    answers = [
        *HEAD,
        ("会议结论", "同意\n"),
        ("同意销号请写 同意销号，或写序号", ""),
        ("会议结论", "1\n"),
        *votes(3, 0, "丙"),
        ("会议意见", "目标达到\n"),
        ("会议结论", "延期\n"),
        *votes(3, 1),
        ("同意延至哪一天", "2018-03-31\n"),
        ("会议意见", "\n"),
        ("会议结论", "并入\n"),
        *votes(4, 0),
        ("并入的事项编号", "GZ2017-006\n"),
        ("会议意见", "\n"),
        ("会议结论", "\n"),  # not discussed
        ("没有经过会议就已销号，请补议", ""),
        ("会议结论", "继续整改\n"),
        *votes(4, 0),
        ("会议意见", "重新整改\n"),
        *TAIL,
    ]
    shown = on_terminal(ledger, [*TODAY, "decide", "--new"], answers=answers)
    assert shown.code == 0, shown.text
    assert "已登记会议 DZH-2017-9" in shown.text
    assert "下一步：ledger close GZ2017-001 GZ2017-003 --decision DZH-2017-9" in shown.text

    before = ledger.load(ledger.git("rev-parse", "HEAD~1").strip())
    after = ledger.load()
    text = "\n".join(shown.lines)
    assert "DZH-2017-9 党组会 2017-12-03 2017年第9次" in text
    assert "应到 5 人，实到 4 人：书记、甲、乙、丙" in text
    assert "同意 3、不同意 0、弃权 0，回避 丙，意见 目标达到" in text
    record = after.decision_by_id["DZH-2017-9"].record
    assert record.present == ("书记", "甲", "乙", "丙")
    assert [(each.name, each.reason) for each in record.absent] == [("丁", "出差")]
    assert record.observers == ("财务处处长",)
    assert record.speaking_order == ("甲", "乙", "丙", "书记")
    assert record.on("GZ2017-001").recused == ("丙",)
    assert (record.date, record.due_members, record.chair) == (dt.date(2017, 12, 3), 5, "书记")
    assert (record.session, record.minutes) == ("2017年第9次", "〔2017〕9号")
    told = {item.task: (item.result, item.until, item.into, item.opinion) for item in record.items}
    assert told == {
        "GZ2017-001": ("同意销号", None, "", "目标达到"),
        "GZ2017-002": ("同意延期", dt.date(2018, 3, 31), "", ""),
        "GZ2017-003": ("并入", None, "GZ2017-006", ""),
        "GZ2017-005": ("继续整改", None, "", "重新整改"),
    }
    for item in record.items:
        assert item.digest == case_digest(before.by_id[item.task].record)
    assert after.by_id["GZ2017-002"].record.extensions[0].to == dt.date(2018, 3, 31)
    assert after.by_id["GZ2017-005"].record.status == "推进中"
    assert ledger.git("status", "--porcelain") == ""


def test_what_the_rules_would_refuse_is_asked_again(
    ledger: LedgerFolder, on_terminal: OnTerminal
) -> None:
    """At once, and not when all has been typed; by the rules themselves."""
    head = {question: answer for question, answer in HEAD if answer.endswith("\n")}
    answers = [
        *list(head.items())[:4],
        ("实到成员", "书记、甲、乙、丙\n"),
        ("应到人数 [4]", "3\n"),
        ("实到人数多于应到人数", ""),
        ("应到人数 [4]", "5\n"),
        ("缺席成员", "丙（出差）\n"),
        ("有人既在实到又在缺席名单里", ""),
        ("请重新输入，或用 < 回去改", ""),
        ("缺席成员", "丁、戊\n"),
        ("不等于应到 5 人", ""),
        ("缺席成员", "丁（出差）\n"),
        ("列席人员", "甲\n"),
        ("列席人员没有表决权", ""),
        ("列席人员", "\n"),
        ("主持人", "丁\n"),
        ("主持人 丁 不在实到名单里", ""),
        ("主持人", "\n"),
        ("发言顺序", "\n"),
        ("记录人", "\n"),
        *[("会议结论", "\n")] * 5,
        ("一项结论也没有写，用 < 回去写 [放弃]", "<\n"),
        ("会议结论", "1\n"),
        ("回避的成员", "3\n"),
        ("回避的成员不在实到名单里", ""),
        ("回避的成员", "丙\n"),
        ("同意票数 [3]", "3\n"),
        ("不同意票数 [0]", "\n"),
        ("弃权票数 [0]", "1\n"),
        ("共 4 票，有表决权的到会成员 3 人，对不上", ""),
        ("弃权票数 [0]", "0\n"),
        ("会议意见", "\n"),
        *TAIL,
    ]
    shown = on_terminal(ledger, [*TODAY, "decide", "--new"], answers=answers)
    assert shown.code == 0, shown.text
    (record,) = (entry.record for entry in ledger.load().decisions)
    assert [each.task for each in record.items] == ["GZ2017-005"]


def test_a_meeting_on_nothing_is_given_up_on_purpose(
    ledger: LedgerFolder, on_terminal: OnTerminal
) -> None:
    answers = [*HEAD, *[("会议结论", "\n")] * 5, ("一项结论也没有写", "\n")]
    shown = on_terminal(ledger, [*TODAY, "decide", "--new"], answers=answers)
    assert (shown.code, "这次会议没有议任何事项" in shown.text) == (2, True)
    assert ledger.load().decisions == ()


def test_leaving_half_way_records_nothing(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    answers = [*HEAD, ("会议结论", "同意销号\n"), ("回避", "\x03")]
    shown = on_terminal(ledger, [*TODAY, "decide", "--new"], answers=answers)
    assert shown.code == 130
    assert ledger.git("status", "--porcelain") == ""
    assert ledger.load().decisions == ()


def test_one_goes_back_and_may_still_say_no(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    answers = [
        ("会议名称，如 党组会 [党组会]", "<\n"),
        ("这已经是第一个问题", ""),
        ("会议名称", "局务会\n"),
        ("会议日期", "\n"),
        ("会议记录编号 [JWH-2017-1]", "<\n"),
        ("会议日期", "<\n"),
        ("会议名称", "\n"),
        ("会议日期", "\n"),
        ("会议记录编号 [DZH-2017-1]", "一号\n"),
        ("“一号”不能作编号", ""),
        ("会议记录编号", "\n"),
        ("届次", "\n"),
        ("实到成员", "书记、书记\n"),
        ("有人写了两次", ""),
        ("实到成员", "书记、甲\n"),
        *[(each, "\n") for each in ("应到", "缺席", "列席", "主持人", "发言", "记录人")],
        ("会议结论", "继续整改\n"),
        *[(each, "\n") for each in ("回避", "同意票数", "不同意", "弃权", "意见")],
        *[("会议结论", "\n")] * 4,
        ("纪要", "\n"),
        ("照此登记", "也许\n"),
        ("请输入 是 或 否", ""),
        ("照此登记", "\n"),
    ]
    shown = on_terminal(ledger, [*TODAY, "decide", "--new"], answers=answers)
    assert shown.code == 130, shown.text
    assert "已取消，什么都没有改。" in shown.text
    assert ledger.git("status", "--porcelain") == ""
    assert ledger.load().decisions == ()
