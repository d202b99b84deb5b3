"""集体决策: a meeting's record with a result a task (`data/decisions/<year>/<id>.yaml`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from ledger.model.fields import item, others
from ledger.model.record import dataclass
from ledger.model.task import ID_PATTERN, ID_SHAPE

APPROVE_CLOSING, REJECT, CONTINUE = "同意销号", "不同意", "继续整改"
APPROVE_EXTENSION, APPROVE_CANCELLING = "同意延期", "同意中止"
MAKE_ONGOING, MERGE_INTO = "转为长期坚持", "并入"
RESULTS = (
    APPROVE_CLOSING,
    REJECT,
    CONTINUE,
    APPROVE_EXTENSION,
    APPROVE_CANCELLING,
    MAKE_ONGOING,
    MERGE_INTO,
)
SENT_BACK = frozenset({REJECT, CONTINUE})  # results that need no majority: nothing ends by them
DIGEST_PATTERN = r"sha256:[0-9a-f]{64}"


@dataclass(frozen=True, slots=True)
class Votes:
    """表决票数 of one item."""

    for_: int = item("同意", 0, minimum=0, required=True, key="for")
    against: int = item("不同意", 0, minimum=0)
    abstain: int = item("弃权", 0, minimum=0)
    extra: Mapping[str, Any] = others()


@dataclass(frozen=True, slots=True)
class Absence:
    """A member who was not there, and why."""

    name: str = item("缺席成员", required=True)
    reason: str = item("缺席原因")
    extra: Mapping[str, Any] = others()


@dataclass(frozen=True, slots=True)
class DecisionItem:
    """What the meeting decided on one task."""

    task: str = item("事项编号", required=True)
    result: str = item("会议结论", required=True, choices=RESULTS)
    votes: Votes | None = item("表决票数", None)
    digest: str = item(
        "上会材料的摘要值（自动填写）", pattern=DIGEST_PATTERN, shape="sha256: 加 64 位十六进制数字"
    )
    opinion: str = item("会议意见")
    recused: tuple[str, ...] = item("回避本事项的成员", ())
    into: str = item("并入的事项编号（结论为并入时）")
    until: dt.date | None = item("同意延至的日期（结论为同意延期时）", None)
    extra: Mapping[str, Any] = others()


@dataclass(frozen=True, slots=True)
class Decision:
    """集体决策: who met, who was there, what was decided on which task."""

    id: str = item("会议记录编号，与文件名一致", required=True, pattern=ID_PATTERN, shape=ID_SHAPE)
    body: str = item("会议名称，如 党组会、局务会", required=True)
    date: dt.date | None = item("会议日期", None, required=True)
    session: str = item("届次，如 2020年第31次")
    chair: str = item("主持人", required=True)
    recorder: str = item("记录人")
    due_members: int = item("应到人数", 0, required=True, minimum=1)
    present: tuple[str, ...] = item("实到成员", (), required=True)
    observers: tuple[str, ...] = item("列席人员（无表决权）", ())
    absent: tuple[Absence, ...] = item("缺席成员", ())
    speaking_order: tuple[str, ...] = item("发言顺序（主持人末位表态）", ())
    minutes: str = item("会议纪要文号")
    corrects: str = item("更正哪一次会议的记录（编号）", pattern=ID_PATTERN, shape=ID_SHAPE)
    items: tuple[DecisionItem, ...] = item("逐项结论", (), required=True)
    extra: Mapping[str, Any] = others()

    def on(self, task: str) -> DecisionItem | None:
        """What was decided on a task, by its id; None where it was not discussed."""
        return next((item for item in self.items if item.task == task), None)

    @property
    def discussed(self) -> frozenset[str]:
        """The ids of the tasks that it decided on."""
        return frozenset(item.task for item in self.items)
