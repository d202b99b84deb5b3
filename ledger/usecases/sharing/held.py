"""Who else holds a commit that is to be written anew: a remote, a tag, another branch."""

from __future__ import annotations

from pathlib import PurePosixPath

from ledger.adapters.git.merge import refs_holding
from ledger.adapters.git.repo import GitRepo
from ledger.adapters.git.rewrite import work_trees
from ledger.errors import LedgerError
from ledger.usecases.checking.seal import PREFIX as SEALS

_SHORT = 8
_REMOTES, _TAGS, _BRANCHES = "refs/remotes/", "refs/tags/", "refs/heads/"


def refuse_held(repo: GitRepo, commit: str) -> None:
    """Raise where somebody else may have a commit, or another branch or a tag stands on it.

    Raises:
        LedgerError: it names the first of them, and how to go on.
    """
    own = repo.branch_ref()
    worst = (_REMOTES, _TAGS + SEALS, _TAGS, _BRANCHES)
    refs = refs_holding(repo, commit, _REMOTES, _TAGS, _BRANCHES)
    for ref in sorted(refs, key=lambda ref: [not ref.startswith(x) for x in worst]):
        name = ref.removeprefix(_REMOTES).removeprefix(_TAGS).removeprefix(_BRANCHES)
        short = commit[:_SHORT]
        if ref.startswith(_REMOTES):
            raise LedgerError(
                f"提交 {short} 已经随 {name} 送出，别人可能已经取回，不能并步",
                hint="请管服务器的人处理",
            )
        if ref.startswith(_TAGS + SEALS):
            raise LedgerError(
                f"提交 {short} 已经封存在标签 {name} 里，不能并步",
                hint="还没有送出的封存，请管理员删除以后再试",
            )
        if ref.startswith(_TAGS):
            raise LedgerError(
                f"标签 {name} 指着的历史里有提交 {short}，不能只改一处",
                hint="这个标签不用了的，请管理员删除它，再运行一次",
            )
        if ref != own:
            raise LedgerError(
                f"分支 {name} 上也有提交 {short}，不能只改一处", hint=_way_out(repo, name)
            )


def _way_out(repo: GitRepo, branch: str) -> str:
    """What to do about another branch; one that is merged has nothing of its own."""
    place = work_trees(repo).get(branch, "")
    if repo.merge_base("HEAD", repo.branch_commit(branch)) != repo.branch_commit(branch):
        return f"请先合并它；不要它的，运行 ledger close --drop {branch}；然后再运行一次"
    removed = f"移走用它的文件夹 {PurePosixPath(place)}，再" if place else ""
    return f"它已经合并过了，请{removed}运行 ledger close --drop {branch} 删除它，然后再运行一次"
