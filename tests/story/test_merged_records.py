"""What one side of a merge has recorded, the merge keeps; what it records itself, it has seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.model.problem import ERROR
from tests.conftest import run_git
from tests.copying import copy_folder
from tests.story.judges import audited, checked, let_in_by_all, push, refused_by_all
from tests.story.recorded import (
    CLOSED,
    FIRST,
    LOG,
    OPEN,
    READY,
    REFUSED,
    TASKS,
    TODAY,
    Clone,
    digest,
    meeting,
    record_path,
    task_path,
)
from tests.story.transports import Connect, attacks

pytestmark = pytest.mark.xdist_group("records")  # one server for all, made once

Act = Callable[[Clone], object]
NAME = "DZH-9"
SEEN = {"date": "2017-02-26", "by": "联络员", "text": "发现虚报"}
LOOKED = {"date": "2017-02-26", "by": "巡视办", "result": "反弹"}


def nothing(clone: Clone) -> None:
    clone.write("说明.md", "说明\n")


def refuses(clone: Clone) -> None:
    clone.write(record_path(NAME), meeting(NAME, "2017-02-24", {READY: "不同意"}))


def approves(clone: Clone) -> None:
    clone.write(record_path(NAME), meeting(NAME, "2017-02-24", {READY: "同意销号"}))


def reports(clone: Clone) -> None:
    clone.task(OPEN, progress=[*LOG, SEEN])


def begun(clone: Clone, side: Act, main: Act = nothing) -> None:
    """Two lines of history that part where the server is; `main` is checked out."""
    clone.git("switch", "--quiet", "-c", "side")
    side(clone)
    clone.commit("旁")
    clone.git("switch", "--quiet", "main")
    main(clone)
    clone.commit("主")


def merged(clone: Clone, *options: str, branch: str = "side", then: Act | None = None) -> None:
    """A merge by a second person; what it does besides, or where sides disagree, is `then`'s."""
    clone.git("config", "user.email", "second@example.com")
    if then is None:
        clone.git("merge", "--quiet", "--no-ff", "--no-edit", *options, branch)
        return
    clone.git("merge", "--quiet", "--no-ff", "--no-commit", "--strategy=ours", branch)
    then(clone)
    clone.commit("合并")


# -- dropped ----------------------------------------------------------------------------------


def record_dropped(clone: Clone) -> None:
    begun(clone, refuses)
    merged(clone, "--strategy=ours")


def record_dropped_side_first(clone: Clone) -> None:
    """The main branch has the record, and is the second parent."""
    begun(clone, nothing, refuses)
    clone.git("switch", "--quiet", "--detach", "side")
    merged(clone, "--strategy=ours", branch="main")


def record_dropped_then_closed(clone: Clone) -> None:
    record_dropped(clone)
    clone.close(READY)
    clone.commit("销号")


def closed_then_record_dropped(clone: Clone) -> None:
    begun(clone, refuses, lambda each: each.close(READY))
    merged(clone, "--strategy=ours")


def record_altered(clone: Clone) -> None:
    begun(clone, refuses)
    merged(clone, then=approves)


def record_replaced(clone: Clone) -> None:
    """Another record of the same number, which the main branch has."""
    begun(clone, refuses, approves)
    merged(clone, "--strategy=ours")


def record_dropped_within(clone: Clone) -> None:
    """By a merge that a branch brings; what the main branch does is in order."""
    begun(clone, refuses)
    clone.git("switch", "--quiet", "-c", "outer", "main")
    merged(clone, "--strategy=ours")
    clone.git("switch", "--quiet", "main")
    clone.write("别的.md", "别的\n")
    clone.commit("主")
    merged(clone, branch="outer")


def record_of_a_third_side_dropped(clone: Clone) -> None:
    begun(clone, nothing, lambda each: each.write("别的.md", "别的\n"))
    clone.git("switch", "--quiet", "-c", "third", "main~1")
    refuses(clone)
    clone.commit("会议")
    clone.git("switch", "--quiet", "main")
    clone.git("merge", "--quiet", "--strategy=ours", "--no-edit", "side", "third")


def entry_dropped(clone: Clone) -> None:
    begun(clone, reports)
    merged(clone, "--strategy=ours")


