"""A command line carried out: read the quick way or by typer, inside one error boundary."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO

from ledger.adapters.disk.interrupt import Course
from ledger.cli import quick
from ledger.cli.root import hoisted
from ledger.cli.session import Cancelled, Ended, legible, say
from ledger.errors import LedgerError


def run(arguments: list[str]) -> int:
    """Run a command line and return its exit code; never raises.

    Codes: 0 done, 1 refused or problems found, 2 wrong usage, 3 a bug, 130 interrupted.
    """
    if arguments[:1] == ["complete"]:
        from ledger.cli.complete import complete

        return complete(arguments[1:])
    course = Course()
    with course.heard():
        try:
            return _bounded(arguments, course)
        except OSError:  # not even what went wrong can be told: stderr is full, or closed
            _drop(sys.stderr)
            return 1


def _bounded(arguments: list[str], course: Course) -> int:
    try:
        _prepare_streams()
        return _invoke(arguments, course)
    except BrokenPipeError:  # the reader has seen enough
        _drop(sys.stdout)
        return 0
    except KeyboardInterrupt:
        course.is_over = True  # pressed again, it changes nothing
        return _stopped(course)
    except Exception as error:  # the one boundary
        _flush()
        return _failed(error, arguments)


def _stopped(course: Course) -> int:
    from ledger.view.problems import stopped

    _flush()
    say(stopped(course.steps))
    return 130


def _invoke(arguments: list[str], course: Course) -> int:
    for argument in arguments:
        legible(argument, "命令行")
    words = hoisted(arguments)
    try:
        if sys.stdout.isatty():
            from ledger.cli.paging import paged

            with paged(words):
                _answer(words, course)
        else:
            _answer(words, course)
        sys.stdout.flush()
    except Ended as end:
        _flush()
        return end.code
    return 0


def _answer(words: list[str], course: Course) -> None:
    if not quick.answer(words, course):
        from ledger.cli import typed  # half of what any command needs to start

        typed.answer(words, course)


def _prepare_streams() -> None:
    """A stream that was closed swallows what is written; what cannot be encoded is escaped."""
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _nowhere() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.FileIO(os.devnull, "w"), encoding="utf-8")


def _drop(stream: TextIO) -> None:
    """Let nobody try again to write what could not be written, the interpreter's end included."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _flush() -> None:
    """Data before the messages that follow."""
    try:
        sys.stdout.flush()
    except OSError:
        _drop(sys.stdout)


def _failed(error: Exception, arguments: list[str]) -> int:
    from ledger.view.problems import refusal

    if isinstance(error, Cancelled):
        say("已取消，什么都没有改。")
        return 130
    if not (told := refusal(error)):
        return _bug(error, arguments)
    say(told)
    return error.exit_code if isinstance(error, LedgerError) else 1


def _bug(error: Exception, arguments: list[str]) -> int:
    from ledger.cli.buglog import bug, logged

    say(bug(logged(error, arguments)))
    return 3
