"""What every layer may raise: one exception for a failed operation.

Bad data is never raised; it is collected as `ledger.model.problem.Problem`.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping

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


ASK_DOCTOR = "请运行 ledger doctor，看怎样处理"


class LedgerError(Exception):
    """An operation that cannot be done, told to the user as one sentence and a hint.

    Args:
        message: what went wrong and where, in Chinese, without a final full stop needed.
        hint: what to do next, in Chinese; empty when the message says it all.
        remedy: what an administrator does about it, in Chinese with git's own commands, which only
            `doctor` shows: so it is for what `doctor` comes upon, too.
        exit_code: 1 refused or problems found, 2 wrong usage.
    """

    def __init__(
        self, message: str, *, hint: str = "", remedy: str = "", exit_code: int = 1
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or (ASK_DOCTOR if remedy else "")
        self.remedy = remedy
        self.exit_code = exit_code


class UsageError(LedgerError):
    """The command was called with arguments it cannot take (exit code 2)."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint, exit_code=2)


class NotKnown(UsageError):
    """A word names nothing that there is, or more than one thing; somebody may know what it means.

    Attributes:
        what: what it should name, as `cli.options.Option.what` has it; empty where nobody guesses.
        word: as it was typed.
        known: what there is: by which words → what they name.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        what: str = "",
        word: str = "",
        known: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.what = what
        self.word = word
        self.known = known or {}


class AlreadyDone(LedgerError):
    """What was asked for is so already, to the letter: nothing to do, and no failure (exit code 0).

    So a command may be given once more when nobody knows whether it came to its end.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message, exit_code=0)


def reason(error: OSError) -> str:
    """Why the system refused something, in Chinese."""
    known = _REASONS.get(error.errno or 0)
    return known or f"系统错误 {errno.errorcode.get(error.errno or 0, '')}".rstrip()
