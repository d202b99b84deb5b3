"""Copies of folders that are made once and looked at by many tests.

`shutil.copytree` asks four times as much of the system: attributes, flags and owners, which no test
looks at.
"""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
from pathlib import Path

_AT_ONCE = 1 << 20  # longer files pass in pieces


def copy_folder(source: Path, to: Path) -> Path:
    """Copy a folder with all that lies in it, and return where: `to`, which may be there already.

    Files keep their mode and time, links stay links; folders get new times.
    """
    to.mkdir(parents=True, exist_ok=True)
    _fill(os.fspath(source), os.fspath(to))
    return to


def compact(*repositories: Path) -> None:
    """Let repositories be few files, to be copied: their objects in a pack, no samples of hooks."""
    for repository in repositories:
        subprocess.run(["git", "repack", "-a", "-d", "-q"], cwd=repository, check=True)
        for sample in repository.glob("**/hooks/*.sample"):
            sample.unlink()


def _fill(source: str, to: str) -> None:
    with os.scandir(source) as entries:
        for entry in entries:
            name = f"{to}/{entry.name}"
            if entry.is_symlink():
                os.symlink(os.readlink(entry.path), name)  # noqa: PTH115, PTH211 - of thousands
            elif entry.is_dir():
                with contextlib.suppress(FileExistsError):
                    os.mkdir(name)  # noqa: PTH102
                _fill(entry.path, name)
            else:
                _copy(entry.path, name, entry.stat())


def _copy(source: str, to: str, status: os.stat_result) -> None:
    ours = os.open(source, os.O_RDONLY)
    theirs = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    while content := os.read(ours, _AT_ONCE):
        os.write(theirs, content)
        if len(content) < _AT_ONCE:
            break
    os.fchmod(theirs, stat.S_IMODE(status.st_mode))
    os.utime(theirs, ns=(status.st_atime_ns, status.st_mtime_ns))
    os.close(ours)
    os.close(theirs)
