"""What somebody meant by a word that names nothing, or more than one thing.

One thing is taken; of several a person on a terminal picks one, and elsewhere nothing is done.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from ledger.cli.asking import agreed, numbered, on_terminal, optional
from ledger.cli.frame import Parameter
from ledger.cli.session import Cancelled, Session, say
from ledger.errors import LedgerError, NotKnown
from ledger.model.choice import nearest

_TASK = "task"


def instead(
    parameters: Mapping[str, Parameter],
    session: Session,
    values: Mapping[str, Any],
    error: NotKnown,
) -> dict[str, Any]:
    """The values of a command line with what was meant in the place of a word.

    Raises:
        NotKnown: nothing like it is known, or several things, and there is nobody to choose.
        Cancelled: the person who was asked does not want it.
    """
    concerned = [each for each in parameters.values() if each.option.what == error.what]
    if not error.what or not any(error.word in _words(values[each.name]) for each in concerned):
        raise error
    likely = _likely(session, values, error)
    likely.pop(error.word, None)
    if not likely:
        raise error
    value = next(iter(likely)) if len(likely) == 1 else _chosen(session, values, likely, error)
    if error.what == _TASK and len(likely) == 1:  # of several, a person has picked it
        _tell(error, f"{value} {likely[value]}", writes="at" not in parameters)
    replaced = {each.name: _replaced(values[each.name], error.word, value) for each in concerned}
    return {**values, **replaced}


def settled(
    parameters: Mapping[str, Parameter], session: Session, values: Mapping[str, Any]
) -> dict[str, Any]:
    """The values of a command line that writes to a task, which a person has agreed to.

    Raises:
        NotKnown, Cancelled: as `instead` does.
    """
    if "at" in parameters or "action" in parameters or not _asks():
        return {**values}
    from ledger.usecases.reading.load import task_path

    try:
        task_path(session.open(), values["task"])
    except NotKnown as error:
        return instead(parameters, session, values, error)
    return {**values}


def understood(session: Session, look: Callable[[], str]) -> str:
    """What a look-up of a word gives, or the one thing that is meant by it: for an answer.

    Raises:
        NotKnown: nothing like it is known, or several things.
    """
    from ledger.usecases.looking.find import likely, several

    try:
        return look()
    except NotKnown as error:
        fitting = likely(session.open, error)
        if len(fitting) == 1:
            return next(iter(fitting))
        raise several(fitting, error) if fitting else error from None


def dated(text: str, session: Session) -> str:
    """A day in words as it is written in figures; the text itself where it is none."""
    from ledger.model.daytext import read_day

    if (read := read_day(text)) is None:
        try:
            today = session.today or session.now(session.open())
        except LedgerError:  # no ledger is needed for it
            today = session.now(None)
        read = read_day(text, today)
    return text if read is None else read.isoformat()


def _words(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _replaced(value: Any, word: str, by: str) -> Any:
    if isinstance(value, list):
        return [by if each == word else each for each in value]
    return by if value == word else value


def _likely(session: Session, values: Mapping[str, Any], error: NotKnown) -> dict[str, str]:
    """What a word may mean: the value for it → what it is called."""
    if error.what == _TASK:
        return _tasks(session, values.get("at"), error)
    from ledger.usecases.looking.find import likely

    return likely(session.open, error)


def _tasks(session: Session, at: str | None, error: NotKnown) -> dict[str, str]:
    from ledger.usecases.looking.find import tasks_meant, titles
    from ledger.usecases.reading.moment import moment

    ledger = session.open()
    known = titles(ledger, moment(ledger, at, session.today, session.now(ledger)))
    if error.known:  # more than one id fits
        return {name: known.get(name, "") for name in error.known}
    if not (likely := tasks_meant(error.word, known)):
        close = nearest(error.word, known, most=3)
        listed = "”或“".join(f"{name} {known[name]}" for name in close)
        hint = f"是否应为“{listed}”？" if close else ""
        raise NotKnown(error.message, hint=hint + error.hint, what=_TASK) from None
    return likely


def _chosen(
    session: Session, values: Mapping[str, Any], likely: Mapping[str, str], error: NotKnown
) -> str:
    """The value that a person picks: of a few by number, of many tasks from a list.

    Raises:
        NotKnown: there is nobody to ask.
        Cancelled: nothing is picked.
    """
    from ledger.usecases.looking.find import MOST, called, several

    if not _asks():
        raise several(likely, error) from None
    if error.what == _TASK and len(likely) > MOST:
        from ledger.cli.picking import picked_of

        if task := picked_of(session, values.get("at"), likely):
            return task
    say(f"“{error.word}”对应不止一个：")
    say(*numbered(called(likely), MOST))
    named = list(likely)[:MOST]
    while answer := optional(None, f"选第几个（1–{len(named)}）"):
        if answer.isdecimal() and 1 <= int(answer) <= len(named):
            return named[int(answer) - 1]
        say(f"没有第“{answer}”个，请写 1 到 {len(named)}。")
    raise Cancelled


def _tell(error: NotKnown, called: str, writes: bool) -> None:
    """Say which task is meant; where it will be written to, a person has to agree.

    Raises:
        Cancelled: the person says no.
    """
    if not writes or not _asks():
        say(f"“{error.word}”指 {called}。")
    elif not agreed(f"“{error.word}”指 {called}，对吗"):
        raise Cancelled


def _asks() -> bool:
    """Whether there is a person who sees what comes of it."""
    return on_terminal() and sys.stdout.isatty()
