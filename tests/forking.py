"""The server's hook, and the program on a terminal, as forks of a process that has imported it.

Half of what a hook costs is Python's start and our imports. In the short form the program that a
hook starts is a small client instead: it hands its arguments, folder, environment and the files 0,
1 and 2 to a process of the suite's, which forks for each of them and runs `ledger.cli.app` there.
So git, its quarantine and what it tells a hook are the real ones. With LEDGER_LONG=1, behind a web
server and behind sshd every hook starts the program itself.

On a terminal the suite itself is the client (`begun_on`), of another such process; what it forks
leads a session of its own there, so that Ctrl-C reaches it and nobody else.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import io
import marshal
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from ledger.model import deadline
from ledger.usecases.setup.gate import Installed, install_hook
from tests.copying import copy_folder
from tests.turns import LONG

_ROOT = Path(__file__).resolve().parent.parent
_ENDING = contextlib.ExitStack()
_PROGRAM: list[Path] = []  # once it is there
_TERMINALS: list[Path] = []  # the address of what forks for terminals, once it is there
_FIRST = "first.git"  # a copy of the first server
_ANY = ("ledger.cli.app", "ledger.cli.commands", "ledger.cli.quick", "ledger.cli.root")
_IMPORTED = (
    *_ANY,
    "ledger.cli.check",
    "ledger.usecases.checking.takeback",
    "ledger.usecases.setup.receive",
    "ledger.adapters.yaml.read",
    "ledger.view.problems",
    "yaml",
    "dateutil.relativedelta",
    "encodings.utf_8_sig",
    "tzdata",
    "zoneinfo",
)
_IMPORTED_FOR_TERMINALS = (
    *(*_ANY, "ledger.cli.meant", "ledger.view.changes", "ledger.view.progress"),
    *("ledger.adapters.files.index.sync", "ledger.adapters.files.names"),
    *("ledger.adapters.git.straight", "ledger.adapters.git.unfinished", "ledger.view.problems"),
    *("ledger.cli.asking", "ledger.cli.check", "ledger.cli.close", "ledger.cli.look"),
    *("ledger.cli.setup", "ledger.cli.share", "ledger.cli.work", "ledger.view.card"),
    *("ledger.adapters.yaml.edit", "ledger.usecases.looking.list", "git", "rich.markdown"),
    *("rich.table", "ruamel.yaml", "yaml", "tzdata", "zoneinfo"),
)
_CLIENT = """\
#!{python} -IS
import _socket, marshal, posix, sys
files = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
asked = _socket.socket(_socket.AF_UNIX)
asked.connect({address!r})
asked.sendmsg([b"+"], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)])
asked.sendall(marshal.dumps((sys.argv[1:], posix.getcwdb(), posix.environ)))
asked.shutdown(_socket.SHUT_WR)
code = asked.recv(1)
posix._exit(code[0] if code else 70)
"""


def gated(server: Path) -> Installed:
    """Install the gate in a bare repository, as `gate install` does; its program: see above."""
    installed = install_hook(server)
    if not LONG:
        if not _PROGRAM:
            folder = Path(_ENDING.enter_context(tempfile.TemporaryDirectory(prefix="hook-")))
            copy_folder(server, folder / _FIRST)
            address = _ENDING.enter_context(_forking(folder, _IMPORTED))
            _PROGRAM.append(_client(address))
        _exchange(installed.place, sys.executable, str(_PROGRAM[0]))
    return installed


def begun_on(
    terminal: int, folder: Path, arguments: Sequence[str], environment: Mapping[str, str]
) -> Callable[[], int]:
    """Run the program on a terminal, of which this is the program's side.

    Returns:
        What waits for its end and gives its exit code.
    """
    if not _TERMINALS:
        place = Path(_ENDING.enter_context(tempfile.TemporaryDirectory(prefix="tty-")))
        _TERMINALS.append(_ENDING.enter_context(_forking(place, _IMPORTED_FOR_TERMINALS)))
    asked = socket.socket(socket.AF_UNIX)
    asked.connect(str(_TERMINALS[0]))
    given = {os.fsencode(name): os.fsencode(value) for name, value in environment.items()}
    socket.send_fds(asked, [b"+"], [terminal] * 3)
    asked.sendall(marshal.dumps((["ledger", *arguments], os.fsencode(folder), given)))
    asked.shutdown(socket.SHUT_WR)

    def ended() -> int:
        with asked:
            return asked.recv(1)[0]

    return ended


@pytest.fixture(scope="session", autouse=True)
def forks_end(_temporary: object) -> Iterator[None]:
    """What was started for hooks ends with the suite."""
    with _ENDING:
        yield


def starting(server: Path) -> None:
    """Let a server's hook start the program itself."""
    hook = server / "hooks" / "pre-receive"
    if program := re.search("(?m)^program=(.*)$", hook.read_text(encoding="utf-8")):
        _exchange(hook, program[1], sys.executable)


