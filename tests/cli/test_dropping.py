"""`close --drop`: a closing that nobody wants any more, or a branch that is merged, is removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke, OnTerminal
    from tests.conftest import LedgerFolder, MakeClone

CLOSING = "close/DZH-2017-1_GZ2017-001"


@pytest.fixture
def clone(make_clone: MakeClone) -> LedgerFolder:
    """Somebody's clone; a closing is proposed, here and at the server."""
    made: LedgerFolder = make_clone([{}], {})
    made.git("switch", "--quiet", "--create", CLOSING)
    made.write("销号.md", "1")
    made.commit("销号")
    made.git("push", "--quiet", "origin", CLOSING)
    made.git("switch", "--quiet", "main")
    return made


def branches(clone: LedgerFolder) -> tuple[set[str], set[str]]:
    """Their names here and at the server."""
    listed = clone.git("ls-remote", "origin", "refs/heads/*").split()[1::2]
    here = clone.git("for-each-ref", "--format=%(refname:short)", "refs/heads/").split()
    return {*here}, {each.removeprefix("refs/heads/") for each in listed}


def test_here_and_at_the_server(clone: LedgerFolder, invoke: Invoke) -> None:
    commit = clone.git("rev-parse", CLOSING).strip()
    done = invoke(clone, "close", "--drop", CLOSING)
    assert (done.code, done.out) == (0, "")
    places = f"本机 {commit[:10]}、远端“origin” {commit[:10]}"
    told, dropped = done.sentences
    assert told == f"分支 {CLOSING}（{places}）没有合并，作废以后可以用 ledger close 再提。"
    assert dropped == f"已删除分支 {CLOSING}。"
    assert branches(clone) == ({"main"}, {"main"})
    again = invoke(clone, "close", "--drop", CLOSING)
    assert (again.code, f"没有分支“{CLOSING}”" in again.err) == (2, True)


def test_in_one_place_only(clone: LedgerFolder, invoke: Invoke) -> None:
    clone.git("branch", "--quiet", "-D", CLOSING)
    assert invoke(clone, "close", "--drop", CLOSING).code == 0
    assert branches(clone) == ({"main"}, {"main"})
    clone.git("branch", "close/merged")
    clone.git("branch", "别的")
    for name in ("close/merged", "别的"):
        done = invoke(clone, "close", "--drop", name)
        assert (done.code, "已经合并过了" in done.err) == (0, True)


def test_what_is_refused(clone: LedgerFolder, invoke: Invoke) -> None:
    """The main branch; work that is no closing and not merged; what is checked out."""
    clone.git("branch", "别的", CLOSING)
    clone.git("switch", "--quiet", CLOSING)
    before = branches(clone)
    for name, code, told in (
        ("main", 2, "main 是主分支，不能删除"),
        ("别的", 1, "还没有合并，也不是销号的分支"),
        ("没有", 2, "没有分支“没有”"),
        ("a..b", 1, "不能作分支名称"),
    ):
        done = invoke(clone, "close", "--drop", name)
        assert (done.code, told in done.err) == (code, True), done
        assert branches(clone) == before
    clone.git("push", "--quiet", "origin", f":{CLOSING}")
    done = invoke(clone, "close", "--drop", CLOSING)
    assert (done.code, "ledger doctor --fix" in done.err) == (1, True)
    assert CLOSING in branches(clone)[0]


def test_somebody_at_a_terminal_is_asked(clone: LedgerFolder, on_terminal: OnTerminal) -> None:
    before = branches(clone)
    command = ["close", "--drop", CLOSING]
    shown = on_terminal(clone, command, columns=160, answers=[("删除这个分支（是/否）", "否\n")])
    assert shown.code == 130, shown.text
    assert branches(clone) == before
    shown = on_terminal(clone, command, columns=160, answers=[("删除这个分支（是/否）", "是\n")])
    assert shown.code == 0, shown.text
    assert branches(clone) == ({"main"}, {"main"})
