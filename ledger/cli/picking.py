"""A task picked from a list (`-i`): with search on a terminal that can, else line by line."""

from __future__ import annotations

import codecs
import os
import select
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ledger.cli.asking import numbered, on_terminal, optional, wait_for_input
from ledger.cli.session import Cancelled, Session, say
from ledger.errors import UsageError

if TYPE_CHECKING:
    from ledger.usecases.looking.choosing import Choice
    from ledger.usecases.reading.moment import Moment
    from ledger.usecases.reading.open import Ledger
    from ledger.view.picker import Shown
    from ledger.view.screen import Screen

_PATIENCE = 0.1  # seconds in which the rest of a key's sequence comes
_LEAST = 6  # lines of a screen for a list
_SEQUENCES = {
    "[A": "up", "OA": "up", "[B": "down", "OB": "down", "[5~": "page up", "[6~": "page down",
    "[H": "home", "OH": "home", "[1~": "home", "[F": "end", "OF": "end", "[4~": "end",
}  # fmt: skip
_CONTROLS = {
    "\r": "take", "\n": "take", "\x7f": "rub", "\x08": "rub", "\x15": "clear", "\x10": "up",
    "\x0e": "down", "\x04": "leave",
}  # fmt: skip


def picked(command: str, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a command line with the task that a person picks.

    What stands where the task would is searched for first.

    Args:
        command: its name.

    Raises:
        UsageError: there is nobody to pick.
        LedgerError: there is nothing to pick from.
        Cancelled: nothing is picked.
    """
    if not on_terminal():
        raise UsageError("-i 要在终端上用", hint="请写明编号")
    from ledger.usecases.looking.choosing import choices
    from ledger.usecases.reading.moment import moment

    ledger = session.open()
    when = moment(ledger, values.get("at"), session.today, session.now(ledger))
    words = _words(command, values)
    task = pick(choices(ledger, when, command), " ".join(words)).task.id
    return {**values, "interactive": False, **_taken(command, values, task, ledger, when)}


def picked_of(session: Session, at: str | None, ids: Collection[str]) -> str:
    """The one of some tasks that a person picks; empty where no list can be drawn.

    Raises:
        Cancelled: nothing is picked.
    """
    from ledger.usecases.looking.choosing import among, choices
    from ledger.usecases.reading.moment import moment
    from ledger.view.screen import screen

    if not is_able(screen()):
        return ""
    ledger = session.open()
    when = moment(ledger, at, session.today, session.now(ledger))
    return pick(among(choices(ledger, when, ""), ids)).task.id


def _words(command: str, values: Mapping[str, Any]) -> Sequence[str]:
    if command == "evidence":  # there the word is the file
        return ()
    word = values.get("task") or ""
    return values.get("tasks") or ((word,) if word else ())


def _taken(
    command: str, values: Mapping[str, Any], task: str, ledger: Ledger, when: Moment
) -> dict[str, Any]:
    """What a task means for a command's values."""
    if command == "close":
        from ledger.usecases.looking.mine import to_close

        return {"tasks": [task], "decision": values["decision"] or to_close(ledger, when)[task]}
    if command == "evidence":
        files = [values[name] for name in ("action", "task", "file") if values[name]]
        return {"action": "add", "task": task, "file": files[-1] if files else ""}
    return {"task": task}


def pick(offered: Sequence[Choice], query: str = "") -> Choice:
    """The one of some tasks that a person picks.

    Raises:
        Cancelled: none.
    """
    from ledger.view.picker import QUESTION, told
    from ledger.view.screen import screen

    choice = _on_screen(offered, query) if is_able(screen()) else _line_by_line(offered, query)
    say(f"{QUESTION}：{told(choice)}")
    return choice


def is_able(to: Screen) -> bool:
    """Whether a list can be drawn and each key be heard at once; not on Windows."""
    return (
        sys.stderr.isatty()
        and os.environ.get("TERM") not in (None, "", "dumb")
        and to.lines >= _LEAST
        and hasattr(os, "fork")
    )


def _line_by_line(offered: Sequence[Choice], query: str) -> Choice:
    """Words are searched for, numbers choose of what they mean."""
    from ledger.usecases.looking.choosing import meant_by
    from ledger.usecases.looking.find import MOST
    from ledger.view.picker import told

    while True:
        fitting = meant_by(query, offered)
        say(
            *(numbered([told(each) for each in fitting], MOST) if fitting else ["没有这样的事项。"])
        )
        shown = min(len(fitting), MOST)
        choosing = f"选第几个（1–{shown}），或者" if shown else ""
        if not (query := optional(None, f"{choosing}写名称、部门里的字或者拼音首字母查找")):
            raise Cancelled
        if query.isdecimal() and 1 <= int(query) <= shown:
            return fitting[int(query) - 1]


def _on_screen(offered: Sequence[Choice], query: str) -> Choice:
    from ledger.usecases.looking.choosing import meant_by
    from ledger.view import picker
    from ledger.view.screen import screen

    with _each_key() as keys:
        shown = picker.begun(offered, query, meant_by)
        try:
            while True:
                to = screen()
                _draw(shown, to)
                key = next(keys, picker.LEAVE)
                if key == picker.LEAVE:
                    raise Cancelled
                if key != picker.TAKE:
                    shown = picker.pressed(shown, key, picker.rows_of(to), meant_by)
                elif shown.marked:
                    return shown.marked
        except KeyboardInterrupt:
            raise Cancelled from None
        finally:
            sys.stderr.write("\r\x1b[J")
            sys.stderr.flush()


def _draw(shown: Shown, to: Screen) -> None:
    """Draw it from the line on that the cursor is in, and leave that on the query again."""
    from ledger.view.picker import asked, frame
    from ledger.view.text import width

    lines = list(frame(shown, to))
    up, right = len(lines) - 1, min(width(asked(shown)), to.columns - 1)
    back = f"\x1b[{up}A" if up else ""
    sys.stderr.write("\r\x1b[J" + "\r\n".join(lines) + f"\r{back}\x1b[{right}C")
    sys.stderr.flush()


@contextmanager
def _each_key() -> Iterator[Iterator[str]]:
    """The terminal without echo and lines, as long as the context lasts: the keys that are pressed.

    What is typed ahead stays for whatever is asked next: no more is read than is needed.
    """
    import termios
    import tty

    handle = sys.stdin.fileno()
    before = termios.tcgetattr(handle)
    try:
        tty.setcbreak(handle)
        yield _keys(lambda: os.read(handle, 1), lambda: _comes_more(handle))
    finally:
        termios.tcsetattr(handle, termios.TCSADRAIN, before)


def _comes_more(handle: int) -> bool:
    return bool(select.select([handle], [], [], _PATIENCE)[0])


def _keys(read: Callable[[], bytes], comes_more: Callable[[], bool]) -> Iterator[str]:
    """What is typed, a character or a key's word at a time; ends where the terminal does.

    Args:
        read: gives the next byte, none at the end.
        comes_more: whether the next one is there at once.
    """
    decoder = codecs.getincrementaldecoder(sys.stdin.encoding or "utf-8")("replace")
    while True:
        wait_for_input()
        if not (byte := read()):
            return
        for character in decoder.decode(byte):
            if character == "\x1b":
                if (key := _sequence(read, comes_more)) is not None:
                    yield key
            elif character in _CONTROLS:
                yield _CONTROLS[character]
            elif character.isprintable():
                yield character


def _sequence(read: Callable[[], bytes], comes_more: Callable[[], bool]) -> str | None:
    """The key whose sequence begins with Esc; None for one that does nothing here."""
    if not comes_more():
        return "leave"
    sequence = read().decode("ascii", "replace")
    while sequence[:1] in ("[", "O") and (len(sequence) == 1 or sequence[-1] in "0123456789;"):
        if not comes_more():
            return None
        sequence += read().decode("ascii", "replace")
    return _SEQUENCES.get(sequence)
