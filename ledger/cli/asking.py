"""Asking on a terminal for what the command line left out; elsewhere what is missing is refused."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Sequence

from ledger.cli.session import Cancelled, legible, say
from ledger.errors import UsageError

_DIGITS = 4


def on_terminal() -> bool:
    """Whether there is a person to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def required(value: str | None, option: str, question: str) -> str:
    """The value, or the answer to a question.

    Raises:
        UsageError: it is missing and there is nobody to ask, or it is blank.
    """
    if value is None and on_terminal():
        value = _answer(question)
    if value is None or not value.strip():
        raise UsageError(f"缺少 {option}（{question}）", hint=f"请用 {option} 给出")
    return value.strip()


def optional(value: str | None, question: str) -> str:
    """The value, or an answer that may be empty; empty where there is nobody to ask."""
    if value is None and on_terminal():
        value = _answer(f"{question}（可不填）", default="")
    return (value or "").strip()


def number(question: str, default: int) -> int:
    """A number of people, of up to four digits; an empty answer means the default.

    Raises:
        UsageError: it is no such number.
    """
    answer = _answer(f"{question} [{default}]", default=str(default)).strip()
    if not answer.isdecimal() or len(answer) > _DIGITS:
        raise UsageError(f"“{answer}”不是人数", hint="请写整数")
    return int(answer)


def one_of_these(question: str, words: Sequence[str]) -> str:
    """One of some words, asked for again until it is one; empty where nothing is chosen."""
    while True:
        answer = _answer(question, default="").strip()
        if not answer or answer in words:
            return answer
        say(f"请输入 {'、'.join(words)}，或直接回车。")


def agreed(question: str) -> bool:
    """Whether the person says yes; nobody to ask means no."""
    if not on_terminal():
        return False
    answer = _answer(f"{question}（是/否） [否]", default="否")
    return answer.strip().lower() in {"是", "y", "yes", "好", "对"}


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
            _wait_for_a_line()
            line = sys.stdin.readline()
        except KeyboardInterrupt:
            raise Cancelled from None
        except UnicodeDecodeError:
            raise UsageError("回答里有不是文字的内容", hint="请重新输入") from None
        if line == "\n" and default is not None:
            return default
    if not line:
        raise Cancelled
    return legible(line.rstrip("\r\n"), "回答")


def _wait_for_a_line() -> None:
    """Return once a line is typed; a Ctrl-C is heard whenever it comes.

    A plain `input` loses one that comes just before it reads: the handler then only notes it, and
    the reading waits. So the signal itself wakes this waiting up.
    """
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    before = signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    try:
        select.select([sys.stdin, woken], [], [])
    finally:
        signal.set_wakeup_fd(before)
        os.close(woken)
        os.close(wakes)
