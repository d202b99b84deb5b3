"""ledger.yaml: the organisation, its departments, its policies and how its ledger is lit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ledger.model.fields import item, others
from ledger.model.lights import Lights
from ledger.model.people import Body, Names, People, people_of
from ledger.model.record import dataclass, field, replace
from ledger.model.zone import is_zone, zone

if TYPE_CHECKING:
    from ledger.model.workdays import WorkCalendar

FRACTION = r"[1-9][0-9]{0,3}/[1-9][0-9]{0,3}"
FRACTION_SHAPE = "分数，如 1/2、2/3"
PLACE = r"[\w./:@+=%,\[\]-]+"  # nothing that a shell or YAML would read as more than text
PLACE_SHAPE = "名称、地址或路径，不含空格、引号和 $"
LOCAL = "local"  # opens no request: the branch stays
PUSH, AGIT, API, GITLAB, GH = "push", "agit", "api", "gitlab", "gh"
WITHOUT_REQUEST = (LOCAL, PUSH)
VIAS = (LOCAL, PUSH, AGIT, API, GITLAB, GH)
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


@dataclass(frozen=True, slots=True)
class Department:
    """部门单位, with the other names it goes by."""

    name: str = item("部门单位的规范名称", required=True)
    aliases: tuple[str, ...] = item("别名、全称、简称", ())


@dataclass(frozen=True, slots=True)
class Meeting:
    """会议安排: the days on which a body meets, one by one or by a rule."""

    body: str = item("会议名称，如 党组会", required=True)
    dates: tuple[dt.date, ...] = item("会议日期，逐次写明", ())
    weekday: str = item("固定在星期几开", choices=WEEKDAYS)
    weeks: tuple[int, ...] = item("每月第几个这样的星期几；不写表示每周", (), minimum=1, maximum=5)


@dataclass(frozen=True, slots=True)
class CalendarConfig:
    """日历: time zone, days that the published calendar of holidays does not know, meetings."""

    timezone: str = item(
        "时区", "Asia/Shanghai", known=is_zone, shape="时区的名称，如 Asia/Shanghai"
    )
    holidays: tuple[dt.date, ...] = item("补充的放假日期", ())
    workdays: tuple[dt.date, ...] = item("补充的调休上班日期", ())
    meetings: tuple[Meeting, ...] = item("可以决定销号的会议哪天开", ())
    lead_days: int = item("要上会的事项提前多少天申请销号", 10, minimum=0, maximum=365)

    @property
    def work(self) -> WorkCalendar:
        """The ledger's own days off and make-up days."""
        from ledger.model.workdays import WorkCalendar

        return WorkCalendar(frozenset(self.holidays), frozenset(self.workdays))

    @property
    def zone(self) -> dt.tzinfo:
        """The ledger's time zone, by which instants become days."""
        return zone(self.timezone)


@dataclass(frozen=True, slots=True)
class Reports:
    """通报: what bulletins are called and how their issues are counted."""

    names: Mapping[str, str] = item("各种通报的名称，如 weekly: 整改工作周报", dict)
    numbering: str = item("期号怎样编", "按年", choices=("按年", "累计"))
    first: dt.date | None = item("期号累计时，第 1 期里的任意一天", None)
    regulation: str = item("名称里含有这个词的量化指标计入制度建设", "制度")
    behind_percent: int = item(
        "应办事项中逾期和进度滞后的占到百分之几，总体判断为滞后", 10, minimum=1, maximum=100
    )
    far_behind_percent: int = item(
        "应办事项中逾期和进度滞后的占到百分之几，总体判断为严重滞后", 30, minimum=1, maximum=100
    )
    reply_days: int = item("通报要求办理的，截止日后几个工作日以内", 5, minimum=1, maximum=60)
    contact: str = item("督办单上的联系人和电话")


