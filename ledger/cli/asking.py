"""Asking on a terminal for what the command line left out; elsewhere what is missing is refused."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from ledger.cli.session import Cancelled, legible, say
from ledger.errors import UsageError

T = TypeVar("T")

_DIGITS = 4
_YES, _NO = ("是", "y", "yes", "好", "对", "shi"), ("否", "n", "no", "不", "不是", "fou")


def on_terminal() -> bool:
    """Whether there is a person to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def required(
    value: str | None,
    option: str,
    question: str,
    check: Callable[[str], object] = str,
    offer: Callable[[], str] = str,
    first: Callable[[], object] = str,
) -> str:
    """The value, or the answer to a question, which is asked again until it makes sense.

    Args:
        check: raises UsageError for an answer that makes none.
        offer: what Enter takes, worked out only where somebody is asked; empty for nothing.
        first: done before somebody is asked; raises where the answer would be of no use.

    Raises:
        UsageError: it is missing and there is nobody to ask, or it is blank.
    """
    if value is None and on_terminal():
        first()
        offered = offer()
        words = f"{question} [{offered}]" if offered else question
        return ask(words, lambda text: checked(text, check), offered or None)
    if value is None or not value.strip():
        raise UsageError(f"缺少 {option}（{question}）", hint=f"请用 {option} 给出")
    return value.strip()


def optional(value: str | None, question: str, check: Callable[[str], object] = str) -> str:
    """The value, or an answer that may be empty; empty where there is nobody to ask."""
    if value is None and on_terminal():
        return ask(f"{question}（可不填）", lambda text: checked(text, check) if text else "", "")
    return (value or "").strip()


def checked(text: str, check: Callable[[str], object]) -> str:
    """A text that a check has nothing against.

    Raises:
        UsageError: it has, or the text is blank.
    """
    if not text.strip():
        raise UsageError("没有写内容", hint="请重新输入")
    check(text.strip())
    return text.strip()


def headcount(text: str) -> int:
    """A number of people, of up to four digits.

    Raises:
        UsageError: it is no such number.
    """
    plain = text.strip()
    if not plain.isdecimal() or len(plain) > _DIGITS:
        raise UsageError(f"“{plain}”不是人数", hint="请写整数")
    return int(plain)


def ask(question: str, read: Callable[[str], T], default: str | None = None) -> T:
    """What an answer means; what makes no sense is said, and asked again.

    Args:
        read: raises UsageError for what makes no sense.
        default: what an empty answer stands for; without one the question comes again.

    Raises:
        Cancelled: Ctrl-C or Ctrl-D.
    """
    from ledger.view.problems import sentence

    while True:
        try:
            return read(_answer(question, default))
        except UsageError as error:
            say(sentence(error.message, error.hint))


def one_of_these(question: str, words: Sequence[str]) -> str:
    """One of some words, asked for again until it is one; empty where nothing is chosen."""

    def read(text: str) -> str:
        if text.strip() and text.strip() not in words:
            raise UsageError(f"请输入 {'、'.join(words)}，或直接回车")
        return text.strip()

    return ask(question, read, "")


def numbered(things: Sequence[str], most: int) -> Iterator[str]:
    """The first of some things with their numbers, a line each, and how many there are."""
    yield from (f"  {number} {each}" for number, each in enumerate(things[:most], 1))
    if len(things) > most:
        yield f"  共 {len(things)} 个，没有列出的请写得再具体些"


def agreed(question: str) -> bool:
    """Whether the person says yes; nobody to ask means no."""
    if not on_terminal():
        return False
    return ask(f"{question}（是/否） [否]", _is_yes, "否")


def _is_yes(text: str) -> bool:
    plain = text.strip().lower()
    if plain not in _YES + _NO:
        raise UsageError(f"“{plain}”看不出是不是", hint="请输入 是 或 否")
    return plain in _YES


def _answer(question: str, default: str | None = None) -> str:
    """The line that is typed; without a default the question comes until there is one.

    Raises:
        Cancelled: Ctrl-C or Ctrl-D.
        UsageError: the line holds what cannot be text.
    """
    line = "\n"
    while line == "\n":
        try:
            sys.stderr.write(f"{question}: ")
            sys.stderr.flush()
            wait_for_input()
            line = sys.stdin.readline()
        except KeyboardInterrupt:
            raise Cancelled from None
        except UnicodeDecodeError:
            raise UsageError("回答里有不是文字的内容", hint="请重新输入") from None
        if line == "\n" and default is not None:
            return default
        if line == "\n":
            say("这一项不能空着，请写一写；Ctrl+C 放弃。")
    if not line:
        raise Cancelled
    return legible(line.rstrip("\r\n"), "回答")


def wait_for_input() -> None:
    """Return once something is typed; a Ctrl-C is heard whenever it comes.

    A plain `input` loses one that comes just before it reads: the handler then only notes it, and
    the reading waits. So the signal itself wakes this waiting up. Windows can wait for nothing but
    sockets; its reading is broken off by Ctrl-C.
    """
    if not hasattr(os, "fork"):
        return
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    before = signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    try:
        select.select([sys.stdin, woken], [], [])
    finally:
        signal.set_wakeup_fd(before)
        os.close(woken)
        os.close(wakes)
