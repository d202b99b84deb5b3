"""One writer at a time in a working tree: a lock of the kernel's, which no dead process can keep.

The git processes that a writer starts inherit the lock. When it is free, neither the writer nor
any git that it had started is alive, so what they left half done may be settled.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ledger.errors import LedgerError

WAIT_SECONDS = 10.0
_STEP_SECONDS = 0.02
_SAID_AFTER = 0.5  # seconds: who gets his turn sooner need not know that he waited
_BUSY = (errno.EACCES, errno.EAGAIN)  # fcntl(2): held by another
_MOST_BYTES = 1000

_held = threading.local()  # of this thread: path → file descriptor
_open: set[int] = set()  # of all threads: what the git processes inherit


@contextmanager
def writing(
    folder: Path, wait: float = WAIT_SECONDS, tell: Callable[[str], object] | None = None
) -> Iterator[None]:
    """Hold the write lock of a ledger; who holds it already goes on holding it.

    Args:
        folder: where the lock file is kept (`.git/ledger`).
        wait: for how many seconds another process may go on holding it.
        tell: told, once, for whom it is waiting (Chinese).

    Raises:
        LedgerError: another process did not give it back.
        OSError: the folder cannot be written.
    """
    mine: dict[Path, int] = _held.__dict__.setdefault("files", {})
    path = folder / "write.lock"
    if path in mine:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        _acquire(handle, wait, tell)
        _sign(handle)
        mine[path] = handle
        _open.add(handle)
        yield
    finally:
        mine.pop(path, None)
        _open.discard(handle)
        os.close(handle)


def inherited() -> tuple[int, ...]:
    """The file descriptors that a process started by a writer has to inherit."""
    return tuple(_open)


def _acquire(handle: int, wait: float, tell: Callable[[str], object] | None) -> None:
    begun = time.monotonic()
    told = tell is None
    while not _taken(handle):
        waited = time.monotonic() - begun
        if waited > wait:
            raise LedgerError(
                f"另一个 ledger 正在写入（{_owner(handle)}），等了 {wait:g} 秒还没有结束",
                hint="请等它结束后再试；它已经停住的，先结束那个进程",
            )
        if not told and waited > _SAID_AFTER and tell is not None:
            tell(f"另一个 ledger 正在写入（{_owner(handle)}），等它结束……")
            told = True
        time.sleep(_STEP_SECONDS)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _BUSY:
            return False
        raise
    return True


def _sign(handle: int) -> None:
    """Say in the file whose it is, for those who wait; a full disk is no reason to refuse."""
    owner = {"pid": os.getpid(), "host": socket.gethostname(), "since": int(time.time())}
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(owner).encode(), 0)


def _owner(handle: int) -> str:
    try:
        owner = json.loads(os.pread(handle, _MOST_BYTES, 0))
        age = max(0, int(time.time()) - int(owner["since"]))
        return f"{owner['host']} 上的进程 {owner['pid']}，已 {age} 秒"
    except (OSError, ValueError, KeyError, TypeError):
        return "不知道是哪个进程"
