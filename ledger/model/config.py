"""ledger.yaml: the organisation, its departments, its policies and how its ledger is lit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.model.fields import item

FRACTION = r"[1-9][0-9]{0,3}/[1-9][0-9]{0,3}"
FRACTION_SHAPE = "分数，如 1/2、2/3"


@dataclass(frozen=True, slots=True)
class Department:
    """部门单位, with the other names it goes by."""

    name: str = item("部门单位的规范名称", required=True)
    aliases: tuple[str, ...] = item("别名、全称、简称", ())


@dataclass(frozen=True, slots=True)
class Lights:
    """亮灯规则: when a task turns yellow."""

    due_soon_days: int = item("距截止多少天以内亮黄灯", 15, minimum=0, maximum=3650)


@dataclass(frozen=True, slots=True)
class CalendarConfig:
    """日历: time zone, and days that the published calendar of holidays does not know."""

    timezone: str = item("时区", "Asia/Shanghai")
    holidays: tuple[dt.date, ...] = item("补充的放假日期", ())
    workdays: tuple[dt.date, ...] = item("补充的调休上班日期", ())


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share of 应到: `at_least` means ≥, `more_than` means >."""

    at_least: str = item("不少于（≥）", pattern=FRACTION, shape=FRACTION_SHAPE)
    more_than: str = item("超过（>）", pattern=FRACTION, shape=FRACTION_SHAPE)


@dataclass(frozen=True, slots=True)
class ClosingPolicy:
    """销号决策规则 of one kind of task."""

    bodies: tuple[str, ...] = item("可以决定销号的会议", ("党组会", "局务会"))
    quorum: Threshold = item("到会人数占应到人数的比例", Threshold)
    approval: Threshold = item("同意票占应到人数的比例", Threshold)


@dataclass(frozen=True, slots=True)
class Formalism:
    """形式主义提醒: from when on silence and haste are remarked upon (F rules)."""

    period_days: int = item("一个填报周期有多少天", 31, minimum=1, maximum=3650)
    silent_periods: int = item("连续几个周期没有进展就提醒", 2, minimum=1, maximum=1000)
    mass_closing: int = item("同一天销号达到多少项就提醒", 10, minimum=2, maximum=100000)


@dataclass(frozen=True, slots=True)
class Policies:
    """制度规则."""

    closing: Mapping[str, ClosingPolicy] = item("销号规则，按事项类别；default 为默认", dict)
    self_merge: str = item(
        "本地合并时，能否由提出销号的人自己合并", "不允许", choices=("允许", "不允许")
    )
    formalism: Formalism = item("形式主义提醒", Formalism)

    def for_kind(self, kind: str) -> ClosingPolicy:
        """The closing policy of one kind of task, the default one where it has none of its own."""
        return self.closing.get(kind) or self.closing.get("default") or ClosingPolicy()


@dataclass(frozen=True, slots=True)
class Forge:
    """代码托管平台: how closings become pull requests. Never a token: files are for everybody."""

    remote: str = item("远端名称", "origin")
    base: str = item("主分支", "main")
    reviewers: tuple[str, ...] = item("请谁审阅合并请求", ())
    labels: tuple[str, ...] = item("合并请求的标签", ())
    via: str = item("开合并请求的方式", choices=("local", "push", "agit", "api", "gitlab", "gh"))


@dataclass(frozen=True, slots=True)
class Config:
    """台账配置: the whole of ledger.yaml."""

    organisation: str = item("单位名称")
    departments: tuple[Department, ...] = item("部门单位", ())
    lights: Lights = item("亮灯规则", Lights)
    calendar: CalendarConfig = item("日历", CalendarConfig)
    policies: Policies = item("制度规则", Policies)
    rules: Mapping[str, str] = item(
        "单条规则的轻重，如 F001: off", dict, choices=("error", "warning", "off")
    )
    forge: Forge = item("托管平台", Forge)
    extra: Mapping[str, Any] = field(default_factory=dict, kw_only=True)

    def canonical(self) -> dict[str, str]:
        """Every name and alias of every department → its canonical name."""
        names = {alias: each.name for each in self.departments for alias in each.aliases}
        return names | {each.name: each.name for each in self.departments}
