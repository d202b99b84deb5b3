"""One writer at a time in a working tree: a lock file that names its owner."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.errors import LedgerError

_WAIT_SECONDS = 10.0
_STEP_SECONDS = 0.02


@contextmanager
def writing(folder: Path, wait: float = _WAIT_SECONDS) -> Iterator[None]:
    """Hold the write lock of a ledger.

    Args:
        folder: where the lock file is kept (`.git/ledger`).
        wait: for how many seconds another live process may go on holding it.

    Raises:
        LedgerError: another process, or somebody on another machine, did not give it back.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "write.lock"
    deadline = time.monotonic() + wait
    while not (mine := _taken(path)):
        if _is_stale(path):
            _clear_stale(path)
        elif time.monotonic() > deadline:
            raise LedgerError(
                f"另一个 ledger 正在写入（{_owner(path)}），等了 {wait:g} 秒还没有结束",
                hint=f"请稍后再试；确认没有程序在写时，可删除 {path}",
            )
        else:
            time.sleep(_STEP_SECONDS)
    try:
        yield
    finally:
        if _read(path) == mine:  # it may have been deleted by hand and belong to another by now
            path.unlink(missing_ok=True)


def _taken(path: Path) -> dict[str, object]:
    """Make the lock file with its content in one step, so that nobody reads it half written.

    Returns:
        What the file says of its owner, nothing when there is a lock file already.
    """
    said: dict[str, object] = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": int(time.time()),
    }
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".tmp", dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(said, file)
        os.fchmod(file.fileno(), 0o644)  # other users of the repository must see whose it is
    try:
        os.link(name, path)
    except FileExistsError:
        return {}
    finally:
        Path(name).unlink(missing_ok=True)
    return said


def _clear_stale(path: Path) -> None:
    """Remove a dead process's lock file.

    Of two processes that find it, the slower one could remove the lock that the faster one has
    made meanwhile; so they take turns, and each looks again.
    """
    with path.with_name(f"{path.name}.turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if _is_stale(path):
            path.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, object]:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _is_stale(path: Path) -> bool:
    """Whether the owner is a process of this machine that no longer lives."""
    said = _read(path)
    pid = said.get("pid")
    if said.get("host") != socket.gethostname() or not isinstance(pid, int):
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):  # or a number that no process can have
        return True
    except PermissionError:
        return False
    return False


def _owner(path: Path) -> str:
    said = _read(path)
    since = said.get("since")
    age = int(time.time() - since) if isinstance(since, int) else 0
    return f"{said.get('host', '不明')} 上的进程 {said.get('pid', '不明')}，已 {age} 秒"
