"""What keeps a ledger from being opened at all, and what `doctor --fix` may do about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ledger.adapters.git import repair
from ledger.adapters.git.complaints import ForeignError
from ledger.adapters.git.repo import find_repo
from ledger.errors import LedgerError
from ledger.model.paths import CONFIG_FILE, is_config
from ledger.usecases.reading.lost import Lost, Unfilled, find_lost, find_unfilled
from ledger.usecases.reading.open import Ledger, open_ledger


def opened(folder: Path) -> Ledger:
    """The ledger of a folder, whose repository git reads.

    Raises:
        LedgerError: there is none, or git does not open it.
    """
    ledger = open_ledger(folder)
    ledger.repo.run("rev-parse", "--git-dir")
    return ledger


def way_in(folder: Path, error: LedgerError) -> Callable[[], str] | None:
    """What is to be done so that a ledger can be opened; None where nobody but a person knows.

    Args:
        error: what was said when it was tried.
    """
    if isinstance(error, ForeignError):
        return lambda: _trusted(error.folder)
    if not folder.is_dir():
        return None
    if misspelt := _misspelt(folder):
        return lambda: _renamed(misspelt)
    try:
        repo = find_repo(folder.resolve())
        if lost := find_lost(repo):
            return lambda: _put_back(lost)
        if unfilled := find_unfilled(repo):
            return lambda: _filled(unfilled)
    except LedgerError:
        pass
    return None


def _trusted(folder: str) -> str:
    repair.trust(Path(folder))
    return f"已经让 git 信任 {folder}（只是这个文件夹，只是您这个账号）"


def _misspelt(folder: Path) -> Path | None:
    """The file that is called ledger.yml instead, where there is no other."""
    configs = [each for each in folder.iterdir() if is_config(each.name) and each.is_file()]
    return configs[0] if len(configs) == 1 and configs[0].name != CONFIG_FILE else None


def _renamed(file: Path) -> str:
    file.rename(file.with_name(CONFIG_FILE))
    return f"{file.name} 已改名为 {CONFIG_FILE}，请运行 ledger save 保存"


def _put_back(lost: Lost) -> str:
    repair.put_back(find_repo(lost.root), CONFIG_FILE, lost.source)
    saved = "，请运行 ledger save 保存" if lost.since else ""
    return f"取回了 {CONFIG_FILE}{saved}"


def _filled(unfilled: Unfilled) -> str:
    repair.check_out_of(find_repo(unfilled.root), unfilled.remote, unfilled.branch)
    return f"取出了台账的文件，在主分支 {unfilled.branch} 上"