def _exchange(hook: Path, program: str, other: str) -> None:
    text = hook.read_text(encoding="utf-8")
    assert program in text
    hook.write_text(text.replace(program, other), encoding="utf-8")


@contextlib.contextmanager
def _forking(folder: Path, imported: Sequence[str]) -> Iterator[Path]:
    """The address where forks of what has imported these are to be had, while the context lasts."""
    address = folder / "asked"
    command = [sys.executable, "-X", "utf8", "-m", "tests.forking", str(address), *imported]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"listening\n"
        try:
            yield address
        finally:
            process.terminate()


def _client(address: Path) -> Path:
    """A program that runs like this Python with `-m ledger`."""
    program = address.parent / "python"
    program.write_text(_CLIENT.format(python=sys.executable, address=str(address)))
    program.chmod(0o755)
    return program


def _serve(address: str, imported: Sequence[str]) -> None:
    for name in imported:
        importlib.import_module(name)
    deadline.read_deadline("6月底前", 2017)  # its patterns are made at the first one
    if (first := Path(address).parent / _FIRST).exists():
        _try_out(first)
    gc.set_threshold(10_000, 10, 100)  # as `python -m ledger` does
    gc.collect()
    gc.freeze()  # a fork that looks through it would have to copy it
    signal.signal(signal.SIGCHLD, _bury)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen(64)
        sys.stdout.write("listening\n")
        sys.stdout.flush()
        while True:
            asked, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                _answer(asked)
            asked.close()


def _try_out(server: Path) -> None:
    """Judge a push that was let in: what is made at the first judging, every fork then has.

    Where there is no more than one commit it is the push that brings all.
    """
    listed = subprocess.run(
        ["git", "rev-list", "--max-count=2", "HEAD", "--"],
        cwd=server,
        capture_output=True,
        text=True,
        check=False,  # an empty server has nothing to try
    )
    if not (commits := listed.stdout.split()):
        return
    new, old = [*commits, "0" * len(commits[0])][:2]
    with (
        contextlib.chdir(server),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        sys.stdin = io.StringIO(f"{old} {new} refs/heads/main\n")
        sys.argv = ["ledger", "gate", "receive"]
        _run()


def _bury(*_: object) -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _answer(asked: socket.socket) -> None:
    """Be the program for one client, then end."""
    code = 70  # as a program that died
    try:
        _, files, _, _ = socket.recv_fds(asked, 1, 3)
        message = b""
        while part := asked.recv(1 << 16):
            message += part
        arguments, folder, environment = marshal.loads(message)  # noqa: S302 - of our own client
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        if os.isatty(0):
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        os.environb.clear()
        os.environb.update(environment)
        time.tzset()
        os.chdir(folder)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        sys.stdin, sys.stdout = open(0), open(1, "w")  # noqa: SIM115
        sys.stderr = open(2, "w", buffering=1)  # noqa: SIM115
        sys.argv = ["ledger", *arguments[arguments.index("ledger") + 1 :]]
        code = _run()
    finally:
        asked.send(bytes([code]))
        os._exit(code)


def _run() -> int:
    from ledger.cli.app import run

    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return code


if __name__ == "__main__":
    _serve(sys.argv[1], sys.argv[2:])
