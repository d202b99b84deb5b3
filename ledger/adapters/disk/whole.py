"""A folder that is there with all that belongs in it, or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.adapters.disk.interrupt import Course
from ledger.errors import LedgerError


@contextmanager
def made_whole(folder: Path, course: Course) -> Iterator[Path]:
    """A place in a folder, new or empty, whose content becomes the folder's when the body ends.

    Where the body fails or is interrupted the folder is as it was, with those above it.

    Raises:
        LedgerError: it is a file, or there is something in it.
    """
    _refuse_taken(folder)
    first = next((each for each in (*reversed(folder.parents), folder) if not each.exists()), None)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=".ledger-", dir=folder))
        yield place
        with course.undisturbed():  # what is moved can be taken away only when all of it is there
            _moved_up(place)
            course.did(f"建好 {folder}", last=True)
    except BaseException:
        for each in [first] if first else folder.iterdir():
            shutil.rmtree(each)
        raise


def _refuse_taken(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise LedgerError(f"{folder} 是文件，不是文件夹", hint="请换一个文件夹名")
    if folder.is_dir() and any(folder.iterdir()):
        raise LedgerError(f"{folder} 里已经有文件", hint="请换一个新的或者空的文件夹")


def _moved_up(place: Path) -> None:
    for each in sorted(place.iterdir()):
        each.rename(place.parent / each.name)
    place.rmdir()
