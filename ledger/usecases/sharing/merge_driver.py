"""The merge driver: who merges with git itself gets the ledger's way of merging too."""

from __future__ import annotations

import shlex
import sys

from ledger.adapters.disk import store
from ledger.adapters.disk.store import FileChange
from ledger.adapters.git.merge import driver, drivers_of, set_driver
from ledger.adapters.git.repo import GitRepo
from ledger.model.paths import (
    ATTRIBUTES_FILE,
    CONFIG_FILE,
    DATA,
    path_of_decision,
    path_of_source,
    path_of_task,
)
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.act import Operation, alone, record

ATTRIBUTES = f"{DATA}/**/*.yaml merge=ledger\n{CONFIG_FILE} merge=ledger\n".encode()
_NAME = "ledger"
_SAFE, _OLDER = "-P", " -m ledger merge-driver "
_EXAMPLES = (CONFIG_FILE, path_of_task("a", "a"), path_of_source("a"), path_of_decision("a", "a"))


def configure_driver(repo: GitRepo) -> bool:
    """Name the driver in the repository's configuration; False when it was there already."""
    # -P: git starts it in the work tree, and nothing that a branch has put there is imported.
    program = " ".join(shlex.quote(part) for part in (sys.executable, _SAFE, "-m", "ledger"))
    command = f"{program} merge-driver %O %A %B %P"
    if driver(repo, _NAME) == command:
        return False
    set_driver(repo, _NAME, "台账文件按内容合并", command)
    return True


@alone
def install_driver(ledger: Ledger) -> bool:
    """Have git merge the ledger's files by meaning here; False when it does already.

    The configuration is this clone's own; .gitattributes is committed where it lacks the lines.
    """
    configured = configure_driver(ledger.repo)
    if _is_named(ledger.repo):
        return configured
    place = ledger.root / ATTRIBUTES_FILE
    old = store.read(ledger.root, ATTRIBUTES_FILE) if place.exists() else None
    before = old or b""
    new = before + (b"" if before.endswith(b"\n") or not before else b"\n") + ATTRIBUTES
    operation = Operation("gate", "台账文件按内容合并")
    record(ledger, [FileChange(ATTRIBUTES_FILE, old, new)], operation, commit=True)
    return True


def lacking(repo: GitRepo) -> str:
    """Why git would merge the ledger's files line by line (Chinese); empty when it would not."""
    if not _is_named(repo):
        return f"{ATTRIBUTES_FILE} 没有写明台账文件按内容合并"
    command = driver(repo, _NAME)
    if not command:
        return "这个仓库没有装合并驱动，git 会逐行合并台账文件"
    if _OLDER in command and f" {_SAFE} " not in command:
        return "合并驱动是旧版装的，会先到当前文件夹里找程序"
    return ""


def _is_named(repo: GitRepo) -> bool:
    return all(each == _NAME for each in drivers_of(repo, *_EXAMPLES))
