"""What every layer may raise: one exception for a failed operation.

Bad data is never raised; it is collected as `ledger.model.problem.Problem`.
"""

from __future__ import annotations


class LedgerError(Exception):
    """An operation that cannot be done, told to the user as one sentence and a hint.

    Args:
        message: what went wrong and where, in Chinese, without a final full stop needed.
        hint: what to do next, in Chinese; empty when the message says it all.
        exit_code: 1 refused or problems found, 2 wrong usage.
    """

    def __init__(self, message: str, *, hint: str = "", exit_code: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.exit_code = exit_code


class UsageError(LedgerError):
    """The command was called with arguments it cannot take (exit code 2)."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint, exit_code=2)


class AlreadyDone(LedgerError):
    """What was asked for is so already, to the letter: nothing to do, and no failure (exit code 0).

    So a command may be given once more when nobody knows whether it came to its end.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message, exit_code=0)