def entry_dropped_side_first(clone: Clone) -> None:
    begun(clone, nothing, reports)
    clone.git("switch", "--quiet", "--detach", "side")
    merged(clone, "--strategy=ours", branch="main")


def entry_altered(clone: Clone) -> None:
    begun(clone, reports)
    merged(clone, then=lambda each: each.task(OPEN, progress=[*LOG, SEEN | {"text": "已完成"}]))


def one_of_two_entries_dropped(clone: Clone) -> None:
    other = SEEN | {"text": "已完成"}
    begun(clone, reports, lambda each: each.task(OPEN, progress=[*LOG, other]))
    merged(clone, "--strategy=ours")


def look_back_dropped(clone: Clone) -> None:
    begun(clone, lambda each: each.task(CLOSED, lookback=[LOOKED]))
    merged(clone, "--strategy=ours")


def entry_of_a_new_task_dropped(clone: Clone) -> None:
    new = TASKS[OPEN] | {"id": "GZ2017-010"}
    begun(clone, lambda each: each.write(task_path("GZ2017-010"), new))
    merged(clone, then=lambda each: each.write(task_path("GZ2017-010"), new | {"progress": []}))


def entry_dropped_within(clone: Clone) -> None:
    begun(clone, reports)
    clone.git("switch", "--quiet", "-c", "outer", "main")
    merged(clone, "--strategy=ours")
    clone.git("switch", "--quiet", "main")
    clone.write("别的.md", "别的\n")
    clone.commit("主")
    merged(clone, branch="outer")


# -- recorded by the merge itself --------------------------------------------------------------


def goal(clone: Clone) -> None:
    clone.task(REFUSED, goal="会上没有看到的目标")


def decides(clone: Clone) -> None:
    record = meeting(NAME, "2017-02-24", {REFUSED: "同意销号"})
    record["items"][0]["digest"] = digest(TASKS[REFUSED] | {"goal": "会上没有看到的目标"})
    clone.write(record_path(NAME), record)


def content_of_the_side(clone: Clone) -> None:
    begun(clone, goal)
    merged(clone, then=lambda each: (goal(each), decides(each)))


def content_of_the_other_parent(clone: Clone) -> None:
    begun(clone, nothing, goal)
    clone.git("switch", "--quiet", "--detach", "side")
    merged(clone, branch="main", then=lambda each: (goal(each), decides(each)))


def content_of_the_side_within(clone: Clone) -> None:
    begun(clone, goal)
    clone.git("switch", "--quiet", "-c", "outer", "main")
    merged(clone, then=lambda each: (goal(each), decides(each)))
    clone.git("switch", "--quiet", "main")
    clone.write("别的.md", "别的\n")
    clone.commit("主")
    merged(clone, branch="outer")


CHEATS: dict[Act, str] = {
    record_dropped: "C011",
    record_dropped_side_first: "C011",
    record_dropped_then_closed: "C011",
    closed_then_record_dropped: "C011",
    record_altered: "C011",
    record_replaced: "C011",
    record_dropped_within: "C011",
    record_of_a_third_side_dropped: "C011",
    entry_dropped: "C010",
    entry_dropped_side_first: "C010",
    entry_altered: "C010",
    one_of_two_entries_dropped: "C010",
    look_back_dropped: "C010",
    entry_of_a_new_task_dropped: "C010",
    entry_dropped_within: "C010",
    content_of_the_side: "C004",
    content_of_the_other_parent: "C004",
    content_of_the_side_within: "C004",
}


ATTACKS = {cheat.__name__: (cheat, code) for cheat, code in CHEATS.items()}


@pytest.mark.parametrize(("case", "kind"), attacks(ATTACKS))
def test_a_merge_is_no_way_around(
    case: str, kind: str, clone: Clone, server: Path, connect: Connect
) -> None:
    cheat, code = ATTACKS[case]
    cheat(clone)
    connect(clone, kind, server)
    refused_by_all(clone, code, TODAY, by=kind)


def test_what_the_server_has_no_line_beside_it_drops(clone: Clone, server: Path) -> None:
    """The record is pushed; a line from before it comes as the first parent."""
    own(clone, server)
    begun(clone, nothing, refuses)
    assert push(clone).returncode == 0
    clone.git("fetch", "--quiet", "origin")
    clone.git("switch", "--quiet", "--detach", "side")
    merged(clone, "--strategy=ours", branch="main")
    refused_by_all(clone, "C011", TODAY)


