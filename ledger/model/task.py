"""事项: one rectification or work-plan item, one YAML file (`data/tasks/<source>/<id>.yaml`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from ledger.model.fields import FieldSpec, item, labels, others, specs
from ledger.model.paths import DECISIONS, EVIDENCE, SOURCES
from ledger.model.record import dataclass

RECTIFICATION = "巡视整改"
KINDS = (RECTIFICATION, "工作要点", "责任清单", "风险防控")
NOT_STARTED, IN_PROGRESS, APPLIED, REVIEWED = "未启动", "推进中", "申请销号", "待上会"
CLOSED, ONGOING, CANCELLED = "已销号", "长期坚持", "已中止"
STATUSES = (NOT_STARTED, IN_PROGRESS, APPLIED, REVIEWED, CLOSED, ONGOING, CANCELLED)
ENDED = frozenset({CLOSED, CANCELLED})
UNDECIDED = frozenset({APPLIED, REVIEWED})  # applied for: others have to act now
NATURES = ("立行立改", "限期", "分阶段", "长期坚持")
RETURNED, REOPENED, REMINDED = "退回", "重开", "催办"
EVENTS = (RETURNED, REOPENED, REMINDED)
RELATIONS = ("并入", "源自", "子任务")
LOGS = ("progress", "extensions", "lookback", "past_closings")  # fields that only grow (C010)
# Where an import keeps what a table says of the status; what it calls closed waits for a meeting.
STATUS_COLUMN = "是否完成"
ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9-]{0,63}"
ID_SHAPE = "以字母或数字开头，只含英文字母、数字和“-”，不超过 64 个字符"


@dataclass(frozen=True, slots=True)
class Due:
    """完成时限: the document's own words and how they were read."""

    text: str = item("时限原文，照来源文件抄录", label="原文")
    start: dt.date | None = item("起始日期（区间类时限）", None, label="起")
    date: dt.date | None = item("截止日期", None, label="日期")
    dates: tuple[dt.date, ...] = item("多个节点的日期（如 1月、4月、8月、12月）", (), label="节点")
    extra: Mapping[str, Any] = others()


@dataclass(frozen=True, slots=True)
class Indicator:
    """量化指标: a target in numbers."""

    name: str = item("指标名称", required=True, label="名称")
    target: int | float | None = item("目标值", None)
    actual: int | float | None = item("完成值", None)
    unit: str = item("单位，如 家、件、%")
    extra: Mapping[str, Any] = others()


@dataclass(frozen=True, slots=True)
class Progress:
    """进展: one entry of the append-only work log."""

    date: dt.date | None = item("填报日期", None, required=True)
    by: str = item("填报人（岗位或姓名）", label="办理人")
    text: str = item("进展情况", required=True)
    percent: int | None = item("完成百分比（0—100）", None, minimum=0, maximum=100, label="进度")
    event: str = item("退回、重开、催办时由程序填写", choices=EVENTS, label="标记")
    extra: Mapping[str, Any] = others()


@dataclass(frozen=True, slots=True)
class Extension:
    """延期: one approved change of the deadline; the original deadline stays."""

    date: dt.date | None = item("批准日期", None, required=True)
    from_: dt.date | None = item("原截止日期", None, key="from", label="原定")
    to: dt.date | None = item("延至日期", None, required=True, label="延至")
    reason: str = item("延期理由", required=True, label="理由")
    approved_by: str = item("批准人或批准会议", required=True, label="批准")
    by: str = item("登记人")
    extra: Mapping[str, Any] = others()


@dataclass(frozen=True, slots=True)
class Evidence:
    """佐证材料: a file of the ledger, or the hash and archive number of one kept elsewhere."""

    name: str = item("材料名称", required=True)
    path: str = item(f"材料在台账中的路径（{EVIDENCE}/…）", label="文件")
    sha256: str = item(
        "材料的 SHA-256 校验值",
        pattern=r"[0-9a-f]{64}",
        shape="64 位十六进制小写数字",
        label="校验值",
    )
    archive: str = item("档案号（涉密、敏感材料不入台账，只记校验值和档案号）")
    date: dt.date | None = item("材料形成日期", None)
    extra: Mapping[str, Any] = others()


@dataclass(frozen=True, slots=True)
class Applied:
    """销号申请: who asked for closing, when, and why it may end."""

    date: dt.date | None = item("申请日期", None, required=True)
    by: str = item("申请人", required=True)
    summary: str = item("完成情况说明", required=True, label="说明")
    extra: Mapping[str, Any] = others()


@dataclass(frozen=True, slots=True)
class Reviewed:
    """审核: a second person's opinion before the meeting."""

    date: dt.date | None = item("审核日期", None, required=True)
    by: str = item("审核人", required=True)
    opinion: str = item("审核意见", required=True, label="意见")
    extra: Mapping[str, Any] = others()


