"""Commits that are named: who made them, and where a history begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.adapters.git.walk import beginnings, makers_of

if TYPE_CHECKING:
    from tests.conftest import MakeLedger


def test_who_made_some_commits(make_ledger: MakeLedger) -> None:
    made = make_ledger([{}])
    first = made.git("rev-parse", "HEAD").strip()
    made.write_task(goal="目标")
    second = made.commit("改目标\n\n为什么", "2017-05-01T09:00:00+08:00")
    told = makers_of(made.open().repo, [second, first])
    assert [*told] == [second, first]
    assert told[second].subject == "改目标"
    assert told[second].date == "2017-05-01T09:00:00+08:00"
    assert told[second].parents == (first,)
    assert told[first].files == ()
    assert makers_of(made.open().repo, []) == {}


def test_where_a_history_begins(make_ledger: MakeLedger) -> None:
    made = make_ledger([{}])
    first = made.git("rev-parse", "HEAD").strip()
    made.write_task(goal="目标")
    made.commit()
    assert beginnings(made.open().repo, "HEAD") == [first]
    made.git("checkout", "--quiet", "--orphan", "other")
    other = made.commit("另一个开头")
    made.git("checkout", "--quiet", "main")
    made.git("merge", "--quiet", "--allow-unrelated-histories", "-s", "ours", "-m", "合并", "other")
    assert {*beginnings(made.open().repo, "HEAD")} == {first, other}
