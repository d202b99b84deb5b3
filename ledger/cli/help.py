"""Commands whose help and usage errors are Chinese, laid out by the width of Chinese characters."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from ledger.cli.frame import expanded

_LEFT = 26
_MOST = 100


class Command(TyperCommand):
    """A command with Chinese help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write usage, what the command does, its arguments and options."""
        formatter.write("\n".join(_command_help(self, ctx)) + "\n")


def _command_help(command: TyperCommand, ctx: Any) -> Iterator[str]:
    arguments = [p for p in command.get_params(ctx) if isinstance(p, TyperArgument)]
    options = [p for p in command.get_params(ctx) if not isinstance(p, TyperArgument)]
    words = " ".join(_argument_word(argument) for argument in arguments)
    yield f"用法：{ctx.command_path} [选项]{' ' + words if words else ''}"
    yield ""
    for paragraph in (command.help or "").strip().split("\n"):
        yield from _wrapped(paragraph.strip(), 2)
    yield from _section("参数", [(_argument_word(each), each.help or "") for each in arguments])
    yield from _section("选项", [_option_row(each) for each in options])


def group_help(
    group: TyperGroup, ctx: Any, commands: Mapping[str, list[tuple[str, str]]]
) -> Iterator[str]:
    """The help's lines: the global options, and under each heading (command, what it does)."""
    yield f"用法：{ctx.command_path} [选项] 命令 [参数]"
    yield ""
    yield from _wrapped((group.help or "").strip(), 2)
    yield from _section("选项", [_option_row(each) for each in group.get_params(ctx)])
    for heading, rows in commands.items():
        yield from _section(heading, rows)
    yield ""
    yield f"每个命令的详细用法：{ctx.command_path} 命令 --help"


def _section(heading: str, rows: list[tuple[str, str]]) -> Iterator[str]:
    from ledger.view.text import padded, width

    if not rows:
        return
    yield ""
    yield f"{heading}："
    left = min(_LEFT, max(width(name) for name, _ in rows)) + 2
    for name, words in rows:
        lines = _wrapped(words, left + 2)
        first = lines[0].strip() if lines else ""
        if width(name) > left - 2 and first:
            yield f"  {name}"
            yield from lines
        else:
            yield f"  {padded(name, left)}{first}".rstrip()
            yield from lines[1:]


def _argument_word(argument: TyperArgument) -> str:
    word = str(argument.metavar or (argument.name or "").upper())
    if argument.nargs != 1:
        word += "…"
    return word if argument.required else f"[{word}]"


def _option_row(option: Any) -> tuple[str, str]:
    if "--help" in option.opts:
        return "--help", "显示这份说明"
    name = "、".join(option.opts)
    takes_value = isinstance(option, TyperOption) and not option.is_flag
    words = option.help or ""
    if option.required:
        words += "（必填）"
    return (f"{name} {option.metavar or '值'}" if takes_value else name), words


def _wrapped(text: str, indent: int) -> list[str]:
    from ledger.view.text import wrapped

    columns = min(_MOST, shutil.get_terminal_size().columns)
    return [" " * indent + line for line in wrapped(text, max(20, columns - indent))]


def mistake(error: Any) -> str:
    """A usage error of the command-line library in Chinese, without its English words."""
    from typer._click import exceptions  # the vendored click has no public name for these

    named = _named(getattr(error, "param", None))
    if isinstance(error, exceptions.MissingParameter):
        return f"缺少{named}"
    if isinstance(error, exceptions.NoSuchOption):
        close = "、".join(sorted(error.possibilities or ()))
        return f"没有选项 {error.option_name}" + (f"，是否应为 {close}？" if close else "")
    if isinstance(error, exceptions.BadOptionUsage):
        plain = "does not take" in str(error.message)
        return f"选项 {error.option_name} {'不带值' if plain else '后面缺少它的值'}"
    if isinstance(error, exceptions.BadParameter):
        expected = "：应是整数" if " int" in str(error.message) else ""
        return f"{named} 的值不对{expected}"
    extra = re.search(r"extra argument\(s\) \((.*)\)", str(error.message), re.DOTALL)
    return f"多写了“{extra[1]}”" if extra else "命令写得不完整"


def _named(parameter: Any) -> str:
    if parameter is None:
        return "参数"
    if isinstance(parameter, TyperArgument):
        return f"参数 {parameter.metavar or parameter.name}"
    return f"选项 {'、'.join(parameter.opts)}"


def command_of(function: Any, name: str) -> Any:
    """A typer command made of a function, with our help and without rich markup."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(name, cls=Command)(expanded(function))
    return typer.main.get_command(app)