@dataclass(frozen=True, slots=True)
class Closing:
    """销号: the way from application over review to the meeting's decision."""

    applied: Applied | None = item("销号申请", None, label="申请")
    reviewed: Reviewed | None = item("审核情况", None, label="审核")
    decision: str = item(f"集体决策编号（{DECISIONS} 中的会议记录）", label="会议记录")
    date: dt.date | None = item("销号日期", None)
    extra: Mapping[str, Any] = others()

    @property
    def is_over(self) -> bool:
        """Whether it came to its end, so that it is history now."""
        return bool(self.decision or self.date)


@dataclass(frozen=True, slots=True)
class Lookback:
    """回头看: one look at a closed task, to see whether it holds."""

    date: dt.date | None = item("回头看日期", None, required=True)
    by: str = item("检查人")
    result: str = item("回头看结论", required=True, label="结论")
    note: str = item("说明")
    extra: Mapping[str, Any] = others()


@dataclass(frozen=True, slots=True)
class Link:
    """关联: how this task stands to another one."""

    rel: str = item("关系", required=True, choices=RELATIONS)
    id: str = item("对方事项编号", required=True)
    extra: Mapping[str, Any] = others()


@dataclass(frozen=True, slots=True)
class Task:
    """事项: all the ledger knows of one item; the order of fields is that of new files."""

    id: str = item(
        "事项编号，与文件名一致", required=True, pattern=ID_PATTERN, shape=ID_SHAPE, label="编号"
    )
    kind: str = item("事项类别", required=True, choices=KINDS, label="类别")
    title: str = item("事项名称（一句话，不超过 40 字）", required=True, label="事项")
    source: str = item(f"来源编号（{SOURCES} 中的文件）", required=True, label="来源")
    section: str = item("所属部分，照来源文件的标题", label="部分")
    key_point: str = item("工作要点（工作要点类）")
    problem: str = item("反馈问题（巡视整改类）")
    goal: str = item("整改目标、验收标准")
    measures: tuple[str, ...] = item("具体措施，一行一条", ())
    lead: tuple[str, ...] = item("牵头部门", (), short="牵头")
    assist: tuple[str, ...] = item("配合部门", (), short="配合")
    leader: str = item("责任领导（职务或姓名）")
    owner: str = item("责任人（职务或姓名）")
    nature: str = item("时限性质", choices=NATURES, short="性质")
    due: Due = item("完成时限", Due, short="时限")
    indicators: tuple[Indicator, ...] = item("量化指标", ())
    status: str = item("状态；是否逾期由程序计算，不写在文件里", required=True, choices=STATUSES)
    progress: tuple[Progress, ...] = item("进展记录，只增不改", ())
    extensions: tuple[Extension, ...] = item("延期记录；原定时限不改", ())
    evidence: tuple[Evidence, ...] = item("佐证材料", ())
    closing: Closing | None = item("销号过程", None)
    past_closings: tuple[Closing, ...] = item(
        "重开以前的销号过程，由程序移入，只增不改", (), label="以前的销号"
    )
    lookback: tuple[Lookback, ...] = item("回头看记录", (), label="回头看")
    links: tuple[Link, ...] = item("与其他事项的关联", (), label="关联事项")
    tags: tuple[str, ...] = item("标签", ())
    columns: Mapping[str, str] = item(
        "来源表格里没有对应字段的列：列名和内容，照原文", dict, label="表中其他列"
    )
    extra: Mapping[str, Any] = others()

    @property
    def meeting(self) -> str:
        """The id of the meeting that its closing names as its basis; empty for none."""
        return self.closing.decision if self.closing else ""

    @property
    def closed_on(self) -> dt.date | None:
        """The day on which its closing says it was closed."""
        return self.closing.date if self.closing else None

    @property
    def marks(self) -> tuple[tuple[str, str], ...]:
        """By what it may be counted under a word, and what that stands for.

        Of each indicator its name, twice; of each tag the tag and the task's title.
        """
        named = ((each.name, each.name) for each in self.indicators)
        return (*named, *((each, self.title) for each in self.tags))

    @property
    def heard(self) -> dt.date | None:
        """The last day on which its log says anything but a reminder."""
        days = (each.date for each in self.progress if each.date and each.event != REMINDED)
        return max(days, default=None)


def label(key: str) -> str:
    """The Chinese name of a key of a task's file or of a record in it; itself where it has none."""
    return labels(Task).get(key, key)


def heading(key: str) -> str:
    """The Chinese name of a task's field at the head of a column."""
    return _spec(key).heading


def full_name(key: str) -> str:
    """The Chinese name of a task's field in a sentence."""
    return _spec(key).name


def _spec(key: str) -> FieldSpec:
    return next(spec for spec in specs(Task) if spec.key == key)
