"""The draft of the 整改进展通报: problem, what was done, effect, meeting; in official order."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ledger.usecases.bulletins.facts import Scope
from ledger.usecases.bulletins.request import request_for
from tests.usecases.bulletins.cases import decided, rendered

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

D = dt.date
SECTIONS = ("（一）贯彻落实方面", "（二）作风方面")


def entry(day: str, text: str, **more: Any) -> dict[str, Any]:
    return {"date": day, "by": "联络员", "text": text, **more}


def drafted(make_ledger: MakeLedger, tasks: list[dict[str, Any]], **more: Any) -> str:
    numbered = [{"id": f"ZG2020-{n:03}", "kind": "巡视整改", "section": SECTIONS[0], **each}
                for n, each in enumerate(tasks, 1)]  # fmt: skip
    made = make_ledger(numbered, **more)
    request, _ = request_for("closing", None, D(2020, 12, 31))
    request = replace(request, scope=Scope(("ZG2020",)))
    return rendered(made, request, made.git("rev-parse", "HEAD").strip())


def test_a_closed_task_is_told_from_problem_to_meeting(make_ledger: MakeLedger) -> None:
    applied = {"date": "2020-11-20", "by": "联络员", "summary": "办法印发，基层减负明显。"}
    closing = {"applied": applied, "decision": "DZH-2020-31", "date": "2020-12-03"}
    meeting = {**decided("ZG2020-001"), "id": "DZH-2020-31", "date": "2020-12-03"}
    task = {
        "title": "整治文山会海",
        "section": SECTIONS[1],
        "problem": "“文山会海”没有根治。",
        "measures": ["严控发文数量；", "精简会议。"],
        "lead": ["办公室"],
        "assist": ["机关党委"],
        "progress": [
            entry("2020-09-30", "清理文件 30 件。"),
            entry("2020-10-15", "推进"),  # says nothing
            entry("2020-10-30", "清理文件 30 件。"),  # nor does what was said before
            entry("2020-11-05", "督办", event="催办"),
        ],
        "indicators": [{"name": "精简文件", "target": 30, "actual": 35, "unit": "%"}],
        "lookback": [{"date": "2020-12-20", "result": "没有反弹"}],
        "status": "已销号",
        "closing": closing,
    }
    text = drafted(make_ledger, [task], decisions=[meeting])
    told = text[text.index("## 二、") : text.index("## 三、")]
    assert told == (
        "## 二、已完成的整改任务\n\n"
        "### （一）作风方面\n\n"
        "#### 1.整治文山会海\n\n"
        "针对“‘文山会海’没有根治”的问题，由办公室牵头，机关党委配合，采取以下措施：\n\n"
        "（1）严控发文数量；\n\n（2）精简会议。\n\n"
        "办理情况：2020年9月30日，清理文件 30 件。整改成效：办法印发，基层减负明显。"
        "量化指标：“精简文件”目标30%，完成35%。"
        "2020年12月3日，2017年第20次党组会（〔2017〕20号）研究同意销号。"
        "2020年12月20日回头看：没有反弹。\n\n"
    )
    assert "## 三、下一步工作\n\n整改任务已全部办结，适时开展回头看，防止反弹。" in text


def test_long_term_tasks_stand_apart_with_their_meeting(make_ledger: MakeLedger) -> None:
    meeting = decided("ZG2020-001")
    meeting["items"][0]["result"] = "转为长期坚持"
    other = {"section": SECTIONS[1]}
    tasks: list[dict[str, Any]] = [
        {"status": "长期坚持", "measures": ["每季度学习一次"]},
        {"section": SECTIONS[1], "due": {"text": "12月底前", "date": "2020-12-30"}},
        {**other, "lead": [], "measures": None, "due": {"text": "持续推进"}},
    ]
    text = drafted(make_ledger, tasks, decisions=[meeting])
    headings = [line.strip("# ") for line in text.splitlines() if line.startswith("#")]
    assert headings[1:] == [
        "一、总体情况",
        "二、正在推进的整改任务", "（一）作风方面", "1.事项ZG2020-002", "2.事项ZG2020-003",
        "三、长期坚持的整改任务", "（一）贯彻落实方面", "1.事项ZG2020-001", "四、下一步工作",
        "附表一　分方面情况", "附表二　各状态项数",
    ]  # fmt: skip
    lasting = text[text.index("## 三、") : text.index("## 四、")]
    assert "由审业部牵头，采取的措施是：每季度学习一次。" in lasting
    assert "2017年10月19日，2017年第20次党组会（〔2017〕20号）研究决定转为长期坚持。" in lasting
    assert "时限2020年12月30日，已超期1天。" in text
    assert "没有登记牵头部门和措施。" in text
    assert "时限“持续推进”。" in text
    assert "还没有完成的；转为长期坚持1项（其中逾期1项）；其余2项尚未完成，其中逾期1项。" in text


def test_nothing_is_claimed_of_a_closing_without_a_meeting(make_ledger: MakeLedger) -> None:
    task: dict[str, Any] = {"status": "已销号", "closing": {"date": "2020-12-03"}, "problem": "甲"}
    task["measures"] = None
    text = drafted(make_ledger, [task])
    assert "针对“甲”的问题，由审业部牵头整改。2020年12月3日，销号，没有会议记录。" in text
    for absent in ("整改成效", "办理情况", "量化指标", "回头看："):
        assert absent not in text
