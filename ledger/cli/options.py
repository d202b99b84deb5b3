"""Options that several commands share, so that they read and behave the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from ledger.errors import UsageError


class Option:
    """An option or an argument as it is declared, whoever reads the command line.

    Attributes:
        names: with their dashes; none for an argument.
        metavar: what the help calls its value; empty for an option without one.
        words: what the help says of it.
        what: what its value names, one of those that `cli/candidates.py` has; empty for a text of
            one's own.
        says: other words for its values, which may be typed as well.
    """

    __slots__ = ("metavar", "names", "says", "what", "words")

    def __init__(
        self,
        names: tuple[str, ...],
        metavar: str,
        words: str,
        what: str = "",
        says: Mapping[str, str] | None = None,
    ) -> None:
        self.names = names
        self.metavar = metavar
        self.words = words
        self.what = what
        self.says = says or {}


def option(
    name: str, metavar: str, words: str, what: str = "", says: Mapping[str, str] | None = None
) -> Option:
    """An option with a value, for which the help has `metavar`, and what it says of it."""
    return Option((name,), metavar, words, what, says)


def flag(name: str, words: str) -> Option:
    """An option without a value."""
    return Option((name,), "", words)


def output(metavar: str, words: str) -> Option:
    """Where a command writes what it makes."""
    return Option(("-o", "--output"), metavar, words, "file")


def reason(words: str) -> Option:
    """Why something is done that needs a reason."""
    return option("--reason", "理由", words)


def yes(deed: str) -> Option:
    """That nobody is to be asked before a deed."""
    return flag("--yes", f"不再询问，直接{deed}")


def due(words: str) -> Option:
    """A deadline in the words of a document."""
    return option("--due", "时限", words)


def argument(
    metavar: str, words: str, what: str = "", says: Mapping[str, str] | None = None
) -> Option:
    """An argument: what the help calls it, and what it says of it."""
    return Option((), metavar, words, what, says)


TASK = "task"  # what a value names that is a task's id
# Taken by every command whose argument is a task, see `frame.Declaration`.
PICKS = Option(("-i", "--interactive"), "", "从清单里查找、选事项；没有写编号时也这样问")

KINDS = "巡视整改、工作要点、责任清单、风险防控"
SHORTER = "写末尾几位也可以，也可以写名称里的字或者拼音首字母"
# Other words for the names of fields, orders and forms.
FIELDS = {
    "部门": "lead",
    "牵头": "lead",
    "牵头部门": "lead",
    "来源": "source",
    "类别": "kind",
    "领导": "leader",
    "责任领导": "leader",
    "部分": "section",
    "性质": "nature",
    "时限性质": "nature",
    "状态": "status",
    "灯": "light",
    "灯色": "light",
    "亮灯": "light",
}
ORDERS = {**FIELDS, "编号": "id", "时限": "due", "名称": "title", "事项": "title"}
ORDERS |= {f"-{word}": f"-{name}" for word, name in ORDERS.items()}
FORMS = {"表格": "table", "文字": "table", "excel": "xlsx", "word": "docx", "日历": "ics"}

FORMATS = ("table", "json", "csv", "md")
PICTURES = (*FORMATS, "svg")
TELLINGS = ("table", "json", "md")  # of what is told rather than listed

Format = Annotated[
    str | None, option("--format", "格式", "输出格式：table（表格）、json、csv、md", "form", FORMS)
]
Telling = Annotated[
    str | None, option("--format", "格式", "输出格式：table（文字）、json、md", "form", FORMS)
]
Json = Annotated[bool, flag("--json", "等于 --format json")]
At = Annotated[str | None, option("--at", "版本|日期", "看过去某个版本或某天日终的台账", "moment")]
TaskId = Annotated[str, argument("编号", f"事项编号，{SHORTER}", "task")]
By = Annotated[str | None, option("--by", "谁", "由谁办理，默认取 git 的 user.name")]
On = Annotated[str | None, option("--date", "日期", "办理日期，默认今天", "day")]
Force = Annotated[bool, flag("--force", "文件已经存在时覆盖它")]
NoCommit = Annotated[bool, flag("--no-commit", "只改文件，不提交")]

Dept = Annotated[
    list[str] | None,
    option("--dept", "部门", "牵头或配合部门，名称、别名或者拼音首字母；可写多次", "department"),
]
Lead = Annotated[list[str] | None, option("--lead", "部门", "牵头部门", "department")]
Assist = Annotated[list[str] | None, option("--assist", "部门", "配合部门", "department")]
Kind = Annotated[list[str] | None, option("--kind", "类别", KINDS, "kind")]
SourceId = Annotated[list[str] | None, option("--source", "来源", "来源编号", "source")]
Leader = Annotated[
    list[str] | None, option("--leader", "领导", "责任领导（含这几个字即可）", "leader")
]


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
