"""`ledger merge` of what is not a closing that waits: nothing is deleted, nothing breaks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import LedgerFolder, run_git

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import MakeLedger

DAY = ("--today", "2017-03-01")


@pytest.fixture
def clone(make_ledger: MakeLedger, tmp_path: Path) -> LedgerFolder:
    """Somebody's clone with two commits on its main branch, and a server."""
    one = make_ledger(2, files={"README.md": "台账\n"})
    one.write("README.md", "台账，第二版\n")
    one.commit("第二版")
    run_git(tmp_path, "clone", "--quiet", "--bare", "--template=", "ledger", "server.git")
    one.git("remote", "add", "origin", "../server.git")
    one.git("fetch", "--quiet", "origin")
    one.git("config", "user.email", "second@example.com")
    return one


def refs(clone: LedgerFolder) -> tuple[str, str]:
    """The branches here and at the server."""
    remote = run_git(clone.root.parent / "server.git", "for-each-ref", "refs/heads/")
    return clone.git("for-each-ref", "refs/heads/"), remote


@pytest.mark.parametrize("where", ["HEAD", "HEAD~1"])
@pytest.mark.parametrize("name", ["同事的分支", "archive/2016", "work/office-2017", "close/x"])
@pytest.mark.parametrize("remote", [True, False])
def test_a_branch_without_a_commit_of_its_own_stays(
    remote: bool, name: str, where: str, clone: LedgerFolder, invoke: Invoke
) -> None:
    clone.git("branch", name, where)
    if remote:
        clone.git("push", "--quiet", "origin", name)
    else:
        clone.git("remote", "remove", "origin")
    before = refs(clone)
    done = invoke(clone, *DAY, "merge", name, "--yes")
    assert done.code == 0
    assert done.err == f"分支 {name} 上的提交主分支里都有了，没有要合并的，分支没有动。\n"
    assert refs(clone) == before


@pytest.mark.parametrize("how", ["--no-ff", "--ff-only"])
def test_a_closing_that_was_merged_by_git_goes(
    how: str, clone: LedgerFolder, invoke: Invoke
) -> None:
    name = "close/DZH-2017-05_GZ2017-001"
    clone.git("switch", "--quiet", "--create", name)
    clone.write_task(id="GZ2017-001", goal="会议定的")
    clone.commit("销号\n\nLedger-Op: close\nLedger-Decision: DZH-2017-05")
    clone.git("push", "--quiet", "origin", name)
    clone.git("switch", "--quiet", "main")
    clone.git("merge", "--quiet", how, name)
    done = invoke(clone, *DAY, "merge", name, "--yes")
    assert (done.code, done.err) == (0, f"分支 {name} 已经合并过了，不用重复合并。\n")
    assert name not in "".join(refs(clone))


def test_a_branch_of_somebody_is_merged_and_stays_his(clone: LedgerFolder, invoke: Invoke) -> None:
    clone.git("switch", "--quiet", "--create", "同事的分支")
    clone.write_task(id="GZ2017-001", goal="同事写的")
    clone.commit("同事的修改", email="other@example.com")
    clone.git("push", "--quiet", "origin", "同事的分支")
    clone.git("switch", "--quiet", "main")
    done = invoke(clone, *DAY, "merge", "同事的分支", "--yes")
    assert done.code == 0, done.err
    assert "已合并 同事的分支" in done.err
    assert all("refs/heads/同事的分支" in each for each in refs(clone))
    again = invoke(clone, *DAY, "merge", "同事的分支", "--yes")
    assert again.err == "分支 同事的分支 上的提交主分支里都有了，没有要合并的，分支没有动。\n"


ODD = {
    "main": "main 就是主分支，不用合并。请写要合并进来的分支；ledger close --list ",
    "refs/heads/main": "没有分支“refs/heads/main”",
    "origin/main": "没有分支“origin/main”",
    "HEAD": "没有分支“HEAD”",
    "@": "“@”不能作分支名称",
    "": "没有写要合并的分支",
    " ": "不能作分支名称",
    "main ": "不能作分支名称",
    "a..b": "“a..b”不能作分支名称",
    "main~1": "“main~1”不能作分支名称",
    "close/*": "“close/*”不能作分支名称",
    "close/": "“close/”不能作分支名称",
    "没有的": "没有分支“没有的”",
    "x" * 201: "不能作分支名称",
}


@pytest.mark.parametrize("remote", [True, False])
@pytest.mark.parametrize("name", ODD)
def test_what_is_no_branch_to_be_merged(
    name: str, remote: bool, clone: LedgerFolder, invoke: Invoke
) -> None:
    if not remote:
        clone.git("remote", "remove", "origin")
    before = refs(clone)
    outcome = invoke(clone, *DAY, "merge", "--yes", "--", name)
    assert outcome.code == 2, outcome.err
    assert ODD[name] in outcome.err
    assert refs(clone) == before


def test_a_branch_is_named_without_its_remote(clone: LedgerFolder, invoke: Invoke) -> None:
    clone.git("push", "--quiet", "origin", "HEAD:refs/heads/close/x")
    outcome = invoke(clone, *DAY, "merge", "origin/close/x", "--yes")
    assert outcome.code == 2
    assert outcome.err == "没有分支“origin/close/x”。分支名称前面不写远端：ledger merge close/x。\n"


def test_what_was_committed_to_a_closing_since_is_not_lost(
    clone: LedgerFolder, invoke: Invoke
) -> None:
    clone.git("switch", "--quiet", "--create", "close/x")
    clone.write_task(id="GZ2017-001", goal="会议定的")
    clone.commit("销号\n\nLedger-Op: close\nLedger-Decision: DZH-2017-05")
    clone.git("push", "--quiet", "origin", "close/x")
    clone.git("switch", "--quiet", "main")
    clone.git("merge", "--quiet", "--no-ff", "close/x")
    clone.git("switch", "--quiet", "close/x")
    clone.write_task(id="GZ2017-002", goal="后来的")
    more = clone.commit("后来的")
    clone.git("switch", "--quiet", "main")
    assert invoke(clone, *DAY, "merge", "close/x", "--yes").code == 0
    assert clone.git("rev-parse", "close/x").strip() == more
