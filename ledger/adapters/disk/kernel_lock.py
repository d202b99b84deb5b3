"""A lock of the kernel's on an open file, which ends with the process: `flock`, or Windows' own."""

from __future__ import annotations

import errno
import os
import time
from importlib import import_module
from typing import Any

try:
    import fcntl
except ImportError:  # Windows
    # Its locks keep everybody else from reading the bytes, so one is locked that is never there.
    _windows: Any = import_module("msvcrt")
    _BYTE = 1 << 30
    _BUSY: tuple[int, ...] = (errno.EACCES, errno.EDEADLK)
    IS_INHERITED = False

    def _lock(handle: int) -> None:
        os.lseek(handle, _BYTE, os.SEEK_SET)
        _windows.locking(handle, _windows.LK_NBLCK, 1)

    def unlock(handle: int) -> None:
        """Give it back for all that have inherited it."""
        os.lseek(handle, _BYTE, os.SEEK_SET)
        _windows.locking(handle, _windows.LK_UNLCK, 1)

    def wait(handle: int) -> None:
        """Take it, whenever that is; Windows asks ten times and gives up, so this asks itself."""
        while not is_taken(handle):
            time.sleep(_STEP_SECONDS)

else:
    _BUSY = (errno.EACCES, errno.EAGAIN)  # fcntl(2): held by another
    IS_INHERITED = True

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def unlock(handle: int) -> None:
        """Give it back for all that have inherited it."""
        fcntl.flock(handle, fcntl.LOCK_UN)

    def wait(handle: int) -> None:
        """Take it, whenever that is; the kernel keeps the order of those who wait."""
        fcntl.flock(handle, fcntl.LOCK_EX)


_STEP_SECONDS = 0.05


def is_taken(handle: int) -> bool:
    """Take it, unless somebody else has it.

    Raises:
        OSError: the file system has no locks.
    """
    try:
        _lock(handle)
    except OSError as error:
        if error.errno in _BUSY:
            return False
        raise
    return True
