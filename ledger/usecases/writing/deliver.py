"""Files that are handed over: whole or not at all, and never in place of the ledger's own."""

from __future__ import annotations

from pathlib import Path

from ledger.adapters.disk import store
from ledger.errors import LedgerError, UsageError
from ledger.model.paths import CONFIG_FILE, DATA, TEMPLATES
from ledger.usecases.reading.open import Ledger


def deliver(ledger: Ledger, place: Path, content: bytes, overwrite: bool) -> None:
    """Write an exported file whole or not at all.

    Args:
        overwrite: whether a file that is there may be replaced; somebody may have edited it.

    Raises:
        UsageError: there is no such folder, or it is no place for a file.
        LedgerError: it is one of the ledger's own files or git's, or it exists.
    """
    target = place.resolve()
    if not target.parent.is_dir():
        raise UsageError(f"文件夹 {place.parent} 不存在", hint="请先建好文件夹，或换一个位置")
    if target.exists() and not target.is_file():
        raise UsageError(f"{place} 不是普通文件", hint="请在 -o 后面写一个文件名")
    refuse_own_files(ledger, place, target)
    old = target.read_bytes() if target.exists() else None
    if old is not None and not overwrite:
        raise LedgerError(
            f"文件 {place} 已经存在，没有覆盖", hint="请换一个文件名；确认不要旧文件时加 --force"
        )
    store.write_over(target, old, content)


def make_folder(ledger: Ledger, folder: Path) -> None:
    """Make a folder into which files are to be handed over, where there is none.

    Raises:
        UsageError: the folder around it is not there, or something else is there.
        LedgerError: it would be among the ledger's own files.
    """
    if folder.is_dir():
        return
    target = folder.resolve()
    if folder.exists():
        raise UsageError(f"{folder} 不是文件夹", hint="请在 -o 后面写一个文件夹")
    if not target.parent.is_dir():
        raise UsageError(f"文件夹 {folder.parent} 不存在", hint="请先建好文件夹，或换一个位置")
    refuse_own_files(ledger, folder, target)
    target.mkdir()


def refuse_own_files(ledger: Ledger, place: Path, target: Path) -> None:
    """Let nothing be written over what is the ledger's own, or git's.

    Args:
        place: as it was named; target: where that leads.

    Raises:
        LedgerError: it is there.
    """
    root = ledger.root.resolve()
    inside = target.relative_to(root).parts if target.is_relative_to(root) else ()
    own = inside[:1] in {(DATA,), (TEMPLATES,), (CONFIG_FILE,)}
    if own or any(part.casefold() == ".git" for part in target.parts):
        raise LedgerError(
            f"不能导出到 {place}，那里是台账自己的文件", hint="请换到台账文件夹之外的位置"
        )
