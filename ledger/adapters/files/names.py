"""Files of the working tree found by their names alone: however many there are, none is looked at.

A listing of names costs a tenth of what the same files' sizes and times cost.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ledger.model.paths import is_data_name

_PLAIN = ".yaml"  # how nearly every name in a folder of data ends; no folder is called so


def files_named(root: Path, folder: str, part: str) -> list[str]:
    """The data files below a folder whose names hold a text, in path order.

    Whether each is a regular file `is_regular` tells.

    Args:
        root: the ledger's root.
        folder: relative to it; nothing is found where there is none.
        part: letters' cases make no difference; an empty one is in every name.
    """
    folded = part.casefold()
    return sorted(
        f"{place}/{name}"
        for place, names, listed in _folders(root, folder)
        if folded in listed.casefold()
        for name in names
        if folded in name.casefold() and is_data_name(name)
    )


def is_regular(root: Path, path: str) -> bool:
    """Whether a path is a regular file, no link and no folder."""
    return stat.S_ISREG(_mode(f"{root}/{path}"))


def _folders(root: Path, folder: str) -> Iterator[tuple[str, list[str], str]]:
    """A folder and those below it, links apart, each with the names in it, also as one text."""
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        try:
            names = os.listdir(f"{root}/{place}")  # noqa: PTH208 - a tenth of what paths cost
        except (FileNotFoundError, NotADirectoryError):
            continue
        listed = "\n".join([*names, ""])
        yield place, names, listed
        if listed.count("\n") == listed.count(f"{_PLAIN}\n"):  # most often: then one look will do
            continue
        others = [name for name in names if name[-len(_PLAIN) :] != _PLAIN]
        waiting += (
            f"{place}/{name}"
            for name in others
            if not is_data_name(name) and _is_folder(f"{root}/{place}/{name}")
        )


def _is_folder(place: str) -> bool:
    return stat.S_ISDIR(_mode(place))


def _mode(place: str) -> int:
    try:
        return os.lstat(place).st_mode
    except OSError:  # gone since it was listed
        return 0
