"""The root of the command line: the table of commands, global options, one error boundary."""

from __future__ import annotations

import datetime as dt
import errno
import importlib
import io
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TextIO

import typer
from typer.core import TyperGroup

from ledger import __version__
from ledger.adapters.disk.interrupt import Course
from ledger.cli.help import command_of, group_help, mistake
from ledger.cli.options import flag, option
from ledger.cli.session import Session, day, legible, say
from ledger.errors import LedgerError, UsageError


class Verb(NamedTuple):
    """One command: where its function lives and what it does in one line."""

    name: str
    module: str
    function: str
    summary: str


COMMANDS: Mapping[str, tuple[Verb, ...]] = {
    "查看": (
        Verb("list", "ledger.cli.look", "list_tasks", "列出事项，可筛选、排序、分组"),
        Verb("due", "ledger.cli.look", "due", "逾期和将到期的事项，最急的在前"),
        Verb("show", "ledger.cli.look", "show", "一个事项的全部内容"),
        Verb("status", "ledger.cli.look", "status", "总数、完成率和亮灯，可分部门"),
        Verb("log", "ledger.cli.look", "log", "一个事项的来龙去脉，或一段时间的动态"),
        Verb("blame", "ledger.cli.look", "blame", "每一项内容最后是谁写的"),
        Verb("diff", "ledger.cli.look", "diff", "两个版本之间有哪些变化"),
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
    "检查": (
        Verb("check", "ledger.cli.check", "check", "检查台账或一次改动是否合乎规则"),
        Verb("audit", "ledger.cli.check", "audit", "按全部规则重放历史的每一步"),
        Verb("seal", "ledger.cli.check", "seal", "封存台账此刻的摘要"),
        Verb("verify", "ledger.cli.check", "verify", "验证快报或封存"),
        Verb("rule", "ledger.cli.check", "rule", "一条规则的说明"),
        Verb("gate", "ledger.cli.check", "gate", "安装服务器上的门禁"),
    ),
    "通报": (
        Verb("report", "ledger.cli.report", "report", "周报、月报、整改进展、考核评分"),
        Verb("remind", "ledger.cli.report", "remind", "各部门的督办单"),
    ),
    "协作": (
        Verb("sync", "ledger.cli.share", "sync", "和远端同步：取回、合并、检查、推送"),
        Verb("renumber", "ledger.cli.share", "renumber", "给还没有推送的事项换编号"),
    ),
    "建账": (
        Verb("init", "ledger.cli.setup", "init", "新建台账"),
        Verb("import", "ledger.cli.setup", "import_file", "从 xlsx、docx、pdf、csv 导入表格"),
        Verb("export", "ledger.cli.setup", "export", "导出为 Excel、Word、csv、日历"),
    ),
    "工具": (
        Verb("deadline", "ledger.cli.tools", "deadline", "看一句时限怎样解读"),
        Verb("schema", "ledger.cli.tools", "schema", "文件格式的 JSON Schema"),
        Verb("doctor", "ledger.cli.tools", "doctor", "检查运行环境、配置和缓存"),
        Verb("merge-driver", "ledger.cli.tools", "merge_driver", "由 git 合并台账文件时调用"),
    ),
}

_VERBS = {verb.name: verb for verbs in COMMANDS.values() for verb in verbs}
# What the system may refuse, in Chinese; not the program's fault.
_REASONS = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "文件不存在",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出了磁盘配额",
    errno.EROFS: "磁盘是只读的",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.ENAMETOOLONG: "名称太长",
    errno.EFBIG: "超出了文件大小的限制",
    errno.EEXIST: "已有同名文件",
}


