"""What each command's help ends with: command lines as people type them, and what they are for.

They are true of the demonstration ledger that is made on 2026-11-30, where a test runs all of them,
from the first to the last.
"""

from __future__ import annotations

from collections.abc import Mapping

Example = tuple[str, str]  # a command line, what it does

EXAMPLES: Mapping[str, tuple[Example, ...]] = {
    "list": (
        ("ledger list --dept syb --status 推进中", "审业部正在办的，部门写拼音首字母也行"),
        ("ledger list --text 制度 --sort 时限", "含有“制度”的，时限近的在前"),
        ("ledger list --group 部门 --format csv > 清单.csv", "按部门分组，存成表格"),
    ),
    "mine": (
        ("ledger mine", "等我办的"),
        ("ledger mine --as 审业部", "等审业部办的"),
    ),
    "due": (
        ("ledger due --within 两周", "逾期的，和两周以内到期的"),
        ("ledger due --dept 审业部 --overdue", "审业部逾期的"),
        ("ledger due --coming --within 1m", "一个月以内到期的，逾期的不列"),
    ),
    "show": (
        ("ledger show GZ2026-011", "一个事项的全部内容和办理过程"),
        ("ledger show 听证", "编号记不得，写名称里的几个字"),
        ("ledger show GZ2026-011 --at 2026-06-30", "它在六月底是什么样子"),
    ),
    "status": (
        ("ledger status", "各牵头部门的完成率"),
        ("ledger status --by 来源 --since 2026-06-30", "各个来源的，和六月底比较"),
    ),
    "log": (
        ("ledger log GZ2026-011", "一个事项的来龙去脉"),
        ("ledger log --since 2026-11-23", "这一周谁办了什么"),
    ),
    "blame": (("ledger blame GZ2026-011", "每一项内容最后是谁、哪天写的"),),
    "diff": (
        ("ledger diff 2026-10-31", "从十月底到现在有哪些变化"),
        ("ledger diff 2026-09-30 2026-10-31", "十月份有哪些变化"),
    ),
    "serve": (
        ("ledger serve", "网页开在这台电脑上，按 Ctrl+C 结束"),
        ("ledger serve --open", "同时打开浏览器"),
        ("ledger serve --host 0.0.0.0 --port 9000", "同一个网络里的人都能看"),
    ),
    "browse": (
        ("ledger browse", "占满窗口，? 是帮助，q 退出"),
        ("ledger browse --dept syb", "先只看审业部的"),
    ),
    "add": (
        ("ledger add", "在终端上逐项问"),
        (
            "ledger add --source GZ2026 --title 编印办事指南 --lead 办公室 --due 2027年3月底前",
            "一次写全，不再问",
        ),
    ),
    "edit": (
        ("ledger edit GZ2026-008 --leader 分管审查的副局长", "改责任领导"),
        ("ledger edit GZ2026-035 --status 推进中", "启动了，还没有进展可填"),
    ),
    "progress": (
        ("ledger progress GZ2026-008 --text 一季度授权周期缩短两个月 --percent 60", "填报进展"),
        ("ledger progress GZ2026-013 --text 已覆盖三个审查室 --date 昨天", "补填昨天的"),
    ),
    "extend": (
        (
            "ledger extend GZ2026-015 --to 2027-03-31 --reason 系统改造延后 --approved-by 局务会",
            "登记批准了的延期，原定时限不改",
        ),
    ),
    "evidence": (
        ("ledger evidence GZ2026-027 验收报告.docx", "文件存进台账，记下校验值"),
        (
            "ledger evidence GZ2026-042 会议台账.xlsx --archive 档2026-118",
            "敏感的：只记校验值和档案号",
        ),
    ),
    "apply": (("ledger apply GZ2026-027 --summary 网站已改版上线并通过验收", "申请销号"),),
    "review": (("ledger review GZ2026-034 --opinion 情况属实，同意提交会议", "审核通过，待上会"),),
    "return": (("ledger return ZG2025-021 --reason 缺少基层单位的反馈", "退回，理由记入进展"),),
    "decide": (
        ("ledger decide --new", "在终端上逐项问，记一次会议"),
        ("ledger decide 会议.yaml", "会议记录已经写成文件的"),
    ),
    "close": (
        ("ledger close --list", "决定了还没有办结的，下一步做什么"),
        ("ledger close GZ2026-053 --decision DZH-2026-48 --dry-run", "先看会改什么"),
        ("ledger close GZ2026-053 --decision DZH-2026-48", "按会议结论提出销号"),
    ),
    "merge": (("ledger merge close/DZH-2026-47_GZ2026-046", "由另一个人检查并合并，才算销号"),),
    "reopen": (("ledger reopen GZ2026-001 --reason 抽查发现没有落实", "重开，理由记入进展"),),
    "lookback": (
        ("ledger lookback GZ2026-003 --result 巩固 --note 抽查三个处室", "销号以后的回头看"),
    ),
    "report": (
        ("ledger report 月报", "本月的月报，显示出来"),
        ("ledger report 周报 --week 2026-W48 -o 周报.docx", "某一周的，写成 Word"),
        ("ledger report scores --explain 审业部", "考核评分：审业部的每一分从哪里来"),
    ),
    "remind": (
        ("ledger remind --dept 审业部", "审业部的督办单"),
        ("ledger remind --format docx -o . --record", "每个部门一份 Word，并记为已经督办"),
    ),
    "site": (
        ("ledger site -o 网页", "全部网页，拷到 U 盘或共享文件夹，双击 index.html 就能看"),
        ("ledger site --dept 审业部 -o 审业部网页", "只有审业部的事项"),
        ("ledger site -o 十月底 --at 2026-10-31", "十月底的台账"),
    ),
    "save": (
        ("ledger save --dry-run", "手工改了什么，合不合规则"),
        ("ledger save -m 更正责任领导", "保存，写明改了什么"),
    ),
    "undo": (
        ("ledger undo --list", "最近办的几步，哪些能撤回"),
        ("ledger undo", "撤回最近一步；再来一次就恢复"),
    ),
    "sync": (
        ("ledger sync --dry-run", "会取回什么、送出什么"),
        ("ledger sync", "取回别人办的，送出自己办的"),
    ),
    "renumber": (("ledger renumber GZ2026-056 GZ2026-060", "没有推送过的，换一个编号"),),
    "init": (
        ("ledger init 整改台账", "在终端上逐项问，建一个台账"),
        ("ledger init 督办台账 --organisation 某某局 --dept 办公室、人事处", "写成选项，不再问"),
        ("ledger init --demo 示例", "先看看：一个有一年历史的示例台账"),
    ),
    "import": (
        ("ledger import 整改任务.xlsx --source ZG2020 --year 2020 --dry-run", "先看会导入什么"),
        (
            "ledger import 整改任务.xlsx --source ZG2020 --year 2020 --accept",
            "核对过了，照此导入；表改了再导入一次，只改变了的",
        ),
    ),
    "draft": (("ledger draft 工作要点.txt -o 分解表.xlsx", "把正文拆成分解表，改好再导入"),),
    "export": (
        ("ledger export xlsx -o 台账.xlsx", "全部事项，Excel 表"),
        ("ledger export docx --dept 审业部 -o 审业部.docx", "一个部门的，Word"),
        ("ledger export ics -o 时限.ics", "放进手机和电脑的日历"),
    ),
    "check": (
        ("ledger check", "整个台账合不合规则"),
        ("ledger check --base HEAD", "改了还没有保存的合不合规则"),
    ),
    "audit": (
        ("ledger audit", "从建账起的每一步"),
        ("ledger audit --format md > 审计.md", "存成文件，可以归档"),
    ),
    "seal": (("ledger seal 2026年11月 --note 月末封存", "封存此刻的台账"),),
    "verify": (
        ("ledger verify 周报.docx", "这份通报是不是按台账算出来的"),
        ("ledger verify 网页", "这些网页是不是按台账生成的、有没有被改动"),
        ("ledger verify 2026年11月", "封存时的台账是不是这样"),
    ),
    "rule": (("ledger rule C004", "这条规则管什么、怎么改"),),
    "who": (
        ("ledger who", "现在由谁办理"),
        ("ledger who 审业部联络员 --mail syb@example.org", "登记姓名和邮箱，部门从姓名看出"),
    ),
    "help": (
        ("ledger help", "有哪些主题"),
        ("ledger help 销号", "一个事项怎样办结"),
        ("ledger help due", "一个命令怎么用，同 ledger due --help"),
    ),
    "deadline": (
        ("ledger deadline 6月底前 --year 2026", "读成哪一天"),
        ("ledger deadline 印发后30个工作日内 --from 2026-11-02", "从印发那天算起"),
    ),
    "doctor": (
        ("ledger doctor", "电脑、仓库、配置、数据有没有毛病，怎样处理"),
        ("ledger doctor --fix", "能修的都修好"),
    ),
    "completion": (
        ("ledger completion bash --install", "在 bash 里按 Tab 键补全"),
        ("ledger completion powershell", "只输出脚本"),
    ),
    "gate": (("ledger gate install --ci forgejo", "合并请求由平台自动检查"),),
    "schema": (("ledger schema task > task.json", "事项文件的格式，供编辑器用"),),
    "merge-driver": (("ledger merge-driver --install", "让 git 按内容合并台账文件"),),
}