@dataclass(frozen=True, slots=True)
class ScoreRules:
    """考核评分: how many points what costs or brings a department."""

    base: int | float = item("基础分", 100)
    overdue_lead: int | float = item("牵头的事项逾期一个节点扣几分", 2)
    overdue_assist: int | float = item("配合的事项逾期一个节点扣几分", 1)
    late_report: int | float = item("到了节点没有按时填报，一次扣几分", 1)
    empty_report: int | float = item("填报空话或照抄以前的进展，一次扣几分", 0.5)
    praise: int | float = item("受表扬一次加几分", 1)
    praise_tag: str = item("事项带这个标签即为受表扬", "表扬")
    grace_days: int = item("节点过后多少天以内填报不算迟", 5, minimum=0, maximum=365)
    least_text: int = item("进展少于多少个字算空话", 4, minimum=0, maximum=1000)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share of 应到: `at_least` means ≥, `more_than` means >."""

    at_least: str = item("不少于（≥）", pattern=FRACTION, shape=FRACTION_SHAPE)
    more_than: str = item("超过（>）", pattern=FRACTION, shape=FRACTION_SHAPE)


@dataclass(frozen=True, slots=True)
class ClosingPolicy:
    """销号决策规则 of one kind of task.

    Attributes:
        people: whom the names of its meetings mean; `Policies.for_kind` fills it in.
    """

    bodies: tuple[str, ...] = item("可以决定销号的会议", ("党组会", "局务会"))
    quorum: Threshold = item("到会人数占应到人数的比例", Threshold)
    approval: Threshold = item("同意票占应到人数的比例", Threshold)
    people: People = field(default_factory=People, kw_only=True, compare=False)


@dataclass(frozen=True, slots=True)
class Formalism:
    """形式主义提醒: from when on silence and haste are remarked upon (F rules)."""

    period_days: int = item("一个填报周期有多少天", 31, minimum=1, maximum=3650)
    silent_periods: int = item("连续几个周期没有进展就提醒", 2, minimum=1, maximum=1000)
    mass_closing: int = item("同一天销号达到多少项就提醒", 10, minimum=2, maximum=100000)


@dataclass(frozen=True, slots=True)
class HistoryPolicy:
    """历史审计规则: what `audit` asks of every step of history (H rules)."""

    pull_requests: str = item("销号是否必须经合并请求", "必须", choices=("必须", "不必"))
    signatures: str = item("哪些提交必须有签名", "不要求", choices=("不要求", "销号", "全部"))
    inside_merges: str = item("合并进来的提交是否逐个检查", "否", choices=("是", "否"))
    gpg_keys: tuple[str, ...] = item("可以签名的 GPG 密钥指纹", ())
    begin: str = item("审计从哪个提交之后开始；它和更早的是建账以前的历史")


@dataclass(frozen=True, slots=True)
class Policies:
    """制度规则."""

    closing: Mapping[str, ClosingPolicy] = item("销号规则，按事项类别；default 为默认", dict)
    bodies: tuple[Body, ...] = item("会议的组成人员；不写则不核对", ())
    self_merge: str = item(
        "本地合并时，能否由提出销号的人自己合并", "不允许", choices=("允许", "不允许")
    )
    formalism: Formalism = item("形式主义提醒", Formalism)
    history: HistoryPolicy = item("历史审计规则", HistoryPolicy)

    def for_kind(self, kind: str) -> ClosingPolicy:
        """The closing policy of one kind of task, the default one where it has none of its own."""
        policy = self.closing.get(kind) or self.closing.get("default") or ClosingPolicy()
        return replace(policy, people=self.people()) if self.bodies else policy

    def people(self) -> People:
        """Whom names mean."""
        return people_of(self.bodies)


@dataclass(frozen=True, slots=True)
class Forge:
    """代码托管平台: how closings become pull requests. Never a token: files are for everybody."""

    remote: str = item("远端名称", "origin")
    base: str = item("主分支", "main")
    reviewers: tuple[str, ...] = item("请谁审阅合并请求", ())
    labels: tuple[str, ...] = item("合并请求的标签", ())
    via: str = item("开合并请求的方式", choices=VIAS)
    direct_push: str = item(
        "日常改动能否由 ledger sync 直接推送到主分支；不允许的，改为开合并请求",
        "允许",
        choices=("允许", "不允许"),
    )


@dataclass(frozen=True, slots=True)
class Identity:
    """一个人的几个邮箱: whoever commits under one of them is the same person."""

    name: str = item("姓名或岗位", required=True)
    emails: tuple[str, ...] = item("邮箱，托管平台给的（noreply）也写上", ())


@dataclass(frozen=True, slots=True)
class Gate:
    """门禁: what the CI that `gate install` writes installs the program from, and runs on."""

    package: str = item(
        "自动检查安装 ledger 时用的包名、wheel 文件的地址或路径", pattern=PLACE, shape=PLACE_SHAPE
    )
    index: str = item(
        "自动检查从哪里取软件包：单位软件源的地址，或放 wheel 文件的文件夹",
        pattern=PLACE,
        shape=PLACE_SHAPE,
    )
    runner: str = item("在带哪个标签的运行器上检查", pattern=PLACE, shape=PLACE_SHAPE)
    image: str = item("GitLab 检查用的镜像", "python:3.12", pattern=PLACE, shape=PLACE_SHAPE)


@dataclass(frozen=True, slots=True)
class EvidenceStore:
    """佐证材料: how large a file may be where Git LFS keeps it, and who vouches for it there."""

    lfs_max_mb: int = item("由 Git LFS 存放时，一份材料最多多少 MB", 200, minimum=20, maximum=2000)
    lfs_objects: str = item(
        "由 Git LFS 存放的材料，检查时要不要核对内容；服务器上没有这些内容的，另行核对",
        "核对",
        choices=("核对", "另行核对"),
    )


@dataclass(frozen=True, slots=True)
class Fonts:
    """导出 Word 用的字体: names as the reader's machine knows them; GB/T 9704 by default."""

    title: str = item("大标题", "方正小标宋简体")
    heading: str = item("一级标题、表头", "黑体")
    subheading: str = item("二级标题", "楷体_GB2312")
    body: str = item("正文", "仿宋_GB2312")
    page: str = item("页码", "宋体")
    latin: str = item("英文和数字", "Times New Roman")


@dataclass(frozen=True, slots=True)
class Config:
    """台账配置: the whole of ledger.yaml."""

    organisation: str = item("单位名称")
    departments: tuple[Department, ...] = item("部门单位", ())
    lights: Lights = item("亮灯规则", Lights)
    calendar: CalendarConfig = item("日历", CalendarConfig)
    policies: Policies = item("制度规则", Policies)
    reports: Reports = item("通报", Reports)
    scores: ScoreRules = item("考核评分", ScoreRules)
    rules: Mapping[str, str] = item(
        "单条规则的轻重，如 F001: off", dict, choices=("error", "warning", "off")
    )
    forge: Forge = item("托管平台", Forge)
    identities: tuple[Identity, ...] = item("谁有几个邮箱", ())
    gate: Gate = item("门禁", Gate)
    evidence: EvidenceStore = item("佐证材料", EvidenceStore)
    fonts: Fonts = item("导出 Word 用的字体", Fonts)
    extra: Mapping[str, Any] = others()

    def canonical(self) -> Mapping[str, str]:
        """Every name and alias of every department → its canonical name."""
        names = {alias: each.name for each in self.departments for alias in each.aliases}
        return Names(names | {each.name: each.name for each in self.departments})