class Root(TyperGroup):
    """Commands are found in `COMMANDS` and imported when they are called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command's name, in the order of the help."""
        return list(_VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name; None for an unknown one."""
        if (verb := _VERBS.get(cmd_name)) is None:
            return None
        return command_of(getattr(importlib.import_module(verb.module), verb.function), verb.name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the arguments begin with.

        Raises:
            UsageError: there is none of that name.
        """
        from ledger.model.choice import one_of

        if not args[0].startswith("-"):
            one_of(args[0], self.list_commands(ctx), "命令")
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the global options and one line a command, importing none of them."""
        commands = {part: [(v.name, v.summary) for v in verbs] for part, verbs in COMMANDS.items()}
        formatter.write("\n".join(group_help(self, ctx, commands)) + "\n")


app = typer.Typer(
    name="ledger",
    cls=Root,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="巡视整改与工作要点台账：一个事项一个文件，git 记下每一次改动，集体决策才能销号。"
    "不带命令时显示今天的概况。",
)


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    folder: Annotated[str, option("-C", "文件夹", "台账所在的文件夹")] = ".",
    today: Annotated[
        str | None, option("--today", "日期", "把哪一天当作今天，也可用环境变量 LEDGER_TODAY")
    ] = None,
    version: Annotated[bool, flag("--version", "显示版本号")] = False,
) -> None:
    """Global options; without a command, today's picture."""
    if version:
        sys.stdout.write(f"ledger {__version__}\n")
        raise typer.Exit
    context.obj = Session(Path(folder), _today(today), context.obj or Course())
    if context.invoked_subcommand is None:
        from ledger.cli.look import picture

        picture(context.obj)


def run(arguments: list[str]) -> int:
    """Run a command line and return its exit code; never raises.

    Codes: 0 done, 1 refused or problems found, 2 wrong usage, 3 a bug, 130 interrupted.
    """
    course = Course()
    with course.heard():
        try:
            return _bounded(arguments, course)
        except OSError:  # not even what went wrong can be told: stderr is full, or closed
            _drop(sys.stderr)
            return 1


def _bounded(arguments: list[str], course: Course) -> int:
    try:
        _prepare_streams()
        return _invoke(arguments, course)
    except BrokenPipeError:  # the reader has seen enough
        _drop(sys.stdout)
        return 0
    except KeyboardInterrupt:
        course.is_over = True  # pressed again, it changes nothing
        return _stopped(course)
    except Exception as error:  # the one boundary
        _flush()
        return _failed(error, arguments)


def _stopped(course: Course) -> int:
    from ledger.view.problems import stopped

    _flush()
    say(stopped(course.steps))
    return 130


def _invoke(arguments: list[str], course: Course) -> int:
    for argument in arguments:
        legible(argument, "命令行")
    command = typer.main.get_command(app)
    try:
        with command.make_context("ledger", _hoisted(arguments), obj=course) as context:
            command.invoke(context)
            sys.stdout.flush()
    except typer.Exit as end:
        _flush()
        return end.exit_code
    return 0


def _prepare_streams() -> None:
    """A stream that was closed swallows what is written; what cannot be encoded is escaped."""
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _nowhere() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.FileIO(os.devnull, "w"), encoding="utf-8")


def _drop(stream: TextIO) -> None:
    """Let nobody try again to write what could not be written, the interpreter's end included."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _flush() -> None:
    """Data before the messages that follow."""
    try:
        sys.stdout.flush()
    except OSError:
        _drop(sys.stdout)


def _failed(error: Exception, arguments: list[str]) -> int:
    from ledger.view.problems import sentence

    if isinstance(error, LedgerError):
        say(sentence(error.message, error.hint))
        return error.exit_code
    if isinstance(error, typer.Abort):
        say("已取消，什么都没有改。")
        return 130
    if isinstance(error, typer.exceptions.TyperException):
        say(sentence(mistake(error), "用 --help 可查看用法"))
        return 2
    if isinstance(error, OSError) and error.errno is not None:
        what = f"{error.filename} 读写失败" if error.filename is not None else "没有写完"
        reason = _REASONS.get(error.errno) or f"系统错误 {errno.errorcode.get(error.errno)}"
        say(sentence(f"{what}：{reason}", "请检查权限、路径和磁盘空间"))
        return 1
    return _bug(error, arguments)


def _bug(error: Exception, arguments: list[str]) -> int:
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="ledger-", suffix=".log", delete=False
    ) as log:
        log.write(f"ledger {__version__}\n{arguments!r}\n")
        traceback.print_exception(error, file=log)
    say(f"程序内部出错，这是程序的问题。详细记录在 {log.name}，请连同它一起报告。")
    return 3


def _today(given: str | None) -> dt.date | None:
    if given is not None:
        return day(given, "--today")
    inherited = os.environ.get("LEDGER_TODAY")
    return day(inherited, "环境变量 LEDGER_TODAY") if inherited else None


def _hoisted(arguments: list[str]) -> list[str]:
    """Global options work after the command too: they are moved before it."""
    front: list[str] = []
    rest: list[str] = []
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            return [*front, *rest, word, *waiting]
        if word in ("-C", "--today"):
            if not waiting:
                raise UsageError(f"选项 {word} 后面缺少它的值", hint="用 --help 可查看用法")
            front += [word, waiting.pop(0)]
        elif word.startswith("--today=") or (word.startswith("-C") and word != "-C"):
            front.append(word)
        else:
            rest.append(word)
    return [*front, *rest]
