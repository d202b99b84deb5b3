"""Tasks to choose from: with which of them a command can do something, which ones are meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from ledger.errors import LedgerError
from ledger.model.people import folded
from ledger.model.pinyin import begins, typed, within
from ledger.model.record import dataclass
from ledger.model.standing import Brief
from ledger.model.task import (
    APPLIED,
    CLOSED,
    ENDED,
    IN_PROGRESS,
    ONGOING,
    REVIEWED,
    STATUSES,
)
from ledger.usecases.looking.filters import Filters
from ledger.usecases.looking.list import listed
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger

_OPEN = tuple(status for status in STATUSES if status not in ENDED)
# Command → the statuses of which a task has one where the command is any use.
_FITTING: Mapping[str, tuple[str, ...]] = {
    "edit": _OPEN,
    "progress": _OPEN,
    "extend": _OPEN,
    "evidence": _OPEN,
    "apply": (IN_PROGRESS,),
    "review": (APPLIED,),
    "return": (APPLIED, REVIEWED),
    "reopen": (CLOSED,),
    "lookback": (CLOSED, ONGOING),
    "close": (REVIEWED,),
}
_CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Choice:
    """A task that may be chosen.

    Attributes:
        text: what a search for words looks through.
    """

    task: Brief
    text: str


def choices(ledger: Ledger, when: Moment, command: str) -> tuple[Choice, ...]:
    """The tasks of a moment with which a command can do something, the most urgent first.

    Args:
        command: its name; one that only looks can do something with all, in the files' order.

    Raises:
        LedgerError: there are none.
    """
    fitting = _FITTING.get(command, ())
    tasks = listed(ledger, when, Filters(status=fitting), "due" if fitting else "").tasks
    if command == _CLOSE:
        from ledger.usecases.looking.mine import to_close

        decided = to_close(ledger, when)
        tasks = [task for task in tasks if task.id in decided]
    if not tasks:
        raise LedgerError(_none(command), hint="全部事项用 ledger list 看")
    return tuple(Choice(task, _text(task)) for task in tasks)


def among(offered: Iterable[Choice], ids: Collection[str]) -> tuple[Choice, ...]:
    """Those of some choices that have one of some ids."""
    return tuple(each for each in offered if each.task.id in ids)


def meant_by(query: str, offered: Sequence[Choice]) -> tuple[Choice, ...]:
    """Those choices in which every word of a query is found, in their order.

    A word is found in the id, title, light, status or a leading department; letters are found where
    they spell a part of the title or the beginning of such a department.
    """
    for word in query.split():
        plain, letters = folded(word), typed(word)
        offered = [each for each in offered if _is_found(plain, letters, each)]
    return tuple(offered)


def _none(command: str) -> str:
    if command == _CLOSE:
        return "没有会议同意了还没有办结的事项"
    fitting = _FITTING.get(command)
    return f"没有状态是{'、'.join(fitting)}的事项" if fitting else "台账里还没有事项"


def _is_found(plain: str, letters: str, choice: Choice) -> bool:
    if plain in choice.text:
        return True
    if not letters:
        return False
    task = choice.task
    return within(letters, task.title) or any(begins(letters, name) for name in task.lead)


def _text(task: Brief) -> str:
    parts = (task.id, task.title, *task.lead, f"{task.light}灯", task.status)
    return "\n".join(map(folded, parts))
