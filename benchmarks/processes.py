"""Programs run to their end in a folder, and what they took: time, memory, what they printed.

As a script it is the small process that a program is started by: a child's largest resident set
counts from its fork, and so would be at least that of whoever makes ledgers.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import subprocess
import sys
import tempfile
import termios
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from struct import pack
from typing import IO, NamedTuple

LEDGER = (str(Path(sys.executable).with_name("ledger")),)
SCREEN = (40, 120)  # rows and columns of the terminal
PIPE, TERMINAL, HEAD = "pipe", "terminal", "head"  # who reads: a pipe, a terminal, `| head`
_AT_ONCE = 65_536
_ID = re.compile(rb"S\d{3}-\d{4}")  # of the generator's tasks


class Ran(NamedTuple):
    """How a program went.

    Attributes:
        seconds, processor: from its start to its end; of it and of all that it waited for.
        first: seconds until its first output; None where it printed nothing.
        memory: KiB, the largest resident set of it and of the processes it started.
        code: exit code, negative for a signal.
        complaint: its standard error; on a terminal that is part of the output.
        lines: how many it printed.
        rows, mark: tasks by their ids, and a sum that says which, in whatever order.
    """

    seconds: float
    processor: float
    first: float | None
    memory: int
    code: int
    complaint: str
    lines: int
    rows: int
    mark: int


def run(
    arguments: Sequence[str],
    folder: Path,
    way: str = PIPE,
    more: Mapping[str, str] | None = None,
) -> Ran:
    """Run a program to its end.

    Args:
        way: who reads what it prints; `HEAD` goes away after a screen of lines.
        more: variables of its environment, besides the usual ones.
    """
    done = subprocess.run(
        [sys.executable, "-I", "-S", __file__, way, *arguments],
        cwd=folder,
        env=environment() | dict(more or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
    )
    return Ran(*json.loads(done.stdout))


class _Answer:
    """Output, counted while it passes: it may be large.

    Args:
        most: how many lines somebody listens to.
    """

    def __init__(self, most: int) -> None:
        self.lines = self.rows = self.mark = 0
        self.most = most
        self._rest = self._last = b""

    def add(self, piece: bytes) -> None:
        *whole, self._rest = (self._rest + piece).split(b"\n")
        whole = whole[: self.most - self.lines]
        self.lines += len(whole)
        for line in whole:
            named = _ID.search(line)
            if named and named[0] != self._last:  # JSON has it twice, as id and in the path
                self._last = named[0]
                self.rows += 1
                self.mark ^= zlib.crc32(named[0])


def _run(arguments: Sequence[str], way: str) -> Ran:
    reading, writing = _terminal() if way == TERMINAL else os.pipe()
    answer, first = _Answer(SCREEN[0] if way == HEAD else sys.maxsize), None
    with tempfile.TemporaryFile() as complaints, os.fdopen(reading, "rb", buffering=0) as output:
        start = time.monotonic()
        process = subprocess.Popen(
            arguments,
            stdin=writing if way == TERMINAL else subprocess.DEVNULL,
            stdout=writing,
            stderr=writing if way == TERMINAL else complaints,
            start_new_session=way == TERMINAL,
        )
        os.close(writing)
        while piece := _read(output):
            if first is None:
                first = time.monotonic() - start
            answer.add(piece)
            if answer.lines >= answer.most:
                output.close()
                break
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        complaints.seek(0)
        words = complaints.read().decode(errors="replace")
    memory = used.ru_maxrss // (1024 if sys.platform == "darwin" else 1)  # getrusage(2) of each
    return Ran(
        seconds, used.ru_utime + used.ru_stime, first, memory, process.returncode, words,
        answer.lines, answer.rows, answer.mark,
    )  # fmt: skip


def _terminal() -> tuple[int, int]:
    reading, writing = os.openpty()
    fcntl.ioctl(writing, termios.TIOCSWINSZ, pack("HHHH", *SCREEN, 0, 0))
    return reading, writing


def _read(output: IO[bytes]) -> bytes:
    """The next piece; Linux ends a terminal without writers by an error."""
    try:
        return os.read(output.fileno(), _AT_ONCE)
    except OSError:
        return b""


def environment() -> dict[str, str]:
    """The environment of a program: somebody with a name, bytecode kept, nobody's settings."""
    gone = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "COLUMNS", "LINES")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "LEDGER_")) and name not in gone
    }
    who = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "联络员"), ("EMAIL", "staff@example.com"))
    }
    where = {"TZ": "CST-8", "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
    return kept | who | where | {"GIT_CONFIG_GLOBAL": os.devnull}


def aside(make: Callable[..., object], *arguments: object) -> None:
    """Make something large in a process of its own, which gives its memory back."""
    from multiprocessing import get_context

    process = get_context("spawn").Process(target=make, args=arguments)
    process.start()
    process.join()
    assert process.exitcode == 0


def git(root: Path, *arguments: str) -> str:
    """Call git; it has to work. What it printed."""
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, env=environment())
    return done.stdout.decode()


if __name__ == "__main__":
    print(json.dumps(_run(sys.argv[2:], sys.argv[1])))
