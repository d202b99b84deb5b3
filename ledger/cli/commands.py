"""The table of commands: where each stands and what it does, known without importing any."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

PROGRAM = "ledger"
PURPOSE = (
    "巡视整改与工作要点台账：一个事项一个文件，谁、哪天、改了什么都记下来，集体决策才能销号。"
    "不带命令时显示今天的概况。"
)


class Verb:
    """One command.

    Attributes:
        name: how it is called.
        module, function: where its function lives.
        summary: what it does, in one line.
        read: whether it is there to be read, by the page where it is long.
    """

    __slots__ = ("function", "module", "name", "read", "summary")

    def __init__(
        self, name: str, module: str, function: str, summary: str, read: bool = False
    ) -> None:
        self.name = name
        self.module = module
        self.function = function
        self.summary = summary
        self.read = read


COMMANDS: Mapping[str, tuple[Verb, ...]] = {
    "查看": (
        Verb("list", "ledger.cli.look", "list_tasks", "列出事项，可筛选、排序、分组", read=True),
        Verb("mine", "ledger.cli.look", "mine", "等我办的，每行末尾是办理的命令", read=True),
        Verb("due", "ledger.cli.look", "due", "逾期和将到期的事项，最急的在前", read=True),
        Verb("show", "ledger.cli.look", "show", "一个事项的全部内容", read=True),
        Verb("status", "ledger.cli.look", "status", "总数、完成率和亮灯，可分部门", read=True),
        Verb("log", "ledger.cli.look", "log", "一个事项的来龙去脉，或一段时间的动态", read=True),
        Verb("blame", "ledger.cli.look", "blame", "每一项内容最后是谁写的", read=True),
        Verb("diff", "ledger.cli.look", "diff", "两个版本之间有哪些变化", read=True),
        Verb("serve", "ledger.cli.serve", "serve", "在浏览器里看台账，只能看不能改"),
        Verb("browse", "ledger.cli.look", "browse", "占满窗口查看和办理"),
    ),
    "办理": (
        Verb("add", "ledger.cli.work", "add", "新增一个事项"),
        Verb("edit", "ledger.cli.work", "edit", "修改一个事项"),
        Verb("progress", "ledger.cli.work", "progress", "填报进展"),
        Verb("extend", "ledger.cli.work", "extend", "登记经批准的延期"),
    ),
    "销号": (
        Verb("evidence", "ledger.cli.close", "evidence", "登记佐证材料"),
        Verb("apply", "ledger.cli.close", "apply", "申请销号"),
        Verb("review", "ledger.cli.close", "review", "审核销号申请"),
        Verb("return", "ledger.cli.close", "send_back", "退回销号申请"),
        Verb("decide", "ledger.cli.close", "decide", "记录会议的集体决策"),
        Verb("close", "ledger.cli.close", "close", "按会议结论销号，开出合并请求"),
        Verb("merge", "ledger.cli.close", "merge", "没有托管平台时，检查并合并销号分支"),
        Verb("reopen", "ledger.cli.close", "reopen", "重开已销号的事项"),
        Verb("lookback", "ledger.cli.close", "lookback", "登记回头看"),
    ),
    "通报": (
        Verb("report", "ledger.cli.report", "report", "周报、月报、整改进展、考核评分", read=True),
        Verb("remind", "ledger.cli.report", "remind", "各部门的督办单", read=True),
        Verb("site", "ledger.cli.site", "site", "写成网页，放进 U 盘或共享文件夹"),
    ),
    "协作": (
        Verb("save", "ledger.cli.share", "save", "保存手工改过的文件"),
        Verb("undo", "ledger.cli.share", "undo", "撤回刚办的一步，再来一次就恢复"),
        Verb("sync", "ledger.cli.share", "sync", "和远端同步：取回、合并、检查、推送"),
        Verb("renumber", "ledger.cli.share", "renumber", "给还没有推送的事项换编号"),
    ),
    "建账": (
        Verb("init", "ledger.cli.setup", "init", "新建台账"),
        Verb("import", "ledger.cli.setup", "import_file", "从 xlsx、docx、pdf、csv 导入表格"),
        Verb("draft", "ledger.cli.setup", "draft", "把文件正文拆成分解表，改好再导入"),
        Verb("export", "ledger.cli.setup", "export", "导出为 Excel、Word、csv、日历"),
    ),
    "检查": (
        Verb("check", "ledger.cli.check", "check", "检查台账或一次改动是否合乎规则", read=True),
        Verb("audit", "ledger.cli.check", "audit", "按全部规则重放历史的每一步", read=True),
        Verb("seal", "ledger.cli.check", "seal", "封存台账此刻的摘要"),
        Verb("verify", "ledger.cli.check", "verify", "验证通报、网页或封存"),
        Verb("rule", "ledger.cli.check", "rule", "一条规则的说明", read=True),
    ),
    "工具": (
        Verb("help", "ledger.cli.tools", "explain", "讲一个主题，如 销号、时限、导入", read=True),
        Verb("who", "ledger.cli.tools", "who", "现在由谁办理，或登记姓名和邮箱"),
        Verb("deadline", "ledger.cli.tools", "deadline", "看一句时限怎样解读"),
        Verb(
            "doctor",
            "ledger.cli.tools",
            "doctor",
            "检查电脑、仓库、配置和数据，能修的修好",
            read=True,
        ),
        Verb("completion", "ledger.cli.tools", "completion", "在 Shell 里按 Tab 键补全"),
    ),
    "由信息技术人员用": (
        Verb("gate", "ledger.cli.check", "gate", "安装服务器上的门禁"),
        Verb("schema", "ledger.cli.tools", "schema", "文件格式的 JSON Schema"),
        Verb("merge-driver", "ledger.cli.tools", "merge_driver", "由 git 合并台账文件时调用"),
    ),
}

VERBS: Mapping[str, Verb] = {verb.name: verb for verbs in COMMANDS.values() for verb in verbs}


def function_of(verb: Verb) -> Callable[..., Any]:
    """The function of a command; its module is imported now."""
    __import__(verb.module)  # without the module `importlib`, which is loaded for nothing else
    return getattr(sys.modules[verb.module], verb.function)  # type: ignore[no-any-return]
