"""One writer at a time in a working tree: a lock file that names its owner."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.errors import LedgerError

_WAIT_SECONDS = 10.0
_STEP_SECONDS = 0.02


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the write lock of a ledger.

    Args:
        folder: where the lock file is kept (`.git/ledger`).

    Raises:
        LedgerError: another live process holds it for longer than ten seconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "write.lock"
    deadline = time.monotonic() + _WAIT_SECONDS
    while not _taken(path):
        if _is_stale(path):
            path.unlink(missing_ok=True)
        elif time.monotonic() > deadline:
            raise LedgerError(
                f"另一个 ledger 正在写入（{_owner(path)}），等了十秒还没有结束",
                hint=f"请稍后再试；确认没有程序在写时，可删除 {path}",
            )
        else:
            time.sleep(_STEP_SECONDS)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _taken(path: Path) -> bool:
    """Make the lock file with its content in one step, so that nobody reads it half written."""
    mine = path.with_name(f"{path.name}.{os.getpid()}")
    mine.write_text(
        json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": int(time.time())}),
        encoding="utf-8",
    )
    try:
        os.link(mine, path)
    except FileExistsError:
        return False
    finally:
        mine.unlink(missing_ok=True)
    return True


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
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _owner(path: Path) -> str:
    said = _read(path)
    since = said.get("since")
    age = int(time.time() - since) if isinstance(since, int) else 0
    return f"{said.get('host', '不明')} 上的进程 {said.get('pid', '不明')}，已 {age} 秒"
