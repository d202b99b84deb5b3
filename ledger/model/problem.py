"""A broken rule, as data: what every check returns and every output form prints."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from ledger.model.record import dataclass

ERROR = "error"
WARNING = "warning"

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule at one place.

    Attributes:
        path: file relative to the ledger's root, with '/'.
        code: the rule's permanent code, such as `T002`.
        message: what is wrong, one Chinese sentence without a full stop.
        hint: what to do next, Chinese, or empty.
        severity: `error` or `warning`.
        id: the task's, source's or decision's id where there is one.
        place: keys and list positions in the file's data, from which `line` is found.
        line: 1-based line in the file; 0 while unknown or when the whole file is meant.
        merged: whether it is one of the merge with the main branch, not of what is merged.
    """

    path: str
    code: str
    message: str
    hint: str = ""
    severity: str = ERROR
    id: str = ""
    place: Place = ()
    line: int = 0
    merged: bool = False

    def at(self, line: int) -> Problem:
        """The same problem, its line found."""
        return Problem(
            self.path,
            self.code,
            self.message,
            self.hint,
            self.severity,
            self.id,
            self.place,
            line,
            self.merged,
        )

    @property
    def what(self) -> tuple[str, str, str]:
        """What is wrong in which file: the same problem, wherever in the file it stands by now."""
        return self.code, self.path, self.message


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems that refuse (warnings do not)."""
    return tuple(problem for problem in problems if problem.severity == ERROR)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems by their place."""
    return tuple(sorted(problems, key=attrgetter("path", "line", "code", "message")))


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether anything refuses (warnings do not)."""
    return any(problem.severity == ERROR for problem in problems)
