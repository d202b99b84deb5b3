"""The filters of commands that choose tasks, as groups of options."""

from __future__ import annotations

from typing import Annotated

from ledger.cli import options
from ledger.cli.frame import OptionGroup
from ledger.cli.options import option
from ledger.cli.session import day
from ledger.usecases.looking.filters import Filters


def few_filters(
    dept: options.Dept = None,
    lead: options.Lead = None,
    assist: options.Assist = None,
    kind: options.Kind = None,
    source: options.SourceId = None,
    leader: options.Leader = None,
) -> Filters:
    """Whose tasks, of which kind and source."""
    return filters(dept, lead, assist, kind=kind, source=source, leader=leader)


def filters(
    dept: options.Dept = None,
    lead: options.Lead = None,
    assist: options.Assist = None,
    status: Annotated[
        list[str] | None,
        option(
            "--status",
            "状态",
            "未启动、推进中、申请销号、待上会、已销号、长期坚持、已中止",
            "status",
        ),
    ] = None,
    kind: options.Kind = None,
    source: options.SourceId = None,
    leader: options.Leader = None,
    nature: Annotated[
        list[str] | None,
        option("--nature", "性质", "时限性质：立行立改、限期、分阶段、长期坚持", "nature"),
    ] = None,
    light: Annotated[
        list[str] | None, option("--light", "灯色", "红、黄、绿、青、蓝、灰", "light")
    ] = None,
    due_before: Annotated[
        str | None, option("--due-before", "日期", "这一天（含）以前到期", "day")
    ] = None,
    due_after: Annotated[
        str | None, option("--due-after", "日期", "这一天（含）以后到期", "day")
    ] = None,
    text: Annotated[
        list[str] | None, option("--text", "文字", "名称、要点、措施、进展里含有的文字")
    ] = None,
    tag: Annotated[list[str] | None, option("--tag", "标签", "标签", "tag")] = None,
) -> Filters:
    """Every filter there is."""
    lists = {name: tuple(value) for name, value in locals().items() if isinstance(value, list)}
    return Filters(
        **lists,
        due_before=day(due_before, "--due-before") if due_before else None,
        due_after=day(due_after, "--due-after") if due_after else None,
    )


Filtered = Annotated[Filters, OptionGroup(filters)]
FewFilters = Annotated[Filters, OptionGroup(few_filters)]
