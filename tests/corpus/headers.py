"""Headers of two and three levels, a second table below, rows that only number the columns."""

from __future__ import annotations

from typing import Any

from tests.corpus.forms import HEAD, sheet, task

_PLAN = ("序号", "重点任务", "责任单位")
_QUARTERS = ("一季度", "二季度", "三季度", "四季度")
_STEPS = ("形成提纲", "形成初稿", "征求意见", "印发")
_DAYS = ("2021-03-31", "2021-06-30", "2021-09-30", "2021-12-31")
_OVER = ("A1:A2", "B1:B2", "C1:C2")
_SCHEDULE = "\n".join(f"{name}：{text}" for name, text in zip(_QUARTERS, _STEPS, strict=True))
_PLANNED = task(
    lead="规划处",
    key_point="编制规划",
    due="、".join(_QUARTERS),
    dates=_DAYS,
    columns={"时间进度安排": _SCHEDULE},
)
_HALF = task(
    lead="办公室",
    key_point="修订制度",
    due="二季度、四季度",
    dates=_DAYS[1::2],
    columns={"时间进度安排": "二季度：启动\n四季度：完成"},
)
_BELOW = (
    (1, "编制规划", "规划处", *_STEPS),
    (2, "修订制度", "办公室", None, "启动", None, "完成"),
)
_STATUSES = ("已完成", "正在推进", "未启动")
_TICKED = (
    (1, "编制规划", "规划处", "√", None, None),
    (2, "修订制度", "办公室", None, "√", None),
    (3, "清理账户", "财务处", None, None, "√"),
)
_STATES = (
    task("编制规划", "规划处", status="推进中", columns={"是否完成": "已完成"}),
    task("修订制度", "办公室", status="推进中"),
    task("清理账户", "财务处"),
)
_BLANK = (None,) * 3


def _quarters(name: str, merged: tuple[str, ...], head: tuple[Any, ...] = _PLAN) -> Any:
    rows = ((*head, "时间进度安排", *_BLANK), (*_BLANK, *_QUARTERS), *_BELOW)
    return sheet(name, rows, _PLANNED, _HALF, merged=merged)


