"""`ledger mine`: what waits for whom, with the command that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import NAME

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = "2017-06-20"


def entry(day: str, text: str = "办了", **more: Any) -> dict[str, Any]:
    return {"date": day, "by": "审业部联络员", "text": text, **more}


def applied(by: str, reviewed: bool = False) -> dict[str, Any]:
    closing: dict[str, Any] = {"applied": {"date": "2017-06-01", "by": by, "summary": "完成"}}
    if reviewed:
        closing["reviewed"] = {"date": "2017-06-05", "by": "督查组长", "opinion": "同意"}
    return closing


def task(number: int, due: str = "", heard: str = "", **more: Any) -> dict[str, Any]:
    """A task that is worked on, its time limit as month and day, and when it was heard of."""
    fields: dict[str, Any] = {"id": f"GZ2017-{number:03}", "status": "推进中"}
    if due:
        fields["due"] = {"text": f"{int(due[:2])}月", "date": f"2017-{due}"}
    if heard:
        fields["progress"] = [entry(f"2017-{heard}")]
    return fields | more


TASKS = (
    task(1, "05-31", "06-01"),
    task(2, "06-30", "06-10"),
    task(3, "12-31", "03-10"),
    task(4, "12-31", "06-10"),
    task(5, "12-31", progress=[entry("2017-06-02"), entry("2017-06-12", "材料不全", event="退回")]),
    task(6, heard="05-30", status="申请销号", closing=applied("审业部联络员")),
    task(7, heard="05-30", status="申请销号", closing=applied(NAME)),
    task(8, heard="05-30", status="待上会", closing=applied("审业部联络员", reviewed=True)),
    task(9, "03-31", "06-15", lead=["条法司"]),
    task(10, "12-31", status="未启动"),
)


@pytest.fixture
def ledger(make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch) -> LedgerFolder:
    monkeypatch.setenv("LEDGER_TODAY", TODAY)
    return make_ledger(TASKS)


def parts(invoke: Invoke, ledger: LedgerFolder, *arguments: str) -> dict[str, list[str]]:
    told = invoke(ledger, "mine", *arguments, "--json").json()
    return {each["title"]: [row["id"] for row in each["rows"]] for each in told["parts"]}


def test_an_officer_sees_his_departments_tasks(ledger: LedgerFolder, invoke: Invoke) -> None:
    expected = {
        "被退回": ["GZ2017-005"],
        "待填报": ["GZ2017-001", "GZ2017-002", "GZ2017-003"],
    }
    for who in ("审业部", "审查业务管理部", "审业部联络员"):
        assert parts(invoke, ledger, "--as", who) == expected
    lines = invoke(ledger, "mine", "--as", "审业部").out.splitlines()
    assert lines[0] == "被退回（1 项）"
    assert lines[2].split()[0] == "GZ2017-005"
    assert "审业部联络员退回：材料不全" in lines[2]
    assert lines[2].endswith("ledger progress GZ2017-005 --text 进展")
    assert [line for line in lines if "超期 20 天" in line]
    assert [line for line in lines if "还有 10 天到期" in line]
    assert [line for line in lines if "102 天没有填报" in line]
    assert lines[-1] == "审业部：被退回 1 项、待填报 3 项。"


def test_who_oversees_sees_what_waits_for_him(ledger: LedgerFolder, invoke: Invoke) -> None:
    told = parts(invoke, ledger, "--as", "督查")
    assert told == {
        "待审核": ["GZ2017-006", "GZ2017-007"],
        "待上会": ["GZ2017-008"],
        "待合并": [],
        "待督办": ["审业部", "条法司"],
    }
    text = invoke(ledger, "mine", "--as", "督查").out
    assert "ledger review GZ2017-006 --opinion 意见" in text
    assert "ledger remind --dept 条法司" in text
    assert "最长 81 天" in text


def test_ones_own_application_is_not_ones_own_to_review(
    ledger: LedgerFolder, invoke: Invoke
) -> None:
    assert invoke(ledger, "who", NAME, "--role", "全部").code == 0
    assert parts(invoke, ledger)["待审核"] == ["GZ2017-006"]
    assert list(parts(invoke, ledger)) == [
        "被退回",
        "待填报",
        "待审核",
        "待上会",
        "待合并",
        "待督办",
    ]


def test_a_closing_that_was_proposed_waits_for_its_merge(
    ledger: LedgerFolder, invoke: Invoke
) -> None:
    ledger.git("switch", "--quiet", "-c", "close/GZ2017-004-DZH-2017-1")
    ledger.write_task(**TASKS[3], title="改了")
    ledger.git("commit", "--quiet", "-a", "-m", "销号\n\nLedger-Decision: DZH-2017-1")
    ledger.git("switch", "--quiet", "main")
    text = invoke(ledger, "mine", "--as", "督查").out
    assert "按 DZH-2017-1 销号 1 项" in text
    assert "ledger merge close/GZ2017-004-DZH-2017-1" in text


def test_what_a_meeting_has_agreed_to_waits_to_be_closed(
    ledger: LedgerFolder, invoke: Invoke
) -> None:
    meeting = {
        "id": "DZH-2017-1", "body": "党组会", "date": "2017-06-10", "chair": "书记",
        "due_members": 1, "present": ["书记"],
        "items": [{"task": "GZ2017-008", "result": "同意销号", "votes": {"for": 1}}],
    }  # fmt: skip
    ledger.write("data/decisions/2017/DZH-2017-1.yaml", meeting)
    ledger.commit("会议")
    text = invoke(ledger, "mine", "--as", "督查").out
    assert "DZH-2017-1 已经同意，还没有办结" in text
    assert "ledger close GZ2017-008 --decision DZH-2017-1" in text
    ledger.git("switch", "--quiet", "-c", "close/x")
    ledger.write_task(**TASKS[7] | {"status": "已销号"})
    ledger.git("commit", "--quiet", "-a", "-m", "销号\n\nLedger-Decision: DZH-2017-1")
    ledger.git("switch", "--quiet", "main")
    assert parts(invoke, ledger, "--as", "督查")["待上会"] == []


def test_a_meeting_agrees_to_what_was_reviewed_before_it(
    ledger: LedgerFolder, invoke: Invoke
) -> None:
    """Neither an old closing's meeting, nor one that is still to come at that moment."""
    meeting = {
        "id": "DZH-2017-1", "body": "党组会", "date": "2017-06-01", "chair": "书记",
        "due_members": 1, "present": ["书记"],
        "items": [{"task": "GZ2017-008", "result": "同意销号", "votes": {"for": 1}}],
    }  # fmt: skip
    before = ledger.git("rev-parse", "HEAD").strip()
    for day, agrees in (("2017-06-01", False), ("2017-06-10", True)):
        ledger.write("data/decisions/2017/DZH-2017-1.yaml", meeting | {"date": day})
        ledger.commit("会议")
        assert ("已经同意" in invoke(ledger, "mine", "--as", "督查").out) is agrees
    then = invoke(ledger, "mine", "--as", "督查", "--at", before)
    assert "已经同意" not in then.out


def test_the_days_picture_begins_with_it(ledger: LedgerFolder, invoke: Invoke) -> None:
    invoke(ledger, "who", "审业部联络员")
    assert invoke(ledger).out.splitlines()[1] == (
        "等您办的（审业部）：被退回 1 项、待填报 3 项；见 ledger mine"
    )
    invoke(ledger, "who", "联络员")
    assert not invoke(ledger).out.splitlines()[1].startswith("等您办的")
    empty = invoke(ledger, "mine", "--as", "规划司")
    assert (empty.code, empty.out) == (0, "规划司：没有等您办的。\n")


def test_a_role_that_there_is_not(ledger: LedgerFolder, invoke: Invoke) -> None:
    refused = invoke(ledger, "who", NAME, "--role", "局长")
    assert (refused.code, len(refused.sentences)) == (2, 1)
    assert "联络员" in refused.err
