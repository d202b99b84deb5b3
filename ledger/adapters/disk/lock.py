"""One writer at a time in a working tree: a lock of the kernel's, which no dead process can keep.

The git processes that a writer starts inherit the lock. When it is free, neither the writer nor
any git that it had started is alive, so what they left half done may be settled. What hooks leave
running in the background inherits it too and means nothing: a writer that comes to its end has
waited for its git and unlocks for all of them; of one that was killed `left_over` finds them out.

Who waits stands at a turnstile, a second lock, on which the kernel keeps the order of arrival. Only
who is through it may take the first one, or put a new file in the place of one that is left over.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ledger.adapters.disk.kernel_lock import IS_INHERITED, is_taken, unlock
from ledger.adapters.disk.kernel_lock import wait as wait_for_lock
from ledger.errors import LedgerError
from ledger.model.record import dataclass

WAIT_SECONDS = 10.0
_TIMES = 6  # times as long is waited altogether, while one writer follows another
_STEP_SECONDS = 0.005
_LOOK_SECONDS = 0.5  # between two looks at who holds it
_SAID_AFTER = 0.5  # seconds: who gets his turn sooner need not know that he waited
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
        wait: for how many seconds one and the same process may go on holding it.
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
    handle = _acquired(path, Patience(path, wait, tell, time.monotonic()))
    try:
        mine[path] = handle
        _open.add(handle)
        yield
    except Exception:
        unlock(handle)
        raise
    else:
        unlock(handle)
    finally:  # interrupted: a git that was told to end may not have done so yet, and keeps it
        mine.pop(path, None)
        _open.discard(handle)
        os.close(handle)


def inherited() -> tuple[int, ...]:
    """The file descriptors that a process started by a writer has to inherit."""
    return tuple(_open) if IS_INHERITED else ()


def is_alive(process: int) -> bool:
    """Whether there is a process of this number on this machine, whoever's it is.

    Where none can be asked for (Windows, where the same call would end it), there may be one.
    """
    if not hasattr(os, "fork"):
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # somebody else's
        pass
    return True


class Patience:
    """How long somebody waits: while one writer follows another longer than for a single one."""

    def __init__(
        self, path: Path, wait: float, tell: Callable[[str], object] | None, now: float
    ) -> None:
        """From now on; arguments as of `writing`, times in seconds of any clock."""
        self._path, self._wait, self._tell = path, wait, tell
        self._begun = self._since = now
        self._signed = _signature(path)

    def spend(self, now: float) -> None:
        """Say for whom it is waiting, once, when that takes a while.

        Raises:
            LedgerError: it is at an end.
        """
        signed = _signature(self._path)
        if signed != self._signed:
            self._signed, self._since = signed, now
        if self._tell and now - self._begun > _SAID_AFTER:
            self._tell(f"另一个 ledger 正在写入（{_owner(signed)}），等它结束……")
            self._tell = None
        if now - self._since > self._wait:
            raise LedgerError(
                f"另一个 ledger 正在写入（{_owner(signed)}），等了 {self._wait:g} 秒还没有结束",
                hint="请等它结束后再试；它已经停住的，先结束那个进程",
            )
        if now - self._begun > self._wait * _TIMES:
            raise LedgerError(
                f"排在前面的写入太多，等了 {self._wait * _TIMES:g} 秒还没有轮到",
                hint="请等它们结束后再试",
            )


def _acquired(path: Path, patience: Patience) -> int:
    """The file descriptor of the lock file, locked and signed."""
    with _through_turnstile(path.with_name("write.turn"), patience):
        handle = _opened(path)
        try:
            looked = time.monotonic()
            while not is_taken(handle):
                patience.spend(time.monotonic())
                time.sleep(_STEP_SECONDS)
                if time.monotonic() - looked > _LOOK_SECONDS:
                    looked = time.monotonic()
                    handle = _without_left_over(path, handle)
            _sign(handle)
        except BaseException:
            os.close(handle)
            raise
    return handle


def _without_left_over(path: Path, handle: int) -> int:
    """A new lock file in place of one that only a killed writer's left-overs hold."""
    owner = _read(_signature(path))
    if owner and not owner.is_gone():
        return handle
    from ledger.adapters.disk.lockholders import left_over  # not where nobody was killed

    if not (left_over(path) and left_over(path)):  # a second look: a fork may just become a git
        return handle
    path.unlink(missing_ok=True)
    fresh = _opened(path)
    os.close(handle)
    return fresh


@contextmanager
def _through_turnstile(path: Path, patience: Patience) -> Iterator[None]:
    """Be the one whose turn is next; the kernel keeps the order of those who wait for that."""
    handle = _opened(path)
    if is_taken(handle):
        try:
            yield
        finally:
            os.close(handle)
        return
    place = _Waiter(handle)
    try:
        while not place.reached.wait(_STEP_SECONDS * 10):
            patience.spend(time.monotonic())
        yield
    finally:
        place.leave()


class _Waiter:
    """A place in the line, kept by a thread: the kernel's wait for a lock has no time limit."""

    def __init__(self, handle: int) -> None:
        self.reached = threading.Event()
        self._handle = handle
        self._left, self._one = False, threading.Lock()
        threading.Thread(target=self._stand, daemon=True).start()

    def leave(self) -> None:
        """Let the next one through; from within the line only once it is this one's turn."""
        with self._one:
            self._left = True
            if self.reached.is_set():
                os.close(self._handle)

    def _stand(self) -> None:
        with suppress(OSError):  # whatever that is, taking the lock itself will say it
            wait_for_lock(self._handle)
        with self._one:
            self.reached.set()
            if self._left:
                os.close(self._handle)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)


def _sign(handle: int) -> None:
    """Say in the file whose it is, for those who wait; a full disk is no reason to refuse."""
    now = time.time()
    owner = {"pid": os.getpid(), "host": _this_machine(), "since": int(now), "exactly": now}
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, json.dumps(owner).encode())


def _this_machine() -> str:
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")


def _signature(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES)
    except OSError:
        return b""


@dataclass(frozen=True, slots=True)
class _Owner:
    """Who signed a lock file, and when."""

    process: int
    host: str
    since: int

    def is_gone(self) -> bool:
        """Whether it is known to have ended."""
        return self.host == _this_machine() and not is_alive(self.process)


def _read(signed: bytes) -> _Owner | None:
    try:
        owner = json.loads(signed)
        return _Owner(int(owner["pid"]), str(owner["host"]), int(owner["since"]))
    except (ValueError, KeyError, TypeError):
        return None


def _owner(signed: bytes) -> str:
    owner = _read(signed)
    if owner is None:
        return "不知道是哪个进程"
    if owner.is_gone():
        return f"进程 {owner.process} 已经结束，它启动的 git 还在运行"
    age = max(0, int(time.time()) - owner.since)
    return f"{owner.host} 上的进程 {owner.process}，已 {age} 秒"
