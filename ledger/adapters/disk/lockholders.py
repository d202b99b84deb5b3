"""Who holds a lock of the kernel's, where /proc tells (Linux): a writer, its git, or a left-over.

Source: proc(5), `/proc/pid/fdinfo`: the lines `lock:` are the locks of that very open file, so a
process that merely waits with the file open shows none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_LOCK = re.compile(r"^lock:\t\d+: FLOCK +ADVISORY +WRITE (-?\d+) ", re.MULTILINE)
_PROCESSES = Path("/proc")


def left_over(path: Path) -> bool:
    """Whether a locked file is held by nothing but what a dead writer's hooks left running.

    A git at work holds it rightly, and so does who has locked it. Where nobody is seen to hold it,
    or it is not seen whether he has locked it, the answer is no.
    """
    holders = list(_holders(path))
    return bool(holders) and all(
        locker >= 0 and process != locker and "git" not in name for process, locker, name in holders
    )


def _holders(path: Path) -> Iterator[tuple[int, int, str]]:
    """The processes that hold a lock on a file: number, who has locked it, the program's name.

    Who has locked it is 0 in a container (a namespace of process numbers) where he is dead, for
    the kernel finds no number for him there; below 0 where he was never a process of this machine.
    """
    for process in _PROCESSES.glob("[0-9]*"):
        try:
            numbers = [each.name for each in (process / "fd").iterdir()]
        except OSError:  # gone by now, or somebody else's
            continue
        for number in numbers:
            with suppress(OSError):  # closed by now
                locker = _locker(process, number, path)
                if locker is not None:
                    name = (process / "comm").read_text("utf-8", "replace").strip()
                    yield int(process.name), locker, name


def _locker(process: Path, number: str, path: Path) -> int | None:
    """Who has locked what a file descriptor is of; None for another file, or where it is not."""
    descriptor = process / "fd" / number
    if descriptor.readlink().name != path.name or not descriptor.samefile(path):
        return None
    told = (process / "fdinfo" / number).read_text("ascii", "replace")
    lock = _LOCK.search(told)
    return int(lock[1]) if lock else None
