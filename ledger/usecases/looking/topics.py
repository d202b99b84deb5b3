"""What `ledger help` explains beside the commands: each topic is a page in docs/topics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ledger.adapters.pages import topic_page
from ledger.errors import NotKnown
from ledger.model.choice import nearest


class Topic:
    """A concept that a page explains.

    Attributes:
        name: what it is called.
        page: the page's file, without its suffix.
        summary: what the page tells, in one line.
        others: other words by which it may be asked for.
    """

    __slots__ = ("name", "others", "page", "summary")

    def __init__(self, name: str, page: str, summary: str, others: str = "") -> None:
        self.name = name
        self.page = page
        self.summary = summary
        self.others = tuple(others.split())


TOPICS = (
    Topic("入门", "start", "建账，每天怎样用", "开始 首页"),
    Topic("事项", "task", "一条任务，它的编号和状态", "任务 状态 编号 来源"),
    Topic("时限", "deadlines", "时限怎样写、怎样读", "期限 到期 日期 节点 待定"),
    Topic("亮灯", "lights", "红、黄、绿、青、蓝、灰", "灯 逾期 临期 红灯 黄灯"),
    Topic("进展", "progress", "填报", "填报 指标 进度"),
    Topic("延期", "extension", "批准以后怎样登记"),
    Topic("佐证", "evidence", "材料怎样存，敏感的怎么办", "材料 佐证材料 附件 档案"),
    Topic("销号", "closing", "从申请到合并的每一步", "办结 申请 审核 合并 圈阅"),
    Topic("会议", "meeting", "集体决策怎样记、怎样算数", "集体决策 决策 上会 表决 党组会"),
    Topic("回头看", "lookback", "销号以后的抽查和重开", "重开 反弹"),
    Topic("导入", "import", "把表格变成事项", "表格 分解表 拆分"),
    Topic("通报", "report", "周报、月报、考核评分", "周报 月报 简报 快报 评分 考核"),
    Topic("督办", "remind", "催哪些部门，督办单怎样出", "催办 督办单 提醒"),
    Topic("部门", "departments", "名单、别名，牵头和配合", "牵头 配合 别名 单位"),
    Topic("办理人", "who", "署谁的名，怎样登记", "姓名 账号 角色 身份"),
    Topic("合用", "sync", "几个人一个台账", "同步 冲突 远端 共享"),
    Topic("保存", "save", "手工改了文件以后", "提交"),
    Topic("撤回", "undo", "办错了怎么办", "撤销 恢复 办错"),
    Topic("审计", "audit", "检查、审计、封存", "检查 封存 规则 验证"),
    Topic("输入", "input", "少打几个字，怎样都认", "拼音 补全 少打字"),
    Topic("网页", "web", "给只看不写的人，用浏览器看", "浏览器 网站 只看"),
    Topic("输出", "output", "存成文件，看过去某一天", "导出 打印 颜色"),
)

# By which words → the topic's name.
WORDS: Mapping[str, str] = {
    word: topic.name for topic in reversed(TOPICS) for word in (*reversed(topic.others), topic.name)
}
BY_NAME: Mapping[str, Topic] = {topic.name: topic for topic in TOPICS}


def topic_text(word: str, commands: Iterable[str]) -> str:
    """The page of the topic that a word asks for, in Markdown.

    Args:
        commands: what may have been meant as well.

    Raises:
        NotKnown: there is no such topic, with what comes near.
    """
    if (name := WORDS.get(word)) is not None:
        return topic_page(BY_NAME[name].page)
    known = {**WORDS, **{command: command for command in commands}}
    near = "”或“".join(nearest(word, known, most=3, cutoff=0.45))
    hint = f"是否应为“{near}”？" if near else ""
    raise NotKnown(
        f"没有主题“{word}”",
        hint=f"{hint}用 ledger help 可查看全部主题",
        what="topic",
        word=word,
        known=known,
    )
