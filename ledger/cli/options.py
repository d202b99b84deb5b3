"""Options that several commands share, so that they read and behave the same everywhere."""

from __future__ import annotations

from typing import Annotated

import typer

from ledger.errors import UsageError

FORMATS = ("table", "json", "csv", "md")
PICTURES = (*FORMATS, "svg")
TELLINGS = ("table", "json", "md")  # of what is told rather than listed

Format = Annotated[
    str | None,
    typer.Option("--format", metavar="格式", help="输出格式：table（表格）、json、csv、md"),
]
Telling = Annotated[
    str | None, typer.Option("--format", metavar="格式", help="输出格式：table（文字）、json、md")
]
Json = Annotated[bool, typer.Option("--json", help="等于 --format json")]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="版本|日期", help="看过去某个版本或某天日终的台账"),
]
TaskId = Annotated[str, typer.Argument(metavar="编号", help="事项编号，写末尾几位也可以")]
By = Annotated[
    str | None, typer.Option("--by", metavar="谁", help="由谁办理，默认取 git 的 user.name")
]
On = Annotated[str | None, typer.Option("--date", metavar="日期", help="办理日期，默认今天")]
NoCommit = Annotated[bool, typer.Option("--no-commit", help="只改文件，不提交")]

Dept = Annotated[
    list[str] | None,
    typer.Option("--dept", metavar="部门", help="牵头或配合部门，名称或别名；可写多次"),
]
Lead = Annotated[list[str] | None, typer.Option("--lead", metavar="部门", help="牵头部门")]
Assist = Annotated[list[str] | None, typer.Option("--assist", metavar="部门", help="配合部门")]
Status = Annotated[list[str] | None, typer.Option("--status", metavar="状态", help="状态")]
Kind = Annotated[list[str] | None, typer.Option("--kind", metavar="类别", help="事项类别")]
SourceId = Annotated[list[str] | None, typer.Option("--source", metavar="来源", help="来源编号")]
Leader = Annotated[
    list[str] | None, typer.Option("--leader", metavar="领导", help="责任领导（含这几个字即可）")
]
Nature = Annotated[list[str] | None, typer.Option("--nature", metavar="性质", help="时限性质")]
Light = Annotated[
    list[str] | None, typer.Option("--light", metavar="灯色", help="红、黄、绿、蓝、灰")
]
DueBefore = Annotated[
    str | None, typer.Option("--due-before", metavar="日期", help="这一天（含）以前到期")
]
DueAfter = Annotated[
    str | None, typer.Option("--due-after", metavar="日期", help="这一天（含）以后到期")
]
Text = Annotated[
    list[str] | None,
    typer.Option("--text", metavar="文字", help="名称、要点、措施、进展里含有的文字"),
]
Tag = Annotated[list[str] | None, typer.Option("--tag", metavar="标签", help="标签")]


def chosen_format(form: str | None, json: bool, allowed: tuple[str, ...] = FORMATS) -> str:
    """The output form that `--format` and `--json` ask for.

    Raises:
        UsageError: a form that there is not, or two different ones.
    """
    if json and form not in (None, "json"):
        raise UsageError(f"--json 和 --format {form} 只能用一个", hint="请去掉其中一个")
    chosen = "json" if json else form or "table"
    if chosen not in allowed:
        raise UsageError(f"没有输出格式“{chosen}”", hint=f"可用的有：{'、'.join(allowed)}")
    return chosen
