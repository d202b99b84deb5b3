"""What stands before the command: the global options, and what a whole command line begins with."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from ledger import __version__
from ledger.adapters.disk.interrupt import Course
from ledger.cli.commands import PROGRAM
from ledger.cli.frame import Declaration
from ledger.cli.options import flag, option
from ledger.cli.session import Ended, Session, day
from ledger.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt

PLAIN = "--no-pager"


def options(
    folder: Annotated[str, option("-C", "文件夹", "台账所在的文件夹")] = ".",
    today: Annotated[
        str | None, option("--today", "日期", "把哪一天当作今天，也可用环境变量 LEDGER_TODAY")
    ] = None,
    no_pager: Annotated[
        bool, flag(PLAIN, "超过一屏也不分页，也可把环境变量 LEDGER_PAGER 设为 cat")
    ] = False,
    version: Annotated[bool, flag("--version", "显示版本号")] = False,
) -> Mapping[str, Any]:
    """The global options."""
    return locals()


def global_options() -> Declaration:
    """The global options, to be read."""
    return Declaration(options)


def begin(course: Course, values: Mapping[str, Any]) -> Session:
    """The session that the global options ask for.

    Args:
        values: option's name → its value.

    Raises:
        Ended: nothing but the version was asked for.
        UsageError: today is no day.
    """
    if values["version"]:
        sys.stdout.write(f"{PROGRAM} {__version__}\n")
        raise Ended(0)
    from pathlib import Path

    return Session(Path(values["folder"]), given_today(values["today"]), course)


def picture(session: Session) -> None:
    """What the program prints without a command."""
    from ledger.cli.look import picture

    picture(session)


def hoisted(arguments: list[str]) -> list[str]:
    """The command line with the global options first: they work after the command too.

    Raises:
        UsageError: the last word is an option without its value.
    """
    front: list[str] = []
    rest: list[str] = []
    waiting = [_dashed(word) for word in arguments]
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            return [*front, *rest, word, *waiting]
        if word in ("-C", "--today"):
            if not waiting:
                raise UsageError(f"选项 {word} 后面缺少它的值", hint="用 --help 可查看用法")
            front += [word, waiting.pop(0)]
        elif word.startswith(("--today=", "-C")) or word == PLAIN:
            front.append(word)
        else:
            rest.append(word)
    return [*front, *rest]


def _dashed(word: str) -> str:
    """A word with the dashes of an option, where it was typed with those of Chinese."""
    if word[:1].isascii():
        return word
    name = word.lstrip("—－–−―")
    plain = name.partition("=")[0].replace("-", "")
    return f"--{name}" if name != word and plain.isascii() and plain.isalpha() else word


def given_today(given: str | None) -> dt.date | None:
    if given is not None:
        return day(given, "--today")
    inherited = os.environ.get("LEDGER_TODAY")
    return day(inherited, "环境变量 LEDGER_TODAY") if inherited else None
