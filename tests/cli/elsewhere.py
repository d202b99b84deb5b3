"""The program where the system has less: what Windows lacks is taken away before it is imported.

`python elsewhere.py import` imports every module; `python elsewhere.py code CODE ARGUMENT…` does
that; `python elsewhere.py run` reads command lines as
JSON from stdin, `[[folder, [argument, …]], …]`, carries them out in this one process and writes
what came of each, `[[exit code, stdout, stderr], …]`.
"""

from __future__ import annotations

import errno
import io
import json
import os
import pkgutil
import signal
import stat
import subprocess
import sys
import types
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

MODULES = ("fcntl", "resource", "termios", "tty", "pty", "pwd", "grp", "curses", "readline", "spwd")
# Not what `subprocess` itself starts and waits with here, such as WNOHANG and SIGKILL.
OF_OS = (
    *("fork", "forkpty", "geteuid", "getuid", "getegid", "getgid", "uname", "sync", "statvfs"),
    *("sched_getaffinity", "getppid", "mkfifo", "chown", "pread", "pwrite", "set_blocking"),
    *("fchmod", "fchown", "fchdir", "getloadavg", "getpgid", "killpg", "setsid", "posix_fadvise"),
    *("O_NONBLOCK", "O_CLOEXEC", "O_NOFOLLOW", "O_DIRECTORY", "O_SYNC"),
)
OF_SIGNAL = (
    *("setitimer", "getitimer", "alarm", "pause", "ITIMER_VIRTUAL", "ITIMER_REAL"),
    *("SIGALRM", "SIGVTALRM", "SIGHUP", "SIGPIPE", "SIGCHLD", "SIGUSR1", "SIGTSTP", "SIGWINCH"),
    *("pthread_sigmask", "sigwait"),
)


class _Missing:
    """No module of these can be had."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name in MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def _windows_lock() -> types.ModuleType:
    """What the program asks of `msvcrt`, made of this system's own locks on bytes of a file.

    As there, a lock is on a byte at the file's place, another process is refused it, and it ends
    with the process or when the file is closed.
    """
    import fcntl

    lockf, exclusive, unlock = fcntl.lockf, fcntl.LOCK_EX | fcntl.LOCK_NB, fcntl.LOCK_UN
    module = types.ModuleType("msvcrt")

    def locking(handle: int, mode: int, size: int) -> None:
        at = os.lseek(handle, 0, os.SEEK_CUR)
        try:
            lockf(handle, unlock if mode == 0 else exclusive, size, at)
        except BlockingIOError as error:
            raise PermissionError(errno.EACCES, "Permission denied") from error

    module.__dict__.update(LK_UNLCK=0, LK_NBLCK=2, locking=locking)
    return module


def take_away() -> None:
    """Take from this process what Windows has not, and have it refuse what Windows refuses."""
    real_open, real_kill, real_select = os.open, os.kill, __import__("select").select
    sys.modules["msvcrt"] = _windows_lock()
    subprocess.run(["true"], check=True)  # it has chosen by now how it starts programs

    def open_file(path: Any, flags: int, *more: Any, **named: Any) -> int:
        handle = real_open(path, flags, *more, **named)
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            os.close(handle)
            raise PermissionError(13, "Permission denied", path)
        return handle

    def kill(process: int, number: int) -> None:
        if number == 0:
            raise AssertionError(f"os.kill({process}, 0) ends the process there")
        real_kill(process, number)

    def select(*lists: Any) -> Any:
        import socket

        if all(isinstance(each, socket.socket) for some in lists[:3] for each in some):
            return real_select(*lists)
        raise OSError(10038, "not a socket")

    os.open, os.kill = open_file, kill  # type: ignore[assignment]
    __import__("select").select = select
    for name in (*OF_OS, *(each for each in dir(os) if each.startswith(("sched_", "posix_")))):
        os.__dict__.pop(name, None)
    for name in OF_SIGNAL:
        signal.__dict__.pop(name, None)
    _backslashes()
    os.supports_dir_fd.clear()  # type: ignore[attr-defined]
    for name in MODULES:
        sys.modules.pop(name, None)
    sys.meta_path.insert(0, _Missing())  # type: ignore[arg-type]


def _backslashes() -> None:
    """Join bytes by backslashes, which open what slashes do; git and the ledger know no such.

    Bytes are what the program's index is made of; texts are joined by libraries, and given to git.
    """
    import ntpath

    real_join = os.path.join

    def plain(path: Any) -> Any:
        if isinstance(path, bytes):
            return path.replace(b"\\", b"/")
        return path.replace("\\", "/") if isinstance(path, str) else path

    def opening(call: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *paths, **named: call(*map(plain, paths), **named)

    def join(first: Any, *more: Any) -> Any:
        return (ntpath.join if isinstance(first, bytes) else real_join)(first, *more)

    for name in ("stat", "lstat", "listdir", "scandir", "readlink", "access", "open", "mkdir"):
        setattr(os, name, opening(getattr(os, name)))
    starting, own = types.ModuleType("os"), types.ModuleType("posixpath")
    own.__dict__.update(os.path.__dict__)
    starting.__dict__.update(os.__dict__ | {"path": own})
    subprocess.os = starting  # type: ignore[attr-defined]  # it finds programs as this system does
    os.path.join = join


def import_all() -> list[str]:
    """Import every module of the program; their names."""
    import ledger

    walked = pkgutil.walk_packages(ledger.__path__, "ledger.")
    names = [each.name for each in walked if not each.name.endswith("__main__")]
    for name in names:
        import_module(name)
    return names


def carry_out(lines: Sequence[tuple[str, Sequence[str]]]) -> list[tuple[int, str, str]]:
    """Carry command lines out, one after another, with nobody to ask."""
    from ledger.cli.app import run

    encoding = sys.stdout.encoding
    outcomes = []
    for folder, arguments in lines:
        os.chdir(folder)
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2))
        before = sys.stdout, sys.stderr, sys.stdin
        sys.stdout, sys.stderr, sys.stdin = out, err, io.StringIO()
        try:
            code = run(list(arguments))
        finally:
            sys.stdout, sys.stderr, sys.stdin = before
        texts = []
        for stream in (out, err):
            stream.flush()
            texts.append(stream.buffer.getvalue().decode(encoding))  # type: ignore[attr-defined]
        outcomes.append((code, *texts))
    return outcomes


if __name__ == "__main__":
    if sys.argv[1] == "import":
        import_module("platformdirs")  # of Textual's, which goes by what a system is called
    take_away()
    if sys.argv[1] == "code":
        code = sys.argv.pop(2)
        del sys.argv[1]
        exec(code, {})  # noqa: S102 - a test's own
    else:
        done = import_all() if sys.argv[1] == "import" else carry_out(json.load(sys.stdin))
        print(json.dumps(done))
