"""Where a ledger is whose ledger.yaml is gone, or was never fetched, and how to get it back.

What history has is not lost: nobody who has a ledger is told to make a new one.
"""

from __future__ import annotations

from pathlib import Path

from ledger.adapters.git.merge import at_top
from ledger.adapters.git.repo import GitRepo
from ledger.adapters.git.walk import last_of_some
from ledger.errors import LedgerError
from ledger.model.config import Forge
from ledger.model.paths import CONFIG_FILE
from ledger.model.record import dataclass

_SHORT = 8
_REMOTES = "refs/remotes/"


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
        if not self.since:
            return LedgerError(
                f"{self.root} 里没有 {CONFIG_FILE} 这个文件，最后一次提交里还有",
                hint="请在那个文件夹里运行 ledger doctor --fix 取回",
            )
        return LedgerError(
            f"{self.root} 里没有 {CONFIG_FILE} 这个文件，是提交 {self.since[:_SHORT]} 拿走的",
            hint=f"还没有送出的，请在那个文件夹里运行 ledger sync --fold --restore {CONFIG_FILE}；"
            "已经送出的，或者没有远端的，运行 ledger doctor --fix 取回，再运行 ledger save",
        )


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A clone of a ledger that has none of its files: the server's own branch is another one.

    Attributes:
        root: its folder.
        remote, branch: where the ledger is.
    """

    root: Path
    remote: str
    branch: str

    def error(self) -> LedgerError:
        """What is wrong, and how its files come here."""
        return LedgerError(
            f"{self.root} 是台账的克隆，文件还没有取出来：台账在服务器的 {self.branch} 分支上，"
            "服务器的默认分支却是别的",
            hint="请在那个文件夹里运行 ledger doctor --fix 取出",
        )


def find_unfilled(repo: GitRepo) -> Unfilled | None:
    """Whether a repository without a commit of its own knows a remote's ledger."""
    if repo.head() is not None:
        return None
    top = at_top(repo)
    listed = repo.run("for-each-ref", "--format=%(refname)", _REMOTES).decode(errors="replace")
    names = [name.removeprefix(_REMOTES).partition("/")[::2] for name in listed.split()]
    first = sorted(names, key=lambda name: name[1] != Forge().base)
    for remote, branch in (each for each in first if each[1] != "HEAD"):
        if top.files_of(f"{_REMOTES}{remote}/{branch}", [CONFIG_FILE]):
            return Unfilled(top.root, remote, branch)
    return None


def find_lost(repo: GitRepo) -> Lost | None:
    """The nearest folder, from the repository's root as given up, that had a ledger.yaml.

    Args:
        repo: seen from a folder that has none, nor has any above it.
    """
    if repo.head() is None:
        return None
    top = at_top(repo)
    folders = [each for each in (repo.root, *repo.root.parents) if each.is_relative_to(top.root)]
    paths = {(each / CONFIG_FILE).relative_to(top.root).as_posix(): each for each in folders}
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
