"""Handing a file to the user's own editor."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ledger.errors import LedgerError


def open_editor(command: str, file: Path) -> None:
    """Run an editor on a file until it is closed.

    Args:
        command: as git would run it (`git var GIT_EDITOR`), options included.

    Raises:
        LedgerError: the editor failed.
    """
    if subprocess.call(["sh", "-c", f'{command} "$1"', "sh", str(file)]):
        raise LedgerError(
            "编辑器没有正常结束", hint="台账没有改动；不用编辑器的，可用 --title 等选项直接写明"
        )
