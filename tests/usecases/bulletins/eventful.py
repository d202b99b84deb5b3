"""A year in which everything happens to a task that can: for whoever counts it a second time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from tests.golden.conftest import DEPARTMENTS, History, close, plan, report

_SPREAD = [("2017-02-28", "2017-06-30"), ("2017-03-31", "2017-12-15"), ("2017-04-30", "2017-09-30")]


def make_eventful_year(folder: Path) -> Path:
    """Forty tasks of 2017 and what became of them, in a repository."""
    history = History()
    plan(history)
    _several(history)
    for month in range(2, 13):
        for number in (month, month + 7, month + 14):
            text = "照计划办理" if number % 4 == 0 else f"完成第{month}步，形成 {number} 份材料"
            report(history, f"2017-{month:02}-12", f"GZ2017-{number:03}", text, month * 8)
    for number, day, ids in (
        (8, "2017-05-04", ("GZ2017-001", "GZ2017-002")),
        (15, "2017-07-20", ("ZG2017-001", "ZG2017-002")),
        (20, "2017-10-19", ("ZG2017-003", "ZG2017-004")),
    ):
        close(history, day, number, *ids)
    _ups_and_downs(history)
    _figures(history)
    _applications(history)
    return history.write(folder)


def _change(history: History, day: str, task_id: str, event: str = "", **fields: Any) -> None:
    """One commit that changes fields of a task and, where it is an event, says so in its log."""
    task = history.task(task_id)
    task.update(fields)
    if event:
        entry = {"date": day, "by": "督查室主任", "text": "按会议意见", "event": event}
        task.setdefault("progress", []).append(entry)
    history.commit(day, f"{event or '改动'} {task_id}", {}, task_id)


def _several(history: History) -> None:
    """Tasks of two checkpoints, one of which is answered long after the last."""
    for number, (first, last) in enumerate(_SPREAD, 1):
        task_id = f"GZ2017-5{number:02}"
        history.task(task_id).update(
            id=task_id,
            kind="责任清单",
            title=f"分两步办理{number}",
            source="GZ2017",
            section="一、党的建设方面",
            lead=[DEPARTMENTS[number], DEPARTMENTS[0]],
            assist=[],
            due={"text": "两个节点", "date": last, "dates": [first, last]},
            status="推进中",
        )
        history.commit("2017-01-20", f"新增 {task_id}", {}, task_id)
    for day, task_id in (
        ("2017-07-10", "GZ2017-501"),
        ("2017-04-04", "GZ2017-502"),
        ("2017-05-02", "GZ2017-503"),
        ("2017-12-15", "GZ2017-502"),
    ):
        report(history, day, task_id, f"补报到{day}", 60)
    applied = {"date": "2017-09-12", "by": "联络员", "summary": "已完成"}
    _change(history, "2017-09-12", "GZ2017-501", status="申请销号", closing={"applied": applied})
    _change(history, "2017-09-26", "GZ2017-501", "退回", status="推进中")
    _change(history, "2017-08-30", "GZ2017-503", status="长期坚持")
    report(history, "2017-10-09", "GZ2017-503", "常态开展，三季度已办", 90)
    history.task("GZ2017-503")["status"] = "长期坚持"
    history.commit("2017-10-09", "仍为长期坚持", {}, "GZ2017-503")


def _extend(history: History, day: str, task_id: str, to: str) -> None:
    task = history.task(task_id)
    moved = {"date": day, "from": task["due"]["date"], "to": to, "reason": "难"}
    _change(history, day, task_id, extensions=[{**moved, "approved_by": "局务会"}])


def _ups_and_downs(history: History) -> None:
    """Extensions, reopenings, an end without closing, a renumbering, praise."""
    _extend(history, "2017-03-02", "GZ2017-028", "2017-12-20")
    _extend(history, "2017-10-17", "ZG2017-005", "2017-11-20")
    _change(history, "2017-08-08", "GZ2017-001", "重开", status="推进中")
    close(history, "2017-08-10", 17, "GZ2017-001")
    _change(history, "2017-11-02", "GZ2017-001", "重开", status="推进中")
    close(history, "2017-12-21", 26, "GZ2017-001", "GZ2017-501")
    ended = {"date": "2017-06-15", "decision": "DZH-2017-08"}
    _change(history, "2017-06-15", "GZ2017-027", status="已中止", closing=ended)
    _change(history, "2017-09-05", "ZG2017-006", tags=["表扬"])
    _change(history, "2017-11-20", "GZ2017-024", kind="风险防控", lead=["局规划司", "条法司"])
    old = dict(history.task("ZG2017-012"))
    closed = {**ended, "date": "2016-12-15"}
    history.task("ZG2017-999").update(old, id="ZG2017-999", status="已销号", closing=closed)
    history.commit(str(dt.date(2017, 11, 23)), "补录", {}, "ZG2017-999")


def _applications(history: History) -> None:
    """Applied for in time and closed afterwards, still waiting, sent back, late, never reviewed."""
    june = {"text": "6月底前", "date": "2017-06-30"}
    two = {"text": "4月、10月", "date": "2017-10-31", "dates": ["2017-04-30", "2017-10-31"]}
    for number, due in enumerate((june, june, june, june, two, two, june), 1):
        task_id = f"GZ2017-70{number}"
        history.task(task_id).update(
            id=task_id,
            kind="工作要点",
            title=f"申请销号{number}",
            source="GZ2017",
            section="四、其他",
            lead=[DEPARTMENTS[number % 5], DEPARTMENTS[(number + 1) % 5]],
            assist=[DEPARTMENTS[(number + 2) % 5]],
            leader="分管副局长",
            due=due,
            status="推进中",
        )
        history.commit("2017-01-20", f"新增 {task_id}", {}, task_id)
    _extend(history, "2017-06-25", "GZ2017-704", "2017-08-31")
    for day, number in (
        ("2017-04-20", 5),
        ("2017-06-30", 1),
        ("2017-06-30", 2),
        ("2017-06-28", 3),
        ("2017-07-03", 7),
        ("2017-08-31", 4),
        ("2017-11-01", 6),
    ):
        _apply(history, day, f"GZ2017-70{number}")
    _change(history, "2017-07-06", "GZ2017-703", "退回", status="推进中")
    _apply(history, "2017-07-10", "GZ2017-703")
    for number in (1, 4):
        task_id = f"GZ2017-70{number}"
        reviewed = {"date": "2017-09-04", "by": "督查室主任", "opinion": "属实"}
        closing = history.task(task_id)["closing"] | {"reviewed": reviewed}
        _change(history, "2017-09-04", task_id, status="待上会", closing=closing)
        closing = closing | {"decision": "DZH-2017-20", "date": "2017-10-19"}
        _change(history, "2017-10-19", task_id, status="已销号", closing=closing)
    closing = history.task("GZ2017-702")["closing"]
    closing = closing | {"decision": "DZH-2017-20", "date": "2017-10-19"}
    _change(history, "2017-10-19", "GZ2017-702", status="已销号", closing=closing)


def _apply(history: History, day: str, task_id: str) -> None:
    applied = {"date": day, "by": "联络员", "summary": "已完成"}
    _change(history, day, task_id, status="申请销号", closing={"applied": applied})


def _figures(history: History) -> None:
    """Tasks that plan rules and other numbers, and come to them in the year, one of them not."""
    new, amended = "新建制度《甲办法》", "修订制度（项）"
    centre = {"name": "服务中心", "unit": "家"}
    share = {"name": "按时办结比例", "target": 95, "unit": "%"}
    time = {"name": "办理时长（以内）", "target": 10, "unit": "个月"}
    for number, indicators, more in (
        (1, [{"name": new, "target": 1, "unit": "项"}, {**centre, "target": 20}], {}),
        (2, [{"name": amended, "target": 2, "actual": 1, "unit": "项"}, share, time], {}),
        (3, [{**centre, "actual": 3}, {**centre, "name": "站点", "target": 2.5}], {}),
        (4, [], {"tags": ["制度"], "title": "完善《丁规定》", "leader": "局长"}),
        (5, [{"name": "制定修订制度", "target": 4, "actual": 4, "unit": "项"}], {"leader": ""}),
    ):
        task_id = f"GZ2017-60{number}"
        history.task(task_id).update(
            id=task_id,
            kind="工作要点",
            title=f"办成数字{number}",
            source="GZ2017",
            section="四、其他",
            lead=[DEPARTMENTS[number % 5]],
            assist=[],
            leader="分管副局长",
            due={"text": "12月底前", "date": "2017-12-31"},
            status="推进中",
            indicators=indicators,
        )
        history.task(task_id).update(more)
        history.commit("2017-01-20", f"新增 {task_id}", {}, task_id)
    _reached(history, "2017-05-18", "GZ2017-601", 1, 12)
    _reached(history, "2017-06-20", "GZ2017-602", 2, 96, 11)
    _reached(history, "2017-09-19", "GZ2017-601", 1, 20)
    _reached(history, "2017-10-18", "GZ2017-602", 2, 96, 9)
    _reached(history, "2017-11-01", "GZ2017-603", 4, 2.5)
    close(history, "2017-11-16", 23, "GZ2017-604", "GZ2017-602")
    ended = {"date": "2017-11-23", "decision": "DZH-2017-23"}
    _change(history, "2017-11-23", "GZ2017-605", status="已中止", closing=ended)


def _reached(history: History, day: str, task_id: str, *actual: float) -> None:
    """One commit with how much of a task's indicators is done."""
    told = history.task(task_id)["indicators"]
    done = [{**each, "actual": now} for each, now in zip(told, actual, strict=False)]
    _change(history, day, task_id, indicators=[*done, *told[len(done) :]])
