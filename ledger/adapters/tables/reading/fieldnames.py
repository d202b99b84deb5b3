"""What the columns of work plans and rectification tables are usually called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final, NamedTuple

from ledger.model.task import STATUS_COLUMN, full_name, label

EXTRA: Final = "extra"
DROPPED: Final = "不要"
"""What a column is mapped to that is neither to fill a field nor to be kept."""
FIELD_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    field: tuple(names.split())
    for field, names in {
        "id": "编号 事项编号 任务编号 问题编号 台账编号",
        "number": "序号 任务序号 问题序号",
        "section": (
            "部分 类别 板块 分类 任务类别 问题类别 工作类别 风险类别 一级任务 工作板块 一级指标"
        ),
        "key_point": (
            "工作要点 重点任务 重点工作 工作任务 任务 重点工作任务 主要任务 任务名称 "
            "工作事项 事项 要点 工作内容 任务内容 整改任务 整改事项 任务清单 督办事项 "
            "督办内容 督办任务 议定事项 会议议定事项 交办事项 批示事项 二级任务 主要内容 "
            "督查事项 督查内容 项目名称 工作名称 目标任务 重点项目 重点事项 实事项目 "
            "工作项目 制度名称 事项内容 办理事项 落实事项 决定事项 责任内容 "
            "责任事项 工程名称 改革任务"
        ),
        "problem": (
            "反馈问题 存在问题 问题 具体问题 巡视反馈问题 主要问题 存在的问题 突出问题 "
            "问题清单 反馈意见 问题表现 表现形式 风险点 审计发现问题 审计查出问题 "
            "检查发现问题 发现问题 巡察反馈问题 具体问题表述 问题表述 检视问题 问题描述 "
            "问题内容 问题隐患 隐患描述 隐患内容 隐患情况 存在隐患 存在的隐患 安全隐患 "
            "事故隐患 隐患问题 反映事项 反映诉求 诉求事项"
        ),
        "goal": (
            "整改目标 工作目标 目标 验收标准 预期成果 预期目标 目标要求 年度目标 "
            "整改要求 工作要求 整改标准 整改完成标准 完成标准 完成标志 年度目标任务 "
            "办理要求 督办要求 交办要求 落实要求 工作标准 目标值 年度目标值 成果清单 "
            "成果形式 工作成果 预期成效 目标成效 办结要求"
        ),
        "measures": (
            "整改措施 具体措施 工作措施 措施 主要措施 推进措施 落实措施 防控措施 "
            "具体举措 工作举措 举措 措施清单 三级任务 关键举措 整改意见"
        ),
        "lead": (
            "牵头单位 牵头部门 责任单位 责任部门 部门单位 主责单位 承办单位 牵头责任单位 "
            "主责部门 承办部门 主办单位 主办部门 牵头处室 责任处室 责任主体 牵头 主办 "
            "责任分工 分工 责任科室 牵头科室 承办处室 承办科室 主办处室 责任司局 "
            "牵头司局 科室 主责 承办 责任股室 牵头股室 责任室 负责部门 负责单位 整改单位 "
            "整改部门 落实单位 落实部门 实施单位 实施部门 办理单位 办理部门 执行部门 "
            "主管部门 责任清单 单位 部门 处室"
        ),
        "assist": (
            "配合单位 配合部门 协办单位 参与单位 协办部门 参与部门 协助单位 协助部门 "
            "配合处室 配合科室 协办处室 协办科室 协同单位 协同部门 配合司局 协同 参与 "
            "会办单位 会办部门 配合股室 协作单位 参加单位 配合 协办"
        ),
        "leader": "责任领导 分管领导 牵头领导 责任局领导 分管局领导 牵头局领导 第一责任人",
        "owner": "责任人 联系人 经办人 具体责任人 直接责任人 负责人 联络员 承办人 责任人员",
        "due": (
            "完成时间 完成时限 整改时限 时限 时间节点 计划完成时间 计划完成时限 完成期限 "
            "整改期限 办结时限 截止时间 截止日期 期限 交办时限 办理时限 反馈时限 "
            "整改完成时限 整改完成时间 时限清单 计划完成日期 完成时间节点 计划出台时间 "
            "计划印发时间 起止时间 起止日期 时间安排 时间要求 时间进度 时间进度安排 "
            "完成日期 结束时间 结束日期 "
            "办结时间 计划竣工时间 完成月份 月份 时间"
        ),
        "progress": (
            "进展情况 工作进展 完成情况 落实情况 整改情况 整改进展 整改落实情况 推进情况 "
            "进展 工作进度 完成进度 进度 整改结果 办理情况 办理结果 整改成效 整改进度 "
            "工作进展情况 目前进展 形象进度 办结情况 落实进展 进展及成效 "
            "化解情况 处置情况 处理情况 处理结果"
        ),
        "percent": "完成比例 完成百分比 完成率 进度比例 完成进度比例 整改率 进度百分比",
        "status": (
            f"{STATUS_COLUMN} 整改状态 状态 完成状态 任务状态 是否销号 是否办结 "
            "是否完成整改 是否整改到位 整改是否完成 是否整改完成 进展状态 工作状态 "
            "办理状态 销号情况 销号状态 是否整改 是否落实 是否已完成 是否整改完毕 "
            "完成与否 办结状态"
        ),
        "note": "备注 附注",
        "judged": "判断",
    }.items()
}
"""Field → its usual column names, the most telling first. The first one names it in messages."""

_LAST_RESORT = (
    "批示内容 批示要求 案由 建议名称 提案名称 建议标题 提案标题 建议题目 提案题目 "
    "来文标题 文件标题 领导批示意见 批示意见 议题 事项名称 指标名称 二级指标 指标"
)
LAST_RESORT: Final[Mapping[str, str]] = {
    **dict.fromkeys(_LAST_RESORT.split(), "key_point"),
    **dict.fromkeys(("具体表现", "主要表现"), "problem"),
}
"""Columns that say what is to be done where no other one does; else they are kept."""

_KEPT = (
    "批示领导 批示时间 领导批示 来文单位 交办单位 交办时间 交办日期 反馈周期 "
    "报送周期 督办人 督办领导 督办单位 会议名称 会议时间 会议届次 审计单位 "
    "审计报告名称 开始时间 开始日期 起始时间 启动时间 开工时间 计划开工时间 "
    "实际完成时间 实际出台时间 销号时间 销号日期 销号人 检查时间 检查日期 发现时间 "
    "信访时间 建设单位 建设内容 建设规模及内容 建设规模 佐证材料 岗位 复查情况 "
    "审批意见 审核意见 领导签字 领导意见 是否逾期 任务数 完成数 完成值 会议议题 "
    "交办领导 报告方式 申请销号时间 销号审批 销号意见 计划开始时间 "
    "实际开始时间 指标解释 检查项目 检查内容 检查结果"
)
USUALLY_KEPT: Final = frozenset(_KEPT.split()) | LAST_RESORT.keys() - {"指标"}
"""Columns that tables of the field have and no task a field for: kept under their names."""
_KEPT_ENDING = re.compile(
    "(?:投资|金额|资金|经费|地点|部位|等级|级别|类型|来源|文号|编号|权重|满意度|依据|密级|"
    "建议|复查人|检查人|验收人|信访人|提案人|代表|委员|部门意见|单位意见)$"
)

_UNITS = (
    "元 千元 万元 亿元 件 项 个 人 人次 家 户 次 篇 期 场 亩 公顷 公里 "
    "千米 米 平方米 万平方米 吨 万吨 % ％"
)
UNITS: Final = frozenset(_UNITS.split())
"""What a 单位 may be that is no department: in what something is counted."""

CURRENT_DUE, LIGHT = "现行时限", "亮灯"
COMPUTED: Final = frozenset({label("source"), full_name("title"), CURRENT_DUE, LIGHT})
"""Columns of an exported table that only the ledger fills in: beside its own ids no news."""

STATISTICS: Final = "统计"
"""The sheet of an exported table that only counts."""

# Of a 分解表, which `draft` makes: what is no work, what tasks keep, and what only explains.
JUDGED: Final = "judged"
LEFT_OUT: Final = frozenset({"背景", "不要", "不导入", "删去", "删除", "否"})
DRAFT_KEPT, DRAFT_OWN = frozenset({"指标", "出处"}), frozenset({"判断依据"})


class Match(NamedTuple):
    """The field that a column's name stands for, and how telling the name is (0 the most)."""

    field: str
    rank: int


USUAL: Final = {
    name: Match(field, rank)
    for field, names in FIELD_NAMES.items()
    for rank, name in enumerate(names)
}
"""Normal name → what it stands for."""
_MARKS = re.compile(r"\([^()]*\)|[\s*:※]")


def field_title(field: str) -> str:
    """The Chinese name of a field, for messages."""
    return FIELD_NAMES[field][0] if field in FIELD_NAMES else field


def normal_name(text: str) -> str:
    """A column name without white space, brackets' contents and marks, in half-width forms."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text))


def is_usually_kept(name: str) -> bool:
    """Whether a column (its normal name) is one that no field is there for, and nobody misses."""
    return name in USUALLY_KEPT or (name not in USUAL and bool(_KEPT_ENDING.search(name)))


def field_of(name: str) -> str | None:
    """The field a column name stands for by itself, None when it is not a usual name."""
    match = USUAL.get(normal_name(name))
    return match.field if match else None
