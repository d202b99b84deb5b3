"""Problems and failures as sentences."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ledger.errors import LedgerError, reason
from ledger.model.problem import ERROR, Problem
from ledger.view.text import one_line

if TYPE_CHECKING:
    from ledger.adapters.files.journal import Interrupted

_SHOWN = 20


def problem_line(problem: Problem) -> str:
    """One problem on one line: place, code, what is wrong, what to do."""
    place = f"{problem.path}:{problem.line}" if problem.line else problem.path
    hint = f"；{problem.hint}" if problem.hint else ""
    return _ended(f"{place}{'：' if place else ''}{problem.code} {problem.message}{hint}")


def problem_lines(problems: Iterable[Problem]) -> Iterator[str]:
    """The errors a reading command must not pass over, cut after some twenty with a count."""
    errors = [problem for problem in problems if problem.severity == ERROR]
    yield from (problem_line(problem) for problem in errors[:_SHOWN])
    if len(errors) > _SHOWN:
        yield f"……另有 {len(errors) - _SHOWN} 个问题。"


def sentence(message: str, hint: str) -> str:
    """A failure as the user reads it: what went wrong, then what to do."""
    return _ended(message) + (_ended(hint) if hint else "")


def refusal(error: Exception) -> str:
    """What a command says of an error that is nobody's bug; empty for any other."""
    if isinstance(error, LedgerError):
        return sentence(error.message, error.hint)
    if isinstance(error, OSError) and error.errno is not None:
        what = f"{_place(error)} 读写失败" if error.filename is not None else "没有写完"
        return sentence(f"{what}：{reason(error)}", "请检查权限、路径和磁盘空间")
    return ""


def _place(error: OSError) -> str:
    """The file that an error is about; its folder where it is one of the program's own."""
    place = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    if not place.endswith((".tmp", ".lock")):
        return place or str(error.filename)
    from pathlib import Path

    return f"文件夹 {Path(place).parent}"


def recovery(interrupted: Interrupted) -> str:
    """What became of a write that was cut off."""
    what = f"上一次“{interrupted.subject}”"
    if interrupted.done:
        return f"{what}做完时程序中断了，内容是完整的，不用重做。"
    if interrupted.foreign:
        named = "、".join(interrupted.foreign[:3])
        return f"{what}没有做完，程序就中断了；{named} 后来又有改动，没有动它，请核对。"
    return f"{what}没有做完，程序就中断了；已恢复到办理之前，请重新办理。"


def stopped(steps: Sequence[str]) -> str:
    """That Ctrl-C has ended a command, and what of it was done for good by then."""
    if not steps:
        return "已中断。"
    named = "、".join(dict.fromkeys(steps))
    return f"已中断。此前已经做完的不会丢：{named}；再运行一次同样的命令，就接着办。"


def _ended(text: str) -> str:
    """One line that ends as a sentence does."""
    line = one_line(text)
    return line if line.endswith(("。", "？", "！")) else f"{line}。"