DOCUMENTS = (
    _quarters("季度安排", (*_OVER, "D1:G1")),
    _quarters("季度安排，只是没有合并", ()),
    sheet(
        "季度直接作列名",
        (
            (*_PLAN, *(f"第{name}" for name in _QUARTERS)),
            (1, "编制规划", "规划处", "√", None, "√", None),
        ),
        task(
            lead="规划处",
            key_point="编制规划",
            due="第一季度、第三季度",
            dates=_DAYS[::2],
            columns={"第一季度—第四季度": "第一季度、第三季度"},
        ),
    ),
    sheet(
        "十二个月打星",
        (
            (*_PLAN, "进度计划", *(None,) * 11),
            (*_BLANK, *(f"{month}月" for month in range(1, 13))),
            (1, "编制规划", "规划处", None, None, "★", *(None,) * 8, "★"),
        ),
        task(
            lead="规划处",
            key_point="编制规划",
            due="3月、12月",
            dates=("2021-03-31", "2021-12-31"),
            columns={"进度计划": "3月、12月"},
        ),
        merged=(*_OVER, "D1:O1"),
    ),
    sheet(
        "三层表头",
        (
            ("序号", "重点任务", "责任分工", None, "2021年安排", *_BLANK, "是否完成", None),
            (None, None, "牵头单位", "配合单位", "上半年", None, "下半年", None, "是", "否"),
            (None, None, None, None, *_QUARTERS, None, None),
            (1, "编制规划", "规划处", "办公室", *_STEPS, None, "√"),
        ),
        task(
            lead="规划处",
            assist="办公室",
            key_point="编制规划",
            due="、".join(f"2021年{name}" for name in _QUARTERS),
            dates=_DAYS,
            columns={"2021年安排": "\n".join(f"2021年{x}" for x in _SCHEDULE.split("\n"))},
        ),
        merged=(
            "A1:A3",
            "B1:B3",
            "C1:D1",
            "C2:C3",
            "D2:D3",
            "E1:H1",
            "E2:F2",
            "G2:H2",
            "I1:J1",
            "I2:I3",
            "J2:J3",
        ),
    ),
    sheet(
        "两年的安排",
        (
            (*_PLAN, "2021年", None, "2022年", None),
            (*_BLANK, "上半年", "下半年", "上半年", "下半年"),
            (1, "编制规划", "规划处", None, "形成初稿", "印发", None),
        ),
        task(
            lead="规划处",
            key_point="编制规划",
            due="2021年下半年、2022年上半年",
            dates=("2021-12-31", "2022-06-30"),
            columns={"2021年、2022年": "2021年下半年：形成初稿\n2022年上半年：印发"},
        ),
        merged=(*_OVER, "D1:E1", "F1:G1"),
    ),
    sheet(
        "计划和完成情况都按半年",
        (
            (*_PLAN, "工作计划", None, "完成情况", None),
            (*_BLANK, "上半年", "下半年", "上半年", "下半年"),
            (1, "编制规划", "规划处", "形成提纲", "形成初稿", "已形成", None),
        ),
        task(
            lead="规划处",
            key_point="编制规划",
            due="上半年、下半年",
            dates=_DAYS[1::2],
            status="推进中",
            progress=("上半年：已形成",),
            columns={"工作计划": "上半年：形成提纲\n下半年：形成初稿"},
        ),
        merged=(*_OVER, "D1:E1", "F1:G1"),
    ),
    sheet(
        "完成情况打勾",
        (
            ("序号", "整改措施", "责任单位", "完成情况", None, None),
            (*_BLANK, *_STATUSES),
            *_TICKED,
        ),
        *_STATES,
        merged=(*_OVER, "D1:F1"),
    ),
    sheet(
        "状态直接作列名",
        (("序号", "整改措施", "责任单位", *_STATUSES), *_TICKED),
        *_STATES,
    ),
    sheet(
        "完成情况下面写话",
        (
            ("序号", "整改措施", "责任单位", "完成情况", None),
            (*_BLANK, "定量", "定性"),
            (1, "编制规划", "规划处", "印发3件", "良好"),
        ),
        task("编制规划", "规划处", status="推进中", progress=("定量：印发3件\n定性：良好",)),
        asked=("“完成情况”列下面的“定量”“定性”不认得",),
        merged=(*_OVER, "D1:E1"),
    ),
    sheet(
        "第二张表换了列的次序",
        (
            HEAD,
            (1, "梳理制度", "办公室", "6月底前"),
            (None,) * 4,
            ("二、监督检查", None, None, None),
            ("序号", "责任单位", "整改措施", "完成时限"),
            (1, "财务处", "清理账户", "8月底前"),
        ),
        task("梳理制度", "办公室", "6月底前"),
        task("清理账户", "财务处", "8月底前", section="二、监督检查"),
    ),
    sheet(
        "第二张表换了列名",
        (
            HEAD,
            (1, "梳理制度", "办公室", "6月底前"),
            ("序号", "问题", "牵头部门", "时间节点"),
            (1, "账户没有清理", "财务处", "8月底前"),
        ),
        task("梳理制度", "办公室", "6月底前"),
        task(lead="财务处", due="8月底前", problem="账户没有清理"),
    ),
    sheet(
        "表头再印一次",
        (HEAD, (1, "梳理制度", "办公室", "6月底前"), HEAD, (2, "办培训", "人事处", "7月底前")),
        task("梳理制度", "办公室", "6月底前"),
        task("办培训", "人事处", "7月底前"),
    ),
    sheet(
        "栏次和示例",
        (
            HEAD,
            ("栏次", 1, 2, 3),
            ("示例", "梳理制度", "办公室", "6月底前"),
            (1, "编制规划", "规划处", "6月底前"),
        ),
        task("编制规划", "规划处", "6月底前"),
    ),
    sheet(
        "甲乙丙丁和例",
        (
            HEAD,
            ("甲", "乙", "丙", "丁"),
            ("(1)", "(2)", "(3)", "(4)"),
            (None, "（例）某项措施", "某处", "×月底前"),
            (1, "编制规划", "规划处", "6月底前"),
        ),
        task("编制规划", "规划处", "6月底前"),
    ),
)
