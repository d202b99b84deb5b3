"""A folder that is there with all that belongs in it, or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ledger.adapters.disk.interrupt import Course
from ledger.errors import LedgerError

_PLACE = ".ledger-new"


@contextmanager
def made_whole(folder: Path, course: Course) -> Iterator[Path]:
    """A place in a folder, new or empty, whose content becomes the folder's when the body ends.

    Where the body fails or is interrupted the folder is as it was, with those above it.

    Raises:
        LedgerError: it is a file, or there is something in it.
    """
    _refuse_taken(folder)
    above = [each for each in (folder, *folder.parents) if not each.exists()]
    place = folder / _PLACE
    made = [place]
    try:
        place.mkdir(parents=True)
        yield place
        with course.undisturbed():
            for each in sorted(place.iterdir()):
                _refuse_there(folder / each.name)
                made.append(each.rename(folder / each.name))
            place.rmdir()
            course.did(f"建好 {folder}", last=True)
    except BaseException:
        with course.undisturbed():
            _remove(made, above)
        raise


def _refuse_taken(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise LedgerError(f"{folder} 是文件，不是文件夹", hint="请换一个文件夹名")
    if folder.is_dir() and any(folder.iterdir()):
        raise LedgerError(f"{folder} 里已经有文件", hint="请换一个新的或者空的文件夹")


def _refuse_there(place: Path) -> None:
    if place.exists():
        raise LedgerError(f"{place} 是别的程序刚刚写的，没有动它", hint="请换一个文件夹，再试一次")


def _remove(made: Iterable[Path], above: Iterable[Path]) -> None:
    """Take away what was made, and the folders that were made for it if nothing else is in them."""
    for each in made:
        if each.is_dir():
            shutil.rmtree(each)
        else:
            each.unlink(missing_ok=True)
    for folder in above:
        with suppress(OSError):
            folder.rmdir()
