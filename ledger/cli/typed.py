"""The command line as typer reads it: whatever is not plain, and everything that is wrong."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup

from ledger.adapters.disk.interrupt import Course
from ledger.cli import quick
from ledger.cli.asking import on_terminal
from ledger.cli.commands import PROGRAM, PURPOSE, VERBS, function_of
from ledger.cli.frame import NUMBER, Declaration, Parameter
from ledger.cli.help import command_help, root_help
from ledger.cli.quick import carry_out
from ledger.cli.root import begin, global_options, picture
from ledger.cli.session import Ended
from ledger.errors import UsageError

_HELP = {"help_option_names": ["-h", "--help"]}
_FEW = 3  # that are named where none of them is meant for sure
_PLAIN: dict[str, Any] = {
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "context_settings": _HELP,
}


class Root(TyperGroup):
    """Commands are found in `COMMANDS` and imported when they are called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command's name, in the order of the help."""
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name; None for an unknown one."""
        if (verb := VERBS.get(cmd_name)) is None:
            return None
        declaration = Declaration(function_of(verb))

        def called(context: typer.Context, **values: Any) -> None:
            carry_out(verb.name, declaration, context.obj, values)

        app = typer.Typer(**_PLAIN)
        app.command(verb.name, cls=Command, context_settings=_HELP)(_declared(called, declaration))
        command: Any = typer.main.get_command(app)
        command.declaration = declaration
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the arguments begin with.

        Raises:
            UsageError: there is none of that name.
        """
        if not args[0].startswith("-") and args[0] not in VERBS:
            raise _no_command(args[0])
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the global options and one line a command, importing none of them."""
        formatter.write("\n".join(root_help()) + "\n")


class Command(TyperCommand):
    """A command with Chinese help.

    Attributes:
        declaration: what it takes.
    """

    declaration: Declaration

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write usage, what the command does, its arguments and options."""
        formatter.write("\n".join(command_help(str(self.name), self.declaration)) + "\n")


def root() -> Any:
    """All of the command line, as a command of typer's."""
    declaration = global_options()

    def called(context: typer.Context, **values: Any) -> None:
        context.obj = begin(context.obj, values)
        if context.invoked_subcommand is None:
            picture(context.obj)

    app = typer.Typer(name=PROGRAM, cls=Root, help=PURPOSE, **_PLAIN)
    app.callback(invoke_without_command=True)(_declared(called, declaration))
    return typer.main.get_command(app)


def answer(words: Sequence[str], course: Course) -> None:
    """Do what a command line says.

    Args:
        words: the command line, global options first.

    Raises:
        UsageError: it cannot be read.
        Ended: that was all, such as a help page.
        LedgerError: as the command does.
    """
    command = root()
    try:
        with command.make_context(PROGRAM, list(words), obj=course) as context:
            command.invoke(context)
    except typer.Exit as end:
        raise Ended(end.exit_code) from None
    except typer.exceptions.TyperException as error:
        if _is_task_missing(error) and on_terminal() and quick.answer([*words, "-i"], course):
            return
        raise UsageError(_mistake(error), hint="用 --help 可查看用法") from error


def _is_task_missing(error: Any) -> bool:
    """Whether nothing is missing but which task is meant, of what there is to be one."""
    command = getattr(error.ctx, "command", None) if hasattr(error, "ctx") else None
    declaration = getattr(command, "declaration", None)
    named = getattr(getattr(error, "param", None), "name", "")
    parameter = declaration.parameters.get(named) if declaration else None
    return bool(parameter and parameter.is_task)


def _declared(function: Callable[..., Any], declaration: Declaration) -> Callable[..., Any]:
    """A function that takes a context and values, with a signature by which typer reads them."""
    places = [
        inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    ]
    places += [_place(each) for each in declaration.parameters.values()]
    function.__doc__ = declaration.words
    function.__annotations__ = {each.name: each.annotation for each in places}
    function.__signature__ = inspect.Signature(places)  # type: ignore[attr-defined]
    return function


def _place(parameter: Parameter) -> inspect.Parameter:
    option = parameter.option
    metavar = option.metavar or None
    parser = parameter.number if parameter.kind == NUMBER else None
    typed = (
        typer.Option(*option.names, metavar=metavar, help=option.words, parser=parser)
        if option.names
        else typer.Argument(metavar=metavar, help=option.words)
    )
    return inspect.Parameter(
        parameter.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if parameter.is_required else parameter.default,
        annotation=Annotated[parameter.type, typed],
    )


def _mistake(error: Any) -> str:
    """A usage error of the library in Chinese, without its English words."""
    from typer._click import exceptions  # the vendored click has no public name for these

    named = _named(getattr(error, "param", None))
    if isinstance(error, exceptions.MissingParameter):
        return f"缺少{named}"
    if isinstance(error, exceptions.NoSuchOption):
        close = "、".join(_near(error.option_name, getattr(error.ctx, "command", None)))
        return f"没有选项 {error.option_name}" + (f"，是否应为 {close}？" if close else "")
    if isinstance(error, exceptions.BadOptionUsage):
        plain = "does not take" in str(error.message)
        return f"选项 {error.option_name} {'不带值' if plain else '后面缺少它的值'}"
    if isinstance(error, exceptions.BadParameter):
        return f"{named} 的值不对：应是整数"
    extra = re.search(r"extra argument\(s\) \((.*)\)", str(error.message), re.DOTALL)
    return f"多写了“{extra[1]}”" if extra else "命令写得不完整"


def _no_command(name: str) -> UsageError:
    """What is said of a command that there is not: up to three that come near, by name or deed."""
    from ledger.model.choice import nearest

    about = [verb.name for verb in VERBS.values() if not name.isascii() and name in verb.summary]
    near = nearest(name, VERBS, most=_FEW) or about[:_FEW]
    asked = f"是否应为“{'”或“'.join(near)}”？" if near else ""
    hint = f"{asked}用 {PROGRAM} --help 可查看全部命令"
    return UsageError(f"没有命令“{name}”", hint=hint)


def _near(name: str, command: Any) -> list[str]:
    """The options of a command that come near to a name, or are called so in Chinese."""
    from ledger.model.choice import nearest

    declaration = getattr(command, "declaration", None) or global_options()
    options = [each.option for each in declaration.parameters.values() if each.option.names]
    called = [each.names[-1] for each in options if each.metavar == name.lstrip("-")]
    return called[:_FEW] or nearest(name, (word for each in options for word in each.names), most=2)


def _named(parameter: Any) -> str:
    if parameter is None:
        return "参数"
    if isinstance(parameter, TyperArgument):
        return f"参数 {parameter.metavar or parameter.name}"
    return f"选项 {'、'.join(parameter.opts)}"