# -- honest -----------------------------------------------------------------------------------


def both_meet(clone: Clone) -> None:
    other = meeting("DZH-8", "2017-02-24", {REFUSED: "不同意"})
    begun(clone, refuses, lambda each: each.write(record_path("DZH-8"), other))
    merged(clone)


def the_same_record_on_both_sides(clone: Clone) -> None:
    begun(clone, refuses, refuses)
    merged(clone)


def both_report(clone: Clone) -> None:
    other = SEEN | {"text": "已过半"}
    begun(clone, reports, lambda each: each.task(OPEN, progress=[*LOG, other]))
    merged(clone, then=lambda each: each.task(OPEN, progress=[*LOG, other, SEEN]))


def a_side_without_records_is_given_up(clone: Clone) -> None:
    begun(clone, lambda each: each.task(OPEN, goal="另一个目标"))
    merged(clone, "--strategy=ours")


def corrected_by_a_later_meeting(clone: Clone) -> None:
    begun(clone, refuses)
    merged(clone)
    right = meeting("DZH-8", "2017-02-25", {READY: "同意销号"}, corrects=NAME)
    clone.write(record_path("DZH-8"), right)
    clone.commit("更正")
    clone.git("config", "user.email", "office@example.com")
    clone.close(READY, "DZH-8")
    clone.commit("销号")


def content_first_then_a_record_in_a_merge(clone: Clone) -> None:
    begun(clone, nothing, goal)
    merged(clone, then=decides)


def content_first_then_a_record_in_a_merge_within(clone: Clone) -> None:
    begun(clone, nothing, lambda each: each.write("别的.md", "别的\n"))
    clone.git("switch", "--quiet", "-c", "outer", "main")
    goal(clone)
    clone.commit("目标")
    merged(clone, then=decides)
    clone.git("switch", "--quiet", "main")
    clone.write("再一份.md", "再一份\n")
    clone.commit("主")
    merged(clone, branch="outer")


HONEST: tuple[Act, ...] = (
    both_meet,
    the_same_record_on_both_sides,
    both_report,
    a_side_without_records_is_given_up,
    corrected_by_a_later_meeting,
    content_first_then_a_record_in_a_merge,
    content_first_then_a_record_in_a_merge_within,
)


def own(clone: Clone, server: Path) -> Path:
    """A server of the clone's own, to which it may push."""
    made = clone.root.parent / "own.git"
    copy_folder(server, made)
    clone.git("remote", "set-url", "origin", str(made))
    return made


@pytest.mark.parametrize("work", HONEST, ids=[each.__name__ for each in HONEST])
def test_honest_merges_pass(work: Act, clone: Clone, server: Path) -> None:
    own(clone, server)
    work(clone)
    let_in_by_all(clone, TODAY)


def test_what_main_lost_before_is_not_the_fault_of_a_later_merge(
    clone: Clone, server: Path
) -> None:
    """Lost in a history made without the gate; an old branch still has it when it is merged."""
    made = own(clone, server)
    clone.git("switch", "--quiet", "-c", "side")
    nothing(clone)
    clone.commit("旁")
    clone.git("switch", "--quiet", "main")
    clone.git("rm", "--quiet", record_path(FIRST))
    clone.task(OPEN, progress=[])
    clone.commit("丢失")
    run_git(made, "fetch", "--quiet", str(clone.root), "+main:main")
    clone.git("fetch", "--quiet", "origin")
    merged(clone)
    errors = [each for each in checked(clone, TODAY) if each.severity == ERROR]
    assert [each.code for each in errors] == []
    assert audited(clone) == set()
    assert push(clone).returncode == 0


def test_a_record_taken_back_on_its_side_is_not_asked_of_the_merge(clone: Clone) -> None:
    """Who deletes it is asked, in that commit; the merge has nothing to keep."""
    begun(clone, refuses)
    clone.git("switch", "--quiet", "side")
    clone.git("revert", "--no-edit", "HEAD")
    clone.git("switch", "--quiet", "main")
    merged(clone)
    assert audited(clone) == set()
