"""Where a ledger is whose ledger.yaml is gone or broken, and how to get it back.

What history has is not lost: nobody who has a ledger is told to make a new one.
"""

from __future__ import annotations

from pathlib import Path

from ledger.adapters.git.merge import at_top
from ledger.adapters.git.repo import GitRepo
from ledger.adapters.git.walk import last_of_some
from ledger.errors import LedgerError
from ledger.model.paths import CONFIG_FILE
from ledger.model.record import dataclass

_SHORT = 8


@dataclass(frozen=True, slots=True)
class Lost:
    """A ledger.yaml that is not there.

    Attributes:
        root: the folder where it was.
        since: the commit that has taken it away; empty where that was not committed.
        source: a commit that has it.
    """

    root: Path
    since: str
    source: str

    def error(self) -> LedgerError:
        """What is wrong, and how to get it back."""
        back = f"git restore --source={self.source[:_SHORT]} -SW {CONFIG_FILE}"
        if not self.since:
            return LedgerError(
                f"{self.root} 里没有 {CONFIG_FILE} 这个文件，最后一次提交里还有",
                hint=f"请在那个文件夹里运行 git restore --source=HEAD -SW {CONFIG_FILE} 取回",
            )
        return LedgerError(
            f"{self.root} 里没有 {CONFIG_FILE} 这个文件，是提交 {self.since[:_SHORT]} 拿走的",
            hint=f"还没有送出的，请在那个文件夹里运行 ledger sync --fold --restore {CONFIG_FILE}；"
            f"已经送出的，或者没有远端的，运行 {back}，再提交",
        )


def find_lost(repo: GitRepo) -> Lost | None:
    """The nearest folder, from the repository's root as given up, that had a ledger.yaml.

    Args:
        repo: seen from a folder that has none, nor has any above it.
    """
    if repo.head() is None:
        return None
    top = at_top(repo)
    folders = [each for each in (repo.root, *repo.root.parents) if each.is_relative_to(top.root)]
    paths = {str((each / CONFIG_FILE).relative_to(top.root)): each for each in folders}
    at_head = {each.path for each in top.files_of("HEAD", [*paths]) if each.mode.startswith("100")}
    for path, folder in paths.items():
        if path in at_head:
            return Lost(folder, "", "HEAD")
    since: dict[str, str] = {}
    for commit in last_of_some(top, "HEAD", [*paths]):
        for file in (each for each in commit.files if each.path in paths):  # none of a folder's
            if file.is_file():
                return Lost(paths[file.path], since.get(file.path, ""), commit.id)
            since[file.path] = commit.id
    return None
