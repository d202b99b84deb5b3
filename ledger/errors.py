"""What every layer may raise: one exception for a failed operation.

Bad data is never raised; it is collected as `ledger.model.problem.Problem`.
"""

from __future__ import annotations

from collections.abc import Mapping


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
