"""Opening a ledger, and which of its moments is meant; what it says is read by `load`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ledger.adapters.disk.interrupt import Course
from ledger.adapters.files.cache import Cache
from ledger.adapters.files.index.worktree import TaskIndex
from ledger.adapters.git.repo import GitRepo, find_repo
from ledger.errors import LedgerError, UsageError
from ledger.model.paths import CONFIG_FILE
from ledger.model.record import dataclass, field


@dataclass(frozen=True, slots=True)
class Ledger:
    """An opened ledger: its root folder, its repository and its cache.

    Attributes:
        course: how far the command that opened it has come.
        index: what the working tree has, as tables.
    """

    root: Path
    repo: GitRepo
    cache: Cache
    course: Course = field(default_factory=Course, compare=False)
    index: TaskIndex = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """The index is opened when it is asked."""
        object.__setattr__(self, "index", TaskIndex(self.root, self.repo.state_dir()))


def open_ledger(
    start: Path,
    tell: Callable[[str], object] | None = None,
    course: Course | None = None,
    *,
    lost: bool = False,
) -> Ledger:
    """The ledger that a folder belongs to.

    Args:
        start: any folder inside the ledger.
        tell: takes remarks on what the user names, see `GitRepo`, and what he waits for.
        course: as `Ledger` has it.
        lost: whether it may be one whose ledger.yaml a commit has taken away.

    Raises:
        LedgerError: no ledger.yaml there or above, or no git repository.
    """
    root = _find_root(start, lost)
    repo = find_repo(root, tell) if tell else find_repo(root)
    return Ledger(root, repo, Cache(repo.state_dir()), course or Course())


def rested(ledger: Ledger) -> None:
    """Have an opened ledger hold nothing that others may wait for, and look anew when it is asked.

    What nobody else has stays: an index and a cache that are in memory, since the disk lets us keep
    none.
    """
    ledger.index.rest()
    ledger.cache.rest()
    ledger.repo.answers.clear()
    ledger.repo.begun.clear()


def _find_root(start: Path, lost: bool) -> Path:
    if start.is_file():
        raise UsageError(f"{start} 是文件，不是文件夹", hint="请检查 -C 后面的路径")
    if not start.is_dir():
        raise UsageError(f"文件夹 {start} 不存在", hint="请检查 -C 后面的路径")
    folder = start.resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / CONFIG_FILE).is_file():
            return candidate
    if (folder / "HEAD").is_file() and (folder / "objects").is_dir():
        raise LedgerError(
            f"{folder} 是裸仓库，里面没有可以查看和填写的文件",
            hint="请换到它的克隆所在的文件夹；还没有的，请管理员克隆一份",
        )
    from ledger.usecases.reading.lost import find_lost, find_unfilled  # not where there is a ledger

    repo = find_repo(folder)  # which says so when this is no repository at all
    gone = find_lost(repo)
    if gone and gone.since and lost:
        return gone.root
    if gone:
        raise gone.error()
    if unfilled := find_unfilled(repo):
        raise unfilled.error()
    raise LedgerError(
        f"{folder} 及其上级文件夹里都没有 {CONFIG_FILE}，这里不是台账",
        hint="请进入台账所在的文件夹，或运行 ledger init 新建台账",
    )
